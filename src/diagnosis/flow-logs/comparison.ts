import type {Evidence} from '../../checks/check.ts'
import type {FlowResult} from '../../flow-logs/evaluate.ts'
import type {Hop, Path} from '../../network/path.ts'

/** What the log shows for one service, compared with the model. */
export interface FlowComparison {
  readonly path: Path
  readonly result: FlowResult
  /** What the endpoint's own interface shows, if its log was read. */
  readonly atEndpoint?: FlowResult & {readonly interfaceId: string}
  readonly isShared: boolean
  readonly agreement: Agreement
  /** The hops that the log confirms, and those that it contradicts. */
  readonly confirmed: readonly Hop[]
  readonly contradicted: readonly Hop[]
  /** Hops that are unknown in the model and may do what the log shows. */
  readonly undetermined: readonly Hop[]
  readonly evidence: readonly Evidence[]
  readonly message: string
}

export type Agreement = 'agrees' | 'disagrees' | 'neither'
