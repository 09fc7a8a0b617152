import type {Signal} from '../agent/output/signal.ts'
import type {FlowLog} from '../flow-logs/flow-log.ts'
import type {Preference, Remedy, Step} from '../remedies/core/remedy.ts'
import type {SnippetPlace} from '../remedies/core/snippet-place.ts'

export interface ExamineOptions {
  /** Another Region of the account in which the id was found. */
  readonly elsewhere?: string
  /** Lines from inside the instance that were handed over: an agent log, or the diagnostics of ssm-cli. */
  readonly evidence?: readonly Signal[]
  /** The flow log of the instance's interface, where it was read. */
  readonly flowLog?: FlowLog | undefined
  readonly prefer?: Preference | undefined
  /** Writes the changes in another form than a POSIX shell's. */
  readonly snippet?: (steps: readonly Step[], place: SnippetPlace) => string
  /** The undo of the call that is responsible for a cause. */
  readonly undo?: (finding: {readonly cause: string; readonly resource: string}) => readonly Remedy[]
  /** Whether the checks for what is left when nothing else explains the node run. */
  readonly includeFallback?: boolean
  /** The steps of a change for an instance that is not launched yet. */
  readonly steps?: (steps: readonly Step[]) => readonly Step[]
}
