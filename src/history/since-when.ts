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
import {counted} from '../util/counted.ts'
import {sentence} from '../util/list-in-words.ts'
import {timeInWords} from '../util/time.ts'
import {messageOf} from './answer-in-words.ts'
import type {Case} from './case.ts'
import {type ChangeEvent, type Changes, changesIn} from './event.ts'
import {eventsAbout} from './events-about.ts'
import {pingNoteOf} from './last-ping.ts'
import {subjectsOf} from './subjects.ts'
import {historyOfCause, type Outcome} from './timeline.ts'

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
  const first = causes.map((finding) =>
    answered({...caseOf(account, instance, diagnosis, finding, changes.events), revealed: keys}),
  )
  // What is fixed on the model does not change it again.
  const known = new Set(first.flatMap(({outcome}) => (outcome.answer === 'changed' ? (outcome.event ?? []) : [])))
  const others = changes.events.filter((event) => !known.has(event))
  const later = provenRevealed(revealed).flatMap(({finding, account: model, diagnosis: onModel}) => {
    const {CloudTrailEvents, ConfigurationItems} = account
    const own = find(model.Instances, 'InstanceId', instance.InstanceId)
    if (!own) return []
    return [answered(caseOf({...model, CloudTrailEvents, ConfigurationItems}, own, onModel, finding, others))]
  })
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
      [...first, ...later].flatMap(({one, outcome}) => {
        const undo = undoOf(one, outcome)
        return undo ? [[findingKey(one.finding), undo] as const] : []
      }),
    ),
  }
}

const answered = (one: Case) => ({one, outcome: historyOfCause(one)})

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
