import {type Direction, PEER_OWNER, PEERS, peerProperty} from '../../model/group-rules.ts'
import {DESTINATIONS} from '../../model/routes.ts'
import type {Call, Input} from '../../remedies/core/remedy.ts'
import type {LaunchSource} from '../../remedies/core/snippet-place.ts'
import {lastPart} from '../../util/last-part.ts'
import {
  given,
  isReference,
  isStructure,
  type Key,
  listIn,
  type Part,
  type Properties,
  slug,
  structureIn,
  textOf,
  type Value,
} from './resource.ts'

/**
 * What a call makes of resources; undefined where there is none for the change. This is the only place that knows: a remedy
 * of known calls needs none here, and a test rejects a call that has neither a rule nor a reason.
 */
export const partsOf = (call: Call, calls: readonly Call[]): readonly Part[] | undefined =>
  RULES[call.operation]?.(resolved(call, calls), {call, calls})

export const hasRule = (operation: string): boolean => Object.hasOwn(RULES, operation)

/** Why there is no resource for a call, where there is none. */
export const reasonWithout = ({operation}: Pick<Call, 'operation'>): string | undefined =>
  hasRule(operation) ? undefined : WITHOUT_RESOURCE.find(([, operations]) => operations.test(operation))?.[0]

interface Context {
  readonly call: Call
  readonly calls: readonly Call[]
}
type Rule = (input: Properties, context: Context) => readonly Part[] | undefined

/**
 * The input, in which what another call saves, and a role that it creates, are references, so that they are created first.
 */
function resolved({operation, input}: Call, calls: readonly Call[]): Properties {
  const members = Object.entries(input).map(([name, value]) => [name, valueIn(value, calls)] as const)
  const role = calls.find((call) => call.operation === 'CreateRole' && call.input.RoleName === input.RoleName)
  return {
    ...Object.fromEntries(members),
    ...(role && operation !== 'CreateRole' && {RoleName: {reference: {type: ROLE, name: slug(`${input.RoleName}`)}}}),
  }
}

function valueIn(value: Input, calls: readonly Call[]): Value {
  if (typeof value !== 'object') return value
  if (isInputs(value)) return value.map((item) => valueIn(item, calls))
  if ('variable' in value && typeof value.variable === 'string') return savedValue(value.variable, calls)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, valueIn(member, calls)]))
}
const isInputs = (value: Input): value is readonly Input[] => Array.isArray(value)

function savedValue(variable: string, calls: readonly Call[]): Value {
  const call = calls.find(({save}) => save?.as === variable)
  const query = call?.save?.query ?? ''
  const [endpoint] = call?.operation === 'DescribeVpcEndpoints' ? listIn(resolved(call, calls), 'VpcEndpointIds') : []
  if (isReference(endpoint))
    return {reference: {...endpoint.reference, attribute: query.replace('VpcEndpoints[0].', '')}}
  const [part] = (call && partsOf(call, calls)) ?? []
  if (part?.change !== 'created') return `$${variable}`
  const attribute = query.split('.').at(-1) ?? ''
  return {reference: {type: part.type, name: part.name, attribute: attribute === 'VpcEndpointId' ? 'Id' : attribute}}
}

type Given = {readonly [name: string]: Value | undefined}

/** A resource is named for the variable that keeps its id, else for what it is about. */
const created = ({call}: Context, type: string, about: readonly (Value | undefined)[], properties: Given): Part => ({
  change: 'created',
  type,
  name: slug(call.save?.as ?? about.map(textOf).filter(Boolean).join('_')),
  properties: given(properties),
})
const set = (type: string, key: Key, properties: Given): Extract<Part, {change: 'set'}> => ({
  change: 'set',
  type,
  key,
  properties: given(properties),
})
const complete = (type: string, key: Key, properties: Properties): Part => ({
  ...set(type, key, properties),
  complete: true,
})

/** A resource whose properties are the parameters of the call, named for some of them. */
const plain =
  (type: string, ...about: readonly string[]): Rule =>
  (input, context) => {
    const names = about.map((name) => input[name])
    return [created(context, type, names, input)]
  }

/** Properties of an existing resource: the parameters of the call, or what they say of others. */
const setting =
  (type: string, id: string, propertiesOf: (input: Properties) => Given = (input) => input): Rule =>
  ({[id]: key = '', ...input}) => [set(type, {[id]: key}, propertiesOf(input))]

