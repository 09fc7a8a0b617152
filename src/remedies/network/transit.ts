import {
  isUnreadable,
  itemsOf,
  type TransitGatewayRouteTable,
  type TransitGatewayVpcAttachment,
} from '../../model/account.ts'
import {knownTableOf} from '../../model/joins.ts'
import {allWith, find} from '../../model/lists.ts'
import {parseCidr} from '../../network/address.ts'
import {isInAvailabilityZone} from '../../network/endpoints/zone.ts'
import {sameZone} from '../../network/gateways/attachment-subnets.ts'
import {includes} from '../../network/ranges.ts'
import {destinationOf} from '../../network/routing/route-table.ts'
import {inList} from '../../util/list-in-words.ts'
import {routesTo} from '../changes/routes.ts'
import {
  acceptAttachment,
  acceptPeering,
  addAttachmentSubnet,
  associateTransitTable,
  routeToAttachment,
} from '../changes/transit.ts'
import {type Change, contactOwner, inSequence, remedyOf, waitFor} from '../core/change.ts'
import {ec2, type Remedy} from '../core/remedy.ts'
import {blockedAfter} from '../core/verify.ts'
import {countedOrNo} from './blast-radius.ts'
import {blockAround, blocksOf, leadsOut} from './blocks.ts'
import {endpointsFor} from './endpoint-set.ts'
import {type FaultContext, proposed, textOf, textsOf} from './fault-context.ts'
import {throughNat} from './routes.ts'
import {hasIpv4, hasRoomFor} from './subnet-families.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html'
const ATTACHMENT_DOCS = 'https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html'

