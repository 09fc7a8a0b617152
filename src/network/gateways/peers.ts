import type {VpcPeeringConnection} from '../../model/account.ts'

/** The other side of a peering connection of a VPC. */
export const peerOf = ({RequesterVpcInfo, AccepterVpcInfo}: VpcPeeringConnection, vpcId: string) =>
  RequesterVpcInfo?.VpcId === vpcId ? AccepterVpcInfo : RequesterVpcInfo

/**
 * References to security groups reach across peering inside one Region.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
export const isInOneRegion = ({RequesterVpcInfo, AccepterVpcInfo}: VpcPeeringConnection): boolean =>
  new Set([RequesterVpcInfo?.Region, AccepterVpcInfo?.Region].filter(Boolean)).size <= 1
