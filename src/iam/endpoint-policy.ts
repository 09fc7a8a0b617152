import {isConnected, isOnline} from '../agent/node.ts'
import {type Account, type Instance, isRefused, itemsOf, type Kind, type VpcEndpoint} from '../model/account.ts'
import {accountOf, roleArnIn} from '../model/arn.ts'
import {accountIdOf} from '../model/instance.ts'
import type {Hop} from '../network/path.ts'
import {capital, inList, inShort} from '../util/list-in-words.ts'
import {memo} from '../util/memo.ts'
import {
  ASSOCIATIONS,
  bucketArn,
  DISTRIBUTOR,
  isPresigned,
  LEGACY_MESSAGES,
  MESSAGES,
  managedBuckets,
  NODE_ACTIONS,
  PATCHING,
  REGISTRATION,
  resourceOf,
  SESSIONS,
} from './capabilities.ts'
import {systemsManagerEndpointBeside} from './endpoint-fallback.ts'
import {type Restriction, restrictionOf} from './endpoint-restriction.ts'
import {hostRoleAt, IDENTITY_KINDS, type IdentityFacts, identityOf} from './identity.ts'
import {
  type AgentCall,
  type CallContext,
  contextOf,
  is,
  nodeContextOf,
  presignedContextOf,
  UNKNOWN,
} from './policy/context.ts'
import {type Decision, type Denial, denyingIn, evaluateEndpoint} from './policy/evaluate.ts'
import {type Policy, statementInWords} from './policy/policy.ts'
import type {Caller} from './policy/principal.ts'
import {tracked} from './policy/statement.ts'
import {callerOf} from './role.ts'
import {decisionOn, grantedFor, requirementsOf, type SessionRequirement} from './session-requirements.ts'

/** The input of the verdict on an endpoint's policy: the caller, and whether the node is observed to make calls. */
const ENDPOINT_POLICY_KINDS = [
  ...IDENTITY_KINDS,
  'ConnectionStatuses',
  'SessionPreferences',
] as const satisfies readonly Kind[]
type EndpointPolicyReadings = IdentityFacts & Pick<Account, (typeof ENDPOINT_POLICY_KINDS)[number]>

/** An instance that calls a service through an endpoint. */
interface EndpointUse {
  readonly readings: EndpointPolicyReadings
  readonly instance: Instance
  readonly endpoint: VpcEndpoint
  readonly service: string
}

/** A call, and the severity if the endpoint denies it. */
interface RequiredCall {
  readonly action: string
  readonly resource: string | readonly string[]
  readonly blocks: boolean
  /** Who signs it: the agent with its role or as the node itself, or Systems Manager. */
  readonly by: 'role' | 'node' | 'systems-manager'
}

interface CallDecision {
  readonly call: RequiredCall
  readonly decision: Decision
}

type Denied = {readonly decision: Denial}

const isDenied = <T extends {readonly decision: Decision}>(call: T): call is T & Denied =>
  call.decision.decision === 'denied'

/** The caller at the endpoint: the agent's role, or an unknown principal of the account. */
interface User {
  readonly caller: Caller
  readonly context: (call: Pick<AgentCall, 'action' | 'resource'>) => CallContext
  readonly account: string
}

/**
 * The policy of an endpoint is another layer for the calls through it. It never grants what the role lacks.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function endpointPolicyHop(
  readings: EndpointPolicyReadings,
  instance: Instance,
  endpoint: VpcEndpoint,
  service: string,
): Hop {
  const hop = {...AT_POLICY, resource: endpoint.VpcEndpointId}
  const source = restrictionOf(endpoint)
  if (source === undefined)
    return {...hop, verdict: 'open', because: `The policy of ${endpoint.VpcEndpointId} allows every call.`}

  const use = {readings, instance, endpoint, service}
  const user = userOf(use)
  const decisions = requiredCalls(use, user.account).map((call) => ({
    call,
    decision: decide(source, user, call, endpoint),
  }))
  return {...hop, ...verdictOf(use, decisions, source, user)}
}

const AT_POLICY = {at: 'endpoint-policy', leg: 'endpoint', direction: 'request'} as const

/**
 * The policy of an endpoint of KMS, CloudWatch Logs or S3, for the calls that the session preferences require; nothing
 * if it allows them.
 */
