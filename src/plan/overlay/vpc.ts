import {
  type Account,
  itemsOf,
  type NetworkAcl,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Vpc,
} from '../../model/account.ts'
import {add, append, editAll, editList, inOrder, put, remove, set} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {localRoute} from '../../model/routes.ts'
import {dhcpOptionsWith} from '../../remedies/changes/names.ts'
import {editRoutesOfVpc} from '../../remedies/changes/routes.ts'
import {hasUnknown, isKnown, isTrue, type Properties, plannedId, textOf} from '../resource.ts'
import {
  afterApply,
  allUnknown,
  callersAccount,
  itemUnknown,
  type ResourceEffect,
  removalOf,
  someUnknown,
} from './resource-effect.ts'

/** What a new VPC includes. https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html */
export const mainTableId = (vpcAddress: string): string => plannedId('rtb', `${vpcAddress}.default_route_table_id`)
export const defaultGroupId = (vpcAddress: string): string => plannedId('sg', `${vpcAddress}.default_security_group_id`)
export const defaultAclId = (vpcAddress: string): string => plannedId('acl', `${vpcAddress}.default_network_acl_id`)

const rule = (RuleNumber: number, Egress: boolean, RuleAction: 'allow' | 'deny') => ({
  RuleNumber,
  Egress,
  RuleAction,
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
})

export const DENY_RULES = [rule(32_767, true, 'deny'), rule(32_767, false, 'deny')]
const ALLOW_RULES = [rule(100, true, 'allow'), rule(100, false, 'allow')]

/** Options known only after apply are not in the account: they are unread. */
const optionsIdOf = (id: unknown, address: string): string => textOf(id) ?? plannedId('dopt', address)

export const vpc: ResourceEffect = {
  add: (account, {CidrBlock, EnableDnsSupport, EnableDnsHostnames, DhcpOptionsId}, {id, address}) => {
    const known = find(account.Vpcs, 'VpcId', id)
    const cidr = textOf(CidrBlock)
    if (cidr === undefined && !known) return someUnknown(account, 'Vpcs', address)
    const item = {
      ...(known ?? {
        VpcId: id,
        OwnerId: callersAccount(account),
        DhcpOptionsId: 'default',
        State: 'available' as const,
      }),
      ...(cidr !== undefined && {
        CidrBlock: cidr,
        CidrBlockAssociationSet: known?.CidrBlockAssociationSet ?? [associatedBlock(cidr)],
      }),
      ...(DhcpOptionsId !== undefined && {DhcpOptionsId: optionsIdOf(DhcpOptionsId, address)}),
    } as Vpc
    const updated = withAttributes(put('Vpcs', item)(account), id, {EnableDnsSupport, EnableDnsHostnames}, address)
    return known ? updated : withDefaults(updated, item, address)
  },
  remove: removalOf('Vpcs'),
}

function withAttributes(
  account: Account,
  VpcId: string,
  {EnableDnsSupport, EnableDnsHostnames}: Properties,
  address: string,
): Account {
  if (!isKnown(EnableDnsSupport) || !isKnown(EnableDnsHostnames))
    return put('VpcAttributes', {VpcId, unreadable: afterApply(address)})(account)
  const known = find(account.VpcAttributes, 'VpcId', VpcId)
  const flag = (value: unknown, otherwise: boolean) => ({
    Value: value === undefined || value === null ? otherwise : isTrue(value),
  })
  return put('VpcAttributes', {
    VpcId,
    EnableDnsSupport: flag(EnableDnsSupport, known?.EnableDnsSupport.Value ?? true),
    EnableDnsHostnames: flag(EnableDnsHostnames, known?.EnableDnsHostnames.Value ?? false),
  })(account)
}

function withDefaults(account: Account, {VpcId, CidrBlock = ''}: Vpc, address: string): Account {
  const OwnerId = callersAccount(account)
  const table: RouteTable = {
    RouteTableId: mainTableId(address),
    VpcId,
    OwnerId,
    Associations: [{Main: true, RouteTableId: mainTableId(address), AssociationState: {State: 'associated'}}],
    Routes: [localRoute(CidrBlock)],
  }
  const acl: NetworkAcl = {
    NetworkAclId: defaultAclId(address),
    VpcId,
    OwnerId,
    IsDefault: true,
    Associations: [],
    Entries: [...ALLOW_RULES, ...DENY_RULES],
  }
  const GroupId = defaultGroupId(address)
  const group: SecurityGroup = {
    GroupId,
    GroupName: 'default',
    VpcId,
    OwnerId,
    IpPermissions: [{IpProtocol: '-1', UserIdGroupPairs: [{GroupId, UserId: OwnerId}]}],
    IpPermissionsEgress: [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}],
  }
  const options = dhcpOptionsWith('default')
  const hasOptions = find(account.DhcpOptions, 'DhcpOptionsId', 'default') !== undefined
  return inOrder(
    ...(hasOptions ? [] : [add('DhcpOptions', options)]),
    add('RouteTables', table),
    add('NetworkAcls', acl),
    add('SecurityGroups', group),
  )(account)
}

