import type {Audit, AuditedInstance} from '../../audit/report.ts'
import {compare} from '../../util/compare.ts'
import {countBy} from '../../util/count-by.ts'
import {groupBy} from '../../util/group-by.ts'
import {accountOf} from '../audit-facts.ts'
import {SIGN, type Tone} from '../tone.ts'
import {html, type Markup} from './markup.ts'

/** The instances of one account in one Region. */
type Cell = readonly AuditedInstance[]

function toneOf(cell: Cell): Tone {
  const verdicts = new Set(cell.map(({verdict}) => verdict))
  if (verdicts.has('unmanaged')) return 'bad'
  if (verdicts.has('degraded') || verdicts.has('at-risk')) return 'part'
  return verdicts.has('undecided') ? 'open' : 'good'
}

const unhealthyIn = (cell: Cell): number => cell.filter(({verdict}) => verdict !== 'managed').length

const keyOf = (place: {readonly account: string | null; readonly region: string}): string =>
  `${accountOf(place)} ${place.region}`

/** Accounts by Regions: a cell shows how many of its instances are not managed, never one element per instance. */
export function fleetMap(audit: Audit): Markup {
  const places = [...audit.scopes, ...audit.instances]
  const cells = groupBy(audit.instances, keyOf)
  const failed = new Set(audit.scopes.filter(({failed: why}) => why !== null).map(keyOf))
  const regions = [...new Set(places.map(({region}) => region))].sort()
  const unhealthy = countBy(
    audit.instances.filter(({verdict}) => verdict !== 'managed'),
    accountOf,
  )
  const accounts = [...new Set(places.map(accountOf))]
    .map((account) => ({account, count: unhealthy.get(account) ?? 0}))
    .toSorted((a, b) => b.count - a.count || compare(a.account, b.account))
  return html`<p class="soft">Each cell: instances that are not managed, of all examined. ✗ some are unmanaged, ◐ some are degraded or at risk, ? some are undecided, ✓ all are managed.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Accounts by Regions"><table class="map"><thead><tr><th scope="col">Account</th>${regions.map((region) => html`<th scope="col">${region}</th>`)}</tr></thead><tbody>${accounts.map(
    ({account}) =>
      html`<tr><th scope="row">${account}</th>${regions.map((region) => cellFigure(cells.get(`${account} ${region}`), failed.has(`${account} ${region}`)))}</tr>`,
  )}</tbody></table></div>`
}

function cellFigure(cell: Cell | undefined, isFailed: boolean): Markup {
  if (!cell) return isFailed ? html`<td class="open">not examined</td>` : html`<td></td>`
  const tone = toneOf(cell)
  const text = tone === 'good' ? `${SIGN.good} ${cell.length}` : `${SIGN[tone]} ${unhealthyIn(cell)}/${cell.length}`
  return html`<td class="${tone}">${text}</td>`
}
