import {isRegion} from '../../agent/install.ts'
import type {Context, Instance, InstanceStatus} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Remedy, Step} from '../core/remedy.ts'
import {started} from './start-instance.ts'

/** Stopping and starting moves the instance to another host, which a reboot does not. */
export const stopStartInstance = ({Region}: Pick<Context, 'Region'>, {InstanceId}: Instance): Remedy => ({
  title: `Stop and start instance ${InstanceId}, so that it moves to another host`,
  steps: [
    {service: 'ec2', operation: 'StopInstances', input: {InstanceIds: [InstanceId]}},
    ...waitUntilStopped(InstanceId, Region),
    {service: 'ec2', operation: 'StartInstances', input: {InstanceIds: [InstanceId]}},
  ],
  docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html',
  effect:
    'The workload of the instance is interrupted; data on instance store volumes is lost; a public IPv4 address that is not an Elastic IP address changes.',
  apply: (account) =>
    withItem(started(account, InstanceId), 'InstanceStatuses', 'InstanceId', InstanceId, onHealthyHost),
})

/** Command lines are printed as they are, so only what looks like an id and a Region is put into one. */
const waitUntilStopped = (instanceId: string, region: string): readonly Step[] =>
  /^i-[0-9a-f]{8,17}$/.test(instanceId) && isRegion(region)
    ? [{on: 'here', waits: true, line: `aws ec2 wait instance-stopped --instance-ids ${instanceId} --region ${region}`}]
    : []

function onHealthyHost(status: InstanceStatus): InstanceStatus {
  const SystemStatus: InstanceStatus['SystemStatus'] = {...status.SystemStatus, Status: 'ok'}
  return {...status, SystemStatus}
}
