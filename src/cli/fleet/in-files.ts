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
  const {
    files: accountFiles,
    notes,
    damaged: unreadableFiles,
  } = await fleetFilesIn(sources, {region: only, report: progress.say}).finally(progress.end)
  const chosen = accountFiles.filter(({region}) => regions === undefined || regions.includes(region))
  const withoutFile = (regions ?? []).filter(
    (region) => !accountFiles.some((accountFile) => accountFile.region === region),
  )
  if (chosen.length === 0) {
    const there = [...new Set(accountFiles.map(({region}) => region))].join(', ')
    throw usageError(`No account file for Region ${regions?.join(' or ')}; the files are for ${there}.`)
  }
  const names = new Map<string, number>()
  const units = chosen.map((accountFile): AccountRegion => {
    const base = `${accountFile.account ?? 'account'}.${accountFile.region}`
    const count = (names.get(base) ?? 0) + 1
    names.set(base, count)
    return {name: count === 1 ? base : `${base}.${count}`, ...accountFile}
  })
  const absent = withoutFile.map((region) => `No account file for Region ${region}.`)
  return {
    units,
    notes: [...notes, ...absent],
    unreachable: unreadableFiles.map((why) => ({account: null, region: UNKNOWN_REGION, why})),
  }
}
