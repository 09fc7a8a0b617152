import {type Account, type Instance, isUnreadable, itemsOf} from '../model/account.ts'
import {primaryInterfaceOf} from '../model/instance.ts'
import {knownTableOf, networkAclOf} from '../model/joins.ts'
import {HOST_MANAGEMENT_SETTING} from '../model/kinds.ts'
import {allWith, find} from '../model/lists.ts'
import {AGENT_SERVICES} from '../model/partition.ts'
import type {Path} from '../network/path.ts'
import {targetOf} from '../network/routing/route-table.ts'

/** The resource of a cause, as far as its history depends on it. */
export interface Subject {
  readonly cause: string
  readonly resource: string
}

/** What is looked up for a cause. */
export interface Subjects {
  /** Ids, names and ARNs of the resources, that of the finding first. */
  readonly resources: readonly string[]
  /** Those of IAM and Route 53, which are the same in every Region. */
  readonly global: ReadonlySet<string>
  /** Calls without a resource by which they could be found: the id of an association, or what no longer exists. */
  readonly calls: readonly string[]
  /** More of them, which mostly concern other resources: they count where nothing else that is recorded explains the cause. */
  readonly otherCalls: readonly string[]
}

interface Found {
  readonly account: Account
  readonly instance: Instance
  readonly paths: readonly Path[]
  readonly subject: Subject
}

type Rule = readonly [cause: RegExp, resources: (found: Found) => readonly string[], ...calls: readonly string[]]

const HOST_MANAGEMENT_CALLS = [
  'UpdateServiceSetting',
  'ResetServiceSetting',
  'RegisterDefaultHostManagementConfiguration',
  'DeregisterDefaultHostManagementConfiguration',
] as const

/** What is related to a cause, in addition to its own resource. Every rule that matches counts. */
const RULES: readonly Rule[] = [
  [/^(?:sg|nat-instance)\./, interfacesOf],
  [/^nacl\./, (found) => [...aclsOnPath(found), ...subnetsOf(found)]],
  [/^(?:route|igw|nat|tgw|pcx|vgw|ipv6)\./, routing, 'DisassociateRouteTable'],
  [/^endpoint\.(?:sg-blocks|org-condition|policy-denies)|^s3\./, endpointsWith],
  [/^endpoint\.|^dns\.private-dns-off/, endpointsOfAgent],
  [/^dns\./, naming],
  [/^bpa\./, ({instance}) => some(instance.VpcId), 'ModifyVpcBlockPublicAccessOptions'],
  [/^iam\./, identities],
  [/^iam\.(?:no-profile|profile-)/, () => [], 'DisassociateIamInstanceProfile', 'RemoveRoleFromInstanceProfile'],
  // Host management took the place of such a profile until it was disabled.
  [/^iam\.(?:no-profile|profile-|no-registration|trust-)/, () => [], ...HOST_MANAGEMENT_CALLS],
  [/^dhmc\./, () => [HOST_MANAGEMENT_SETTING], ...HOST_MANAGEMENT_CALLS],
  [/^(?:imds|instance)\./, ({instance}) => [instance.InstanceId]],
  [/^endpoint\.ssm|^endpoint\.\w+-missing/, () => [], 'DeleteVpcEndpoints', 'CreateVpcEndpoint'],
]

/** Of what a node reaches the services through, and what no longer exists by then. */
const OTHER_CALLS: readonly (readonly [cause: RegExp, ...calls: readonly string[]])[] = [
  [/^route\.none|^s3\./, 'DeleteVpcEndpoints', 'CreateVpcEndpoint'],
  // An address is taken from another instance without a call that disassociates it.
  [/^igw\.no-public-ip/, 'DisassociateAddress', 'AssociateAddress'],
  [/^bpa\./, 'DeleteVpcBlockPublicAccessExclusion'],
]

/** More than any cause is related to. */
const MAX = 12

export function subjectsOf(account: Account, instance: Instance, paths: readonly Path[], subject: Subject): Subjects {
  const found = {account, instance, paths, subject}
  const rules = RULES.filter(([pattern]) => pattern.test(subject.cause))
  const ids = [subject.resource, ...rules.flatMap(([, related]) => related(found))]
  return {
    resources: [...new Set(ids.flatMap(namesOf))].slice(0, MAX),
    global: new Set(ids.filter((id) => GLOBAL.test(id)).flatMap(namesOf)),
    calls: [...new Set(rules.flatMap(([, , ...calls]) => calls))],
    otherCalls: OTHER_CALLS.flatMap(([pattern, ...calls]) => (pattern.test(subject.cause) ? calls : [])),
  }
}

