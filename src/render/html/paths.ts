import type {ReportedHop, ReportedPath} from '../../diagnosis/report.ts'
import {groupBy} from '../../util/group-by.ts'
import {capital} from '../../util/list-in-words.ts'
import {LEG_NAME, PATH_WORD, PLACE} from '../text/paths.ts'
import {PATH_TONE, SIGN} from '../tone.ts'
import {html, type Markup} from './markup.ts'
import {hopId, pathFigure, type Start} from './path-figure.ts'
import {shapeOf} from './stations.ts'

/** Every path once: identical ones, as those of ssm, ssmmessages and ec2messages usually are, in one figure. */
export function pathSections(paths: readonly ReportedPath[], start: Start, prefix: string): readonly Markup[] {
  return [...groupBy(paths, shapeOf).values()].map((group, at) => pathSection(group, start, `${prefix}path-${at + 1}`))
}

function pathSection(group: readonly ReportedPath[], start: Start, key: string): Markup {
  const [path] = group
  if (!path) return html``
  const services = group.map(({service}) => service)
  const isFine = path.verdict === 'open'
  return html`<section class="path"><h3>${services.join(', ')}: <span class="${PATH_TONE[path.verdict]}">${SIGN[PATH_TONE[path.verdict]]} ${PATH_WORD[path.verdict]}</span></h3>
<figure id="${key}">${pathFigure({path, key, ...start, to: services})}</figure>
<details${!isFine && ' open'}><summary>Hops as a list${group.length > 1 && `, as for ${path.service}`}</summary><ol class="hops">${path.hops.map((hop, at) => hopItem(hop, key, at))}</ol></details></section>`
}

const hopItem = (hop: ReportedHop, key: string, at: number): Markup =>
  html`<li id="${hopId(key, at)}"><a href="#${key}" title="To the picture">${at + 1}</a> <span class="${PATH_TONE[hop.verdict]}">${SIGN[PATH_TONE[hop.verdict]]} ${PATH_WORD[hop.verdict]}</span> ${hop.direction}, ${capital(PLACE[hop.at])}${LEG_NAME[hop.leg] !== '' && ` (${LEG_NAME[hop.leg]})`} <code>${hop.resource}</code>${placeOf(hop)}: ${hop.because}</li>`

const placeOf = ({vpc, owner}: ReportedHop): string =>
  vpc === undefined ? '' : ` in ${vpc}${owner === undefined ? '' : ` of account ${owner}`}`
