import type {Account, NetworkAcl, RouteTable, SecurityGroup, Subnet, Vpc} from '../../model/account.ts'
import {find, withItem, withItems, withNew, withPut} from '../../model/joins.ts'
import {hasUnknown, isKnown, isTrue, type Properties, plannedId, textOf} from '../resource.ts'
import {accountIdOf, afterApply, allInDoubt, type Effect, inDoubt, vpcsOf} from './effect.ts'

/** What a new VPC includes. https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html */
export const mainTableId = (vpcAddress: string): string => plannedId('rtb', `${vpcAddress}.default_route_table_id`)
export const defaultGroupId = (vpcAddress: string): string => plannedId('sg', `${vpcAddress}.default_security_group_id`)
export const defaultAclId = (vpcAddress: string): string => plannedId('acl', `${vpcAddress}.default_network_acl_id`)

export const localRoute = (DestinationCidrBlock: string) => ({
  DestinationCidrBlock,
  GatewayId: 'local',
  Origin: 'CreateRouteTable' as const,
  State: 'active' as const,
})

const rule = (RuleNumber: number, Egress: boolean, RuleAction: 'allow' | 'deny') => ({
  RuleNumber,
  Egress,
  RuleAction,
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
})

export const DENY_RULES = [rule(32_767, true, 'deny'), rule(32_767, false, 'deny')]
const ALLOW_RULES = [rule(100, true, 'allow'), rule(100, false, 'allow')]

const isDefault = (id: string): boolean => id === 'default'

/** Options known only after apply are not in the account: they are unread. */
const optionsIdOf = (id: unknown, address: string): string => textOf(id) ?? plannedId('dopt', address)

export const vpc: Effect = {
  add: (account, {CidrBlock, EnableDnsSupport, EnableDnsHostnames, DhcpOptionsId}, {id, address}) => {
    const known = find(account.Vpcs, 'VpcId', id)
    const cidr = textOf(CidrBlock)
    if (cidr === undefined && !known) return inDoubt(account, 'Vpcs', address)
    const item = {
      ...(known ?? {VpcId: id, OwnerId: accountIdOf(account), DhcpOptionsId: 'default', State: 'available' as const}),
      ...(cidr !== undefined && {
        CidrBlock: cidr,
        CidrBlockAssociationSet: [{CidrBlock: cidr, CidrBlockState: {State: 'associated' as const}}],
      }),
      ...(DhcpOptionsId !== undefined && {DhcpOptionsId: optionsIdOf(DhcpOptionsId, address)}),
    } as Vpc
    const updated = withAttributes(
      withPut(account, 'Vpcs', 'VpcId', item),
      id,
      {EnableDnsSupport, EnableDnsHostnames},
      address,
    )
    return known ? updated : withDefaults(updated, item, address)
  },
  remove: (account, _, {id}) => withItems(account, 'Vpcs', (vpcs) => vpcs.filter(({VpcId}) => VpcId !== id)),
}

function withAttributes(
  account: Account,
  VpcId: string,
  {EnableDnsSupport, EnableDnsHostnames}: Properties,
  address: string,
): Account {
  if (!isKnown(EnableDnsSupport) || !isKnown(EnableDnsHostnames))
    return withPut(account, 'VpcAttributes', 'VpcId', {
      VpcId,
      unreadable: afterApply(address),
    })
  const known = find(account.VpcAttributes, 'VpcId', VpcId)
  const flag = (value: unknown, otherwise: boolean) => ({
    Value: value === undefined || value === null ? otherwise : isTrue(value),
  })
  return withPut(account, 'VpcAttributes', 'VpcId', {
    VpcId,
    EnableDnsSupport: flag(EnableDnsSupport, known?.EnableDnsSupport.Value ?? true),
    EnableDnsHostnames: flag(EnableDnsHostnames, known?.EnableDnsHostnames.Value ?? false),
  })
}

function withDefaults(account: Account, {VpcId, CidrBlock = ''}: Vpc, address: string): Account {
  const OwnerId = accountIdOf(account)
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
  const withOptions = find(account.DhcpOptions, 'DhcpOptionsId', 'default')
    ? account
    : withNew(account, 'DhcpOptions', {
        DhcpOptionsId: 'default',
        DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: 'AmazonProvidedDNS'}]}],
      })
  return withNew(withNew(withNew(withOptions, 'RouteTables', table), 'NetworkAcls', acl), 'SecurityGroups', group)
}