const GLOBAL = /^arn:[^:]+:iam:|^(?:\/hostedzone\/)?Z[A-Z0-9]+$/

const some = (...ids: readonly (string | undefined)[]): readonly string[] => ids.filter((id) => id !== undefined)

/** IAM's events name a role or an instance profile, and a policy by its ARN; those of Route 53 have the bare id of a zone. */
export function namesOf(resource: string): readonly string[] {
  const [, name] =
    /^(?:arn:[^:]+:iam::\d*:(?:role|instance-profile)\/(?:.*\/)?|\/hostedzone\/)([^/]+)$/.exec(resource) ?? []
  return name === undefined ? [resource] : [name, resource]
}

function interfacesOf({instance}: Found): readonly string[] {
  const groups = instance.SecurityGroups.map(({GroupId}) => GroupId)
  return some(instance.InstanceId, primaryInterfaceOf(instance)?.NetworkInterfaceId, ...groups)
}

const subnetsOf = ({account, instance, paths}: Found): readonly string[] => [
  ...some(instance.SubnetId),
  ...paths.flatMap(({via}) => find(account.VpcEndpoints, 'VpcEndpointId', via)?.SubnetIds ?? []),
]

const aclsOnPath = (found: Found): readonly string[] =>
  subnetsOf(found).flatMap((id) => {
    const acl = networkAclOf(found.account, id)
    return acl === undefined || isUnreadable(acl) ? [] : [acl.NetworkAclId]
  })

/** The route table of the subnet, and its route targets outside the VPC. */
function routing({account, instance}: Found): readonly string[] {
  const subnet = find(account.Subnets, 'SubnetId', instance.SubnetId)
  const table = subnet && knownTableOf(account, subnet)
  if (!subnet || !table) return some(instance.SubnetId)
  const targets = itemsOf(table.Routes).flatMap((route) => targetOf(route) ?? [])
  const nats = targets.flatMap((id) => find(account.NatGateways, 'NatGatewayId', id)?.SubnetId ?? [])
  const natTables = nats.flatMap((id) => {
    const natSubnet = find(account.Subnets, 'SubnetId', id)
    return (natSubnet && knownTableOf(account, natSubnet)?.RouteTableId) ?? []
  })
  return [table.RouteTableId, subnet.SubnetId, ...targets.filter((id) => id !== 'local'), ...natTables]
}

/** The endpoints that use a group, and their other groups; or the endpoint itself. */
function endpointsWith({account, instance, subject}: Found): readonly string[] {
  const own = allWith(account.VpcEndpoints, 'VpcId', instance.VpcId).filter(
    ({VpcEndpointId, Groups}) =>
      VpcEndpointId === subject.resource || Groups.some(({GroupId}) => GroupId === subject.resource),
  )
  return own.flatMap(({VpcEndpointId, Groups}) => [VpcEndpointId, ...Groups.flatMap(({GroupId}) => GroupId ?? [])])
}

function endpointsOfAgent({account, instance}: Found): readonly string[] {
  const own = allWith(account.VpcEndpoints, 'VpcId', instance.VpcId)
  const ofAgent = own.filter(({ServiceName}) => AGENT_SERVICES.some((service) => ServiceName.endsWith(`.${service}`)))
  return [...ofAgent.map(({VpcEndpointId}) => VpcEndpointId), ...some(instance.VpcId)]
}

function naming({account, instance}: Found): readonly string[] {
  const vpc = find(account.Vpcs, 'VpcId', instance.VpcId)
  const zones = itemsOf(account.HostedZones).flatMap(({Id, Owner, Name}) =>
    Owner?.OwningService === undefined && /(?:ssm|ec2messages|amazonaws)/.test(Name)
      ? [Id.replace('/hostedzone/', '')]
      : [],
  )
  return [...some(instance.VpcId, vpc?.DhcpOptionsId), ...zones]
}

function identities({account, instance, subject}: Found): readonly string[] {
  const profile = find(account.InstanceProfiles, 'Arn', instance.IamInstanceProfile?.Arn)
  const roles = (profile?.Roles ?? []).flatMap(({Arn}) => Arn ?? [])
  const role = find(account.Roles, 'Arn', subject.resource) ?? find(account.Roles, 'Arn', roles[0])
  const policies = (role?.AttachedManagedPolicies ?? []).flatMap(({PolicyArn}) => PolicyArn ?? [])
  return [
    ...roles,
    ...some(instance.IamInstanceProfile?.Arn, instance.InstanceId, role?.PermissionsBoundary?.PermissionsBoundaryArn),
    ...policies.filter((arn) => !arn.includes(':iam::aws:')),
  ]
}
