import {plain} from '../account/plain.ts'
import type {Audit, AuditedInstance, Changed, Group} from '../doctor/audit-report.ts'
import {COVERAGES, type Coverage} from '../doctor/inspector-reasons.ts'
import type {Verdict} from '../doctor/report.ts'
import {entryOf, failuresOf, gainOf, isTold, othersOf, ownersIn, placeOf, rootOf, VERDICTS} from './audit-facts.ts'
import {MARK_OF_VERDICT, type Mark, markOf, type Terminal} from './terminal.ts'
import {columnsOf, padTo, shorten, wrap} from './width.ts'

const MOST_GROUPS = 15
const MOST_PLACES = 10

/** An audit on one or two screens: how many, what heals the most, where, and what could not be told. */
export function tableAudit(audit: Audit, terminal: Terminal): string {
  return [
    ...headline(audit, terminal),
    ...coverageLines(audit, terminal),
    ...healers(audit, terminal),
    ...places(audit, terminal),
    ...sinceBaseline(audit, terminal),
    ...gaps(audit, terminal),
  ].join('\n')
}

function headline({totals}: Audit, terminal: Terminal): readonly string[] {
  const counts = VERDICTS.filter((verdict) => totals.verdicts[verdict] > 0).map(
    (verdict) => `${markOf(MARK_OF_VERDICT[verdict], terminal)} ${totals.verdicts[verdict]} ${verdict}`,
  )
  return [terminal.paint('bold', `${counted(totals.instances, 'instance')}: `) + (counts.join('   ') || 'none chosen')]
}

const MOST_UNSCANNED = 25

const MARK_OF_COVERAGE: Readonly<Record<Coverage, Mark>> = {
  covered: 'good',
  agentless: 'good',
  limited: 'bad',
  pending: 'none',
  stopped: 'none',
  leaving: 'none',
  excluded: 'none',
  unsupported: 'none',
  uncovered: 'bad',
  unlisted: 'bad',
  unknown: 'open',
}

/** What Amazon Inspector makes of the fleet, and every instance that it leaves out: why, and what would heal it. */
function coverageLines({totals, instances}: Audit, terminal: Terminal): readonly string[] {
  const {coverage} = totals
  if (!coverage) return []
  const counts = COVERAGES.filter((one) => coverage[one] > 0).map(
    (one) => `${markOf(MARK_OF_COVERAGE[one], terminal)} ${coverage[one]} ${WORDS[one]}`,
  )
  const told = instances.filter(isTold)
  const rest = told.length - MOST_UNSCANNED
  const lines = inRows(counts, 3)
  return [
    terminal.paint('bold', 'Amazon Inspector: ') + (lines[0] ?? 'lists nothing'),
    ...lines.slice(1).map((line) => `                  ${line}`),
    ...(told.length > 0 ? ['', terminal.paint('bold', 'Not scanned')] : []),
    ...told.slice(0, MOST_UNSCANNED).flatMap((one) => unscannedLines(one, terminal)),
    ...(rest > 0 ? [`  and ${rest} more: see --format csv or json`] : []),
  ]
}

const inRows = (cells: readonly string[], each: number): readonly string[] =>
  cells.length === 0 ? [] : [cells.slice(0, each).join('   '), ...inRows(cells.slice(each), each)]

const WORDS: Readonly<Record<Coverage, string>> = {
  covered: 'covered',
  agentless: 'covered anyway, by snapshots',
  limited: 'covered in part',
  pending: 'pending',
  stopped: 'stopped',
  leaving: 'leaving',
  excluded: 'excluded by tag',
  unsupported: 'unsupported',
  uncovered: 'not covered',
  unlisted: 'not listed',
  unknown: 'unknown',
}

