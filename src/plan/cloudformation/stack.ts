import {dnsSuffix} from '../../model/partition.ts'
import {entryOf} from '../../util/entry-of.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import type {Defaults} from '../defaults.ts'
import {defaultAclId, defaultGroupId} from '../overlay/vpc.ts'
import {ID_PREFIXES, objectOf, plannedId, textOf, UNKNOWN} from '../resource.ts'
import {withoutLoops} from './for-each.ts'
import {conditionOf, type Environment, evaluate, once, texts} from './intrinsics.ts'
import {parametersOf} from './parameters.ts'

export interface StackContext {
  readonly region: string
  readonly partition: string
  readonly account: string
  readonly stackName: string
  /** Values given for parameters; others take their defaults. */
  readonly parameters: Readonly<Record<string, unknown>>
  /**
   * The ids of existing resources of the stack, by address; UNKNOWN for one without a known id, undefined for one that
   * is replaced.
   */
  readonly physicalIds: ReadonlyMap<string, string | typeof UNKNOWN | undefined>
  /** The templates of nested stacks that were read, by the address of the stack: `Network`, or `Network.Endpoints`. */
  readonly nested?: ReadonlyMap<string, JsonObject>
  /** The default security group and network ACL of a VPC that exists. */
  readonly defaultsOf?: Defaults['ofVpc']
}

/** The id on the model of a resource that does not exist yet. */
export const newId = (address: string, type: string): string => {
  const prefix = entryOf(ID_PREFIXES, type)
  return prefix === undefined ? address : plannedId(prefix, address)
}

interface Declared {
  readonly logicalId: string
  /** The logical id, after those of the nested stacks that contain it: `Network.Subnet`. */
  readonly address: string
  readonly type: string
  readonly id: string | typeof UNKNOWN
  readonly raw: JsonObject
}

/** A template with what its values depend on. */
export interface Stack {
  readonly template: JsonObject
  readonly parameters: Readonly<Record<string, unknown>>
  readonly declared: readonly Declared[]
  readonly environment: Environment
  readonly context: StackContext
  /** The nested stack of that logical id, if its template was read. */
  readonly nested: (logicalId: string) => Stack | undefined
}

export function stackOf(template: JsonObject, context: StackContext, address = ''): Stack {
  const parameters = parametersOf(template, context.parameters)
  const pseudo = {
    'AWS::Region': context.region,
    'AWS::Partition': context.partition,
    'AWS::AccountId': context.account,
    // CloudFormation generates the name of a nested stack.
    'AWS::StackName': address === '' ? context.stackName : UNKNOWN,
    'AWS::URLSuffix': dnsSuffix(context.partition),
    'AWS::StackId': UNKNOWN,
    'AWS::NotificationARNs': [],
  }
  const plain = {parameters, mappings: objectOf(template.Mappings), conditions: {}, pseudo}
  const constants: Environment = {...plain, ref: () => UNKNOWN, attribute: () => UNKNOWN}
  const expanded = (section: unknown) =>
    withoutLoops(objectOf(section) as JsonObject, (list) => texts(evaluate(list, constants)))
  const all = Object.entries(expanded(template.Resources)).flatMap(([logicalId, raw]): Declared[] => {
    if (!isObject(raw) || typeof raw.Type !== 'string') return []
    const own = `${address}${logicalId}`
    const id = context.physicalIds.get(own) ?? newId(own, raw.Type)
    return [{logicalId, address: own, type: raw.Type, raw, id}]
  })
  const byId = new Map(all.map((one) => [one.logicalId, one]))
  const environment: Environment = {
    ...plain,
    conditions: expanded(template.Conditions),
    ref: once<unknown>((logicalId) => {
      const found = byId.get(logicalId)
      return found && (nameIn(found, environment) ?? found.id)
    }, UNKNOWN),
    attribute: (logicalId, attribute) => attributes(`${logicalId}.${attribute}`),
  }
  const attributes = once<unknown>((key) => {
    const [logicalId = '', ...attribute] = key.split('.')
    const name = attribute.join('.')
    return outputOf(nested(logicalId), name) ?? attributeOf(byId.get(logicalId), name, environment, context)
  }, UNKNOWN)
  const nested = once<Stack | undefined>((logicalId) => nestedIn(byId.get(logicalId), environment, context), undefined)
  const declared = all.filter(
    ({raw}) => raw.Condition === undefined || conditionOf(String(raw.Condition), environment) !== false,
  )
  return {template, parameters, declared, environment, context, nested}
}

