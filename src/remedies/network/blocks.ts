import type {Subnet, Vpc} from '../../model/account.ts'
import {ipv4BlocksOf, ipv6BlocksOf} from '../../model/blocks.ts'
import {allWith, find} from '../../model/lists.ts'
import {NAT64_BLOCK} from '../../network/address.ts'
import type {NetworkFacts} from '../core/network-facts.ts'

/** The destination of a default route, and the block of every address. */
export const EVERYWHERE = '0.0.0.0/0'

export const isDefault = (cidr: string): boolean => cidr === EVERYWHERE || cidr === '::/0'

/** A default route is also written as one for each half of all addresses. */
const isHalf = (cidr: string): boolean => cidr.endsWith('/1')

/** Whether a route of the block leads out: by default, or for what DNS64 makes of IPv4 addresses. */
export const leadsOut = (cidr: string): boolean => isDefault(cidr) || isHalf(cidr) || cidr === NAT64_BLOCK

/** The blocks of a VPC. If the VPC could not be read, its subnets show which of its addresses are in use. */
export const blocksOf = (facts: NetworkFacts, vpcId: string): readonly string[] => {
  const vpc = find(facts.Vpcs, 'VpcId', vpcId)
  return vpc ? blocksOfVpc(vpc) : blocksIn(allWith(facts.Subnets, 'VpcId', vpcId))
}

export const blocksOfVpc = (vpc: Vpc): readonly string[] => [...new Set([...ipv4BlocksOf(vpc), ...ipv6BlocksOf(vpc)])]

const blocksIn = (subnets: readonly Subnet[]): readonly string[] => [
  ...new Set([...subnets.flatMap(({CidrBlock}) => CidrBlock ?? []), ...subnets.flatMap(ipv6BlocksOf)]),
]
