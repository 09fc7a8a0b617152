import type {Instance} from '../../model/account.ts'
import type {Remedy} from '../core/remedy.ts'

/** A reboot may or may not recover the operating system, so it promises nothing on the model. */
export const rebootInstance = ({InstanceId}: Instance): Remedy => ({
  title: `Reboot instance ${InstanceId} and read its console output`,
  steps: [
    {service: 'ec2', operation: 'RebootInstances', input: {InstanceIds: [InstanceId]}},
    {service: 'ec2', operation: 'GetConsoleOutput', input: {InstanceId, Latest: true}},
  ],
  docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-reboot.html',
  effect: 'The workload of the instance is interrupted.',
})
