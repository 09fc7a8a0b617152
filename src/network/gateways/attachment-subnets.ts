import type {Subnet, TransitGatewayVpcAttachment} from '../../model/account.ts'
import {find} from '../../model/joins.ts'
import type {Flow} from '../context.ts'

/** The subnets of the attachment that take traffic of the zone. Zones of two accounts compare by their ids. */
export function attachmentSubnetsOf(
  flow: Flow,
  {SubnetIds}: TransitGatewayVpcAttachment,
  from: Subnet,
): readonly Subnet[] | 'no zone' {
  const known = SubnetIds.flatMap((id) => find(flow.readings.Subnets, 'SubnetId', id) ?? [])
  const near = known.filter((subnet) => sameZone(subnet, from))
  const isKnown = known.length === SubnetIds.length && [from, ...known].every(hasZone)
  return near.length === 0 && isKnown && known.length > 0 ? 'no zone' : near
}

const hasZone = ({AvailabilityZone, AvailabilityZoneId}: Subnet) =>
  (AvailabilityZone ?? AvailabilityZoneId) !== undefined

export const sameZone = (a: Subnet, b: Subnet) =>
  a.AvailabilityZoneId !== undefined && b.AvailabilityZoneId !== undefined
    ? a.AvailabilityZoneId === b.AvailabilityZoneId
    : a.AvailabilityZone === b.AvailabilityZone
