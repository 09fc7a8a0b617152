import {isObject, type JsonObject} from '../../account-file/schema.ts'
import {usageError} from '../../util/usage-error.ts'
import {withLaunchTemplates} from '../launch-templates.ts'
import {EFFECTS} from '../overlay/overlay.ts'
import {defaultAclId, defaultGroupId} from '../overlay/vpc.ts'
import {entryOf, objectOf, type PlannedResource, plannedId, type ResourcePlan, textOf, UNKNOWN} from '../resource.ts'
import {withoutLoops} from './for-each.ts'
import {conditionOf, type Environment, evaluate} from './intrinsics.ts'
import {partsOf} from './properties.ts'

export interface StackContext {
  readonly region: string
  readonly partition: string
  readonly account: string
  readonly stackName: string
  /** Values given for parameters; others take their defaults. */
  readonly parameters: Readonly<Record<string, string>>
  /** The ids of resources that the stack has already, by logical id; UNKNOWN for one that it has under an id not given. */
  readonly physicalIds: ReadonlyMap<string, string | typeof UNKNOWN>
  /** The default security group and network ACL of a VPC that exists. */
  readonly defaultsOf?: (vpcId: string) => {readonly group?: string | undefined; readonly acl?: string | undefined}
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
  'AWS::EC2::NetworkInterface': 'eni',
  'AWS::Route53::HostedZone': 'zone',
}

/** The id on the model of a resource that does not exist yet. */
export const newId = (logicalId: string, type: string): string => {
  const prefix = entryOf(PREFIXES, type)
  return prefix === undefined ? logicalId : plannedId(prefix, logicalId)
}

interface Declared {
  readonly logicalId: string
  readonly type: string
  readonly id: string | typeof UNKNOWN
  readonly raw: JsonObject
}

/** The resources of a template as the stack will have them. */
export function templatePlan(template: JsonObject, context: StackContext): ResourcePlan {
  const {declared, environment} = declaredIn(template, context)
  const resources = declared.flatMap(({logicalId, type, id, raw}) => {
    const properties = objectOf(evaluate(raw.Properties ?? {}, environment))
    const isConditional = raw.Condition !== undefined && conditionOf(String(raw.Condition), environment) === UNKNOWN
    return partsOf(type, properties).map(
      (part): PlannedResource => ({
        address: logicalId,
        id: textOf(id) ?? newId(logicalId, type),
        action: context.physicalIds.has(logicalId) ? 'update' : 'create',
        attributes: [],
        type: part.type,
        after: part.properties,
        ...(isConditional && {isConditional}),
        ...keptBy(raw),
      }),
    )
  })
  return {
    resources: withLaunchTemplates(resources).filter(({type}) => Object.hasOwn(EFFECTS, type)),
    ignored: declared
      .filter(({type}) => !isModeled(type))
      .map(({logicalId: address, type, raw}) => ({
        address,
        type,
        properties: objectOf(evaluate(raw.Properties, environment)),
      })),
  }
}

/**
 * A resource that is retained stays in the account, out of the stack.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
const keptBy = ({DeletionPolicy, UpdateReplacePolicy}: JsonObject): Pick<PlannedResource, 'keeps'> => {
  const keeps = [
    ...(String(DeletionPolicy).startsWith('Retain') ? (['removed'] as const) : []),
    ...(UpdateReplacePolicy === 'Retain' ? (['replaced'] as const) : []),
  ]
  return keeps.length > 0 ? {keeps} : {}
}

/** Kinds that instances take properties from. */
const LENT = new Set(['AWS::EC2::LaunchTemplate', 'AWS::EC2::NetworkInterface'])

export const isModeled = (type: string): boolean =>
  partsOf(type, {InternetGatewayId: '', RecordSets: [{}]}).every(
    (part) => Object.hasOwn(EFFECTS, part.type) || LENT.has(part.type),
  )

/** Transforms that leave the kinds that are modeled as they are, or that are followed here. */
const KNOWN_TRANSFORMS = /^AWS::(?:Serverless|LanguageExtensions|SecretsManager|CodeDeployBlueGreen|ServiceCatalog)\b/

/** What a macro makes of a template is known to CloudFormation alone. */
function refuseMacros({Transform, Resources}: JsonObject): void {
  const own = (Array.isArray(Transform) ? Transform : Transform === undefined ? [] : [Transform]).map((one) =>
    textOf(isObject(one) ? one.Name : one),
  )
  const inside = isObject(Resources) && 'Fn::Transform' in Resources ? ['Fn::Transform'] : []
  const macro = [...own, ...inside].find((name) => name !== undefined && !KNOWN_TRANSFORMS.test(name))
  if (macro !== undefined)
    throw usageError(
      `The template uses the macro ${macro}, which only CloudFormation can expand: examine a change set of it, written by aws cloudformation describe-change-set --include-property-values.`,
    )
}

