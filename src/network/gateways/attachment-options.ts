import type {TransitGatewayVpcAttachment} from '../../model/account.ts'

/**
 * AWS added these fields after the types of the SDK, so they are looked up by name.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-policy-tables-associate.html
 * https://docs.aws.amazon.com/cli/latest/reference/ec2/modify-transit-gateway-attachment-nat-configuration.html
 */
export const usesPolicyTable = (attachment: TransitGatewayVpcAttachment): boolean =>
  hasField(attachment, (name, value) => name === 'TransitGatewayPolicyTableId' && typeof value === 'string')

export const translates = (attachment: TransitGatewayVpcAttachment): boolean =>
  hasField(attachment, (name, value) => name === 'NatGatewaySupport' && value === 'enable')

/** In the attachment itself, or in an object of it. */
const hasField = (item: object, isField: (name: string, value: unknown) => boolean): boolean =>
  Object.entries(item).some(
    ([name, value]) =>
      isField(name, value) ||
      (typeof value === 'object' && value !== null && Object.entries(value).some(([key, one]) => isField(key, one))),
  )
