import type {FlowLogFlags} from './flags.ts'
import type {FlowLogReader} from './flow-logs.ts'

/** The reader for these flags, which are validated before AWS is queried. Its code is loaded only if it is needed. */
export async function flowLogReaderFor(
  flags: FlowLogFlags & {readonly account?: readonly string[] | undefined},
): Promise<FlowLogReader> {
  if (flags['flow-logs'] === undefined) return async () => undefined
  return (await import('./flow-logs.ts')).readerFor(flags)
}
