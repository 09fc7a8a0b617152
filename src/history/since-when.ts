import {isImpairing} from '../checks/severity.ts'
import {findingKey} from '../diagnosis/cause-key.ts'
import type {Checklist} from '../diagnosis/checklist/checklist.ts'
import {type Diagnosis, findingsOf, type ResolvedFinding} from '../diagnosis/diagnosis.ts'
import {registrationOf} from '../diagnosis/registration.ts'
import type {CauseHistory, Report, ReportedEvent} from '../diagnosis/report.ts'
import {type Account, type Instance, isNotAsked, isUnreadable, itemsOf, type Reading} from '../model/account.ts'
import {find} from '../model/lists.ts'
import {ownerOf} from '../remedies/core/owner.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {counted, forNumber} from '../util/counted.ts'
import {sentence} from '../util/list-in-words.ts'
import {timeInWords} from '../util/time.ts'
import {type ChangeEvent, type Changes, changesIn} from './event.ts'
import {pingNoteOf} from './last-ping.ts'
import {partIn, textIn} from './parameters.ts'
import {principalInWords} from './principal.ts'
import {isStart} from './revert/instances.ts'
import {type Subjects, subjectsOf} from './subjects.ts'
import {type Case, historyOfCause, isNamedIn, type Outcome} from './timeline.ts'

interface SinceWhen {
  readonly sinceWhen: NonNullable<Report['sinceWhen']>
  /** The call that undoes what broke it, by cause and resource. */
  readonly undo: ReadonlyMap<string, Remedy>
}

/** The causes whose history is looked up: those that impair the node and that nothing unread could change. */
export const provenCauses = (diagnosis: Diagnosis): readonly ResolvedFinding[] =>
  findingsOf(diagnosis).filter(isProvenCause)

const isProvenCause = (finding: ResolvedFinding): boolean =>
  isImpairing(finding) &&
  (finding.certainty ?? 'proven') === 'proven' &&
  !finding.check.fallback &&
  !finding.check.fromInstance

export type Revealed = Checklist['revealed']

export const provenRevealed = (revealed: Revealed): Revealed => revealed.filter(({finding}) => isProvenCause(finding))

/**
 * When each proven cause came about, from the events and configurations in the account; and each that shows once others
 * are fixed, on the model in which they are.
 */
export function sinceWhen(
  account: Account,
  instance: Instance,
  diagnosis: Diagnosis,
  revealed: Revealed = [],
): SinceWhen {
  const causes = provenCauses(diagnosis)
  const changes = changesIn(itemsOf(account.CloudTrailEvents), account)
  const keys = new Set(revealed.map(({finding}) => findingKey(finding)))
  const first = causes.map((finding) => {
    const one: Case = {...caseOf(account, instance, diagnosis, finding, changes.events), revealed: keys}
    return {one, outcome: historyOfCause(one)}
  })
  // What is fixed on the model does not change it again.
  const known = new Set(first.flatMap(({outcome}) => (outcome.answer === 'changed' ? (outcome.event ?? []) : [])))
  const others = changes.events.filter((event) => !known.has(event))
  const later = provenRevealed(revealed).flatMap(({finding, account: model, diagnosis: onModel}) => {
    const {CloudTrailEvents, ConfigurationItems} = account
    const own = find(model.Instances, 'InstanceId', instance.InstanceId)
    if (!own) return []
    const one = caseOf({...model, CloudTrailEvents, ConfigurationItems}, own, onModel, finding, others)
    return [{one, outcome: historyOfCause(one)}]
  })
  const found = [...first, ...later]
  return {
    sinceWhen: {
      causes: [
        ...first.map(({one, outcome}) => reported(one, outcome)),
        ...later.map(({one, outcome}) => {
          const history = reported(one, outcome)
          return {...history, notes: [...history.notes, REVEALED]}
        }),
      ],
      notes: [...(causes.length === 0 ? [NO_CAUSE] : []), ...notesOn(account, changes)],
    },
    undo: new Map(
      found.flatMap(({one, outcome}) => {
        const undo = undoOf(one, outcome)
        return undo ? [[findingKey(one.finding), undo] as const] : []
      }),
    ),
  }
}

function caseOf(
  account: Account,
  instance: Instance,
  {paths}: Diagnosis,
  finding: ResolvedFinding,
  events: readonly ChangeEvent[],
): Case {
  const {resources, calls, otherCalls} = subjectsOf(account, instance, paths, finding)
  return {
    account,
    instance,
    finding,
    events: eventsAbout(events, {resources, calls}),
    others: eventsAbout(events, {resources, calls: [...calls, ...otherCalls]}),
    resources,
  }
}

const REVEALED = 'This cause shows once those before it are fixed.'

const NO_CAUSE = 'There is no proven cause whose history could be looked up.'

type Searched = Pick<Subjects, 'resources' | 'calls'>

const eventsAbout = (events: readonly ChangeEvent[], {resources, calls}: Searched): readonly ChangeEvent[] =>
  events.filter((event) =>
    isNamedIn(event, resources)
      ? isOnOneOf(event, resources)
      : calls.includes(event.name) && !isOnAnother(event, resources),
  )

