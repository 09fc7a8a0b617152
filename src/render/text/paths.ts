import type {Report, ReportedCause, ReportedHop, ReportedPath} from '../../diagnosis/report.ts'
import {rootCauseOf} from '../../diagnosis/root-cause.ts'
import type {At, Leg} from '../../network/path.ts'
import {groupBy} from '../../util/group-by.ts'
import {inList} from '../../util/list-in-words.ts'
import {PATH_TONE} from '../tone.ts'
import {marked, markOf, markWidth, padMark, type Terminal, type TextOptions} from './terminal.ts'
import {columnsOf, indented, padTo} from './width.ts'

/** The paths to the services: drawn hop by hop up to the hop that blocks, in one line where they are open. */
export function pathsSection(report: Report, options: TextOptions): readonly string[] {
  const {paths} = report
  if (paths.length === 0) return []
  const {terminal, verbose} = options
  const shown = verbose
    ? paths.flatMap((path) => pathLines(path, terminal))
    : [...broken(paths, terminal, whereGiven(report, report.causes)), ...open(paths, terminal)]
  return [terminal.paint('bold', 'Network'), ...shown]
}

const broken = (paths: readonly ReportedPath[], terminal: Terminal, given: WhereGiven): readonly string[] =>
  [
    ...groupBy(
      paths.filter(({verdict}) => verdict !== 'open'),
      blockingHops,
    ).values(),
  ].flatMap((group) => [
    ...headLines(group, terminal),
    ...upToBlock(group[0]?.hops ?? []).flatMap((hop) => hopLines(hop, terminal, briefText(hop, given))),
  ])

/** The first path that is not open, with the hop where it ends. */
export function deadHopLines(report: Report, terminal: Terminal): readonly string[] {
  const {paths} = report
  const path = paths.find(({verdict}) => verdict !== 'open')
  if (!path) return []
  const alike = paths.filter((other) => blockingHops(other) === blockingHops(path))
  const hop = path.hops.find(({verdict}) => verdict === path.verdict) ?? path.hops.find(isBroken)
  const given = whereGiven(report, [])
  return [...headLines(alike, terminal), ...(hop ? hopLines(hop, terminal, briefText(hop, given)) : [])]
}

/** Open paths share one line. */
function open(paths: readonly ReportedPath[], terminal: Terminal): readonly string[] {
  const names = paths
    .filter(({verdict}) => verdict === 'open')
    .map(({service, via}) => (via === null ? service : `${service} (${via})`))
  if (names.length === 0) return []
  return marked('good', `open: ${names.join(', ')}`, terminal)
}

/** One complete path, whatever its verdict. */
export const pathLines = (path: ReportedPath, terminal: Terminal): readonly string[] => [
  ...headLines([path], terminal),
  ...path.hops.flatMap((hop) => hopLines(hop, terminal, hop.because)),
]

const placeOf = ({at, resource, leg, direction}: ReportedHop): string => JSON.stringify([at, resource, leg, direction])

/** Paths that are blocked at the same hops are drawn once. */
const blockingHops = ({verdict, hops}: ReportedPath): string => [verdict, ...hops.filter(isBroken).map(placeOf)].join()

const isBroken = ({verdict}: ReportedHop): boolean => verdict !== 'open'

/** The hops up to the first that blocks, and any others that are not open. */
function upToBlock(hops: readonly ReportedHop[]): readonly ReportedHop[] {
  const end = hops.findIndex(({verdict}) => verdict === 'blocked')
  const last = end === -1 ? hops.findLastIndex(isBroken) : end
  const drawn = hops.filter((hop, at) => at <= last || isBroken(hop))
  return drawn.filter((hop, at) => isBroken(hop) || !isSame(hop, drawn[at - 1]))
}

/** A network ACL that is evaluated entering a subnet and again leaving it is drawn once. */
const isSame = (hop: ReportedHop, before: ReportedHop | undefined): boolean =>
  before !== undefined && hop.verdict === before.verdict && placeOf(hop) === placeOf(before)

export const PATH_WORD: Readonly<Record<ReportedPath['verdict'], string>> = {
  open: 'open',
  partly: 'partly open',
  blocked: 'blocked',
  unknown: 'unknown',
}

function headLines(paths: readonly ReportedPath[], terminal: Terminal): readonly string[] {
  const [first] = paths
  if (!first) return []
  const names = paths.map(({service, host}) => (paths.length === 1 ? host : service))
  const shared = first.via !== null && paths.every(({via}) => via === first.via)
  const through = shared ? ` via ${first.via}` : ''
  const mark = markOf(PATH_TONE[first.verdict], terminal)
  const text = `${inList(names)}: ${PATH_WORD[first.verdict]}${through}`
  return indented(text, terminal.columns, 4, `  ${mark} `)
}

export const PLACE: Readonly<Record<At, string>> = {
  name: 'DNS name',
  'security-group': 'security group',
  'network-acl': 'network ACL',
  route: 'route table',
  gateway: 'gateway',
  endpoint: 'endpoint',
  'endpoint-group': 'endpoint group',
  'endpoint-policy': 'endpoint policy',
}
const PLACE_WIDTH = Math.max(...Object.values(PLACE).map(columnsOf))

/** Where that is; nowhere in particular at the instance. */
export const LEG_NAME: Readonly<Record<Leg, string>> = {
  instance: '',
  endpoint: 'endpoint subnet',
  nat: 'NAT subnet',
  attachment: 'attachment subnet',
  hub: 'hub VPC',
  firewall: 'firewall subnet',
}

/** Where the report already gives the reason of a hop. */
type WhereGiven = (because: string) => string | undefined

const whereGiven = (report: Report, causes: Report['causes']): WhereGiven => {
  const root = rootCauseOf(report)
  return (because) => {
    const gives = ({evidence}: ReportedCause) => evidence.some(({fact, inMessage}) => inMessage && fact === because)
    if (root && gives(root)) return root.severity === 'undecided' ? 'see above' : 'the root cause'
    const cause = causes.find(gives)
    return cause && `see ${cause.check}`
  }
}

/** An open hop names its resource; any other says why it is not open, unless the report does elsewhere. */
function briefText(hop: ReportedHop, given: WhereGiven): string {
  if (hop.verdict === 'open') return thing(hop)
  const where = given(hop.because)
  return where === undefined ? hop.because : `${thing(hop)}: ${where}`
}

function hopLines(hop: ReportedHop, terminal: Terminal, text: string): readonly string[] {
  const {at, direction, verdict} = hop
  const arrow = terminal.symbols ? {request: '→', reply: '←'} : {request: '>', reply: '<'}
  const mark = padMark(PATH_TONE[verdict], terminal)
  const head = `    ${arrow[direction]} ${mark} ${padTo(PLACE_WIDTH, PLACE[at])}  `
  const margin = 9 + markWidth(terminal) + PLACE_WIDTH
  return indented(text, terminal.columns, margin, head)
}

const thing = ({resource, leg}: ReportedHop): string =>
  LEG_NAME[leg] === '' ? resource : `${resource} (${LEG_NAME[leg]})`
