import {isUnreadable, itemsOf, type TransitGatewayRoute, type TransitGatewayRouteTable} from '../../account/account.ts'
import {find, lookup} from '../../account/joins.ts'
import {type Family, inWords, parseCidr} from '../address.ts'
import {type Entry, type Flow, hop} from '../flow.ts'
import type {Hop} from '../path.ts'
import {intersect, isEmpty, type Ranges, sizeOf, subtract} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'

/** What a transit gateway does with traffic that comes in through an attachment: where to, or why not. */
export type Onward = {
  readonly hop: Hop
  readonly to?: {readonly type: string; readonly id: string; readonly attachment: string}
}

/**
 * The route table that the attachment is associated with, longest prefix, static before propagated.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function onwardFrom(flow: Flow, gatewayId: string, attachment: string): Onward {
  const table = tableFor(flow.readings, gatewayId, attachment)
  if (table === 'opaque') {
    const owner = find(flow.readings.TransitGateways, 'TransitGatewayId', gatewayId)?.OwnerId
    const because = `The route tables of transit gateway ${gatewayId}${owner ? `, owned by account ${owner},` : ''} could not be read.`
    return {
      hop: hop('gateway', gatewayId, 'unknown', because, {
        leg: 'attachment',
        fault: {cause: 'tgw.opaque'},
        unread: 'TransitGatewayRouteTables',
      }),
    }
  }
  if (table === undefined) {
    const because = `Attachment ${attachment} is associated with no route table of transit gateway ${gatewayId}, so what it sends is dropped.`
    return {hop: hop('gateway', gatewayId, 'blocked', because, {leg: 'attachment', fault: {cause: 'tgw.no-route'}})}
  }
  const {TransitGatewayRouteTableId: id, Routes} = table
  if (isUnreadable(Routes)) {
    const because = `The routes of ${id} could not be read.`
    return {
      hop: hop('gateway', id, 'unknown', because, {
        leg: 'attachment',
        fault: {cause: 'tgw.opaque'},
        unread: 'TransitGatewayRouteTables',
      }),
    }
  }
  const doubt = doubtIn(flow.readings, id, Routes)
  if (doubt) return {hop: hop('gateway', id, 'unknown', doubt, {leg: 'attachment', unread: 'ManagedPrefixLists'})}
  const route = mainRoute(flow.readings, Routes, flow.family, flow.destination)
  const next = route?.TransitGatewayAttachments?.[0]
  if (route && route.State !== 'blackhole' && !next?.TransitGatewayAttachmentId) {
    const because = `To which attachment ${id} sends what is bound for ${inWords(flow.destination)} could not be read.`
    const unread = {fault: {cause: 'tgw.opaque'}, unread: 'TransitGatewayRouteTables'} as const
    return {hop: hop('gateway', id, 'unknown', because, {leg: 'attachment', ...unread})}
  }
  if (!route || route.State === 'blackhole' || !next) {
    const because = route
      ? `Transit gateway route table ${id} drops what is bound for ${inWords(flow.destination)}: its route ${route.DestinationCidrBlock ?? route.PrefixListId ?? 'for it'} is a black hole.`
      : `Transit gateway route table ${id} has no route for ${inWords(flow.destination)}.`
    const fault = {
      cause: 'tgw.no-route',
      detail: {
        cidr: flow.target ? inWords(flow.destination) : '0.0.0.0/0',
        blackhole: route?.DestinationCidrBlock ?? '',
      },
    }
    return {hop: hop('gateway', id, 'blocked', because, {leg: 'attachment', fault})}
  }
  const there = next.TransitGatewayAttachmentId ?? ''
  const to = {type: next.ResourceType ?? 'attachment', id: next.ResourceId ?? there, attachment: there}
  const because = `Transit gateway route table ${id} sends it to ${to.type} ${to.id}.`
  return {hop: hop('gateway', id, 'open', because, {leg: 'attachment'}), to}
}

/** The way back through the transit gateway, from the attachment of the hub to that of the instance's VPC. */
export function returnThroughTransitGateway(
  flow: Flow,
  entry: Extract<Entry, {by: 'transit-gateway'}>,
): readonly Hop[] {
  const more = {leg: 'hub', direction: 'reply'} as const
  const table = tableFor(flow.readings, entry.id, entry.attachment)
  if (table === 'opaque' || (table && isUnreadable(table.Routes))) {
    const because = `The route table of transit gateway ${entry.id} for the way back could not be read.`
    return [
      hop('gateway', entry.id, 'unknown', because, {
        ...more,
        fault: {cause: 'tgw.opaque'},
        unread: 'TransitGatewayRouteTables',
      }),
    ]
  }
  const routes = table && !isUnreadable(table.Routes) ? table.Routes : []
  const resource = table?.TransitGatewayRouteTableId ?? entry.id
  const doubt = doubtIn(flow.readings, resource, routes)
  if (doubt) return [hop('gateway', resource, 'unknown', doubt, {...more, unread: 'ManagedPrefixLists'})]
  const route = mainRoute(flow.readings, routes, flow.family, flow.source)
  const next = route?.TransitGatewayAttachments?.[0]
  if (route && route.State !== 'blackhole' && !next?.TransitGatewayAttachmentId) {
    const because = `To which attachment ${resource} sends the reply could not be read.`
    const unread = {fault: {cause: 'tgw.opaque'}, unread: 'TransitGatewayRouteTables'} as const
    return [hop('gateway', resource, 'unknown', because, {...more, ...unread})]
  }
  if (route?.State !== 'blackhole' && next?.TransitGatewayAttachmentId === entry.home)
    return [
      hop(
        'gateway',
        resource,
        'open',
        `Transit gateway route table ${resource} sends the reply back to ${entry.home}.`,
        more,
      ),
    ]

  const because = table
    ? `Transit gateway route table ${resource}, which the reply meets, ${next && route?.State !== 'blackhole' ? `sends it to ${next.ResourceId ?? next.TransitGatewayAttachmentId}` : 'has no route'} instead of back to the VPC of the instance.`
    : `Attachment ${entry.attachment} is associated with no route table of transit gateway ${entry.id}, so the reply is dropped.`
  const cidr = itemsOf(flow.readings.Vpcs).find(({VpcId}) => VpcId === flow.subnet.VpcId)?.CidrBlock ?? ''
  const fault = {cause: 'tgw.no-return', detail: {cidr, attachment: entry.home}}
  return [hop('gateway', resource, 'blocked', because, {...more, fault})]
}

