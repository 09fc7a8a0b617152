import {
  isUnreadable,
  itemsOf,
  type Kind,
  type TransitGatewayRoute,
  type TransitGatewayRouteTable,
} from '../../model/account.ts'
import {allWith, find, lookup, routeTableOf} from '../../model/joins.ts'
import {memo} from '../../util/memo.ts'
import {blocksOf, EVERYWHERE, inWords} from '../address.ts'
import {type Block, blockIndex} from '../block-index.ts'
import {type Entry, type Flow, hop, NEGLIGIBLE, type TransitLeg} from '../context.ts'
import type {Hop} from '../path.ts'
import {intersect, isEmpty, type Ranges, sizeOf, subtract} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'
import {portionsOf, targetOf} from '../routing/route-table.ts'
import {areOptionsUnread, policyTableOf, translates} from './attachment-options.ts'
import {firewallSubnet} from './endpoint-route.ts'

/** What a transit gateway does with traffic from an attachment: the target, or why it is dropped. */
export type NextHop = {
  readonly hop: Hop
  readonly to?: {readonly type: string; readonly id: string; readonly attachment: string}
}

/** The position of a hop on its path. */
type RouteCandidate = Pick<Hop, 'leg'> & Partial<Pick<Hop, 'direction'>>

const COMING_IN: RouteCandidate = {leg: 'attachment'}
const GOING_BACK: RouteCandidate = {leg: 'hub', direction: 'reply'}

const opaque = (resource: string, because: string, candidate: RouteCandidate): Hop =>
  hop('gateway', resource, 'unknown', because, {
    ...candidate,
    fault: {cause: 'tgw.opaque'},
    unread: 'TransitGatewayRouteTables',
  })

/**
 * The route table that the attachment is associated with, longest prefix, static before propagated.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function onwardFrom(flow: Flow, gatewayId: string, attachment: string): NextHop {
  const unknownHop = doubtOf(flow.readings, gatewayId, attachment, COMING_IN)
  if (unknownHop) return {hop: unknownHop}
  const table = tableFor(flow.readings, gatewayId, attachment)
  if (table === 'opaque') {
    const owner = find(flow.readings.TransitGateways, 'TransitGatewayId', gatewayId)?.OwnerId
    const because = `The route tables of transit gateway ${gatewayId}${owner ? `, owned by account ${owner},` : ''} could not be read.`
    return {hop: opaque(gatewayId, because, COMING_IN)}
  }
  if (table === undefined) {
    const because = `Attachment ${attachment} is associated with no route table of transit gateway ${gatewayId}, so its traffic is dropped.`
    const fault = {cause: 'tgw.no-route', likely: true, detail: {unassociated: attachment}} as const
    return {hop: hop('gateway', gatewayId, 'blocked', because, {...COMING_IN, fault})}
  }
  const {TransitGatewayRouteTableId: id, Routes} = table
  if (isUnreadable(Routes)) return {hop: opaque(id, `The routes of ${id} could not be read.`, COMING_IN)}
  const bound = `what is bound for ${inWords(flow.destination)}`
  const chosen = chosenIn(flow, {id, routes: Routes, candidate: COMING_IN}, flow.destination, bound)
  if ('unknown' in chosen) return {hop: chosen.unknown}
  const {route, next} = chosen
  if (!next) return {hop: dropped(flow, id, route)}
  const {TransitGatewayAttachmentId: there} = next
  const to = {type: next.ResourceType ?? 'attachment', id: next.ResourceId ?? there, attachment: there}
  return {
    hop: hop('gateway', id, 'open', `Transit gateway route table ${id} routes it to ${to.type} ${to.id}.`, COMING_IN),
    to,
  }
}

/**
 * A policy table routes instead of a route table, and NAT on the attachment gives the traffic other addresses: neither
 * is in the collected data.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-policy-tables-associate.html
 */
