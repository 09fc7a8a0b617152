import {diagnosedInstance, diagnosticsSignals} from '../../agent/output/diagnostics.ts'
import {installedBy, isReadable, logSignals} from '../../agent/output/log.ts'
import {ofOtherInstance, type Signal} from '../../agent/output/signal.ts'
import {usageError} from '../../util/usage-error.ts'
import {notice} from '../output/notice.ts'
import type {EvidenceFlags} from './flags.ts'
import {textIn} from './text-files.ts'

/** What files from inside the instance show: the output of `ssm-cli get-diagnostics`, agent logs and `errors.log`. */
export async function readEvidence(
  {diagnostics = [], 'agent-log': logs = []}: EvidenceFlags,
  ids: readonly string[],
): Promise<readonly Signal[]> {
  if (ids.length > 1) throw usageError('--diagnostics and --agent-log apply to one instance; specify one id.')
  const diagnosed = await Promise.all(diagnostics.map((file) => fromDiagnostics(file, ids[0])))
  const read = await Promise.all(logs.map(async (file) => ({file, text: await textIn(file)})))
  const inLogs = read.map(({file, text}) => diagnosedIn(file, text, ids[0]))
  for (const [place, {file, text}] of read.entries())
    if (text.trim() !== '' && !inLogs[place] && logSignals([{file, text}]).length === 0 && !isReadable(text))
      notice(`${file}: no line is a log line of SSM Agent, so nothing of it is used.`)
  const logged = logSignals(read, ids[0])
  for (const signal of logged)
    if (signal.kind === 'other-instance' && ids[0] !== undefined) notice(ofOtherInstance(signal, ids[0]))
  const isAbsent = logged.some(({kind}) => kind === 'agent-absent' || kind === 'agent-removed')
  const installed = isAbsent ? [] : read.flatMap((file) => installedBy(file, ids[0]))
  return [...diagnosed.flat(), ...inLogs.flatMap((signals) => signals ?? []), ...logged, ...installed]
}

async function fromDiagnostics(file: string, id: string | undefined): Promise<readonly Signal[]> {
  const signals = diagnosedIn(file, await textIn(file), id)
  if (signals === undefined)
    throw usageError(`${file}: expected what "ssm-cli get-diagnostics" prints on the instance.`)
  return signals
}

/** The output of get-diagnostics in the text, which may be among that of other commands. */
function diagnosedIn(file: string, text: string, id: string | undefined): readonly Signal[] | undefined {
  const signals = diagnosticsSignals(text)
  const other = diagnosedInstance(text)
  if (id !== undefined && other !== undefined && other !== id)
    throw usageError(`${file} was written on ${other}, not on ${id}.`)
  return signals
}
