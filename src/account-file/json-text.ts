import {usageError} from '../util/usage-error.ts'

const WORD = /(?:true|false|null)(?![\w$])/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y
const SPACE = /[ \t\n\r]*/y
const STRING_STOP = /["\\]|[^ -\uffff]/g
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** Where a match of the sticky `pattern` ends that begins at `at`, or -1. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

interface Scan {
  readonly end: number
  readonly failed: boolean
}

/** The string that starts at `at`: its end, or the position of the error. */
function string(text: string, at: number): Scan {
  for (let next = at + 1; ; ) {
    STRING_STOP.lastIndex = next
    const stop = STRING_STOP.exec(text)?.index
    if (stop === undefined) return {end: text.length, failed: true}
    if (text[stop] === '"') return {end: stop + 1, failed: false}
    next = text[stop] === '\\' ? endOf(ESCAPE, text, stop) : -1
    if (next < 0) return {end: stop, failed: true}
  }
}

function scalar(text: string, at: number): Scan {
  if (text[at] === '"') return string(text, at)
  const end = Math.max(endOf(WORD, text, at), endOf(NUMBER, text, at))
  return end < 0 ? {end: at, failed: true} : {end, failed: false}
}

type Bracket = '{' | '['
type State = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma'

/** Where the next token is expected, and which; without `next` the text is not JSON at `end`. */
interface Step {
  readonly end: number
  readonly next?: State
}

/** Reads one token; `open` is a stack of open brackets. */
type Reader = (text: string, at: number, open: Bracket[]) => Step

const CLOSING: Readonly<Record<Bracket, string>> = {'{': '}', '[': ']'}

function comma(text: string, at: number, open: Bracket[]): Step {
  const inside = open.at(-1)
  if (inside === undefined) return {end: at}
  if (text[at] === ',') return {end: at + 1, next: inside === '{' ? 'key' : 'value'}
  return text[at] === CLOSING[inside] ? closed(at, open) : {end: at}
}

function closed(at: number, open: Bracket[]): Step {
  open.pop()
  return {end: at + 1, next: 'comma'}
}

function key(text: string, at: number): Step {
  if (text[at] !== '"') return {end: at}
  const {end, failed} = string(text, at)
  return failed ? {end} : {end, next: 'colon'}
}

function value(text: string, at: number, open: Bracket[]): Step {
  const mark = text[at]
  if (mark === '{' || mark === '[') {
    open.push(mark)
    return {end: at + 1, next: mark === '{' ? 'first key' : 'first value'}
  }
  const {end, failed} = scalar(text, at)
  return failed ? {end} : {end, next: 'comma'}
}

/** The states of json.org. */
const READERS: Readonly<Record<State, Reader>> = {
  value,
  'first value': (text, at, open) => (text[at] === ']' ? closed(at, open) : value(text, at, open)),
  key,
  'first key': (text, at, open) => (text[at] === '}' ? closed(at, open) : key(text, at)),
  colon: (text, at) => (text[at] === ':' ? {end: at + 1, next: 'value'} : {end: at}),
  comma,
}

/** The position where text is not JSON. V8 names it only in some of its messages. */
export function breakOf(text: string): number {
  const open: Bracket[] = []
  let state: State = 'value'
  let at = endOf(SPACE, text, 0)
  while (at < text.length) {
    const {end, next} = READERS[state](text, at, open)
    if (next === undefined) return end
    state = next
    at = endOf(SPACE, text, end)
  }
  return at
}

function placeOf(text: string, at: number): {readonly line: number; readonly column: number} {
  let line = 1
  let start = 0
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', start)) {
    line++
    start = next + 1
  }
  return {line, column: at - start + 1}
}

/** The value of JSON text, or one error that names file, line and column. */
export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const at = breakOf(text)
    const {line, column} = placeOf(text, at)
    const unexpected = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'the end of the file'
    throw usageError(`${name}: line ${line}, column ${column}: expected JSON, found ${unexpected}`)
  }
}
