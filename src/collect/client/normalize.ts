import type * as ec2 from '@aws-sdk/client-ec2'
import type * as iam from '@aws-sdk/client-iam'
import type {
  Instance,
  InternetGateway,
  NetworkAcl,
  NetworkInterface,
  Plain,
  Policy,
  PolicyVersion,
  Role,
  RolePolicy,
  RouteTable,
  SecurityGroup,
  TransitGatewayRoute,
  VpcEndpoint,
  With,
} from '../../model/account.ts'
import {decodeDocument} from '../../model/documents.ts'
import {serviceNameOf} from '../../model/endpoints.ts'
import {decapitalized} from '../../util/list-in-words.ts'
import {required} from './paginate.ts'

/** As JSON: dates become ISO text, and undefined values are dropped. */
export const plain = <T>(value: T): Plain<T> => JSON.parse(JSON.stringify(value)) as Plain<T>

/** A response with its ids, which are always present, and its lists, which AWS omits if they are empty. */
export function normalized<T extends object, Id extends keyof T, List extends keyof T = never>(
  item: T,
  ids: readonly Id[],
  lists: readonly List[] = [],
): With<T, Id | List> {
  for (const id of ids) required(item[id], String(id))
  const empty = Object.fromEntries(lists.map((list) => [list, []]))
  return Object.assign(empty, plain(item)) as With<T, Id | List>
}

/** The same, as the shape of items with these ids. */
export const withIds =
  <Id extends string>(...ids: readonly Id[]) =>
  <T extends {readonly [F in Id]?: unknown}>(item: T): With<T, Id> =>
    normalized(item, ids)

/** EC2 returns `<association/>` for an address without one. */
function withoutEmptyAssociation<T extends {readonly Association?: object | undefined}>(item: T): T {
  if (item.Association === undefined || Object.keys(item.Association).length > 0) return item
  const {Association: _, ...rest} = item
  return rest as T
}

const addressed = <
  T extends {
    readonly Association?: object | undefined
    readonly PrivateIpAddresses?: readonly {readonly Association?: object | undefined}[] | undefined
  },
>(
  networkInterface: T,
): T => {
  const {PrivateIpAddresses: addresses} = networkInterface
  return {
    ...withoutEmptyAssociation(networkInterface),
    ...(addresses && {PrivateIpAddresses: addresses.map(withoutEmptyAssociation)}),
  }
}

/** A reference needs an id: a list of groups without ids is not a list of groups. */
export function requireEach<T extends object>(items: readonly T[] | undefined, ...fields: readonly (keyof T)[]): void {
  for (const item of items ?? []) for (const field of fields) required(item[field], String(field))
}

/** Of several fields, one of which is always present. */
function requireOneOf<T extends object>(item: T, ...fields: readonly (keyof T)[]): void {
  required(
    fields.map((field) => item[field]).find((value) => value !== undefined),
    fields.join(' or '),
  )
}

/**
 * The groups of the interfaces filter packets; the instance repeats only those of the primary one.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
 */
export function instance(answer: ec2.Instance): Instance {
  if (answer.IamInstanceProfile) required(answer.IamInstanceProfile.Arn, 'Arn of the instance profile')
  for (const {Groups} of answer.NetworkInterfaces ?? []) requireEach(Groups, 'GroupId')
  const found = normalized(answer, ['InstanceId', 'State'], ['SecurityGroups', 'NetworkInterfaces', 'Tags'])
  const NetworkInterfaces = found.NetworkInterfaces.map(addressed)
  const primary = NetworkInterfaces.find(({Attachment}) => (Attachment?.DeviceIndex ?? 0) === 0)
  return {...found, NetworkInterfaces, SecurityGroups: primary?.Groups ?? found.SecurityGroups}
}

export function networkInterface(answer: ec2.NetworkInterface): NetworkInterface {
  requireEach(answer.Groups, 'GroupId')
  return addressed(normalized(answer, ['NetworkInterfaceId'], ['Groups', 'PrivateIpAddresses']))
}

