import type {CodeReference} from '../diagnosis/examine-options.ts'
import {defaultAclId, defaultGroupId, mainTableId} from './overlay/vpc.ts'
import {listOf, type PlannedResource, textOf} from './resource.ts'

type Language = 'terraform' | 'cloudformation'

/** How the plan's source refers to its resources, by id: `aws_subnet.a.id`, or `Subnet`. */
export function referencesTo(
  resources: readonly PlannedResource[],
  language: Language,
): ReadonlyMap<string, CodeReference> {
  const there = resources.filter(({action}) => action !== 'delete')
  return new Map(there.flatMap((one) => (language === 'terraform' ? inTerraform(one) : inTemplate(one))))
}

type Entry = readonly [id: string, reference: CodeReference]

function inTerraform(one: PlannedResource): readonly Entry[] {
  const {address, type, id, after = {}} = one
  const attribute = type === 'AWS::IAM::ManagedPolicy' ? 'arn' : type.startsWith('AWS::IAM::') ? 'name' : 'id'
  const entry = (key: string, name: string): Entry => [key, {address, reference: `${address}.${name}`}]
  if (type === 'AWS::EC2::SecurityGroup') return [[id, {...entry(id, 'id')[1], inline: inlineRules(one)}]]
  if (type === 'AWS::EC2::Route') return [entry(`${textOf(after.RouteTableId)}_${destinationOf(after)}`, 'id')]
  if (type !== 'AWS::EC2::VPC') return isIdentified(type) ? [entry(id, attribute)] : []
  return [
    entry(id, 'id'),
    entry(mainTableId(address), 'default_route_table_id'),
    entry(defaultGroupId(address), 'default_security_group_id'),
    entry(defaultAclId(address), 'default_network_acl_id'),
  ]
}

/**
 * Rules of a group that is new or whose rules change are inline if it has any; otherwise they may be separate
 * resources.
 */
const inlineRules = ({action, attributes, after = {}}: PlannedResource): readonly ('ingress' | 'egress')[] =>
  (['ingress', 'egress'] as const).filter((direction) => {
    const rules = after[direction === 'ingress' ? 'SecurityGroupIngress' : 'SecurityGroupEgress']
    return action === 'create' ? listOf(rules).length > 0 : attributes.includes(direction)
  })

/** `Ref` cannot refer to what is in a nested stack. */
function inTemplate({address, type, id}: PlannedResource): readonly Entry[] {
  if (address.includes('.')) return []
  const entry = (key: string, reference: string): Entry => [key, {address, reference}]
  if (type !== 'AWS::EC2::VPC') return isIdentified(type) ? [entry(id, address)] : []
  return [
    entry(id, address),
    entry(defaultGroupId(address), `${address}.DefaultSecurityGroup`),
    entry(defaultAclId(address), `${address}.DefaultNetworkAcl`),
  ]
}

const destinationOf = (properties: NonNullable<PlannedResource['after']>): string =>
  ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId']
    .map((name) => textOf(properties[name]) ?? '')
    .join('')

/** A part of another resource has an id that nothing refers to. */
const isIdentified = (type: string): boolean =>
  !/(?:Ingress|Egress|Entry|Association|Attachment|Propagation|Route|RecordSet|RolePolicy|Setting)$/.test(type) ||
  type === 'AWS::EC2::TransitGatewayAttachment'

/** A title in which resources that do not exist yet have their names in the plan's source. */
export function titled(title: string, references: ReadonlyMap<string, CodeReference>): string {
  const planned = [...references].filter(([id, {address}]) => id.includes(address))
  return planned
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce((text, [id, {address}]) => text.replaceAll(id, () => address), title)
}
