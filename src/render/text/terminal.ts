import type {Status, Verdict} from '../../diagnosis/report.ts'
import type {Verdict as PathVerdict} from '../../network/path.ts'

type Paint = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold'

/** The output device of a report: its width, and whether it shows colors and symbols. */
export interface Terminal {
  readonly columns: number
  readonly symbols: boolean
  readonly paint: (how: Paint, text: string) => string
}

/** A pipe or a file: letters only. */
export const PIPE: Terminal = {columns: 100, symbols: false, paint: (_, text) => text}

export type Mark = 'good' | 'bad' | 'open' | 'none'

const SIGN: Readonly<Record<Mark, string>> = {good: '✓', bad: '✗', open: '?', none: '–'}
const WORD: Readonly<Record<Mark, string>> = {good: 'ok', bad: 'FAIL', open: '?', none: '-'}
const PAINT: Readonly<Record<Mark, Paint>> = {good: 'green', bad: 'red', open: 'yellow', none: 'dim'}

export const markOf = (mark: Mark, {symbols, paint}: Terminal): string =>
  paint(PAINT[mark], (symbols ? SIGN : WORD)[mark])

/** A mark, padded so that the text after it is aligned. */
export const padMark = (mark: Mark, terminal: Terminal): string =>
  markOf(mark, terminal) + ' '.repeat(markWidth(terminal) - columnsOfMark(mark, terminal))

export const columnsOfMark = (mark: Mark, {symbols}: Terminal): number => (symbols ? SIGN : WORD)[mark].length

/** Columns of the widest mark. */
export const markWidth = ({symbols}: Terminal): number => (symbols ? 1 : 4)

export const MARK_OF_STATUS: Readonly<Record<Status, Mark>> = {pass: 'good', fail: 'bad', unknown: 'open', skip: 'none'}
export const MARK_OF_PATH: Readonly<Record<PathVerdict, Mark>> = {
  open: 'good',
  partly: 'bad',
  blocked: 'bad',
  unknown: 'open',
}
export const MARK_OF_VERDICT: Readonly<Record<Verdict, Mark>> = {
  managed: 'good',
  degraded: 'bad',
  'at-risk': 'bad',
  unmanaged: 'bad',
  undecided: 'open',
}
