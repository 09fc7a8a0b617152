import {type IpPermission, itemsOf, type SecurityGroup} from '../../model/account.ts'
import {editAll, inOrder, put} from '../../model/effect.ts'
import {
  type Direction,
  editRules,
  PEER_OWNER,
  PEERS,
  peerProperty,
  RULES,
  ruleKey,
  ruleOf,
  singleRules,
  withoutRules,
} from '../../model/group-rules.ts'
import {find} from '../../model/lists.ts'
import {defined} from '../../util/json.ts'
import {
  AFTER_APPLY,
  hasUnknown,
  isKnown,
  isSame,
  isTrue,
  listOf,
  numberOf,
  objectOf,
  type Properties,
  textOf,
} from '../resource.ts'
import {callersAccount, changedOf, itemUnknown, possibleIds, type ResourceEffect, removalOf} from './resource-effect.ts'

/**
 * A rule in CloudFormation's properties. Terraform writes the account of a group before it: `111122223333/sg-0a`.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule
 */
function ruleIn(rule: Properties, direction: Direction, address: string): readonly IpPermission[] {
  const named = Object.fromEntries(PEERS.map(({field}) => [field, rule[peerProperty(direction, field)]]))
  const what = [rule.IpProtocol, rule.FromPort, rule.ToPort]
  const ports = {protocol: textOf(rule.IpProtocol), from: portOf(rule.FromPort), to: portOf(rule.ToPort)}
  const peers = Object.fromEntries(PEERS.map(({field}) => [field, textOf(named[field])]))
  const [GroupId, UserId = textOf(rule[PEER_OWNER])] = peers.GroupId?.split('/').reverse() ?? []
  const known = hasUnknown([what, rule[PEER_OWNER], ...Object.values(named)])
    ? []
    : ruleOf(ports, {...peers, GroupId, UserId})
  if (known.length > 0) return known
  return (hasUnknown(what) ? [{}] : ruleOf(ports, {CidrIp: ''})).map((one) => unknownRule(one, address))
}

const portOf = (port: unknown): number | undefined => {
  const number = numberOf(port)
  return Number.isNaN(number) ? undefined : number
}

/** Rules only allow: one whose peer is known only after apply leaves what the others allow as it is. */
const unknownRule = ({IpProtocol, FromPort, ToPort}: IpPermission, address: string): IpPermission => ({
  ...defined({IpProtocol, FromPort, ToPort}),
  unreadable: `what a rule of ${address} allows is ${AFTER_APPLY}`,
})

/** The rules, of which each that may be one of these is in doubt. */
const doubted = (
  rules: readonly IpPermission[],
  removed: readonly IpPermission[],
  address: string,
): readonly IpPermission[] => {
  const keys = new Set(removed.map(ruleKey))
  return rules.flatMap(singleRules).map((rule) => {
    const doubtful = unknownRule(rule, address)
    return [rule, doubtful, {}].some((one) => keys.has(ruleKey(one))) ? doubtful : rule
  })
}

const withoutSome = (
  rules: readonly IpPermission[],
  removed: readonly IpPermission[],
  address: string,
): readonly IpPermission[] => {
  const known = removed.filter(({unreadable}) => unreadable === undefined)
  return doubted(withoutRules(rules, known), removed, address)
}

/** The outbound rule of a new group. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
export const ADDED_BY_AWS = [{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}]

/** The rules that have to go and those that come; one that is not known and stays as it is, is neither. */
function differences(earlier: readonly unknown[], later: readonly unknown[]) {
  const isKept = (rule: unknown, others: readonly unknown[]) =>
    hasUnknown(rule) && others.some((one) => isSame(one, rule))
  return [earlier.filter((rule) => !isKept(rule, later)), later.filter((rule) => !isKept(rule, earlier))] as const
}

export const securityGroup: ResourceEffect = {
  add: (account, after, {id, address, before}) => {
    const known = find(account.SecurityGroups, 'GroupId', id)
    const changed = changedOf(known, after, before)
    const {VpcId, GroupName} = changed
    const former: Properties = {SecurityGroupEgress: ADDED_BY_AWS, ...before}
    const rules = (direction: Direction): readonly IpPermission[] => {
      const [old, now] = [former, changed].map((one) => one[`SecurityGroup${direction}`])
      const kept = known?.[RULES[direction]] ?? []
      if (now === undefined) return kept
      if (!isKnown(now)) return [unknownRule({}, address)]
      const rulesIn = (list: readonly unknown[]) => list.flatMap((rule) => ruleIn(objectOf(rule), direction, address))
      if (before === undefined) return rulesIn(listOf(now))
      if (!isKnown(old)) return [...doubted(kept, [{}], address), ...rulesIn(listOf(now))]
      const [removed, fresh] = differences(listOf(old), listOf(now))
      const added = rulesIn(fresh)
      // Rules of the group that are separate resources stay.
      return [...withoutSome(withoutRules(kept, added), rulesIn(removed), address), ...added]
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

/** Changes the rules of the group, of each that it may be, or of every one if the plan does not show which it is. */
const editPossible = (
  groupId: unknown,
  direction: Direction,
  change: (rules: readonly IpPermission[]) => readonly IpPermission[],
) => {
  const ids = possibleIds(groupId)
  return ids
    ? inOrder(...ids.map((id) => editRules(id, direction, change)))
    : editAll('SecurityGroups', (one) => ({...one, [RULES[direction]]: change(one[RULES[direction]])}))
}

/** A rule that is a separate resource. */
export const groupRule = (direction: Direction): ResourceEffect => ({
  add: (account, {GroupId, RevokesDefault, ...properties}, {address}) => {
    const added = ruleIn(properties, direction, address)
    const revoked = isTrue(RevokesDefault) ? ADDED_BY_AWS.flatMap((rule) => ruleIn(rule, direction, address)) : []
    return editPossible(GroupId, direction, (rules) =>
      textOf(GroupId) === undefined
        ? [...doubted(rules, revoked, address), ...added.map((rule) => unknownRule(rule, address))]
        : [...withoutRules(rules, [...revoked, ...added]), ...added],
    )(account)
  },
  remove: (account, {GroupId, ...properties}, {address}) => {
    const removed = ruleIn(properties, direction, address)
    return editPossible(GroupId, direction, (rules) =>
      textOf(GroupId) === undefined ? doubted(rules, removed, address) : withoutSome(rules, removed, address),
    )(account)
  },
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
        .reduce((model, {GroupId, VpcId}) => itemUnknown(model, 'SecurityGroups', GroupId, address, VpcId), account)
    const own = {IpProtocol: '-1', SourceSecurityGroupId: id}
    return inOrder(
      editRules(id, 'Ingress', (rules) => change(rules, ruleIn(own, 'Ingress', address))),
      editRules(id, 'Egress', (rules) =>
        change(
          rules,
          ADDED_BY_AWS.flatMap((rule) => ruleIn(rule, 'Egress', address)),
        ),
      ),
    )(account)
  }) satisfies ResourceEffect['add']

export const restrictedDefaultGroup: ResourceEffect = {
  add: defaultRules(withoutRules),
  remove: defaultRules((rules, own) => [...withoutRules(rules, own), ...own]),
  isPart: true,
}