/** Attributes, each a structure with one value. */
const attributes =
  (type: string, id: string): Rule =>
  ({[id]: key = '', ...rest}) =>
    Object.entries(rest).map(([name, value]) =>
      set(type, {[id]: key}, {[name]: isStructure(value) ? value.Value : value}),
    )

/** What is set, and what is added to lists; there is no resource for what is removed from a list. */
const modification =
  (type: string, id: string): Rule =>
  ({[id]: key = '', ResetPolicy, ...input}) => {
    const names = Object.keys(input)
    if (names.some((name) => name.startsWith('Remove'))) return undefined
    const items = names.flatMap((name) =>
      name.startsWith('Add')
        ? listIn(input, name).map((item) => listItem('added', type, {[id]: key}, name.slice('Add'.length), item))
        : [],
    )
    const settings = given({
      ...Object.fromEntries(Object.entries(input).filter(([name]) => !name.startsWith('Add'))),
      PolicyDocument: ResetPolicy === true ? null : input.PolicyDocument,
    })
    return [...items, ...(Object.keys(settings).length > 0 ? [set(type, {[id]: key}, settings)] : [])]
  }

/** An item of a list, labeled with what distinguishes it. */
const listItem = (change: Change, type: string, key: Key, list: string, item: Value): Part => {
  const label = isStructure(item) ? (item.VPCId ?? item.Name) : item
  return {change, type, key, list, item, label: textOf(label)}
}
type Change = 'added' | 'removed'

/** One resource for each peer of the rules. */
const groupRule =
  (direction: Direction): Rule =>
  ({GroupId, ...input}, context) =>
    listIn(input, 'IpPermissions')
      .filter(isStructure)
      .flatMap(({IpProtocol = '-1', FromPort, ToPort, ...lists}) =>
        PEERS.flatMap(({list, field}) =>
          listIn(lists, list)
            .filter(isStructure)
            .map(({[field]: peer, UserId}) =>
              created(context, `AWS::EC2::SecurityGroup${direction}`, [GroupId, peer], {
                GroupId,
                IpProtocol,
                FromPort,
                ToPort,
                [peerProperty(direction, field)]: peer,
                ...(direction === 'Ingress' && {[PEER_OWNER]: UserId}),
              }),
            ),
        ),
      )

/** A route is known by its table and its destination. */
const ROUTE = 'AWS::EC2::Route'
const routeKey = ({RouteTableId = '', ...input}: Properties) => ({
  RouteTableId,
  CidrBlock: DESTINATIONS.map((name) => textOf(input[name])).join(''),
})

const TRANSIT_ROUTE = 'AWS::EC2::TransitGatewayRoute'
const TRANSIT_ROUTE_KEY = ['TransitGatewayRouteTableId', 'DestinationCidrBlock']

const ACL_ENTRY = 'AWS::EC2::NetworkAclEntry'
const numbered = (input: Properties): Properties => ({...input, Protocol: Number(textOf(input.Protocol))})
const aclEntry: Rule = (input, context) => {
  const about = [input.NetworkAclId, input.Egress === true ? 'egress' : 'ingress', input.RuleNumber]
  return [created(context, ACL_ENTRY, about, numbered(input))]
}
const replacedEntry: Rule = (input) => {
  const {NetworkAclId = '', RuleNumber = '', Protocol = ''} = input
  return [
    complete(ACL_ENTRY, {NetworkAclId, RuleNumber, Protocol, Egress: `${input.Egress === true}`}, numbered(input)),
  ]
}

const ZONE = 'AWS::Route53::HostedZone'
const bareZone = (id: Value = ''): Value => (typeof id === 'string' ? id.replace('/hostedzone/', '') : id)

const zoneChange =
  (change: Change): Rule =>
  (input) => [listItem(change, ZONE, {HostedZoneId: bareZone(input.HostedZoneId)}, 'VPCs', structureIn(input, 'VPC'))]

