import {fleetFilesIn} from '../../account-file/fleet-files.ts'
import type {AccountRegion, Fleet} from '../../fleet/account-regions.ts'
import {UNKNOWN_REGION} from '../../model/ids.ts'
import {usageError} from '../../util/usage-error.ts'
import type {Progress} from '../output/progress.ts'

/** The accounts and Regions that account files describe. */
export async function fleetInFiles(
  sources: readonly string[],
  regions: readonly string[] | undefined,
  progress: Pick<Progress, 'say' | 'end'>,
): Promise<Fleet> {
  const only = regions?.length === 1 ? regions[0] : undefined
  const found = await fleetFilesIn(sources, {region: only, report: progress.say}).finally(progress.end)
  const {files, notes, damaged} = found
  const chosen = files.filter(({region}) => regions === undefined || regions.includes(region))
  const withoutFile = (regions ?? []).filter((region) => !files.some((file) => file.region === region))
  if (chosen.length === 0) {
    const there = [...new Set(files.map(({region}) => region))].join(', ')
    throw usageError(`No account file for Region ${regions?.join(' or ')}; the files are for ${there}.`)
  }
  const names = new Map<string, number>()
  const units = chosen.map((file): AccountRegion => {
    const base = `${file.account ?? 'account'}.${file.region}`
    const count = (names.get(base) ?? 0) + 1
    names.set(base, count)
    return {name: count === 1 ? base : `${base}.${count}`, ...file}
  })
  const absent = withoutFile.map((region) => `No account file for Region ${region}.`)
  return {
    units,
    notes: [...notes, ...absent],
    unreachable: damaged.map((why) => ({account: null, region: UNKNOWN_REGION, why})),
  }
}
