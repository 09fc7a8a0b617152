import {styleText} from 'node:util'
import {PIPE, type Terminal} from '../../render/text/terminal.ts'

export type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'hasColors'>

/** Wider lines are hard to read; in narrower ones every second word is wrapped. */
const MAX = 100
const LEAST = 40

/** What stdout can display. `hasColors` knows NO_COLOR, FORCE_COLOR and TERM=dumb. */
export function terminalOf(stream: Stream, wantsColor: boolean): Terminal {
  if (!stream.isTTY) return PIPE
  const colors = wantsColor && stream.hasColors()
  return {
    columns: Math.min(MAX, Math.max(LEAST, stream.columns ?? MAX)),
    symbols: true,
    paint: colors ? (how, text) => styleText(how, text, {validateStream: false}) : PIPE.paint,
  }
}
