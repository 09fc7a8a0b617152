import type {RefusedBy, Signal} from '../agent/signal.ts'
import type {Context, Instance} from '../model/account.ts'
import {accountIdOf} from '../model/instance.ts'
import {changeResourceControlPolicy, changeServiceControlPolicy} from '../remedies/changes/systems-manager.ts'
import type {Remedy} from '../remedies/core/remedy.ts'

/**
 * The types of policies that an error message may name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export const POLICY_IN_WORDS: Readonly<Record<RefusedBy, string>> = {
  'service-control-policy': 'a service control policy',
  'resource-control-policy': 'a resource control policy',
  'endpoint-policy': 'a VPC endpoint policy',
  'permissions-boundary': 'a permissions boundary',
  'session-policy': 'a session policy',
  'identity-policy': 'an identity-based policy',
}

/**
 * A change to a policy of the organization: a service control policy applies to the account of the caller, a resource
 * control policy to that of the resource.
 */
export function remedyOfOrganization(
  refusedBy: RefusedBy | undefined,
  {principal, resourceAccount}: Signal,
  {facts, instance}: {readonly facts: Context; readonly instance: Instance},
  actions: readonly string[],
): Remedy | undefined {
  const own = /::(\d{12}):/.exec(principal ?? '')?.[1] ?? accountIdOf(facts, instance) ?? ''
  if (refusedBy === 'service-control-policy')
    return changeServiceControlPolicy(`arn:${facts.Partition}:iam::${own}:role/`, actions)
  return refusedBy === 'resource-control-policy'
    ? changeResourceControlPolicy(resourceAccount ?? own, actions)
    : undefined
}
