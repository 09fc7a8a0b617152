import type {Vpc} from '../model/account.ts'
import {privateIpv6BlocksOf} from '../model/blocks.ts'
import {find} from '../model/lists.ts'
import {memo} from '../util/memo.ts'
import {cidrRanges, PUBLIC} from './address.ts'
import {intersect, isEmpty, type Ranges, subtract} from './ranges.ts'
import type {WalkReadings} from './readings.ts'

/**
 * Whether all of these IPv6 addresses of a VPC are private: unique local ones, or from a block that AWS does not advertise.
 * No gateway lets them out to the internet. Nothing is known of addresses that are not listed, as before a launch.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html#vpc-ipv6-addresses-private
 */
export const isPrivateIpv6 = (
  {Vpcs}: Pick<WalkReadings, 'Vpcs'>,
  vpcId: string | undefined,
  addresses: Ranges,
): boolean => {
  const vpc = find(Vpcs, 'VpcId', vpcId)
  return !isEmpty(addresses) && isEmpty(subtract(intersect(addresses, PUBLIC[6]), vpc ? privateBlocks(vpc) : []))
}

const privateBlocks = memo((vpc: Vpc): Ranges => cidrRanges(6, privateIpv6BlocksOf(vpc)))
