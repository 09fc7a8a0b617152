import {
  isUnreadable,
  type TransitGatewayRoute,
  type TransitGatewayRouteTable,
  type TransitGatewayVpcAttachment,
} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import type {Step} from '../core/remedy.ts'

/**
 * A static route to an attachment. An existing one for the same block is replaced; a propagated one is overridden.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export function routeToAttachment(
  {TransitGatewayRouteTableId, Routes}: TransitGatewayRouteTable,
  DestinationCidrBlock: string,
  {TransitGatewayAttachmentId, VpcId = ''}: TransitGatewayVpcAttachment,
): Change {
  const known = isUnreadable(Routes) ? [] : Routes
  const former = known.find(
    (route) => route.DestinationCidrBlock === DestinationCidrBlock && route.Type !== 'propagated',
  )
  const where = {DestinationCidrBlock, TransitGatewayRouteTableId}
  const operation = former ? 'ReplaceTransitGatewayRoute' : 'CreateTransitGatewayRoute'
  const route: TransitGatewayRoute = {
    DestinationCidrBlock,
    Type: 'static',
    State: 'active',
    TransitGatewayAttachments: [{TransitGatewayAttachmentId, ResourceId: VpcId, ResourceType: 'vpc'}],
  }
  return {
    steps: [{service: 'ec2', operation, input: {...where, TransitGatewayAttachmentId}}],
    undo: [former ? restored(where, former) : {service: 'ec2', operation: 'DeleteTransitGatewayRoute', input: where}],
    apply: (account) =>
      withItem(
        account,
        'TransitGatewayRouteTables',
        'TransitGatewayRouteTableId',
        TransitGatewayRouteTableId,
        (table) =>
          isUnreadable(table.Routes)
            ? table
            : {...table, Routes: [...table.Routes.filter((one) => !isSame(one, route)), route]},
      ),
  }
}

const isSame = (one: TransitGatewayRoute, other: TransitGatewayRoute) =>
  one.DestinationCidrBlock === other.DestinationCidrBlock && one.Type !== 'propagated'

function restored(where: {readonly [key: string]: string}, former: TransitGatewayRoute): Step {
  const attachment = former.TransitGatewayAttachments?.[0]?.TransitGatewayAttachmentId
  const to = attachment === undefined ? {Blackhole: true} : {TransitGatewayAttachmentId: attachment}
  return {service: 'ec2', operation: 'ReplaceTransitGatewayRoute', input: {...where, ...to}}
}
