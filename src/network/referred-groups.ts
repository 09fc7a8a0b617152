import type {Instance, SecurityGroup} from '../model/account.ts'
import {allWith, hasWith} from '../model/lists.ts'
import {networksIn} from './connected-vpcs.ts'
import type {InterfaceLike} from './interfaces.ts'
import type {WalkReadings} from './readings.ts'

/** The groups of the address, if a rule refers to one: those of every interface that has it, or whose instance has it. */
export function referredGroupsIn(readings: WalkReadings): (vpcId: string | undefined, address: string) => string {
  const {SecurityGroups, NetworkInterfaces, Instances} = readings
  if (!hasWith(SecurityGroups, groupsReferredTo, ANY)) return () => ''
  const {of, networksOf, networksOfInstance} = networksIn(readings)
  return (vpcId, address) => {
    const network = of(vpcId)
    const carriers = [
      ...allWith(allWith(NetworkInterfaces, networksOf, network), addressesOf, address),
      ...allWith(allWith(Instances, networksOfInstance, network), addressesOfInstance, address).flatMap(
        ({NetworkInterfaces: own}) => own,
      ),
    ]
    const named = carriers.flatMap(({VpcId, Groups = []}: InterfaceLike) =>
      Groups.flatMap(({GroupId}) => (hasWith(SecurityGroups, groupsReferredTo, GroupId) ? `${GroupId}@${VpcId}` : [])),
    )
    return [...new Set(named)].join()
  }
}

const ANY = Symbol('any group')

const groupsReferredTo = ({IpPermissions, IpPermissionsEgress}: SecurityGroup): readonly unknown[] => {
  const pairs = [...IpPermissions, ...IpPermissionsEgress].flatMap(({UserIdGroupPairs}) => UserIdGroupPairs ?? [])
  return pairs.length === 0 ? pairs : [ANY, ...pairs.map(({GroupId}) => GroupId)]
}

const addressesOf = ({PrivateIpAddresses = []}: InterfaceLike): readonly (string | undefined)[] =>
  PrivateIpAddresses.map(({PrivateIpAddress}) => PrivateIpAddress)

const addressesOfInstance = ({NetworkInterfaces}: Instance) => NetworkInterfaces.flatMap(addressesOf)