/** A rule always has a peer, and every address in it a block. */
export function securityGroup(answer: ec2.SecurityGroup): SecurityGroup {
  for (const rule of [...(answer.IpPermissions ?? []), ...(answer.IpPermissionsEgress ?? [])]) {
    const {IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = []} = rule
    required([...IpRanges, ...Ipv6Ranges, ...PrefixListIds, ...UserIdGroupPairs][0], 'peer of a rule')
    requireEach(IpRanges, 'CidrIp')
    requireEach(Ipv6Ranges, 'CidrIpv6')
    requireEach(PrefixListIds, 'PrefixListId')
    requireEach(UserIdGroupPairs, 'GroupId')
  }
  return normalized(answer, ['GroupId', 'IpPermissions', 'IpPermissionsEgress'])
}

export function internetGateway(answer: ec2.InternetGateway): InternetGateway {
  requireEach(answer.Attachments, 'VpcId')
  return normalized(answer, ['InternetGatewayId', 'Attachments'])
}

/** For a list that AWS never omits. */
const MISSING = {unreadable: 'the answer leaves them out'}

export function routeTable(answer: ec2.RouteTable): RouteTable {
  for (const route of answer.Routes ?? [])
    requireOneOf(route, 'DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId')
  return {
    ...normalized(answer, ['RouteTableId', 'VpcId'], ['Associations']),
    Routes: answer.Routes ? plain(answer.Routes) : MISSING,
  }
}

export function transitGatewayRoute(answer: ec2.TransitGatewayRoute): TransitGatewayRoute {
  requireOneOf(answer, 'DestinationCidrBlock', 'PrefixListId')
  return plain(answer)
}

export const networkAcl = (answer: ec2.NetworkAcl): NetworkAcl => ({
  ...normalized(answer, ['NetworkAclId'], ['Associations']),
  Entries:
    answer.Entries?.map((entry) => {
      requireOneOf(entry, 'CidrBlock', 'Ipv6CidrBlock')
      return normalized(entry, ['RuleNumber', 'Egress', 'RuleAction', 'Protocol'])
    }) ?? MISSING,
})

export function vpcEndpoint(answer: ec2.VpcEndpoint): VpcEndpoint {
  const {PolicyDocument, ...given} = answer
  const ServiceName = serviceNameOf(given)
  const rest = {...given, ...(ServiceName !== undefined && {ServiceName})}
  if (rest.VpcEndpointType === 'Interface') required(rest.PrivateDnsEnabled, 'PrivateDnsEnabled')
  const found = normalized(
    rest,
    ['VpcEndpointId', 'VpcEndpointType', 'VpcId', 'ServiceName', 'State'],
    ['SubnetIds', 'RouteTableIds', 'Groups', 'NetworkInterfaceIds', 'DnsEntries'],
  )
  return {
    ...found,
    // The SDK's states are capitalized, those of the wire and the AWS CLI are lowercase: Available, available.
    State: decapitalized(found.State) as VpcEndpoint['State'],
    ...(PolicyDocument !== undefined && {PolicyDocument: decodeDocument(PolicyDocument)}),
  }
}

export const rolePolicy = (name: string | undefined, document: string | undefined): RolePolicy => ({
  PolicyName: required(name, 'PolicyName'),
  PolicyDocument: decodeDocument(required(document, 'PolicyDocument')),
})

/** The detail of a role from the bulk call, or combined from its parts. */
export function role(answer: iam.RoleDetail): Role {
  const {AssumeRolePolicyDocument, RolePolicyList, InstanceProfileList: _, ...rest} = answer
  return {
    ...normalized(rest, ['Arn', 'RoleName'], ['AttachedManagedPolicies']),
    ...(AssumeRolePolicyDocument !== undefined && {AssumeRolePolicyDocument: decodeDocument(AssumeRolePolicyDocument)}),
    RolePolicyList: (RolePolicyList ?? []).map(({PolicyName, PolicyDocument}) =>
      rolePolicy(PolicyName, PolicyDocument),
    ),
  }
}

export const policyVersion = ({Document, ...rest}: iam.PolicyVersion): PolicyVersion => ({
  ...plain(rest),
  Document: decodeDocument(required(Document, 'Document')),
})

/** Only the default version is kept: older ones decide nothing. */
export function policy(answer: iam.ManagedPolicyDetail): Policy {
  const {PolicyVersionList, ...rest} = answer
  return {
    ...normalized(rest, ['Arn']),
    PolicyVersionList: (PolicyVersionList ?? [])
      .filter(({IsDefaultVersion, VersionId}) => IsDefaultVersion ?? VersionId === answer.DefaultVersionId)
      .map(policyVersion),
  }
}
