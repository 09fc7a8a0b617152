import {type Audit, type AuditedInstance, groupIdOf, rootOf} from '../../audit/report.ts'
import type {Verdict} from '../../diagnosis/report.ts'
import {compare} from '../../util/compare.ts'
import {countBy} from '../../util/count-by.ts'
import {counted, forNumber} from '../../util/counted.ts'
import {groupBy} from '../../util/group-by.ts'
import {firstOf} from '../../util/list-in-words.ts'
import {
  accountOf,
  type Fix,
  fixesIn,
  gainOf,
  groupsById,
  isInspection,
  isUnscanned,
  othersOf,
  ownersLine,
  placeOf,
  reasonFor,
  reasonOf,
  VERDICTS,
} from '../audit-facts.ts'
import {linesOf} from '../checklist.ts'
import {SEVERITY_TONE, VERDICT_TONE} from '../tone.ts'
import {fleetMap} from './fleet-map.ts'
import {html, lines, linkTo, type Markup} from './markup.ts'
import {page, table} from './page.ts'

const MAX_FIXES = 10
const MAX_INSTANCES = 500
const MAX_OWNERS = 50
const MAX_CHANGES = 200

/** An audit, or a report on Amazon Inspector. Its size grows with accounts and causes, never with instances. */
export function htmlAudit(audit: Audit): string {
  const {totals, readAt} = audit
  const title = isInspection(audit) ? 'Amazon Inspector coverage' : 'Systems Manager fleet audit'
  return page(
    `${title}: ${counted(totals.instances, 'instance')}`,
    html`<h1>${title}</h1>
<p class="soft">${count(totals.instances)} ${forNumber(totals.instances, 'instance')} in ${counted(totals.accounts.length, 'account')} and ${counted(totals.regions.length, 'Region')}, as of ${readAt}</p>
<p>${VERDICTS.filter((verdict) => totals.verdicts[verdict] > 0).map((verdict) => html`<span class="tag ${VERDICT_TONE[verdict]}">${count(totals.verdicts[verdict])} ${verdict}</span> `)}</p>
${coverageSection(audit)}
${fixesSection(audit)}
<h2>Accounts and Regions</h2>
${fleetMap(audit)}
${failedSection(audit)}
${causesSection(audit)}
${ownersSection(audit)}
${changesSection(audit)}
${instancesSection(audit)}
${unreadableSection(audit)}`,
  )
}

const count = (number: number): string => number.toLocaleString('en-US')

function coverageSection({totals, instances}: Audit): Markup | null {
  const {coverage} = totals
  if (!coverage) return null
  const counts = Object.entries(coverage).filter(([, number]) => number > 0)
  const shown = instances.filter(isUnscanned)
  return html`<h2>Coverage</h2>
${table(
  ['Coverage', 'Instances'],
  counts.map(([name, number]) => html`<tr><td>${name}</td><td class="n">${count(number)}</td></tr>`),
)}
${
  shown.length > 0 &&
  html`<h3>Not scanned</h3>
${shortTable(
  ['Instance', 'Account', 'Reason', 'Meaning', 'Cause', 'Fix'],
  shown,
  MAX_INSTANCES,
  (one) =>
    html`<tr><td>${nameOf(one)}</td><td>${accountOf(one)}</td><td>${one.inspector?.reason ?? one.inspector?.coverage}</td><td>${one.inspector?.meaning}</td><td>${one.rootCause}</td><td>${one.inspector?.change}</td></tr>`,
)}`
}`
}

const nameOf = ({id, name}: AuditedInstance): string => (name === null || name === '' ? id : `${name} (${id})`)

/** A table of so many items at most. */
function shortTable<T>(
  headers: readonly string[],
  items: readonly T[],
  most: number,
  rowOf: (item: T) => Markup,
): Markup {
  const left = items.length - most
  return html`${table(headers, items.slice(0, most).map(rowOf))}${left > 0 && html`<p class="soft">and ${left} more: --format csv lists all.</p>`}`
}

function fixesSection(audit: Audit): Markup | null {
  const fixing = fixesIn(audit).filter(({change}) => change !== null)
  if (fixing.length === 0) return null
  const most = Math.max(...fixing.map(({affected}) => affected.length))
  return html`<h2>Top fixes</h2>
${fixing.slice(0, MAX_FIXES).map((fix) => fixSection(fix, most))}
${fixing.length > MAX_FIXES && html`<p class="soft">and ${fixing.length - MAX_FIXES} more: --format json lists all.</p>`}`
}

function fixSection(fix: Fix, most: number): Markup {
  const {change, affected, where, causes, docs} = fix
  if (!change) return html``
  return html`<section class="step"><h3>${change.title} <span class="soft">${gainOf(fix)}</span></h3>
${bar(change.fixes ?? 0, affected.length, most)}
${causes.map((group) => html`<p>${reasonFor(group)}</p>`)}<p class="soft">${[where, ownersLine(fix), othersOf(fix)].filter((text) => text !== '').join(' · ')}</p>
<details><summary>Commands</summary>${linesOf(change).length > 0 && html`<pre tabindex="0"><code>${lines(linesOf(change))}</code></pre>`}${change.effect !== undefined && html`<p>${change.effect}</p>`}${docs !== '' && html`<p>${linkTo(docs)}</p>`}</details></section>`
}

