import {type Account, itemsOf, type NetworkAcl, type NetworkAclEntry} from '../../src/model/account.ts'
import {contains} from './address.ts'
import type {Packet} from './packet.ts'

export type Direction = 'in' | 'out'

const aclOfSubnet = (account: Account, subnetId: string): NetworkAcl | undefined =>
  itemsOf(account.NetworkAcls).find(({Associations}) => Associations.some(({SubnetId}) => SubnetId === subnetId))

function matches(entry: NetworkAclEntry, far: string, packet: Packet): boolean {
  if (entry.Protocol !== '-1' && Number(entry.Protocol) !== packet.protocol) return false
  const cidr = entry.CidrBlock ?? entry.Ipv6CidrBlock
  if (cidr === undefined || !contains(cidr, far)) return false
  if (entry.Protocol === '-1' || entry.PortRange === undefined) return true
  const {From = 0, To = 65535} = entry.PortRange
  return From <= packet.destinationPort && packet.destinationPort <= To
}

/**
 * Rules are evaluated from the lowest number on; the first that matches decides, and what none matches is denied.
 * An inbound rule matches the source, an outbound rule the destination, and both the destination port.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function entriesAllow(entries: readonly NetworkAclEntry[], direction: Direction, packet: Packet): boolean {
  const far = direction === 'out' ? packet.destination : packet.source
  const first = entries
    .filter(({Egress}) => Egress === (direction === 'out'))
    .toSorted((one, other) => one.RuleNumber - other.RuleNumber)
    .find((entry) => matches(entry, far, packet))
  return first?.RuleAction === 'allow'
}

export function aclAllows(account: Account, subnetId: string, direction: Direction, packet: Packet): boolean {
  const acl = aclOfSubnet(account, subnetId)
  return acl !== undefined && entriesAllow(itemsOf(acl.Entries), direction, packet)
}
