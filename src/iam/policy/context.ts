import {
  type Account,
  type Context,
  type Instance,
  isUnreadable,
  type NatGateway,
  type Role,
  type VpcEndpoint,
} from '../../model/account.ts'
import {accountOf} from '../../model/arn.ts'
import {isHybrid, nodeArn} from '../../model/hybrid.ts'
import {primaryInterfaceOf} from '../../model/instance.ts'

/**
 * What is known about a condition key: each list of values that it may have, an empty list if it may be absent, or how
 * these values start; or nothing, except for values that it cannot have, and that keys with the same `as` have the same
 * value.
 */
export type KeyValue =
  | {readonly may: readonly (readonly string[])[]; readonly onlyStarts?: true}
  | {readonly not: readonly string[]; readonly as?: 'organization'}

/** The keys of one call, in lowercase. */
export type CallContext = (key: string) => KeyValue

export const is = (...values: readonly string[]): KeyValue => ({may: [values]})
export const ABSENT: KeyValue = {may: [[]]}
export const UNKNOWN: KeyValue = {not: []}
const ABSENT_OR_FALSE: KeyValue = {may: [[], ['false']]}

const isOr = (value: string | undefined): KeyValue => (value === undefined ? UNKNOWN : is(value))

type EndpointRef = Pick<VpcEndpoint, 'VpcEndpointId' | 'VpcId' | 'OwnerId'>

/** The path of a call: through an endpoint, from one of these public addresses, or unknown. */
export type NetworkContext = {readonly endpoint: EndpointRef} | {readonly addresses: readonly string[]} | 'unknown'

/**
 * Where the credentials of the agent come from. Those of host management and of a hybrid activation have other keys
 * than those of an instance profile.
 */
export type Credentials = 'profile' | 'host-management' | 'activation'

/** Where the account was read, and its organization. */
export type OrganizationFacts = Context & Pick<Account, 'Organization'>

/** A call that the agent signs with the credentials it has. */
export interface AgentCall {
  readonly facts: OrganizationFacts
  readonly instance: Instance
  readonly role: Role
  readonly credentials: Credentials
  readonly network: NetworkContext
  readonly action: string
  /** Its ARN, where it is known. */
  readonly resource?: string | undefined
}

/** An instance that is planned has no id yet: one that fits the patterns for ids, and that no policy names. */
const isPlanned = (instanceId: string): boolean => !/^m?i-[0-9a-f]+$/.test(instanceId)
const idOf = (instanceId: string): string => (isPlanned(instanceId) ? `i-${'0'.repeat(17)}` : instanceId)

export const instanceArn = (place: Context, account: string, instanceId: string): string =>
  nodeArn(place, account, idOf(instanceId))

const arnOfNode = ({facts, role, instance}: AgentCall): string =>
  instanceArn(facts, accountOf(role.Arn), instance.InstanceId)

/**
 * The key only exists for credentials that the metadata service of an instance delivers. A hybrid node has none; that of
 * an instance with host management delivers those of the instance identity.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourcevpc
 */
const delivered = ({credentials}: AgentCall, value: () => KeyValue): KeyValue =>
  credentials === 'profile' ? value() : credentials === 'activation' ? ABSENT : UNKNOWN

const throughEndpoint = ({network}: AgentCall, value: (endpoint: EndpointRef) => KeyValue) =>
  network === 'unknown' ? UNKNOWN : 'endpoint' in network ? value(network.endpoint) : ABSENT

/**
 * Of the services that the agent calls, AWS lists these as including the owner of the endpoint and the ARN of its VPC;
 * it adds to the list.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpcarn
 */
const includesEndpointOwner = ({action}: AgentCall): boolean => /^(?:ecr|kms|s3):/i.test(action)

const ofListedServices = (call: AgentCall, value: string | undefined): KeyValue => {
  if (value === undefined) return UNKNOWN
  return includesEndpointOwner(call) ? is(value) : {may: [[], [value]]}
}

/** The organization of the account, if its id was not read. */
const ORGANIZATION: KeyValue = {not: [], as: 'organization'}

/** The id of the organization of the account; absent if the account is in none. */
export const organizationId = ({Organization}: Pick<Account, 'Organization'>): KeyValue =>
  isUnreadable(Organization) || Organization.length > 1 ? ORGANIZATION : {may: [Organization.map(({Id}) => Id)]}

/** The path of the account in its organization starts with the id; the units that follow are not read. */
export const organizationPath = (facts: Pick<Account, 'Organization'>): KeyValue => {
  const id = organizationId(facts)
  return 'may' in id ? {may: id.may.map((ids) => ids.map((one) => `${one}/`)), onlyStarts: true} : UNKNOWN
}

