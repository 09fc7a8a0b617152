import {changesSince} from '../audit/changes.ts'
import type {Audit} from '../audit/report.ts'
import {whyNot} from '../collect/client/errors.ts'
import {asffFindings} from '../render/formats/asff.ts'
import {uniqueBy} from '../util/group-by.ts'
import {type Imported, importerAs, type MemberRole, type Store} from './aws.ts'
import {jsonAt, keysOf, type NotImported, type Run} from './run-store.ts'

type Finding = ReturnType<typeof asffFindings>[number]

/**
 * Imports the findings of an account and Region there, through the role in the account, and archives what earlier runs
 * imported and this one no longer finds. If Security Hub rejects them, the run records why and continues.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
export function findingsTo(store: Store, {run, before}: Run, role: MemberRole) {
  const importAs = importerAs(role)
  return async (name: string, audit: Audit): Promise<void> => {
    const [{region} = {region: ''}] = audit.scopes
    const tryImport = (findings: readonly Finding[]) =>
      importAs(region, findings).then(
        (imported) => ({isRefused: false, why: whyIncomplete(imported, findings.length)}),
        (error: unknown) => ({isRefused: true, why: whyNot(error)}),
      )
    const resolved = async (): Promise<readonly Finding[]> =>
      asffFindings(withResolved(audit, await lastParts(store, before, {name, readAt: audit.readAt}))).filter(
        ({RecordState}) => RecordState === 'ARCHIVED',
      )
    const current = await tryImport(asffFindings(audit))
    // Where Security Hub is not enabled, the parts of all earlier runs would be read each time.
    const why = current.isRefused ? current.why : ((await tryImport(await resolved())).why ?? current.why)
    const key = keysOf(run).notImported(name)
    // An earlier attempt, whose part was not stored, may have left a reason.
    if (why !== null || (await store.read(key)) !== undefined) await store.write(key, JSON.stringify({region, why}))
  }
}

function whyIncomplete({taken, why}: Imported, all: number): string | null {
  if (taken >= all) return null
  const counts = `Security Hub took ${taken} of ${all} findings`
  return why === undefined ? `${counts}.` : `${counts} (${why}).`
}

/**
 * Security Hub deletes what was not updated for so long.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/ocsf-findings.html
 */
const KEPT = 90 * 24 * 60 * 60 * 1000

/**
 * The parts whose findings may still be active: of earlier runs, down to the last one that was imported completely. A
 * run in which the account and Region could not be examined has none.
 */
async function lastParts(
  store: Store,
  run: string | null,
  place: {readonly name: string; readonly readAt: string},
): Promise<readonly Audit[]> {
  const earlier = run === null ? undefined : await jsonAt<Run>(store, keysOf(run).run)
  if (!earlier || Date.parse(place.readAt) - Date.parse(earlier.startedAt) > KEPT) return []
  const keys = keysOf(earlier.run)
  const [part, failure] = await Promise.all([
    jsonAt<Audit>(store, keys.part(place.name)),
    jsonAt<NotImported>(store, keys.notImported(place.name)),
  ])
  const isImported = part !== undefined && (failure?.why ?? null) === null
  return [...(part ? [part] : []), ...(isImported ? [] : await lastParts(store, earlier.before, place))]
}

/** The audit with everything that one of the earlier parts has and it no longer has. */
function withResolved(audit: Audit, parts: readonly Audit[]): Audit {
  const all = parts.map((part) => changesSince(part, audit))
  const [changes] = all
  if (changes === undefined) return audit
  const resolved = uniqueBy(
    all.flatMap((one) => one.resolved),
    (one) => JSON.stringify(one),
  )
  return {...audit, changes: {...changes, resolved}}
}
