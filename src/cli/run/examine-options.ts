import type {ExamineOptions} from '../../diagnosis/examine-options.ts'
import type {EvidenceFlags, RemedyFlags} from '../input/flags.ts'

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
