import type {ReportedPath} from '../../diagnosis/report.ts'
import type {Verdict} from '../../network/path.ts'
import {capital} from '../../util/list-in-words.ts'
import {LEG_NAME, PATH_WORD, PLACE} from '../text/paths.ts'
import {columnsOf, shorten, wrap} from '../text/width.ts'
import {PATH_TONE, SIGN} from '../tone.ts'
import {html, type Markup} from './markup.ts'
import {reachOf, type Station, stationsOf} from './stations.ts'

/** The instance, and its network interface if the report has it. */
export interface Start {
  readonly from: string
  readonly eni?: string | undefined
}

/** What is drawn: the path, the name of its figure (for links), and the labels of both ends. */
interface PathDrawing extends Start {
  readonly path: ReportedPath
  readonly key: string
  readonly to: readonly string[]
}

export const hopId = (key: string, number: number): string => `${key}-hop-${number + 1}`

interface Box {
  readonly titles: readonly string[]
  readonly id: string
  readonly where: string
  readonly station?: Station
}

const CELL = {width: 204, height: 126}
const BOX = {width: 172, height: 78, top: 26}

/**
 * Both drawings of a path: the page shows the one that fits its width, and a list of hops has the same content as text.
 */
export const pathFigure = (drawing: PathDrawing): Markup =>
  html`${layout(drawing, 5, 'wide')}${layout(drawing, 2, 'narrow')}`

function layout({path, key, from, eni, to}: PathDrawing, perRow: number, name: 'wide' | 'narrow'): Markup {
  const stations = stationsOf(path)
  const reach = reachOf(stations)
  const start: readonly Box[] = [
    {titles: ['Instance'], id: from, where: ''},
    ...(eni === undefined ? [] : [{titles: ['Network interface'], id: eni, where: ''}]),
  ]
  const boxes: readonly Box[] = [
    ...start,
    ...stations.map((station) => ({
      titles: [capital(PLACE[station.at])],
      id: station.resource,
      where: station.vpc ?? LEG_NAME[station.leg],
      station,
    })),
    {titles: twoLines(to.join(', '), TITLE), id: path.host, where: ''},
  ]
  const columns = Math.min(perRow, boxes.length)
  const width = columns * CELL.width
  const height = Math.ceil(boxes.length / perRow) * CELL.height
  const place = (at: number) => ({
    x: (at % perRow) * CELL.width + 4,
    y: Math.floor(at / perRow) * CELL.height + BOX.top,
  })
  const drawn = boxes.map((box, at) => {
    const {x, y} = place(at)
    const station = at - start.length
    const isBehind = station > reach.request
    return html`${at < boxes.length - 1 && lanes(x, y, (at + 1) % perRow === 0, {request: station >= reach.request, reply: reach.reply !== -1 && station < reach.reply})}${boxFigure(box, x, y, key, isBehind)}`
  })
  return html`<svg class="${name}" viewBox="0 0 ${width} ${height}" width="${width}" role="group" aria-label="${summaryOf(path, to)}">${drawn}</svg>`
}

const summaryOf = (path: ReportedPath, to: readonly string[]): string => {
  const blocked = path.hops.find(({verdict}) => verdict === 'blocked')
  return `Path to ${to.join(', ')}: ${PATH_WORD[path.verdict]}${blocked ? ` at ${PLACE[blocked.at]} ${blocked.resource}` : ''}. The hops are listed below.`
}

/** The request above and the reply below, to the next box or to the next row. */
function lanes(x: number, y: number, isLastInRow: boolean, dead: {request: boolean; reply: boolean}): Markup {
  const start = x + BOX.width
  const end = start + (isLastInRow ? 26 : CELL.width - BOX.width)
  const above = y + 24
  const below = y + 56
  const state = (isDead: boolean) => (isDead ? ' dead' : '')
  return html`<path class="lane${state(dead.request)}" d="M${start} ${above}H${end - 7}"/><path class="head${state(dead.request)}" d="M${end} ${above}l-8-5v10z"/><path class="lane${state(dead.reply)}" d="M${start + 7} ${below}H${end}"/><path class="head${state(dead.reply)}" d="M${start} ${below}l8-5v10z"/>`
}

function boxFigure({titles, id, where, station}: Box, x: number, y: number, key: string, isBehind: boolean): Markup {
  const verdicts = station ? [station.request, station.reply] : []
  const worst = (['blocked', 'partly', 'unknown'] as const).find((verdict) => verdicts.includes(verdict))
  const tone = worst ? ` ${PATH_TONE[worst]}` : ''
  const body = html`<rect class="box${tone}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>${titles.map((line, at) => html`<text x="${x + 10}" y="${y + 21 + at * 15}">${line}</text>`)}${idLines(id).map((line, at) => html`<text class="id" x="${x + 10}" y="${y + 24 + titles.length * 15 + at * 14}">${line}</text>`)}${where !== '' && html`<text class="id" x="${x + 10}" y="${y + 70}">${where}</text>`}${station && mark(station.request, 'request', x + BOX.width - 12, y - 5)}${station && mark(station.reply, 'reply', x + BOX.width - 12, y + BOX.height + 14)}`
  const group = isBehind ? html`<g class="faded">${body}</g>` : body
  const [first] = station?.hops ?? []
  return first === undefined
    ? group
    : html`<a href="#${hopId(key, first)}"><title>${titles.join(' ')} ${id}</title>${group}</a>`
}

const mark = (verdict: Verdict | null, lane: string, x: number, y: number): Markup | null =>
  verdict === null
    ? null
    : html`<text class="${PATH_TONE[verdict]}" text-anchor="end" x="${x + 12}" y="${y}">${lane} ${SIGN[PATH_TONE[verdict]]}</text>`

/** What fits in a box: characters of a title, and of an id, which is narrower. */
const TITLE = 18
const ID = 24

const twoLines = (text: string, columns: number): readonly string[] => {
  const [first = '', ...rest] = wrap(text, columns)
  return rest.length === 0 ? [first] : [first, shorten(rest.join(' '), columns)]
}

/** Ids fit on a line; longer names take a second one. */
const idLines = (id: string): readonly string[] =>
  columnsOf(id) <= ID ? [id] : [id.slice(0, ID), shorten(id.slice(ID), ID)]
