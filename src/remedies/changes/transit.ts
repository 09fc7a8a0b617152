import {
  itemsOf,
  type TransitGatewayRoute,
  type TransitGatewayRouteTable,
  type TransitGatewayVpcAttachment,
  type VpcPeeringConnection,
} from '../../model/account.ts'
import {append, type Effect, editList, set} from '../../model/effect.ts'
import {type Change, change} from '../core/change.ts'
import {ec2} from '../core/remedy.ts'
import {activateRoutesTo} from './routes.ts'

/**
 * A connection between Regions is accepted in that of the accepter.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html
 */
export const acceptPeering = ({
  VpcPeeringConnectionId,
  AccepterVpcInfo,
}: Pick<VpcPeeringConnection, 'VpcPeeringConnectionId' | 'AccepterVpcInfo'>): Change =>
  change({
    calls: {
      ...ec2('AcceptVpcPeeringConnection', {VpcPeeringConnectionId}),
      ...(AccepterVpcInfo?.Region && {region: AccepterVpcInfo.Region}),
    },
    effects: [
      set('VpcPeeringConnections', VpcPeeringConnectionId, {Status: {Code: 'active', Message: 'Active'}}),
      activateRoutesTo(VpcPeeringConnectionId),
    ],
  })

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptTransitGatewayVpcAttachment.html */
export const acceptAttachment = (TransitGatewayAttachmentId: string, gatewayId: string): Change =>
  change({
    calls: ec2('AcceptTransitGatewayVpcAttachment', {TransitGatewayAttachmentId}),
    effects: [
      set('TransitGatewayVpcAttachments', TransitGatewayAttachmentId, {State: 'available'}),
      activateRoutesTo(gatewayId),
    ],
  })

/** A subnet of the attachment serves its whole zone. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html */
export const addAttachmentSubnet = (TransitGatewayAttachmentId: string, subnetId: string): Change =>
  change({
    calls: ec2('ModifyTransitGatewayVpcAttachment', {TransitGatewayAttachmentId, AddSubnetIds: [subnetId]}),
    effects: append('TransitGatewayVpcAttachments', TransitGatewayAttachmentId, 'SubnetIds', subnetId),
  })

type Attachment = Pick<TransitGatewayVpcAttachment, 'TransitGatewayAttachmentId' | 'VpcId'>

/** An attachment of a VPC, as associations and routes list it. */
export const vpcAttachment = ({TransitGatewayAttachmentId, VpcId}: Attachment) => ({
  TransitGatewayAttachmentId,
  ResourceType: 'vpc' as const,
  ...(VpcId !== undefined && {ResourceId: VpcId}),
})

/**
 * An attachment is routed by the only route table it is associated with.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export const associateTransitTable = (TransitGatewayRouteTableId: string, attachment: Attachment): Change => {
  const {TransitGatewayAttachmentId} = attachment
  return change({
    calls: ec2('AssociateTransitGatewayRouteTable', {TransitGatewayRouteTableId, TransitGatewayAttachmentId}),
    effects: append('TransitGatewayRouteTables', TransitGatewayRouteTableId, 'Associations', {
      ...vpcAttachment(attachment),
      State: 'associated',
    }),
  })
}

/** Each entry of a prefix list that the table refers to shows as a route, which is changed with its list only. */
const isStatic = (route: TransitGatewayRoute, cidr: string): boolean =>
  route.DestinationCidrBlock === cidr && route.Type !== 'propagated' && route.PrefixListId === undefined

/**
 * The only static route to a block: to an attachment, a blackhole route (null), or none. It overrides a propagated one,
 * and one of a prefix list.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export const setStaticRoute = (tableId: string, cidr: string, to?: Attachment | null): Effect => {
  const route = {
    DestinationCidrBlock: cidr,
    Type: 'static' as const,
    State: to ? ('active' as const) : ('blackhole' as const),
    TransitGatewayAttachments: to ? [vpcAttachment(to)] : [],
  }
  return editList('TransitGatewayRouteTables', tableId, 'Routes', (routes) => [
    ...routes.filter((one) => !isStatic(one, cidr)),
    ...(to === undefined ? [] : [route]),
  ])
}

export function routeToAttachment(
  {TransitGatewayRouteTableId, Routes}: TransitGatewayRouteTable,
  DestinationCidrBlock: string,
  attachment: Attachment,
): Change {
  const {TransitGatewayAttachmentId} = attachment
  const former = itemsOf(Routes).find((route) => isStatic(route, DestinationCidrBlock))
  const where = {DestinationCidrBlock, TransitGatewayRouteTableId}
  return change({
    calls: ec2(former ? 'ReplaceTransitGatewayRoute' : 'CreateTransitGatewayRoute', {
      ...where,
      TransitGatewayAttachmentId,
    }),
    ...(former && {undo: ec2('ReplaceTransitGatewayRoute', {...where, ...formerTarget(former)})}),
    effects: setStaticRoute(TransitGatewayRouteTableId, DestinationCidrBlock, attachment),
  })
}

function formerTarget({TransitGatewayAttachments}: TransitGatewayRoute) {
  const id = TransitGatewayAttachments?.[0]?.TransitGatewayAttachmentId
  return id === undefined ? {Blackhole: true} : {TransitGatewayAttachmentId: id}
}