export function sessionPolicyHop(
  readings: EndpointPolicyReadings,
  instance: Instance,
  endpoint: VpcEndpoint,
  service: string,
): Hop | undefined {
  const requirement = requirementsOf(itemsOf(readings.SessionPreferences)[0]?.inputs ?? {}).find(
    (one) => one.service === service,
  )
  const source = restrictionOf(endpoint)
  if (requirement === undefined || source === undefined) return undefined
  const user = userOf({readings, instance, endpoint, service})
  const decisions = requirement.calls(readings, user.account).map((needed) => ({
    action: needed.action,
    decision: decisionOn(needed, (resource) =>
      decide(source, user, {action: needed.action, resource, blocks: true, by: 'role'}, endpoint),
    ),
  }))
  const hop = {...AT_POLICY, resource: source.name}
  const denied = decisions.filter(isDenied)
  const missing = denied.map(({action}) => action)
  if (missing.length > 0)
    return {
      ...hop,
      verdict: service === 's3' ? 'partly' : 'blocked',
      because: `The policy of ${source.name} does not allow ${inShort(missing, 'or')} on ${requirement.what}.`,
      fault: sessionFault(readings, requirement, denied, source, user),
    }
  const unknown = decisions.find(({decision}) => decision.decision === 'unknown')?.decision
  if (unknown?.decision !== 'unknown') return undefined
  const because = `Cannot determine whether ${source.name} allows the calls to ${requirement.what}: ${unknown.because}.`
  return {...hop, verdict: 'unknown', because}
}

/** What the policy would have to allow is what the role is granted for the same preference. */
function sessionFault(
  readings: EndpointPolicyReadings,
  {service, whenDenied, grant}: SessionRequirement,
  denied: readonly (Denied & {readonly action: string})[],
  source: Restriction,
  user: User,
): NonNullable<Hop['fault']> {
  const missing = denied.map(({action}) => action)
  const resources = grantedFor(grant(readings, user.account), missing)
  const detail = {...detailOf(user, service, denied, missing), resources, whenDenied: whenDenied(missing)}
  return {cause: 'endpoint.policy-denies', resource: source.name, detail}
}

function userOf(use: EndpointUse): User {
  const {readings, instance, endpoint} = use
  const identity = identityOf(readings, instance)
  const fallback = hostRoleAt(readings, instance, identity, systemsManagerEndpointBeside(readings, endpoint))
  const {role, credentials} = fallback ? {role: fallback, credentials: 'host-management' as const} : identity
  if (role && credentials !== 'unknown' && credentials !== 'none') {
    const call = {facts: readings, instance, role, credentials, network: {endpoint}}
    return {
      caller: callerOf(role, credentials, instance),
      context: (one) => contextOf({...call, ...one}),
      account: accountOf(role.Arn),
    }
  }
  const account = accountIdOf(readings, instance) ?? ''
  return {caller: {account}, context: (one) => anyPrincipalContext(use, account, one), account}
}

/** The caller is unknown, the source is not. */
function anyPrincipalContext(
  {readings: facts, instance, endpoint}: EndpointUse,
  account: string,
  call: Pick<AgentCall, 'action' | 'resource'>,
): CallContext {
  const Arn = roleArnIn(facts.Partition, account, '')
  const role = {Arn, RoleName: '', RolePolicyList: [], AttachedManagedPolicies: []}
  const context = contextOf({facts, instance, role, credentials: 'profile', network: {endpoint}, ...call})
  return (key) => {
    if (key === 'aws:principalaccount') return account === '' ? UNKNOWN : is(account)
    const organization = key.startsWith('aws:principalorg') ? context(key) : UNKNOWN
    if ('may' in organization && account !== '') return organization
    return key.startsWith('aws:principal') || key === 'aws:userid' || key.startsWith('ec2:') ? UNKNOWN : context(key)
  }
}

