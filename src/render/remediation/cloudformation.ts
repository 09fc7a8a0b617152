import {comment} from '../../remedies/core/command-line.ts'
import type {Call, Input} from '../../remedies/core/remedy.ts'
import {
  changed,
  type Existing,
  given,
  gone,
  instanceAskedFor,
  isStructure,
  listIn,
  type Piece,
  peersOf,
  type Resource,
  resource,
  slug,
  structureIn,
  textIn,
  type Value,
} from './fragment.ts'
import {yamlLines} from './yaml.ts'

type Rule = (input: Call['input'], call: Call, calls: readonly Call[]) => readonly Piece[] | undefined

const asName = (value: Value | undefined): string =>
  value === undefined || value === null
    ? ''
    : isAnswer(value)
      ? value.answer
      : typeof value === 'object'
        ? ''
        : String(value)
const isAnswer = (value: Value): value is {readonly answer: string} =>
  typeof value === 'object' && 'answer' in value && typeof value.answer === 'string'

const nameFor = ({save}: Call, ...about: readonly (Input | undefined)[]): string =>
  save?.as ?? about.map(asName).join('_')

/** Most properties are called as the parameters of the call are. */
const plain =
  (type: string, about: readonly string[], renamed: Readonly<Record<string, string>> = {}): Rule =>
  (input, call) => [
    resource(
      type,
      nameFor(call, ...about.map((key) => input[key])),
      Object.fromEntries(Object.entries(input).map(([key, value]) => [renamed[key] ?? key, value])),
    ),
  ]

const groupRule =
  (direction: 'Ingress' | 'Egress'): Rule =>
  (input) =>
    peersOf(input).map(({kind, peer, protocol, from, to}) =>
      resource(
        `AWS::EC2::SecurityGroup${direction}`,
        `${asName(input.GroupId)}_${asName(peer)}`,
        given({
          GroupId: input.GroupId,
          IpProtocol: protocol,
          FromPort: from,
          ToPort: to,
          [PEERS[direction][kind] ?? kind]: peer,
        }),
      ),
    )

const PEERS: Readonly<Record<'Ingress' | 'Egress', Readonly<Record<string, string>>>> = {
  Ingress: {GroupId: 'SourceSecurityGroupId', PrefixListId: 'SourcePrefixListId'},
  Egress: {GroupId: 'DestinationSecurityGroupId', PrefixListId: 'DestinationPrefixListId'},
}

const destinationOf = (input: Call['input']): string =>
  ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId']
    .map((key) => textIn(input, key))
    .join('')

const route: Rule = (input, call) =>
  plain('AWS::EC2::Route', [])(
    input,
    {...call, save: {as: `${textIn(input, 'RouteTableId')}_${destinationOf(input)}`, query: ''}},
    [],
  )

/** An existing route is told apart by its table and its destination. */
const replacedRoute: Rule = ({LocalTarget, ...input}) => {
  const id = `RouteTableId=${textIn(input, 'RouteTableId')},CidrBlock=${destinationOf(input)}`
  return LocalTarget === true ? undefined : [changed('AWS::EC2::Route', id, input)]
}

const aclEntry: Rule = (input) => [
  resource(
    'AWS::EC2::NetworkAclEntry',
    `${textIn(input, 'NetworkAclId')}_${input.Egress === true ? 'egress' : 'ingress'}_${textIn(input, 'RuleNumber')}`,
    {...input, Protocol: Number(textIn(input, 'Protocol'))},
  ),
]

const endpoint: Rule = ({PolicyDocument, ...input}, call) => [
  resource(
    'AWS::EC2::VPCEndpoint',
    nameFor(call, input.ServiceName),
    given({...input, PolicyDocument: documentOf(PolicyDocument)}),
  ),
]

const documentOf = (text: Input | undefined): Value | undefined =>
  typeof text === 'string' ? {document: text} : undefined

const endpointChange: Rule = (input) => {
  const {
    VpcEndpointId = '',
    PolicyDocument,
    AddSubnetIds,
    AddRouteTableIds,
    AddSecurityGroupIds,
    ResetPolicy,
    ...rest
  } = input
  return ResetPolicy === true
    ? undefined
    : [
        changed(
          'AWS::EC2::VPCEndpoint',
          asName(VpcEndpointId),
          given({
            ...rest,
            PolicyDocument: documentOf(PolicyDocument),
            SubnetIds: beside(AddSubnetIds),
            RouteTableIds: beside(AddRouteTableIds),
            SecurityGroupIds: beside(AddSecurityGroupIds),
          }),
        ),
      ]
}

/** What is added to a list whose other items are not known here. */
const beside = (added: Input | undefined): Value | undefined =>
  Array.isArray(added) ? ['(those it has)', ...added] : undefined

