import {type Account, type IpPermission, itemsOf, type NetworkInterface} from '../../src/model/account.ts'
import {contains} from './address.ts'
import type {Direction} from './network-acl.ts'
import type {Packet} from './packet.ts'

/** What is between the two ends: it decides whether a rule can reference a group. */
export type Between = 'vpc' | 'peering' | 'transit gateway' | 'transit gateway with group references' | 'elsewhere'

export const addressesOf = (eni: NetworkInterface): readonly string[] => [
  ...eni.PrivateIpAddresses.flatMap(({PrivateIpAddress}) => PrivateIpAddress ?? []),
  ...(eni.Ipv6Addresses ?? []).flatMap(({Ipv6Address}) => Ipv6Address ?? []),
]

/**
 * Groups can be referenced in inbound rules within the VPC, over peering and, where both the transit gateway and the
 * attachment enable it, over a transit gateway; for outbound rules within the VPC and over peering only.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing
 */
const mayNameGroups = (direction: Direction, between: Between): boolean =>
  between === 'vpc' ||
  between === 'peering' ||
  (direction === 'in' && between === 'transit gateway with group references')

/** A rule that references a group matches the private addresses of the interfaces that use it. */
const carries = (account: Account, groupId: string | undefined, far: string): boolean =>
  itemsOf(account.NetworkInterfaces).some(
    (eni) => eni.Groups.some(({GroupId}) => GroupId === groupId) && addressesOf(eni).includes(far),
  )

const inPrefixList = (account: Account, id: string | undefined, far: string): boolean =>
  itemsOf(account.ManagedPrefixLists)
    .filter(({PrefixListId}) => PrefixListId === id)
    .some(({Entries}) => itemsOf(Entries).some(({Cidr}) => Cidr !== undefined && contains(Cidr, far)))

/**
 * Ports count for tcp and udp only; every other protocol number stands for all its traffic.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
function isOfProtocol({IpProtocol, FromPort, ToPort}: IpPermission, packet: Packet): boolean {
  if (IpProtocol === '-1') return true
  const number = {tcp: 6, udp: 17, icmp: 1, icmpv6: 58}[IpProtocol ?? ''] ?? Number(IpProtocol)
  if (number !== packet.protocol) return false
  if (number !== 6 && number !== 17) return true
  return (FromPort ?? 0) <= packet.destinationPort && packet.destinationPort <= (ToPort ?? 65535)
}

function namesPeer(account: Account, rule: IpPermission, far: string, groups: boolean): boolean {
  return (
    (rule.IpRanges ?? []).some(({CidrIp}) => CidrIp !== undefined && contains(CidrIp, far)) ||
    (rule.Ipv6Ranges ?? []).some(({CidrIpv6}) => CidrIpv6 !== undefined && contains(CidrIpv6, far)) ||
    (rule.PrefixListIds ?? []).some(({PrefixListId}) => inPrefixList(account, PrefixListId, far)) ||
    (groups && (rule.UserIdGroupPairs ?? []).some(({GroupId}) => carries(account, GroupId, far)))
  )
}

/** Rules only allow, and those of all groups of the interface add up. */
export function groupsAllow(
  account: Account,
  groupIds: readonly (string | undefined)[],
  direction: Direction,
  packet: Packet,
  between: Between,
): boolean {
  const far = direction === 'out' ? packet.destination : packet.source
  const groups = mayNameGroups(direction, between)
  return itemsOf(account.SecurityGroups)
    .filter(({GroupId}) => groupIds.includes(GroupId))
    .flatMap(({IpPermissions, IpPermissionsEgress}) => (direction === 'out' ? IpPermissionsEgress : IpPermissions))
    .some((rule) => isOfProtocol(rule, packet) && namesPeer(account, rule, far, groups))
}
