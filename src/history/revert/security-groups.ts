import {type Account, type IpPermission, itemsOf, type SecurityGroup} from '../../model/account.ts'
import {edit} from '../../model/effect.ts'
import {find} from '../../model/joins.ts'
import {type Change, inSequence} from '../../remedies/core/change.ts'
import {type Call, ec2, type Input} from '../../remedies/core/remedy.ts'
import type {ChangeEvent} from '../event.ts'
import {flagIn, numberIn, type Parameters, partIn, partsIn, textIn, textsIn} from '../parameters.ts'
import {formerly, type Revert, type RevertContext} from './context.ts'

type Direction = 'Ingress' | 'Egress'

/** A rule with one peer, as `authorize` and `revoke` take it. */
interface Rule {
  readonly IpProtocol: string
  readonly FromPort?: number
  readonly ToPort?: number
  readonly peer: Peer
}

type PeerList = 'IpRanges' | 'Ipv6Ranges' | 'UserIdGroupPairs' | 'PrefixListIds'

interface Peer {
  readonly list: PeerList
  readonly field: 'CidrIp' | 'CidrIpv6' | 'GroupId' | 'PrefixListId'
  readonly value: string
}

const PEERS: readonly (readonly [list: PeerList, field: Peer['field'], given: readonly string[], name: string])[] = [
  ['IpRanges', 'CidrIp', ['ipRanges'], 'cidrIp'],
  ['Ipv6Ranges', 'CidrIpv6', ['ipv6Ranges'], 'cidrIpv6'],
  ['UserIdGroupPairs', 'GroupId', ['groups', 'userIdGroupPairs'], 'groupId'],
  ['PrefixListIds', 'PrefixListId', ['prefixListIds'], 'prefixListId'],
]

const PROTOCOLS: Readonly<Record<string, string>> = {'6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6'}

function portsOf(parameters: Parameters): Omit<Rule, 'peer'> {
  const protocol = textIn(parameters, 'ipProtocol') ?? '-1'
  const IpProtocol = PROTOCOLS[protocol] ?? protocol
  const FromPort = numberIn(parameters, 'fromPort')
  const ToPort = numberIn(parameters, 'toPort')
  if (IpProtocol === '-1' || FromPort === undefined || ToPort === undefined) return {IpProtocol}
  return {IpProtocol, FromPort, ToPort}
}

/** The rules in `ipPermissions`, one for each peer. */
const rulesOfPermission = (permission: Parameters): readonly Rule[] =>
  PEERS.flatMap(([list, field, given, name]) =>
    given
      .flatMap((key) => partsIn(permission, key))
      .flatMap((peer) => {
        const value = textIn(peer, name)
        return value === undefined ? [] : [{...portsOf(permission), peer: {list, field, value}}]
      }),
  )

/** A rule of `securityGroupRuleSet`, or of `ModifySecurityGroupRules`. */
function ruleOf(rule: Parameters): Rule | undefined {
  const group = textIn(rule, 'referencedGroupId') ?? textIn(partIn(rule, 'referencedGroupInfo'), 'groupId')
  const peers: readonly (Peer | undefined)[] = [
    peerOf('IpRanges', 'CidrIp', textIn(rule, 'cidrIpv4')),
    peerOf('Ipv6Ranges', 'CidrIpv6', textIn(rule, 'cidrIpv6')),
    peerOf('UserIdGroupPairs', 'GroupId', group),
    peerOf('PrefixListIds', 'PrefixListId', textIn(rule, 'prefixListId')),
  ]
  const peer = peers.find((one) => one !== undefined)
  return peer && {...portsOf(rule), peer}
}

const peerOf = (list: PeerList, field: Peer['field'], value: string | undefined): Peer | undefined =>
  value === undefined ? undefined : {list, field, value}

/** The older form of the call, with one rule and no list. */
function flatRule(request: Parameters | undefined): readonly Rule[] {
  const cidr = textIn(request, 'cidrIp')
  return request && cidr !== undefined
    ? [{...portsOf(request), peer: {list: 'IpRanges', field: 'CidrIp', value: cidr}}]
    : []
}