const WIDTH = 400

/** How many instances the change fixes, within all that it affects; the longest bar is the largest group. */
const bar = (fixed: number, affected: number, most: number): Markup => {
  const scaled = (count: number) => Math.max(1, Math.round((count / most) * WIDTH))
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 12" height="12" aria-hidden="true"><rect class="all" width="${scaled(affected)}" height="12"/>${fixed > 0 && html`<rect class="share" width="${scaled(fixed)}" height="12"/>`}</svg>`
}

function failedSection({scopes}: Audit): Markup | null {
  const failed = scopes.filter(({failed: why}) => why !== null)
  return failed.length > 0
    ? html`<h3>Not examined</h3><ul>${failed.map(({account, region, failed: why}) => html`<li>${placeOf({account, region})}: ${why}</li>`)}</ul>`
    : null
}

function causesSection({totals, instances}: Audit): Markup | null {
  if (totals.causes.length === 0) return null
  const found = instances.flatMap((instance) =>
    [...new Set(instance.causes.map(({id}) => id))].map((id) => ({id, account: accountOf(instance)})),
  )
  const byCause = groupBy(found, ({id}) => id)
  return html`<h2>Causes by account</h2>
${table(
  ['Cause', 'Severity', 'Instances', 'Accounts'],
  totals.causes.map(
    ({id, severity, title, docs, instances: count}) =>
      html`<tr><td>${linkTo(docs, id)}<br><span class="soft">${title}</span></td><td class="${SEVERITY_TONE[severity]}">${severity}</td><td class="n">${count}</td><td>${topOf(countBy(byCause.get(id) ?? [], ({account}) => account))}</td></tr>`,
  ),
)}`
}

const topOf = (counts: ReadonlyMap<string, number>): string => {
  const sorted = [...counts].toSorted(([a, x], [b, y]) => y - x || compare(a, b))
  const shown = sorted.map(([account, count]) => `${account} (${count})`)
  return `${firstOf(shown, 5)}${sorted.length > 5 ? ' accounts' : ''}`
}

function ownersSection({instances}: Audit): Markup | null {
  const owners = [...groupBy(instances, ({owner}) => owner)].flatMap(([owner, own]) =>
    owner === null
      ? []
      : [{owner, unhealthy: own.filter(({verdict}) => verdict !== 'managed').length, total: own.length}],
  )
  if (owners.length === 0) return null
  const sorted = owners.toSorted((a, b) => b.unhealthy - a.unhealthy || compare(a.owner, b.owner))
  return html`<h2>Owners</h2>
${shortTable(
  ['Owner', 'Not managed', 'Instances'],
  sorted,
  MAX_OWNERS,
  ({owner, total, unhealthy}) =>
    html`<tr><td>${owner}</td><td class="n">${unhealthy}</td><td class="n">${total}</td></tr>`,
)}`
}

function changesSection({changes}: Audit): Markup | null {
  if (!changes) return null
  const {baseline, instances} = changes
  return html`<h2>Changes since ${baseline}</h2>
${
  instances.length === 0
    ? html`<p>None.</p>`
    : shortTable(
        ['Instance', 'Change', 'Before', 'Now', 'Since'],
        instances,
        MAX_CHANGES,
        ({id, change, before, now, since}) =>
          html`<tr><td>${id}</td><td>${change}</td><td>${before}</td><td>${now}</td><td>${since}</td></tr>`,
      )
}`
}

const WORST: readonly Verdict[] = ['unmanaged', 'degraded', 'at-risk', 'undecided', 'managed']

function instancesSection(audit: Audit): Markup | null {
  const unhealthy = audit.instances
    .filter(({verdict}) => verdict !== 'managed')
    .toSorted((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict))
  if (unhealthy.length === 0) return null
  const groups = groupsById(audit)
  const sentence = (instance: AuditedInstance) => {
    const root = rootOf(instance)
    return root ? reasonOf(instance, root, groups.get(groupIdOf(root))) : ''
  }
  return html`<h2>Instances that are not managed</h2>
${shortTable(
  ['Instance', 'Account', 'Region', 'Verdict', 'Root cause'],
  unhealthy,
  MAX_INSTANCES,
  (one) =>
    html`<tr><td>${nameOf(one)}</td><td>${accountOf(one)}</td><td>${one.region}</td><td class="${VERDICT_TONE[one.verdict]}">${one.verdict}</td><td>${sentence(one)}</td></tr>`,
)}`
}

function unreadableSection({unreadable}: Audit): Markup | null {
  if (unreadable.length === 0) return null
  return html`<h2>Not read</h2>
${shortTable(
  ['Account', 'Region', 'Kind', 'Reason', 'Permission', 'Instances'],
  unreadable,
  MAX_CHANGES,
  ({account, region, kind, reason, permission, instances}) =>
    html`<tr><td>${account}</td><td>${region}</td><td>${kind}</td><td>${reason}</td><td>${permission}</td><td class="n">${instances}</td></tr>`,
)}`
}
