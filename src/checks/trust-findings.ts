import {statementInWords} from '../iam/policy.ts'
import type {Indeterminate, LayerDecision} from '../iam/statement.ts'
import {servicePrincipals} from '../iam/trust.ts'
import type {Role} from '../model/account.ts'
import {updateAssumeRolePolicy} from '../remedies/changes/roles.ts'
import {capital} from '../util/list-in-words.ts'
import {type Finding, inMessage, type Note} from './check.ts'

const SERVICES = {ec2: 'EC2', ssm: 'Systems Manager'} as const

/** A role that a service assumes to give the agent its credentials. */
interface AssumedRole {
  readonly role: Role
  readonly trust: LayerDecision
}

interface Assumption {
  readonly service: keyof typeof SERVICES
  /** What it means that the service cannot assume the role. */
  readonly cause: string
  readonly partition: string
  /** What else a change of the role affects. */
  readonly effectOn: (role: Role) => string
}

/** Whether the trust policy of the role lets the service assume it. */
export function trustNote({role, trust}: AssumedRole, assumption: Assumption): Note {
  const service = SERVICES[assumption.service]
  if (trust.effect === 'allow') return {fact: `${capital(statementInWords(trust.by))} allows ${service} to assume it.`}
  if (trust.effect !== 'unknown') return untrusted(role, trust, assumption)
  return undetermined(service, role, trust.indeterminates)
}

/** What a condition leaves unknown is a finding; what could not be read is not. */
function undetermined(service: string, {Arn, RoleName}: Role, indeterminates: readonly Indeterminate[]): Note {
  const reasons = indeterminates.map(({because}) => because)
  const message = `Cannot determine whether ${service} can assume role ${RoleName}: ${reasons.join('; ')}.`
  if (indeterminates.some(({kind}) => kind === 'unread')) return {unknown: message, kind: 'Roles'}
  return {
    cause: 'iam.condition-unknown',
    severity: 'undecided',
    resource: Arn,
    message,
    evidence: reasons.map((fact) => inMessage(fact, 'iam:GetRole')),
  }
}

function untrusted(
  role: Role,
  trust: Exclude<LayerDecision, {effect: 'allow' | 'unknown'}>,
  {service, cause, partition, effectOn}: Assumption,
): Finding {
  const principals = servicePrincipals(service, partition).join(' or ')
  const here = service === 'ssm' ? ' here' : ''
  const fact =
    trust.effect === 'deny'
      ? `${statementInWords(trust.by)} denies sts:AssumeRole to ${principals}`
      : `no statement of the trust policy of role ${role.RoleName} allows ${principals} to call sts:AssumeRole${here}`
  return {
    cause,
    resource: role.Arn,
    message: `${SERVICES[service]} cannot assume role ${role.RoleName}: ${fact}. The agent gets no credentials.`,
    evidence: [inMessage(fact, 'iam:GetRole')],
    remedies: [updateAssumeRolePolicy(role, service, effectOn(role))],
  }
}