const requested = (request: Parameters | undefined): readonly Rule[] => [
  ...partsIn(request, 'ipPermissions').flatMap(rulesOfPermission),
  ...flatRule(request),
]

const answered = ({response}: ChangeEvent, list: string): readonly Rule[] =>
  partsIn(response, list).flatMap((rule) => ruleOf(rule) ?? [])

function groupOf({account, event}: Pick<RevertContext, 'account' | 'event'>): SecurityGroup | undefined {
  const rule = [
    ...partsIn(event.response, 'securityGroupRuleSet'),
    ...partsIn(event.response, 'revokedSecurityGroupRuleSet'),
  ]
  const id = textIn(event.request, 'groupId') ?? rule.map((one) => textIn(one, 'groupId')).find(Boolean)
  const name = textIn(event.request, 'groupName')
  return id === undefined && name !== undefined ? onlyNamed(account, name) : find(account.SecurityGroups, 'GroupId', id)
}

/** A name without an id means a group of the default VPC. */
function onlyNamed(account: Account, name: string): SecurityGroup | undefined {
  const [only, ...others] = itemsOf(account.SecurityGroups).filter(({GroupName}) => GroupName === name)
  return others.length === 0 ? only : undefined
}

const keyOf = ({IpProtocol = '-1', FromPort, ToPort}: Omit<Rule, 'peer'> | IpPermission): string => {
  const protocol = PROTOCOLS[IpProtocol] ?? IpProtocol
  return protocol === '-1' ? protocol : `${protocol} ${FromPort ?? ''}-${ToPort ?? ''}`
}

const permissionOf = ({peer, ...ports}: Rule) => ({...ports, [peer.list]: [{[peer.field]: peer.value}]})

const rulesIn = (group: SecurityGroup, direction: Direction): readonly IpPermission[] =>
  direction === 'Egress' ? group.IpPermissionsEgress : group.IpPermissions

const withRules = (
  account: Account,
  id: string,
  direction: Direction,
  change: (permissions: readonly IpPermission[]) => readonly IpPermission[],
): Account =>
  edit('SecurityGroups', id, (group) =>
    direction === 'Egress'
      ? {...group, IpPermissionsEgress: change(group.IpPermissionsEgress)}
      : {...group, IpPermissions: change(group.IpPermissions)},
  )(account)

/** Removing a peer keeps the rule for the other peers, and the last one removes it. */
function without(permissions: readonly IpPermission[], {peer, ...ports}: Rule): readonly IpPermission[] {
  return permissions.flatMap((permission) => {
    const peers: readonly object[] = permission[peer.list] ?? []
    if (keyOf(permission) !== keyOf(ports) || peers.length === 0) return [permission]
    const left = peers.filter((one) => Reflect.get(one, peer.field) !== peer.value)
    const changed: IpPermission = {...permission, [peer.list]: left}
    return PEERS.some(([list]) => (changed[list]?.length ?? 0) > 0) ? [changed] : []
  })
}

const calls = (operation: string, GroupId: string, rules: readonly Rule[]): readonly Call[] =>
  rules.length === 0 ? [] : [ec2(operation, {GroupId, IpPermissions: rules.map((rule): Input => permissionOf(rule))})]

const authorized = (id: string, direction: Direction, rules: readonly Rule[]): Change => ({
  steps: calls(`AuthorizeSecurityGroup${direction}`, id, rules),
  undo: calls(`RevokeSecurityGroup${direction}`, id, rules),
  apply: (account) => withRules(account, id, direction, (before) => [...before, ...rules.map(permissionOf)]),
})

const revoked = (id: string, direction: Direction, rules: readonly Rule[]): Change => ({
  steps: calls(`RevokeSecurityGroup${direction}`, id, rules),
  undo: calls(`AuthorizeSecurityGroup${direction}`, id, rules),
  apply: (account) => withRules(account, id, direction, (before) => rules.reduce(without, before)),
})

