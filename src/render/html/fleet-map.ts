import type {Audit} from '../../audit/report.ts'
import type {Verdict} from '../../diagnosis/report.ts'
import {accountOf} from '../formats/audit-facts.ts'
import {SIGN, type Tone} from '../tone.ts'
import {html, type Markup} from './markup.ts'

/** The instances of one account in one Region, counted by verdict. */
interface Cell {
  readonly counts: Readonly<Record<Verdict, number>>
  readonly total: number
}

const NONE: Readonly<Record<Verdict, number>> = {managed: 0, degraded: 0, 'at-risk': 0, unmanaged: 0, undecided: 0}

function cellsOf({instances}: Audit): ReadonlyMap<string, Cell> {
  const cells = new Map<string, {counts: Record<Verdict, number>; total: number}>()
  for (const instance of instances) {
    const key = `${accountOf(instance)} ${instance.region}`
    const cell = cells.get(key) ?? {counts: {...NONE}, total: 0}
    cell.counts[instance.verdict] += 1
    cell.total += 1
    cells.set(key, cell)
  }
  return cells
}

const toneOf = ({counts}: Cell): Tone => {
  if (counts.unmanaged > 0) return 'bad'
  if (counts.degraded > 0 || counts['at-risk'] > 0) return 'part'
  return counts.undecided > 0 ? 'open' : 'good'
}

const unhealthyIn = ({counts, total}: Cell): number => total - counts.managed

/** Accounts by Regions: a cell shows how many of its instances are not managed, never one element per instance. */
export function fleetMap(audit: Audit): Markup {
  const cells = cellsOf(audit)
  const failed = new Map(
    audit.scopes.flatMap(({account, region, failed: why}) =>
      why === null ? [] : [[`${accountOf({account})} ${region}`, why]],
    ),
  )
  const places = [
    ...audit.scopes.map(({account, region}) => ({account: accountOf({account}), region})),
    ...audit.instances.map((instance) => ({account: accountOf(instance), region: instance.region})),
  ]
  const regions = [...new Set(places.map(({region}) => region))].sort()
  const unhealthy = (account: string) =>
    regions.reduce((sum, region) => {
      const cell = cells.get(`${account} ${region}`)
      return sum + (cell ? unhealthyIn(cell) : 0)
    }, 0)
  const accounts = [...new Set(places.map(({account}) => account))]
    .map((account) => ({account, count: unhealthy(account)}))
    .toSorted((a, b) => b.count - a.count || (a.account < b.account ? -1 : 1))
  return html`<p class="soft">Each cell: instances that are not managed, of all examined. ✗ some are unmanaged, ◐ some are degraded or at risk, ? some are undecided, ✓ all are managed.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Accounts by Regions"><table class="map"><thead><tr><th scope="col">Account</th>${regions.map((region) => html`<th scope="col">${region}</th>`)}</tr></thead><tbody>${accounts.map(
    ({account}) =>
      html`<tr><th scope="row">${account}</th>${regions.map((region) => cellFigure(cells.get(`${account} ${region}`), failed.has(`${account} ${region}`)))}</tr>`,
  )}</tbody></table></div>`
}

function cellFigure(cell: Cell | undefined, isFailed: boolean): Markup {
  if (!cell) return isFailed ? html`<td class="open">not examined</td>` : html`<td></td>`
  const tone = toneOf(cell)
  const text = tone === 'good' ? `${SIGN.good} ${cell.total}` : `${SIGN[tone]} ${unhealthyIn(cell)}/${cell.total}`
  return html`<td class="${tone}">${text}</td>`
}
