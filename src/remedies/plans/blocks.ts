import type {Subnet, Vpc} from '../../model/account.ts'
import {allWith, find} from '../../model/lists.ts'
import type {NetworkFacts} from '../core/network-facts.ts'

/** The destination of a default route, and the block of every address. */
export const EVERYWHERE = '0.0.0.0/0'

export const isDefault = (cidr: string): boolean => cidr === EVERYWHERE || cidr === '::/0'

/** The blocks of a VPC. If the VPC could not be read, its subnets show which of its addresses are in use. */
export const blocksOf = (facts: NetworkFacts, vpcId: string): readonly string[] => {
  const vpc = find(facts.Vpcs, 'VpcId', vpcId)
  return vpc ? blocksOfVpc(vpc) : blocksIn(allWith(facts.Subnets, 'VpcId', vpcId))
}

export const blocksOfVpc = (vpc: Vpc): readonly string[] =>
  blocksIn(
    [vpc],
    (vpc.CidrBlockAssociationSet ?? []).flatMap(({CidrBlock}) => CidrBlock ?? []),
  )

function blocksIn(holders: readonly (Vpc | Subnet)[], more: readonly string[] = []): readonly string[] {
  const v4 = holders.flatMap(({CidrBlock}) => CidrBlock ?? [])
  const v6 = holders.flatMap((one) =>
    (one.Ipv6CidrBlockAssociationSet ?? []).flatMap(({Ipv6CidrBlock}) => Ipv6CidrBlock ?? []),
  )
  return [...new Set([...v4, ...more, ...v6])]
}
