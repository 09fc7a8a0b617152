import {comment} from '../../remedies/core/command-line.ts'
import type {Call, Input} from '../../remedies/core/remedy.ts'
import {doubleQuoted} from './double-quoted.ts'
import {
  changed,
  type Existing,
  given,
  gone,
  instanceAskedFor,
  isStructure,
  listIn,
  type Members,
  type Piece,
  peersOf,
  type Resource,
  resource,
  slug,
  structureIn,
  textIn,
  type Value,
} from './fragment.ts'
import {hclBlock, hclValue, type Refer} from './hcl.ts'
import type {Held} from './snippet.ts'

type Rule = (input: Call['input'], call: Call, calls: readonly Call[]) => readonly Piece[] | undefined

const snake = (name: string): string => name.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase()

/** The resource is named for the variable that keeps its id, else for what it is about. */
const nameFor = ({save}: Call, ...about: readonly Input[]): string =>
  save?.as ?? about.filter((part) => typeof part !== 'object').join('_')

const namesIn = (input: Call['input']): readonly Input[] =>
  Object.entries(input).flatMap(([key, value]) => (/Id$|Block$|Name$|RuleNumber/.test(key) ? [value] : []))

/** A resource whose arguments are the parameters of the call, but for those that it calls otherwise. */
const plain =
  (type: string, renamed: Readonly<Record<string, string>> = {}): Rule =>
  (input, call) => [
    resource(
      type,
      nameFor(call, ...namesIn(input)),
      Object.fromEntries(Object.entries(input).map(([key, value]) => [renamed[key] ?? snake(key), value])),
    ),
  ]

/** One that is known by its id and only changes. */
const change =
  (type: string, id: string, args: (input: Call['input']) => Members): Rule =>
  (input) => [changed(type, textIn(input, id), args(input))]

const removal =
  (type: string, ...ids: readonly string[]): Rule =>
  (input) => [gone(type, ids.map((id) => textIn(input, id)).join(type === 'aws_route' ? '_' : '/'))]

const nothing: Rule = () => []

const groupRule =
  (direction: 'ingress' | 'egress'): Rule =>
  (input) =>
    peersOf(input).map(({kind, peer, protocol, from, to}) =>
      resource(
        `aws_vpc_security_group_${direction}_rule`,
        `${asName(input.GroupId)}_${asName(peer)}`,
        given({
          security_group_id: input.GroupId,
          ip_protocol: protocol,
          from_port: from,
          to_port: to,
          [PEERS[kind] ?? 'cidr_ipv4']: peer,
        }),
      ),
    )

const PEERS: Readonly<Record<string, string>> = {
  CidrIp: 'cidr_ipv4',
  CidrIpv6: 'cidr_ipv6',
  GroupId: 'referenced_security_group_id',
  PrefixListId: 'prefix_list_id',
}

const asName = (value: Input | undefined): string =>
  value === undefined ? '' : isAnswer(value) ? value.answer : typeof value === 'object' ? '' : String(value)
const isAnswer = (value: Value): value is {readonly answer: string} =>
  typeof value === 'object' && !Array.isArray(value) && 'answer' in value && typeof value.answer === 'string'

const destinationOf = (input: Call['input']): string =>
  ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId']
    .map((key) => textIn(input, key))
    .join('')

/** A route that is replaced exists; its import id is `TABLE_DESTINATION`. */
const route =
  (exists: boolean): Rule =>
  (input) => {
    const {LocalTarget, EgressOnlyInternetGatewayId, ...rest} = input
    const args = given({
      ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [snake(key), value])),
      gateway_id: LocalTarget === true ? 'local' : rest.GatewayId,
      egress_only_gateway_id: EgressOnlyInternetGatewayId,
    })
    const id = `${textIn(input, 'RouteTableId')}_${destinationOf(input)}`
    return [resource('aws_route', id, args, exists ? id : undefined)]
  }

const aclRule: Rule = (input) => {
  const {PortRange: _, Ipv6CidrBlock, ...rest} = input
  const {From, To} = structureIn(input, 'PortRange')
  return [
    resource(
      'aws_network_acl_rule',
      `${textIn(input, 'NetworkAclId')}_${input.Egress === true ? 'egress' : 'ingress'}_${textIn(input, 'RuleNumber')}`,
      given({
        ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [snake(key), value])),
        ipv6_cidr_block: Ipv6CidrBlock,
        from_port: From,
        to_port: To,
      }),
    ),
  ]
}

