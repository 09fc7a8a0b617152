import {shorten} from '../../render/text/width.ts'
import {plain} from '../../util/plain-text.ts'

export interface Progress {
  readonly say: (what: string) => void
  readonly end: () => void
}

/** One line on stderr that is erased before the report is printed; nothing without a terminal. */
export function progressOn(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write' | 'columns'>): Progress {
  if (!stream.isTTY) return {say: () => {}, end: () => {}}
  return {
    say: (what) => {
      // A line that is wider than the terminal could not be erased.
      stream.write(`\r\u001b[K${shorten(`${plain(what)} …`, (stream.columns ?? 80) - 1)}`)
    },
    end: () => {
      stream.write('\r\u001b[K')
    },
  }
}