/** The resource that a call changes, by the parameter that names it; its other parameters only refer to resources. */
const CHANGED = [
  'groupId',
  'networkAclId',
  'routeTableId',
  'vpcEndpointId',
  'networkInterfaceId',
  'instanceId',
  'instanceProfileName',
  'roleName',
]

/**
 * A rule of another group may reference this one, and another role may have the same policy. Associations have two
 * sides. An IAM user or group may have the name of a role.
 */
function isOnOneOf(event: ChangeEvent, resources: readonly string[]): boolean {
  const {name, service, request} = event
  if (/Associat/.test(name)) {
    const instance = textIn(request, 'instanceId') ?? associatedInstance(event)
    return instance === undefined || resources.includes(instance)
  }
  if (service === 'iam.amazonaws.com' && textIn(request, 'userName', 'groupName') !== undefined) return false
  const changed = textIn(request, ...CHANGED)
  return changed === undefined || resources.includes(changed)
}

/** A call that was looked up only by its name is one of the whole account: the VPC, profile or instance may differ. */
function isOnAnother(event: ChangeEvent, resources: readonly string[]): boolean {
  const on = textIn(event.request, 'vpcId', 'instanceProfileName') ?? associatedInstance(event)
  return on !== undefined && !resources.includes(on)
}

const associatedInstance = ({response}: ChangeEvent): string | undefined =>
  textIn(partIn(response, 'iamInstanceProfileAssociation'), 'instanceId')

/** Changes of sets can be reverted in any order; a setting that was changed again since cannot. */
const ORDERLESS = /SecurityGroup(?:Ingress|Egress)$|RolePolicy$/

function undoOf({finding}: Case, outcome: Outcome): Remedy | undefined {
  if (outcome.answer !== 'changed' || !outcome.event || !outcome.reversal) return undefined
  const {event, reversal, isNewest} = outcome
  const {steps, undo, apply} = reversal.change
  if (steps.length === 0 || (!isNewest && !ORDERLESS.test(event.name))) return undefined
  return {
    title: `Undo ${event.name} of ${timeInWords(event.time)} on ${inShort(finding.resource)}`,
    steps,
    ...(undo.length > 0 && {undo}),
    apply,
  }
}

/** `role web` for the ARN of a role. */
const inShort = (resource: string): string =>
  resource.startsWith('arn:') ? resource.split(':').slice(5).join(':').replace('/', ' ') : resource

function reported(one: Case, outcome: Outcome): CauseHistory {
  const {finding, account, instance} = one
  const event = 'event' in outcome ? outcome.event : undefined
  const changed = outcome.answer === 'changed' ? outcome : undefined
  const changedAt = changed?.until ?? event?.time
  const ping =
    changedAt === undefined ? undefined : pingNoteOf(finding.cause, changedAt, registrationOf(account, instance))
  const {uncertainties = []} = changed ?? {}
  return {
    cause: finding.cause,
    resource: finding.resource,
    answer: outcome.answer,
    certainty: changed ? (uncertainties.length === 0 ? 'proven' : 'likely') : null,
    proof: changed?.proof ?? null,
    until: changed?.until ?? null,
    event: event ? reportedEvent(event) : null,
    lastPing: ping?.relation ?? null,
    message: messageOf(one, outcome),
    notes: [
      ...uncertainties.map(sentence),
      ...(ping?.note === undefined ? [] : [ping.note]),
      ...ownerNote(one, outcome),
    ],
  }
}

/** Calls are recorded in the account that makes them: that of the owner, in a shared VPC. */
function ownerNote({account, finding}: Case, {answer}: Outcome): readonly string[] {
  const owner = ownerOf(account, finding.resource)
  return answer === 'changed' || owner === undefined || owner === account.Caller?.Account || !account.Caller
    ? []
    : [`${finding.resource} belongs to account ${owner}, where CloudTrail records its changes.`]
}

const reportedEvent = ({id, name, time, region, principal, source}: ChangeEvent): ReportedEvent => ({
  id,
  name,
  time,
  region,
  principal,
  source,
})

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

function messageOf(one: Case, outcome: Outcome): string {
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

function notesOn({CloudTrailEvents, ConfigurationItems}: Account, {skipped}: Changes): readonly string[] {
  const gaps = [
    ['CloudTrail', CloudTrailEvents],
    ['AWS Config', ConfigurationItems],
  ] as const
  return [
    ...gaps.flatMap(([name, reading]) =>
      isUnreadable(reading) && !isNotAsked(reading as Reading<unknown>)
        ? [`${name} could not be read in full: ${reading.unreadable}.`]
        : [],
    ),
    ...SKIPPED.flatMap(([key, why]) =>
      skipped[key] === 0 ? [] : [`Left out: ${counted(skipped[key], 'event')} ${why}.`],
    ),
  ]
}

const SKIPPED = [
  ['foreign', 'of another account or Region'],
  ['later', 'after the account was read'],
  ['unreadable', 'without a name or a time'],
] as const