/** The calls that the agent makes through an endpoint of the service. */
function requiredCalls({readings, instance, service}: EndpointUse, account: string): readonly RequiredCall[] {
  const calls = (by: RequiredCall['by'], actions: readonly string[], blocks: boolean): readonly RequiredCall[] =>
    actions.map((action) => ({
      action,
      resource: resourceOf(action, readings, account, instance.InstanceId),
      blocks,
      by,
    }))
  if (service === 'ssm') {
    const {profileWorks, hostManagement} = identityOf(readings, instance)
    // Host management registers the node and fetches its credentials with the node's own identity.
    const asNode = profileWorks === 'yes' || hostManagement.state !== 'on' ? [] : NODE_ACTIONS
    return [
      ...calls('role', REGISTRATION.actions, true),
      ...calls('node', asNode, profileWorks === 'no'),
      ...calls('role', [...ASSOCIATIONS.actions, ...PATCHING.actions, ...DISTRIBUTOR.actions], false),
    ]
  }
  if (service === 'ssmmessages') return calls('role', [...MESSAGES.actions, ...SESSIONS.actions], true)
  if (service === 'ec2messages') return calls('role', LEGACY_MESSAGES.actions, true)
  if (service !== 's3') return []
  return managedBuckets(readings.Region).map((bucket) => ({
    action: 's3:GetObject',
    resource: `${bucketArn(readings.Partition, bucket)}/object`,
    blocks: true,
    by: isPresigned(bucket) ? 'systems-manager' : 'role',
  }))
}

const nameOf = (resource: RequiredCall['resource']): string =>
  typeof resource === 'string' ? resource : resource.join(' ')

/** Decisions of a document that apply to every caller of an endpoint with it. */
const decisionsOfPolicy = memo((_: Policy) => new Map<string, Decision>())

function decide(
  source: Restriction,
  user: User,
  {action, resource, by}: RequiredCall,
  {VpcEndpointType}: VpcEndpoint,
): Decision {
  const forAll = source.policy.statements.every(({principals}) => principals?.everyone && !principals.not)
  const key = `${source.name} ${by} ${action}${action.startsWith('ssm') || action.startsWith('ec2') ? '' : ` ${nameOf(resource)}`}`
  const known = forAll ? decisionsOfPolicy(source.policy).get(key) : undefined
  if (known) return known
  const request = tracked({action, caller: callerAt(VpcEndpointType, user, by)}, () => {
    const context = user.context({action, ...(typeof resource === 'string' && {resource})})
    return {resource, context: by === 'role' ? context : CONTEXTS[by](context, user.account)}
  })
  const decision = evaluateEndpoint(source, request)
  if (forAll && !request.conditionKeysUsed()) decisionsOfPolicy(source.policy).set(key, decision)
  return decision
}

const CONTEXTS = {node: nodeContextOf, 'systems-manager': presignedContextOf} as const
const SYSTEMS_MANAGER: Caller = {account: 'of Systems Manager'}

function callerAt(type: VpcEndpoint['VpcEndpointType'], {caller}: User, by: RequiredCall['by']): Caller {
  if (by === 'node') return 'node'
  if (by === 'systems-manager') return SYSTEMS_MANAGER
  return type === 'Gateway' ? {gateway: caller} : caller
}

function verdictOf(
  {readings, instance, endpoint: {VpcEndpointId}, service}: EndpointUse,
  decisions: readonly CallDecision[],
  source: Restriction,
  user: User,
): Pick<Hop, 'verdict' | 'because' | 'fault' | 'unread' | 'byOrganization'> {
  const denied = decisions.filter(isDenied)
  if (denied.length > 0) return denial(service, denied, alsoToAllow(service, decisions, source), source, user)
  const unknowns = decisions.filter(({decision}) => decision.decision === 'unknown')
  const unknown = unknowns.find(({call}) => call.blocks)
  if (unknown === undefined) return {verdict: 'open', because: allowance(VpcEndpointId, service, unknowns)}
  if (isObservedThrough(readings, instance, service))
    return {verdict: 'open', because: `The node is observed to reach ${service} through ${VpcEndpointId}.`}
  const {profile} = identityOf(readings, instance)
  const byOrganization = isByOrganization(unknown.decision)
  const isOrganizationUnread = byOrganization && isRefused(readings.Organization)
  return {
    verdict: 'unknown',
    because: undetermined(VpcEndpointId, unknown),
    ...(isOrganizationUnread ? {unread: 'Organization'} : profile.state === 'unknown' ? {unread: profile.kind} : {}),
    ...(byOrganization && {byOrganization}),
  }
}

