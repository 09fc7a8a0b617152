import type {Signal} from '../agent/signal.ts'
import type {Facts, Instance, Kind} from '../model/account.ts'
import type {Path} from '../network/path.ts'
import type {Remedy} from '../remedies/core/remedy.ts'

/**
 * `blocks`: the node cannot register or keep its heartbeat. `degrades`: it registers, but sessions, commands, patching
 * or inventory do not work. `advises`: works today, worth changing. `undecided`: AWS's API cannot show it.
 * `symptom`: what is seen, never a cause.
 */
export type Severity = 'blocks' | 'degrades' | 'advises' | 'undecided' | 'symptom'
export type Certainty = 'proven' | 'likely' | 'possible'

export interface Cause {
  /** A noun phrase that fits after "because of", for lists. */
  readonly title: string
  readonly severity: Severity
  /** The AWS page behind it. */
  readonly docs: string
}

export interface Evidence {
  readonly fact: string
  /** The service whose path it was observed on. */
  readonly service?: string
  /** The call, file or field that it is from, such as `ec2:DescribeSecurityGroups`. */
  readonly source: string
}

/** A cause that was found, on a resource. */
export interface Finding {
  readonly cause: string
  /** Where the catalogue's severity does not fit this finding. */
  readonly severity?: Severity
  /** `proven` when absent. */
  readonly certainty?: Certainty
  /** The resource to change: an EC2 id, or an ARN for IAM. */
  readonly resource: string
  readonly message: string
  readonly evidence: readonly Evidence[]
  /** What fixes it: the recommended change first, then the alternatives. */
  readonly remedies?: readonly Remedy[]
}

/** The outcome of a check: what it found, what it could not determine, what it saw that is right, or that it has no subject. */
export type Note =
  | Finding
  | {readonly unknown: string; readonly kind?: Kind}
  | {readonly fact: string}
  | {readonly skip: string}

/**
 * What distinguishes one instance from another: the paths from where it stands; the credentials of its agent, with the endpoints
 * and gateways that carry its calls; the machine with its agent. The keys are `networkKeyOf`, `identityKeyOf` and
 * `machineKeyOf`: what a check reads of an instance beside its ids must be in one of those that it names.
 */
export type Dependence = 'path' | 'credentials' | 'machine'

/**
 * One subject. It sees the facts it declares and no others: `needs` must be readable, or the check is unknown;
 * `wishes` may be unreadable, and the check says what follows from that.
 */
export interface Check<Need extends Kind = Kind, Wish extends Kind = Kind> {
  /** The noun of its subject; equal to the file name. */
  readonly id: string
  /** A sentence that is true of a healthy instance. */
  readonly title: string
  /** Why a node that fails this cannot be managed. `explain` prints it. */
  readonly why: string
  readonly causes: Readonly<Record<string, Cause>>
  /** What it examines, where that is not EC2 instances alone: hybrid nodes, or both. */
  readonly subject?: 'hybrid' | 'both'
  /** True for what is left when nothing else explains the node: it is only asked then. */
  readonly fallback?: true
  /** True for what the instance said of itself: after a change it says nothing any more. */
  readonly fromInstance?: true
  /** What its outcome depends on: instances of a fleet that are alike in it share the outcome. */
  readonly dependsOn: readonly Dependence[]
  readonly requiredKinds: readonly Need[]
  readonly optionalKinds?: readonly Wish[]
  /** The kinds that its notes come from, where it may see more: what a fix is chosen and verified with. */
  readonly decidedBy?: readonly Kind[]
  /**
   * `paths` is the one walk that was made for the instance, a path for each service; `evidence` are lines from inside
   * it that were handed over, beside its console.
   */
  readonly run: (
    facts: Facts<Need, Wish>,
    instance: Instance,
    paths: readonly Path[],
    evidence?: readonly Signal[],
  ) => readonly Note[]
}

/** Lets a check see the facts it asked for, and no others. */
export const defineCheck = <const Need extends Kind = never, const Wish extends Kind = never>(
  check: Check<Need, Wish>,
): Check => check as unknown as Check

export const isFinding = (note: Note): note is Finding => 'cause' in note
