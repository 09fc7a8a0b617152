import type {VpcPeeringConnection} from '../../model/account.ts'
import {cidrRanges, type Family} from '../address.ts'
import type {Ranges} from '../ranges.ts'

/** The other side of a peering connection of a VPC. */
export const peerOf = ({RequesterVpcInfo, AccepterVpcInfo}: VpcPeeringConnection, vpcId: string) =>
  RequesterVpcInfo?.VpcId === vpcId ? AccepterVpcInfo : RequesterVpcInfo

/** The blocks of the VPC at the other side, those that were added to it among them. */
export function peerRanges(peering: VpcPeeringConnection, vpcId: string, family: Family): Ranges {
  const peer = peerOf(peering, vpcId)
  return cidrRanges(family, [
    peer?.CidrBlock,
    ...(peer?.CidrBlockSet ?? []).map(({CidrBlock}) => CidrBlock),
    ...(peer?.Ipv6CidrBlockSet ?? []).map(({Ipv6CidrBlock}) => Ipv6CidrBlock),
  ])
}

/**
 * References to security groups reach across peering inside one Region.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
export const isInOneRegion = ({RequesterVpcInfo, AccepterVpcInfo}: VpcPeeringConnection): boolean =>
  new Set([RequesterVpcInfo?.Region, AccepterVpcInfo?.Region].filter(Boolean)).size <= 1