function declaredIn(template: JsonObject, context: StackContext) {
  refuseMacros(template)
  const parameters = parametersOf(template, context.parameters)
  const pseudo = {
    'AWS::Region': context.region,
    'AWS::Partition': context.partition,
    'AWS::AccountId': context.account,
    'AWS::StackName': context.stackName,
    'AWS::URLSuffix': context.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    'AWS::StackId': UNKNOWN,
    'AWS::NotificationARNs': [],
  }
  const plain = {parameters, mappings: objectOf(template.Mappings), conditions: {}, pseudo}
  const bare: Environment = {...plain, ref: () => UNKNOWN, attribute: () => UNKNOWN}
  const expanded = (section: unknown) => withoutLoops(objectOf(section) as JsonObject, (list) => textsIn(list, bare))
  const all = Object.entries(expanded(template.Resources)).flatMap(([logicalId, raw]): Declared[] => {
    if (!isObject(raw) || typeof raw.Type !== 'string') return []
    return [{logicalId, type: raw.Type, raw, id: context.physicalIds.get(logicalId) ?? newId(logicalId, raw.Type)}]
  })
  const byId = new Map(all.map((one) => [one.logicalId, one]))
  const environment: Environment = {
    ...plain,
    conditions: expanded(template.Conditions),
    ref: once((logicalId) => {
      const found = byId.get(logicalId)
      return found && (nameIn(found, environment) ?? found.id)
    }),
    attribute: (logicalId, attribute) => attributes(`${logicalId}.${attribute}`),
  }
  const attributes = once((key) => {
    const [logicalId = '', ...attribute] = key.split('.')
    return attributeOf(byId.get(logicalId), attribute.join('.'), environment, context)
  })
  const declared = all.filter(
    ({raw}) => raw.Condition === undefined || conditionOf(String(raw.Condition), environment) !== false,
  )
  return {declared, environment}
}

/** Each is evaluated once, and one that leads back to itself has no value. */
function once(value: (key: string) => unknown): (key: string) => unknown {
  const known = new Map<string, unknown>()
  return (key) => {
    if (known.has(key)) return known.get(key)
    known.set(key, UNKNOWN)
    const result = value(key)
    known.set(key, result)
    return result
  }
}

/** What a loop runs over, where all of it is known. */
function textsIn(list: unknown, environment: Environment): readonly string[] | undefined {
  const items = evaluate(list, environment)
  return Array.isArray(items) && items.every((item) => textOf(item) !== undefined) ? items.map(String) : undefined
}

const NAMES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
}

/** IAM things that the template names are called so. */
const nameIn = ({type, raw}: Declared, environment: Environment): string | undefined => {
  const property = entryOf(NAMES, type)
  const name = property === undefined ? undefined : evaluate(entryOf(objectOf(raw.Properties), property), environment)
  return textOf(name)
}

function parametersOf(
  template: JsonObject,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(objectOf(template.Parameters)).map(([name, raw]) => {
      const {Default, Type = 'String', NoEcho} = objectOf(raw)
      const value = entryOf(given, name) ?? Default
      const isMasked = isYes(NoEcho) && /^\*+$/.test(String(value))
      if (value === undefined || isMasked || String(Type).startsWith('AWS::SSM::Parameter')) return [name, UNKNOWN]
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

const isYes = (value: unknown): boolean => String(value) === 'true'

/** The values of parameters that the template asks not to show. */
export const secretsOf = (template: JsonObject, given: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(objectOf(template.Parameters)).flatMap(([name, raw]) => {
    const {NoEcho, Default} = objectOf(raw)
    return isYes(NoEcho) ? (textOf(given[name] ?? Default) ?? []) : []
  })

/** What comes with a resource, or is known from the template. Everything else only AWS knows. */
function attributeOf(
  declared: Declared | undefined,
  attribute: string,
  environment: Environment,
  {defaultsOf}: StackContext,
): unknown {
  if (!declared) return UNKNOWN
  const {type, id, logicalId, raw} = declared
  if (isOwnId(type, attribute)) return id
  if (type.startsWith('AWS::IAM::') && (attribute === 'Arn' || attribute === 'PolicyArn'))
    return nameIn(declared, environment) ?? id
  if (type === 'AWS::EC2::VPC' && (attribute === 'DefaultSecurityGroup' || attribute === 'DefaultNetworkAcl')) {
    const isGroup = attribute === 'DefaultSecurityGroup'
    if (id === newId(logicalId, type)) return isGroup ? defaultGroupId(logicalId) : defaultAclId(logicalId)
    const known = typeof id === 'string' ? defaultsOf?.(id) : undefined
    return (isGroup ? known?.group : known?.acl) ?? UNKNOWN
  }
  // An attribute with the name of a property, such as the VPC of a subnet, has its value.
  return evaluate(entryOf(objectOf(raw.Properties), attribute), environment) ?? UNKNOWN
}

/** `SubnetId` of a subnet, `GroupId` of a security group, `Id` of an endpoint. */
const isOwnId = (type: string, attribute: string): boolean =>
  Object.hasOwn(PREFIXES, type) &&
  (attribute === 'Id' ||
    attribute.toLowerCase() === `${type.split('::')[2]}Id`.toLowerCase() ||
    (type === 'AWS::EC2::SecurityGroup' && attribute === 'GroupId'))
