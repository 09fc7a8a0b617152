import {type Instance, itemsOf, type SecurityGroup} from '../model/account.ts'
import {allWith, hasWith} from '../model/joins.ts'
import {memo} from '../util/memo.ts'
import type {InterfaceLike} from './interfaces.ts'
import type {WalkReadings} from './readings.ts'

/** The groups of the address, if a rule refers to one: those of every interface that has it. */
export function referredGroupsIn(readings: WalkReadings): (vpcId: string | undefined, address: string) => string {
  const {SecurityGroups, NetworkInterfaces, Instances} = readings
  if (!hasWith(SecurityGroups, groupsReferredTo, ANY)) return () => ''
  const {of, placesOf, placesOfInstance} = peersByVpc(readings)
  return (vpcId, address) => {
    const place = `${of(vpcId)} ${address}`
    const carriers = [
      ...allWith(NetworkInterfaces, placesOf, place),
      ...allWith(Instances, placesOfInstance, place).flatMap((instance) =>
        instance.NetworkInterfaces.filter((one) => placesOf(one).includes(place)),
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

/**
 * Which network of joined VPCs a VPC belongs to, and the addresses there that interfaces have: addresses repeat from
 * network to network.
 */
interface PeerIndex {
  readonly of: (vpcId: string | undefined) => string
  readonly placesOf: (carrier: InterfaceLike) => readonly string[]
  readonly placesOfInstance: (instance: Instance) => readonly string[]
}

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
    const placesOf = ({VpcId, PrivateIpAddresses = []}: InterfaceLike) =>
      PrivateIpAddresses.map(({PrivateIpAddress}) => `${of(VpcId)} ${PrivateIpAddress}`)
    return {of, placesOf, placesOfInstance: ({NetworkInterfaces}) => NetworkInterfaces.flatMap(placesOf)}
  }),
)

const peersByVpc = ({VpcPeeringConnections, TransitGatewayVpcAttachments}: WalkReadings): PeerIndex =>
  peerIndexOf(VpcPeeringConnections)(TransitGatewayVpcAttachments)
