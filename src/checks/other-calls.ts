import {isUnallowed} from '../iam/permissions.ts'
import {mayCall, type RoleRef} from '../iam/role.ts'
import {usedBy} from '../iam/role-usage.ts'
import {allowActions, attachRolePolicy} from '../remedies/changes/roles.ts'
import type {Finding} from './check.ts'

type RoleFacts = Parameters<typeof mayCall>[0] & Parameters<typeof usedBy>[0] & Parameters<typeof attachRolePolicy>[0]
interface Needed {
  readonly network: Parameters<typeof mayCall>[3]
  /** The managed policy that allows the calls. */
  readonly policy: string
  /** The rest of the sentence. */
  readonly so: string
}

type OtherCalls = Pick<Finding, 'resource' | 'message' | 'evidence' | 'actions' | 'remedies'>

/**
 * Calls to other services than those of the agent. The managed policy, or the single actions, are proposed where nothing
 * denies the calls explicitly.
 */
export function deniedCalls(
  facts: RoleFacts,
  caller: RoleRef,
  actions: readonly string[],
  {network, policy, so}: Needed,
): OtherCalls | undefined {
  const {role} = caller
  const denied = actions
    .map((action) => ({action, decision: mayCall(facts, caller, action, network, '*')}))
    .filter(({decision}) => decision.decision === 'denied')
  if (denied.length === 0) return undefined
  const missing = denied.map(({action}) => action)
  const effect = usedBy(facts, role.Arn)
  return {
    resource: role.Arn,
    message: `Role ${role.RoleName} is not authorized to call ${missing.join(', ')}${so}`,
    evidence: denied.map(({decision}) => ({fact: decision.because, source: 'iam:GetRole and its policies'})),
    actions: missing,
    remedies: denied.every(isUnallowed)
      ? [attachRolePolicy(facts, role, policy, effect), allowActions(role, missing, effect)]
      : [],
  }
}