const revertAuthorization =
  (direction: Direction): Revert =>
  (context) => {
    const group = groupOf(context)
    const returned = answered(context.event, 'securityGroupRuleSet')
    const rules = returned.length > 0 ? returned : requested(context.event.request)
    return group && rules.length > 0 ? {change: revoked(group.GroupId, direction, rules)} : undefined
  }

const revertRevocation =
  (direction: Direction): Revert =>
  (context) => {
    const {event, older} = context
    const group = groupOf(context)
    if (!group) return undefined
    const returned = answered(event, 'revokedSecurityGroupRuleSet')
    const unknown = new Set(partsIn(event.response, 'unknownIpPermissionSet').flatMap(rulesOfPermission).map(ruleKey))
    const named = textsIn(event.request, 'securityGroupRuleIds', 'securityGroupRuleId').map((id) => ruleById(older, id))
    const requestedRules = [...requested(event.request).filter((rule) => !unknown.has(ruleKey(rule))), ...named]
    const rules = returned.length > 0 ? returned : requestedRules
    const known = rules.filter((rule) => rule !== undefined)
    return known.length > 0 && known.length === rules.length
      ? {change: authorized(group.GroupId, direction, known)}
      : undefined
  }

const ruleKey = (rule: Rule): string => `${keyOf(rule)} ${rule.peer.value}`

/** The rule when it was created or last changed. */
const ruleById = (older: readonly ChangeEvent[], id: string): Rule | undefined =>
  formerly(older, (event) => {
    const made = partsIn(event.response, 'securityGroupRuleSet').find(
      (one) => textIn(one, 'securityGroupRuleId') === id,
    )
    if (made) return ruleOf(made)
    const changed = modificationsIn(event).find((one) => textIn(one, 'securityGroupRuleId') === id)
    const rule = partIn(changed, 'securityGroupRule')
    return rule && ruleOf(rule)
  })

const modificationsIn = ({name, request}: ChangeEvent): readonly Parameters[] =>
  name === 'ModifySecurityGroupRules'
    ? [...partsIn(request, 'securityGroupRules'), ...partsIn(request, 'securityGroupRule')]
    : []

/** The direction of a rule: from the call that created it, or the group that has it now. */
function directionOf({older}: RevertContext, group: SecurityGroup, id: string, now: Rule): Direction | undefined {
  const isEgress = formerly(older, ({response}) => {
    const made = partsIn(response, 'securityGroupRuleSet').find((one) => textIn(one, 'securityGroupRuleId') === id)
    return made && flagIn(made, 'isEgress')
  })
  if (isEgress !== undefined) return isEgress ? 'Egress' : 'Ingress'
  return (['Egress', 'Ingress'] as const).find((direction) =>
    rulesIn(group, direction).some((permission) =>
      keyOf(permission) === keyOf(now)
        ? ((permission[now.peer.list] ?? []) as readonly object[]).some(
            (one) => Reflect.get(one, now.peer.field) === now.peer.value,
          )
        : false,
    ),
  )
}

/** The call has only the new rule; the old one is in the call that created it. */
const revertModification: Revert = (context) => {
  const group = groupOf(context)
  if (!group) return undefined
  const changes = modificationsIn(context.event).map((modification) => {
    const id = textIn(modification, 'securityGroupRuleId') ?? ''
    const rule = partIn(modification, 'securityGroupRule')
    const now = rule && ruleOf(rule)
    const before = ruleById(context.older, id)
    const direction = now && directionOf(context, group, id, now)
    if (!now || !before || !direction) return undefined
    return inSequence(revoked(group.GroupId, direction, [now]), authorized(group.GroupId, direction, [before]))
  })
  const known = changes.filter((change) => change !== undefined)
  return known.length > 0 && known.length === changes.length ? {change: inSequence(...known)} : undefined
}

export const SECURITY_GROUPS: Readonly<Record<string, Revert>> = {
  AuthorizeSecurityGroupIngress: revertAuthorization('Ingress'),
  AuthorizeSecurityGroupEgress: revertAuthorization('Egress'),
  RevokeSecurityGroupIngress: revertRevocation('Ingress'),
  RevokeSecurityGroupEgress: revertRevocation('Egress'),
  ModifySecurityGroupRules: revertModification,
}
