import {isUnreadable, type TransitGatewayVpcAttachment} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'

/**
 * An attachment is routed by the only route table it is associated with.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
export const associateTransitTable = (
  TransitGatewayRouteTableId: string,
  {TransitGatewayAttachmentId, VpcId = ''}: TransitGatewayVpcAttachment,
): Change => {
  const input = {TransitGatewayRouteTableId, TransitGatewayAttachmentId}
  const association = {TransitGatewayAttachmentId, ResourceId: VpcId, ResourceType: 'vpc', State: 'associated'} as const
  return {
    steps: [{service: 'ec2', operation: 'AssociateTransitGatewayRouteTable', input}],
    undo: [{service: 'ec2', operation: 'DisassociateTransitGatewayRouteTable', input}],
    apply: (account) =>
      withItem(
        account,
        'TransitGatewayRouteTables',
        'TransitGatewayRouteTableId',
        TransitGatewayRouteTableId,
        (table) =>
          isUnreadable(table.Associations)
            ? table
            : {
                ...table,
                Associations: [...table.Associations, association],
              },
      ),
  }
}
