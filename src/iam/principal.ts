import type {Role} from '../model/account.ts'
import {accountOf} from './context.ts'
import type {Principals} from './policy.ts'
import {not, or, type Ternary, ternary} from './three-valued.ts'

/** Who calls: a session of a role, an AWS service, or, for host management, the node itself. */
export type Caller =
  | {readonly role: Pick<Role, 'Arn' | 'RoleName' | 'RoleId'>; readonly session: string | undefined}
  /** Somebody of this account, it is not known who. */
  | {readonly account: string}
  /** Seen by a gateway endpoint, where an account stands for its root user alone. */
  | {readonly gateway: Caller}
  /** All the names under which the service is known in the partition. */
  | {readonly service: readonly string[]}
  | 'node'

const ACCOUNT = /^\d{12}$/

function roleFits(role: Pick<Role, 'Arn' | 'RoleName' | 'RoleId'>, session: string | undefined, value: string) {
  const account = accountOf(role.Arn)
  if (ACCOUNT.test(value)) return ternary(value === account)
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
const isAccount = (value: string) => ACCOUNT.test(value) || value.endsWith(':root')

function fits({everyone, AWS, Service}: Principals, caller: Caller): Ternary {
  if (caller !== 'node' && 'gateway' in caller) return everyone ? 'yes' : AWS.every(isAccount) ? 'no' : 'unknown'
  // Whether "*" stands for services too is not documented for trust policies.
  if (caller !== 'node' && 'service' in caller)
    return Service.some((name) => caller.service.includes(name)) ? 'yes' : everyone ? 'unknown' : 'no'
  if (everyone) return 'yes'
  if (caller === 'node') return 'no'
  if ('account' in caller) return or(AWS.map((value) => anyPrincipalMatches(caller.account, value)))
  return or(AWS.map((value) => roleFits(caller.role, caller.session, value)))
}

/** Does the statement's Principal or NotPrincipal name the caller? https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export const names = (principals: Principals, caller: Caller): Ternary =>
  principals.not ? not(fits(principals, caller)) : fits(principals, caller)
