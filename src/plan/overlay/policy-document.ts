import {AGENT_ACTIONS} from '../../iam/capabilities.ts'
import {matchesAction} from '../../iam/policy/wildcard.ts'
import {type Account, isUnreadable} from '../../model/account.ts'
import {AFTER_APPLY, hasUnknown, isKnown, listOf, objectOf, type Properties, textsOf, withLeaves} from '../resource.ts'

/**
 * A policy document whose statements on calls of other services may name what is known only after apply, such as the
 * ARN of a bucket that the plan creates: nothing that the agent calls depends on them.
 */
export function withoutOtherUnknowns(account: Account, document: unknown): unknown {
  if (!hasUnknown(document) || !isKnown(document)) return document
  const {Statement, ...rest} = objectOf(document)
  return {
    ...rest,
    Statement: listOf(Statement).map((one) => (isForOthers(account, objectOf(one)) ? withPlaceholders(one) : one)),
  }
}

function isForOthers(account: Account, {Effect, Action}: Properties): boolean {
  const actions = textsOf(Action)
  // The agent also reads AWS's buckets, unless that is denied.
  const services = Effect === 'Deny' || hasPreferences(account) ? SESSION_SERVICES : []
  const isAsked = (pattern: string) =>
    services.some((service) => matchesAction(pattern.split(':')[0] ?? '', service)) ||
    AGENT_ACTIONS.some((action) => matchesAction(pattern, action))
  return isKnown(Effect) && actions.length > 0 && !hasUnknown(Action) && !actions.some(isAsked)
}

/** Session preferences may require calls of these. */
const SESSION_SERVICES = ['s3', 'logs', 'kms']

const hasPreferences = ({SessionPreferences}: Account): boolean =>
  isUnreadable(SessionPreferences) || SessionPreferences.length > 0

const withPlaceholders = (statement: unknown): unknown =>
  withLeaves(statement, (leaf) => (isKnown(leaf) ? leaf : AFTER_APPLY))
