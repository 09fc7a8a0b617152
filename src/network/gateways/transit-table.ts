import {
  isReadWith,
  isUnreadable,
  type Kind,
  type TransitGatewayRoute,
  type TransitGatewayRouteTable,
} from '../../model/account.ts'
import {allWith, find, lookup} from '../../model/lists.ts'
import {memo} from '../../util/memo.ts'
import {inWords} from '../address.ts'
import {type Block, blockIndex} from '../block-index.ts'
import {type Flow, hop, NEGLIGIBLE} from '../context.ts'
import type {Hop} from '../path.ts'
import {intersect, isEmpty, type Ranges, sizeOf, subtract} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'

export type HopPosition = Pick<Hop, 'leg'> & Partial<Pick<Hop, 'direction'>>

const opaqueHop = (resource: string, because: string, position: HopPosition, unread?: Kind): Hop =>
  hop('gateway', resource, 'unknown', because, {...position, fault: {cause: 'tgw.opaque'}, unread})

export const opaque = (resource: string, because: string, position: HopPosition): Hop =>
  opaqueHop(resource, because, position, 'TransitGatewayRouteTables')

/**
 * A policy table routes instead of a route table, and NAT on the attachment gives the traffic other addresses: neither
 * is in the collected data.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-policy-tables-associate.html
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nat-routing.html
 */
