import type {NetworkAclEntry, SecurityGroup} from '../../model/account.ts'
import {editList, put} from '../../model/effect.ts'
import {type Direction, editRules, type Permission, permission, withoutRules} from '../../model/group-rules.ts'
import {allWith} from '../../model/lists.ts'
import {type EntryKey, isIcmp, isSameEntry} from '../../network/filters/network-acl.ts'
import {type Change, change, inSequence, inverse, setting} from '../core/change.ts'
import {modelId, unusedName} from '../core/model-id.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {ec2, fromVariable, type Input, type Step} from '../core/remedy.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const authorize = (direction: Direction, GroupId: string, IpPermissions: readonly Permission[]): Change =>
  change({
    calls: ec2(`AuthorizeSecurityGroup${direction}`, {GroupId, IpPermissions}),
    effects: editRules(GroupId, direction, (rules) => [...rules, ...IpPermissions]),
  })

export const revoke = (direction: Direction, groupId: string, rules: readonly Permission[]): Change =>
  inverse(
    authorize(direction, groupId, rules),
    editRules(groupId, direction, (before) => withoutRules(before, rules)),
  )

/** A group in the call, and on the model. */
export interface Group {
  readonly id: string
  readonly input: Input
}

/** A group for endpoints, which allows HTTPS from the blocks of the VPC. */
export function createEndpointGroup(
  facts: NetworkFacts,
  VpcId: string,
  cidrs: readonly string[],
): Change & {readonly group: Group} {
  const GroupName = freeName(facts, VpcId)
  const Description = 'HTTPS from the VPC to interface endpoints'
  const variable = GroupName.replace('ssm-endpoints', 'ENDPOINT_GROUP').replace('-', '_')
  const GroupId = fromVariable(variable)
  const group = {id: modelId('sg', VpcId, GroupName), input: GroupId}
  const IpPermissions = [permission('tcp', 443, {cidrs})]
  const IpPermissionsEgress = [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}]
  return {
    group,
    ...change({
      calls: [
        ec2('CreateSecurityGroup', {GroupName, Description, VpcId}, {as: variable, query: 'GroupId'}),
        ec2('AuthorizeSecurityGroupIngress', {GroupId, IpPermissions}),
      ],
      undo: [untilUnused(variable), ec2('DeleteSecurityGroup', {GroupId})],
      effects: put('SecurityGroups', {
        GroupId: group.id,
        GroupName,
        Description,
        VpcId,
        IpPermissions,
        IpPermissionsEgress,
      }),
    }),
  }
}

/** Whether an earlier step of the same checklist creates the group, so that its id is not known yet. */
export const isNewGroup = ({GroupId, GroupName = '', VpcId = ''}: SecurityGroup): boolean =>
  GroupId === modelId('sg', VpcId, GroupName)

/** A deleted endpoint has its interfaces, and they their group, for some minutes. */
const untilUnused = (variable: string): Step => ({
  wait: ec2('DescribeNetworkInterfaces', {Filters: [{Name: 'group-id', Values: [fromVariable(variable)]}]}),
  until: {query: 'length(NetworkInterfaces)', result: '0'},
})

/** Names of groups are unique in a VPC. */
function freeName({SecurityGroups}: NetworkFacts, vpcId: string): string {
  const taken = new Set(allWith(SecurityGroups, 'VpcId', vpcId).map(({GroupName}) => GroupName))
  return unusedName('ssm-endpoints', (name) => taken.has(name))
}

export interface AclRule {
  readonly egress: boolean
  readonly protocol: 'tcp' | 'udp'
  readonly cidr: string
  readonly from: number
  readonly to: number
}

/** Network ACLs name protocols by their numbers. */
const PROTOCOLS = {tcp: '6', udp: '17'} as const

export const allowEntry = (
  RuleNumber: number,
  {egress: Egress, protocol, cidr, from, to}: AclRule,
): NetworkAclEntry => ({
  RuleNumber,
  Egress,
  RuleAction: 'allow',
  Protocol: PROTOCOLS[protocol],
  ...(cidr.includes(':') ? {Ipv6CidrBlock: cidr} : {CidrBlock: cidr}),
  PortRange: {From: from, To: to},
})

export const createNetworkAclEntry = (id: string, entry: NetworkAclEntry): Change =>
  changeAclEntry(id, entry, [null, entry])

/** The entry takes the number of another one, which gets the number `to`; the other one is never missing. */
export const insertNetworkAclEntry = (
  id: string,
  entry: NetworkAclEntry,
  {displaced, to}: {readonly displaced: NetworkAclEntry; readonly to: number},
): Change =>
  inSequence(createNetworkAclEntry(id, {...displaced, RuleNumber: to}), changeAclEntry(id, entry, [displaced, entry]))

/**
 * The entry with this number becomes another one, or none (null). AWS requires the type and the code of an ICMP entry.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
 */
export const changeAclEntry = (
  NetworkAclId: string,
  {RuleNumber, Egress}: EntryKey,
  [from, to]: readonly [from: NetworkAclEntry | null | undefined, to: NetworkAclEntry | null],
): Change =>
  setting<NetworkAclEntry | null>(
    (next, now) => {
      if (next === null) return ec2('DeleteNetworkAclEntry', {NetworkAclId, RuleNumber, Egress})
      if (isIcmp(next) && next.IcmpTypeCode === undefined) return []
      const input = {NetworkAclId, ...(next as {readonly [parameter: string]: Input})}
      return now === null ? ec2('CreateNetworkAclEntry', input) : ec2('ReplaceNetworkAclEntry', input)
    },
    [from, to],
    editList('NetworkAcls', NetworkAclId, 'Entries', (entries) => [
      ...entries.filter((one) => !isSameEntry(one, {RuleNumber, Egress})),
      ...(to ? [to] : []),
    ]),
  )
