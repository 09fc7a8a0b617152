import type {Subnet, TransitGatewayVpcAttachment} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {type Flow, hop} from '../context.ts'
import type {Hop, Leg} from '../path.ts'

export const knownSubnetsOf = ({readings}: Flow, {SubnetIds}: TransitGatewayVpcAttachment): readonly Subnet[] =>
  SubnetIds.flatMap((id) => find(readings.Subnets, 'SubnetId', id) ?? [])

/**
 * The subnets of the attachment that accept traffic of the zone; or that there is none, or that one may be among those
 * that were not read or whose zone AWS has yet to choose. Zones of two accounts compare by their ids.
 */
export function attachmentSubnetsOf(
  flow: Flow,
  attachment: TransitGatewayVpcAttachment,
  from: Subnet,
): readonly Subnet[] | 'no zone' | 'unread' {
  const known = knownSubnetsOf(flow, attachment)
  const near = known.filter((subnet) => sameZone(subnet, from))
  if (near.length > 0) return near
  if (known.length < attachment.SubnetIds.length) return 'unread'
  // A regional NAT gateway, which has the id of its VPC for that of a subnet, is in every zone.
  if (known.length === 0 || from.SubnetId === from.VpcId) return near
  return [from, ...known].every(hasZone) ? 'no zone' : 'unread'
}

/** An attachment of which not every subnet was read. */
export const unreadSubnets = (attachment: TransitGatewayVpcAttachment, leg: Leg, direction: Hop['direction']): Hop => {
  const id = attachment.TransitGatewayAttachmentId
  const because = `The subnets of attachment ${id} could not be read.`
  return hop('gateway', id, 'unknown', because, {leg, direction, fault: {cause: 'tgw.opaque'}, unread: 'Subnets'})
}

const hasZone = ({AvailabilityZone, AvailabilityZoneId}: Subnet) =>
  (AvailabilityZone ?? AvailabilityZoneId) !== undefined

/** The zone of a subnet that is not created yet may not be known. */
export const sameZone = (a: Subnet, b: Subnet) =>
  a.SubnetId === b.SubnetId ||
  (a.AvailabilityZoneId !== undefined && b.AvailabilityZoneId !== undefined
    ? a.AvailabilityZoneId === b.AvailabilityZoneId
    : a.AvailabilityZone !== undefined && a.AvailabilityZone === b.AvailabilityZone)