export function opaqueAttachment(
  readings: WalkReadings,
  gatewayId: string,
  attachmentId: string,
  position: HopPosition,
): Hop | undefined {
  const attachment = find(readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', attachmentId)
  if (attachment === undefined) return undefined
  // AWS shows the state of NAT to the owner of the transit gateway.
  const {Association, NatGatewaySupport = 'disabled'} = attachment
  const policyTable = isUnreadable(Association) ? undefined : Association?.TransitGatewayPolicyTableId
  if (policyTable !== undefined) {
    const because = `Attachment ${attachmentId} is associated with policy table ${policyTable}, whose rules ssm-doctor does not read.`
    return opaqueHop(gatewayId, because, position)
  }
  if (NatGatewaySupport !== 'disabled') {
    const because = `Attachment ${attachmentId} translates addresses (NAT), by rules that ssm-doctor does not read.`
    return opaqueHop(gatewayId, because, position)
  }
  if (!isUnreadable(Association)) return undefined
  const because = `Whether attachment ${attachmentId} is associated with a policy table or translates addresses could not be read.`
  return opaqueHop(gatewayId, because, position, 'TransitGatewayVpcAttachments')
}

export type Attachment = NonNullable<TransitGatewayRoute['TransitGatewayAttachments']>[number]

/** A route table of a transit gateway, in the direction in which it is used. */
interface TransitTable {
  readonly id: string
  readonly routes: readonly TransitGatewayRoute[]
  readonly position: HopPosition
}

type Chosen =
  | {readonly unknown: Hop}
  | {
      readonly route: TransitGatewayRoute | undefined
      /** Absent if there is no route, or a blackhole route. */
      readonly next: (Attachment & {readonly TransitGatewayAttachmentId: string}) | undefined
    }

/** The route that matches most of these addresses, and its attachment; or what is not known about them. */
export function chosenIn(
  {readings, family}: Flow,
  {id, routes, position}: TransitTable,
  addresses: Ranges,
  what: string,
): Chosen {
  const because = unreadPrefixList(readings, id, routes)
  if (because) return {unknown: hop('gateway', id, 'unknown', because, {...position, unread: 'ManagedPrefixLists'})}
  const {route, isSplit} = mainRoute(routes)(readings.ManagedPrefixLists)[family](addresses)
  if (isSplit) {
    const split = `Transit gateway route table ${id} routes some of ${inWords(addresses)} elsewhere; cannot determine where it routes ${what}.`
    return {unknown: opaqueHop(id, split, position)}
  }
  if (!route || route.State === 'blackhole') return {route, next: undefined}
  const next = route.TransitGatewayAttachments?.[0]
  const {TransitGatewayAttachmentId} = next ?? {}
  return TransitGatewayAttachmentId === undefined
    ? {unknown: opaque(id, `Cannot determine to which attachment ${id} routes ${what}.`, position)}
    : {route, next: {...next, TransitGatewayAttachmentId}}
}

/** An empty list of another account's route tables means nothing: only the owner sees them. */
export function tableFor(
  readings: WalkReadings,
  gatewayId: string,
  attachment: string,
): TransitGatewayRouteTable | 'opaque' | undefined {
  const tables = allWith(readings.TransitGatewayRouteTables, 'TransitGatewayId', gatewayId)
  const own = tables.find(({Associations}) =>
    allWith(Associations ?? [], 'TransitGatewayAttachmentId', attachment).some(
      ({State = 'associated'}) => State === 'associated',
    ),
  )
  if (own) return own
  if (isUnreadable(readings.TransitGatewayRouteTables)) return 'opaque'
  if (tables.some(({Associations}) => isUnreadable(Associations))) return 'opaque'
  return tables.length > 0 || ownsTransitGateway(readings, gatewayId) ? undefined : 'opaque'
}

export function ownsTransitGateway({TransitGateways, Caller, AlsoSeenBy = []}: WalkReadings, id: string): boolean {
  const gateway = lookup(TransitGateways, 'TransitGatewayId', id)
  if (gateway === undefined || isUnreadable(gateway)) return false
  return gateway.OwnerId !== undefined && [Caller?.Account, ...AlsoSeenBy].includes(gateway.OwnerId)
}

/**
 * The route that matches the most of the destination. The hub of an organization has thousands, and each path uses a
 * few.
 */
const mainRoute = memo((routes: readonly TransitGatewayRoute[]) =>
  memo((lists: WalkReadings['ManagedPrefixLists']) => {
    const blocks = routes.flatMap((route) => cidrsOf(lists, route).map((cidr) => [cidr, route] as const))
    return {4: mainRouteAmong(blockIndex(4, blocks)), 6: mainRouteAmong(blockIndex(6, blocks))}
  }),
)

const mainRouteAmong = (meeting: (addresses: Ranges) => readonly Block<TransitGatewayRoute>[]) =>
  memo((destination: Ranges): {readonly route: TransitGatewayRoute | undefined; readonly isSplit: boolean} => {
    const taken = new Map<TransitGatewayRoute, number>()
    let left = destination
    const candidates = [...meeting(destination)].sort((a, b) => b.prefix - a.prefix || rank(a.of) - rank(b.of))
    for (const {range, of: route} of candidates) {
      const hit = intersect(left, [range])
      if (isEmpty(hit)) continue
      taken.set(route, (taken.get(route) ?? 0) + sizeOf(hit))
      left = subtract(left, hit)
    }
    const [main] = [...taken].sort((a, b) => b[1] - a[1])
    const route = main && main[1] >= sizeOf(left) ? main[0] : undefined
    const shares = [...taken, [undefined, sizeOf(left)] as const]
    const least = (sizeOf(destination) * NEGLIGIBLE) / 16
    return {route, isSplit: shares.some(([other, share]) => share > least && outcomeOf(other) !== outcomeOf(route))}
  })

/** Where a route leads, or that it drops the traffic as a missing one does. */
const outcomeOf = (route: TransitGatewayRoute | undefined): string | undefined =>
  route === undefined || route.State === 'blackhole'
    ? 'dropped'
    : route.TransitGatewayAttachments?.[0]?.TransitGatewayAttachmentId

const rank = ({Type, PrefixListId}: TransitGatewayRoute) => (Type === 'propagated' ? 2 : PrefixListId ? 1 : 0)

/** A route of a prefix list that could not be read may match any traffic. */
function unreadPrefixList({ManagedPrefixLists}: WalkReadings, id: string, routes: readonly TransitGatewayRoute[]) {
  const unread = allWith(routes, isPrefixListRoute, true).find(
    ({PrefixListId}) => !isReadWith(lookup(ManagedPrefixLists, 'PrefixListId', PrefixListId), 'Entries'),
  )
  return (
    unread &&
    `Transit gateway route table ${id} has a route for prefix list ${unread.PrefixListId}, whose entries could not be read.`
  )
}

const isPrefixListRoute = ({DestinationCidrBlock, PrefixListId}: TransitGatewayRoute) => [
  DestinationCidrBlock === undefined && PrefixListId !== undefined,
]

function cidrsOf(
  lists: WalkReadings['ManagedPrefixLists'],
  {DestinationCidrBlock, PrefixListId}: TransitGatewayRoute,
): readonly string[] {
  if (DestinationCidrBlock) return [DestinationCidrBlock]
  const entries = find(lists, 'PrefixListId', PrefixListId)?.Entries ?? []
  return isUnreadable(entries) ? [] : entries.flatMap(({Cidr}) => Cidr ?? [])
}
