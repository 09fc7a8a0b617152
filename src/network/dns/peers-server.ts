import {find} from '../../model/lists.ts'
import {type Flow, hop} from '../context.ts'
import {peerOf} from '../gateways/peers.ts'
import {interfaceWith} from '../interface-with.ts'
import type {Hop} from '../path.ts'
import {amazonDnsServerIn} from './amazon-server.ts'

/** The fault of an address at which no DNS server answers the VPC. */
export const NO_SERVER = 'dns.none'

/**
 * The Amazon DNS server of a peer VPC, to which a peering connection leads, answers no other VPC.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
 */
export function peersServerHop({readings, subnet}: Flow, server: string, via: string | null): Hop | undefined {
  const peering = find(readings.VpcPeeringConnections, 'VpcPeeringConnectionId', via)
  const {VpcId, CidrBlock} = (peering && peerOf(peering, subnet.VpcId)) ?? {}
  if (CidrBlock === undefined || amazonDnsServerIn(CidrBlock) !== server) return undefined
  if (interfaceWith(readings, subnet.VpcId, server)) return undefined
  const because = `${server} is the Amazon DNS server of peer VPC ${VpcId}, which answers no other VPC.`
  return hop('name', server, 'blocked', because, {fault: {cause: NO_SERVER}})
}
