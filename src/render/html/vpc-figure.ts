import type {Located, VpcResourceMap} from '../../diagnosis/vpc-resource-map.ts'
import {counted} from '../../util/counted.ts'
import {shorten} from '../text/width.ts'
import {html, type Markup} from './markup.ts'

const KIND_NAME: Readonly<Record<Located['kind'], string>> = {
  instance: 'Instance',
  endpoint: 'Endpoint',
  'nat-gateway': 'NAT gateway',
  'internet-gateway': 'Internet gateway',
  'egress-only-internet-gateway': 'Egress-only gateway',
  'transit-gateway': 'Transit gateway',
  peering: 'Peering connection',
  'gateway-endpoint': 'Gateway endpoint',
}

const ITEM = {width: 204, height: 44, gap: 8}
const PAD = 10
const HEADER = 44

/** `ssm` of `com.amazonaws.eu-west-1.ssm`. */
const shortService = (service: string | null): string => service?.split('.').at(-1) ?? ''
const labelOf = ({kind, service}: Located): string =>
  service === null ? KIND_NAME[kind] : `${KIND_NAME[kind]} ${shortService(service)}`

/** Subnets by zone with the relevant endpoints and gateways, and the position of the instance. */
export function vpcFigure(map: VpcResourceMap): Markup | null {
  if (map.zones.every(({subnets}) => subnets.length === 0)) return null
  return html`<figure>${layout(map, 4, 'wide')}${layout(map, 1, 'narrow')}<figcaption>${map.id}${map.cidr !== null && ` · ${map.cidr}`}. Only subnets that the paths use are drawn.</figcaption>${wordsOf(map)}</figure>`
}

interface Block {
  readonly height: number
  readonly draw: (x: number, y: number) => Markup
}

function layout(map: VpcResourceMap, perRow: number, name: 'wide' | 'narrow'): Markup {
  const width = ITEM.width + 2 * PAD
  const blocks = [
    ...map.zones.map((zone) => zoneBlock(zone, width)),
    ...(map.edge.length > 0 ? [edgeBlock(map.edge)] : []),
  ]
  const columns = Math.min(perRow, blocks.length)
  const rows = Array.from({length: Math.ceil(blocks.length / columns)}, (_, row) =>
    blocks.slice(row * columns, (row + 1) * columns),
  )
  const heights = rows.map((row) => Math.max(...row.map(({height}) => height)))
  const tops = heights.map((_, row) => heights.slice(0, row).reduce((sum, height) => sum + height + 12, 0))
  const drawn = rows.map((row, r) => row.map(({draw}, c) => draw(c * (width + 12) + 2, (tops[r] ?? 0) + 2)))
  const total = {width: columns * (width + 12), height: (tops.at(-1) ?? 0) + (heights.at(-1) ?? 0) + 6}
  return html`<svg class="${name}" viewBox="0 0 ${total.width} ${total.height}" width="${total.width}" role="group" aria-label="Map of ${map.id}. The list below says the same.">${drawn}</svg>`
}

function zoneBlock({name, subnets, others}: VpcResourceMap['zones'][number], width: number): Block {
  const parts = subnets.map((subnet) => ({
    subnet,
    height: HEADER + subnet.contents.length * (ITEM.height + ITEM.gap) + PAD,
  }))
  const inner = parts.reduce((sum, {height}) => sum + height + ITEM.gap, 0)
  const height = 28 + inner + (others > 0 ? 22 : 6)
  const tops = parts.map((_, at) => parts.slice(0, at).reduce((sum, part) => sum + part.height + ITEM.gap, 28))
  return {
    height,
    draw: (x, y) =>
      html`<rect class="zone" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><text x="${x + PAD}" y="${y + 19}">${name === '' ? 'Zone not known' : name}</text>${parts.map(
        ({subnet, height: tall}, at) => {
          const top = y + (tops[at] ?? 0)
          return html`<rect class="box" x="${x + 4}" y="${top}" width="${width - 8}" height="${tall}" rx="5"/><text class="id" x="${x + PAD}" y="${top + 16}">${subnet.id}</text><text class="id" x="${x + PAD}" y="${top + 31}">${shorten([subnet.cidr, subnet.name].filter(Boolean).join(' · '), 31)}</text>${subnet.contents.map((item, n) => itemFigure(item, x + PAD, top + HEADER + n * (ITEM.height + ITEM.gap)))}`
        },
      )}${others > 0 && html`<text class="id" x="${x + PAD}" y="${y + height - 8}">and ${counted(others, 'other subnet')}</text>`}`,
  }
}

function edgeBlock(edge: readonly Located[]): Block {
  const height = 28 + edge.length * (ITEM.height + ITEM.gap) + 6
  return {
    height,
    draw: (x, y) =>
      html`<text x="${x + PAD}" y="${y + 19}">Gateways of the VPC</text>${edge.map((item, at) => itemFigure(item, x + PAD, y + 28 + at * (ITEM.height + ITEM.gap)))}`,
  }
}

const itemFigure = (item: Located, x: number, y: number): Markup =>
  html`<rect class="box${item.kind === 'instance' && ' here'}" x="${x}" y="${y}" width="${ITEM.width - 8}" height="${ITEM.height}" rx="4"/><text x="${x + 8}" y="${y + 18}">${labelOf(item)}</text><text class="id" x="${x + 8}" y="${y + 35}">${shorten(item.id, 28)}</text>`

const itemWords = (item: Located): string => `${labelOf(item)} ${item.id}`

const wordsOf = ({zones, edge}: VpcResourceMap): Markup =>
  html`<details><summary>As a list</summary><ul>${zones.flatMap(({name, subnets}) =>
    subnets.map(
      ({id, contents}) => html`<li>${name}, subnet <code>${id}</code>: ${contents.map(itemWords).join(', ')}</li>`,
    ),
  )}${edge.length > 0 && html`<li>At the edge of the VPC: ${edge.map(itemWords).join(', ')}</li>`}</ul></details>`
