import {PEER_OWNER} from '../../model/group-rules.ts'
import {terraformArgument, terraformType} from '../../model/terraform-names.ts'
import {comment} from '../../remedies/core/command-line.ts'
import {policiesOfRole, rolesOfPolicy} from '../../remedies/core/snippet-place.ts'
import {lastPart} from '../../util/last-part.ts'
import {doubleQuoted} from './double-quoted.ts'
import {hclBlock, hclValue, type Refer} from './hcl.ts'
import {
  type CodeReferences,
  changed,
  deleted,
  type Existing,
  type Fragment,
  given,
  isList,
  isStructure,
  type Key,
  type Part,
  type PartContext,
  type Properties,
  type Resource,
  resource,
  slug,
  textOf,
  type Value,
} from './resource.ts'

interface Type {
  /** What separates the parts of its import id. */
  readonly between?: string
  /** Where its arguments are shaped otherwise than the properties. */
  readonly shape?: (properties: Properties) => {readonly [name: string]: Value | undefined}
}

/** Where the provider differs in more than names. https://registry.terraform.io/providers/hashicorp/aws/latest/docs */
const TYPES: Readonly<Record<string, Type>> = {
  'AWS::EC2::NetworkAclEntry': {
    between: ':',
    shape: ({PortRange, ...entry}) => ({
      ...entry,
      Protocol: textOf(entry.Protocol),
      FromPort: isStructure(PortRange) ? PortRange.From : undefined,
      ToPort: isStructure(PortRange) ? PortRange.To : undefined,
    }),
  },
  'AWS::EC2::SecurityGroupIngress': {
    shape: ({SourceSecurityGroupId, [PEER_OWNER]: owner, ...rule}) => ({
      ...rule,
      SourceSecurityGroupId:
        owner === undefined ? SourceSecurityGroupId : `${textOf(owner)}/${textOf(SourceSecurityGroupId)}`,
    }),
  },
  'AWS::EC2::Route': {between: '_'},
  'AWS::EC2::TransitGatewayRoute': {between: '_'},
  'AWS::Route53::RecordSet': {
    between: '_',
    shape: ({TTL, ...record}) => ({
      ...record,
      TTL: TTL === undefined ? undefined : Number(TTL),
      AllowOverwrite: true,
    }),
  },
  'AWS::IAM::RolePolicy': {between: ':'},
  'AWS::IAM::InstanceProfile': {
    shape: ({Roles, ...profile}) => ({...profile, Role: isList(Roles) ? Roles[0] : undefined}),
  },
}

const shaped = (properties: Properties, type: string): Properties =>
  given(TYPES[type]?.shape?.(properties) ?? properties)

function argumentsOf(properties: Properties, type = ''): Properties {
  return Object.fromEntries(
    Object.entries(shaped(properties, type)).map(([name, value]) => [terraformArgument(name, type), inner(value)]),
  )
}

const inner = (value: Value): Value =>
  isStructure(value) ? argumentsOf(value) : isList(value) ? value.map(inner) : value

/** A separate resource for a part of another one, which then need not be imported. */
interface Separate {
  readonly name: string
  /** The argument for the resource that it belongs to, and for the item where that is one value. */
  readonly of: string
  readonly item?: string
  /** What separates the two in its import id. */
  readonly between?: string
}

const ofEndpoint = (name: string, item: string): Separate => ({
  name: `aws_vpc_endpoint_${name}`,
  of: 'vpc_endpoint_id',
  item,
})
const SEPARATE: Readonly<Record<string, Separate>> = {
  'AWS::EC2::VPCEndpoint.SubnetIds': ofEndpoint('subnet_association', 'subnet_id'),
  'AWS::EC2::VPCEndpoint.RouteTableIds': ofEndpoint('route_table_association', 'route_table_id'),
  'AWS::EC2::VPCEndpoint.SecurityGroupIds': ofEndpoint('security_group_association', 'security_group_id'),
  'AWS::EC2::VPCEndpoint.PolicyDocument': ofEndpoint('policy', 'policy'),
  'AWS::EC2::VPCEndpoint.PrivateDnsEnabled': ofEndpoint('private_dns', 'private_dns_enabled'),
  'AWS::Route53::HostedZone.VPCs': {name: 'aws_route53_zone_association', of: 'zone_id', between: ':'},
  'AWS::Route53Resolver::FirewallRuleGroup.FirewallRules': {
    name: 'aws_route53_resolver_firewall_rule',
    of: 'firewall_rule_group_id',
  },
  'AWS::IAM::Role.ManagedPolicyArns': {
    name: 'aws_iam_role_policy_attachment',
    of: 'role',
    item: 'policy_arn',
    between: '/',
  },
}

