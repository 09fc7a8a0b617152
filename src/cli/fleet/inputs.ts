import {basename} from 'node:path'
import {sourcesOf} from '../../account-file/sources.ts'
import type {Baseline} from '../../audit/changes.ts'
import type {Audit, AuditPart} from '../../audit/report.ts'
import type {Suppression} from '../../audit/suppressions.ts'
import type {Unit} from '../../fleet/expected.ts'
import {baselineIn, partIn, suppressionsIn, unitsIn} from '../../fleet/inputs.ts'
import {textIn} from './instance-filter.ts'
import {SETTINGS} from './resume.ts'

const inputOf = async (name: string) => ({name, text: await textIn(name)})

export const baselineFrom = async (file: string, schema: Audit['schema']): Promise<Baseline> =>
  baselineIn(await inputOf(file), schema)

export const suppressionsFrom = async (file: string): Promise<readonly Suppression[]> =>
  suppressionsIn(await inputOf(file))

/** The results of single accounts and Regions, in files or folders. */
export async function partsFrom(sources: readonly string[], schema: Audit['schema']): Promise<readonly AuditPart[]> {
  const found = (await Promise.all(sources.map((source) => sourcesOf(source))))
    .flat()
    .filter(({name}) => basename(name) !== SETTINGS)
  const parts: AuditPart[] = []
  for (const {name, path} of found) parts.push(partIn({name, text: await textIn(path ?? '-')}, schema))
  return parts
}

/** The accounts and Regions of which parts are expected. */
export async function unitsFrom(sources: readonly string[]): Promise<readonly Unit[]> {
  const found = (await Promise.all(sources.map((source) => sourcesOf(source)))).flat()
  const units = await Promise.all(found.map(async ({name, path}) => unitsIn({name, text: await textIn(path ?? '-')})))
  return units.flat()
}