/** Not every service includes the key. */
export const orAbsent = (value: KeyValue): KeyValue => ('may' in value ? {...value, may: [[], ...value.may]} : UNKNOWN)

export const isOrganization = (value: KeyValue): boolean => 'not' in value && value.as === 'organization'

/** What belongs to AWS is in no organization, or in one that no policy of a customer names. */
export const ORGANIZATION_OF_AWS: KeyValue = {may: [[], ['the organization of AWS']]}

/**
 * Calls that IAM authorizes on the instance itself; the denials that AWS returns name it. Other resources of a call
 * belong to their own owners.
 */
const ON_THE_INSTANCE = new Set(['ssm:updateinstanceinformation', 'ssm:listinstanceassociations', 'ssm:putinventory'])
export const isOnInstance = (action: string): boolean => ON_THE_INSTANCE.has(action.toLowerCase())

/**
 * The buckets that the agent reads belong to AWS; the one that it writes session logs to may belong to any account.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
 */
const isOnBucketOfAws = ({action}: AgentCall): boolean => action.toLowerCase() === 's3:getobject'

/** The ARN of a bucket has no account. */
const resourceAccount = (call: AgentCall): KeyValue => {
  const own = accountOf(call.role.Arn)
  if (isOnBucketOfAws(call)) return {not: [own]}
  return isOnOwnResource(call) ? is(own) : isOr(accountOf(call.resource ?? '') || undefined)
}

/** The message channels are, like the instance, of the account of the node. */
const isOnOwnResource = ({action, resource, role}: AgentCall): boolean =>
  isOnInstance(action) ||
  /^(?:ssm|ec2)messages:/i.test(action) ||
  (resource !== undefined && accountOf(resource) === accountOf(role.Arn))

const ofResource = (call: AgentCall, own: KeyValue): KeyValue =>
  isOnBucketOfAws(call) ? ORGANIZATION_OF_AWS : isOnOwnResource(call) ? own : UNKNOWN

/** The owner of an endpoint of the account itself is in the same organization. */
const ofEndpoint = (call: AgentCall, own: KeyValue): KeyValue =>
  throughEndpoint(call, ({OwnerId}) => {
    if (OwnerId !== accountOf(call.role.Arn)) return UNKNOWN
    return includesEndpointOwner(call) ? own : orAbsent(own)
  })

/**
 * The version of the metadata service that delivered the credentials. If tokens are not required, or not yet, either
 * is possible. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata-limiting-access.html
 */