function separate(own: Separate | undefined, key: Key, item: Value, label = ''): readonly Resource[] {
  if (!own) return []
  const [owner = ''] = Object.values(key)
  const value = own.item === undefined ? item : item === null ? {} : {[own.item]: item}
  const args = {[own.of]: owner, ...(isStructure(value) && argumentsOf(value))}
  return [resource(own.name, `${textOf(owner)}_${label}`, args)]
}

/** The part as Terraform describes it: what belongs to a resource may be a separate one there. */
function fragmentsOf(part: Part, {managed}: PartContext): readonly Fragment[] {
  const {type} = part
  const name = terraformType(type)
  if (part.change === 'created')
    return [(managed && inlineRule(part, managed)) ?? resource(name, part.name, argumentsOf(part.properties, type))]
  const id = Object.values(part.key)
    .map(textOf)
    .join(TYPES[type]?.between ?? '')
  switch (part.change) {
    case 'deleted':
      return [deleted(name, id)]
    case 'set': {
      if (part.complete) return [{...resource(name, id, argumentsOf(part.properties, type)), imports: id}]
      // An endpoint of the code always sets it, by default to false, and takes the separate resource back.
      const isOwn = (property: string) => property === 'PrivateDnsEnabled' && managed?.has(id)
      const separateOf = (property: string) => (isOwn(property) ? undefined : SEPARATE[`${type}.${property}`])
      const settings = Object.entries(part.properties)
      const rest = Object.fromEntries(settings.filter(([property]) => !separateOf(property)))
      return [
        ...settings.flatMap(([property, value]) => separate(separateOf(property), part.key, value)),
        ...(Object.keys(rest).length > 0 ? [changed(name, id, argumentsOf(rest, type))] : []),
      ]
    }
    default: {
      const combine = part.change === 'added' ? 'concat' : 'setsubtract'
      const combined = (item: Value) => ({code: `${combine}(<the existing items>, ${hclValue([item], String)})`})
      const exclusive = exclusiveLists(part, managed)
      if (exclusive.length > 0)
        return exclusive.map(({key, argument, item}) => changed(name, key, {[argument]: combined(item)}))
      const own = SEPARATE[`${type}.${part.list}`]
      if (own && part.change === 'added') return separate(own, part.key, part.item, lastPart(part.label))
      if (own) return [deleted(own.name, `${id}${own.between}${part.label}`)]
      return [changed(name, id, {[terraformArgument(part.list)]: combined(part.item)})]
    }
  }
}

/**
 * The lists of the code that exclude what they do not name: a policy that is attached beside them is detached again.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
 */
function exclusiveLists({list, key: {RoleName = ''}, item}: Extract<Part, {list: string}>, managed?: CodeReferences) {
  if (list !== 'ManagedPolicyArns') return []
  const places: readonly (readonly [key: string, item: Value])[] = [
    [policiesOfRole(textOf(RoleName)), item],
    [rolesOfPolicy(textOf(item)), RoleName],
  ]
  return places.flatMap(([key, listed]) => {
    const argument = managed?.get(key)?.reference.split('.').at(-1)
    return argument === undefined ? [] : [{key, argument, item: listed}]
  })
}

/**
 * A rule for a group with inline rules is a block of it: the provider treats both forms for one group as a conflict.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
 */
function inlineRule(
  {type, properties}: Extract<Part, {change: 'created'}>,
  managed: CodeReferences,
): Existing | undefined {
  const direction = DIRECTIONS[type]
  const {GroupId: group, IpProtocol = '', FromPort, ToPort, ...peer} = shaped(properties, type)
  if (direction === undefined || typeof group !== 'string') return undefined
  if (!managed.get(group)?.inline?.includes(direction)) return undefined
  const [[kind, value] = []] = Object.entries(peer)
  const rule = {
    protocol: IpProtocol,
    from_port: FromPort ?? 0,
    to_port: ToPort ?? 0,
    ...(kind !== undefined &&
      value !== undefined && {[BLOCK_PEERS[terraformArgument(kind, type)] ?? 'cidr_blocks']: [value]}),
  }
  return changed('aws_security_group', group, {[direction]: rule})
}

const DIRECTIONS: Readonly<Record<string, 'ingress' | 'egress'>> = {
  'AWS::EC2::SecurityGroupIngress': 'ingress',
  'AWS::EC2::SecurityGroupEgress': 'egress',
}

