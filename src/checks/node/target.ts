import {ec2Guide, iamGuide, ssmGuide} from '../../model/documentation.ts'
import {calledFirst, withoutAgentBy} from '../../model/instance.ts'
import {advises, blocks, defineCheck, statedFinding, undecided} from '../check.ts'

/** `target.not-found`, `target.wrong-region` and `target.access-denied` are reported by the examination as a whole. */
export const target = defineCheck({
  id: 'target',
  title: 'Instance found',
  why: 'Everything else is read from the instance: an id of another Region or account, or denied calls, prevents a diagnosis.',
  causes: {
    'target.not-found': blocks(
      'an instance id that does not exist',
      ssmGuide('fleet-manager-troubleshooting-managed-nodes'),
    ),
    'target.access-denied': undecided('denied calls', iamGuide('troubleshoot_access-denied')),
    'target.operator-managed': advises(
      'an AWS service that operates the instance',
      ec2Guide('amazon-ec2-managed-instances'),
    ),
    'target.wrong-region': blocks('the wrong Region', ssmGuide('fleet-manager-troubleshooting-managed-nodes')),
  },
  dependsOn: ['machine'],
  requiredKinds: ['Instances'],
  run: (_facts, instance) => {
    const {InstanceId, Operator} = instance
    if (!Operator?.Managed) return [{fact: `${calledFirst(instance)} exists in this account and Region.`}]
    const operator = withoutAgentBy(instance)
    const fact = operator
      ? `${operator} (${Operator.Principal}) operates ${InstanceId} and does not allow SSM Agent to be installed on it, so it cannot become a managed node.`
      : `${InstanceId} is operated by ${Operator.Principal ?? 'an AWS service'}, and can only be changed through that service.`
    return [statedFinding({cause: 'target.operator-managed', resource: InstanceId}, fact, 'ec2:DescribeInstances')]
  },
})
