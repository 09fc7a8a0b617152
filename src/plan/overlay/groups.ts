import {type Account, type IpPermission, itemsOf, type SecurityGroup} from '../../model/account.ts'
import {inOrder, put} from '../../model/effect.ts'
import {
  type Direction,
  editRules,
  PEER_OWNER,
  PEERS,
  type Permission,
  peerProperty,
  RULES,
  ruleOf,
  withoutRules,
} from '../../model/group-rules.ts'
import {find} from '../../model/lists.ts'
import {candidatesOf, hasUnknown, isTrue, listOf, numberOf, objectOf, type Properties, textOf} from '../resource.ts'
import {callersAccount, changedOf, itemUnknown, type ResourceEffect, removalOf, someUnknown} from './resource-effect.ts'

/**
 * A rule in CloudFormation's properties. Terraform writes the account of a group before it: `111122223333/sg-0a`.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule
 */
function ruleIn(rule: Properties, direction: Direction): readonly Permission[] {
  const peers = Object.fromEntries(PEERS.map(({field}) => [field, textOf(rule[peerProperty(direction, field)])]))
  const [GroupId, UserId = textOf(rule[PEER_OWNER])] = peers.GroupId?.split('/').reverse() ?? []
  return ruleOf(
    {protocol: textOf(rule.IpProtocol), from: portOf(rule.FromPort), to: portOf(rule.ToPort)},
    {...peers, GroupId, UserId},
  )
}

const portOf = (port: unknown): number | undefined => {
  const number = numberOf(port)
  return Number.isNaN(number) ? undefined : number
}

/**
 * A group one of whose rules is known only after apply: neither what it allows nor what it denies can be determined.
 */
const withoutGroup = (account: Account, groupId: string, address: string, vpcId?: unknown): Account =>
  itemUnknown(
    account,
    'SecurityGroups',
    groupId,
    address,
    find(account.SecurityGroups, 'GroupId', groupId)?.VpcId ?? vpcId,
  )

/** The outbound rule of a new group. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
export const ADDED_BY_AWS = [{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}]

export const securityGroup: ResourceEffect = {
  add: (account, after, {id, address, before}) => {
    const known = find(account.SecurityGroups, 'GroupId', id)
    const changed = changedOf(known, after, before)
    const {VpcId, GroupName, SecurityGroupIngress, SecurityGroupEgress} = changed
    const former = Object.keys(changed).map((name) => before?.[name])
    if (hasUnknown([SecurityGroupIngress, SecurityGroupEgress, ...former]))
      return withoutGroup(account, id, address, VpcId)
    const rules = (direction: Direction): readonly IpPermission[] => {
      const now = changed[`SecurityGroup${direction}`]
      const kept = known?.[RULES[direction]] ?? []
      if (now === undefined) return kept
      const rulesIn = (list: unknown) => listOf(list).flatMap((rule) => ruleIn(objectOf(rule), direction))
      if (before === undefined) return rulesIn(now)
      const former = before[`SecurityGroup${direction}`] ?? (direction === 'Egress' ? ADDED_BY_AWS : [])
      // Rules of the group that are separate resources stay.
      return [...withoutRules(kept, [...rulesIn(former), ...rulesIn(now)]), ...rulesIn(now)]
    }
    const group = {
      OwnerId: callersAccount(account),
      ...known,
      GroupId: id,
      GroupName: textOf(GroupName) ?? known?.GroupName ?? address,
      VpcId: textOf(VpcId) ?? known?.VpcId,
      IpPermissions: rules('Ingress'),
      IpPermissionsEgress: rules('Egress'),
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
        someUnknown(account, 'SecurityGroups', address),
      )
    if (hasUnknown(properties)) return withoutGroup(account, group, address)
    const added = ruleIn(properties, direction)
    const revoked = isTrue(properties.RevokesDefault) ? ADDED_BY_AWS.flatMap((rule) => ruleIn(rule, direction)) : []
    return editRules(group, direction, (rules) => [...withoutRules(rules, [...revoked, ...added]), ...added])(account)
  },
  remove: (account, properties) =>
    editRules(textOf(properties.GroupId) ?? '', direction, (rules) =>
      withoutRules(rules, ruleIn(properties, direction)),
    )(account),
  isPart: true,
})

/**
 * The resource of the CDK that revokes the rules of the default group of a VPC, and adds them again when it is removed.
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.Vpc.html#restrictdefaultsecuritygroup
 */
const defaultRules = (
  change: (rules: readonly IpPermission[], own: readonly IpPermission[]) => readonly IpPermission[],
) =>
  ((account, {DefaultSecurityGroupId}, {address}) => {
    const id = textOf(DefaultSecurityGroupId)
    if (id === undefined)
      return itemsOf(account.SecurityGroups)
        .filter(({GroupName}) => GroupName === 'default')
        .reduce((model, {GroupId}) => withoutGroup(model, GroupId, address), account)
    const own = {IpProtocol: '-1', SourceSecurityGroupId: id}
    return inOrder(
      editRules(id, 'Ingress', (rules) => change(rules, ruleIn(own, 'Ingress'))),
      editRules(id, 'Egress', (rules) =>
        change(
          rules,
          ADDED_BY_AWS.flatMap((rule) => ruleIn(rule, 'Egress')),
        ),
      ),
    )(account)
  }) satisfies ResourceEffect['add']

export const restrictedDefaultGroup: ResourceEffect = {
  add: defaultRules(withoutRules),
  remove: defaultRules((rules, own) => [...withoutRules(rules, own), ...own]),
  isPart: true,
}
