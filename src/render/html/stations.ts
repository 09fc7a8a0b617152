import type {ReportedHop, ReportedPath} from '../../diagnosis/report.ts'
import type {Verdict} from '../../network/path.ts'

/** One resource on the path, with the hops of the request and the reply. */
export interface Station {
  readonly at: ReportedHop['at']
  readonly resource: string
  readonly leg: ReportedHop['leg']
  /** Present if it is in another VPC than the instance. */
  readonly vpc?: string
  readonly request: Verdict | null
  readonly reply: Verdict | null
  /** The indexes in the path's list of hops. */
  readonly hops: readonly number[]
}

const keyOf = ({at, resource, leg}: Pick<ReportedHop, 'at' | 'resource' | 'leg'>) => `${at} ${resource} ${leg}`
const WORST: readonly Verdict[] = ['blocked', 'partly', 'unknown', 'open']
const worse = (a: Verdict | null, b: Verdict): Verdict => (a === null || WORST.indexOf(b) < WORST.indexOf(a) ? b : a)

/**
 * The stations from the instance to the service. A hop of the reply belongs to the station of the request's hop on the
 * same resource.
 */
export function stationsOf({hops}: Pick<ReportedPath, 'hops'>): readonly Station[] {
  const stations: Station[] = []
  const numbered = hops.map((hop, number) => ({hop, number}))
  const placeOf = (hop: ReportedHop) => stations.findIndex((station) => keyOf(station) === keyOf(hop))
  const add = (hop: ReportedHop, number: number, placeIfNew: number) => {
    const {at, resource, leg, direction, verdict, vpc} = hop
    const index = placeOf(hop)
    const known = stations[index]
    const fresh = {at, resource, leg, ...(vpc !== undefined && {vpc}), request: null, reply: null, hops: [number]}
    if (known)
      stations[index] = {...known, [direction]: worse(known[direction], verdict), hops: [...known.hops, number]}
    else stations.splice(placeIfNew, 0, {...fresh, [direction]: verdict})
  }
  for (const {hop, number} of numbered) if (hop.direction === 'request') add(hop, number, stations.length)
  for (const {hop, number} of numbered.toReversed())
    if (hop.direction === 'reply') add(hop, number, placeForReply(stations, hop))
  return stations
}

/** From the instance's subnet outward. */
const DISTANCE: Readonly<Record<ReportedHop['leg'], number>> = {
  instance: 0,
  nat: 1,
  attachment: 1,
  firewall: 1,
  hub: 2,
  endpoint: 3,
}
const IS_SERVICE: ReadonlySet<ReportedHop['at']> = new Set(['endpoint', 'endpoint-group', 'endpoint-policy'])

/**
 * What is only on the return path follows what is at the same distance from the instance, and precedes the endpoint
 * itself.
 */
function placeForReply(stations: readonly Station[], {leg}: ReportedHop): number {
  const service = stations.findIndex(({at}) => IS_SERVICE.has(at))
  const farther = stations.findIndex((station) => DISTANCE[station.leg] > DISTANCE[leg])
  const places = [service, farther].filter((place) => place !== -1)
  return places.length > 0 ? Math.min(...places) : stations.length
}

/** Paths with the same kinds of resources and the same verdicts are drawn once. */
export const shapeOf = (path: ReportedPath): string =>
  JSON.stringify([path.verdict, stationsOf(path).map(({at, leg, request, reply}) => [at, leg, request, reply])])

/** How far the request gets, and from which station on the reply returns: indexes in the list of stations. */
export function reachOf(stations: readonly Station[]): {readonly request: number; readonly reply: number} {
  const dead = stations.findIndex(({request}) => request === 'blocked')
  return {
    request: dead === -1 ? stations.length : dead,
    reply: dead === -1 ? stations.findLastIndex(({reply}) => reply === 'blocked') : stations.length,
  }
}
