import type {Audit, Changed} from '../../audit/report.ts'
import {counted} from '../../util/counted.ts'
import {plain} from '../../util/plain-text.ts'
import {
  catalogEntryOf,
  countedPlaces,
  type Fix,
  fixesIn,
  gainOf,
  groupTitleOf,
  numberOfPlaces,
  placeOf,
  VERDICTS,
} from '../audit-facts.ts'
import {shorten} from './width.ts'

const MAX_LINES = 20
const MAX_FIXES = 5
const MAX_NEW = 4
const MAX_FAILED = 2
const WIDTH = 200

/** An audit as a message: at most twenty lines, with the top fixes and what is new. */
export function auditSummary(audit: Audit, location: string, notes: readonly string[]): string {
  return [
    subjectOf(audit),
    verdictsLine(audit),
    ...scopesLines(audit),
    ...changesLines(audit),
    ...fixesLines(audit),
    ...notes.slice(0, 1),
    `Report: ${location}`,
  ]
    .slice(0, MAX_LINES)
    .map((line) => shorten(plain(line), WIDTH))
    .join('\n')
}

/** At most a hundred characters of ASCII. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function subjectOf({totals: {instances, verdicts}, scopes}: Audit): string {
  const affected = instances - verdicts.managed
  if (affected > 0) return `ssm-doctor: ${affected} of ${counted(instances, 'instance')} not managed`
  const failed = numberOfPlaces(failedIn(scopes))
  const found = instances === 0 ? 'no instances' : `${counted(instances, 'instance')}, all managed`
  return `ssm-doctor: ${found}${failed === 0 ? '' : `; ${countedPlaces(failed)} not examined`}`
}

const failedIn = (scopes: Audit['scopes']): Audit['scopes'] => scopes.filter(({failed}) => failed !== null)

const verdictsLine = ({totals: {verdicts}}: Audit): string =>
  VERDICTS.map((verdict) => `${verdicts[verdict]} ${verdict}`).join(', ')

function scopesLines({scopes}: Audit): readonly string[] {
  const failed = failedIn(scopes)
  return [
    `${countedPlaces(numberOfPlaces(scopes))}, ${numberOfPlaces(failed)} not examined`,
    ...failed.slice(0, MAX_FAILED).map((scope) => `  ${placeOf(scope)}: ${scope.failed}`),
    ...more(failed, MAX_FAILED),
  ]
}

const more = (items: readonly unknown[], shown: number): readonly string[] =>
  items.length > shown ? [`  and ${items.length - shown} more`] : []

function changesLines({changes, instances}: Audit): readonly string[] {
  if (!changes) return []
  const of = (change: Changed['change']) => changes.instances.filter((one) => one.change === change)
  const [broken, changed, fixed, still] = [of('newly-broken'), of('changed-cause'), of('fixed'), of('still-broken')]
  const fresh = [...broken, ...changed]
  const shown = new Set(fresh.slice(0, MAX_NEW).map(({id}) => id))
  const places = new Map(instances.filter(({id}) => shown.has(id)).map((one) => [one.id, placeOf(one)]))
  return [
    `Since ${changes.baseline}: ${broken.length} newly broken, ${changed.length} with another cause, ${fixed.length} fixed, ${still.length} still broken`,
    ...fresh
      .slice(0, MAX_NEW)
      .map(({id, now}) => `  new: ${id} (${places.get(id)}): ${catalogEntryOf(now ?? '').title}`),
    ...more(fresh, MAX_NEW),
  ]
}

function fixesLines(audit: Audit): readonly string[] {
  const fixes = fixesIn(audit)
  if (fixes.length === 0) return []
  return ['Top fixes', ...fixes.slice(0, MAX_FIXES).map(fixLine)]
}

const fixLine = (fix: Fix): string => `  ${gainOf(fix)}: ${groupTitleOf(fix)} (${fix.where})`
