import {isUnreadable, type TransitGatewayVpcAttachment} from '../../model/account.ts'

/**
 * A policy table routes instead of a route table: an attachment is associated with one of them.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-policy-tables-associate.html
 */
export const policyTableOf = ({Association}: TransitGatewayVpcAttachment): string | undefined =>
  Association === undefined || isUnreadable(Association) ? undefined : Association.TransitGatewayPolicyTableId

/**
 * NAT gives the traffic of an attachment other addresses; AWS shows the state to the owner of the transit gateway.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nat-routing.html
 */
export const translates = ({NatGatewaySupport = 'disabled'}: TransitGatewayVpcAttachment): boolean =>
  NatGatewaySupport !== 'disabled'

/** Neither could be read. */
export const areOptionsUnread = ({Association}: TransitGatewayVpcAttachment): boolean => isUnreadable(Association)