/** An additional CIDR block. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
export const vpcCidr: ResourceEffect = {
  add: (account, {VpcId, CidrBlock}) => {
    const [vpc, cidr] = [find(account.Vpcs, 'VpcId', textOf(VpcId)), textOf(CidrBlock)]
    if (!vpc || cidr === undefined || vpc.CidrBlockAssociationSet?.some((one) => one.CidrBlock === cidr)) return account
    return inOrder(
      append('Vpcs', vpc.VpcId, 'CidrBlockAssociationSet', associatedBlock(cidr)),
      // Every table of the VPC routes its blocks locally.
      editRoutesOfVpc(vpc.VpcId, (routes) => [...routes, localRoute(cidr)]),
    )(account)
  },
  remove: (account, {VpcId, CidrBlock}) => {
    const [id, cidr] = [textOf(VpcId), textOf(CidrBlock)]
    if (id === undefined || cidr === undefined) return account
    return inOrder(
      editList('Vpcs', id, 'CidrBlockAssociationSet', (blocks) => blocks.filter((one) => one.CidrBlock !== cidr)),
      editRoutesOfVpc(id, (routes) =>
        routes.filter(({GatewayId, DestinationCidrBlock}) => GatewayId !== 'local' || DestinationCidrBlock !== cidr),
      ),
    )(account)
  },
  isPart: true,
}

const associatedBlock = (CidrBlock: string) => ({CidrBlock, CidrBlockState: {State: 'associated' as const}})

const SUBNET_FLAGS = ['MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation', 'EnableDns64', 'Ipv6Native'] as const

const flagsIn = (properties: Properties): Partial<Subnet> =>
  Object.fromEntries(
    SUBNET_FLAGS.map((name) => [name, properties[name]] as const)
      .filter(([, value]) => value !== undefined && isKnown(value))
      .map(([name, value]) => [name, isTrue(value)]),
  )

export const subnet: ResourceEffect = {
  add: (account, {VpcId, CidrBlock, Ipv6CidrBlock, ...properties}, {id, address}) => {
    const known = find(account.Subnets, 'SubnetId', id)
    const ownVpcId = textOf(VpcId) ?? known?.VpcId
    const cidr = textOf(CidrBlock) ?? known?.CidrBlock
    if (ownVpcId === undefined || cidr === undefined || hasUnknown([properties.EnableDns64, properties.Ipv6Native]))
      return itemUnknown(account, 'Subnets', id, address, ownVpcId ?? VpcId)
    const ipv6 = textOf(Ipv6CidrBlock)
    const item: Subnet = {
      OwnerId: callersAccount(account),
      MapPublicIpOnLaunch: false,
      Ipv6CidrBlockAssociationSet: [],
      ...(known ?? zoneIn(account, properties)),
      ...{SubnetId: id, VpcId: ownVpcId, CidrBlock: cidr, State: 'available'},
      ...flagsIn(properties),
      ...(ipv6 !== undefined && {
        Ipv6CidrBlockAssociationSet:
          ipv6 === '' ? [] : [{Ipv6CidrBlock: ipv6, Ipv6CidrBlockState: {State: 'associated'}}],
      }),
    }
    const updated = put('Subnets', item)(account)
    return known ? updated : withDefaultAcl(updated, item)
  },
  remove: removalOf('Subnets'),
}

/**
 * The zone of a new subnet by name and by id, which differs between accounts; AWS chooses one if the plan names none.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
 */
function zoneIn(account: Account, properties: Properties): Pick<Subnet, 'AvailabilityZone' | 'AvailabilityZoneId'> {
  const own = itemsOf(account.Subnets).filter(({OwnerId}) => OwnerId === callersAccount(account))
  const named = (['AvailabilityZone', 'AvailabilityZoneId'] as const).flatMap((field) => {
    const value = textOf(properties[field])
    return value === undefined ? [] : [{[field]: value, ...own.find((one) => one[field] === value)}]
  })
  const {AvailabilityZone, AvailabilityZoneId} = Object.assign({}, ...named)
  return {...(AvailabilityZone && {AvailabilityZone}), ...(AvailabilityZoneId && {AvailabilityZoneId})}
}

/** A new subnet is associated with the default network ACL of its VPC. */
function withDefaultAcl(account: Account, {SubnetId, VpcId}: Subnet): Account {
  return editAll('NetworkAcls', (acl) =>
    acl.VpcId === VpcId && acl.IsDefault
      ? {...acl, Associations: [...acl.Associations, {NetworkAclId: acl.NetworkAclId, SubnetId}]}
      : acl,
  )(account)
}

export const dhcpOptions: ResourceEffect = {
  add: (account, {DomainNameServers}, {id, address}) => {
    if (hasUnknown(DomainNameServers)) return itemUnknown(account, 'DhcpOptions', id, address)
    const servers = Array.isArray(DomainNameServers) ? DomainNameServers.map(String) : []
    return put('DhcpOptions', dhcpOptionsWith(id, servers))(account)
  },
  remove: (account, _, {id}) => (id === 'default' ? account : remove('DhcpOptions', id)(account)),
}

export const dhcpOptionsAssociation: ResourceEffect = {
  add: (account, {VpcId, DhcpOptionsId}, {address}) => {
    const vpcId = textOf(VpcId)
    if (vpcId === undefined) return allUnknown(account, 'DhcpOptions', address)
    return set('Vpcs', vpcId, {DhcpOptionsId: optionsIdOf(DhcpOptionsId, address)})(account)
  },
  remove: (account, {VpcId}) => set('Vpcs', textOf(VpcId) ?? '', {DhcpOptionsId: 'default'})(account),
}
