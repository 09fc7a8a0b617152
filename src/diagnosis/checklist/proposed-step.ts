import type {Remedy} from '../../remedies/core/remedy.ts'
import type {ResolvedFinding} from '../diagnosis.ts'

/** What a step is for: only the steps that fix decide whether a checklist is verified, and the exit code. */
export type Part = 'fix' | 'investigate' | 'improve'

/** One change, the causes that it fixes, and the other changes that would work. */
export interface ProposedStep {
  readonly part: Part
  readonly remedy: Remedy
  readonly causes: readonly ResolvedFinding[]
  readonly alternatives: readonly {readonly remedy: Remedy; readonly verified: boolean}[]
  /** The account that must make the change, if it is not the caller's. */
  readonly account?: string
}