const dhcpOptions: Rule = (input, call) => {
  const [options] = listIn(input, 'DhcpConfigurations').filter(isStructure)
  return [resource('AWS::EC2::DHCPOptions', nameFor(call), given({DomainNameServers: options?.Values}))]
}

const vpcAttribute: Rule = (input) => [
  changed(
    'AWS::EC2::VPC',
    textIn(input, 'VpcId'),
    given({
      EnableDnsSupport: structureIn(input, 'EnableDnsSupport').Value,
      EnableDnsHostnames: structureIn(input, 'EnableDnsHostnames').Value,
    }),
  ),
]

const zone: Rule = (input, call) => [
  resource('AWS::Route53::HostedZone', nameFor(call), given({Name: input.Name, VPCs: [structureIn(input, 'VPC')]})),
]

const bareZone = (id: Input | undefined): Input =>
  typeof id === 'string' ? id.replace('/hostedzone/', '') : (id ?? '')

const zoneChange = (input: Call['input'], present: boolean): readonly Piece[] => {
  const vpc = structureIn(input, 'VPC')
  return [
    changed('AWS::Route53::HostedZone', asName(bareZone(input.HostedZoneId)), {
      VPCs: present ? ['(those it has)', vpc] : [`(those it has, without ${textIn(vpc, 'VPCId')})`],
    }),
  ]
}

const records: Rule = (input) =>
  listIn(structureIn(input, 'ChangeBatch'), 'Changes')
    .filter(isStructure)
    .map((item) => {
      const {Name = '', Type = 'A', TTL, ResourceRecords, AliasTarget} = structureIn(item, 'ResourceRecordSet')
      const name = `${asName(Name)}_${asName(Type)}`
      if (item.Action === 'DELETE') return gone('AWS::Route53::RecordSet', `Name=${asName(Name)}`)
      const values = Array.isArray(ResourceRecords) ? ResourceRecords.filter(isStructure) : undefined
      return resource(
        'AWS::Route53::RecordSet',
        name,
        given({
          HostedZoneId: bareZone(input.HostedZoneId),
          Name,
          Type,
          TTL: TTL === undefined ? undefined : String(TTL),
          ResourceRecords: values?.flatMap(({Value: value}) => value ?? []),
          AliasTarget,
        }),
      )
    })

const domainList: Rule = (input, call, calls) => {
  const Domains = calls.find(({operation}) => operation === 'UpdateFirewallDomains')?.input.Domains
  return [resource('AWS::Route53Resolver::FirewallDomainList', nameFor(call), given({Name: input.Name, Domains}))]
}

/** Rules are no resources of their own: they stand in their group. */
const firewallRule: Rule = ({FirewallRuleGroupId, CreatorRequestId: _, Name: __, ...rule}) => [
  changed('AWS::Route53Resolver::FirewallRuleGroup', asName(FirewallRuleGroupId), {
    FirewallRules: ['(those it has)', rule],
  }),
]

/** Policies of a new role stand in it. */
const role: Rule = ({RoleName = '', Path, AssumeRolePolicyDocument}, _, calls) => {
  const arns = calls.flatMap(({operation, input}) =>
    operation === 'AttachRolePolicy' && input.RoleName === RoleName ? [input.PolicyArn ?? ''] : [],
  )
  return [
    resource(
      'AWS::IAM::Role',
      asName(RoleName),
      given({
        RoleName,
        Path,
        AssumeRolePolicyDocument: documentOf(AssumeRolePolicyDocument),
        ManagedPolicyArns: arns.length > 0 ? arns : undefined,
      }),
    ),
  ]
}

const isMade = (operation: string, key: string, value: Input | undefined, calls: readonly Call[]): boolean =>
  calls.some((call) => call.operation === operation && call.input[key] === value)

const policyAttachment: Rule = ({RoleName, PolicyArn = ''}, _, calls) =>
  isMade('CreateRole', 'RoleName', RoleName, calls)
    ? []
    : [changed('AWS::IAM::Role', asName(RoleName), {ManagedPolicyArns: ['(those it has)', PolicyArn]})]

const rolePolicy: Rule = ({RoleName = '', PolicyName = '', PolicyDocument}) => [
  resource(
    'AWS::IAM::RolePolicy',
    `${asName(RoleName)}_${asName(PolicyName)}`,
    given({RoleName, PolicyName, PolicyDocument: documentOf(PolicyDocument)}),
  ),
]

/** Named as the call names it; the role is referred to where it is made here, so that it is made first. */
const instanceProfile: Rule = ({InstanceProfileName = ''}, _, calls) => {
  const roles = calls.flatMap(({operation, input}) =>
    operation === 'AddRoleToInstanceProfile' && input.InstanceProfileName === InstanceProfileName
      ? [input.RoleName ?? '']
      : [],
  )
  const refer = (name: Input): Value =>
    isMade('CreateRole', 'RoleName', name, calls) ? {reference: slug(asName(name))} : name
  return [
    resource('AWS::IAM::InstanceProfile', `${asName(InstanceProfileName)}_profile`, {
      InstanceProfileName,
      Roles: roles.map(refer),
    }),
  ]
}

