import {itemsOf, type Subnet, type Vpc} from '../../model/account.ts'
import {ipv4BlocksOf, ipv6BlocksOf} from '../../model/blocks.ts'
import {allWith, find} from '../../model/lists.ts'
import {type Family, NAT64_BLOCK, parseCidr} from '../../network/address.ts'
import {type Block, blockIndex} from '../../network/block-index.ts'
import {memo} from '../../util/memo.ts'
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

/**
 * The block of a VPC that contains the address, which stays valid if AWS chooses another one; otherwise the address
 * alone.
 */
export function blockAround({Vpcs}: NetworkFacts, address: string): string {
  const around = blocksAround(blocksOfVpcs(Vpcs), address)
  return around.toSorted((a, b) => b.prefix - a.prefix)[0]?.of ?? exactBlock(address)
}

export const subnetBlockAround = ({Subnets}: NetworkFacts, address: string): string =>
  blocksAround(blocksOfSubnets(Subnets), address)[0]?.of ?? exactBlock(address)

type Index = Readonly<Record<Family, ReturnType<typeof blockIndex<string>>>>

function blocksAround(index: Index, address: string): readonly Block<string>[] {
  const parsed = parseCidr(address)
  return parsed ? index[parsed.family](parsed.ranges).filter(({prefix}) => prefix <= parsed.prefix) : []
}

const indexed = (blocks: readonly (string | undefined)[]): Index => {
  const named = blocks.flatMap((block) => (block === undefined ? [] : [[block, block] as const]))
  return {4: blockIndex(4, named), 6: blockIndex(6, named)}
}

const blocksOfVpcs = memo((Vpcs: NetworkFacts['Vpcs']) => indexed(itemsOf(Vpcs).flatMap(blocksOfVpc)))

const blocksOfSubnets = memo((Subnets: NetworkFacts['Subnets']) =>
  indexed(itemsOf(Subnets).flatMap((subnet) => [subnet.CidrBlock, ...ipv6BlocksOf(subnet)])),
)

/** The block of this address alone. */
export const exactBlock = (address: string): string =>
  address.includes('/') || !parseCidr(address) ? address : `${address}/${address.includes(':') ? 128 : 32}`
