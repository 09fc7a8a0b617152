import type {Audit, Changed, Group} from '../../audit/report.ts'
import {counted} from '../../util/counted.ts'
import {groupBy} from '../../util/group-by.ts'
import {firstOf} from '../../util/list-in-words.ts'
import {plain} from '../../util/plain-text.ts'
import {
  catalogEntryOf,
  type Fix,
  fixedIn,
  fixesIn,
  gainOf,
  groupTitleOf,
  lastDayOf,
  othersOf,
  ownersLine,
  type Place,
  placeOf,
  placesOf,
  reasonsIn,
  unreadOf,
  VERDICTS,
} from '../audit-facts.ts'
import {linesOf} from '../checklist.ts'
import {VERDICT_TONE} from '../tone.ts'
import {coverageLines} from './table-coverage.ts'
import {commandLines, entryLines, MAX_CAUSES, MAX_NAMED} from './table-entry.ts'
import {markOf, type Terminal} from './terminal.ts'
import {indented, padTo, shorten, wrap} from './width.ts'

const MAX_GROUPS = 10
const MAX_SHARED = 2
const MAX_PLACES = 5

/** An audit on one or two screens: how many, what fixes the most, where, and what could not be determined. */
export function tableAudit(audit: Audit, terminal: Terminal): string {
  return [
    ...headline(audit, terminal),
    ...coverageLines(audit, terminal),
    ...fixGroups(audit, terminal),
    ...reasons(audit, terminal),
    ...places(audit, terminal),
    ...sinceBaseline(audit, terminal),
    ...gaps(audit, terminal),
  ].join('\n')
}

function headline({totals, scopes}: Audit, terminal: Terminal): readonly string[] {
  const counts = VERDICTS.filter((verdict) => totals.verdicts[verdict] > 0).map(
    (verdict) => `${markOf(VERDICT_TONE[verdict], terminal)} ${totals.verdicts[verdict]} ${verdict}`,
  )
  const none =
    scopes.length > 0 && scopes.every(({failed}) => failed !== null) ? 'nothing was examined' : 'none matched'
  return [terminal.paint('bold', `${counted(totals.instances, 'instance')}: `) + (counts.join('   ') || none)]
}

/** A few changes one by one and the rest cause by cause, in the order of how many instances they fix. */
function fixGroups(audit: Audit, terminal: Terminal): readonly string[] {
  const {groups} = audit
  if (groups.length === 0) return []
  const shown = groups.length <= MAX_GROUPS ? groups : sharedGroups(groups)
  const printed = new Set(shown)
  const rest = groupBy(
    groups.filter((group) => !printed.has(group)),
    ({cause}) => cause,
  )
  const entries = [
    ...fixesIn(audit, shown).map((fix) => ({of: [fix], lines: fixEntry(fix, terminal)})),
    ...[...rest.values()].map((alike) => ({of: alike, lines: alikeLines(alike, terminal)})),
  ].toSorted((a, b) => fixedIn(b.of) - fixedIn(a.of) || affectedIn(b.of) - affectedIn(a.of))
  return ['', terminal.paint('bold', 'Top fixes'), ...entries.flatMap(({lines}) => lines)]
}

/** What several instances share, no more than a few of one cause. */
function sharedGroups(groups: readonly Group[]): readonly Group[] {
  const counts = new Map<string, number>()
  const first = groups.filter(({cause, affected}) => {
    if (affected.length < 2) return false
    const count = (counts.get(cause) ?? 0) + 1
    counts.set(cause, count)
    return count <= MAX_SHARED
  })
  return first.slice(0, MAX_GROUPS)
}

const affectedIn = (groups: readonly Group[]): number => new Set(groups.flatMap(({affected}) => affected)).size

/** One cause on many resources: the first few by name, as a starting point. */
function alikeLines(groups: readonly Group[], terminal: Terminal): readonly string[] {
  const [first] = groups
  if (!first) return []
  const names = groups.map(({resource}) => resource)
  const entry = entryLines(
    gainOf(...groups),
    `${catalogEntryOf(first.cause).title} [${first.cause}]`,
    [`${groups.length === 1 ? '' : 'separately: '}${firstOf(names, MAX_NAMED)}`],
    terminal,
  )
  const isOne = groups.length === 1 || first.change === null || linesOf(first.change).length === 0
  return [...entry, ...(isOne ? [] : [`    for ${plain(first.resource)}:`]), ...commandLines(first, terminal)]
}

