import type {Signal} from '../agent/output/signal.ts'
import type {Facts, Instance, Kind} from '../model/account.ts'
import type {Path} from '../network/path.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import type {Severity} from './severity.ts'

export const CERTAINTIES = ['proven', 'likely', 'possible'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** The certainty of a finding that something else confirms. */
export const MORE_CERTAIN: Readonly<Record<Certainty, Certainty>> = {
  possible: 'likely',
  likely: 'proven',
  proven: 'proven',
}

export interface Cause {
  /** A noun phrase that fits after "because of", for lists. */
  readonly title: string
  readonly severity: Severity
  /** The AWS page behind it. */
  readonly docs: string
}

/** Causes as rows: the function names the severity. */
const causeOf =
  (severity: Severity) =>
  (title: string, docs: string): Cause => ({title, severity, docs})

export const blocks = causeOf('blocks')
export const degrades = causeOf('degrades')
export const undecided = causeOf('undecided')
export const advises = causeOf('advises')
export const symptom = causeOf('symptom')

export interface Evidence {
  readonly fact: string
  /** The service on whose path it was observed. */
  readonly service?: string
  /** The call, file or field that it is from, such as `ec2:DescribeSecurityGroups`. */
  readonly source: string
  /** The message of the finding says it already. */
  readonly inMessage?: true
}

export const inMessage = (fact: string, source: string): Evidence => ({fact, source, inMessage: true})

/** A finding whose message is its evidence, with what to do about it. */
export const statedFinding = (
  finding: Omit<Finding, 'message' | 'evidence'>,
  fact: string,
  source: string,
  advice = '',
): Finding => ({...finding, message: advice === '' ? fact : `${fact} ${advice}`, evidence: [inMessage(fact, source)]})

/** A cause that was found, on a resource. */
export interface Finding {
  readonly cause: string
  /** If the catalog's severity does not apply to this finding. */
  readonly severity?: Severity
  /** `proven` if absent. */
  readonly certainty?: Certainty
  /** The resource to change: an EC2 id, or an ARN for IAM. */
  readonly resource: string
  readonly message: string
  readonly evidence: readonly Evidence[]
  /** Plain data that distinguishes it from other faults with this cause and resource: the statement that denies. */
  readonly distinction?: unknown
  /** The actions that it keeps the node from. */
  readonly actions?: readonly string[]
  /** What fixes it: the recommended change first, then the alternatives. */
  readonly remedies?: readonly Remedy[]
}

/** The finding with other fields. Its remedies are tried on models, and are still computed only on demand. */
export const changedFinding = (finding: Finding, changes: Partial<Finding>): Finding =>
  Object.defineProperties({} as Finding, {
    ...Object.getOwnPropertyDescriptors(finding),
    ...Object.getOwnPropertyDescriptors(changes),
  })

/** The outcome of a check: what it found, what it could not determine, what is in order, or that it was skipped. */
export type Note =
  | Finding
  /** `remedies` are what can be asked for to decide it. */
  | {readonly unknown: string; readonly kind?: Kind; readonly remedies?: readonly Remedy[]}
  | {readonly fact: string}
  | {readonly skip: string}

/**
 * What distinguishes one instance from another: the paths from its network position; the credentials of its agent, with
 * the endpoints and gateways on the path of its calls where policies have conditions; the endpoint of S3; the machine
 * with its agent. The keys are `networkKeysIn`, `identityKeysIn` and `machineKeysIn`: what a check reads of an instance,
 * other than ids, must be in one of the keys that it declares.
 */
export type Dependence = 'path' | 'credentials' | 's3-endpoint' | 'machine'

/**
 * One subject. It sees only the facts it declares: `requiredKinds` must be readable, or the check is unknown;
 * `optionalKinds` may be unreadable, and the check handles that.
 */
export interface Check<Required extends Kind = Kind, Optional extends Kind = Kind> {
  /** The noun of its subject; equal to the file name. */
  readonly id: string
  /** A short noun phrase. */
  readonly title: string
  /** Why a node that fails this cannot be managed. `explain` prints it. */
  readonly why: string
  readonly causes: Readonly<Record<string, Cause>>
  /** What it examines, if not only EC2 instances: hybrid nodes, or both. */
  readonly subject?: 'hybrid' | 'both'
  /** True for a check that runs only if nothing else explains the node. */
  readonly fallback?: true
  /** True for a check of evidence from the instance itself, which is outdated after a change. */
  readonly fromInstance?: true
  /** What its outcome depends on: instances of a fleet with the same keys share the outcome. */
  readonly dependsOn: readonly Dependence[]
  readonly requiredKinds: readonly Required[]
  readonly optionalKinds?: readonly Optional[]
  /** The kinds that its notes come from, if it can see more to choose and verify a fix. */
  readonly decidedBy?: readonly Kind[]
  /**
   * `paths` is the single walk for the instance, a path for each service; `evidence` are lines from inside
   * it that were passed in, in addition to its console output.
   */
  readonly run: (
    facts: Facts<Required, Optional>,
    instance: Instance,
    paths: readonly Path[],
    evidence: readonly Signal[],
  ) => readonly Note[]
}

/** Runs a check with only the facts that it declares. */
export const defineCheck = <const Required extends Kind = never, const Optional extends Kind = never>(
  check: Omit<Check<Required, Optional>, 'requiredKinds'> & {readonly requiredKinds?: readonly Required[]},
): Check => ({requiredKinds: [], ...check}) as unknown as Check

/** What is not known, with the kind that would have to be read to decide it, if that is known. */
export const unknownNote = (unknown: string, kind: Kind | undefined): Note => ({unknown, ...(kind && {kind})})

export const isFinding = (note: Note): note is Finding => 'cause' in note

export const causesIn = <C extends Pick<Check, 'causes'>>(
  checks: readonly C[],
): readonly {readonly id: string; readonly cause: Cause; readonly check: C}[] =>
  checks.flatMap((check) => Object.entries(check.causes).map(([id, cause]) => ({id, cause, check})))