const profileOfInstance: Rule = (input, _, calls) => {
  const {Name, Arn} = structureIn(input, 'IamInstanceProfile')
  const id = textIn(input, 'InstanceId') || instanceAskedFor(calls)
  const name = Name ?? asName(Arn).split('/').at(-1) ?? ''
  return id === '' ? undefined : [changed('AWS::EC2::Instance', id, {IamInstanceProfile: name})]
}

/** Where CloudFormation has a word for a call. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html */
const RULES: Readonly<Record<string, Rule>> = {
  AuthorizeSecurityGroupIngress: groupRule('Ingress'),
  AuthorizeSecurityGroupEgress: groupRule('Egress'),
  CreateSecurityGroup: plain('AWS::EC2::SecurityGroup', ['GroupName'], {Description: 'GroupDescription'}),
  CreateNetworkAclEntry: aclEntry,
  CreateRoute: route,
  ReplaceRoute: replacedRoute,
  DeleteRoute: (input) => [
    gone('AWS::EC2::Route', `RouteTableId=${textIn(input, 'RouteTableId')},CidrBlock=${destinationOf(input)}`),
  ],
  AssociateRouteTable: plain('AWS::EC2::SubnetRouteTableAssociation', ['SubnetId']),
  CreateVpcEndpoint: endpoint,
  ModifyVpcEndpoint: endpointChange,
  DeleteVpcEndpoints: (input) => listIn(input, 'VpcEndpointIds').map((id) => gone('AWS::EC2::VPCEndpoint', asName(id))),
  AllocateAddress: plain('AWS::EC2::EIP', []),
  AssociateAddress: plain('AWS::EC2::EIPAssociation', ['NetworkInterfaceId']),
  CreateNatGateway: plain('AWS::EC2::NatGateway', ['SubnetId']),
  CreateInternetGateway: plain('AWS::EC2::InternetGateway', []),
  AttachInternetGateway: plain('AWS::EC2::VPCGatewayAttachment', ['VpcId', 'InternetGatewayId']),
  CreateDhcpOptions: dhcpOptions,
  AssociateDhcpOptions: plain('AWS::EC2::VPCDHCPOptionsAssociation', ['VpcId']),
  CreateVpcBlockPublicAccessExclusion: plain('AWS::EC2::VPCBlockPublicAccessExclusion', []),
  ModifyVpcAttribute: vpcAttribute,
  ModifyNetworkInterfaceAttribute: (input) => {
    const {Value: SourceDestCheck} = structureIn(input, 'SourceDestCheck')
    const id = textIn(input, 'NetworkInterfaceId')
    return SourceDestCheck === undefined ? undefined : [changed('AWS::EC2::NetworkInterface', id, {SourceDestCheck})]
  },
  ModifyInstanceMetadataOptions: ({InstanceId, ...MetadataOptions}) => [
    changed('AWS::EC2::Instance', asName(InstanceId), {MetadataOptions}),
  ],
  UpdateServiceSetting: plain('AWS::SSM::ServiceSetting', ['SettingId']),
  AssociateIamInstanceProfile: profileOfInstance,
  ReplaceIamInstanceProfileAssociation: profileOfInstance,
  AssociateTransitGatewayRouteTable: plain('AWS::EC2::TransitGatewayRouteTableAssociation', [
    'TransitGatewayAttachmentId',
  ]),
  CreateTransitGatewayRoute: plain('AWS::EC2::TransitGatewayRoute', [
    'TransitGatewayRouteTableId',
    'DestinationCidrBlock',
  ]),
  ModifyTransitGatewayVpcAttachment: (input) => [
    changed('AWS::EC2::TransitGatewayVpcAttachment', textIn(input, 'TransitGatewayAttachmentId'), {
      AddSubnetIds: listIn(input, 'AddSubnetIds'),
    }),
  ],
  CreateHostedZone: zone,
  AssociateVPCWithHostedZone: (input) => zoneChange(input, true),
  DisassociateVPCFromHostedZone: (input) => zoneChange(input, false),
  ChangeResourceRecordSets: records,
  CreateFirewallDomainList: domainList,
  UpdateFirewallDomains: () => [],
  CreateFirewallRule: firewallRule,
  CreateRole: role,
  UpdateAssumeRolePolicy: ({RoleName, PolicyDocument}) => [
    changed('AWS::IAM::Role', asName(RoleName), given({AssumeRolePolicyDocument: documentOf(PolicyDocument)})),
  ],
  AttachRolePolicy: policyAttachment,
  DetachRolePolicy: ({RoleName, PolicyArn}) => [
    changed('AWS::IAM::Role', asName(RoleName), {ManagedPolicyArns: [`(those it has, without ${asName(PolicyArn)})`]}),
  ],
  PutRolePolicy: rolePolicy,
  DeleteRolePolicy: ({RoleName, PolicyName}) => [
    gone('AWS::IAM::RolePolicy', `PolicyName=${asName(PolicyName)},RoleName=${asName(RoleName)}`),
  ],
  CreatePolicyVersion: ({PolicyArn, PolicyDocument}) => [
    changed('AWS::IAM::ManagedPolicy', asName(PolicyArn), given({PolicyDocument: documentOf(PolicyDocument)})),
  ],
  DeletePolicyVersion: () => [],
  CreateInstanceProfile: instanceProfile,
  AddRoleToInstanceProfile: ({InstanceProfileName, RoleName = ''}, _, calls) =>
    isMade('CreateInstanceProfile', 'InstanceProfileName', InstanceProfileName, calls)
      ? []
      : [changed('AWS::IAM::InstanceProfile', asName(InstanceProfileName), {Roles: [RoleName]})],
}