const records: Rule = (input, context) =>
  listIn(structureIn(input, 'ChangeBatch'), 'Changes')
    .filter(isStructure)
    .map((item) => {
      const {ResourceRecordSet: _, Action} = item
      const {Name = '', Type = 'A', TTL, ResourceRecords, ...rest} = structureIn(item, 'ResourceRecordSet')
      const key = {HostedZoneId: bareZone(input.HostedZoneId), Name, Type}
      if (Action === 'DELETE') return {change: 'deleted', type: RECORD, key}
      const values = listIn({ResourceRecords: ResourceRecords ?? []}, 'ResourceRecords').filter(isStructure)
      return created(context, RECORD, [Name, Type], {
        ...key,
        TTL: TTL === undefined ? undefined : textOf(TTL),
        ResourceRecords: ResourceRecords && values.flatMap(({Value: value}) => value ?? []),
        ...rest,
      })
    })
const RECORD = 'AWS::Route53::RecordSet'

/** Another call sets its names. */
const domainList: Rule = ({Name}, context) => {
  const update = context.calls.find(({operation}) => operation === 'UpdateFirewallDomains')
  const Domains = update && listIn(resolved(update, []), 'Domains')
  return [created(context, 'AWS::Route53Resolver::FirewallDomainList', [Name], {Name, Domains})]
}

/** A list that another call creates has its names there. */
const domainsOfList: Rule = ({FirewallDomainListId = '', Operation, ...input}) =>
  isReference(FirewallDomainListId)
    ? []
    : listIn(input, 'Domains').map((domain) =>
        listItem(
          Operation === 'ADD' ? 'added' : 'removed',
          'AWS::Route53Resolver::FirewallDomainList',
          {FirewallDomainListId},
          'Domains',
          domain,
        ),
      )

const firewallRule: Rule = ({FirewallRuleGroupId = '', CreatorRequestId: _, ...item}) => [
  listItem('added', 'AWS::Route53Resolver::FirewallRuleGroup', {FirewallRuleGroupId}, 'FirewallRules', item),
]

const ROLE = 'AWS::IAM::Role'
const ROLE_POLICY = 'AWS::IAM::RolePolicy'

const policyOfRole =
  (change: Change): Rule =>
  ({RoleName = '', PolicyArn = ''}) => [listItem(change, ROLE, {RoleName}, 'ManagedPolicyArns', PolicyArn)]

/** Its role is given by another call. */
const PROFILE = 'AWS::IAM::InstanceProfile'
const instanceProfile: Rule = ({InstanceProfileName, Path}, context) => {
  const added = context.calls.find(
    ({operation, input}) =>
      operation === 'AddRoleToInstanceProfile' && input.InstanceProfileName === InstanceProfileName,
  )
  const {RoleName} = added ? resolved(added, context.calls) : {}
  return [
    created(context, PROFILE, [InstanceProfileName], {
      InstanceProfileName,
      ...(Path !== undefined && {Path}),
      Roles: RoleName === undefined ? [] : [RoleName],
    }),
  ]
}
const roleOfProfile: Rule = ({InstanceProfileName = '', RoleName = ''}, {calls}) =>
  calls.some(
    ({operation, input}) => operation === 'CreateInstanceProfile' && input.InstanceProfileName === InstanceProfileName,
  )
    ? []
    : [set(PROFILE, {InstanceProfileName}, {Roles: [RoleName]})]

const INSTANCE = 'AWS::EC2::Instance'
const profileOfInstance: Rule = (input, {calls}) => {
  const InstanceId = textOf(input.InstanceId) || instanceLookedUp(calls)
  return InstanceId === '' ? undefined : [set(INSTANCE, {InstanceId}, {IamInstanceProfile: profileNameIn(input)})]
}

function profileNameIn(input: Properties): Value {
  const {Name, Arn} = structureIn(input, 'IamInstanceProfile')
  return Name ?? lastPart(textOf(Arn))
}

/** The instance whose association is looked up, if a call names it only by the response. */
function instanceLookedUp(calls: readonly Call[]): string {
  const lookUp = calls.find(({operation}) => operation === 'DescribeIamInstanceProfileAssociations')
  const [filter] = listIn(lookUp ? resolved(lookUp, []) : {}, 'Filters').filter(isStructure)
  return textOf(listIn(filter ?? {}, 'Values')[0])
}

/**
 * Options of a launch in what instances are launched from. Where a template describes a network interface, it has the
 * security groups.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
 */