/** A nested stack with its parameters, which must be known, as must be the ids of an existing one. */
function nestedIn(declared: Declared | undefined, environment: Environment, context: StackContext): Stack | undefined {
  const template = declared && context.nested?.get(declared.address)
  if (!template || macroIn(template) !== undefined) return undefined
  const address = `${declared.address}.`
  const {physicalIds} = context
  if (physicalIds.has(declared.address) && ![...physicalIds.keys()].some((one) => one.startsWith(address)))
    return undefined
  const {Parameters} = objectOf(declared.raw.Properties)
  const parameters = evaluate(Parameters ?? {}, environment)
  return parameters === UNKNOWN ? undefined : stackOf(template, {...context, parameters: objectOf(parameters)}, address)
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html */
function outputOf(stack: Stack | undefined, attribute: string): unknown {
  const [, name] = /^Outputs\.(\w+)$/.exec(attribute) ?? []
  if (!stack || name === undefined) return undefined
  return evaluate(objectOf(entryOf(objectOf(stack.template.Outputs), name)).Value, stack.environment)
}

const NAMES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
}

/** IAM resources that the template names have that name. */
const nameIn = ({type, raw}: Declared, environment: Environment): string | undefined => {
  const property = entryOf(NAMES, type)
  const name = property === undefined ? undefined : evaluate(entryOf(objectOf(raw.Properties), property), environment)
  return textOf(name)
}

/** What a resource includes, or is known from the template. Only AWS knows everything else. */
function attributeOf(
  declared: Declared | undefined,
  attribute: string,
  environment: Environment,
  {defaultsOf}: StackContext,
): unknown {
  if (!declared) return UNKNOWN
  const {type, id, address, raw} = declared
  if (isOwnId(type, attribute)) return id
  if (type.startsWith('AWS::IAM::') && (attribute === 'Arn' || attribute === 'PolicyArn'))
    return nameIn(declared, environment) ?? id
  if (type === 'AWS::EC2::VPC' && (attribute === 'DefaultSecurityGroup' || attribute === 'DefaultNetworkAcl')) {
    const isGroup = attribute === 'DefaultSecurityGroup'
    if (id === newId(address, type)) return isGroup ? defaultGroupId(address) : defaultAclId(address)
    const known = typeof id === 'string' ? defaultsOf?.(id) : undefined
    return (isGroup ? known?.group : known?.acl) ?? UNKNOWN
  }
  // An attribute with the name of a property, such as the VPC of a subnet, has its value.
  return evaluate(entryOf(objectOf(raw.Properties), attribute), environment) ?? UNKNOWN
}

/** `SubnetId` of a subnet, `GroupId` of a security group, `Id` of an endpoint. */
const isOwnId = (type: string, attribute: string): boolean =>
  Object.hasOwn(ID_PREFIXES, type) &&
  (attribute === 'Id' ||
    attribute.toLowerCase() === `${type.split('::')[2]}Id`.toLowerCase() ||
    (type === 'AWS::EC2::SecurityGroup' && attribute === 'GroupId'))

/** Transforms that do not change modeled kinds, or that are supported here. */
const KNOWN_TRANSFORMS = /^AWS::(?:Serverless|LanguageExtensions|SecretsManager|CodeDeployBlueGreen|ServiceCatalog)\b/

function macroIn({Transform, Resources}: JsonObject): string | undefined {
  const own = (Array.isArray(Transform) ? Transform : Transform === undefined ? [] : [Transform]).map((one) =>
    textOf(isObject(one) ? one.Name : one),
  )
  const inside = isObject(Resources) && 'Fn::Transform' in Resources ? ['Fn::Transform'] : []
  return [...own, ...inside].find((name) => name !== undefined && !KNOWN_TRANSFORMS.test(name))
}

/** Only CloudFormation knows the result of a macro. */
export function refuseMacros(template: JsonObject): void {
  const macro = macroIn(template)
  if (macro !== undefined)
    throw usageError(
      `The template uses the macro ${macro}, which only CloudFormation can expand: examine a change set of it, written by aws cloudformation describe-change-set --include-property-values.`,
    )
}
