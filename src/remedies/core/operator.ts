import type {Instance} from '../../model/account.ts'
import {withoutAgentBy} from '../../model/instance.ts'
import {contactOwner} from './change.ts'
import {type Remedy, type Step, untried} from './remedy.ts'

/**
 * A remedy of an instance that an AWS service operates: what changes the instance is changed through that service,
 * because EC2 denies the call. If no agent can be installed, no change is known to make it a managed node.
 */
export function throughOperator(instance: Instance): (remedy: Remedy) => Remedy {
  const {Operator, InstanceId, NetworkInterfaces} = instance
  const own = new Set([InstanceId, ...NetworkInterfaces.map(({NetworkInterfaceId}) => NetworkInterfaceId)])
  const isOwn = (value: unknown) => typeof value === 'string' && own.has(value)
  const changesIt = (step: Step) =>
    'operation' in step &&
    step.service === 'ec2' &&
    // Names the association of the profile, not the instance.
    (step.operation === 'ReplaceIamInstanceProfileAssociation' || Object.values(step.input).flat().some(isOwn))
  const title = (remedy: Remedy) => `${remedy.title}, through ${Operator?.Principal ?? 'the service'} that operates it`
  return (remedy) => {
    if (remedy.steps.some(changesIt)) return contactOwner(title(remedy), DOCS)
    return withoutAgentBy(instance) ? untried(remedy) : remedy
  }
}

const DOCS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/amazon-ec2-managed-instances.html'
