import {wrap} from '../../render/text/width.ts'
import {plain} from '../../util/plain-text.ts'
import {type Stream, terminalOf} from './terminal.ts'

/** A sentence for stderr: wrapped for a terminal, and on one line for a file or a pipe, where it is searched. */
export function notice(text: string, stream: Stream & Pick<NodeJS.WriteStream, 'write'> = process.stderr): void {
  const line = plain(text)
  const lines = stream.isTTY ? wrap(line, terminalOf(stream, false).columns) : [line]
  stream.write(`${lines.join('\n')}\n`)
}
