import {withItem} from '../account/joins.ts'
import type {Change} from './change.ts'
import {withRoutesAlive} from './routes-of-table.ts'

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
