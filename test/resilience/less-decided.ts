import type {Report, ReportedCause} from '../../src/diagnosis/report.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'

export const idOf = ({Instances}: Account): string => itemsOf(Instances)[0]?.InstanceId ?? ''

/** What a step of the plan would reveal on the model is not a finding about the account. */
export const asSeen = (report: Report): Report => ({
  ...report,
  causes: report.causes.filter(({revealedBy}) => revealedBy === undefined),
})

const DECIDES = new Set(['blocks', 'degrades', 'advises', 'symptom'])
const CERTAINTIES = ['possible', 'likely', 'proven']

/**
 * One fault with several causes: the image decides whether an agent that does not respond is missing or stopped; the
 * route decides why a group allows nothing out; and the options decide which Block Public Access applies.
 */
const FAMILY: Readonly<Record<string, string>> = {
  'os.agent-not-installed': 'os.agent-not-running',
  'sg.egress-prefix-list-only': 'sg.no-egress-443',
  'sg.ref-over-tgw-egress': 'sg.no-egress-443',
  'bpa.org-managed': 'bpa.bidirectional',
}

const nameOf = ({id, resource}: ReportedCause): string => `${FAMILY[id] ?? id} of ${resource}`
const certaintyOf = ({certainty}: ReportedCause): number => CERTAINTIES.indexOf(certainty)

/** Causes of the second report that the first does not have, or has with less certainty. */
const invented = (whole: Report, part: Report): readonly string[] =>
  part.causes
    .filter(({severity}) => DECIDES.has(severity))
    .filter(
      (cause) => !whole.causes.some((one) => nameOf(one) === nameOf(cause) && certaintyOf(one) >= certaintyOf(cause)),
    )
    .map((cause) => `${nameOf(cause)}, ${cause.certainty}`)

/** The verdicts that are still true if less is known: what was wrong may not be visible, what was right stays right. */
const STILL_TRUE: Readonly<Record<Report['verdict'], readonly Report['verdict'][]>> = {
  managed: ['managed', 'undecided'],
  degraded: ['degraded', 'managed', 'undecided'],
  'at-risk': ['at-risk', 'degraded', 'managed', 'undecided'],
  unmanaged: ['unmanaged', 'undecided'],
  undecided: ['undecided'],
}

/** Answers that turned into other answers, rather than into "unknown". */
const turned = (whole: Report, part: Report): readonly string[] => [
  ...part.checks.flatMap(({id, status}) => {
    const before = whole.checks.find((one) => one.id === id)?.status
    if (status === before || status === 'unknown' || status === 'skip' || before === 'unknown' || before === 'skip')
      return []
    // A failure may not be visible; what was observed to be right cannot become wrong.
    return before === 'fail' && status === 'pass' && part.unreadable.length > 0 ? [] : [`${id}: ${before} → ${status}`]
  }),
  ...part.paths.flatMap(({service, verdict}) => {
    const before = whole.paths.find((one) => one.service === service)?.verdict
    return verdict === before || verdict === 'unknown' || before === undefined
      ? []
      : [`${service}: ${before} → ${verdict}`]
  }),
]

/** Everything that is more certain, or decided differently, with less data. Nothing should be. */
export const liesIn = (whole: Report, part: Report): readonly string[] => [
  ...invented(whole, part),
  ...turned(whole, part),
  ...(STILL_TRUE[whole.verdict].includes(part.verdict) ? [] : [`${whole.verdict} → ${part.verdict}`]),
  ...(part.verified === true && whole.verified !== true ? ['verified'] : []),
]

/** Whether the report decides less than the other. */
export const saysLess = (whole: Report, part: Report): boolean =>
  part.verdict !== whole.verdict ||
  whole.causes.some(
    (cause) =>
      DECIDES.has(cause.severity) &&
      cause.revealedBy === undefined &&
      !part.causes.some((one) => nameOf(one) === nameOf(cause)),
  ) ||
  part.checks.some(
    ({id, status}) => status === 'unknown' && whole.checks.find((one) => one.id === id)?.status !== 'unknown',
  )
