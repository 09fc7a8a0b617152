import {comment} from '../../remedies/core/command-line.ts'
import type {Held} from './resource.ts'
import {
  changed,
  type Existing,
  gone,
  isCode,
  isList,
  isReference,
  isStructure,
  type Key,
  type Part,
  type Piece,
  type Properties,
  type Reference,
  type Resource,
  resource,
  textOf,
  type Value,
} from './resource.ts'
import {yamlLines} from './yaml.ts'

/** What is no resource of CloudFormation. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'AWS::EC2::VPCPeeringConnectionAccepter',
  'AWS::EC2::TransitGatewayVpcAttachmentAccepter',
  'AWS::InspectorV2::Enabler',
])

/**
 * A template neither unsets a property that it does not hold, nor routes to `local`, nor replaces a route of a transit
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

/** The part in CloudFormation's words; undefined where it has none. */
function piecesOf(part: Part, _held: Held | undefined, parts: readonly Part[]): readonly Piece[] | undefined {
  if (isBeyond(part)) return undefined
  switch (part.change) {
    case 'made':
      return [resource(part.type, nameOf(part), withItems(part, parts))]
    case 'gone':
      return [gone(part.type, idOf(part.key))]
    case 'set':
      return [changed(part.type, idOf(part.key), part.properties)]
    case 'unlisted':
      return [changed(part.type, idOf(part.key), {[part.list]: [`(those it has, without ${part.label})`]})]
    default:
      return Object.values(part.key).some(isReference) ? [] : [changed(part.type, idOf(part.key), listed(part))]
  }
}

/** Logical ids are unique among all types: a profile is mostly named as its role is. */
const nameOf = ({type, name}: Extract<Part, {change: 'made'}>): string =>
  type === 'AWS::IAM::InstanceProfile' ? `${name}_profile` : name

type Listed = Extract<Part, {change: 'listed' | 'unlisted'}>

/** What joins a list of a resource that the same change makes stands in it. */
function withItems({type, name, properties}: Extract<Part, {change: 'made'}>, parts: readonly Part[]): Properties {
  const joining = parts
    .filter((part): part is Listed => part.change === 'listed' && part.type === type)
    .filter(({key}) => Object.values(key).some((owner) => isReference(owner) && owner.reference.name === name))
  const itemsOf = (name: string) => joining.flatMap(({list, item}) => (list === name ? [item] : []))
  return {...properties, ...Object.fromEntries(joining.map(({list}) => [list, itemsOf(list)]))}
}

function listed({type, list, item}: Listed): Properties {
  if (type === 'AWS::EC2::TransitGatewayVpcAttachment') return {[`Add${list}`]: [item]}
  const {Name: _, ...rest} = isStructure(item) ? item : {}
  return {[list]: ['(those it has)', list === 'FirewallRules' ? rest : item]}
}

/** Logical ids contain only letters and digits. */
const logicalId = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
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

function held(reference: string): Value {
  const [name = '', attribute] = reference.split('.')
  return attribute === undefined ? {Ref: name} : {'Fn::GetAtt': [name, attribute]}
}

/** References in the words of a template, and policies as structures. */
function resolved(value: Value, suffix: string): Value {
  if (isReference(value)) return referenceTo(value.reference, suffix)
  if (isCode(value)) return held(value.code)
  if (isList(value)) return value.map((item) => resolved(item, suffix))
  if (!isStructure(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      /PolicyDocument$/.test(name) && typeof member === 'string' ? parsed(member) : resolved(member, suffix),
    ]),
  )
}

function parsed(text: string): Value {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

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
  if (kind === 'gone')
    return [
      address === undefined
        ? comment(`Remove the ${type} ${id} from the template; where no stack holds it, use --remedy cli.`)
        : comment(`Remove ${address} from the template.`),
    ]
  return [
    address === undefined
      ? comment(`${id} exists. In its ${type} set (where no stack holds it, import it first by that identifier):`)
      : comment(`In ${address} set:`),
    ...yamlLines({Properties: resolved(properties, suffix)}).map((line) => `# ${line}`),
  ]
}

/** CloudFormation, as YAML. Existing resources are changed in their own template. */
export const cloudFormation = {piecesOf, write, existing}