/** Logical ids take letters and digits alone. */
const logicalId = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** What of a resource an answer is, where `Ref` gives something else. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  AllocationId: 'AllocationId',
  GroupId: 'GroupId',
  'VpcEndpoint.VpcEndpointId': 'Id',
  'NatGateway.NatGatewayId': 'NatGatewayId',
  'HostedZone.Id': 'Id',
  'DhcpOptions.DhcpOptionsId': 'DhcpOptionsId',
  'InternetGateway.InternetGatewayId': 'InternetGatewayId',
  'FirewallDomainList.Id': 'Id',
}

/** Regional names first, each behind its zone. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html */
const PARTS: Readonly<Record<string, number>> = {
  'VpcEndpoints[0].DnsEntries[0].HostedZoneId': 0,
  'VpcEndpoints[0].DnsEntries[0].DnsName': 1,
}

function referenceTo(name: string, calls: readonly Call[], suffix: string): Value {
  const call = calls.find(({save}) => save?.as === name)
  const query = call?.save?.query ?? ''
  const part = PARTS[query]
  if (call && part !== undefined) {
    const [, source = ''] = /"answer":"(\w+)"/.exec(JSON.stringify(call.input)) ?? []
    const entries = {'Fn::GetAtt': [logicalId(`${source.toLowerCase()}${suffix}`), 'DnsEntries']}
    return {'Fn::Select': [part, {'Fn::Split': [':', {'Fn::Select': [0, entries]}]}]}
  }
  return {'Fn::GetAtt': [logicalId(`${name.toLowerCase()}${suffix}`), ATTRIBUTES[query] ?? 'Id']}
}

/** Answers become references, and JSON in text becomes a structure. */
function resolved(value: Value, calls: readonly Call[], suffix: string): Value {
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => resolved(item, calls, suffix))
  if (isAnswer(value)) return referenceTo(value.answer, calls, suffix)
  if ('reference' in value && typeof value.reference === 'string')
    return {Ref: logicalId(`${value.reference}${suffix}`)}
  if ('document' in value && typeof value.document === 'string') return parsed(value.document)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolved(member, calls, suffix)]))
}

function parsed(text: string): Value {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const write = (resources: readonly Resource[], calls: readonly Call[], suffix: string): readonly string[] =>
  resources.length === 0
    ? []
    : yamlLines({
        Resources: Object.fromEntries(
          resources.map(({type, name, arguments: args}) => [
            logicalId(`${name}${suffix}`),
            {Type: type, ...(Object.keys(args).length > 0 && {Properties: resolved(args, calls, suffix)})},
          ]),
        ),
      })

function existing(
  {kind, type, id, arguments: args}: Existing,
  calls: readonly Call[],
  suffix: string,
  held?: string,
): readonly string[] {
  if (kind === 'gone')
    return [
      held === undefined
        ? comment(`Remove the ${type} ${id} from the template; where no stack holds it, use --remedy cli.`)
        : comment(`Remove ${held} from the template.`),
    ]
  return [
    held === undefined
      ? comment(`${id} exists. In its ${type} set (where no stack holds it, import it first by that identifier):`)
      : comment(`In ${held} set:`),
    ...yamlLines({Properties: resolved(args, calls, suffix)}).map((line) => `# ${line}`),
  ]
}

/** CloudFormation, as YAML. Whatever exists is changed where its template stands. */
export const cloudFormation = {
  piecesOf: (call: Call, calls: readonly Call[]) => RULES[call.operation]?.(call.input, call, calls),
  write,
  existing,
  reference: (reference: string): Value => {
    const [name = '', attribute] = reference.split('.')
    return attribute === undefined ? {Ref: name} : {'Fn::GetAtt': [name, attribute]}
  },
}
