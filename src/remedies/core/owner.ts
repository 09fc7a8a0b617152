import type {Account} from '../../model/account.ts'
import {find} from '../../model/joins.ts'
import type {Call, Step} from './remedy.ts'

/**
 * The owner of the resource that a call changes, by the parameter that names it; the first parameter that is given
 * counts. A participant of a shared VPC cannot change what the owner of the VPC owns, but can create security groups.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
 */
const OWNERS: readonly (readonly [parameter: string, owner: (account: Account, id: string) => string | undefined])[] = [
  ['GroupId', ({SecurityGroups}, id) => find(SecurityGroups, 'GroupId', id)?.OwnerId],
  ['NetworkAclId', ({NetworkAcls}, id) => find(NetworkAcls, 'NetworkAclId', id)?.OwnerId],
  ['RouteTableId', ({RouteTables}, id) => find(RouteTables, 'RouteTableId', id)?.OwnerId],
  ['VpcEndpointId', ({VpcEndpoints}, id) => find(VpcEndpoints, 'VpcEndpointId', id)?.OwnerId],
  ['NetworkInterfaceId', ({NetworkInterfaces}, id) => find(NetworkInterfaces, 'NetworkInterfaceId', id)?.OwnerId],
  ['VpcId', ({Vpcs}, id) => find(Vpcs, 'VpcId', id)?.OwnerId],
  ['SubnetId', ({Subnets}, id) => find(Subnets, 'SubnetId', id)?.OwnerId],
]

const BY_PARTICIPANTS = new Set(['CreateSecurityGroup'])

/** The account that must make one of these calls because the changed resource does not belong to the caller. */
export function otherOwnerOf(account: Account, self: string | undefined, steps: readonly Step[]): string | undefined {
  if (self === undefined) return undefined
  return steps
    .map((step) => ('operation' in step ? ownerOf(account, step) : undefined))
    .find((owner) => owner !== undefined && owner !== self)
}

function ownerOf(account: Account, {operation, input}: Call): string | undefined {
  if (BY_PARTICIPANTS.has(operation)) return undefined
  const target = OWNERS.find(([parameter]) => input[parameter] !== undefined)
  const id = target && input[target[0]]
  return target && typeof id === 'string' ? target[1](account, id) : undefined
}
