import {type Instance, itemsOf, type SecurityGroup} from '../model/account.ts'
import {allWith, hasWith} from '../model/lists.ts'
import {memo} from '../util/memo.ts'
import type {InterfaceLike} from './interfaces.ts'
import type {WalkReadings} from './readings.ts'

/** The groups of the address, if a rule refers to one: those of every interface that has it, or whose instance has it. */
export function referredGroupsIn(readings: WalkReadings): (vpcId: string | undefined, address: string) => string {
  const {SecurityGroups, NetworkInterfaces, Instances} = readings
  if (!hasWith(SecurityGroups, groupsReferredTo, ANY)) return () => ''
  const {of, networksOf, networksOfInstance} = peersByVpc(readings)
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

/** Which network of joined VPCs a VPC belongs to, and an item of it: addresses repeat from network to network. */
interface PeerIndex {
  readonly of: (vpcId: string | undefined) => string
  readonly networksOf: (carrier: InterfaceLike) => readonly string[]
  readonly networksOfInstance: (instance: Instance) => readonly string[]
}

const addressesOf = ({PrivateIpAddresses = []}: InterfaceLike): readonly (string | undefined)[] =>
  PrivateIpAddresses.map(({PrivateIpAddress}) => PrivateIpAddress)

const addressesOfInstance = ({NetworkInterfaces}: Instance) => NetworkInterfaces.flatMap(addressesOf)

const peerIndexOf = memo((peerings: WalkReadings['VpcPeeringConnections']) =>
  memo((attachments: WalkReadings['TransitGatewayVpcAttachments']): PeerIndex => {
    const parents = new Map<string, string>()
    const rootOf = (id: string): string => {
      let root = id
      for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent
      if (root !== id) parents.set(id, root)
      return root
    }
    const join = (one: string | undefined, other: string | undefined) => {
      if (one === undefined || other === undefined || rootOf(one) === rootOf(other)) return
      parents.set(rootOf(one), rootOf(other))
    }
    for (const {RequesterVpcInfo, AccepterVpcInfo} of itemsOf(peerings))
      join(RequesterVpcInfo?.VpcId, AccepterVpcInfo?.VpcId)
    for (const {VpcId, TransitGatewayId} of itemsOf(attachments)) join(VpcId, TransitGatewayId)
    const of = (vpcId = '') => rootOf(vpcId)
    const networksOf = ({VpcId}: InterfaceLike) => [of(VpcId)]
    return {of, networksOf, networksOfInstance: ({NetworkInterfaces}) => NetworkInterfaces.map(({VpcId}) => of(VpcId))}
  }),
)

const peersByVpc = ({VpcPeeringConnections, TransitGatewayVpcAttachments}: WalkReadings): PeerIndex =>
  peerIndexOf(VpcPeeringConnections)(TransitGatewayVpcAttachments)
