import type {Audit} from '../../audit/report.ts'
import {didYouMean} from '../../util/nearest.ts'
import {usageError} from '../../util/usage-error.ts'
import {isFolder, type Output, outputOf, outputsOf, type Printing} from '../output/output-files.ts'
import type {FleetFlags} from './flags.ts'
import {AUDIT_FORMAT_NAMES, AUDIT_FORMATS, type AuditFormat} from './formats.ts'

/** A split report needs a folder, and a folder needs a split report. */
export function auditOutputsOf(
  texts: readonly string[] = [],
  splits: readonly string[] = [],
): Promise<readonly Output<AuditFormat>[]> {
  const outputs = texts.map((text) => outputOf(text, AUDIT_FORMATS))
  const splitBy = ({format}: Output<AuditFormat>) => AUDIT_FORMATS[format].split?.by
  for (const split of splits)
    if (!outputs.some((output) => splitBy(output) === split && isFolder(output))) {
      const format = AUDIT_FORMAT_NAMES.find((name) => AUDIT_FORMATS[name].split?.by === split)
      throw usageError(`--split ${split} needs a folder: --output ${format}=FOLDER/`)
    }
  const summaryOutput = outputs.find((output) => isFolder(output) && !splits.some((split) => splitBy(output) === split))
  if (summaryOutput)
    throw usageError(`${summaryOutput.file} is a folder; specify a file, or split the report with --split.`)
  return outputsOf(texts, AUDIT_FORMATS)
}

/** What goes to standard output: the report, or the script for one group. */
export async function printedAudit(
  audit: Audit,
  {script, json, format}: Pick<FleetFlags, 'script' | 'json' | 'format'>,
  printing: Printing,
): Promise<string> {
  if (script === undefined) return AUDIT_FORMATS[json ? 'json' : format].text(audit, printing)
  const group = audit.groups.find(({id}) => id === script)
  if (group?.change?.snippet !== undefined) return group.change.snippet
  const ids = audit.groups.flatMap(({id, change}) => (change ? [id] : []))
  const hint = didYouMean(script, ids) || (ids.length > 0 ? ` Available: ${listed(ids)}.` : '')
  throw usageError(group ? `There is no known fix for ${script}.` : `No group "${script}" in this audit.${hint}`)
}

const MAX_LISTED = 5

const listed = (ids: readonly string[]): string =>
  ids.slice(0, MAX_LISTED).join(', ') + (ids.length > MAX_LISTED ? ` and ${ids.length - MAX_LISTED} more` : '')
