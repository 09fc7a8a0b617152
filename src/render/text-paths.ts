import type {Report, ReportedHop, ReportedPath} from '../doctor/report.ts'
import type {At, Leg} from '../network/path.ts'
import {plain} from './plain.ts'
import {MARK_OF_PATH, markOf, markWidth, type Terminal} from './terminal.ts'
import {columnsOf, padTo, shorten, wrap} from './width.ts'

interface Options {
  readonly terminal: Terminal
  readonly verbose?: boolean
}

/** The ways to the services: drawn hop by hop to where one dies, in a line where it is open. */
export function pathsSection({paths}: Report, options: Options): readonly string[] {
  if (paths.length === 0) return []
  const {terminal, verbose} = options
  const groups = groupedBy(paths, placeOfDeath)
  const lines = [...groups.values()].flatMap((group) => {
    const [first, ...others] = group
    if (!first) return []
    if (verbose)
      return group.flatMap((path) => [
        headLine([path], terminal),
        ...path.hops.flatMap((hop) => hopLines(hop, terminal, true)),
      ])
    if (first.verdict === 'open') return [headLine(group, terminal)]
    return [
      headLine([first, ...others], terminal),
      ...toItsEnd(first.hops).flatMap((hop) => hopLines(hop, terminal, false)),
    ]
  })
  return [terminal.paint('bold', 'Network'), ...lines]
}

function groupedBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

/** Paths that end the same way are told together. */
const placeOfDeath = ({verdict, via, hops}: ReportedPath): string =>
  JSON.stringify([
    verdict,
    ...(verdict === 'open'
      ? [via]
      : hops
          .filter(isBroken)
          .map(({at, resource, leg, direction, verdict}) => [at, resource, leg, direction, verdict])),
  ])

const isBroken = ({verdict}: ReportedHop): boolean => verdict !== 'open'

/** The hops up to the first that does not let the traffic through, and further ones that do not. */
function toItsEnd(hops: readonly ReportedHop[]): readonly ReportedHop[] {
  const end = hops.findIndex(({verdict}) => verdict === 'blocked')
  const dies = end === -1 ? hops.findLastIndex(isBroken) : end
  return hops.filter((hop, at) => at <= dies || isBroken(hop))
}

const STATE: Readonly<Record<ReportedPath['verdict'], string>> = {
  open: 'open',
  partly: 'partly open',
  blocked: 'blocked',
  unknown: 'not known',
}

function headLine(paths: readonly ReportedPath[], terminal: Terminal): string {
  const [first] = paths
  if (!first) return ''
  const names = paths.map(({service, host}) => (paths.length === 1 ? host : service))
  const through = first.verdict === 'open' && first.via !== null ? ` through ${first.via}` : ''
  const mark = markOf(MARK_OF_PATH[first.verdict], terminal)
  return `  ${mark} ${plain(`${listed(names)}: ${STATE[first.verdict]}${through}`)}`
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

const PLACE: Readonly<Record<At, string>> = {
  name: 'name',
  'security-group': 'security group',
  'network-acl': 'network ACL',
  route: 'route',
  gateway: 'gateway',
  endpoint: 'endpoint',
  'endpoint-group': 'endpoint group',
  'endpoint-policy': 'endpoint policy',
}
const PLACE_WIDTH = Math.max(...Object.values(PLACE).map(columnsOf))

const WHOSE: Readonly<Record<Leg, string>> = {
  instance: '',
  endpoint: 'endpoint’s subnet',
  nat: 'NAT’s subnet',
  attachment: 'attachment’s subnet',
  hub: 'hub',
}

function hopLines(
  {at, resource, leg, direction, verdict, because}: ReportedHop,
  terminal: Terminal,
  verbose: boolean,
): readonly string[] {
  const arrow = terminal.symbols ? {request: '→', reply: '←'} : {request: '>', reply: '<'}
  const mark = markOf(MARK_OF_PATH[verdict], terminal)
  const pad = ' '.repeat(
    Math.max(
      0,
      markWidth(terminal) - columnsOf(markOf(MARK_OF_PATH[verdict], {...terminal, paint: (_, text) => text})),
    ),
  )
  const place = `${arrow[direction]} ${mark}${pad} ${padTo(PLACE_WIDTH, PLACE[at])}  `
  const margin = 6 + markWidth(terminal) + PLACE_WIDTH + 3
  const whose = WHOSE[leg] === '' ? '' : ` (${WHOSE[leg]})`
  const said = plain(`${resource}${whose}: ${because}`)
  const room = terminal.columns - margin
  const lines = verdict === 'open' && !verbose ? [shorten(said, room)] : wrap(said, room)
  return lines.map((line, n) => (n === 0 ? `    ${place}${line}` : `${' '.repeat(margin)}${line}`))
}
