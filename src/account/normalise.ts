import type * as ec2 from '@aws-sdk/client-ec2'
import type * as iam from '@aws-sdk/client-iam'
import type {
  Instance,
  NetworkAcl,
  NetworkInterface,
  Plain,
  Policy,
  PolicyVersion,
  Role,
  RolePolicy,
  RouteTable,
  VpcEndpoint,
  With,
} from './account.ts'
import {decodeDocument} from './documents.ts'
import {told} from './read.ts'

/** As JSON keeps it: dates become ISO text, and what is undefined is gone. */
export const plain = <T>(value: T): Plain<T> => JSON.parse(JSON.stringify(value)) as Plain<T>

/** An answer with its ids, which are always there, and its lists, which AWS leaves out where they are empty. */
export function certain<T extends object, Id extends keyof T, List extends keyof T = never>(
  item: T,
  ids: readonly Id[],
  lists: readonly List[] = [],
): With<T, Id | List> {
  for (const id of ids) told(item[id], String(id))
  const empty = Object.fromEntries(lists.map((list) => [list, []]))
  return Object.assign(empty, plain(item)) as With<T, Id | List>
}

/** EC2 answers `<association/>` for an address that has none. */
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

/**
 * The groups of the interfaces are what filters packets; the instance repeats those of the primary one only.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
 */
export function instance(answer: ec2.Instance): Instance {
  const found = certain(answer, ['InstanceId', 'State'], ['SecurityGroups', 'NetworkInterfaces', 'Tags'])
  const NetworkInterfaces = found.NetworkInterfaces.map(addressed)
  const primary = NetworkInterfaces.find(({Attachment}) => (Attachment?.DeviceIndex ?? 0) === 0)
  return {...found, NetworkInterfaces, SecurityGroups: primary?.Groups ?? found.SecurityGroups}
}

export const networkInterface = (answer: ec2.NetworkInterface): NetworkInterface =>
  addressed(certain(answer, ['NetworkInterfaceId'], ['Groups', 'PrivateIpAddresses']))

/** Of a list that AWS never leaves out. */
const NOT_TOLD = {unreadable: 'the answer leaves them out'}

export const routeTable = (answer: ec2.RouteTable): RouteTable => ({
  ...certain(answer, ['RouteTableId', 'VpcId'], ['Associations']),
  Routes: answer.Routes ? plain(answer.Routes) : NOT_TOLD,
})

export const networkAcl = (answer: ec2.NetworkAcl): NetworkAcl => ({
  ...certain(answer, ['NetworkAclId'], ['Associations']),
  Entries:
    answer.Entries?.map((entry) => certain(entry, ['RuleNumber', 'Egress', 'RuleAction', 'Protocol'])) ?? NOT_TOLD,
})

/** The SDK's list of states begins with capitals, the wire and the AWS CLI with small letters: Available, available. */
const asOnTheWire = (state: string): string => state.charAt(0).toLowerCase() + state.slice(1)

export function vpcEndpoint(answer: ec2.VpcEndpoint): VpcEndpoint {
  const {PolicyDocument, ...rest} = answer
  if (rest.VpcEndpointType === 'Interface') told(rest.PrivateDnsEnabled, 'PrivateDnsEnabled')
  const found = certain(
    rest,
    ['VpcEndpointId', 'VpcEndpointType', 'VpcId', 'ServiceName', 'State'],
    ['SubnetIds', 'RouteTableIds', 'Groups', 'NetworkInterfaceIds', 'DnsEntries'],
  )
  return {
    ...found,
    State: asOnTheWire(found.State) as VpcEndpoint['State'],
    ...(PolicyDocument !== undefined && {PolicyDocument: decodeDocument(PolicyDocument)}),
  }
}

export const rolePolicy = (name: string | undefined, document: string | undefined): RolePolicy => ({
  PolicyName: told(name, 'PolicyName'),
  PolicyDocument: decodeDocument(told(document, 'PolicyDocument')),
})

/** The detail of a role in bulk, or put together from its parts. */
export function role(answer: iam.RoleDetail): Role {
  const {AssumeRolePolicyDocument, RolePolicyList, InstanceProfileList: _, ...rest} = answer
  return {
    ...certain(rest, ['Arn', 'RoleName'], ['AttachedManagedPolicies']),
    ...(AssumeRolePolicyDocument !== undefined && {AssumeRolePolicyDocument: decodeDocument(AssumeRolePolicyDocument)}),
    RolePolicyList: (RolePolicyList ?? []).map(({PolicyName, PolicyDocument}) =>
      rolePolicy(PolicyName, PolicyDocument),
    ),
  }
}

export const policyVersion = ({Document, ...rest}: iam.PolicyVersion): PolicyVersion => ({
  ...plain(rest),
  Document: decodeDocument(told(Document, 'Document')),
})

/** Only the version in force is kept: older ones decide nothing. */
export function policy(answer: iam.ManagedPolicyDetail): Policy {
  const {PolicyVersionList, ...rest} = answer
  return {
    ...certain(rest, ['Arn']),
    PolicyVersionList: (PolicyVersionList ?? [])
      .filter(({IsDefaultVersion, VersionId}) => IsDefaultVersion ?? VersionId === answer.DefaultVersionId)
      .map(policyVersion),
  }
}