function unscannedLines(instance: AuditedInstance, terminal: Terminal): readonly string[] {
  const {columns, paint} = terminal
  const {inspector, id, name, rootCause} = instance
  if (!inspector) return []
  const root = rootOf(instance)
  const isNews = root && !root.id.startsWith('inspector.')
  const below = [
    inspector.meaning,
    ...failuresOf(instance),
    ...(isNews ? [`Cause: ${entryOf(root.id).title} [${rootCause}] on ${root.resource}.`] : []),
    ...(inspector.change ? [`Change: ${inspector.change}.`] : []),
  ].flatMap((text) => wrap(plain(text), columns - 4))
  const head = [id, name ?? '', placeOf(instance), inspector.reason ?? WORDS[inspector.coverage]].filter(Boolean)
  return [
    ...wrap(plain(head.join('  ')), columns - 2).map((line) => `  ${line}`),
    ...below.map((line) => `    ${paint('dim', line)}`),
  ]
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Causes of single instances are one line for all of them; what many share comes alone. */
function healers({groups}: Audit, terminal: Terminal): readonly string[] {
  if (groups.length === 0) return []
  const isShort = groups.length <= MOST_GROUPS
  const shared = groups.filter(({held}) => isShort || held.length > 1)
  const single = isShort ? [] : byCause(groups.filter(({held}) => held.length === 1))
  const shown = shared.slice(0, MOST_GROUPS)
  const rest = shared.length - shown.length
  return [
    '',
    terminal.paint('bold', 'What heals the most'),
    ...shown.flatMap((group) => groupLines(group, terminal)),
    ...(rest > 0 ? [`  and ${counted(rest, 'more group')}: see --format json`] : []),
    ...single.map(([cause, {held, heals, byHand}]) =>
      shorten(
        `  ${padTo(18, byHand ? 'by hand' : `heals ${heals} of ${held}`)}  ${cause}, on ${counted(held, 'instance')} of its own`,
        terminal.columns,
      ),
    ),
  ]
}

function byCause(groups: readonly Group[]) {
  const found = new Map<string, {held: number; heals: number; byHand: boolean}>()
  for (const {cause, change} of groups) {
    const {held, heals, byHand} = found.get(cause) ?? {held: 0, heals: 0, byHand: true}
    const isByHand = (change?.heals ?? null) === null
    found.set(cause, {held: held + 1, heals: heals + (change?.heals ?? 0), byHand: byHand && isByHand})
  }
  return [...found].sort(([, a], [, b]) => b.heals - a.heals || b.held - a.held)
}

function groupLines(group: Group, terminal: Terminal): readonly string[] {
  const {columns, paint} = terminal
  const indent = ' '.repeat(22)
  const title = plain(group.change?.title ?? entryOf(group.cause).title)
  const [first = '', ...more] = wrap(title, columns - 22)
  const below = [
    `${group.cause} on ${group.resource}, ${placeOf(group)}`,
    ...(othersOf(group) ? [othersOf(group)] : []),
    `owners: ${ownersIn(group)}`,
  ].flatMap((text) => wrap(plain(text), columns - 22))
  return [
    `  ${padTo(18, gainOf(group))}  ${first}`,
    ...more.map((line) => indent + line),
    ...below.map((line) => indent + paint('dim', line)),
  ]
}

function places({totals, scopes}: Audit, terminal: Terminal): readonly string[] {
  const several = scopes.length > 1
  const rows = several
    ? [
        ...totals.accounts.map((one) => ({name: plain(`account ${one.account ?? 'unknown'}`), ...one})),
        ...totals.regions.map((one) => ({name: plain(`Region ${one.region}`), ...one})),
      ]
    : totals.vpcs.map((one) => ({name: plain(`VPC ${one.vpc ?? 'none'}`), ...one}))
  const ill = (verdicts: Readonly<Record<Verdict, number>>, instances: number) => instances - verdicts.managed
  const worst = rows.filter((one) => ill(one.verdicts, one.instances) > 0)
  if (worst.length === 0) return []
  const shown = worst
    .toSorted((a, b) => ill(b.verdicts, b.instances) - ill(a.verdicts, a.instances))
    .slice(0, MOST_PLACES)
  const width = Math.max(...shown.map(({name}) => columnsOf(name)))
  return [
    '',
    terminal.paint('bold', 'Where'),
    ...shown.map(
      ({name, verdicts, instances}) =>
        `  ${padTo(width, name)}  ${ill(verdicts, instances)} of ${instances} not managed`,
    ),
    ...(worst.length > shown.length ? [`  and ${worst.length - shown.length} more`] : []),
  ]
}

function sinceBaseline({changes}: Audit, terminal: Terminal): readonly string[] {
  if (!changes) return []
  const of = (change: Changed['change']) => changes.instances.filter((one) => one.change === change)
  const line = (change: Changed['change'], words: string) => {
    const all = of(change)
    const ids = all.slice(0, 5).map(({id, now, before}) => plain(`${id} (${now ?? before})`))
    return all.length === 0
      ? []
      : wrap(`${all.length} ${words}: ${ids.join(', ')}${all.length > 5 ? ' …' : ''}`, terminal.columns - 2)
  }
  const since = of('still-broken')
    .map((one) => one.since)
    .sort()[0]
  return [
    '',
    terminal.paint('bold', plain(`Since ${changes.baseline}`)),
    ...[
      ...line('newly-broken', 'newly broken'),
      ...line('healed', 'healed'),
      ...line('changed-cause', 'with another cause'),
      ...line('still-broken', `still broken, the oldest since ${since}`),
    ].map((text) => `  ${text}`),
  ]
}

function gaps({scopes, unreadable, suppressed, expired}: Audit, terminal: Terminal): readonly string[] {
  const failed = scopes.filter((scope) => scope.failed !== null)
  const lines = [
    ...failed.map((scope) => `${placeOf(scope)} was not examined: ${scope.failed}`),
    ...unreadable.map(
      (one) =>
        `${placeOf(one)}: ${one.kind} could not be read for ${counted(one.instances, 'instance')}${one.permission ? ` (${one.permission})` : ''}: ${one.reason}`,
    ),
    ...(suppressed.length > 0 ? [`${counted(suppressed.length, 'finding')} suppressed`] : []),
    ...expired.map(
      ({cause, resource, owner, expires}) =>
        `the suppression of ${cause} on ${resource} by ${owner} ended on ${expires}`,
    ),
  ]
  if (lines.length === 0) return []
  const distinct = [...new Set(lines)]
  return [
    '',
    terminal.paint('bold', 'To know'),
    ...distinct.slice(0, 20).flatMap((text) => wrap(plain(text), terminal.columns - 2).map((line) => `  ${line}`)),
  ]
}
