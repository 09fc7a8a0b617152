import {DESTINATIONS} from '../model/routes.ts'
import {type CodeReference, codeKey, policiesOfRole, rolesOfPolicy} from '../remedies/core/snippet-place.ts'
import {interfaceIdOf} from './overlay/instances.ts'
import {defaultAclId, defaultGroupId, mainTableId} from './overlay/vpc.ts'
import {
  candidatesOf,
  listOf,
  objectOf,
  oneOf,
  type PlannedResource,
  type Properties,
  plannedId,
  textOf,
  withLeaves,
} from './resource.ts'

type Language = 'terraform' | 'cloudformation'

/** How the plan's source refers to its resources, by id: `aws_subnet.a.id`, or `Subnet`. */
export function referencesTo(
  resources: readonly PlannedResource[],
  language: Language,
): ReadonlyMap<string, CodeReference> {
  // What a VPC creates with itself may be a resource of its own, which comes after it.
  const existing = resources
    .filter(({action}) => action !== 'delete')
    .toSorted((a, b) => Number(b.type === 'AWS::EC2::VPC') - Number(a.type === 'AWS::EC2::VPC'))
  return new Map(existing.flatMap((one) => (language === 'terraform' ? inTerraform(one) : inTemplate(one))))
}

type Entry = readonly [id: string, reference: CodeReference]

function inTerraform(one: PlannedResource): readonly Entry[] {
  const {address, type, id, after = {}} = one
  const attribute = type === 'AWS::IAM::ManagedPolicy' ? 'arn' : type.startsWith('AWS::IAM::') ? 'name' : 'id'
  const entry = (key: string, name: string): Entry => [key, {address, reference: `${address}.${name}`}]
  if (type === 'AWS::EC2::SecurityGroup') return [[id, {...entry(id, 'id')[1], inline: inlineRules(one)}]]
  const lists = exclusiveListOf(one).map(([key, name]) => entry(key, name))
  if (type.startsWith('ssm-doctor::') && lists.length > 0) return lists
  const service = type === 'AWS::EC2::VPCEndpoint' ? textOf(after.ServiceName) : undefined
  if (service !== undefined && after.VpcEndpointType === 'Gateway')
    return [entry(id, 'id'), entry(plannedId('pl', service), 'prefix_list_id')]
  if (type === 'AWS::EC2::Instance') return [entry(id, 'id'), entry(interfaceIdOf(id), 'primary_network_interface_id')]
  if (type === 'AWS::EC2::Route') return [entry(`${textOf(after.RouteTableId)}_${destinationOf(after)}`, 'id')]
  if (type !== 'AWS::EC2::VPC') return isIdentified(type) ? [entry(codeKey(type, id), attribute), ...lists] : []
  return [
    entry(id, 'id'),
    entry(mainTableId(address), 'default_route_table_id'),
    entry(defaultGroupId(address), 'default_security_group_id'),
    entry(defaultAclId(address), 'default_network_acl_id'),
  ]
}

/**
 * A list of policies or roles that excludes what it does not name: where a policy is attached otherwise, it is detached
 * again. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
 */
function exclusiveListOf({type, id, attributes, after = {}}: PlannedResource): readonly [key: string, name: string][] {
  if (type === 'ssm-doctor::RolesOfPolicy') return [[rolesOfPolicy(textOf(after.PolicyArn) ?? ''), 'roles']]
  if (type === 'ssm-doctor::RoleAttachments') return [[policiesOfRole(textOf(after.RoleName) ?? ''), 'policy_arns']]
  const isExclusive = after.ManagedPolicyArns !== undefined || attributes.includes('managed_policy_arns')
  if (type !== 'AWS::IAM::Role' || !isExclusive) return []
  return [[policiesOfRole(textOf(after.RoleName) ?? id), 'managed_policy_arns']]
}

/**
 * Rules of a group that is new or whose rules change are inline if it has any; otherwise they may be separate
 * resources. A default group that Terraform takes over has no others than its own.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group
 */
const inlineRules = ({action, address, attributes, after = {}}: PlannedResource): readonly ('ingress' | 'egress')[] =>
  (['ingress', 'egress'] as const).filter((direction) => {
    if (/(?:^|\.)aws_default_security_group\./.test(address)) return true
    const rules = after[direction === 'ingress' ? 'SecurityGroupIngress' : 'SecurityGroupEgress']
    return action === 'create' ? listOf(rules).length > 0 : attributes.includes(direction)
  })

/** `Ref` cannot refer to what is in a nested stack. */
function inTemplate({address, type, id}: PlannedResource): readonly Entry[] {
  if (address.includes('.')) return []
  const entry = (key: string, reference: string): Entry => [key, {address, reference}]
  // An interface that an instance is launched with is no attribute of it.
  if (type === 'AWS::EC2::Instance')
    return [entry(id, address), [interfaceIdOf(id), {...entry('', address)[1], property: 'InstanceId'}]]
  if (type !== 'AWS::EC2::VPC') return isIdentified(type) ? [entry(codeKey(type, id), address)] : []
  return [
    entry(id, address),
    entry(defaultGroupId(address), `${address}.DefaultSecurityGroup`),
    entry(defaultAclId(address), `${address}.DefaultNetworkAcl`),
  ]
}

const destinationOf = (properties: NonNullable<PlannedResource['after']>): string =>
  DESTINATIONS.map((name) => textOf(properties[name]) ?? '').join('')

/** A part of another resource has an id that nothing refers to. */
const isIdentified = (type: string): boolean =>
  !/(?:Ingress|Egress|Entry|Association|Attachment|Propagation|Route|RecordSet|RolePolicy|Setting|AutoScalingGroup)$/.test(
    type,
  ) || type === 'AWS::EC2::TransitGatewayAttachment'

/** What `GatewayId` of a route can name keeps the prefix of its id, which shows what it is. */
const TARGETS = /^(?:igw|eigw|vpce)-/

/** The resources under the names of the plan's source: one that does not exist yet is called by its address. */
export function named(resources: readonly PlannedResource[]) {
  const names = new Map(
    resources.flatMap(({id, address}) => (id.endsWith(`-${address}`) && !TARGETS.test(id) ? [[id, address]] : [])),
  )
  const nameOf = (id: string): string => {
    const [one = '', ...number] = numbered(id)
    return [names.get(one) ?? one, ...number].join('')
  }
  const renamed = (properties: Properties): Properties =>
    objectOf(
      withLeaves(properties, (leaf) => {
        const candidates = candidatesOf(leaf)
        if (candidates) return oneOf(candidates.map(nameOf))
        return typeof leaf === 'string' ? nameOf(leaf) : leaf
      }),
    )
  const ids = new Map([...names].map(([id, address]) => [address, id]))
  return {
    resources: resources.map((one) => ({
      ...one,
      id: nameOf(one.id),
      ...(one.before && {before: renamed(one.before)}),
      ...(one.after && {after: renamed(one.after)}),
    })),
    /** The id of what has this name. */
    idOf: (name: string): string => {
      const [address = '', ...number] = numbered(name)
      return [ids.get(address) ?? address, ...number].join('')
    },
  }
}

/** Instances of an Auto Scaling group are numbered. */
const numbered = (id: string): readonly string[] => id.split(/(?=#\d+$)/)
