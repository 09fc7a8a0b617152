import type {Context, Kind, Unreadable} from '../model/account.ts'
import type {CliAnswers} from './cli-answers.ts'

export type Raw = readonly unknown[] | (Unreadable & {readonly known?: readonly unknown[]})
type RawReadings = Readonly<Partial<Record<Kind, readonly Raw[]>>>

/** The content of one file, with every value validated. */
export interface Content {
  readonly name: string
  readonly isBlank?: true
  readonly isReport?: boolean
  readonly context: {readonly [K in keyof Context]?: Context[K] | undefined}
  /** An account file is complete by itself; AWS CLI responses are parts of one account. */
  readonly isAccountFile: boolean
  readonly readings: RawReadings
  readonly answers: readonly CliAnswers[]
}
