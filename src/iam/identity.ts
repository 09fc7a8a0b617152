import {nodeOf} from '../agent/node.ts'
import type {Account, Instance, Kind, Role, VpcEndpoint} from '../model/account.ts'
import {isHybrid} from '../model/hybrid.ts'
import {find} from '../model/lists.ts'
import type {Path} from '../network/path.ts'
import {fallsBackAt} from './endpoint-fallback.ts'
import {allowed, type HostManagement, hostManagementOf, permitted} from './host-management.ts'
import {type HybridRole, hybridRoleOf} from './hybrid-role.ts'
import {networkContextTo} from './network-context.ts'
import type {Credentials as CredentialSource} from './policy/context.ts'
import {and, type Ternary} from './policy/three-valued.ts'
import {type ProfileState, profileOf} from './profile.ts'
import type {RoleFacts} from './role.ts'

/** The kinds that show which credentials the agent has and what they allow. */
export const IDENTITY_KINDS = [
  'IamInstanceProfileAssociations',
  'InstanceProfiles',
  'Roles',
  'Policies',
  'PolicySimulations',
  'Organization',
  'ServiceSettings',
  'InstanceInformationList',
  'VpcEndpoints',
  'NatGateways',
] as const satisfies readonly Kind[]

export type IdentityFacts = RoleFacts & Pick<Account, (typeof IDENTITY_KINDS)[number]>

/** Which credentials the agent ends up with, and why. */
export interface Identity {
  readonly profile: ProfileState
  readonly hostManagement: HostManagement
  /** Of a hybrid node, which has neither a profile nor host management. */
  readonly hybridRole?: HybridRole
  /** Whether the profile provides credentials that are authorized to register the node. */
  readonly profileWorks: Ternary
  readonly credentials: CredentialSource | 'none' | 'unknown'
  /** The role behind them. */
  readonly role?: Role
  readonly because: string
}

interface Remembered {
  readonly readings: readonly unknown[]
  readonly paths: readonly Path[]
  readonly identity: Identity
}

const NO_PATHS: readonly Path[] = []
/** Several checks and every endpoint need the same result for one instance; only the last one is cached. */
const remembered = new WeakMap<Instance, Remembered>()

export function identityOf(facts: IdentityFacts, instance: Instance, paths: readonly Path[] = NO_PATHS): Identity {
  const known = remembered.get(instance)
  if (known && known.paths === paths && IDENTITY_KINDS.every((kind, i) => facts[kind] === known.readings[i]))
    return known.identity
  const identity = workOut(facts, instance, paths)
  remembered.set(instance, {readings: IDENTITY_KINDS.map((kind) => facts[kind]), paths, identity})
  return identity
}

function profileWorks(profile: ProfileState): Ternary {
  if (profile.state === 'unknown') return 'unknown'
  return profile.state === 'role' ? and([allowed(profile.trust), permitted(profile.registration)]) : 'no'
}

function workOut(facts: IdentityFacts, instance: Instance, paths: readonly Path[]): Identity {
  if (isHybrid(instance)) return ofActivation(hybridRoleOf(facts, instance))
  const network = networkContextTo(facts, instance, paths, 'ssm')
  const profile = profileOf(facts, instance, network)
  const hostManagement = hostManagementOf(facts, instance, profile, network)
  const via = typeof network === 'object' && 'endpoint' in network ? network.endpoint.VpcEndpointId : undefined
  const endpoint = find(facts.VpcEndpoints, 'VpcEndpointId', via)
  const known = {profile, hostManagement, profileWorks: profileWorks(profile)}
  const common = hostRoleAt(facts, instance, known, endpoint) ? {...known, profileWorks: 'no' as const} : known
  return {...common, ...credentialsOf(facts, instance, common)}
}

/** The role of host management, if the policy of the endpoint for Systems Manager sends the agent there. */
export function hostRoleAt(
  facts: IdentityFacts,
  instance: Instance,
  {profile, hostManagement, profileWorks: works}: Known,
  endpoint: VpcEndpoint | undefined,
): Role | undefined {
  if (works === 'no' || profile.state !== 'role' || hostManagement.state !== 'on' || hostManagement.works === 'no')
    return undefined
  const {role: host} = hostManagement
  return endpoint && host && fallsBackAt(facts, endpoint, {instance, profile: profile.role, host}) ? host : undefined
}

function ofActivation(hybridRole: HybridRole): Identity {
  const none = {profile: {state: 'none'}, hostManagement: {state: 'off'}, profileWorks: 'no'} as const
  if (hybridRole.state === 'unknown') return {...none, hybridRole, credentials: 'unknown', because: hybridRole.because}
  if (hybridRole.state === 'absent')
    return {...none, hybridRole, credentials: 'none', because: `role ${hybridRole.arn} is not in the collected data`}
  const {role} = hybridRole
  return {...none, hybridRole, credentials: 'activation', role, because: 'the node was registered with the role'}
}

type Credentials = Pick<Identity, 'credentials' | 'role' | 'because'>
type Known = Pick<Identity, 'profile' | 'hostManagement' | 'profileWorks'>

/**
 * The agent tries the profile with UpdateInstanceInformation, and falls back to host management when there are no
 * credentials, or if they are denied.
 * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/common/identity/credentialproviders/ec2roleprovider/ec2_role_provider.go
 */
function credentialsOf(facts: IdentityFacts, instance: Instance, known: Known): Credentials {
  const {profile, hostManagement, profileWorks} = known
  if (profileWorks === 'yes') return ofProfile(profile, 'the role of the instance profile can register the node')
  if (profileWorks === 'unknown') return undecided(facts, instance, known)
  if (hostManagement.state === 'on' && hostManagement.works === 'yes')
    return ofHostManagement(hostManagement, 'the profile cannot register the node, so host management does')
  const unsettled =
    hostManagement.state === 'unknown' || (hostManagement.state === 'on' && hostManagement.works === 'unknown')
  if (unsettled) return {credentials: 'unknown', because: 'whether host management applies is not known'}
  return yields(profile) === 'no'
    ? {credentials: 'none', because: 'neither the instance profile nor host management yields credentials'}
    : ofProfile(profile, 'the instance profile provides credentials that are not authorized to register the node')
}

const yields = (profile: ProfileState): Ternary => (profile.state === 'role' ? allowed(profile.trust) : 'no')

const ofProfile = (profile: ProfileState, because: string): Credentials =>
  profile.state === 'role' ? {credentials: 'profile', role: profile.role, because} : {credentials: 'unknown', because}

const ofHostManagement = ({role}: HostManagement & {state: 'on'}, because: string): Credentials => ({
  credentials: 'host-management',
  ...(role === undefined ? {} : {role}),
  because,
})

/** The role that Systems Manager reports for a node with host management shows what the policies do not. */
function undecided(facts: IdentityFacts, instance: Instance, {profile, hostManagement}: Known): Credentials {
  const node = nodeOf(facts, instance)
  if (hostManagement.state === 'off') return ofProfile(profile, 'host management is not enabled')
  if (hostManagement.state === 'on' && node?.IamRole !== undefined && node.IamRole !== '') {
    const role = node.IamRole.replace(/^\//, '')
    if (hostManagement.roleArn.endsWith(`:role/${role}`))
      return ofHostManagement(hostManagement, `Systems Manager shows the node with role ${role}`)
  }
  return {credentials: 'unknown', because: 'whether the profile may register the node is not known'}
}