export function launchPartsOf(options: Call['input'], {address, isTemplate}: LaunchSource): readonly Part[] {
  const {AssociatePublicIpAddress, IamInstanceProfile, ...rest} = valueIn(options, []) as Given
  if (!isTemplate) {
    const profile = IamInstanceProfile && profileNameIn({IamInstanceProfile})
    return [set(CONFIGURATION, {address}, {...rest, AssociatePublicIpAddress, IamInstanceProfile: profile})]
  }
  const network = {DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: ['(its security groups)']}
  const NetworkInterfaces = AssociatePublicIpAddress === undefined ? undefined : [network]
  return [set(TEMPLATE, {address}, {...rest, IamInstanceProfile, NetworkInterfaces})]
}

const TEMPLATE = 'AWS::EC2::LaunchTemplate'
const CONFIGURATION = 'AWS::AutoScaling::LaunchConfiguration'

/** What a call makes of resources. What CloudFormation has no type for is named as if it had one. */
const RULES: Readonly<Record<string, Rule>> = {
  AuthorizeSecurityGroupIngress: groupRule('Ingress'),
  AuthorizeSecurityGroupEgress: groupRule('Egress'),
  CreateSecurityGroup: ({GroupName, Description: GroupDescription, ...rest}, context) => [
    created(context, 'AWS::EC2::SecurityGroup', [GroupName], {GroupName, GroupDescription, ...rest}),
  ],
  CreateNetworkAclEntry: aclEntry,
  ReplaceNetworkAclEntry: replacedEntry,
  CreateRoute: plain(ROUTE, 'RouteTableId', ...DESTINATIONS),
  ReplaceRoute: ({LocalTarget, ...input}) => [
    complete(ROUTE, routeKey(input), {...input, ...(LocalTarget === true && {GatewayId: 'local'})}),
  ],
  DeleteRoute: (input) => [{change: 'deleted', type: ROUTE, key: routeKey(input)}],
  AssociateRouteTable: plain('AWS::EC2::SubnetRouteTableAssociation', 'SubnetId'),
  CreateVpcEndpoint: plain('AWS::EC2::VPCEndpoint', 'ServiceName'),
  ModifyVpcEndpoint: modification('AWS::EC2::VPCEndpoint', 'VpcEndpointId'),
  DeleteVpcEndpoints: (input) =>
    listIn(input, 'VpcEndpointIds').map((VpcEndpointId) => ({
      change: 'deleted',
      type: 'AWS::EC2::VPCEndpoint',
      key: {VpcEndpointId},
    })),
  AllocateAddress: plain('AWS::EC2::EIP'),
  AssociateAddress: plain('AWS::EC2::EIPAssociation', 'NetworkInterfaceId'),
  CreateNatGateway: plain('AWS::EC2::NatGateway', 'SubnetId'),
  CreateInternetGateway: plain('AWS::EC2::InternetGateway'),
  AttachInternetGateway: plain('AWS::EC2::VPCGatewayAttachment', 'VpcId', 'InternetGatewayId'),
  CreateDhcpOptions: (input, context) => {
    const [options] = listIn(input, 'DhcpConfigurations').filter(isStructure)
    return [created(context, 'AWS::EC2::DHCPOptions', [], {DomainNameServers: options?.Values})]
  },
  AssociateDhcpOptions: plain('AWS::EC2::VPCDHCPOptionsAssociation', 'VpcId'),
  CreateVpcBlockPublicAccessExclusion: plain('AWS::EC2::VPCBlockPublicAccessExclusion'),
  ModifyVpcAttribute: attributes('AWS::EC2::VPC', 'VpcId'),
  ModifySubnetAttribute: attributes('AWS::EC2::Subnet', 'SubnetId'),
  ModifyNetworkInterfaceAttribute: ({Groups, ...input}, context) =>
    attributes('AWS::EC2::NetworkInterface', 'NetworkInterfaceId')(given({...input, GroupSet: Groups}), context),
  ModifyInstanceMetadataOptions: setting(INSTANCE, 'InstanceId', (MetadataOptions) => ({MetadataOptions})),
  AssociateIamInstanceProfile: profileOfInstance,
  ReplaceIamInstanceProfileAssociation: profileOfInstance,
  AcceptVpcPeeringConnection: (input, context) => [
    created(context, 'AWS::EC2::VPCPeeringConnectionAccepter', Object.values(input), {...input, AutoAccept: true}),
  ],
  AcceptTransitGatewayVpcAttachment: plain(
    'AWS::EC2::TransitGatewayVpcAttachmentAccepter',
    'TransitGatewayAttachmentId',
  ),
  AssociateTransitGatewayRouteTable: plain(
    'AWS::EC2::TransitGatewayRouteTableAssociation',
    'TransitGatewayAttachmentId',
  ),
  CreateTransitGatewayRoute: plain(TRANSIT_ROUTE, ...TRANSIT_ROUTE_KEY),
  ReplaceTransitGatewayRoute: (input) => {
    const key = Object.fromEntries(TRANSIT_ROUTE_KEY.map((name) => [name, input[name] ?? '']))
    return [complete(TRANSIT_ROUTE, key, input)]
  },
  ModifyTransitGatewayVpcAttachment: modification(
    'AWS::EC2::TransitGatewayVpcAttachment',
    'TransitGatewayAttachmentId',
  ),
  CreateHostedZone: (input, context) => [
    created(context, ZONE, [input.Name], {Name: input.Name, VPCs: [structureIn(input, 'VPC')]}),
  ],
  AssociateVPCWithHostedZone: zoneChange('added'),
  DisassociateVPCFromHostedZone: zoneChange('removed'),
  ChangeResourceRecordSets: records,
  CreateFirewallDomainList: domainList,
  UpdateFirewallDomains: domainsOfList,
  CreateFirewallRule: firewallRule,
  CreateRole: plain(ROLE, 'RoleName'),
  UpdateAssumeRolePolicy: setting(ROLE, 'RoleName', ({PolicyDocument}) => ({AssumeRolePolicyDocument: PolicyDocument})),
  DeleteRolePermissionsBoundary: setting(ROLE, 'RoleName', () => ({PermissionsBoundary: null})),
  PutRolePermissionsBoundary: setting(ROLE, 'RoleName'),
  AttachRolePolicy: policyOfRole('added'),
  DetachRolePolicy: policyOfRole('removed'),
  PutRolePolicy: plain(ROLE_POLICY, 'RoleName', 'PolicyName'),
  DeleteRolePolicy: (key) => [{change: 'deleted', type: ROLE_POLICY, key}],
  CreatePolicyVersion: setting('AWS::IAM::ManagedPolicy', 'PolicyArn', ({PolicyDocument}) => ({PolicyDocument})),
  DeletePolicyVersion: () => [],
  CreateInstanceProfile: instanceProfile,
  AddRoleToInstanceProfile: roleOfProfile,
  UpdateServiceSetting: plain('AWS::SSM::ServiceSetting', 'SettingId'),
  Enable: (input, context) => [created(context, 'AWS::InspectorV2::Enabler', ['ec2'], input)],
}

