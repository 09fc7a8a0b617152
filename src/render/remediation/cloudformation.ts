import {comment} from '../../remedies/core/command-line.ts'
import {parsedJson} from '../../util/json.ts'
import {capital} from '../../util/list-in-words.ts'
import {
  changed,
  deleted,
  type Existing,
  type Fragment,
  isCode,
  isList,
  isReference,
  isStructure,
  type Key,
  type Part,
  type PartContext,
  type Properties,
  type Reference,
  type Resource,
  resource,
  textOf,
  type Value,
} from './resource.ts'
import {yamlLines} from './yaml.ts'

/** Types that CloudFormation does not have. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'AWS::EC2::VPCPeeringConnectionAccepter',
  'AWS::EC2::TransitGatewayVpcAttachmentAccepter',
  'AWS::InspectorV2::Enabler',
])

/**
 * A template neither unsets a property that it does not set, nor routes to `local`, nor replaces a route of a transit
 * gateway in place.
 */
const isBeyond = (part: Part): boolean =>
  UNKNOWN.has(part.type) ||
  (part.change === 'set' &&
    (part.type === 'AWS::EC2::TransitGatewayRoute' ||
      Object.values(part.properties).includes(null) ||
      part.properties.GatewayId === 'local'))

const idOf = (key: Key): string => {
  const entries = Object.entries(key).map(([name, value]) => [name, textOf(value)])
  return entries.length === 1 ? `${entries[0]?.[1]}` : entries.map(([name, value]) => `${name}=${value}`).join(',')
}

/** The part as CloudFormation describes it; undefined where it cannot. */
function fragmentsOf(part: Part, {parts}: PartContext): readonly Fragment[] | undefined {
  if (isBeyond(part)) return undefined
  switch (part.change) {
    case 'created':
      return [ownRule(part, parts) ?? resource(part.type, nameOf(part), withItems(part, parts))]
    case 'deleted':
      return [deleted(part.type, idOf(part.key))]
    case 'set':
      return [changed(part.type, idOf(part.key), dataOf(part))]
    case 'removed':
      return [changed(part.type, idOf(part.key), {[part.list]: [`(the existing items, without ${part.label})`]})]
    default:
      return Object.values(part.key).some(isReference) ? [] : [changed(part.type, idOf(part.key), listed(part))]
  }
}

/**
 * CloudFormation revokes the rule that allows all outbound IPv4 traffic when it adds another one as a resource of its own.
 * Where only IPv6 is missing, the group may have that rule.
 * https://github.com/aws-cloudformation/cfn-language-discussion/issues/157
 */
function ownRule({type, properties}: Extract<Part, {change: 'created'}>, parts: readonly Part[]): Fragment | undefined {
  const {GroupId, ...rule} = properties
  const isForIpv6 = parts.every(
    (one) =>
      one.type !== type ||
      one.change !== 'created' ||
      one.properties.GroupId !== GroupId ||
      one.properties.CidrIpv6 !== undefined,
  )
  return type === 'AWS::EC2::SecurityGroupEgress' && isForIpv6 && typeof GroupId === 'string'
    ? changed('AWS::EC2::SecurityGroup', GroupId, {SecurityGroupEgress: ['(the existing items)', rule]})
    : undefined
}

/** Logical ids are unique among all types: a profile is mostly named as its role is. */
const nameOf = ({type, name}: Extract<Part, {change: 'created'}>): string =>
  type === 'AWS::IAM::InstanceProfile' ? `${name}_profile` : name

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html */
const dataOf = ({type, properties}: Extract<Part, {change: 'set'}>): Properties =>
  type === 'AWS::EC2::LaunchTemplate' ? {LaunchTemplateData: properties} : properties

type Listed = Extract<Part, {change: 'added' | 'removed'}>

/** A resource that the same change creates, with the items that the change adds to its lists. */
function withItems({type, name, properties}: Extract<Part, {change: 'created'}>, parts: readonly Part[]): Properties {
  const joining = parts
    .filter((part): part is Listed => part.change === 'added' && part.type === type)
    .filter(({key}) => Object.values(key).some((owner) => isReference(owner) && owner.reference.name === name))
  const itemsOf = (name: string) => joining.flatMap(({list, item}) => (list === name ? [item] : []))
  return {...properties, ...Object.fromEntries(joining.map(({list}) => [list, itemsOf(list)]))}
}

function listed({type, list, item}: Listed): Properties {
  if (type === 'AWS::EC2::TransitGatewayVpcAttachment') return {[`Add${list}`]: [item]}
  const {Name: _, ...rest} = isStructure(item) ? item : {}
  return {[list]: ['(the existing items)', list === 'FirewallRules' ? rest : item]}
}

/** Logical ids contain only letters and digits. */
const logicalId = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map(capital)
    .join('')

/**
 * Regional names first, each behind its zone.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html
 */
const ENTRY_PARTS: Readonly<Record<string, number>> = {'DnsEntries[0].HostedZoneId': 0, 'DnsEntries[0].DnsName': 1}

function referenceTo({name, attribute}: Reference['reference'], suffix: string): Value {
  const id = logicalId(`${name}${suffix}`)
  if (attribute === undefined) return {Ref: id}
  const part = ENTRY_PARTS[attribute]
  if (part === undefined) return {'Fn::GetAtt': [id, attribute]}
  const entries = {'Fn::GetAtt': [id, 'DnsEntries']}
  return {'Fn::Select': [part, {'Fn::Split': [':', {'Fn::Select': [0, entries]}]}]}
}

function referenceIn(code: string): Value {
  const [name = '', attribute] = code.split('.')
  return attribute === undefined ? {Ref: name} : {'Fn::GetAtt': [name, attribute]}
}

/** References as a template writes them, and policies as structures. */
function resolved(value: Value, suffix: string): Value {
  if (isReference(value)) return referenceTo(value.reference, suffix)
  if (isCode(value)) return referenceIn(value.code)
  if (isList(value)) return value.map((item) => resolved(item, suffix))
  if (!isStructure(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      /PolicyDocument$/.test(name) && typeof member === 'string'
        ? ((parsedJson(member) ?? member) as Value)
        : typeof member === 'boolean' && name === 'PrivateDnsOnlyForInboundResolverEndpoint'
          ? RESOLVERS[`${member}`]
          : resolved(member, suffix),
    ]),
  )
}

/**
 * What the API says with a flag.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-vpcendpoint-dnsoptionsspecification.html
 */
const RESOLVERS = {true: 'OnlyInboundResolver', false: 'AllResolvers'} as const

const write = (resources: readonly Resource[], suffix: string): readonly string[] =>
  resources.length === 0
    ? []
    : yamlLines({
        Resources: Object.fromEntries(
          resources.map(({type, name, properties}) => [
            logicalId(`${name}${suffix}`),
            {Type: type, ...(Object.keys(properties).length > 0 && {Properties: resolved(properties, suffix)})},
          ]),
        ),
      })

function existing({kind, type, id, properties}: Existing, suffix: string, address?: string): readonly string[] {
  if (kind === 'deleted')
    return [
      address === undefined
        ? comment(`Remove the ${type} ${id} from the template; where no stack manages it, use --remedy cli.`)
        : comment(`Remove ${address} from the template.`),
    ]
  return [
    address === undefined
      ? comment(`${id} exists. In its ${type} set (where no stack manages it, import it first by that identifier):`)
      : comment(`In ${address} set:`),
    ...yamlLines({Properties: resolved(properties, suffix)}).map((line) => `# ${line}`),
  ]
}

/** CloudFormation, as YAML. Existing resources are changed in their own template. */
export const cloudFormation = {fragmentsOf, write, existing}