/** An empty list of another account's route tables is no answer: only the owner sees them. */
function tableFor(
  readings: WalkReadings,
  gatewayId: string,
  attachment: string,
): TransitGatewayRouteTable | 'opaque' | undefined {
  const tables = itemsOf(readings.TransitGatewayRouteTables).filter(
    ({TransitGatewayId}) => TransitGatewayId === gatewayId,
  )
  const own = tables.find(({Associations}) =>
    itemsOf(Associations).some(
      ({TransitGatewayAttachmentId, State = 'associated'}) =>
        TransitGatewayAttachmentId === attachment && State === 'associated',
    ),
  )
  if (own) return own
  if (tables.some(({Associations}) => isUnreadable(Associations))) return 'opaque'
  if (tables.length > 0) return undefined
  return isUnreadable(readings.TransitGatewayRouteTables) || !ownsTransitGateway(readings, gatewayId)
    ? 'opaque'
    : undefined
}

function ownsTransitGateway({TransitGateways, Caller, AlsoSeenBy = []}: WalkReadings, id: string): boolean {
  const gateway = lookup(TransitGateways, 'TransitGatewayId', id)
  if (gateway === undefined || isUnreadable(gateway)) return false
  return gateway.OwnerId !== undefined && [Caller?.Account, ...AlsoSeenBy].includes(gateway.OwnerId)
}

interface Candidate {
  readonly ranges: Ranges
  readonly prefix: number
  readonly route: TransitGatewayRoute
}

/** The route that takes the most of the destination. */
function mainRoute(
  readings: WalkReadings,
  routes: readonly TransitGatewayRoute[],
  family: Family,
  destination: Ranges,
): TransitGatewayRoute | undefined {
  const taken = new Map<TransitGatewayRoute, number>()
  let left = destination
  for (const {ranges, route} of candidatesOf(readings, routes, family)) {
    const hit = intersect(left, ranges)
    if (isEmpty(hit)) continue
    taken.set(route, (taken.get(route) ?? 0) + sizeOf(hit))
    left = subtract(left, hit)
  }
  const [main] = [...taken].sort((a, b) => b[1] - a[1])
  return main && main[1] >= sizeOf(left) ? main[0] : undefined
}

const candidatesOf = (
  readings: WalkReadings,
  routes: readonly TransitGatewayRoute[],
  family: Family,
): readonly Candidate[] =>
  routes
    .flatMap((route) => cidrsOf(readings, route).map((cidr) => ({route, parsed: parseCidr(cidr)})))
    .flatMap(({route, parsed}) =>
      parsed?.family === family ? [{route, ranges: parsed.ranges, prefix: parsed.prefix}] : [],
    )
    .sort((a, b) => b.prefix - a.prefix || rank(a.route) - rank(b.route))

const rank = ({Type, PrefixListId}: TransitGatewayRoute) => (Type === 'propagated' ? 2 : PrefixListId ? 1 : 0)

/** A route of a prefix list that could not be read may take any traffic. */
function doubtIn({ManagedPrefixLists}: WalkReadings, id: string, routes: readonly TransitGatewayRoute[]) {
  const unread = routes.find(({DestinationCidrBlock, PrefixListId}) => {
    if (DestinationCidrBlock !== undefined || PrefixListId === undefined) return false
    const list = lookup(ManagedPrefixLists, 'PrefixListId', PrefixListId)
    return list === undefined || isUnreadable(list) || isUnreadable(list.Entries)
  })
  return (
    unread &&
    `Transit gateway route table ${id} has a route for prefix list ${unread.PrefixListId}, whose entries could not be read.`
  )
}

function cidrsOf(readings: WalkReadings, {DestinationCidrBlock, PrefixListId}: TransitGatewayRoute): readonly string[] {
  if (DestinationCidrBlock) return [DestinationCidrBlock]
  const entries = find(readings.ManagedPrefixLists, 'PrefixListId', PrefixListId)?.Entries ?? []
  return isUnreadable(entries) ? [] : entries.flatMap(({Cidr}) => Cidr ?? [])
}