const endpoint: Rule = (input, call) => {
  const {DnsOptions: _, PolicyDocument, ...rest} = input
  const {DnsRecordIpType} = structureIn(input, 'DnsOptions')
  return [
    resource(
      'aws_vpc_endpoint',
      nameFor(call, textIn(input, 'ServiceName')),
      given({
        ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [snake(key), value])),
        policy: PolicyDocument,
        dns_options: DnsRecordIpType === undefined ? undefined : {nested: {dns_record_ip_type: DnsRecordIpType}},
      }),
    ),
  ]
}

/** Resources of their own for a part of an endpoint, so that the endpoint itself need not be taken over. */
const endpointChange: Rule = (input) => {
  const {VpcEndpointId, IpAddressType} = input
  const id = textIn(input, 'VpcEndpointId')
  const part = (type: string, name: string, args: {readonly [key: string]: Value | undefined}) =>
    resource(`aws_vpc_endpoint_${type}`, `${id}${name && `_${name}`}`, given({vpc_endpoint_id: VpcEndpointId, ...args}))
  return [
    ...listIn(input, 'AddSubnetIds').map((subnet_id) => part('subnet_association', asName(subnet_id), {subnet_id})),
    ...listIn(input, 'AddRouteTableIds').map((route_table_id) =>
      part('route_table_association', asName(route_table_id), {route_table_id}),
    ),
    ...listIn(input, 'AddSecurityGroupIds').map((security_group_id) =>
      part('security_group_association', asName(security_group_id), {security_group_id}),
    ),
    ...(input.PolicyDocument !== undefined || input.ResetPolicy === true
      ? [part('policy', '', {policy: input.PolicyDocument})]
      : []),
    ...(input.PrivateDnsEnabled === undefined
      ? []
      : [part('private_dns', '', {private_dns_enabled: input.PrivateDnsEnabled})]),
    ...(IpAddressType === undefined
      ? []
      : [
          changed(
            'aws_vpc_endpoint',
            id,
            given({
              ip_address_type: IpAddressType,
              dns_options: {nested: {dns_record_ip_type: structureIn(input, 'DnsOptions').DnsRecordIpType ?? ''}},
            }),
          ),
        ]),
  ]
}

/** Its names are given by another call. */
const domainList: Rule = (input, call, calls) => {
  const domains = calls.find(({operation}) => operation === 'UpdateFirewallDomains')?.input.Domains
  return [resource('aws_route53_resolver_firewall_domain_list', nameFor(call), given({name: input.Name, domains}))]
}

const zone: Rule = (input, call) => {
  const {VPCId, VPCRegion} = structureIn(input, 'VPC')
  const vpc = given({vpc_id: VPCId, vpc_region: VPCRegion})
  return [resource('aws_route53_zone', nameFor(call), given({name: input.Name, vpc: {nested: vpc}}))]
}

const zoneAssociation: Rule = (input) => {
  const {VPCId, VPCRegion} = structureIn(input, 'VPC')
  const zone_id = bareZone(input.HostedZoneId)
  return [
    resource(
      'aws_route53_zone_association',
      `${asName(zone_id)}_${asName(VPCId)}`,
      given({zone_id, vpc_id: VPCId, vpc_region: VPCRegion}),
    ),
  ]
}

const bareZone = (id: Input | undefined): Input | undefined =>
  typeof id === 'string' ? id.replace('/hostedzone/', '') : id

const records: Rule = (input) => {
  const zone_id = bareZone(input.HostedZoneId)
  return listIn(structureIn(input, 'ChangeBatch'), 'Changes')
    .filter(isStructure)
    .map((item) => {
      const {Name = '', Type = 'A', TTL, ResourceRecords, AliasTarget} = structureIn(item, 'ResourceRecordSet')
      const values = Array.isArray(ResourceRecords) ? ResourceRecords.filter(isStructure) : undefined
      const {DNSName, HostedZoneId, EvaluateTargetHealth = false} = isStructure(AliasTarget) ? AliasTarget : {}
      const alias = given({name: DNSName, zone_id: HostedZoneId, evaluate_target_health: EvaluateTargetHealth})
      if (item.Action === 'DELETE')
        return gone('aws_route53_record', `${asName(zone_id)}_${asName(Name)}_${asName(Type)}`)
      return resource(
        'aws_route53_record',
        `${asName(Name)}_${asName(Type)}`,
        given({
          zone_id,
          name: Name,
          type: Type,
          ttl: TTL,
          records: values?.flatMap(({Value}) => Value ?? []),
          allow_overwrite: true,
          alias: AliasTarget === undefined ? undefined : {nested: alias},
        }),
      )
    })
}

