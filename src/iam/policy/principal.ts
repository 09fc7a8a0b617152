import type {Role} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {isAccountId} from '../../model/ids.ts'
import type {Principals} from './policy.ts'
import {not, or, type Ternary, ternary} from './three-valued.ts'

interface RoleSession {
  readonly role: Pick<Role, 'Arn' | 'RoleName' | 'RoleId' | 'PermissionsBoundary'>
  readonly session: string | undefined
}

/** The caller: a session of a role, an AWS service, or, for host management, the node itself. */
export type Caller =
  | RoleSession
  /** An unknown principal of this account. */
  | {readonly account: string}
  /** At a gateway endpoint, where an account means only its root user. */
  | {readonly gateway: Caller}
  /** All the names under which the service is known in the partition. */
  | {readonly service: readonly string[]}
  | 'node'

function roleFits(role: Pick<Role, 'Arn' | 'RoleName' | 'RoleId'>, session: string | undefined, value: string) {
  const account = accountOf(role.Arn)
  if (isAccountId(value)) return ternary(value === account)
  if (/^arn:[^:]+:iam::\d{12}:root$/.test(value)) return ternary(accountOf(value) === account)
  if (value === role.Arn || value === role.RoleId) return 'yes'
  const prefix = `:sts::${account}:assumed-role/${role.RoleName}/`
  const at = value.indexOf(prefix)
  if (at < 0) return 'no'
  return session === undefined ? 'unknown' : ternary(value.slice(at + prefix.length) === session)
}

function anyPrincipalMatches(account: string, value: string): Ternary {
  if (isAccount(value)) return ternary((accountOf(value) || value) === account)
  return value.startsWith('arn:') && accountOf(value) !== account ? 'no' : 'unknown'
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway */
const isAccount = (value: string) => isAccountId(value) || value.endsWith(':root')

type Effect = 'Allow' | 'Deny'

function fits({everyone, AWS, Service}: Principals, caller: Caller, effect: Effect): Ternary {
  if (caller !== 'node' && 'gateway' in caller) return everyone ? 'yes' : AWS.every(isAccount) ? 'no' : 'unknown'
  // AWS's own trust policies exempt services from a Deny for {"AWS": "*"}; whether an Allow includes them is not
  // documented. https://github.com/aws-samples/data-perimeter-policy-examples/tree/main/resource_based_policies
  if (caller !== 'node' && 'service' in caller)
    return Service.some((name) => caller.service.includes(name)) || (everyone && effect === 'Deny')
      ? 'yes'
      : everyone
        ? 'unknown'
        : 'no'
  if (everyone) return 'yes'
  if (caller === 'node') return 'no'
  if ('account' in caller) return or(AWS.map((value) => anyPrincipalMatches(caller.account, value)))
  return or(AWS.map((value) => roleFits(caller.role, caller.session, value)))
}

const isSession = (caller: Caller): caller is RoleSession => caller !== 'node' && 'role' in caller

/**
 * A Deny with NotPrincipal applies to every role with a permissions boundary. AWS checks the account, the role and the
 * session one after the other, so that a role is not surely exempt where only some of them are named.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function exempts({everyone, AWS}: Principals, {role, session}: RoleSession): Ternary {
  if (role.PermissionsBoundary !== undefined) return 'no'
  if (everyone) return 'yes'
  const named = AWS.filter((value) => roleFits(role, session, value) !== 'no')
  if (named.length === 0) return 'no'
  const isExactly = named.some((value) => value.includes(':assumed-role/') && roleFits(role, session, value) === 'yes')
  const isRole = named.some((value) => value === role.Arn || value === role.RoleId)
  const hasAccount = named.some(isAccount)
  return hasAccount && (named.every(isAccount) || (isRole && isExactly)) ? 'yes' : 'unknown'
}

/**
 * Whether the statement's Principal or NotPrincipal names the caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function names(principals: Principals, caller: Caller, effect: Effect): Ternary {
  if (!principals.not) return fits(principals, caller, effect)
  if (isSession(caller)) return not(exempts(principals, caller))
  // How a gateway endpoint evaluates NotPrincipal is not documented.
  if (caller !== 'node' && 'gateway' in caller && !principals.everyone) return 'unknown'
  const others = not(fits(principals, caller, effect))
  // Whether an Allow for everybody else includes services is no more documented than for everybody.
  return others === 'yes' && effect === 'Allow' && caller !== 'node' && 'service' in caller ? 'unknown' : others
}
