import {nodeOf, systemOf} from '../../agent/node.ts'
import {ofKind} from '../../agent/output/signal.ts'
import {IDENTITY_KINDS, identityOf} from '../../iam/identity.ts'
import {PULL_ONLY} from '../../iam/managed-policies.ts'
import type {Facts, Instance, Role} from '../../model/account.ts'
import type {Path} from '../../network/path.ts'
import {WALK_KINDS} from '../../network/readings.ts'
import {blocks, defineCheck, type Finding, type Note} from '../check.ts'
import {deniedCalls, missingEndpoints} from '../identity/other-calls.ts'

const OPTIONAL_KINDS = [...new Set([...IDENTITY_KINDS, ...WALK_KINDS])]
type ContainerFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>

/**
 * The permissions to pull an image from a private repository.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html
 */
const PULL = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']

/**
 * Bottlerocket runs the agent in its control container, which it pulls from a private repository of AWS with the
 * instance profile: https://github.com/bottlerocket-os/bottlerocket/blob/develop/README.md
 */
export const controlContainer = defineCheck({
  id: 'control-container',
  title: 'Bottlerocket control container',
  why: 'Bottlerocket runs SSM Agent in its control container, and pulls the image from Amazon ECR with the credentials of the instance profile.',
  causes: {
    'iam.bottlerocket-ecr': blocks(
      'a Bottlerocket control container that cannot be pulled from Amazon ECR',
      'https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-ami-bottlerocket.html',
    ),
  },
  dependsOn: ['path', 'credentials', 'machine'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, paths, evidence): readonly Note[] => {
    if (systemOf(facts, instance) !== 'bottlerocket') return [{skip: 'The instance does not run Bottlerocket.'}]
    if (nodeOf(facts, instance) !== undefined)
      return [{fact: `The agent on ${instance.InstanceId} has registered, so its control container was pulled.`}]
    const written =
      ofKind(evidence, 'control-container').length === 0 &&
      ofKind(evidence, ...BY_THE_AGENT).find(({isTest}) => !isTest)
    if (written)
      return [
        {fact: `The agent on ${instance.InstanceId} wrote ${written.source}, so its control container was pulled.`},
      ]
    const {profile} = identityOf(facts, instance, paths)
    if (profile.state !== 'role') return [{skip: 'No instance profile gives the instance a role.'}]
    const findings = [...notAllowed(facts, instance, profile.role), ...unreachable(facts, instance, paths)]
    return findings.length > 0
      ? findings
      : [{fact: `Nothing visible prevents role ${profile.role.RoleName} from pulling the control container.`}]
  },
})

/** What only an agent that runs writes, and get-diagnostics, which runs in its container. */
const BY_THE_AGENT = [
  ...(['agent-started', 'agent-running', 'ec2-identity', 'hybrid-registration', 'connected', 'reporting'] as const),
  ...(['access-denied', 'no-role', 'host-management-off', 'not-registered', 'hibernating', 'reached'] as const),
  ...(['timeout', 'refused', 'unresolved', 'tls-trust', 'clock', 'signature'] as const),
]

/** A custom image of the control container may come from elsewhere, which AWS does not show. */
const finding = (rest: Omit<Finding, 'cause' | 'certainty'>): Finding => ({
  cause: 'iam.bottlerocket-ecr',
  certainty: 'likely',
  ...rest,
})

function notAllowed(facts: ContainerFacts, instance: Instance, role: Role): readonly Finding[] {
  const caller = {role, credentials: 'profile', instance} as const
  const so = ', so Bottlerocket cannot pull the control container that runs the agent.'
  const denied = deniedCalls(facts, caller, PULL, {network: 'unknown', policy: PULL_ONLY, so})
  return denied ? [finding(denied)] : []
}

function unreachable(facts: ContainerFacts, instance: Instance, paths: readonly Path[]): readonly Finding[] {
  const missing = missingEndpoints(facts, instance, paths, ['ecr.api', 'ecr.dkr'])
  if (missing === undefined || missing.resource !== instance.VpcId) return []
  const {names, ...rest} = missing
  const message = `VPC ${rest.resource} has no endpoint for ${names.join(' or ')}, so Bottlerocket cannot pull the control container that runs the agent.`
  return [finding({...rest, message})]
}
