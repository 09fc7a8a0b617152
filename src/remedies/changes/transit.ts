import {
  isUnreadable,
  type TransitGatewayRoute,
  type TransitGatewayRouteTable,
  type TransitGatewayVpcAttachment,
} from '../../model/account.ts'
import {append, editList, set} from '../../model/effect.ts'
import {type Change, change} from '../core/change.ts'
import {ec2} from '../core/remedy.ts'
import {activateRoutesTo} from './routes.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html */
export const acceptPeering = (VpcPeeringConnectionId: string): Change =>
  change({
    calls: ec2('AcceptVpcPeeringConnection', {VpcPeeringConnectionId}),
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

/**
 * An attachment is routed by the only route table it is associated with.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export const associateTransitTable = (
  TransitGatewayRouteTableId: string,
  {TransitGatewayAttachmentId, VpcId: ResourceId = ''}: TransitGatewayVpcAttachment,
): Change =>
  change({
    calls: ec2('AssociateTransitGatewayRouteTable', {TransitGatewayRouteTableId, TransitGatewayAttachmentId}),
    effects: append('TransitGatewayRouteTables', TransitGatewayRouteTableId, 'Associations', {
      TransitGatewayAttachmentId,
      ResourceId,
      ResourceType: 'vpc',
      State: 'associated',
    }),
  })

/**
 * A static route to an attachment. An existing one for the same block is replaced; a propagated one is overridden.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function routeToAttachment(
  {TransitGatewayRouteTableId, Routes}: TransitGatewayRouteTable,
  DestinationCidrBlock: string,
  {TransitGatewayAttachmentId, VpcId: ResourceId = ''}: TransitGatewayVpcAttachment,
): Change {
  const isReplaced = (route: TransitGatewayRoute) =>
    route.DestinationCidrBlock === DestinationCidrBlock && route.Type !== 'propagated'
  const former = isUnreadable(Routes) ? undefined : Routes.find(isReplaced)
  const where = {DestinationCidrBlock, TransitGatewayRouteTableId}
  const route: TransitGatewayRoute = {
    DestinationCidrBlock,
    Type: 'static',
    State: 'active',
    TransitGatewayAttachments: [{TransitGatewayAttachmentId, ResourceId, ResourceType: 'vpc'}],
  }
  return change({
    calls: ec2(former ? 'ReplaceTransitGatewayRoute' : 'CreateTransitGatewayRoute', {
      ...where,
      TransitGatewayAttachmentId,
    }),
    ...(former && {undo: ec2('ReplaceTransitGatewayRoute', {...where, ...formerTarget(former)})}),
    effects: editList('TransitGatewayRouteTables', TransitGatewayRouteTableId, 'Routes', (routes) => [
      ...routes.filter((one) => !isReplaced(one)),
      route,
    ]),
  })
}

function formerTarget({TransitGatewayAttachments}: TransitGatewayRoute) {
  const id = TransitGatewayAttachments?.[0]?.TransitGatewayAttachmentId
  return id === undefined ? {Blackhole: true} : {TransitGatewayAttachmentId: id}
}