/** Calls for which there is no resource, by the reason. */
const WITHOUT_RESOURCE: readonly (readonly [reason: string, operations: RegExp])[] = [
  [
    'it is an action, not a setting',
    /^(?:RunInstances|StartInstances|StopInstances|RebootInstances|SendCommand|StartAssociationsOnce|DeregisterManagedInstance)$/,
  ],
  ['another account makes it', /^CreateVPCAssociationAuthorization$/],
  ['it only reads', /^(?:Describe|Get|List|Generate)/],
  ['the code sets all tags of a resource together', /^CreateTags$/],
  ['the code has the current document, and no versions', /^SetDefaultPolicyVersion$/],
  [
    'what changes is named by an id that the code does not have',
    /^(?:Replace(?:NetworkAcl|RouteTable)Association|ModifyVpcBlockPublicAccessExclusion)$/,
  ],
  [
    'it is a setting of the account for which neither language has a resource',
    /^(?:(?:Der|R)egisterDefaultHostManagementConfiguration|ModifyVpcBlockPublicAccessOptions)$/,
  ],
  ['the code lists all entries of a prefix list together', /^ModifyManagedPrefixList$/],
  ['the code has the rule with its priority', /^UpdateFirewallRule$/],
  [
    'what is deleted is not in the code, or is removed from it',
    /^(?:Revoke|Delete|Disassociate|Release|Detach|Remove|Disable|Reset)/,
  ],
]