const roleDelivery = ({instance: {MetadataOptions}}: AgentCall): KeyValue => {
  const required = MetadataOptions?.HttpTokens === 'required' && MetadataOptions.State !== 'pending'
  return required ? is('2.0') : mayBe(['1.0', '2.0'])
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const KEYS: Readonly<Record<string, (call: AgentCall) => KeyValue>> = {
  'aws:assumedroot': () => ABSENT,
  'aws:calledvia': () => ABSENT,
  'aws:calledviaawsmcp': () => ABSENT,
  'aws:calledviafirst': () => ABSENT,
  'aws:calledvialast': () => ABSENT,
  'aws:chatbotsourcearn': () => ABSENT,
  'aws:currenttime': ({facts}) => is(facts.ReadAt),
  'aws:epochtime': ({facts}) => is(secondsSince1970(facts.ReadAt)),
  'aws:ec2instancesourceprivateipv4': (call) => delivered(call, () => isOr(privateAddressOf(call.instance))),
  'aws:ec2instancesourcevpc': (call) => delivered(call, () => isOr(call.instance.VpcId)),
  'aws:federatedprovider': () => ABSENT,
  'aws:ismcpserviceaction': () => ABSENT_OR_FALSE,
  // No machine uses MFA: the key is absent, or false.
  'aws:multifactorauthage': () => ABSENT,
  'aws:multifactorauthpresent': () => ABSENT_OR_FALSE,
  'aws:principalaccount': ({role}) => is(accountOf(role.Arn)),
  'aws:principalarn': ({role}) => is(role.Arn),
  'aws:principalisawsservice': () => is('false'),
  'aws:principalorgid': ({facts}) => organizationId(facts),
  'aws:principalorgpaths': ({facts}) => organizationPath(facts),
  'aws:principalservicename': () => ABSENT,
  'aws:principalservicenameslist': () => ABSENT,
  'aws:principaltype': () => is('AssumedRole'),
  'aws:referer': () => ABSENT,
  'aws:requestedregion': ({facts}) => is(facts.Region),
  'aws:resourceaccount': resourceAccount,
  'aws:resourceorgid': (call) => ofResource(call, organizationId(call.facts)),
  'aws:resourceorgpaths': (call) => ofResource(call, organizationPath(call.facts)),
  'aws:securetransport': () => is('true'),
  'aws:signinsessionarn': () => ABSENT,
  'aws:sourceaccount': () => ABSENT,
  'aws:sourcearn': () => ABSENT,
  'aws:sourceorgid': () => ABSENT,
  'aws:sourceorgpaths': () => ABSENT,
  'aws:sourceidentity': () => ABSENT,
  'aws:sourceip': ({network}) =>
    network === 'unknown'
      ? UNKNOWN
      : 'endpoint' in network
        ? ABSENT
        : network.addresses.length > 0
          ? mayBe(network.addresses)
          : UNKNOWN,
  'aws:sourcevpc': (call) => throughEndpoint(call, ({VpcId}) => is(VpcId)),
  'aws:sourcevpcarn': (call) =>
    // The VPC's owner is the endpoint's, who need not own the role.
    throughEndpoint(call, ({VpcId, OwnerId}) =>
      ofListedServices(call, OwnerId && `arn:${call.facts.Partition}:ec2:${call.facts.Region}:${OwnerId}:vpc/${VpcId}`),
    ),
  'aws:sourcevpce': (call) => throughEndpoint(call, ({VpcEndpointId}) => is(VpcEndpointId)),
  'aws:tagkeys': () => ABSENT,
  'aws:tokenissuetime': ({facts}) => mayBe([hoursBefore(facts.ReadAt, LIFETIME_HOURS), facts.ReadAt]),
  'aws:userid': ({credentials, role, instance}) =>
    credentials === 'profile' && role.RoleId !== undefined
      ? is(`${role.RoleId}:${idOf(instance.InstanceId)}`)
      : UNKNOWN,
  'aws:username': () => ABSENT,
  'aws:viaawsmcpservice': () => ABSENT_OR_FALSE,
  'aws:viaawsservice': () => is('false'),
  'aws:vpceaccount': (call) => throughEndpoint(call, ({OwnerId}) => ofListedServices(call, OwnerId)),
  'aws:vpceorgid': (call) => ofEndpoint(call, organizationId(call.facts)),
  'aws:vpceorgpaths': (call) => ofEndpoint(call, organizationPath(call.facts)),
  'aws:vpcsourceip': (call) => throughEndpoint(call, () => isOr(privateAddressOf(call.instance))),
  'ec2:roledelivery': (call) => delivered(call, () => roleDelivery(call)),
  'ec2:sourceinstancearn': (call) => delivered(call, () => is(arnOfNode(call))),
  // The agent calls KMS itself, with the session as context: https://github.com/aws/amazon-ssm-agent/issues/275
  // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
  'kms:calleraccount': ({role}) => is(accountOf(role.Arn)),
  'kms:encryptioncontext:aws:ssm:targetid': ({instance}) => is(idOf(instance.InstanceId)),
  'kms:encryptioncontextkeys': () => is('aws:ssm:SessionId', 'aws:ssm:TargetId'),
  // Only calls about grants have it.
  'kms:grantisforawsresource': () => ABSENT,
  'kms:viaservice': () => ABSENT,
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
  // https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
  's3:authtype': () => is('REST-HEADER'),
  's3:resourceaccount': resourceAccount,
  's3:signatureversion': () => is('AWS4-HMAC-SHA256'),
  // AWS accepts no older version: https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/
  's3:tlsversion': () => mayBe(['1.2', '1.3']),
  // Of the credentials that Systems Manager delivers: those of host management and of a hybrid activation.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ssm-source-instance-arn
  'ssm:sourceinstancearn': (call) => (call.credentials === 'profile' ? ABSENT : is(arnOfNode(call))),
}

/** Date and numeric operators can compare it. */
export const secondsSince1970 = (time: string): string => String(Math.floor(Date.parse(time) / 1000))

/**
 * The metadata service and host management renew credentials long before this; the two ends represent any time between.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
const LIFETIME_HOURS = 12
const hoursBefore = (time: string, hours: number): string => {
  const then = Date.parse(time) - hours * 3_600_000
  return Number.isNaN(then) ? time : new Date(then).toISOString()
}

const mayBe = (values: readonly string[]): KeyValue => ({may: values.map((value) => [value])})

const privateAddressOf = (instance: Instance) =>
  primaryInterfaceOf(instance)?.PrivateIpAddress ?? instance.PrivateIpAddress

/** Tag keys are compared without regard to case. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html */
const tag = (
  tags: readonly {readonly Key?: string | undefined; readonly Value?: string | undefined}[] | undefined,
  name: string,
) => {
  if (tags === undefined) return UNKNOWN
  const found = tags.find(({Key}) => Key?.toLowerCase() === name)
  return found ? is(found.Value ?? '') : ABSENT
}

/** An instance that is planned may get tags, unless its plan has some. */
const tagOfInstance = ({InstanceId, Tags}: Instance, name: string): KeyValue =>
  isPlanned(InstanceId) && Tags.length === 0 ? UNKNOWN : tag(Tags, name)

function tagOf(call: AgentCall, key: string): KeyValue {
  const [family, ...rest] = key.split('/')
  const name = rest.join('/')
  if (family === 'aws:principaltag') return tag(call.role.Tags, name)
  if (family === 'aws:requesttag') return ABSENT
  if (family === 'aws:resourcetag' || family === 'ssm:resourcetag' || family === 'ec2:resourcetag')
    return isOnInstance(call.action) && !isHybrid(call.instance) ? tagOfInstance(call.instance, name) : UNKNOWN
  return UNKNOWN
}

/** Keys with the prefix of one service that credentials of an instance have in calls to every service. */
const OF_SESSION: ReadonlySet<string> = new Set(['ec2:roledelivery', 'ec2:sourceinstancearn', 'ssm:sourceinstancearn'])

/** The keys of Systems Manager may apply to its message channels. */
const FAMILY: Readonly<Record<string, string>> = {ssmmessages: 'ssm', ec2messages: 'ssm'}
const familyOf = (service = ''): string => FAMILY[service] ?? service

/**
 * A request has the global keys and those of the service that is called, none of other services or of the identity
 * providers whose users assume other roles.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_actions-resources-contextkeys.html
 */
function isOfOtherService(key: string, {action}: AgentCall): boolean {
  const [prefix, name] = key.split(':')
  if (name === undefined || prefix === 'aws' || OF_SESSION.has(key) || name.startsWith('resourcetag/')) return false
  return familyOf(prefix) !== familyOf(action.toLowerCase().split(':')[0])
}

/** What the model knows about a call by the agent; unknown for every other key. */
export const contextOf =
  (call: AgentCall): CallContext =>
  (key) => {
    if (isOfOtherService(key, call)) return ABSENT
    return Object.hasOwn(KEYS, key) ? KEYS[key]!(call) : tagOf(call, key)
  }

/**
 * The register and token calls of host management have no principal that belongs to an account or an organization;
 * Systems Manager offers keys of the node instead.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 */
export const nodeContextOf =
  (context: CallContext, account: string): CallContext =>
  (key) => {
    if (key === 'ssm:nodeaccountid') return is(account)
    // The identity of the instance itself signs them, not what Systems Manager delivers.
    if (key === 'ssm:sourceinstancearn') return UNKNOWN
    if (key.startsWith('aws:principal') || key === 'aws:sourceaccount' || key === 'aws:userid') return ABSENT
    return context(key)
  }

/**
 * The URL of a patch baseline is signed by an account of Systems Manager, so that no condition on the principals of a
 * customer is met.
 * https://github.com/aws-samples/data-perimeter-policy-examples/blob/main/service_specific_guidance/ssm-specific-guidance.md
 */
export const presignedContextOf =
  (context: CallContext, account: string): CallContext =>
  (key) => {
    if (key === 'aws:principalaccount') return {not: [account]}
    if (key === 's3:authtype') return is('REST-QUERY-STRING')
    if (key === 'aws:principalorgid' || key === 'aws:principalorgpaths') return ORGANIZATION_OF_AWS
    if (key.startsWith('aws:ec2instancesource') || key.startsWith('ec2:') || OF_SESSION.has(key)) return ABSENT
    return key.startsWith('aws:principal') || OF_CREDENTIALS.has(key) ? UNKNOWN : context(key)
  }

const OF_CREDENTIALS: ReadonlySet<string> = new Set([
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'aws:tokenissuetime',
  'aws:userid',
  'aws:username',
])

/** The source addresses of calls through a NAT gateway. */
export const addressesOf = ({NatGatewayAddresses}: NatGateway): readonly string[] =>
  NatGatewayAddresses.map(({PublicIp}) => PublicIp).filter((address) => address !== undefined)