function doubtOf(
  readings: WalkReadings,
  gatewayId: string,
  attachmentId: string,
  candidate: RouteCandidate,
): Hop | undefined {
  const attachment = find(readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', attachmentId)
  if (attachment === undefined) return undefined
  const opaqueHop = (because: string, unread?: Kind) =>
    hop('gateway', gatewayId, 'unknown', because, {
      ...candidate,
      fault: {cause: 'tgw.opaque'},
      ...(unread && {unread}),
    })
  const policyTable = policyTableOf(attachment)
  if (policyTable !== undefined)
    return opaqueHop(
      `Attachment ${attachmentId} is associated with policy table ${policyTable}, whose rules ssm-doctor does not read.`,
    )
  if (translates(attachment))
    return opaqueHop(`Attachment ${attachmentId} translates addresses (NAT), by rules that ssm-doctor does not read.`)
  return areOptionsUnread(attachment)
    ? opaqueHop(
        `Whether attachment ${attachmentId} is associated with a policy table or translates addresses could not be read.`,
        'TransitGatewayVpcAttachments',
      )
    : undefined
}

type Attachment = NonNullable<TransitGatewayRoute['TransitGatewayAttachments']>[number]

/** A route table of a transit gateway, in the direction in which it is used. */
interface TransitTable {
  readonly id: string
  readonly routes: readonly TransitGatewayRoute[]
  readonly candidate: RouteCandidate
}

type Chosen =
  | {readonly unknown: Hop}
  | {
      readonly route: TransitGatewayRoute | undefined
      /** Absent if there is no route, or a blackhole route. */
      readonly next: (Attachment & {readonly TransitGatewayAttachmentId: string}) | undefined
    }

/** The route that matches most of these addresses, and its attachment; or what is not known about them. */
function chosenIn(
  {readings, family}: Flow,
  {id, routes, candidate}: TransitTable,
  addresses: Ranges,
  what: string,
): Chosen {
  const because = doubtIn(readings, id, routes)
  if (because) return {unknown: hop('gateway', id, 'unknown', because, {...candidate, unread: 'ManagedPrefixLists'})}
  const {route, isSplit} = mainRoute(routes)(readings.ManagedPrefixLists)[family](addresses)
  if (isSplit) {
    const split = `Transit gateway route table ${id} routes some of ${inWords(addresses)} elsewhere; cannot determine where it routes ${what}.`
    return {unknown: hop('gateway', id, 'unknown', split, {...candidate, fault: {cause: 'tgw.opaque'}})}
  }
  if (!route || route.State === 'blackhole') return {route, next: undefined}
  const next = route.TransitGatewayAttachments?.[0]
  const {TransitGatewayAttachmentId} = next ?? {}
  return TransitGatewayAttachmentId === undefined
    ? {unknown: opaque(id, `Cannot determine to which attachment ${id} routes ${what}.`, candidate)}
    : {route, next: {...next, TransitGatewayAttachmentId}}
}

function dropped({destination, target}: Flow, id: string, route: TransitGatewayRoute | undefined): Hop {
  const because = route
    ? `Transit gateway route table ${id} drops what is bound for ${inWords(destination)}: its route ${route.DestinationCidrBlock ?? route.PrefixListId ?? 'for it'} is a blackhole route.`
    : `Transit gateway route table ${id} has no route for ${inWords(destination)}.`
  const detail = {
    cidrs: target ? blocksOf(destination) : blocksOf(EVERYWHERE[4]),
    blackhole: route?.DestinationCidrBlock ?? '',
  }
  return hop('gateway', id, 'blocked', because, {...COMING_IN, fault: {cause: 'tgw.no-route', detail}})
}

/** The return path through the transit gateway, from the attachment of the hub to that of the instance's VPC. */
export const returnThroughTransitGateways = (
  flow: Flow,
  {back}: Extract<Entry, {by: 'transit-gateway'}>,
): readonly Hop[] => back.flatMap((leg) => returnThrough(flow, leg))

/** More VPCs than a reply passes on its return path. */
const MAX_DETOURS = 3

function returnThrough(flow: Flow, entry: TransitLeg, detours = 0): readonly Hop[] {
  const unknownHop = doubtOf(flow.readings, entry.id, entry.attachment, GOING_BACK)
  if (unknownHop) return [unknownHop]
  const table = tableFor(flow.readings, entry.id, entry.attachment)
  if (table === 'opaque' || (table && isUnreadable(table.Routes))) {
    const because = `The route table of transit gateway ${entry.id} for the return traffic could not be read.`
    return [opaque(entry.id, because, GOING_BACK)]
  }
  if (table === undefined) {
    const because = `Attachment ${entry.attachment} is associated with no route table of transit gateway ${entry.id}, so the reply is dropped.`
    return [
      noReturnRoute(flow, entry.sourceAttachment, entry.id, because, {unassociated: entry.attachment, likely: true}),
    ]
  }
  const {TransitGatewayRouteTableId: id} = table
  const chosen = chosenIn(flow, {id, routes: itemsOf(table.Routes), candidate: GOING_BACK}, flow.source, 'the reply')
  if ('unknown' in chosen) return [chosen.unknown]
  const {next} = chosen
  if (next?.TransitGatewayAttachmentId === entry.sourceAttachment) {
    const because = `Transit gateway route table ${id} routes the reply back to ${entry.sourceAttachment}.`
    return [hop('gateway', id, 'open', because, GOING_BACK)]
  }
  const detour = next && detours < MAX_DETOURS ? onDetour(flow, entry, id, next, detours) : undefined
  if (detour) return detour
  const instead = next ? `routes it to ${next.ResourceId ?? next.TransitGatewayAttachmentId}` : 'has no route'
  const because = `Transit gateway route table ${id}, which the reply meets, ${instead} instead of back to the VPC of the instance.`
  const isElsewhere = next !== undefined && next.ResourceType !== 'vpc'
  return [noReturnRoute(flow, entry.sourceAttachment, id, because, isElsewhere ? {likely: true} : {})]
}

/**
 * The reply passes a VPC that the request did not, such as one for inspection, whose route tables may route it back
 * into the transit gateway.
 */
function onDetour(
  flow: Flow,
  entry: TransitLeg,
  tableId: string,
  {TransitGatewayAttachmentId: attachment, ResourceId}: Attachment & {readonly TransitGatewayAttachmentId: string},
  detours: number,
): readonly Hop[] | undefined {
  const {readings} = flow
  const vpcAttachment = find(readings.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', attachment)
  const through = `Transit gateway route table ${tableId} routes the reply to ${ResourceId ?? attachment}, which the request did not pass`
  if (!vpcAttachment) {
    if (readings.Caller === undefined || ownsTransitGateway(readings, entry.id)) return undefined
    return [opaque(tableId, `${through} and which is not in the collected data.`, GOING_BACK)]
  }
  const nextHops = vpcAttachment.SubnetIds.map((id) => nextOf(flow, id))
  if (nextHops.some(({to}) => to === 'unread'))
    return [opaque(tableId, `${through}; its route tables could not be read.`, GOING_BACK)]
  if (nextHops.some(({to}) => to !== entry.id)) return undefined
  const firewall = nextHops.find((one) => one.firewall)?.firewall
  const because = `${through}, and whose route table routes it back to ${entry.id}.`
  const finalHop = firewall
    ? hop('gateway', tableId, 'unknown', because, {
        ...GOING_BACK,
        fault: {cause: 'gwlb.inspection', resource: firewall},
      })
    : hop('gateway', tableId, 'open', because, GOING_BACK)
  return [...returnThrough(flow, {...entry, attachment}, detours + 1), finalHop]
}

interface Next {
  readonly to: string | undefined
  readonly firewall?: string
}

/** Where the route table of a subnet routes the reply: after a firewall endpoint, by the table of its subnet. */
function nextOf(flow: Flow, subnetId: string | undefined, firewall?: string): Next {
  const {readings} = flow
  const subnet = find(readings.Subnets, 'SubnetId', subnetId)
  const table = subnet && routeTableOf(readings, subnet)
  if (!table || isUnreadable(table) || isUnreadable(table.Routes)) return {to: 'unread'}
  const route = portionsOf(readings, table.Routes, flow.family, flow.source)[0]?.route
  if (!route || route.State === 'blackhole') return {to: undefined}
  const to = targetOf(route)
  const behind = firewall === undefined ? firewallSubnet(readings, to) : undefined
  if (behind) return nextOf(flow, behind.SubnetId, to)
  return {to: to.startsWith('vpce-') ? 'unread' : to, ...(firewall !== undefined && {firewall})}
}

function noReturnRoute(
  {readings, subnet}: Flow,
  attachment: string,
  resource: string,
  because: string,
  {likely, ...more}: {readonly unassociated?: string; readonly likely?: true} = {},
): Hop {
  const cidr = find(readings.Vpcs, 'VpcId', subnet.VpcId)?.CidrBlock ?? ''
  const fault = {cause: 'tgw.no-return', ...(likely && {likely}), detail: {cidr, attachment, ...more}}
  return hop('gateway', resource, 'blocked', because, {...GOING_BACK, fault})
}

/** An empty list of another account's route tables means nothing: only the owner sees them. */
function tableFor(
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

function ownsTransitGateway({TransitGateways, Caller, AlsoSeenBy = []}: WalkReadings, id: string): boolean {
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
function doubtIn({ManagedPrefixLists}: WalkReadings, id: string, routes: readonly TransitGatewayRoute[]) {
  const unread = allWith(routes, byListAlone, true).find(({PrefixListId}) => {
    const list = lookup(ManagedPrefixLists, 'PrefixListId', PrefixListId)
    return list === undefined || isUnreadable(list) || isUnreadable(list.Entries)
  })
  return (
    unread &&
    `Transit gateway route table ${id} has a route for prefix list ${unread.PrefixListId}, whose entries could not be read.`
  )
}

const byListAlone = ({DestinationCidrBlock, PrefixListId}: TransitGatewayRoute) => [
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
