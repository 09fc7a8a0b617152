import type {Account, IpPermission, SecurityGroup} from '../../model/account.ts'
import {edit, put, remove} from '../../model/effect.ts'
import {find} from '../../model/joins.ts'
import {candidatesOf, entryOf, hasUnknown, listOf, numberOf, objectOf, type Properties, textOf} from '../resource.ts'
import {accountIdOf, inDoubt, type ResourceEffect, removalOf, vpcsOf} from './resource-effect.ts'

type Direction = 'ingress' | 'egress'

/** A rule in CloudFormation's properties as the API lists it: one peer, one range of ports. */
function permissionOf(rule: Properties, direction: Direction): IpPermission {
  const peer = direction === 'ingress' ? 'Source' : 'Destination'
  const group = textOf(rule[`${peer}SecurityGroupId`])
  const list = textOf(rule[`${peer}PrefixListId`])
  const cidr = textOf(rule.CidrIp)
  const v6 = textOf(rule.CidrIpv6)
  const protocol = protocolOf(textOf(rule.IpProtocol) ?? '-1')
  const ports = protocol === '-1' ? {} : {FromPort: portOf(rule.FromPort), ToPort: portOf(rule.ToPort)}
  return {
    IpProtocol: protocol,
    ...ports,
    IpRanges: cidr === undefined ? [] : [{CidrIp: cidr}],
    Ipv6Ranges: v6 === undefined ? [] : [{CidrIpv6: v6}],
    PrefixListIds: list === undefined ? [] : [{PrefixListId: list}],
    UserIdGroupPairs: group === undefined ? [] : [{GroupId: group}],
  } as IpPermission
}

const PROTOCOLS: Readonly<Record<string, string>> = {'6': 'tcp', '17': 'udp', '1': 'icmp', all: '-1'}
const protocolOf = (protocol: string): string => entryOf(PROTOCOLS, protocol.toLowerCase()) ?? protocol.toLowerCase()
const portOf = (port: unknown): number | undefined => {
  const number = numberOf(port)
  return port === undefined || port === null || Number.isNaN(number) ? undefined : number
}

/** Two spellings of one rule: protocol, ports and peer. AWS keeps no rule twice. */
const keyOf = ({
  IpProtocol,
  FromPort,
  ToPort,
  IpRanges,
  Ipv6Ranges,
  PrefixListIds,
  UserIdGroupPairs,
}: IpPermission): string =>
  JSON.stringify([
    IpProtocol,
    IpProtocol === '-1' ? null : [FromPort, ToPort],
    IpRanges?.map(({CidrIp}) => CidrIp) ?? [],
    Ipv6Ranges?.map(({CidrIpv6}) => CidrIpv6) ?? [],
    PrefixListIds?.map(({PrefixListId}) => PrefixListId) ?? [],
    UserIdGroupPairs?.map(({GroupId}) => GroupId) ?? [],
  ])

/** A permission of the API contains many peers; each one is comparable with a rule of a plan. */
const singles = (permission: IpPermission): readonly IpPermission[] => {
  const {IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [], ...what} = permission
  const none = {IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: []}
  return [
    ...IpRanges.map((range) => ({...what, ...none, IpRanges: [range]})),
    ...Ipv6Ranges.map((range) => ({...what, ...none, Ipv6Ranges: [range]})),
    ...PrefixListIds.map((list) => ({...what, ...none, PrefixListIds: [list]})),
    ...UserIdGroupPairs.map((pair) => ({...what, ...none, UserIdGroupPairs: [pair]})),
  ]
}

const PROPERTY = {ingress: 'SecurityGroupIngress', egress: 'SecurityGroupEgress'} as const
const FIELD = {ingress: 'IpPermissions', egress: 'IpPermissionsEgress'} as const

const withRules = (
  account: Account,
  groupId: string,
  direction: Direction,
  change: (rules: readonly IpPermission[]) => readonly IpPermission[],
): Account =>
  edit('SecurityGroups', groupId, (group) => ({
    ...group,
    [FIELD[direction]]: change(group[FIELD[direction]].flatMap(singles)),
  }))(account)

/**
 * A group one of whose rules is known only after apply: neither what it allows nor what it denies can be determined.
 */
const withoutGroup = (account: Account, groupId: string, address: string, vpcId?: unknown): Account =>
  inDoubt(
    remove('SecurityGroups', groupId)(account),
    'SecurityGroups',
    address,
    vpcsOf(find(account.SecurityGroups, 'GroupId', groupId)?.VpcId ?? vpcId),
  )

export const securityGroup: ResourceEffect = {
  add: (account, {VpcId, GroupName, SecurityGroupIngress, SecurityGroupEgress}, {id, address, before = {}}) => {
    const known = find(account.SecurityGroups, 'GroupId', id)
    const own = [SecurityGroupIngress, SecurityGroupEgress, before.SecurityGroupIngress, before.SecurityGroupEgress]
    if (own.some(hasUnknown)) return withoutGroup(account, id, address, VpcId)
    const rules = (value: unknown, direction: Direction, kept: readonly IpPermission[]) => {
      if (value === undefined) return kept
      const permissions = (list: unknown) => listOf(list).map((rule) => permissionOf(objectOf(rule), direction))
      const now = permissions(value)
      const removed = new Set(permissions(before[PROPERTY[direction]]).map(keyOf))
      for (const one of now) removed.add(keyOf(one))
      // Rules of the group that are separate resources stay.
      return known && before[PROPERTY[direction]] !== undefined
        ? [...kept.flatMap(singles).filter((one) => !removed.has(keyOf(one))), ...now]
        : now
    }
    const group = {
      ...known,
      GroupId: id,
      GroupName: textOf(GroupName) ?? known?.GroupName ?? address,
      OwnerId: known?.OwnerId ?? accountIdOf(account),
      VpcId: textOf(VpcId) ?? known?.VpcId,
      IpPermissions: rules(SecurityGroupIngress, 'ingress', known?.IpPermissions ?? []),
      IpPermissionsEgress: rules(SecurityGroupEgress, 'egress', known?.IpPermissionsEgress ?? []),
    } as SecurityGroup
    return put('SecurityGroups', group)(account)
  },
  remove: removalOf('SecurityGroups'),
}

/** A rule that is a separate resource. */
export const groupRule = (direction: Direction): ResourceEffect => ({
  add: (account, properties, {address}) => {
    const group = textOf(properties.GroupId)
    if (group === undefined)
      return (candidatesOf(properties.GroupId) ?? []).reduce(
        (model, id) => withoutGroup(model, id, address),
        inDoubt(account, 'SecurityGroups', address),
      )
    if (hasUnknown(properties)) return withoutGroup(account, group, address)
    const added = permissionOf(properties, direction)
    return withRules(account, group, direction, (rules) =>
      rules.some((rule) => keyOf(rule) === keyOf(added)) ? rules : [...rules, added],
    )
  },
  remove: (account, properties) => {
    const group = textOf(properties.GroupId)
    if (group === undefined) return account
    const removed = keyOf(permissionOf(properties, direction))
    return withRules(account, group, direction, (rules) => rules.filter((rule) => keyOf(rule) !== removed))
  },
})