/** The peers of a block by those of a rule that is a resource. */
const BLOCK_PEERS: Readonly<Record<string, string>> = {
  cidr_ipv6: 'ipv6_cidr_blocks',
  referenced_security_group_id: 'security_groups',
  prefix_list_id: 'prefix_list_ids',
}

/** A role is referred to by its name, everything else by its id, or by an attribute of a created endpoint. */
const referring =
  (suffix: string): Refer =>
  ({type, name, attribute = 'name'}) => {
    const own = ATTRIBUTES[attribute] ?? (attribute === 'name' ? 'name' : 'id')
    return `${terraformType(type)}.${name}${suffix}.${own}`
  }

const ATTRIBUTES: Readonly<Record<string, string>> = {
  'DnsEntries[0].DnsName': 'dns_entry[0].dns_name',
  'DnsEntries[0].HostedZoneId': 'dns_entry[0].hosted_zone_id',
}

function existing({kind, type, id, properties}: Existing, suffix: string, address?: string): readonly string[] {
  if (kind === 'deleted' && address !== undefined) return [comment(`Remove ${address} from the code.`)]
  if (kind === 'deleted')
    return [
      comment(
        `Remove the ${type} with import id ${doubleQuoted(id)} from the code; where Terraform does not manage it, use --remedy cli.`,
      ),
    ]
  const [, ...lines] = hclBlock('', properties, referring(suffix))
  const settings = lines.slice(0, -1).map((line) => `# ${line}`)
  if (address !== undefined) return [comment(`In ${address} set:`), ...settings]
  return [
    comment(`${id} exists. In its ${type} set:`),
    ...settings,
    comment('Where Terraform does not manage it yet, `terraform plan -generate-config-out=FILE` writes its code for:'),
    ...importing(type, `${slug(id)}${suffix}`, id).map((line) => `# ${line}`),
  ]
}

const importing = (type: string, name: string, id: string): readonly string[] =>
  hclBlock('import', {to: {code: `${type}.${name}`}, id}, String)

/**
 * Resources whose items a resource of their owner may list itself, by the argument for the owner. Such a list is complete:
 * what stands next to it is removed again.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
 */
const LISTED: Readonly<Record<string, readonly [owner: string, of: string, list: string]>> = {
  aws_vpc_security_group_ingress_rule: ['security_group_id', 'aws_security_group', 'ingress blocks'],
  aws_vpc_security_group_egress_rule: ['security_group_id', 'aws_security_group', 'egress blocks'],
  aws_route: ['route_table_id', 'aws_route_table', 'route blocks'],
  aws_network_acl_rule: ['network_acl_id', 'aws_network_acl', 'ingress or egress blocks'],
  aws_iam_role_policy_attachment: ['role', 'aws_iam_role', 'managed_policy_arns'],
}

/** Whether the owner has such a list is known of the code of a plan only. */
const listNotes = (resources: readonly Resource[]): ReadonlySet<string> =>
  new Set(
    resources.flatMap(({type, properties, imports}) => {
      const [argument = '', of, list] = LISTED[type] ?? []
      const owner = properties[argument]
      return of === undefined || typeof owner !== 'string' || imports !== undefined
        ? []
        : [
            comment(
              `Where the ${of} of ${owner} has ${list}, add this to them instead, because it is removed otherwise.`,
            ),
          ]
    }),
  )

/** Each other Region has a provider of its own. https://developer.hashicorp.com/terraform/language/providers/configuration */
const write = (resources: readonly Resource[], suffix: string): readonly string[] => {
  const aliasOf = (region: string) => `${slug(region)}${suffix}`
  const regions = new Set(resources.flatMap(({region}) => region ?? []))
  return [
    ...listNotes(resources),
    ...[...regions].flatMap((region) => hclBlock('provider "aws"', {alias: aliasOf(region), region}, String)),
    ...resources.flatMap(({type, name, properties, imports, region}) => [
      ...(imports === undefined ? [] : importing(type, `${name}${suffix}`, imports)),
      ...hclBlock(
        `resource "${type}" "${name}${suffix}"`,
        {...(region !== undefined && {provider: {code: `aws.${aliasOf(region)}`}}), ...properties},
        referring(suffix),
      ),
    ]),
  ]
}

/** Terraform for the AWS provider. Existing resources are changed in their own code, never by a partial resource. */
export const terraform = {fragmentsOf, write, existing}
