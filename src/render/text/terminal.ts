import {SIGN, type Tone} from '../tone.ts'
import {indented} from './width.ts'

type Paint = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold'

/** The output device of a report: its width, and whether it shows colors and symbols. */
export interface Terminal {
  readonly columns: number
  readonly symbols: boolean
  readonly paint: (how: Paint, text: string) => string
}

/** How a report is printed. */
export interface TextOptions {
  readonly terminal: Terminal
  /** Shows the evidence behind every check, every path and the commands of every alternative. */
  readonly verbose?: boolean
}

/** A pipe or a file: letters only. */
export const PIPE: Terminal = {columns: 100, symbols: false, paint: (_, text) => text}

/** On a terminal, what is good in part looks like what is bad. */
const SIGN_OF: Readonly<Record<Tone, string>> = {...SIGN, part: SIGN.bad}
const WORD_OF: Readonly<Record<Tone, string>> = {good: 'ok', bad: 'FAIL', part: 'FAIL', open: '?', none: '-'}
const PAINT_OF: Readonly<Record<Tone, Paint>> = {good: 'green', bad: 'red', part: 'red', open: 'yellow', none: 'dim'}

export const markOf = (tone: Tone, {symbols, paint}: Terminal): string =>
  paint(PAINT_OF[tone], (symbols ? SIGN_OF : WORD_OF)[tone])

/** A mark, padded so that the text after it is aligned. */
export const padMark = (tone: Tone, terminal: Terminal): string =>
  markOf(tone, terminal) + ' '.repeat(markWidth(terminal) - columnsOfMark(tone, terminal))

export const columnsOfMark = (tone: Tone, {symbols}: Terminal): number => (symbols ? SIGN_OF : WORD_OF)[tone].length

export const marked = (tone: Tone, text: string, terminal: Terminal): readonly string[] =>
  indented(text, terminal.columns, markWidth(terminal) + 3, `  ${padMark(tone, terminal)} `)

/** Columns of the widest mark. */
export const markWidth = ({symbols}: Terminal): number => (symbols ? 1 : 4)
