import {isOnline} from '../../agent/node.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {IDENTITY_KINDS, identityOf} from '../../iam/identity.ts'
import {usedBy} from '../../iam/role-usage.ts'
import type {AssumedRole} from '../../iam/trust.ts'
import type {Facts, Instance, Kind, Role} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {iamGuide, ssmGuide} from '../../model/documentation.ts'
import {profileAssociationOf} from '../../model/joins.ts'
import {changeResourceControlPolicy} from '../../remedies/changes/systems-manager.ts'
import {blocks, defineCheck, type Finding, isFinding, type Note} from '../check.ts'
import {type Assumption, refused, trustNote} from './trust-findings.ts'

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
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, paths, evidence): readonly Note[] => {
    const {profile, hostManagement, hybridRole} = identityOf(facts, instance, paths)
    const common = {partition: facts.Partition, effectOn: ({Arn}: Role) => usedBy(facts, Arn)}
    const online = isOnline(facts, instance)
    if (hybridRole) {
      if (hybridRole.state !== 'role') return [{skip: 'The service role is not known.'}]
      const ofService = trustNote(hybridRole, {...common, service: 'ssm', cause: 'hybrid.trust', namesAccount: true})
      return [hybridRole.trust.effect === 'unknown' && online ? observed(hybridRole.role) : ofService]
    }
    if (profile.state === 'unknown') return [{unknown: `The role is not known: ${profile.because}`, kind: profile.kind}]
    if (profile.state !== 'role') return [{skip: 'No instance profile gives the instance a role.'}]
    const hasAlternative = hostManagement.state === 'on'
    const assumption = {...common, service: 'ec2', cause: 'iam.trust-missing-ec2', hasAlternative} as const
    const note = trustNote(profile, assumption)
    const {role, trust} = profile
    if (trust.effect === 'unknown' && online && hostManagement.state === 'off') return [observed(role)]
    if (trust.effect === 'allow' || trust.effect === 'unknown')
      return [afterRefusal(note, profile, assumption, refusalIn(facts, instance, evidence))]
    if (hostManagement.state === 'on')
      return [
        {
          fact: `Role ${role.RoleName} does not allow EC2 to assume it${hostManagement.works === 'no' ? '' : '; host management is used instead'}.`,
        },
      ]
    return [isFinding(note) && hostManagement.state === 'unknown' ? {...note, certainty: 'likely'} : note]
  },
})

/** A node that is online has credentials, which decides what a trust policy leaves unknown. */
const observed = ({RoleName}: Role): Note => ({
  fact: `The node is observed to have the credentials of role ${RoleName}.`,
})

/** What the trust policy shows, if AWS refused EC2 the role that it allows, or may allow. */
function afterRefusal(note: Note, assumed: AssumedRole, assumption: Assumption, refusal: Signal | undefined): Note {
  const {role, trust} = assumed
  if (!refusal || assumption.hasAlternative) return note
  if (trust.effect === 'allow') return hiddenDenial(role, refusal)
  return trust.effect === 'unknown' && isFinding(note)
    ? refused(assumed, assumption, trust.indeterminates, refusal)
    : note
}

/** EC2 was not allowed to assume the role that the profile gives the instance now. */
function refusalIn(facts: TrustFacts, instance: Instance, evidence: readonly Signal[]): Signal | undefined {
  if (isOnline(facts, instance)) return undefined
  const since = profileAssociationOf(facts, instance)?.Timestamp
  return ofKind(evidence, 'no-role').find(
    ({action, at}) => action === 'sts:AssumeRole' && !(at !== undefined && since !== undefined && at < since),
  )
}

/**
 * EC2 may be refused although the trust policy allows it: by a resource control policy, which applies to the role, and
 * to the services of AWS unless it exempts them. Only an administrator of the organization can read it.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
const hiddenDenial = ({Arn, RoleName}: Role, signal: Signal): Finding => ({
  cause: 'iam.scp-blocks',
  severity: 'blocks',
  certainty: 'likely',
  resource: Arn,
  message: `AWS did not let EC2 assume role ${RoleName}, although its trust policy allows it: either the trust policy has changed since, or a resource control policy of the organization denies sts:AssumeRole. The agent gets no credentials.`,
  evidence: [lineEvidence(signal)],
  remedies: [changeResourceControlPolicy(accountOf(Arn), ['sts:AssumeRole'])],
})
