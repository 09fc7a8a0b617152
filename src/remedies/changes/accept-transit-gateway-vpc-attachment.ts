import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {withRoutesAlive} from '../plans/routes-of-table.ts'

const AVAILABLE = 'available' as const

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptTransitGatewayVpcAttachment.html */
export const acceptAttachment = (TransitGatewayAttachmentId: string, gatewayId: string): Change => ({
  steps: [{service: 'ec2', operation: 'AcceptTransitGatewayVpcAttachment', input: {TransitGatewayAttachmentId}}],
  undo: [{service: 'ec2', operation: 'DeleteTransitGatewayVpcAttachment', input: {TransitGatewayAttachmentId}}],
  apply: (account) =>
    withRoutesAlive(
      withItem(
        account,
        'TransitGatewayVpcAttachments',
        'TransitGatewayAttachmentId',
        TransitGatewayAttachmentId,
        (attachment) => ({...attachment, State: AVAILABLE}),
      ),
      gatewayId,
    ),
})