/** A role that the same change makes is referred to, so that it is made first. */
const roleReference = (role: Input | undefined, calls: readonly Call[]): Value => {
  const made = calls.some(({operation, input}) => operation === 'CreateRole' && input.RoleName === role)
  return made ? {expression: `aws_iam_role.${slug(asName(role))}.name`} : (role ?? '')
}

const role: Rule = ({RoleName = '', Path, AssumeRolePolicyDocument}) => [
  resource(
    'aws_iam_role',
    asName(RoleName),
    given({name: RoleName, path: Path, assume_role_policy: AssumeRolePolicyDocument}),
  ),
]

const policyAttachment: Rule = ({RoleName, PolicyArn = ''}, _, calls) => [
  resource('aws_iam_role_policy_attachment', `${asName(RoleName)}_${lastPart(PolicyArn)}`, {
    role: roleReference(RoleName, calls),
    policy_arn: PolicyArn,
  }),
]

const lastPart = (arn: Input): string => asName(arn).split('/').at(-1) ?? ''

const rolePolicy: Rule = ({RoleName, PolicyName = '', PolicyDocument = ''}, _, calls) => [
  resource('aws_iam_role_policy', `${asName(RoleName)}_${asName(PolicyName)}`, {
    name: PolicyName,
    role: roleReference(RoleName, calls),
    policy: PolicyDocument,
  }),
]

const instanceProfile: Rule = ({InstanceProfileName = ''}, _, calls) => {
  const added = calls.find(
    ({operation, input}) =>
      operation === 'AddRoleToInstanceProfile' && input.InstanceProfileName === InstanceProfileName,
  )
  return [
    resource('aws_iam_instance_profile', asName(InstanceProfileName), {
      name: InstanceProfileName,
      ...(added && {role: roleReference(added.input.RoleName, calls)}),
    }),
  ]
}

const roleOfProfile: Rule = ({InstanceProfileName, RoleName}, _, calls) =>
  calls.some(({operation}) => operation === 'CreateInstanceProfile')
    ? []
    : [changed('aws_iam_instance_profile', asName(InstanceProfileName), {role: roleReference(RoleName, calls)})]

const profileOfInstance: Rule = (input, _, calls) => {
  const {Name, Arn} = structureIn(input, 'IamInstanceProfile')
  const name = Name ?? lastPart(Arn ?? '')
  const id = textIn(input, 'InstanceId') || instanceAskedFor(calls)
  return id === '' ? undefined : [changed('aws_instance', id, {iam_instance_profile: name})]
}

const vpcAttribute = change('aws_vpc', 'VpcId', (input) =>
  Object.fromEntries(
    ['EnableDnsSupport', 'EnableDnsHostnames'].flatMap((key) => {
      const {Value} = structureIn(input, key)
      return Value === undefined ? [] : [[snake(key), Value]]
    }),
  ),
)

const dhcpOptions: Rule = (input, call) => {
  const [options] = listIn(input, 'DhcpConfigurations').filter(isStructure)
  return [resource('aws_vpc_dhcp_options', nameFor(call), given({domain_name_servers: options?.Values}))]
}

const transitRoute =
  (exists: boolean): Rule =>
  (input) => {
    const id = `${textIn(input, 'TransitGatewayRouteTableId')}_${textIn(input, 'DestinationCidrBlock')}`
    const args = Object.fromEntries(Object.entries(input).map(([key, value]) => [snake(key), value]))
    return [resource('aws_ec2_transit_gateway_route', id, args, exists ? id : undefined)]
  }

