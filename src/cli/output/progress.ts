import {shorten} from '../../render/text/width.ts'
import {plain} from '../../util/plain-text.ts'

export interface Progress {
  readonly say: (what: string) => void
  /** An attempt that follows one that failed. */
  readonly retried: (attempt: number) => void
  readonly end: () => void
}

/** A wait that is longer than this is counted. */
const LONG = 3000
const TICK = 1000

/** One line on stderr that is erased before the report is printed; nothing without a terminal. */
export function progressOn(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write' | 'columns'>): Progress {
  if (!stream.isTTY) return {say: () => {}, retried: () => {}, end: () => {}}
  let shown = {what: '', at: 0, attempt: 1}
  let timer: NodeJS.Timeout | undefined
  const show = () => {
    // A line that is wider than the terminal could not be erased.
    const line = shorten(
      `${plain(shown.what)}${waited(Date.now() - shown.at, shown.attempt)} …`,
      (stream.columns ?? 80) - 1,
    )
    stream.write(`\r\u001b[K${line}`)
  }
  return {
    say: (what) => {
      shown = {what, at: Date.now(), attempt: 1}
      timer ??= setInterval(show, TICK).unref()
      show()
    },
    retried: (attempt) => {
      shown = {...shown, attempt: Math.max(shown.attempt, attempt)}
    },
    end: () => {
      clearInterval(timer)
      timer = undefined
      stream.write('\r\u001b[K')
    },
  }
}

const waited = (milliseconds: number, attempt: number): string =>
  milliseconds < LONG ? '' : `: ${Math.floor(milliseconds / 1000)} s${attempt > 1 ? `, attempt ${attempt}` : ''}`
