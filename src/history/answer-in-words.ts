import {type Account, isUnreadable, itemsOf, type Reading} from '../model/account.ts'
import {forNumber} from '../util/counted.ts'
import {sentence} from '../util/list-in-words.ts'
import {timeInWords} from '../util/time.ts'
import type {Case} from './case.ts'
import type {ChangeEvent} from './event.ts'
import {isNamedIn} from './events-about.ts'
import {principalInWords} from './principal.ts'
import {isStart} from './revert/instances.ts'
import type {Outcome} from './timeline.ts'

/** The name of the correct state, and the call that ended it. */
const STATES: Readonly<Record<string, readonly [right: string, ended: string]>> = {
  'instance-state': ['running', 'stopped'],
  'role-permissions': ['allowed', 'ended'],
  'association-permissions': ['allowed', 'ended'],
  'endpoint-policy': ['allowed', 'ended'],
  'role-trust': ['allowed', 'ended'],
  'instance-profile': ['in place', 'removed'],
  'host-management': ['in place', 'changed'],
  'metadata-service': ['available', 'ended'],
  names: ['resolved', 'ended'],
  endpoint: ['complete', 'ended'],
}
const NETWORK_STATE = ['open', 'closed'] as const

/** When a cause came about, and by which call, in one sentence. */
export function messageOf(one: Case, outcome: Outcome): string {
  const {finding, account, resources} = one
  const {answer} = outcome
  if (answer === 'unchanged') return unchangedInWords(account, resources, outcome)
  const [right, ended] = STATES[finding.check.id] ?? NETWORK_STATE
  if (answer === 'created') return createdInWords(one, outcome.event)
  if (answer === 'last-changed') return lastChangedInWords(resources, outcome.event)
  const {event, until, between, uncertainties} = outcome
  if (!event) {
    const [from, to] = between ?? [until, until]
    return sentence(
      `${right} at ${timeInWords(from)} and ${ended} by ${timeInWords(to)}, as AWS Config recorded; no event of CloudTrail shows which call did it`,
    )
  }
  const probably = uncertainties.length === 0 ? '' : 'probably '
  return sentence(`${probably}${right} until ${timeInWords(until)}; ${probably}${ended} by ${byWords(event)}`)
}

/** A call that was looked up only by its name may have changed another resource. */
const lastChangedInWords = (resources: readonly string[], event: ChangeEvent): string =>
  isStart(event)
    ? `No call stopped it since ${byWords(event)} at ${timeInWords(event.time)}: it was shut down on the instance or by Amazon EC2, or the call is not recorded yet.`
    : isNamedIn(event, resources)
      ? `Last changed by ${byWords(event)} at ${timeInWords(event.time)}; what was there before is not known.`
      : `Possibly last changed by ${byWords(event)} at ${timeInWords(event.time)}; the event does not show which resource it changed.`

function createdInWords({finding, instance}: Case, event: ChangeEvent): string {
  const made = event.mentions.has(finding.resource) ? finding.resource : instance.InstanceId
  return `So since ${made} was created: ${byWords(event)} at ${timeInWords(event.time)}.`
}

/** `RevokeSecurityGroupEgress of role deploy with Terraform`. */
const byWords = ({name, principal, source}: ChangeEvent): string =>
  `${name} of ${principalInWords(principal)}${source.kind === 'unknown' ? '' : ` with ${source.name}`}`

function unchangedInWords(
  {CloudTrailEvents}: Account,
  resources: readonly string[],
  {events, oldest}: Extract<Outcome, {answer: 'unchanged'}>,
): string {
  const what = resources.slice(0, 3).join(', ')
  if (events > 0 && oldest !== undefined)
    return `${forNumber(events, `The recorded change of ${what} did not make it so`, `None of the ${events} recorded changes of ${what} made it so`)}; it was so before ${timeInWords(oldest)}.`
  return isUnreadable(CloudTrailEvents) && itemsOf<unknown>(CloudTrailEvents as Reading<unknown>).length === 0
    ? `Unknown: CloudTrail was not read (${CloudTrailEvents.unreadable}).`
    : `No change of ${what} is recorded. CloudTrail keeps events for 90 days, and shows them after up to 15 minutes.`
}
