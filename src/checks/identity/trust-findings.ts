import {lineEvidence, type Signal} from '../../agent/output/signal.ts'
import {statementInWords} from '../../iam/policy/policy.ts'
import {type Indeterminate, type LayerDecision, unmetInWords} from '../../iam/policy/statement.ts'
import {type AssumedRole, servicePrincipals} from '../../iam/trust.ts'
import type {Role} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {iamGuide} from '../../model/documentation.ts'
import {updateAssumeRolePolicy} from '../../remedies/changes/roles.ts'
import {contactOwner} from '../../remedies/core/change.ts'
import {capital} from '../../util/list-in-words.ts'
import {type Finding, inMessage, type Note} from '../check.ts'

const SERVICES = {ec2: 'EC2', ssm: 'Systems Manager'} as const

export interface Assumption {
  readonly service: keyof typeof SERVICES
  /** What it means that the service cannot assume the role. */
  readonly cause: string
  readonly partition: string
  /** Whether the agent may get credentials from elsewhere, so that it does not matter. */
  readonly hasAlternative?: boolean
  /** Whether the service names the account that it assumes the role for. */
  readonly namesAccount?: true
  /** What else a change of the role affects. */
  readonly effectOn: (role: Role) => string
}

/** Whether the trust policy of the role lets the service assume it. */
export function trustNote({role, trust}: AssumedRole, assumption: Assumption): Note {
  const service = SERVICES[assumption.service]
  if (trust.effect === 'allow') return {fact: `${capital(statementInWords(trust.by))} allows ${service} to assume it.`}
  if (trust.effect !== 'unknown') return untrusted(role, trust, assumption)
  return !assumption.hasAlternative && trust.indeterminates.every(({kind}) => kind === 'everybody')
    ? unnamed({role, trust}, trust.indeterminates, assumption)
    : undetermined(service, role, trust.indeterminates)
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
    ...(service === SERVICES.ec2 && {
      remedies: [
        contactOwner(
          `Check in the log of SSM Agent whether ${service} assumes role ${RoleName}, and examine again with --agent-log`,
          iamGuide('troubleshoot_iam-ec2'),
        ),
      ],
    }),
  }
}

/**
 * AWS documents "*" for accounts, users, roles and anonymous callers, and that a service is named as `Service`; its
 * examples of a Deny for "*" exempt services.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
 */
function unnamed(assumed: AssumedRole, indeterminates: readonly Indeterminate[], assumption: Assumption): Finding {
  const {role} = assumed
  const fact = indeterminates.map(({because}) => because).join('; ')
  const {service} = assumption
  const message = `${SERVICES[service]} most likely cannot assume role ${role.RoleName}: ${fact}. A trust policy names a service as {"Service": "${service}.amazonaws.com"}.`
  return {...findingOn(assumed, assumption), certainty: 'likely', message, evidence: [inMessage(fact, 'iam:GetRole')]}
}

/** AWS refused what a condition leaves unknown, as a line of the log shows. */
export function refused(
  assumed: AssumedRole,
  assumption: Assumption,
  indeterminates: readonly Indeterminate[],
  signal: Signal,
): Finding {
  const fact = indeterminates.map(({because}) => because).join('; ')
  const message = `AWS did not let ${SERVICES[assumption.service]} assume role ${assumed.role.RoleName}: ${fact}. The agent gets no credentials.`
  const evidence = [inMessage(fact, 'iam:GetRole'), lineEvidence(signal)]
  return {...findingOn(assumed, assumption), certainty: 'likely', message, evidence}
}

function untrusted(
  role: Role,
  trust: Exclude<LayerDecision, {effect: 'allow' | 'unknown'}>,
  assumption: Assumption,
): Finding {
  const {service, partition} = assumption
  const principals = servicePrincipals(service, partition).join(' or ')
  const here = service === 'ssm' ? ' here' : ''
  const unallowed = `no statement of the trust policy of role ${role.RoleName} allows ${principals} to call sts:AssumeRole${here}`
  const fact =
    trust.effect === 'deny'
      ? `${statementInWords(trust.by)} denies sts:AssumeRole to ${principals}`
      : [unallowed, ...(trust.unmet ?? []).map(unmetInWords)].join('; ')
  const message = `${SERVICES[service]} cannot assume role ${role.RoleName}: ${fact}. The agent gets no credentials.`
  return {...findingOn({role, trust}, assumption), message, evidence: [inMessage(fact, 'iam:GetRole')]}
}

const findingOn = (
  {role, trust}: AssumedRole,
  {cause, service, namesAccount, effectOn}: Assumption,
): Pick<Finding, 'cause' | 'resource' | 'remedies'> => ({
  cause,
  resource: role.Arn,
  remedies: [updateAssumeRolePolicy({role, trust}, service, effectOn(role), namesAccount && accountOf(role.Arn))],
})
