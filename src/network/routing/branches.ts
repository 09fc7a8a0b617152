import type {Route, RouteTable} from '../../model/account.ts'
import {isEndpointId, isNameOfService} from '../../model/ids.ts'
import {find} from '../../model/lists.ts'
import {memo} from '../../util/memo.ts'
import {cidrRanges} from '../address.ts'
import {dependingOnAddress, type Flow, hop, NEGLIGIBLE, type PathSegment} from '../context.ts'
import {GATEWAY_SERVICES} from '../endpoints/endpoint.ts'
import type {Leg} from '../path.ts'
import {oneOf} from '../path-segment.ts'
import {largestFirst, overlaps, type Ranges, sizeOf, union} from '../ranges.ts'
import {competingRoutesOf, type Portion, portionsOf, targetOf} from './route-table.ts'

export interface Branch {
  readonly route: Route | undefined
  readonly addresses: Ranges
  /** Another route that AWS may choose for the same addresses. */
  readonly competing?: Route
}

/** Routes to one target are one path; what matches almost nothing of where a service may be is ignored. */
export function branchesOf(flow: Flow, routes: readonly Route[]): Branches {
  if (flow.target !== undefined) return freshBranches(flow, routes)
  const known = publicBranches(flow.readings.ManagedPrefixLists)(routes)(flow.destination)
  const place = [...GATEWAY_SERVICES].indexOf(flow.service) + 1
  const branches = known[place] ?? freshBranches(flow, routes)
  known[place] = branches
  return branches
}

type Branches = readonly [Branch, ...Branch[]]

/** Public addresses are the same sets for every instance: for each service with gateway endpoints, and for others. */
const publicBranches = memo((_: Flow['readings']['ManagedPrefixLists']) =>
  memo((_: readonly Route[]) => memo((_: Ranges): (Branches | undefined)[] => [])),
)

function freshBranches(flow: Flow, routes: readonly Route[]): Branches {
  const portions = portionsOf(flow.readings, routes, flow.family, flow.destination)
  const [whole, ...parts] = portions
  if (whole && parts.length === 0 && whole.route?.DestinationPrefixListId === undefined) return [whole]
  const byTarget = new Map<string, Branch>()
  for (const branch of portions.flatMap(withCompetingRoutes)) {
    const {route, addresses} = branch
    const key = route ? `${targetOf(route)} ${route.State}` : ''
    const known = byTarget.get(key)
    byTarget.set(key, known ? {...known, addresses: union(known.addresses, addresses)} : branch)
  }
  const total = sizeOf(flow.destination)
  const [main = {route: undefined, addresses: flow.destination}, ...others] = largestFirst(byTarget.values())
  const matters = ({route, addresses}: Branch) =>
    flow.target !== undefined || (mayHoldService(addresses, total) && !isForAnotherService(flow, route))
  return [main, ...others.filter(matters)]

  function withCompetingRoutes(portion: Portion): readonly Branch[] {
    const competingRoutes = competingRoutesOf(flow.readings, routes, flow.family, portion)
    const [competing] = competingRoutes
    return competing
      ? [
          {...portion, competing},
          ...competingRoutes.map((route): Branch => ({...portion, route, competing: portion.route ?? competing})),
        ]
      : [portion]
  }
}

/**
 * Large blocks that AWS owns: a route to a part of one may hold the addresses of a service, which only the published
 * list of each day shows. https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html
 */
const AWS_BLOCKS = cidrRanges(4, ['3.0.0.0/8', '52.0.0.0/8', '54.0.0.0/8'])
const LARGE = 2 ** 16

const mayHoldService = (addresses: Ranges, total: number): boolean =>
  sizeOf(addresses) / total > NEGLIGIBLE / 16 || (sizeOf(addresses) >= LARGE && overlaps(AWS_BLOCKS, addresses))

/**
 * A gateway endpoint accepts only the addresses of its own service, which its prefix list is named after: S3, DynamoDB or
 * S3 Express One Zone.
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-az-networking.html
 */
function isForAnotherService({readings, service}: Flow, route: Route | undefined): boolean {
  if (route?.DestinationPrefixListId === undefined || !isEndpointId(route.GatewayId)) return false
  const name = find(readings.ManagedPrefixLists, 'PrefixListId', route.DestinationPrefixListId)?.PrefixListName
  return !GATEWAY_SERVICES.has(service) || (name !== undefined && !isNameOfService(name, service, readings.Region))
}

/** The main path, unless other possible paths of the service have another verdict. */
export function inAgreement(
  flow: Flow,
  table: RouteTable,
  leg: Leg,
  segments: readonly PathSegment[],
  competing: Route | undefined,
): PathSegment {
  const because = competing
    ? `Route table ${table.RouteTableId} routes a block that several prefix lists have to different targets, among them ${targetOf(competing)}; AWS chooses one of them and does not say which.`
    : `Route table ${table.RouteTableId} routes some public addresses elsewhere; cannot determine whether ${flow.host} is among them.`
  return oneOf(segments, (unread) => {
    const fault = unread || competing ? undefined : dependingOnAddress({cause: 'route.unfollowed'})
    return hop('route', table.RouteTableId, 'unknown', because, {leg, unread, fault})
  })
}
