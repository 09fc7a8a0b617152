import type {ExamineOptions} from '../../diagnosis/examine-options.ts'
import type {EvidenceFlags, FlowLogFlags, RemedyFlags} from '../input/flags.ts'
import type {FlowLogReader} from '../input/flow-logs.ts'

/** The options of an examination of these instances. Code for rarely used flags is loaded on demand. */
export async function examineOptionsOf(
  flags: RemedyFlags & EvidenceFlags,
  ids: readonly string[] = [],
): Promise<ExamineOptions> {
  const {prefer, remedy = 'cli', diagnostics, 'agent-log': logs} = flags
  const options: ExamineOptions = diagnostics || logs ? {prefer, evidence: await evidenceIn(flags, ids)} : {prefer}
  if (remedy === 'cli') return options
  const {snippet} = await import('../../render/remediation/snippet.ts')
  return {...options, snippet: (steps, place) => snippet(steps, remedy, place)}
}

async function evidenceIn(flags: EvidenceFlags, ids: readonly string[]) {
  const {readEvidence} = await import('../input/evidence-files.ts')
  return readEvidence(flags, ids)
}

/** The reader for these flags, which are validated before AWS is queried. Its code is loaded only if it is needed. */
export async function flowLogReaderFor(
  flags: FlowLogFlags & {readonly account?: readonly string[] | undefined},
): Promise<FlowLogReader> {
  if (flags['flow-logs'] === undefined) return async () => undefined
  return (await import('../input/flow-logs.ts')).readerFor(flags)
}