/** Where the provider has a word for a call. https://registry.terraform.io/providers/hashicorp/aws/latest/docs */
const RULES: Readonly<Record<string, Rule>> = {
  AuthorizeSecurityGroupIngress: groupRule('ingress'),
  AuthorizeSecurityGroupEgress: groupRule('egress'),
  CreateSecurityGroup: plain('aws_security_group', {GroupName: 'name'}),
  CreateNetworkAclEntry: aclRule,
  CreateRoute: route(false),
  ReplaceRoute: route(true),
  DeleteRoute: (input) => [gone('aws_route', `${textIn(input, 'RouteTableId')}_${destinationOf(input)}`)],
  AssociateRouteTable: plain('aws_route_table_association'),
  CreateVpcEndpoint: endpoint,
  ModifyVpcEndpoint: endpointChange,
  DeleteVpcEndpoints: (input) => listIn(input, 'VpcEndpointIds').map((id) => gone('aws_vpc_endpoint', asName(id))),
  AllocateAddress: plain('aws_eip'),
  AssociateAddress: plain('aws_eip_association'),
  CreateNatGateway: plain('aws_nat_gateway'),
  CreateInternetGateway: plain('aws_internet_gateway'),
  AttachInternetGateway: plain('aws_internet_gateway_attachment'),
  CreateDhcpOptions: dhcpOptions,
  AssociateDhcpOptions: plain('aws_vpc_dhcp_options_association'),
  CreateVpcBlockPublicAccessExclusion: plain('aws_vpc_block_public_access_exclusion'),
  ModifyVpcAttribute: vpcAttribute,
  ModifyNetworkInterfaceAttribute: change('aws_network_interface', 'NetworkInterfaceId', (input) =>
    given({source_dest_check: structureIn(input, 'SourceDestCheck').Value}),
  ),
  ModifyInstanceMetadataOptions: change('aws_instance', 'InstanceId', ({InstanceId: _, ...options}) => ({
    metadata_options: {
      nested: Object.fromEntries(Object.entries(options).map(([key, value]) => [snake(key), value])),
    },
  })),
  AssociateIamInstanceProfile: profileOfInstance,
  ReplaceIamInstanceProfileAssociation: profileOfInstance,
  AcceptVpcPeeringConnection: ({VpcPeeringConnectionId = ''}) => [
    resource('aws_vpc_peering_connection_accepter', asName(VpcPeeringConnectionId), {
      vpc_peering_connection_id: VpcPeeringConnectionId,
      auto_accept: true,
    }),
  ],
  AcceptTransitGatewayVpcAttachment: plain('aws_ec2_transit_gateway_vpc_attachment_accepter'),
  AssociateTransitGatewayRouteTable: plain('aws_ec2_transit_gateway_route_table_association'),
  CreateTransitGatewayRoute: transitRoute(false),
  ReplaceTransitGatewayRoute: transitRoute(true),
  ModifyTransitGatewayVpcAttachment: change(
    'aws_ec2_transit_gateway_vpc_attachment',
    'TransitGatewayAttachmentId',
    (input) => ({
      subnet_ids: {
        expression: `concat(<those it has>, ${hclValue(listIn(input, 'AddSubnetIds'), String)})`,
      },
    }),
  ),
  CreateHostedZone: zone,
  AssociateVPCWithHostedZone: zoneAssociation,
  DisassociateVPCFromHostedZone: (input) => [
    gone(
      'aws_route53_zone_association',
      `${asName(bareZone(input.HostedZoneId))}:${textIn(structureIn(input, 'VPC'), 'VPCId')}`,
    ),
  ],
  ChangeResourceRecordSets: records,
  CreateFirewallDomainList: domainList,
  UpdateFirewallDomains: nothing,
  CreateFirewallRule: ({CreatorRequestId: _, ...input}, call, calls) =>
    plain('aws_route53_resolver_firewall_rule')(input, call, calls),
  CreateRole: role,
  UpdateAssumeRolePolicy: change('aws_iam_role', 'RoleName', ({PolicyDocument = ''}) => ({
    assume_role_policy: PolicyDocument,
  })),
  DeleteRolePermissionsBoundary: change('aws_iam_role', 'RoleName', () => ({
    permissions_boundary: {expression: 'null'},
  })),
  AttachRolePolicy: policyAttachment,
  DetachRolePolicy: removal('aws_iam_role_policy_attachment', 'RoleName', 'PolicyArn'),
  PutRolePolicy: rolePolicy,
  DeleteRolePolicy: (input) => [
    gone('aws_iam_role_policy', `${textIn(input, 'RoleName')}:${textIn(input, 'PolicyName')}`),
  ],
  CreatePolicyVersion: change('aws_iam_policy', 'PolicyArn', ({PolicyDocument = ''}) => ({policy: PolicyDocument})),
  DeletePolicyVersion: nothing,
  CreateInstanceProfile: instanceProfile,
  AddRoleToInstanceProfile: roleOfProfile,
  UpdateServiceSetting: plain('aws_ssm_service_setting'),
  Enable: ({accountIds = [], resourceTypes = []}) => [
    resource('aws_inspector2_enabler', 'ec2', {account_ids: accountIds, resource_types: resourceTypes}),
  ],
}

