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

/**
 * The position where text is not JSON. V8 names it only in some of its messages. The states are those of json.org:
 * a stack of open brackets, and what may come next.
 */
export function breakOf(text: string): number {
  const open: ('{' | '[')[] = []
  let wants: 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' = 'value'
  let at = 0
  const skipSpace = () => {
    at = endOf(SPACE, text, at)
  }
  for (skipSpace(); at < text.length; skipSpace()) {
    const mark = text[at]
    if (wants === 'comma') {
      const inside = open.at(-1)
      if (inside === undefined) return at
      if (mark === ',') wants = inside === '{' ? 'key' : 'value'
      else if (mark === (inside === '{' ? '}' : ']')) open.pop()
      else return at
      at++
    } else if (wants === 'colon') {
      if (mark !== ':') return at
      wants = 'value'
      at++
    } else if ((wants === 'first key' && mark === '}') || (wants === 'first value' && mark === ']')) {
      open.pop()
      wants = 'comma'
      at++
    } else if (wants === 'key' || wants === 'first key') {
      const key = mark === '"' ? string(text, at) : {end: at, failed: true}
      if (key.failed) return key.end
      at = key.end
      wants = 'colon'
    } else if (mark === '{' || mark === '[') {
      open.push(mark)
      wants = mark === '{' ? 'first key' : 'first value'
      at++
    } else {
      const value = scalar(text, at)
      if (value.failed) return value.end
      at = value.end
      wants = 'comma'
    }
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
    const stood = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'the end of the file'
    throw usageError(`${name}: line ${line}, column ${column}: expected JSON, found ${stood}`)
  }
}
