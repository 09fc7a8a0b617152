import {calledFirst} from '../model/joins.ts'
import {defineCheck, inMessage} from './check.ts'

/** `target.not-found`, `target.wrong-region` and `target.access-denied` are reported by the examination as a whole. */
export const target = defineCheck({
  id: 'target',
  title: 'Instance found',
  why: 'Everything else is read from the instance: an id of another Region or account, or denied calls, prevents a diagnosis.',
  causes: {
    'target.not-found': {
      title: 'an instance id that does not exist',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html',
    },
    'target.access-denied': {
      title: 'denied calls',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html',
    },
    'target.operator-managed': {
      title: 'an AWS service that operates the instance',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/amazon-ec2-managed-instances.html',
    },
    'target.wrong-region': {
      title: 'the wrong Region',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html',
    },
  },
  dependsOn: ['machine'],
  requiredKinds: ['Instances'],
  run: (_facts, {InstanceId, Operator}) => {
    if (!Operator?.Managed) return [{fact: `${calledFirst({InstanceId})} exists in this account and Region.`}]
    const fact = `${InstanceId} is operated by ${Operator.Principal ?? 'an AWS service'}, and can only be changed through that service.`
    return [
      {
        cause: 'target.operator-managed',
        resource: InstanceId,
        message: fact,
        evidence: [inMessage(fact, 'ec2:DescribeInstances')],
      },
    ]
  },
})
