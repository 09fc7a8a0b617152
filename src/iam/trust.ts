import type {Role} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {dnsSuffix} from '../model/partition.ts'
import {memo} from '../util/memo.ts'
import {
  ABSENT,
  type CallContext,
  is,
  type KeyValue,
  ORGANIZATION_OF_AWS,
  type OrganizationFacts,
  orAbsent,
  organizationId,
  organizationPath,
  secondsSince1970,
  UNKNOWN,
} from './policy/context.ts'
import {policyOf} from './policy/policy.ts'
import {type LayerDecision, layerDecisionOf} from './policy/statement.ts'

/**
 * The names of a service as a principal: AWS's documents use amazonaws.com in every commercial Region, and partitions
 * with their own suffix are used with either.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export const servicePrincipals = (service: 'ec2' | 'ssm', partition: string): readonly string[] => [
  ...new Set([`${service}.amazonaws.com`, `${service}.${dnsSuffix(partition)}`]),
]

/** A role that a service assumes to give the agent its credentials, and whether its trust policy allows that. */
export interface AssumedRole {
  readonly role: Role
  readonly trust: LayerDecision
}

/** What a service's call to assume a role depends on besides the role. */
type TrustFacts = Pick<OrganizationFacts, 'Partition' | 'ReadAt' | 'Organization'>

/** A service that assumes a role: its names, and for which of these resources, if that is known. */
interface AssumingService {
  readonly names: readonly string[]
  readonly sourceArns: readonly string[]
}

/** The condition keys of a service's call to assume a role, as far as they are documented. */
const contextOfService =
  (role: Role, facts: TrustFacts, {names, sourceArns}: AssumingService): CallContext =>
  (key) => {
    const account = accountOf(role.Arn)
    if (key === 'aws:sourceaccount') return sourceArns.length > 0 ? is(account) : {may: [[], [account]]}
    if (key === 'aws:sourcearn' && sourceArns.length > 0) return {may: sourceArns.map((arn) => [arn])}
    if (key === 'aws:principalservicename') return {may: names.map((name) => [name])}
    if (key === 'aws:resourceaccount') return is(account)
    if (key === 'aws:currenttime') return is(facts.ReadAt)
    if (key === 'aws:epochtime') return is(secondsSince1970(facts.ReadAt))
    if (key.startsWith('aws:principaltag/')) return ABSENT
    return OF_ORGANIZATION.get(key)?.(facts) ?? OF_EVERY_SERVICE.get(key) ?? UNKNOWN
  }

/** The role and what it is assumed for belong to the account. */
const OF_ORGANIZATION: ReadonlyMap<string, (facts: TrustFacts) => KeyValue> = new Map([
  ['aws:resourceorgid', (facts) => orAbsent(organizationId(facts))],
  ['aws:resourceorgpaths', (facts) => orAbsent(organizationPath(facts))],
  ['aws:sourceorgid', (facts) => orAbsent(organizationId(facts))],
  ['aws:sourceorgpaths', (facts) => orAbsent(organizationPath(facts))],
])

/**
 * A service principal belongs to no organization of a customer, has no tags and does not use MFA.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const OF_EVERY_SERVICE: ReadonlyMap<string, KeyValue> = new Map([
  ['aws:principalisawsservice', is('true')],
  ['aws:principalorgid', ORGANIZATION_OF_AWS],
  ['aws:principalorgpaths', ORGANIZATION_OF_AWS],
  ['aws:securetransport', is('true')],
  ['aws:principaltype', ABSENT],
  ['aws:username', ABSENT],
  ['sts:externalid', ABSENT],
  ['aws:multifactorauthage', ABSENT],
  ['aws:multifactorauthpresent', {may: [[], ['false']]}],
])

/** Whether the role trusts EC2: needed for every instance with the role. */
export const trustsEc2 = memo((role: Role) => {
  const known = new Map<string, LayerDecision>()
  return (facts: TrustFacts): LayerDecision => {
    const key = JSON.stringify([facts.Partition, facts.ReadAt, facts.Organization])
    const layerDecision = known.get(key) ?? trusts(role, 'ec2', facts)
    known.set(key, layerDecision)
    return layerDecision
  }
})

/**
 * Whether the role's trust policy allows the service to assume it. `sourceArns`: for which of these resources, if
 * known.
 */
export function trusts(
  role: Role,
  service: 'ec2' | 'ssm',
  facts: TrustFacts,
  sourceArns: readonly string[] = [],
): LayerDecision {
  if (role.AssumeRolePolicyDocument === undefined)
    return {
      effect: 'unknown',
      indeterminates: [{kind: 'unread', because: `the trust policy of role ${role.RoleName} was not read`}],
    }
  const names = servicePrincipals(service, facts.Partition)
  return layerDecisionOf([{name: role.RoleName, kind: 'trust', policy: policyOf(role.AssumeRolePolicyDocument)}], {
    action: 'sts:AssumeRole',
    resource: role.Arn,
    context: contextOfService(role, facts, {names, sourceArns}),
    caller: {service: names},
  })
}
