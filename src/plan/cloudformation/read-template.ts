import {isObject, type JsonObject} from '../../account-file/schema.ts'
import {withLaunchTemplates} from '../launch-templates.ts'
import {EFFECTS} from '../overlay/overlay.ts'
import {defaultAclId, defaultGroupId} from '../overlay/vpc.ts'
import {
  listOf,
  objectOf,
  type PlannedResource,
  type Properties,
  plannedId,
  type ResourcePlan,
  textOf,
  UNKNOWN,
} from '../resource.ts'
import {conditionOf, type Environment, evaluate} from './intrinsics.ts'

export interface StackContext {
  readonly region: string
  readonly partition: string
  readonly account: string
  readonly stackName: string
  /** Values given for parameters; others take their defaults. */
  readonly parameters: Readonly<Record<string, string>>
  /** The ids of resources that the stack has already, by logical id. */
  readonly physicalIds: ReadonlyMap<string, string>
}

const PREFIXES: Readonly<Record<string, string>> = {
  'AWS::EC2::VPC': 'vpc',
  'AWS::EC2::Subnet': 'subnet',
  'AWS::EC2::SecurityGroup': 'sg',
  'AWS::EC2::NetworkAcl': 'acl',
  'AWS::EC2::RouteTable': 'rtb',
  'AWS::EC2::InternetGateway': 'igw',
  'AWS::EC2::EgressOnlyInternetGateway': 'eigw',
  'AWS::EC2::NatGateway': 'nat',
  'AWS::EC2::VPCEndpoint': 'vpce',
  'AWS::EC2::VPCPeeringConnection': 'pcx',
  'AWS::EC2::TransitGateway': 'tgw',
  'AWS::EC2::TransitGatewayAttachment': 'tgw-attach',
  'AWS::EC2::TransitGatewayVpcAttachment': 'tgw-attach',
  'AWS::EC2::TransitGatewayRouteTable': 'tgw-rtb',
  'AWS::EC2::PrefixList': 'pl',
  'AWS::EC2::DHCPOptions': 'dopt',
  'AWS::EC2::Instance': 'i',
  'AWS::EC2::LaunchTemplate': 'lt',
  'AWS::Route53::HostedZone': 'zone',
}

interface Declared {
  readonly logicalId: string
  readonly type: string
  readonly id: string
  readonly raw: JsonObject
}

/** The resources of a template as the stack will have them. */
export function templatePlan(template: JsonObject, context: StackContext): ResourcePlan {
  const {declared, environment} = declaredIn(template, context)
  const resources = declared.flatMap(({logicalId, type, id, raw}) => {
    const properties = objectOf(evaluate(raw.Properties ?? {}, environment))
    const action = context.physicalIds.has(logicalId) ? 'update' : 'create'
    return partsOf(type, properties).map(
      (part): PlannedResource => ({
        address: logicalId,
        id,
        action,
        attributes: [],
        type: part.type,
        after: part.properties,
      }),
    )
  })
  return {
    resources: withLaunchTemplates(resources).filter(({type}) => type in EFFECTS),
    ignored: declared.filter(({type}) => !MODELED.has(type)).map(({logicalId, type}) => ({address: logicalId, type})),
  }
}

const ALIASES: Readonly<Record<string, string>> = {
  'AWS::EC2::TransitGatewayVpcAttachment': 'AWS::EC2::TransitGatewayAttachment',
}
const MODELED = new Set([...Object.keys(EFFECTS), ...Object.keys(ALIASES), 'AWS::EC2::LaunchTemplate'])

function declaredIn(template: JsonObject, context: StackContext) {
  const pseudo = {
    'AWS::Region': context.region,
    'AWS::Partition': context.partition,
    'AWS::AccountId': context.account,
    'AWS::StackName': context.stackName,
    'AWS::URLSuffix': context.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    'AWS::StackId': UNKNOWN,
    'AWS::NotificationARNs': [],
  }
  const resources = objectOf(template.Resources)
  const all = Object.entries(resources).flatMap(([logicalId, raw]): Declared[] => {
    if (!isObject(raw) || typeof raw.Type !== 'string') return []
    return [{logicalId, type: raw.Type, raw, id: context.physicalIds.get(logicalId) ?? newId(logicalId, raw)}]
  })
  const byId = new Map(all.map((one) => [one.logicalId, one]))
  const environment: Environment = {
    parameters: parametersOf(template, context.parameters),
    mappings: objectOf(template.Mappings),
    conditions: objectOf(template.Conditions),
    pseudo,
    ref: (logicalId) => {
      const found = byId.get(logicalId)
      return found && (nameIn(found, environment) ?? found.id)
    },
    attribute: (logicalId, attribute) => attributeOf(byId.get(logicalId), attribute, environment),
  }
  const declared = all.filter(
    ({raw}) => raw.Condition === undefined || conditionOf(String(raw.Condition), environment) !== false,
  )
  return {declared, environment}
}

