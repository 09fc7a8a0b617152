import {type Instance, itemsOf} from '../model/account.ts'
import {memo} from '../util/memo.ts'
import type {InterfaceLike} from './interfaces.ts'
import type {WalkReadings} from './readings.ts'

/** Which network of connected VPCs a VPC belongs to, and an item of it: addresses repeat from network to network. */
interface Networks {
  readonly of: (vpcId: string | undefined) => string
  readonly networksOf: (carrier: InterfaceLike) => readonly string[]
  readonly networksOfInstance: (instance: Instance) => readonly string[]
}

const networksOver = memo((peerings: WalkReadings['VpcPeeringConnections']) =>
  memo((attachments: WalkReadings['TransitGatewayVpcAttachments']): Networks => {
    const parents = new Map<string, string>()
    const rootOf = (id: string): string => {
      let root = id
      for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent
      if (root !== id) parents.set(id, root)
      return root
    }
    const connect = (one: string | undefined, other: string | undefined) => {
      if (one === undefined || other === undefined || rootOf(one) === rootOf(other)) return
      parents.set(rootOf(one), rootOf(other))
    }
    for (const {RequesterVpcInfo, AccepterVpcInfo} of itemsOf(peerings))
      connect(RequesterVpcInfo?.VpcId, AccepterVpcInfo?.VpcId)
    for (const {VpcId, TransitGatewayId} of itemsOf(attachments)) connect(VpcId, TransitGatewayId)
    const of = (vpcId = '') => rootOf(vpcId)
    const networksOf = ({VpcId}: InterfaceLike) => [of(VpcId)]
    return {of, networksOf, networksOfInstance: ({NetworkInterfaces}) => NetworkInterfaces.map(({VpcId}) => of(VpcId))}
  }),
)

/** VPCs that peering connections or transit gateways connect, whether or not routes use them. */
export const networksIn = ({VpcPeeringConnections, TransitGatewayVpcAttachments}: WalkReadings): Networks =>
  networksOver(VpcPeeringConnections)(TransitGatewayVpcAttachments)
