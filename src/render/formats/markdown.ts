import {type Audit, type AuditedInstance, type Changed, type Group, rootOf} from '../../audit/report.ts'
import {COVERAGES} from '../../inspector/reasons.ts'
import {counted} from '../../util/counted.ts'
import {plain} from '../../util/plain-text.ts'
import {
  type Fix,
  failuresOf,
  fixesIn,
  gainOf,
  groupTitleOf,
  isInspection,
  isUnscanned,
  lastDayOf,
  othersOf,
  ownersIn,
  placeOf,
  placesOf,
  reasonsIn,
  VERDICTS,
} from '../audit-facts.ts'
import {linesOf} from '../checklist.ts'

/** A comment on a pull request cannot contain more rows; the other formats have all. */
const MAX_ROWS = 200
const MAX_PLACES = 20

/** An audit for a ticket, a chat or a job summary. https://github.github.com/gfm/ */
export function markdownAudit(audit: Audit): string {
  const {totals, suppressed} = audit
  const fixes = fixesIn(audit)
  const verdicts = VERDICTS.map((verdict) => `${totals.verdicts[verdict]} ${verdict}`).join(', ')
  return [
    isInspection(audit) ? '# Amazon Inspector' : '# Managed instances',
    '',
    `${counted(totals.instances, 'instance')}${isInspection(audit) ? ' examined' : ''}: ${verdicts}.`,
    ...coverageLine(audit),
    ...section(
      'Not scanned by Amazon Inspector',
      ['Instance', 'Name', 'Where', 'Status', 'Meaning', 'Cause', 'Fix', 'Owner'],
      isInspection(audit) ? audit.instances.filter(isUnscanned).map(inspectorRow) : [],
    ),
    ...section('Top fixes', ['#', 'Fix', 'Effect', 'Cause', 'Resource', 'Owners', 'AWS page'], fixes.map(fixRow)),
    ...fixes.slice(0, MAX_ROWS).flatMap(fixLines),
    ...affectedSections(audit),
    ...exceptionSections(audit),
    ...(suppressed.length > 0 ? ['', `${suppressed.length} findings suppressed.`] : []),
  ].join('\n')
}

/** Which instances are affected, by what, where, and since when. */
function affectedSections(audit: Audit): readonly string[] {
  const broken = audit.instances.filter(({rootCause}) => rootCause !== null)
  return [
    ...section(
      'Why',
      ['Instances', 'Cause', 'Description'],
      reasonsIn(audit).map(({instances: n, id, title}) => [String(n), id, title]),
    ),
    ...section(
      'Where',
      ['Not managed', 'Of', 'What', 'Where'],
      placesOf(audit).flatMap(([what, places]) =>
        places.slice(0, MAX_PLACES).map(({name, affected, instances: n}) => [String(affected), String(n), what, name]),
      ),
    ),
    ...section(
      'Instances',
      ['Instance', 'Name', 'Where', 'Verdict', 'Root cause', 'Owner'],
      isInspection(audit) ? [] : broken.map(instanceRow),
    ),
    ...section(
      'Since the baseline',
      ['Instance', 'Change', 'Before', 'Now', 'Since'],
      changeRows(audit.changes?.instances),
    ),
  ]
}

/** What was not examined or not read, and suppressions that no longer apply. */
const exceptionSections = ({scopes, unreadable, expired}: Audit): readonly string[] => [
  ...section(
    'Not examined',
    ['Where', 'Why'],
    scopes.filter(({failed}) => failed !== null).map((scope) => [placeOf(scope), scope.failed ?? '']),
  ),
  ...section(
    'Unreadable',
    ['Where', 'What', 'Instances', 'Permission', 'Why'],
    unreadable.map((one) => [placeOf(one), one.kind, String(one.instances), one.permission ?? '', one.reason]),
  ),
  ...section(
    'Expired suppressions',
    ['Instance', 'Cause', 'Resource', 'Owner', 'Reason', 'Until'],
    expired.map((one) => [one.instance, one.cause, one.resource, one.owner, one.reason, lastDayOf(one)]),
  ),
]

function coverageLine({totals: {coverage}}: Audit): readonly string[] {
  if (!coverage) return []
  const counts = COVERAGES.filter((one) => coverage[one] > 0).map((one) => `${coverage[one]} ${one}`)
  return ['', `Amazon Inspector: ${counts.join(', ') || 'no coverage data'}.`]
}

const inspectorRow = (instance: AuditedInstance): readonly string[] => [
  instance.id,
  instance.name ?? '',
  placeOf(instance),
  [instance.inspector?.coverage, instance.inspector?.reason].filter(Boolean).join(' '),
  [instance.inspector?.meaning ?? '', ...failuresOf(instance)].join(' '),
  instance.rootCause === null ? '' : `${instance.rootCause} (${rootOf(instance)?.resource ?? ''})`,
  instance.inspector?.change ?? '',
  instance.owner ?? '',
]

/** What to paste, if a table cannot contain it unchanged. */
function fixLines({change}: Group, at: number): readonly string[] {
  const lines = change ? linesOf(change) : []
  return change === null || lines.length === 0
    ? []
    : ['', `${at + 1}\\. ${escaped(change.title)}`, '', ...fenced(lines)]
}

/** A fence is longer than anything inside that looks like one. */
export function fenced(lines: readonly string[]): readonly string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...lines.map(plain), fence]
}

const fixRow = (fix: Fix, at: number): readonly Cell[] => [
  String(at + 1),
  groupTitleOf(fix),
  [gainOf(fix), othersOf(fix)].filter(Boolean).join('; '),
  fix.causes.map(({cause}) => cause).join(', '),
  fix.causes.map(({resource}) => resource).join(', '),
  fix.owners.every(({owner}) => owner === null) ? '' : ownersIn(fix),
  {page: fix.docs},
]

const instanceRow = (instance: AuditedInstance): readonly string[] => [
  instance.id,
  instance.name ?? '',
  placeOf(instance),
  instance.verdict,
  `${instance.rootCause} (${rootOf(instance)?.resource ?? ''})`,
  instance.owner ?? '',
]

const changeRows = (changes: readonly Changed[] = []): readonly (readonly string[])[] =>
  changes.map(({id, change, before, now, since}) => [id, change, before ?? '', now ?? '', since])

/** Text, or a page of the web. */
type Cell = string | {readonly page: string}

function section(title: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  return rows.length === 0 ? [] : ['', `## ${title}`, '', ...tableLines(heads, rows, MAX_ROWS)]
}

export function tableLines(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  most = rows.length,
): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(heads),
    line(heads.map(() => '---')),
    ...rows
      .slice(0, most)
      .map((cells) => line(cells.map((cell) => (typeof cell === 'string' ? escaped(cell) : linked(cell.page))))),
    ...(rows.length > most ? ['', `And ${rows.length - most} more.`] : []),
  ]
}

/** Any user can write names and tags: they must not become markup, HTML, mentions or links. */
export const escaped = (text: string): string =>
  plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#!|~^$]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('://', ':&#47;&#47;')
    .replaceAll(/\bwww\./gi, 'www&#46;')

/** A page of the web becomes a link. A saved report may have anything in its place: that is only text. */
export const linked = (page: string): string => (/^https:\/\/[\w./#%-]+$/.test(page) ? page : escaped(page))
