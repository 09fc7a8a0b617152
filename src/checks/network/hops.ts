import type {Facts, Instance} from '../../model/account.ts'
import {AGENT_SERVICES} from '../../model/partition.ts'
import type {Hop, Path} from '../../network/path.ts'
import {WALK_KINDS} from '../../network/readings.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {networkRemedies} from '../../remedies/network/network-remedies.ts'
import {groupBy} from '../../util/group-by.ts'
import {inList} from '../../util/list-in-words.ts'
import {memo} from '../../util/memo.ts'
import {
  type Cause,
  type Check,
  type Dependence,
  defineCheck,
  type Evidence,
  type Finding,
  type Note,
  unknownNote,
} from '../check.ts'
import type {Severity} from '../severity.ts'

export type NetworkFacts = Facts<never, (typeof WALK_KINDS)[number]>

interface HopCheck extends Pick<Check, 'id' | 'title' | 'why' | 'causes'> {
  /** The kinds that its hops are evaluated with. */
  readonly decidedBy: readonly (typeof WALK_KINDS)[number][]
  /** Which hops without a fault this check reports. */
  readonly matches: (hop: Hop) => boolean
  /** Only the path, if absent. */
  readonly dependsOn?: readonly Dependence[]
  /** Notes in addition to those of the hops: advice that does not belong to a single hop. */
  readonly extraNotes?: (facts: NetworkFacts, instance: Instance, paths: readonly Path[]) => readonly Note[]
}

/** Whether the finding is about the fault of this hop. */
export const isFaultOf = ({fault, resource}: Hop, finding: Pick<Finding, 'cause' | 'resource'>): boolean =>
  fault?.cause === finding.cause && (fault.resource ?? resource) === finding.resource

/** What the agent requires, and S3; the services of the session preferences have a separate check. */
const EXAMINED = new Set([...AGENT_SERVICES, 's3'])

export interface NetworkCheck extends Check {
  /** The notes on the hops of these paths, for a node that requires `essential`. */
  readonly evaluate: (
    facts: NetworkFacts,
    instance: Instance,
    paths: readonly Path[],
    essential: string,
  ) => readonly Note[]
}

/** A check of the hops of one kind: the walk has evaluated them, and here they become findings. */
export function hopCheck({matches, extraNotes, dependsOn = ['path'], ...check}: HopCheck): NetworkCheck {
  const evaluate: NetworkCheck['evaluate'] = (facts, instance, paths, essential) => {
    const faults: MatchedHop[] = []
    const others: MatchedHop[] = []
    for (const one of hopsOf(paths)) {
      const {hop} = one
      if (hop.fault && hop.fault.cause in check.causes) faults.push(one)
      else if (!hop.fault && matches(hop)) others.push(one)
    }
    if (faults.length === 0 && others.length === 0) return NONE
    // One fault, one cause: a fault of one resource on the paths of several services is reported once.
    const findings = [...groupBy(faults, ({hop}) => keyOf(hop)).values()].map((group) =>
      findingOf(check.causes, facts, instance, group, essential),
    )
    return [...findings, ...unknownNotes(others), ...known(others)]
  }
  const run = (facts: NetworkFacts, instance: Instance, paths: readonly Path[]): readonly Note[] => {
    const ofHops = evaluate(facts, instance, agentPaths(paths), 'ssm')
    const notes = extraNotes ? [...ofHops, ...extraNotes(facts, instance, paths)] : ofHops
    return notes.length === 0 ? NOT_ON_PATH : notes
  }
  return {...defineCheck({...check, dependsOn, optionalKinds: WALK_KINDS, run}), evaluate}
}

const NONE: readonly Note[] = []
const NOT_ON_PATH: readonly Note[] = [{skip: 'Not on this path.'}]

export interface MatchedHop {
  readonly path: Path
  readonly hop: Hop
}

/** What stops a path and does not also keep the agent from Systems Manager, which its own check reports. */
export const faultsOnlyOf = (path: Path, paths: readonly Path[]): readonly Hop[] => {
  const known = new Set(
    paths.flatMap(({service, hops}) => (service === 'ssm' ? hops.flatMap((hop) => keyOf(hop) ?? []) : [])),
  )
  return path.hops.filter((hop) => hop.fault && hop.verdict !== 'open' && !known.has(keyOf(hop) ?? ''))
}

