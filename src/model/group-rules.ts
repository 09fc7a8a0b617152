import {entryOf} from '../util/entry-of.ts'
import type {IpPermission} from './account.ts'
import {type Effect, edit} from './effect.ts'

export type Direction = 'Ingress' | 'Egress'

/** The list of a security group that has its rules of one direction. */
export const RULES = {Ingress: 'IpPermissions', Egress: 'IpPermissionsEgress'} as const

/** The lists of a permission, each with the field that names a peer. */
export const PEERS = [
  {list: 'IpRanges', field: 'CidrIp'},
  {list: 'Ipv6Ranges', field: 'CidrIpv6'},
  {list: 'PrefixListIds', field: 'PrefixListId'},
  {list: 'UserIdGroupPairs', field: 'GroupId'},
] as const

type PeerField = (typeof PEERS)[number]['field']

/**
 * A group as the peer of a rule, with its account if that is another one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
 */
type GroupPair = {readonly GroupId: string; readonly UserId?: string}

/** Rules for the same protocol and ports, as EC2 accepts them. */
export type Permission = {
  readonly IpProtocol: string
  readonly FromPort?: number
  readonly ToPort?: number
  readonly IpRanges?: readonly {readonly CidrIp: string}[]
  readonly Ipv6Ranges?: readonly {readonly CidrIpv6: string}[]
  readonly PrefixListIds?: readonly {readonly PrefixListId: string}[]
  readonly UserIdGroupPairs?: readonly GroupPair[]
}

/** `DestinationSecurityGroupId`: what CloudFormation calls the peer of a rule. */
export const peerProperty = (direction: Direction, field: string): string => {
  const side = direction === 'Ingress' ? 'Source' : 'Destination'
  return field === 'GroupId' ? `${side}SecurityGroupId` : field === 'PrefixListId' ? `${side}${field}` : field
}

/** The account of the group, if that is another one. CloudFormation has no such property for outbound rules. */
export const PEER_OWNER = 'SourceSecurityGroupOwnerId'

const PROTOCOLS: Readonly<Record<string, string>> = {'6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', all: '-1'}

/** Protocols have names or numbers. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
export const protocolOf = (protocol = '-1'): string => {
  const name = protocol.toLowerCase()
  return entryOf(PROTOCOLS, name) ?? name
}

interface Ports {
  readonly protocol: string | undefined
  readonly from: number | undefined
  readonly to: number | undefined
}

/** A rule with one peer, which may be a group of another account; none if no peer is named. */
export function ruleOf(
  {protocol, from, to}: Ports,
  {UserId, ...peers}: {readonly [F in PeerField | 'UserId']?: string | undefined},
): readonly Permission[] {
  const {list, field} = PEERS.find((one) => peers[one.field] !== undefined) ?? {}
  if (field === undefined || list === undefined) return []
  const IpProtocol = protocolOf(protocol)
  const ports =
    IpProtocol === '-1' ? {} : {...(from !== undefined && {FromPort: from}), ...(to !== undefined && {ToPort: to})}
  const account = field === 'GroupId' && UserId !== undefined && {UserId}
  return [{IpProtocol, ...ports, [list]: [{[field]: peers[field], ...account}]}]
}

interface Peers {
  readonly cidrs?: readonly string[]
  readonly groups?: readonly GroupPair[]
  readonly prefixLists?: readonly string[]
}

/** Rules for one port. */
export function permission(
  protocol: 'tcp' | 'udp',
  port: number,
  {cidrs = [], groups = [], prefixLists = []}: Peers,
): Permission {
  const v4 = cidrs.filter((cidr) => !cidr.includes(':'))
  const v6 = cidrs.filter((cidr) => cidr.includes(':'))
  return {
    IpProtocol: protocol,
    FromPort: port,
    ToPort: port,
    ...(v4.length > 0 && {IpRanges: v4.map((CidrIp) => ({CidrIp}))}),
    ...(v6.length > 0 && {Ipv6Ranges: v6.map((CidrIpv6) => ({CidrIpv6}))}),
    ...(groups.length > 0 && {UserIdGroupPairs: groups}),
    ...(prefixLists.length > 0 && {PrefixListIds: prefixLists.map((PrefixListId) => ({PrefixListId}))}),
  }
}

/** The rules of a permission, each with one peer. */
export function singleRules({
  IpRanges = [],
  Ipv6Ranges = [],
  PrefixListIds = [],
  UserIdGroupPairs = [],
  ...ports
}: IpPermission): readonly IpPermission[] {
  if (ports.unreadable !== undefined) return [ports]
  const lists = {IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs}
  return PEERS.flatMap(({list}) => lists[list].map((peer) => ({...ports, [list]: [peer]})))
}

/** Two spellings of one rule with one peer have the same key. AWS keeps no rule twice. */
export function ruleKey(rule: IpPermission): string {
  const protocol = protocolOf(rule.IpProtocol)
  const ports = protocol === '-1' ? [] : [rule.FromPort, rule.ToPort]
  const peers = PEERS.flatMap(({list, field}) => (rule[list] ?? []).map((peer) => Reflect.get(peer, field)))
  return JSON.stringify([protocol, ...ports, ...peers])
}

export const withoutRules = (
  permissions: readonly IpPermission[],
  removed: readonly IpPermission[],
): readonly IpPermission[] => {
  const keys = new Set(removed.map(ruleKey))
  return permissions.flatMap(singleRules).filter((rule) => !keys.has(ruleKey(rule)))
}

/** The rules of a group are those that the change makes of them. */
export const editRules = (
  groupId: string,
  direction: Direction,
  change: (rules: readonly IpPermission[]) => readonly IpPermission[],
): Effect =>
  edit('SecurityGroups', groupId, (group) => ({...group, [RULES[direction]]: change(group[RULES[direction]])}))
