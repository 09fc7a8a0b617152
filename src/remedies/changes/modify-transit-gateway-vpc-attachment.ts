import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'

const modification = (TransitGatewayAttachmentId: string, parameter: string, subnetId: string) => ({
  service: 'ec2' as const,
  operation: 'ModifyTransitGatewayVpcAttachment',
  input: {TransitGatewayAttachmentId, [parameter]: [subnetId]},
})

/** A subnet of the attachment serves its whole zone. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html */
export const addAttachmentSubnet = (attachmentId: string, subnetId: string): Change => ({
  steps: [modification(attachmentId, 'AddSubnetIds', subnetId)],
  undo: [modification(attachmentId, 'RemoveSubnetIds', subnetId)],
  apply: (account) =>
    withItem(account, 'TransitGatewayVpcAttachments', 'TransitGatewayAttachmentId', attachmentId, (attachment) => ({
      ...attachment,
      SubnetIds: [...attachment.SubnetIds, subnetId],
    })),
})