const NAMES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
}

/** IAM things that the template names are called so. */
const nameIn = ({type, raw}: Declared, environment: Environment): string | undefined => {
  const property = NAMES[type]
  const name = property === undefined ? undefined : evaluate(objectOf(raw.Properties)[property], environment)
  return textOf(name)
}

const newId = (logicalId: string, {Type}: JsonObject): string => {
  const prefix = PREFIXES[String(Type)]
  return prefix === undefined ? logicalId : plannedId(prefix, logicalId)
}

function parametersOf(
  template: JsonObject,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(objectOf(template.Parameters)).map(([name, raw]) => {
      const {Default, Type = 'String'} = objectOf(raw)
      const value = given[name] ?? Default
      if (value === undefined || String(Type).startsWith('AWS::SSM::Parameter')) return [name, UNKNOWN]
      const isList = String(Type).startsWith('List<') || Type === 'CommaDelimitedList'
      return [
        name,
        isList
          ? String(value)
              .split(',')
              .map((one) => one.trim())
          : value,
      ]
    }),
  )
}

/** What comes with a resource, or is known from the template. Everything else only AWS tells. */
function attributeOf(declared: Declared | undefined, attribute: string, environment: Environment): unknown {
  if (!declared) return UNKNOWN
  const {type, id, logicalId} = declared
  if (type === 'AWS::EC2::VPC') {
    if (attribute === 'DefaultSecurityGroup') return defaultGroupId(logicalId)
    if (attribute === 'DefaultNetworkAcl') return defaultAclId(logicalId)
    if (attribute === 'CidrBlock') return evaluate(objectOf(declared.raw.Properties).CidrBlock, environment)
  }
  if (attribute === 'Arn' && type.startsWith('AWS::IAM::')) return nameIn(declared, environment) ?? id
  return /^(?:\w*Id|GroupId)$/.test(attribute) ? id : UNKNOWN
}

/** Properties of CloudFormation that the model has under another name or as a resource of its own. */
function partsOf(
  type: string,
  properties: Properties,
): readonly {readonly type: string; readonly properties: Properties}[] {
  const name = ALIASES[type] ?? type
  switch (name) {
    case 'AWS::EC2::SecurityGroup':
      return [{type: name, properties: {...DEFAULT_EGRESS, ...properties}}]
    case 'AWS::Route53::HostedZone':
      return [{type: name, properties: {...properties, VPCs: properties.VPCs ?? []}}]
    case 'AWS::EC2::Instance': {
      const [first] = listOf(properties.NetworkInterfaces).map(objectOf)
      const network = first
        ? {
            SubnetId: first.SubnetId,
            SecurityGroupIds: first.GroupSet,
            AssociatePublicIpAddress: first.AssociatePublicIpAddress,
          }
        : {}
      const template = properties.LaunchTemplate === undefined ? {} : {LaunchTemplate: templateOf(properties)}
      return [{type: name, properties: {...withoutUndefined(network), ...properties, ...template}}]
    }
    case 'AWS::EC2::LaunchTemplate':
      return [{type: name, properties: launchOf(objectOf(properties.LaunchTemplateData))}]
    case 'AWS::AutoScaling::AutoScalingGroup':
      return [
        {
          type: name,
          properties: {
            SubnetIds: properties.VPCZoneIdentifier,
            LaunchTemplate: templateOf(properties),
          },
        },
      ]
    default:
      return [{type: name, properties}]
  }
}

/** The template's id; its name alone leads nowhere in the model. */
const templateOf = ({LaunchTemplate}: Properties): unknown => objectOf(LaunchTemplate).LaunchTemplateId

/** A group of CloudFormation without outbound rules keeps the one that AWS adds. */
const DEFAULT_EGRESS = {SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}], SecurityGroupIngress: []}

const withoutUndefined = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))

function launchOf({
  SecurityGroupIds,
  ImageId,
  InstanceType,
  IamInstanceProfile,
  NetworkInterfaces,
  MetadataOptions,
}: Properties): Properties {
  const [first] = listOf(NetworkInterfaces).map(objectOf)
  const profile = objectOf(IamInstanceProfile)
  return withoutUndefined({
    SecurityGroupIds: first?.Groups ?? SecurityGroupIds,
    AssociatePublicIpAddress: first?.AssociatePublicIpAddress,
    ImageId,
    InstanceType,
    MetadataOptions,
    IamInstanceProfile: profile.Name ?? profile.Arn,
  })
}