/** What these hops of a path to a host show, as evidence of a finding about something else than the path. */
export const onPathTo = (host: string, hops: readonly Hop[]): readonly Evidence[] =>
  hops.map(({because, direction}) => ({fact: because, source: `the ${direction} on the path to ${host}`}))

const keyOf = (hop: Hop): string | undefined => hop.fault && `${hop.fault.cause} ${resourceOf(hop)}`

/** The paths of one walk are used by every check of this kind, and are grouped once for all of them. */
const agentPaths = memo((paths: readonly Path[]) => paths.filter(({service}) => EXAMINED.has(service)))
export const hopsOf = memo((paths: readonly Path[]): readonly MatchedHop[] =>
  paths.flatMap((path) => path.hops.map((hop) => ({path, hop}))),
)

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)]

/** What is in order, of hops without a fault. */
const known = (hops: readonly MatchedHop[]): readonly Note[] =>
  unique(hops.filter(({hop}) => hop.verdict === 'open').map(({hop}) => hop.because)).map((fact) => ({fact}))

/** What could not be read, of hops without a fault: once where the reasons differ by the service that they name. */
function unknownNotes(hops: readonly MatchedHop[]): readonly Note[] {
  const unknown = hops.filter(({hop}) => hop.verdict === 'unknown')
  const groups = groupBy(unknown, ({hop: {at, resource, unread}}) => `${at} ${resource} ${unread}`)
  return [...groups.values()].flatMap((group) => {
    const unread = group[0]?.hop.unread
    const reasons = unique(group.map(({hop}) => hop.because))
    const services = unique(group.map(({path}) => path.service))
    const pairs = unique(group.map(({path, hop}) => `${path.service} ${hop.because}`))
    const isOneEach = reasons.length > 1 && reasons.length === services.length && pairs.length === services.length
    const shown = isOneEach ? [`${reasons[0]} The same applies to ${inList(services.slice(1))}.`] : reasons
    return shown.map((reason) => unknownNote(reason, unread))
  })
}

const resourceOf = ({resource, fault}: Hop): string => fault?.resource ?? resource

function findingOf(
  causes: Readonly<Record<string, Cause>>,
  facts: NetworkFacts,
  instance: Instance,
  group: readonly MatchedHop[],
  essential: string,
): Finding {
  const worst = group.find(({hop}) => hop.verdict === 'blocked') ?? group[0]!
  const {hop} = worst
  const cause = hop.fault!.cause
  const certain = group.filter((one) => one.hop.verdict !== 'unknown')
  const services = unique((certain.length > 0 ? certain : group).map(({path}) => path.service))
  const severity = severityOf(causes[cause]!.severity, group, essential)
  let remedies: readonly Remedy[] | undefined
  return {
    cause,
    severity,
    ...(group.every((one) => one.hop.fault?.likely) && {certainty: 'likely' as const}),
    resource: resourceOf(hop),
    message:
      services.length > 1 || services[0] !== essential
        ? `${hop.because} This affects ${services.join(', ')}.`
        : hop.because,
    evidence: group.map((one) => evidenceOf(one, hop.because)),
    distinction: group.map((one) => ({service: one.path.service, detail: one.hop.fault?.detail})),
    // A remedy is tried on models before it is proposed, which takes time and is done only on demand.
    get remedies() {
      remedies ??= networkRemedies(facts, instance, unique(group.map((one) => one.hop)), services)
      return remedies
    },
  }
}

/** What blocks only other services than the essential one, or a share of the connections, degrades. */
function severityOf(severity: Severity, group: readonly MatchedHop[], essential: string): Severity {
  if (group.every(({hop}) => hop.fault?.advice)) return 'advises'
  if (group.every(({hop}) => hop.verdict === 'unknown')) return 'undecided'
  if (severity !== 'blocks' && !group.some(({hop}) => hop.fault?.blocks)) return severity
  return group.some(({path, hop}) => path.service === essential && hop.verdict === 'blocked') ? 'blocks' : 'degrades'
}

const evidenceOf = ({path, hop}: MatchedHop, message: string): Evidence => ({
  fact: hop.because,
  service: path.service,
  source: `${hop.direction} path to ${path.host}:${path.port}`,
  ...(hop.because === message && {inMessage: true}),
})