const isByOrganization = (decision: Decision): boolean =>
  decision.decision === 'unknown' && decision.indeterminates.some(({byOrganization}) => byOrganization)

const undetermined = (endpointId: string, {call, decision}: CallDecision): string =>
  `Cannot determine whether ${endpointId} allows ${call.action}: ${decision.because}.`

/** What is unknown does not keep the node from being registered. */
function allowance(endpointId: string, service: string, [unknown]: readonly CallDecision[]): string {
  return unknown
    ? `The policy of ${endpointId} allows the agent to register. ${undetermined(endpointId, unknown)}`
    : `The policy of ${endpointId} allows the agent's calls to ${service}.`
}

/** A recent ping, or an open message channel, decides what a condition leaves unknown. */
function isObservedThrough(readings: EndpointPolicyReadings, instance: Instance, service: string): boolean {
  if (!isOnline(readings, instance)) return false
  return service === 'ssm' || (service === 'ssmmessages' && isConnected(readings, instance) === true)
}

/**
 * What a statement that is added should allow as well: reads of AWS's other buckets that a condition leaves unknown; or
 * the calls that a policy without conditions or denials may not allow, because it names other resources than theirs.
 */
function alsoToAllow(service: string, decisions: readonly CallDecision[], {policy}: Restriction): readonly string[] {
  const unknown = decisions.flatMap(({call, decision}) => (decision.decision === 'unknown' ? call : []))
  if (service === 's3') return bucketsOf(unknown)
  return policy.statements.every(({effect, conditions}) => effect === 'Allow' && conditions.length === 0)
    ? unknown.map(({action}) => action)
    : []
}

const bucketsOf = (calls: readonly RequiredCall[]): readonly string[] =>
  calls.map(({resource}) => nameOf(resource).replace(/object$/, '*'))

function denial(
  service: string,
  denied: readonly (CallDecision & Denied)[],
  others: readonly string[],
  source: Restriction,
  user: User,
): Pick<Hop, 'verdict' | 'because' | 'fault'> {
  const endpointId = source.name
  const calls = denied.map(({call}) => call)
  const missing = service === 's3' ? bucketsOf(calls) : calls.map(({action}) => action)
  const [by] = denied.flatMap(({decision}) => decision.statement ?? [])
  const conjunction = by ? 'and' : 'or'
  const what = service === 's3' ? `s3:GetObject on ${inList(missing, conjunction)}` : inShort(missing, conjunction)
  return {
    verdict: calls.some(({blocks}) => blocks) ? 'blocked' : 'partly',
    because: by
      ? `${capital(statementInWords(by))} denies ${what}.`
      : `The policy of ${endpointId} does not allow ${what}.`,
    fault: {
      cause: causeOf(service, denied, source, user),
      resource: endpointId,
      detail: {
        ...detailOf(user, service, denied, missing),
        alsoToAllow: others,
        ...(calls.every((call) => call.by === 'systems-manager') && {signer: 'Systems Manager'}),
      },
    },
  }
}

/** What the policy would have to allow, the statements that deny it, and the principals. */
const detailOf = ({account, caller}: User, service: string, denied: readonly Denied[], missing: readonly string[]) => ({
  missing,
  denying: denyingIn(denied.map(({decision}) => decision)),
  service,
  account,
  ...(caller !== 'node' && 'role' in caller && {role: caller.role.Arn}),
})

/**
 * Conditions on the principal's account or organization cannot be true for the calls of a node without one.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 */
function causeOf(service: string, denied: readonly CallDecision[], source: Restriction, user: User): string {
  if (service === 's3') return 's3.endpoint-policy'
  const onlyForNodes = denied.every(
    ({call: {action, resource, by}}) =>
      by === 'node' &&
      evaluateEndpoint(source, {action, resource, context: user.context({action}), caller: user.caller}).decision !==
        'denied',
  )
  return onlyForNodes ? 'endpoint.org-condition' : 'endpoint.policy-denies'
}
