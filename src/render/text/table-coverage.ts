import {type Audit, type AuditedInstance, rootOf} from '../../audit/report.ts'
import {COVERAGES, type Coverage} from '../../inspector/reasons.ts'
import {counted} from '../../util/counted.ts'
import {groupBy} from '../../util/group-by.ts'
import {firstOf} from '../../util/list-in-words.ts'
import {plain} from '../../util/plain-text.ts'
import {catalogEntryOf, failuresOf, isUnscanned, placeOf} from '../audit-facts.ts'
import type {Tone} from '../tone.ts'
import {entryLines, MAX_CAUSES, MAX_NAMED} from './table-entry.ts'
import {markOf, type Terminal} from './terminal.ts'
import {indented, wrap} from './width.ts'

const MAX_UNSCANNED = 12

const SHOWN: Readonly<Record<Coverage, readonly [mark: Tone, words: string]>> = {
  covered: ['good', 'covered'],
  agentless: ['good', 'covered (agentless)'],
  limited: ['bad', 'partly covered'],
  pending: ['none', 'pending'],
  stopped: ['none', 'stopped'],
  terminating: ['none', 'terminating'],
  excluded: ['none', 'excluded by tag'],
  unsupported: ['none', 'unsupported'],
  uncovered: ['bad', 'not covered'],
  unlisted: ['bad', 'not listed'],
  disabled: ['bad', 'in accounts with Inspector disabled'],
  unknown: ['open', 'unknown'],
}

/** The Amazon Inspector coverage of the fleet, and every instance that is not covered: why, and what would fix it. */
export function coverageLines({totals, instances}: Audit, terminal: Terminal): readonly string[] {
  const {coverage} = totals
  if (!coverage) return []
  const counts = COVERAGES.filter((one) => coverage[one] > 0).map((one) => {
    const [mark, words] = SHOWN[one]
    return `${markOf(mark, terminal)} ${coverage[one]} ${words}`
  })
  const unscanned = instances.filter(isUnscanned)
  const lines = inRows(counts, 3)
  return [
    terminal.paint('bold', 'Amazon Inspector: ') + (lines[0] ?? 'no coverage data'),
    ...lines.slice(1).map((line) => `                  ${line}`),
    ...(unscanned.length > 0 ? ['', terminal.paint('bold', 'Not scanned')] : []),
    ...(unscanned.length <= MAX_UNSCANNED
      ? unscanned.flatMap((one) => unscannedLines(one, terminal))
      : unscannedAlike(unscanned, terminal)),
  ]
}

/** Many instances, grouped by Inspector's status and by their cause; the other formats list each of them. */
function unscannedAlike(unscanned: readonly AuditedInstance[], terminal: Terminal): readonly string[] {
  const alike = groupBy(unscanned, ({inspector, rootCause}) =>
    JSON.stringify([inspector?.coverage, inspector?.reason, rootCause]),
  )
  const groups = [...alike.values()].toSorted((a, b) => b.length - a.length)
  const rest = groups.slice(MAX_CAUSES).flat().length
  return [
    ...groups.slice(0, MAX_CAUSES).flatMap((alike) => alikeUnscanned(alike, terminal)),
    ...(rest > 0 ? [`  and ${rest} more for other reasons`] : []),
    '  Individual rows: --format csv, markdown or json.',
  ]
}

function alikeUnscanned(alike: readonly AuditedInstance[], terminal: Terminal): readonly string[] {
  const [first] = alike
  if (!first?.inspector) return []
  const {coverage, reason, meaning} = first.inspector
  const root = rootOf(first)
  return entryLines(
    counted(alike.length, 'instance'),
    reason ?? SHOWN[coverage][1],
    [
      meaning,
      ...(root && !root.id.startsWith('inspector.') ? [`Cause: ${catalogEntryOf(root.id).title} [${root.id}].`] : []),
      firstOf(
        alike.map(({id}) => id),
        MAX_NAMED,
      ),
    ],
    terminal,
  )
}

const inRows = (cells: readonly string[], each: number): readonly string[] =>
  cells.length === 0 ? [] : [cells.slice(0, each).join('   '), ...inRows(cells.slice(each), each)]

function unscannedLines(instance: AuditedInstance, terminal: Terminal): readonly string[] {
  const {columns, paint} = terminal
  const {inspector, id, name, rootCause} = instance
  if (!inspector) return []
  const root = rootOf(instance)
  const isNews = root && !root.id.startsWith('inspector.')
  const below = [
    inspector.meaning,
    ...failuresOf(instance),
    ...(isNews ? [`Cause: ${catalogEntryOf(root.id).title} [${rootCause}] on ${root.resource}.`] : []),
    ...(inspector.change ? [`Change: ${inspector.change}.`] : []),
  ].flatMap((text) => wrap(plain(text), columns - 4))
  const head = [id, name ?? '', placeOf(instance), inspector.reason ?? SHOWN[inspector.coverage][1]].filter(Boolean)
  return [...indented(head.join('  '), columns, 2), ...below.map((line) => `    ${paint('dim', line)}`)]
}
