import {nodeOf} from '../agent/node.ts'
import {type Account, type Instance, isUnreadable, type Kind, type Role} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {lastPart} from '../util/last-part.ts'
import type {Decision} from './policy/evaluate.ts'
import type {LayerDecision} from './policy/statement.ts'
import {mayCall, type RoleFacts, roleArnNamed, roleByArn, rolesNamed} from './role.ts'
import {trusts} from './trust.ts'

/** The service role of a hybrid node, as far as it is known. */
export type HybridRole =
  /** `kind` is what could not be read; absent if Systems Manager lists the node without a role. */
  | {readonly state: 'unknown'; readonly because: string; readonly kind?: Kind}
  /** Not among the roles that were read. */
  | {readonly state: 'absent'; readonly arn: string}
  | {readonly state: 'role'; readonly role: Role; readonly trust: LayerDecision; readonly registration: Decision}

type HybridRoleFacts = RoleFacts & Pick<Account, 'Roles' | 'InstanceInformationList'>

/**
 * Systems Manager assumes the role that the node was registered with, and passes its credentials to the agent.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-service-role.html
 */
export function hybridRoleOf(facts: HybridRoleFacts, instance: Instance): HybridRole {
  const named = nodeOf(facts, instance)?.IamRole
  if (!named) return {state: 'unknown', because: `Systems Manager does not show the role of ${instance.InstanceId}`}
  const arn = roleArnNamed(facts, named)
  // The name of a role is unique in its account, whatever its path.
  const role = roleByArn(facts, arn) ?? rolesNamed(facts, lastPart(named))[0]
  if (role === undefined) return {state: 'absent', arn}
  if (isUnreadable(role)) return {state: 'unknown', because: role.unreadable, kind: 'Roles'}
  return {
    state: 'role',
    role,
    trust: trusts(role, 'ssm', facts, sourcesOfNode(facts, role, instance)),
    registration: mayCall(facts, {role, credentials: 'activation', instance}, 'ssm:UpdateInstanceInformation'),
  }
}

/**
 * The documented trust policy expects an ARN of Systems Manager in the account and Region; what follows is not
 * documented.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-service-role.html
 */
function sourcesOfNode({Partition, Region}: HybridRoleFacts, role: Role, {InstanceId}: Instance): readonly string[] {
  const prefix = `arn:${Partition}:ssm:${Region}:${accountOf(role.Arn)}`
  return [`${prefix}:managed-instance/${InstanceId}`, `${prefix}:not-documented`]
}