/** What of a resource an answer is, where it is not the id. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  'VpcEndpoints[0].DnsEntries[0].DnsName': 'dns_entry[0].dns_name',
  'VpcEndpoints[0].DnsEntries[0].HostedZoneId': 'dns_entry[0].hosted_zone_id',
}

const referring =
  (calls: readonly Call[], suffix: string): Refer =>
  (name) => {
    const call = calls.find(({save}) => save?.as === name)
    if (!call?.save) return `"$${name}"`
    const attribute = ATTRIBUTES[call.save.query]
    const source = attribute ? answersIn(call.input)[0] : undefined
    if (attribute && source !== undefined) return referring(calls, suffix)(source).replace(/\.id$/, `.${attribute}`)
    const [made] = RULES[call.operation]?.(call.input, call, calls) ?? []
    return made ? `${made.type}.${slug(name)}${suffix}.id` : `"$${name}"`
  }

const answersIn = (input: Call['input']): readonly string[] =>
  [...JSON.stringify(input).matchAll(/"answer":"(\w+)"/g)].map(([, name = '']) => name)

function existing(
  {kind, type, id, arguments: args}: Existing,
  calls: readonly Call[],
  suffix: string,
  held?: string,
): readonly string[] {
  const address = `${type}.${slug(id)}${suffix}`
  if (kind === 'gone' && held !== undefined) return [comment(`Remove ${held} from the code.`)]
  if (kind === 'gone')
    return [
      comment(
        `Remove the ${type} with import id ${doubleQuoted(id)} from the code; where Terraform does not manage it, use --remedy cli.`,
      ),
    ]
  const [, ...lines] = hclBlock('', args, referring(calls, suffix))
  const settings = lines.slice(0, -1).map((line) => `# ${line}`)
  if (held !== undefined) return [comment(`In ${held} set:`), ...settings]
  return [
    comment(`${id} exists. In its ${type} set:`),
    ...settings,
    comment('Where Terraform does not manage it yet, `terraform plan -generate-config-out=FILE` writes its code for:'),
    ...hclBlock('import', {to: {expression: address}, id}, String).map((line) => `# ${line}`),
  ]
}

function write(resources: readonly Resource[], calls: readonly Call[], suffix: string): readonly string[] {
  const refer = referring(calls, suffix)
  return resources.flatMap(({type, name, arguments: args, imports}) => {
    const own = `${name}${suffix}`
    const taken =
      imports === undefined ? [] : hclBlock('import', {to: {expression: `${type}.${own}`}, id: imports}, refer)
    return [...taken, ...hclBlock(`resource "${type}" "${own}"`, withReferences(args, suffix), refer)]
  })
}

/** Names of roles that are made beside it carry the suffix of their change too. */
const withReferences = (args: Members, suffix: string): Members =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      isExpression(value) ? {expression: value.expression.replace(/\.name$/, `${suffix}.name`)} : value,
    ]),
  )

const isExpression = (value: Value): value is {readonly expression: string} =>
  typeof value === 'object' && 'expression' in value && typeof value.expression === 'string'

/**
 * A rule for a group whose rules stand in it is a block of it: the provider takes both forms for one group as a conflict.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
 */
function inside(piece: Piece, held: Held): Existing | undefined {
  const [, direction] = /^aws_vpc_security_group_(ingress|egress)_rule$/.exec(piece.type) ?? []
  const {security_group_id: group, ip_protocol, from_port, to_port, ...peer} = piece.arguments
  if (piece.kind !== 'resource' || direction === undefined || typeof group !== 'string') return undefined
  if (!held.get(group)?.inline?.some((one) => one === direction)) return undefined
  const [[kind, value] = []] = Object.entries(peer)
  const nested = given({
    protocol: ip_protocol,
    from_port: from_port ?? 0,
    to_port: to_port ?? 0,
    [BLOCK_PEERS[kind ?? ''] ?? 'cidr_blocks']: value === undefined ? undefined : [value],
  })
  return changed('aws_security_group', group, {[direction]: {nested}})
}

const BLOCK_PEERS: Readonly<Record<string, string>> = {
  cidr_ipv6: 'ipv6_cidr_blocks',
  referenced_security_group_id: 'security_groups',
  prefix_list_id: 'prefix_list_ids',
}

/** Terraform for the AWS provider. Whatever exists is changed where its code stands, never by half a resource. */
export const terraform = {
  piecesOf: (call: Call, calls: readonly Call[]) => RULES[call.operation]?.(call.input, call, calls),
  write,
  existing,
  inside,
  reference: (reference: string): Value => ({expression: reference}),
}
