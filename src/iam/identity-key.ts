import {pollsEc2Messages} from '../agent/legacy-channel.ts'
import {consoleSignals, recentDenials} from '../agent/output/console.ts'
import {isAtLeast, MINIMUMS} from '../agent/version.ts'
import {type Account, type Instance, isUnreadable, itemsOf, type Role, type VpcEndpoint} from '../model/account.ts'
import {accountIdOf} from '../model/instance.ts'
import {find, finderIn, hasWith} from '../model/lists.ts'
import {publicAddressOf} from '../network/other-interfaces.ts'
import {lastPart} from '../util/last-part.ts'
import {memo, remembered} from '../util/memo.ts'
import type {Values} from '../util/numbering.ts'
import {hasRestrictions} from './endpoint-restriction.ts'
import {type Policy, policyOf, type Statement} from './policy/policy.ts'
import {changesSinceLastPing} from './recent-changes.ts'
import {policiesOf, roleByArn, rolesNamed} from './role.ts'

/**
 * Everything that distinguishes the credentials of one instance from those of another: instances with the same values
 * get the same decisions on their role. If a policy refers to single instances, each has its own id among them.
 */
export function identityKeysIn(account: Account): (instance: Instance) => Values {
  // What all instances of an account have in common is looked up once.
  const nodeOf = finderIn(account.InstanceInformationList, 'InstanceId')
  const connectionOf = finderIn(account.ConnectionStatuses, 'Target')
  const isAnyDistinguished = hasWith(account.VpcEndpoints, distinguishes, true)
  const isDistinguishing = policiesHave(account, policyDistinguishes)
  const dependsOnNetwork = networkDependencesIn(account)
  return (instance) => {
    const {IamInstanceProfile: profile, InstanceId, MetadataOptions} = instance
    const node = nodeOf(InstanceId)
    const isDistinguished = isAnyDistinguished || isDistinguishing(profile?.Arn)
    return [
      profile?.Arn,
      profile?.Id,
      MetadataOptions?.HttpEndpoint,
      MetadataOptions?.HttpTokens,
      MetadataOptions?.State,
      accountIdOf(account, instance),
      dependsOnNetwork(instance) && publicAddressOf(instance) !== undefined,
      pollsEc2Messages(account, instance),
      node === undefined,
      node?.PingStatus,
      node ? relevantVersion(node.AgentVersion) : printedVersion(account, instance),
      node?.IamRole,
      connectionOf(InstanceId)?.Status,
      isDistinguished ? InstanceId : undefined,
      recentChanges(account, instance),
      recentDenials(account, instance).length > 0 ? InstanceId : undefined,
    ]
  }
}

/** The version that an agent prints that never registered. */
const printedVersion = (account: Account, instance: Instance): string | undefined =>
  consoleSignals(account, instance).findLast(({kind}) => kind === 'agent-started')?.version

/** From this version on, no check of credentials depends on the version. */
const relevantVersion = (version: string | undefined): string | undefined =>
  isAtLeast(version, MINIMUMS.singleChannel.version) ? '' : version

/** When the credentials of an agent changed that has not called since. */
function recentChanges(account: Account, instance: Instance): string | undefined {
  const changes = changesSinceLastPing(account, instance, () =>
    roleOfProfile(account, instance.IamInstanceProfile?.Arn),
  )
  return changes.length === 0 ? undefined : changes.map(({at, source}) => `${source} ${at}`).join()
}

function roleOfProfile(account: Account, profileArn: string | undefined): Role | undefined {
  const arn = find(account.InstanceProfiles, 'Arn', profileArn)?.Roles[0]?.Arn
  const role = arn === undefined ? undefined : roleByArn(account, arn)
  return isUnreadable(role) ? undefined : role
}

/**
 * Whether the decisions on the credentials of an instance depend on the endpoints and gateways on the path of its calls:
 * only conditions, variables and the policies of endpoints do.
 */
export const networkDependencesIn = memo((account: Account): ((instance: Instance) => boolean) => {
  const isConditional = policiesHave(account, policyReadsContext)
  const isRestricted = hasRestrictions(account)
  return ({IamInstanceProfile}) => isRestricted || isConditional(IamInstanceProfile?.Arn)
})

const policyReadsContext = memo(({statements}: Policy): boolean =>
  statements.some(({conditions, resources}) => conditions.length > 0 || resources?.values.some(isVariable)),
)

/** Whether a policy of the role of a profile, or of that of host management, which any instance may get, has something. */
function policiesHave(account: Account, has: (policy: Policy) => boolean): (profileArn: string | undefined) => boolean {
  const roleHas = (role: Role): boolean =>
    policiesOf(account, role).some(({policy}) => !isUnreadable(policy) && has(policy))
  const hostRoleHas = itemsOf(account.ServiceSettings).some(({SettingValue = ''}) =>
    rolesNamed(account, lastPart(SettingValue)).some(roleHas),
  )
  return remembered((profileArn: string | undefined): boolean => {
    const role = roleOfProfile(account, profileArn)
    return hostRoleHas || (role !== undefined && roleHas(role))
  })
}

const distinguishes = ({PolicyDocument}: VpcEndpoint) => [
  PolicyDocument !== undefined && policyDistinguishes(policyOf(PolicyDocument)),
]

/** Such a policy may decide differently for two instances with one role. */
const policyDistinguishes = memo(({statements}: Policy): boolean => statements.some(statementDistinguishes))

/**
 * Keys whose value is the instance's own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const OWN_KEYS =
  /^(aws:ec2instancesource|ec2:sourceinstancearn|ssm:sourceinstancearn|aws:userid|aws:vpcsourceip|aws:sourceip|(aws|ssm|ec2):resourcetag\/)/i

const statementDistinguishes = ({resources, conditions, principals}: Statement): boolean =>
  (resources?.values ?? []).some(namesOne) ||
  conditions.some(({key, values}) => OWN_KEYS.test(key) || values.some(isVariable)) ||
  (principals?.AWS ?? []).some((arn) => arn.includes(':assumed-role/'))

const isVariable = (value: string): boolean => value.includes('${')

/**
 * Whether a resource pattern can match the ARN of one instance and not that of another. The id is what follows the last
 * colon, so that a pattern that takes the whole of it takes every instance.
 */
function namesOne(pattern: string): boolean {
  if (isVariable(pattern)) return true
  const tail = pattern.slice(pattern.lastIndexOf(':') + 1)
  if (tail.endsWith('*')) {
    const head = tail.slice(0, -1)
    return /[*?]/.test(head) || /^(managed-)?instance\/./.test(head)
  }
  return /[*?]/.test(tail) || /^(managed-)?instance\//.test(tail)
}