const attachmentOf = ({facts}: FaultContext, id: string | undefined): TransitGatewayVpcAttachment | undefined =>
  find(facts.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', id)

/** Paths without a transit gateway and a peering connection. */
function withoutGateway(fault: FaultContext, gatewayId: string | undefined): readonly Remedy[] {
  const {facts, vpcId} = fault
  const routes = gatewayId === undefined ? [] : routesTo(facts, gatewayId)
  const defaults = routes.filter(({table, route}) => table.VpcId === vpcId && leadsOut(destinationOf(route)))
  const nat = throughNat(
    fault,
    defaults.map(({table, route}) => ({table, destination: destinationOf(route)})),
  )
  return [...nat, ...endpointsFor(fault)]
}

/** States that end by themselves. */
const IN_TRANSITION: ReadonlySet<string> = new Set(['modifying', 'pending', 'initiatingRequest', 'rollingBack'])

export function acceptTransit(fault: FaultContext): readonly Remedy[] {
  const {resource} = fault
  const state = textOf(fault, 'state')
  if (state && IN_TRANSITION.has(state)) {
    const shown = ec2('DescribeTransitGatewayVpcAttachments', {TransitGatewayAttachmentIds: [resource]})
    return [waitFor(`attachment ${resource}`, shown, ATTACHMENT_DOCS)]
  }
  const {TransitGatewayId: gateway} = attachmentOf(fault, resource) ?? {}
  const around = withoutGateway(fault, gateway)
  if (state !== 'pendingAcceptance') return around
  const title = `Accept attachment ${resource} to transit gateway ${gateway}`
  const accept = remedyOf(title, acceptAttachment(resource, gateway ?? ''), {
    docs: ATTACHMENT_DOCS,
    cost: 'The attachment is billed by the hour and per GB',
    effect: `The owner of transit gateway ${gateway} accepts it, for the whole VPC.`,
  })
  return [accept, ...around]
}

/**
 * A subnet in the zone of the one whose traffic is not taken, of the instance or in the hub; that one itself is preferred,
 * because then no other network ACL applies.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
 */
export function addZone(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const from = find(facts.Subnets, 'SubnetId', textOf(fault, 'subnetId'))
  const others = withoutGateway(fault, attachmentOf(fault, resource)?.TransitGatewayId)
  if (!from) return others
  const inZone = allWith(facts.Subnets, 'VpcId', from.VpcId).filter((one) => sameZone(one, from))
  const suitable = [from, ...inZone].filter((one) => isInAvailabilityZone(one) && hasIpv4(one) && hasRoomFor(1, one))
  // What leaves the attachment is routed by the table of its subnet.
  const oneOfEachTable = new Map(suitable.toReversed().map((one) => [knownTableOf(facts, one)?.RouteTableId, one]))
  const candidates = [...oneOfEachTable.values()]
    .toReversed()
    .map(({SubnetId}) => ({SubnetId, change: addAttachmentSubnet(resource, SubnetId)}))
  const best = bestOf(fault, candidates)
  if (!best) return others
  const zone = from.AvailabilityZone
  return [
    remedyOf(`Add subnet ${best.SubnetId} in ${zone} to attachment ${resource}`, best.change, {
      docs: ATTACHMENT_DOCS,
      effect: `The attachment then accepts traffic of ${zone} from every subnet of VPC ${from.VpcId}.`,
    }),
    ...others,
  ]
}

/** The target for the transit gateway: the attachment through which most of the services are reached. */
export function addTransitRoute(fault: FaultContext): readonly Remedy[] {
  const {facts, vpcId, resource} = fault
  const table = find(facts.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', resource)
  if (!table) return [...associateSomeTable(fault), ...endpointsFor(fault)]
  const [cidr] = textsOf(fault, 'cidrs')
  if (cidr === undefined) return withoutGateway(fault, table.TransitGatewayId)
  const block = leadsOut(cidr) ? cidr : blockAround(facts, cidr)
  const others = allWith(facts.TransitGatewayVpcAttachments, 'TransitGatewayId', table.TransitGatewayId).filter(
    ({VpcId, State}) => VpcId !== undefined && VpcId !== vpcId && (State ?? 'available') === 'available',
  )
  const holders = others.filter(({VpcId}) => blocksOf(facts, VpcId ?? '').includes(block))
  const blocks = blocksToRoute(fault, table, block)
  const candidates = (leadsOut(block) ? others : holders).map((attachment) => ({
    attachment,
    change: inSequence(...blocks.map((one) => routeToAttachment(table, one, attachment))),
  }))
  const best = bestOf(fault, candidates)
  const through = best
    ? proposed(
        `Route ${inList(blocks)} in ${resource} to attachment ${best.attachment.TransitGatewayAttachmentId} (VPC ${best.attachment.VpcId})`,
        best.change,
        {docs: DOCS, effect: tableEffect(table)},
      )
    : [
        contactOwner(
          `Ask the owner of transit gateway ${table.TransitGatewayId} to route ${block} in ${resource} to a VPC with a route to the destination`,
          DOCS,
        ),
      ]
  return [...through, ...withoutGateway(fault, table.TransitGatewayId)]
}

/** A blackhole route that is longer than the block has to be replaced itself, and so has each half of a default route. */
function blocksToRoute(fault: FaultContext, {Routes}: TransitGatewayRouteTable, block: string): readonly string[] {
  const within = parseCidr(block)
  const replaced = itemsOf(Routes).flatMap(({State, DestinationCidrBlock: cidr = ''}) => {
    const isDead = State === 'blackhole' && (leadsOut(cidr) || cidr === textOf(fault, 'blackhole'))
    const dead = isDead ? parseCidr(cidr) : undefined
    return dead?.family === within?.family && dead && within && includes(within.ranges, dead.ranges) ? [cidr] : []
  })
  return replaced.length > 0 ? replaced : [block]
}

const tableEffect = ({TransitGatewayRouteTableId, Associations}: TransitGatewayRouteTable): string =>
  `${TransitGatewayRouteTableId} is associated with ${countedOrNo(itemsOf(Associations).length, 'attachment')}.`

function bestOf<T extends {readonly change: Change}>(
  {facts, instance, services}: FaultContext,
  candidates: readonly T[],
): T | undefined {
  return candidates
    .map((candidate) => ({candidate, blocked: blockedAfter(facts, instance, candidate.change, services)}))
    .sort((a, b) => a.blocked - b.blocked)[0]?.candidate
}

/** An attachment without a route table is associated with the best one. */
function associateSomeTable(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const unassociated = textOf(fault, 'unassociated')
  const attachment = find(facts.TransitGatewayVpcAttachments, 'TransitGatewayAttachmentId', unassociated)
  if (!attachment || isRouted(fault, attachment.TransitGatewayAttachmentId)) return []
  const tables = allWith(facts.TransitGatewayRouteTables, 'TransitGatewayId', resource)
  const candidates = tables.map((table) => ({
    table,
    change: associateTransitTable(table.TransitGatewayRouteTableId, attachment),
  }))
  const best = bestOf(fault, candidates)
  if (!best) return []
  const {table, change} = best
  const title = `Associate attachment ${attachment.TransitGatewayAttachmentId} with ${table.TransitGatewayRouteTableId}`
  return proposed(title, change, {
    docs: DOCS,
    effect: `The traffic of VPC ${attachment.VpcId} is then routed by it.`,
  })
}

const isRouted = ({facts}: FaultContext, attachmentId: string): boolean =>
  itemsOf(facts.TransitGatewayRouteTables).some(
    ({Associations}) =>
      !isUnreadable(Associations) &&
      Associations.some(({TransitGatewayAttachmentId}) => TransitGatewayAttachmentId === attachmentId),
  )

/** The return route to the VPC of the instance. */
export function addReturn(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const table = find(facts.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', resource)
  const ownAttachment = attachmentOf(fault, textOf(fault, 'attachment'))
  if (!table || !ownAttachment) return [...associateSomeTable(fault), ...endpointsFor(fault)]
  // A blackhole route that is longer than the block of the VPC has to be replaced itself.
  const block = textOf(fault, 'blackhole') ?? blockAround(facts, textOf(fault, 'source') ?? '')
  const sender = textOf(fault, 'sender')
  const place = textOf(fault, 'blackhole') ? `which contains ${sender}` : `the VPC of ${sender}`
  const title = `Route ${block}, ${place}, in ${resource} to attachment ${ownAttachment.TransitGatewayAttachmentId}`
  return proposed(title, routeToAttachment(table, block, ownAttachment), {docs: DOCS, effect: tableEffect(table)})
}

export function activatePeering(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const around = withoutGateway(fault, resource)
  const connection = find(facts.VpcPeeringConnections, 'VpcPeeringConnectionId', resource)
  if (!connection || textOf(fault, 'state') !== 'pending-acceptance') return around
  const accept = remedyOf(`Accept peering connection ${resource}`, acceptPeering(connection), {
    docs: 'https://docs.aws.amazon.com/vpc/latest/peering/accept-vpc-peering-connection.html',
    effect: 'The two VPCs then reach each other as far as their routes and groups allow.',
  })
  return [accept, ...around]
}

/** Peering does not reach beyond the peer. */
export const aroundPeering = (fault: FaultContext): readonly Remedy[] => withoutGateway(fault, fault.resource)