const withCidr = (
  account: Account,
  VpcId: unknown,
  change: (cidrs: readonly string[]) => readonly string[],
): Account => {
  const vpc = find(account.Vpcs, 'VpcId', textOf(VpcId))
  if (!vpc) return account
  const set = vpc.CidrBlockAssociationSet ?? []
  const known = set.flatMap(({CidrBlock}) => CidrBlock ?? [])
  const wanted = change(known)
  const added = wanted.filter((cidr) => !known.includes(cidr))
  const updated = withItem(account, 'Vpcs', 'VpcId', vpc.VpcId, (item) => ({
    ...item,
    CidrBlockAssociationSet: [
      ...set.filter(({CidrBlock}) => wanted.includes(CidrBlock ?? '')),
      ...added.map((CidrBlock) => ({CidrBlock, CidrBlockState: {State: 'associated' as const}})),
    ],
  }))
  // Every table of the VPC routes its blocks locally.
  return withItems(updated, 'RouteTables', (tables) =>
    tables.map((table) =>
      table.VpcId !== vpc.VpcId || 'unreadable' in table.Routes
        ? table
        : {
            ...table,
            Routes: [
              ...table.Routes.filter(
                ({GatewayId, DestinationCidrBlock: cidr}) =>
                  GatewayId !== 'local' || cidr === undefined || !known.includes(cidr) || wanted.includes(cidr),
              ),
              ...added.map(localRoute),
            ],
          },
    ),
  )
}

/** An additional CIDR block. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
export const vpcCidr: Effect = {
  add: (account, {VpcId, CidrBlock}) => {
    const cidr = textOf(CidrBlock)
    return cidr === undefined ? account : withCidr(account, VpcId, (cidrs) => [...cidrs, cidr])
  },
  remove: (account, {VpcId, CidrBlock}) =>
    withCidr(account, VpcId, (cidrs) => cidrs.filter((one) => one !== CidrBlock)),
}

export const subnet: Effect = {
  add: (account, {VpcId, CidrBlock, AvailabilityZone, MapPublicIpOnLaunch}, {id, address}) => {
    const known = find(account.Subnets, 'SubnetId', id)
    const ownVpcId = textOf(VpcId) ?? known?.VpcId
    const cidr = textOf(CidrBlock) ?? known?.CidrBlock
    if (ownVpcId === undefined || cidr === undefined)
      return inDoubt(account, 'Subnets', address, vpcsOf(ownVpcId ?? VpcId))
    const zone = textOf(AvailabilityZone) ?? known?.AvailabilityZone ?? `${account.Region}a`
    const item = {
      ...known,
      SubnetId: id,
      VpcId: ownVpcId,
      CidrBlock: cidr,
      OwnerId: known?.OwnerId ?? accountIdOf(account),
      AvailabilityZone: zone,
      AvailabilityZoneId: known?.AvailabilityZoneId ?? zone,
      MapPublicIpOnLaunch: isKnown(MapPublicIpOnLaunch)
        ? isTrue(MapPublicIpOnLaunch)
        : (known?.MapPublicIpOnLaunch ?? false),
      Ipv6CidrBlockAssociationSet: known?.Ipv6CidrBlockAssociationSet ?? [],
      State: 'available',
    } as Subnet
    const updated = withPut(account, 'Subnets', 'SubnetId', item)
    return known ? updated : withDefaultAcl(updated, item)
  },
  remove: (account, _, {id}) =>
    withItems(account, 'Subnets', (subnets) => subnets.filter(({SubnetId}) => SubnetId !== id)),
}

/** A new subnet is associated with the default network ACL of its VPC. */
function withDefaultAcl(account: Account, {SubnetId, VpcId}: Subnet): Account {
  return withItems(account, 'NetworkAcls', (acls) =>
    acls.map((acl) =>
      acl.VpcId === VpcId && acl.IsDefault
        ? {...acl, Associations: [...acl.Associations, {NetworkAclId: acl.NetworkAclId, SubnetId}]}
        : acl,
    ),
  )
}

export const dhcpOptions: Effect = {
  add: (account, {DomainNameServers}, {id, address}) => {
    if (hasUnknown(DomainNameServers)) return inDoubt(withoutOptions(account, id), 'DhcpOptions', address)
    const servers = (Array.isArray(DomainNameServers) ? DomainNameServers : []).map((Value) => ({Value: String(Value)}))
    return withPut(account, 'DhcpOptions', 'DhcpOptionsId', {
      DhcpOptionsId: id,
      DhcpConfigurations: servers.length > 0 ? [{Key: 'domain-name-servers', Values: servers}] : [],
    })
  },
  remove: (account, _, {id}) => (isDefault(id) ? account : withoutOptions(account, id)),
}

const withoutOptions = (account: Account, id: string): Account =>
  withItems(account, 'DhcpOptions', (sets) => sets.filter(({DhcpOptionsId}) => DhcpOptionsId !== id))

export const dhcpOptionsAssociation: Effect = {
  add: (account, {VpcId, DhcpOptionsId}, {address}) => {
    if (textOf(VpcId) === undefined) return allInDoubt(account, 'DhcpOptions', address)
    return withItem(account, 'Vpcs', 'VpcId', VpcId, (item) => ({
      ...item,
      DhcpOptionsId: optionsIdOf(DhcpOptionsId, address),
    }))
  },
  remove: (account, {VpcId}) =>
    withItem(account, 'Vpcs', 'VpcId', VpcId, (item) => ({...item, DhcpOptionsId: 'default'})),
}
