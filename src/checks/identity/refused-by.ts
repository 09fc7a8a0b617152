import type {RefusedBy, Signal} from '../../agent/output/signal.ts'
import type {Context, Instance} from '../../model/account.ts'
import {accountIdOf} from '../../model/instance.ts'
import {changeResourceControlPolicy, changeServiceControlPolicy} from '../../remedies/changes/systems-manager.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {lastPart} from '../../util/last-part.ts'

type Refusal = Pick<Signal, 'refusedBy' | 'policyArn'>

/**
 * The types of policies that an error message may name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const POLICY_IN_WORDS: Readonly<Record<RefusedBy, string>> = {
  'service-control-policy': 'service control policy',
  'resource-control-policy': 'resource control policy',
  'endpoint-policy': 'VPC endpoint policy',
  'permissions-boundary': 'permissions boundary',
  'session-policy': 'session policy',
  'identity-policy': 'identity-based policy',
}

export const actionsIn = (denials: readonly Signal[]): readonly string[] => [
  ...new Set(denials.flatMap(({action}) => action ?? [])),
]

/** Denials of one cause as one, which names a policy if all of them name the same. */
export function denialOf(signals: readonly Signal[]): Signal | undefined {
  const [first] = signals
  if (first === undefined || signals.every(({policyArn}) => policyArn === first.policyArn)) return first
  const {policyArn: _, ...denial} = first
  return denial
}

/** ", and its error message names a permissions boundary", or that policy, for the end of a sentence. */
export function namedPolicy({refusedBy, policyArn}: Refusal): string {
  if (refusedBy === undefined) return ''
  const type = POLICY_IN_WORDS[refusedBy]
  const article = refusedBy === 'identity-policy' ? 'an' : 'a'
  return `, and its error message names ${policyArn === undefined ? `${article} ${type}` : `${type} ${lastPart(policyArn)}`}`
}

/** "the permissions boundary of role web", or that boundary by its name. */
export const boundaryInWords = ({policyArn}: Refusal, role: string): string =>
  policyArn === undefined
    ? `the permissions boundary of ${role}`
    : `permissions boundary ${lastPart(policyArn)} of ${role}`

/**
 * A change to a policy of the organization: a service control policy applies to the account of the caller, a resource
 * control policy to that of the resource.
 */
export function remedyOfOrganization(
  {refusedBy, policyArn, principal, resourceAccount}: Signal,
  {facts, instance}: {readonly facts: Context; readonly instance: Instance},
  actions: readonly string[],
): Remedy | undefined {
  const own = /::(\d{12}):/.exec(principal ?? '')?.[1] ?? accountIdOf(facts, instance) ?? ''
  const policyId = policyArn === undefined ? undefined : lastPart(policyArn)
  if (refusedBy === 'service-control-policy') return changeServiceControlPolicy(own, actions, policyId)
  return refusedBy === 'resource-control-policy'
    ? changeResourceControlPolicy(resourceAccount ?? own, actions, policyId)
    : undefined
}