function fixEntry(fix: Fix, terminal: Terminal): readonly string[] {
  const causes = fix.causes.map(({cause, resource}) => `${cause} on ${resource}`).join(', ')
  const below = [`${causes}, ${fix.where}`, othersOf(fix), ownersLine(fix)].filter((text) => text !== '')
  return [...entryLines(gainOf(fix), groupTitleOf(fix), below, terminal), ...commandLines(fix, terminal)]
}

/** How many instances have each cause; an instance may have several. */
function reasons(audit: Audit, {columns, paint}: Terminal): readonly string[] {
  const causes = reasonsIn(audit)
  if (causes.length < 2) return []
  const shown = causes.slice(0, MAX_CAUSES)
  const [digits, width] = [
    Math.max(...shown.map(({instances}) => String(instances).length)),
    Math.max(...shown.map(({id}) => id.length)),
  ]
  return [
    '',
    paint('bold', 'Why'),
    ...shown.map(({instances, id, title}) =>
      shorten(`  ${String(instances).padStart(digits)}  ${padTo(width, id)}  ${title}`, columns),
    ),
    ...(causes.length > shown.length ? [`  and ${causes.length - shown.length} more`] : []),
  ]
}

function places(audit: Audit, {paint}: Terminal): readonly string[] {
  const blocks = placesOf(audit)
  const shown = blocks.flatMap(([, all]) => all.slice(0, MAX_PLACES))
  if (shown.length === 0) return []
  const digitsOf = (pick: (place: Place) => number) => Math.max(...shown.map((place) => String(pick(place)).length))
  const [affectedDigits, all] = [digitsOf((one) => one.affected), digitsOf((one) => one.instances)]
  return [
    '',
    paint('bold', 'Not managed, by location'),
    ...blocks.flatMap(([what, found]) => [
      ...found
        .slice(0, MAX_PLACES)
        .map(
          (one) =>
            `  ${String(one.affected).padStart(affectedDigits)} of ${String(one.instances).padStart(all)}  ${padTo(7, what)}  ${plain(one.name)}`,
        ),
      ...(found.length > MAX_PLACES
        ? [`  ${' '.repeat(affectedDigits + all + 4)}  and ${counted(found.length - MAX_PLACES, `more ${what}`)}`]
        : []),
    ]),
  ]
}

function sinceBaseline({changes}: Audit, terminal: Terminal): readonly string[] {
  if (!changes) return []
  const of = (change: Changed['change']) => changes.instances.filter((one) => one.change === change)
  const line = (change: Changed['change'], heading: string) => {
    const all = of(change)
    const ids = all.slice(0, 5).map(({id, now, before}) => plain(`${id} (${now ?? before})`))
    return all.length === 0
      ? []
      : wrap(`${all.length} ${heading}: ${ids.join(', ')}${all.length > 5 ? ' …' : ''}`, terminal.columns - 2)
  }
  const since = of('still-broken')
    .map((one) => one.since)
    .sort()[0]
  return [
    '',
    terminal.paint('bold', plain(`Since ${changes.baseline}`)),
    ...[
      ...line('newly-broken', 'newly broken'),
      ...line('fixed', 'fixed'),
      ...line('changed-cause', 'with another cause'),
      ...line('still-broken', `still broken, oldest since ${since}`),
      ...(changes.instances.length === 0 ? ['no changes'] : []),
    ].map((text) => `  ${text}`),
  ]
}

function gaps({scopes, unreadable, suppressed, expired}: Audit, terminal: Terminal): readonly string[] {
  const failed = scopes.filter((scope) => scope.failed !== null)
  const lines = [
    ...failed.map((scope) => `${placeOf(scope)} was not examined: ${scope.failed}`),
    ...unreadable.map((one) => `${placeOf(one)}: ${unreadOf(one)}`),
    ...(suppressed.length > 0 ? [`${counted(suppressed.length, 'finding')} suppressed`] : []),
    ...expired.map(
      (one) => `the suppression of ${one.cause} on ${one.resource} by ${one.owner} was valid until ${lastDayOf(one)}`,
    ),
  ]
  if (lines.length === 0) return []
  const distinct = [...new Set(lines)]
  return [
    '',
    terminal.paint('bold', 'Notes'),
    ...distinct.slice(0, 20).flatMap((text) => indented(text, terminal.columns, 2)),
  ]
}
