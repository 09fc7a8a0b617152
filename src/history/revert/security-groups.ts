import {type Account, itemsOf, type SecurityGroup} from '../../model/account.ts'
import {type Direction, PEERS, type Permission, RULES, ruleKey, ruleOf, singleRules} from '../../model/group-rules.ts'
import {find} from '../../model/lists.ts'
import {authorize, revoke} from '../../remedies/changes/filters.ts'
import {inSequence} from '../../remedies/core/change.ts'
import {decapitalized} from '../../util/list-in-words.ts'
import type {ChangeEvent} from '../event.ts'
import {flagIn, numberIn, type Parameters, partIn, partsIn, textIn, textsIn} from '../parameters.ts'
import {allKnown, formerly, NOTHING, type Revert, type RevertContext} from './context.ts'

const portsIn = (parameters: Parameters | undefined) => ({
  protocol: textIn(parameters, 'ipProtocol'),
  from: numberIn(parameters, 'fromPort'),
  to: numberIn(parameters, 'toPort'),
})

/** The rules in `ipPermissions`, one for each peer. */
const rulesOfPermission = (permission: Parameters): readonly Permission[] =>
  PEERS.flatMap(({list, field}) =>
    [decapitalized(list), ...(field === 'GroupId' ? ['groups'] : [])]
      .flatMap((name) => partsIn(permission, name))
      .flatMap((peer) => ruleOf(portsIn(permission), {[field]: textIn(peer, decapitalized(field))})),
  )

/** A rule of `securityGroupRuleSet`, or of `ModifySecurityGroupRules`. */
const ruleIn = (rule: Parameters): Permission | undefined =>
  ruleOf(portsIn(rule), {
    CidrIp: textIn(rule, 'cidrIpv4'),
    CidrIpv6: textIn(rule, 'cidrIpv6'),
    GroupId: textIn(rule, 'referencedGroupId') ?? textIn(partIn(rule, 'referencedGroupInfo'), 'groupId'),
    PrefixListId: textIn(rule, 'prefixListId'),
  })[0]

/** The rules in the list of a request, or the only rule of the older form of the call. */
const requested = (request: Parameters | undefined): readonly Permission[] => [
  ...partsIn(request, 'ipPermissions').flatMap(rulesOfPermission),
  ...ruleOf(portsIn(request), {CidrIp: textIn(request, 'cidrIp')}),
]

const answered = ({response}: ChangeEvent, list: string): readonly Permission[] =>
  partsIn(response, list).flatMap((rule) => ruleIn(rule) ?? [])

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

const revertAuthorization =
  (direction: Direction): Revert =>
  (context) => {
    const group = groupOf(context)
    const returned = answered(context.event, 'securityGroupRuleSet')
    const rules = returned.length > 0 ? returned : requested(context.event.request)
    return group && rules.length > 0 ? {change: revoke(direction, group.GroupId, rules)} : undefined
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
    if (unknown.size > 0 && returned.length + requestedRules.length === 0) return NOTHING
    const rules = allKnown(returned.length > 0 ? returned : requestedRules)
    return rules && {change: authorize(direction, group.GroupId, rules)}
  }

/** The rule when it was created or last changed. */
const ruleById = (older: readonly ChangeEvent[], id: string): Permission | undefined =>
  formerly(older, (event) => {
    const made = withId(partsIn(event.response, 'securityGroupRuleSet'), id)
    if (made) return ruleIn(made)
    const rule = partIn(withId(modificationsIn(event), id), 'securityGroupRule')
    return rule && ruleIn(rule)
  })

const withId = (rules: readonly Parameters[], id: string): Parameters | undefined =>
  rules.find((one) => textIn(one, 'securityGroupRuleId') === id)

const modificationsIn = ({name, request}: ChangeEvent): readonly Parameters[] =>
  name === 'ModifySecurityGroupRules'
    ? [...partsIn(request, 'securityGroupRules'), ...partsIn(request, 'securityGroupRule')]
    : []

/** The direction of a rule: from the call that created it, or the group that has it now. */
function directionOf({older}: RevertContext, group: SecurityGroup, id: string, now: Permission): Direction | undefined {
  const isEgress = formerly(older, ({response}) => {
    const made = withId(partsIn(response, 'securityGroupRuleSet'), id)
    return made && flagIn(made, 'isEgress')
  })
  if (isEgress !== undefined) return isEgress ? 'Egress' : 'Ingress'
  return (['Egress', 'Ingress'] as const).find((direction) =>
    group[RULES[direction]].flatMap(singleRules).some((rule) => ruleKey(rule) === ruleKey(now)),
  )
}

/** The call has only the new rule; the old one is in the call that created it. */
const revertModification: Revert = (context) => {
  const group = groupOf(context)
  if (!group) return undefined
  const changes = modificationsIn(context.event).map((modification) => {
    const id = textIn(modification, 'securityGroupRuleId') ?? ''
    const rule = partIn(modification, 'securityGroupRule')
    const now = rule && ruleIn(rule)
    const before = ruleById(context.older, id)
    const direction = now && directionOf(context, group, id, now)
    if (!now || !before || !direction) return undefined
    return inSequence(revoke(direction, group.GroupId, [now]), authorize(direction, group.GroupId, [before]))
  })
  const known = allKnown(changes)
  return known && {change: inSequence(...known)}
}

export const SECURITY_GROUPS: Readonly<Record<string, Revert>> = {
  AuthorizeSecurityGroupIngress: revertAuthorization('Ingress'),
  AuthorizeSecurityGroupEgress: revertAuthorization('Egress'),
  RevokeSecurityGroupIngress: revertRevocation('Ingress'),
  RevokeSecurityGroupEgress: revertRevocation('Egress'),
  ModifySecurityGroupRules: revertModification,
}
