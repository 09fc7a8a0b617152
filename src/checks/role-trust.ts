import {isOnline} from '../agent/node.ts'
import {lineEvidence, ofKind, type Signal} from '../agent/signal.ts'
import type {HybridRole} from '../iam/hybrid-role.ts'
import {IDENTITY_KINDS, identityOf} from '../iam/identity.ts'
import {statementInWords} from '../iam/policy.ts'
import type {ProfileState} from '../iam/profile.ts'
import {usedBy} from '../iam/role-usage.ts'
import type {Indeterminate} from '../iam/statement.ts'
import {servicePrincipals} from '../iam/trust.ts'
import type {Facts, Instance, Kind, Role} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {iamGuide, ssmGuide} from '../model/documentation.ts'
import {find} from '../model/joins.ts'
import {updateAssumeRolePolicy} from '../remedies/changes/roles.ts'
import {changeResourceControlPolicy} from '../remedies/changes/systems-manager.ts'
import {capital} from '../util/list-in-words.ts'
import {blocks, defineCheck, type Finding, inMessage, type Note} from './check.ts'

const OPTIONAL_KINDS = [...IDENTITY_KINDS, 'Instances'] as const satisfies readonly Kind[]
type TrustFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>

export const roleTrust = defineCheck({
  id: 'role-trust',
  title: 'Role trust policy',
  why: 'EC2 fetches the credentials for the instance by assuming the role; a trust policy that does not name EC2 leaves the agent without any.',
  subject: 'both',
  causes: {
    'iam.trust-missing-ec2': blocks('a trust policy that does not allow EC2', iamGuide('troubleshoot_iam-ec2')),
    'hybrid.trust': blocks(
      'a service role that Systems Manager cannot assume',
      ssmGuide('hybrid-multicloud-service-role'),
    ),
  },
  dependsOn: ['credentials'],
  requiredKinds: [],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, paths, evidence): readonly Note[] => {
    const {profile, hostManagement, hybridRole} = identityOf(facts, instance, paths)
    if (hybridRole) return trustOfService(facts, hybridRole)
    if (profile.state === 'unknown') return [{unknown: `The role is not known: ${profile.because}`, kind: profile.kind}]
    if (profile.state !== 'role') return [{skip: 'No instance profile gives the instance a role.'}]
    const {trust, role} = profile
    if (trust.effect === 'allow') {
      const hidden = hostManagement.state === 'on' ? undefined : hiddenDenial(facts, instance, role, evidence)
      return [hidden ?? {fact: `${capital(statementInWords(trust.by))} allows EC2 to assume it.`}]
    }
    if (trust.effect === 'unknown')
      return [
        isOnline(facts, instance) && hostManagement.state === 'off'
          ? {fact: `The node is observed to have the credentials of role ${role.RoleName}.`}
          : undeterminedTrust('EC2', role, trust.indeterminates),
      ]
    if (hostManagement.state === 'on')
      return [{fact: `Role ${role.RoleName} does not allow EC2 to assume it; host management is used instead.`}]
    return [untrusted(facts, profile, hostManagement.state === 'unknown')]
  },
})

/**
 * EC2 may be refused although the trust policy allows it: by a resource control policy, which applies to the role, and
 * to the services of AWS unless it exempts them. Only an administrator of the organization can read it.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
function hiddenDenial(
  facts: TrustFacts,
  instance: Instance,
  {Arn, RoleName}: Role,
  evidence: readonly Signal[],
): Finding | undefined {
  if (isOnline(facts, instance)) return undefined
  const since = find(facts.IamInstanceProfileAssociations, 'InstanceId', instance.InstanceId)?.Timestamp
  const [signal] = ofKind(evidence, 'no-role').filter(
    ({action, at}) => action === 'sts:AssumeRole' && !(at !== undefined && since !== undefined && at < since),
  )
  return (
    signal && {
      cause: 'iam.scp-blocks',
      severity: 'blocks',
      certainty: 'likely',
      resource: Arn,
      message: `AWS did not let EC2 assume role ${RoleName}, although its trust policy allows it: either the trust policy has changed since, or a resource control policy of the organization denies sts:AssumeRole. The agent gets no credentials.`,
      evidence: [lineEvidence(signal)],
      remedies: [changeResourceControlPolicy(accountOf(Arn), ['sts:AssumeRole'])],
    }
  )
}

/** What a condition leaves unknown is a finding; what could not be read is not. */
export function undeterminedTrust(
  service: string,
  {Arn, RoleName}: Role,
  indeterminates: readonly Indeterminate[],
): Note {
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

/** Systems Manager assumes the role of a hybrid node. */
function trustOfService(facts: TrustFacts, hybridRole: HybridRole): readonly Note[] {
  if (hybridRole.state !== 'role') return [{skip: 'The service role is not known.'}]
  const {role, trust} = hybridRole
  if (trust.effect === 'allow')
    return [{fact: `${capital(statementInWords(trust.by))} allows Systems Manager to assume it.`}]
  if (trust.effect === 'unknown') return [undeterminedTrust('Systems Manager', role, trust.indeterminates)]
  const fact =
    trust.effect === 'deny'
      ? `${statementInWords(trust.by)} denies sts:AssumeRole to ssm.amazonaws.com`
      : `no statement of the trust policy of role ${role.RoleName} allows ssm.amazonaws.com to call sts:AssumeRole here`
  return [
    {
      cause: 'hybrid.trust',
      resource: role.Arn,
      message: `Systems Manager cannot assume role ${role.RoleName}: ${fact}. The agent gets no credentials.`,
      evidence: [inMessage(fact, 'iam:GetRole')],
      remedies: [updateAssumeRolePolicy(role, 'ssm', usedBy(facts, role.Arn))],
    },
  ]
}

function untrusted(facts: TrustFacts, {role, trust}: ProfileState & {state: 'role'}, likely: boolean): Finding {
  const expected = servicePrincipals('ec2', facts.Partition).join(' or ')
  const fact =
    trust.effect === 'deny'
      ? `${statementInWords(trust.by)} denies sts:AssumeRole to ${expected}`
      : `no statement of the trust policy of role ${role.RoleName} allows ${expected} to call sts:AssumeRole`
  return {
    cause: 'iam.trust-missing-ec2',
    ...(likely ? {certainty: 'likely'} : {}),
    resource: role.Arn,
    message: `EC2 cannot assume role ${role.RoleName}: ${fact}. The agent gets no credentials.`,
    evidence: [inMessage(fact, 'iam:GetRole')],
    remedies: [updateAssumeRolePolicy(role, 'ec2', usedBy(facts, role.Arn))],
  }
}
