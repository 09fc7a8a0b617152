import type {Instance, NetworkAcl, RouteTable} from '../../model/account.ts'
import {allWith} from '../../model/joins.ts'
import {counted} from '../../util/counted.ts'
import type {NetworkFacts} from './network-facts.ts'

/** As `counted`, with "no instance" for none. */
export const countedOrNo = (count: number, noun: string): string => (count === 0 ? `no ${noun}` : counted(count, noun))

const isAlive = ({State}: Instance): boolean => State.Name !== 'terminated'

/** How many other instances are in one of the places that `placesOf` returns. */
const countsBy = (placesOf: (instance: Instance) => readonly (string | undefined)[]) => {
  const placesOfAlive = (instance: Instance) => (isAlive(instance) ? placesOf(instance) : [])
  return ({Instances}: NetworkFacts, place: string, except: string): number => {
    const own = allWith(Instances, 'InstanceId', except).filter((one) => placesOfAlive(one).includes(place))
    return allWith(Instances, placesOfAlive, place).length - own.length
  }
}

/** Other instances whose interfaces use the group. */
const othersWithGroup = countsBy(({SecurityGroups, NetworkInterfaces}) =>
  [...SecurityGroups, ...NetworkInterfaces.flatMap(({Groups}) => Groups ?? [])].map(({GroupId}) => GroupId),
)

const othersInVpc = countsBy(({VpcId}) => [VpcId])

const othersInSubnet = countsBy(({SubnetId}) => [SubnetId])

const othersInSubnets = (facts: NetworkFacts, subnetIds: readonly string[], except: string): number =>
  [...new Set(subnetIds)].reduce((sum, subnetId) => sum + othersInSubnet(facts, subnetId, except), 0)

/** Subnets that a route table routes: those that name it, and for the main table those that name none. */
function subnetsOf(facts: NetworkFacts, {RouteTableId, VpcId, Associations}: RouteTable): readonly string[] {
  const named = Associations.flatMap(({SubnetId}) => SubnetId ?? [])
  if (!Associations.some(({Main}) => Main)) return named
  const tables = allWith(facts.RouteTables, 'VpcId', VpcId).filter((table) => table.RouteTableId !== RouteTableId)
  const elsewhere = new Set(tables.flatMap(({Associations}) => Associations.map(({SubnetId}) => SubnetId)))
  return allWith(facts.Subnets, 'VpcId', VpcId).flatMap(({SubnetId}) => (elsewhere.has(SubnetId) ? [] : [SubnetId]))
}

export function groupEffect(facts: NetworkFacts, groupId: string, except: string): string {
  const others = othersWithGroup(facts, groupId, except)
  if (others === 0) return `No other collected instance uses ${groupId}.`
  return `${counted(others, 'other instance uses', 'other instances use')} ${groupId} too.`
}

/**
 * A table that is associated with a gateway routes what enters the VPC through it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
 */
export function tableEffect(facts: NetworkFacts, table: RouteTable, except: string): string {
  const gateway = table.Associations.find(({GatewayId}) => GatewayId !== undefined)?.GatewayId
  if (gateway !== undefined)
    return `Route table ${table.RouteTableId} routes what enters VPC ${table.VpcId} through ${gateway}, to every instance there.`
  const subnets = subnetsOf(facts, table)
  const others = countedOrNo(othersInSubnets(facts, subnets, except), 'other instance')
  return `Route table ${table.RouteTableId} is associated with ${countedOrNo(subnets.length, 'subnet')} (${others}).`
}

export function aclEffect(facts: NetworkFacts, {NetworkAclId, Associations}: NetworkAcl, except: string): string {
  const subnets = Associations.flatMap(({SubnetId}) => SubnetId ?? [])
  const others = countedOrNo(othersInSubnets(facts, subnets, except), 'other instance')
  return `Network ACL ${NetworkAclId} is associated with ${countedOrNo(subnets.length, 'subnet')} (${others}).`
}

export const vpcEffect = (facts: NetworkFacts, vpcId: string, except: string): string =>
  `It applies to the whole VPC ${vpcId}, with ${countedOrNo(othersInVpc(facts, vpcId, except), 'other instance')}.`
