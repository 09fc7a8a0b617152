import {plain} from '../account/plain.ts'

export interface Progress {
  readonly say: (what: string) => void
  readonly end: () => void
}

/** One line on stderr that is gone when the report comes, and nothing at all where nobody watches. */
export function progressOn(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>): Progress {
  if (!stream.isTTY) return {say: () => {}, end: () => {}}
  return {
    say: (what) => {
      stream.write(`\r\u001b[K${plain(what)} …`)
    },
    end: () => {
      stream.write('\r\u001b[K')
    },
  }
}
