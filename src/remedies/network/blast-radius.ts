import type {Instance, NetworkAcl, RouteTable} from '../../model/account.ts'
import {allWith, find, type IndexKey} from '../../model/lists.ts'
import {groupsOfInstance} from '../../network/interfaces.ts'
import {counted} from '../../util/counted.ts'
import {memo} from '../../util/memo.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import type {FaultContext} from './fault-context.ts'

/** The account, and the instance that a change is for: the others are counted. */
type Affected = Pick<FaultContext, 'facts' | 'instance'>

/** As `counted`, with "no instance" for none. */
export const countedOrNo = (count: number, noun: string): string => (count === 0 ? `no ${noun}` : counted(count, noun))

const isAlive = ({State}: Instance): boolean => State.Name !== 'terminated'

const aliveAmong = memo((instances: readonly Instance[]) => ({count: instances.filter(isAlive).length}))

/** How many instances other than the affected one are found by a value. */
function othersWith(by: IndexKey<Instance>, {facts: {Instances}, instance}: Affected, value: string): number {
  const all = allWith(Instances, by, value)
  const own = find(Instances, 'InstanceId', instance.InstanceId)
  return aliveAmong(all).count - (own && isAlive(own) && all.includes(own) ? 1 : 0)
}

const othersInSubnets = (affected: Affected, subnetIds: readonly string[]): string =>
  countedOrNo(
    [...new Set(subnetIds)].reduce((sum, subnetId) => sum + othersWith('SubnetId', affected, subnetId), 0),
    'other instance',
  )

/** Subnets that a route table routes: those that name it, and for the main table those that name none. */
export function subnetsOf(facts: NetworkFacts, {RouteTableId, VpcId, Associations}: RouteTable): readonly string[] {
  const named = Associations.flatMap(({SubnetId}) => SubnetId ?? [])
  if (!Associations.some(({Main}) => Main)) return named
  const tables = allWith(facts.RouteTables, 'VpcId', VpcId).filter((table) => table.RouteTableId !== RouteTableId)
  const elsewhere = new Set(tables.flatMap(({Associations}) => Associations.map(({SubnetId}) => SubnetId)))
  return allWith(facts.Subnets, 'VpcId', VpcId).flatMap(({SubnetId}) => (elsewhere.has(SubnetId) ? [] : [SubnetId]))
}

export function groupEffect(affected: Affected, groupId: string): string {
  const others = othersWith(groupsOfInstance, affected, groupId)
  if (others === 0) return `No other collected instance uses ${groupId}.`
  return `${counted(others, 'other instance uses', 'other instances use')} ${groupId} too.`
}

/**
 * A table that is associated with a gateway routes what enters the VPC through it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
 */
export function tableEffect(affected: Affected, table: RouteTable): string {
  const {RouteTableId, VpcId, Associations} = table
  const gateway = Associations.find(({GatewayId}) => GatewayId !== undefined)?.GatewayId
  if (gateway !== undefined)
    return `Route table ${RouteTableId} routes what enters VPC ${VpcId} through ${gateway}, to every instance there.`
  return `Route table ${RouteTableId} ${associationEffect(affected, subnetsOf(affected.facts, table))}`
}

const associationEffect = (affected: Affected, subnets: readonly string[]): string =>
  `is associated with ${countedOrNo(subnets.length, 'subnet')} (${othersInSubnets(affected, subnets)}).`

export const aclEffect = (affected: Affected, {NetworkAclId, Associations}: NetworkAcl): string =>
  `Network ACL ${NetworkAclId} ${associationEffect(
    affected,
    Associations.flatMap(({SubnetId}) => SubnetId ?? []),
  )}`

export const vpcEffect = (affected: Affected, vpcId: string): string =>
  `It applies to the whole VPC ${vpcId}, with ${countedOrNo(othersWith('VpcId', affected, vpcId), 'other instance')}.`
