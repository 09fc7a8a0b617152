import {type Account, isUnreadable, itemsOf, type VpcEndpoint} from '../../model/account.ts'
import {decodeDocument} from '../../model/documents.ts'
import {find, withItem, withItems, withNew, withPut} from '../../model/joins.ts'
import {hostOf} from '../../model/partition.ts'
import {withEndpointInterfaces} from '../../remedies/core/endpoint-interface.ts'
import {hasUnknown, isTrue, type Properties, plannedId, textOf, textsOf} from '../resource.ts'
import {accountIdOf, type Effect, eachInDoubt, inDoubt, vpcsOf} from './effect.ts'

const groupsOf = (ids: readonly string[]) => ids.map((GroupId) => ({GroupId}))

/** An endpoint as the API lists it; subnets are added with their interfaces. */
export const vpcEndpoint: Effect = {
  add: (account, properties, {id, address}) => {
    const {
      VpcId,
      ServiceName,
      VpcEndpointType,
      SubnetIds,
      SecurityGroupIds,
      RouteTableIds,
      PrivateDnsEnabled,
      PolicyDocument,
    } = properties
    const known = find(account.VpcEndpoints, 'VpcEndpointId', id)
    const ownVpcId = textOf(VpcId) ?? known?.VpcId
    const service = textOf(ServiceName) ?? known?.ServiceName
    if (
      ownVpcId === undefined ||
      service === undefined ||
      hasUnknown([SubnetIds, SecurityGroupIds, RouteTableIds, PolicyDocument])
    )
      return inDoubt(withoutEndpoint(account, id), 'VpcEndpoints', address, vpcsOf(ownVpcId ?? VpcId))
    const type = textOf(VpcEndpointType) ?? known?.VpcEndpointType ?? 'Gateway'
    const endpoint = {
      ...known,
      VpcEndpointId: id,
      VpcId: ownVpcId,
      OwnerId: known?.OwnerId ?? accountIdOf(account),
      ServiceName: service,
      VpcEndpointType: type,
      State: known?.State ?? 'available',
      PrivateDnsEnabled:
        type === 'Interface' &&
        (PrivateDnsEnabled === undefined ? (known?.PrivateDnsEnabled ?? false) : isTrue(PrivateDnsEnabled)),
      SubnetIds: known
        ? known.SubnetIds.filter((subnet) => SubnetIds === undefined || textsOf(SubnetIds).includes(subnet))
        : [],
      NetworkInterfaceIds: known?.NetworkInterfaceIds ?? [],
      RouteTableIds: RouteTableIds === undefined ? (known?.RouteTableIds ?? []) : textsOf(RouteTableIds),
      Groups:
        SecurityGroupIds === undefined
          ? (known?.Groups ?? defaultGroups(account, ownVpcId, type))
          : groupsOf(textsOf(SecurityGroupIds)),
      DnsEntries: known?.DnsEntries ?? dnsEntriesOf(account, id, service, type),
      ...policyOf(PolicyDocument, known),
    } as VpcEndpoint
    const updated = withPut(account, 'VpcEndpoints', 'VpcEndpointId', endpoint)
    const grouped = withInterfaceGroups(updated, endpoint)
    const routed = type === 'Gateway' ? withPrefixListRoutes(grouped, endpoint) : grouped
    return withEndpointInterfaces(routed, id, textsOf(SubnetIds))
  },
  remove: (account, _, {id}) => withoutEndpoint(withoutPrefixListRoutes(account, id), id),
}

const withoutEndpoint = (account: Account, id: string): Account =>
  withItems(account, 'VpcEndpoints', (all) => all.filter(({VpcEndpointId}) => VpcEndpointId !== id))

/** Without groups of its own an interface endpoint gets the default group of the VPC. */
const defaultGroups = ({SecurityGroups}: Account, vpcId: string, type: string): VpcEndpoint['Groups'] => {
  if (type !== 'Interface') return []
  const GroupId = itemsOf(SecurityGroups).find(
    (group) => group.VpcId === vpcId && group.GroupName === 'default',
  )?.GroupId
  return GroupId === undefined ? [] : [{GroupId}]
}

const dnsEntriesOf = (
  {Partition, Region}: Account,
  id: string,
  service: string,
  type: string,
): VpcEndpoint['DnsEntries'] => {
  if (type !== 'Interface') return []
  const host = hostOf(service.split('.').at(-1) ?? '', {Region, Partition})
  return [{DnsName: `${id}.${host}`}, {DnsName: host}]
}

const policyOf = (document: unknown, known: VpcEndpoint | undefined) => {
  const text = document === undefined || document === null || document === '' ? undefined : document
  return text === undefined
    ? known?.PolicyDocument !== undefined
      ? {PolicyDocument: known.PolicyDocument}
      : {}
    : {PolicyDocument: decodeDocument(text)}
}

const withInterfaceGroups = (account: Account, {NetworkInterfaceIds, Groups}: VpcEndpoint): Account =>
  NetworkInterfaceIds.reduce(
    (changed, id) =>
      withItem(changed, 'NetworkInterfaces', 'NetworkInterfaceId', id, (eni) => ({...eni, Groups: Groups ?? []})),
    account,
  )

const listIdOf = ({ManagedPrefixLists}: Account, service: string | undefined): string | undefined =>
  itemsOf(ManagedPrefixLists).find(({PrefixListName}) => PrefixListName === service)?.PrefixListId

/** AWS manages the list of a service's addresses; if none is recorded, a documentation address is used. */
const withPrefixList = (account: Account, service = ''): Account =>
  isUnreadable(account.ManagedPrefixLists) || listIdOf(account, service) !== undefined
    ? account
    : withNew(account, 'ManagedPrefixLists', {
        PrefixListId: plannedId('pl', service),
        PrefixListName: service,
        Entries: [{Cidr: '198.51.100.0/24'}],
      })

/** A gateway endpoint adds a route to the service's prefix list to each of its route tables. */
function withPrefixListRoutes(account: Account, {VpcEndpointId, ServiceName, RouteTableIds}: VpcEndpoint): Account {
  const listed = withPrefixList(account, ServiceName)
  const DestinationPrefixListId = listIdOf(listed, ServiceName)
  const cleared = withoutPrefixListRoutes(listed, VpcEndpointId)
  if (DestinationPrefixListId === undefined) return cleared
  return RouteTableIds.reduce(
    (changed, tableId) =>
      withItem(changed, 'RouteTables', 'RouteTableId', tableId, (table) => ({
        ...table,
        Routes:
          'unreadable' in table.Routes
            ? table.Routes
            : [
                ...table.Routes,
                {
                  DestinationPrefixListId,
                  GatewayId: VpcEndpointId,
                  Origin: 'CreateRoute' as const,
                  State: 'active' as const,
                },
              ],
      })),
    cleared,
  )
}

const withoutPrefixListRoutes = (account: Account, endpointId: string): Account =>
  withItems(account, 'RouteTables', (tables) =>
    tables.map((table) =>
      'unreadable' in table.Routes || !table.Routes.some(({GatewayId}) => GatewayId === endpointId)
        ? table
        : {...table, Routes: table.Routes.filter(({GatewayId}) => GatewayId !== endpointId)},
    ),
  )

/** A part of an endpoint that is a separate resource: a subnet, a group, a route table or the policy. */
const part = (
  add: (account: Account, endpoint: VpcEndpoint, properties: Properties) => Account,
  remove: (account: Account, endpoint: VpcEndpoint, properties: Properties) => Account,
): Effect => {
  const effect =
    (change: typeof add): Effect['add'] =>
    (account, properties, {address}) => {
      const endpoint = find(account.VpcEndpoints, 'VpcEndpointId', textOf(properties.VpcEndpointId))
      const without = (model: Account, id: string) => {
        const ownVpcId = find(model.VpcEndpoints, 'VpcEndpointId', id)?.VpcId
        return inDoubt(withoutEndpoint(model, id), 'VpcEndpoints', address, vpcsOf(ownVpcId))
      }
      if (!endpoint) return eachInDoubt(account, 'VpcEndpoints', properties.VpcEndpointId, address, without)
      return hasUnknown(properties) ? without(account, endpoint.VpcEndpointId) : change(account, endpoint, properties)
    }
  return {add: effect(add), remove: effect(remove)}
}

export const endpointSubnet: Effect = part(
  (account, {VpcEndpointId}, {SubnetId}) => withEndpointInterfaces(account, VpcEndpointId, textsOf(SubnetId)),
  (account, endpoint, {SubnetId}) =>
    withPut(account, 'VpcEndpoints', 'VpcEndpointId', {
      ...endpoint,
      SubnetIds: endpoint.SubnetIds.filter((id) => id !== SubnetId),
    }),
)

export const endpointGroup: Effect = part(
  (account, endpoint, {SecurityGroupId}) =>
    regrouped(account, endpoint, [...(endpoint.Groups ?? []), ...groupsOf(textsOf(SecurityGroupId))]),
  (account, endpoint, {SecurityGroupId}) =>
    regrouped(
      account,
      endpoint,
      (endpoint.Groups ?? []).filter(({GroupId}) => GroupId !== SecurityGroupId),
    ),
)

const regrouped = (account: Account, endpoint: VpcEndpoint, Groups: VpcEndpoint['Groups']): Account => {
  const changed = {...endpoint, Groups}
  return withInterfaceGroups(withPut(account, 'VpcEndpoints', 'VpcEndpointId', changed), changed)
}

export const endpointRouteTable: Effect = part(
  (account, endpoint, {RouteTableId}) =>
    rerouted(account, endpoint, [...endpoint.RouteTableIds, ...textsOf(RouteTableId)]),
  (account, endpoint, {RouteTableId}) =>
    rerouted(
      account,
      endpoint,
      endpoint.RouteTableIds.filter((id) => id !== RouteTableId),
    ),
)

const rerouted = (account: Account, endpoint: VpcEndpoint, RouteTableIds: readonly string[]): Account => {
  const changed = {...endpoint, RouteTableIds}
  return withPrefixListRoutes(withPut(account, 'VpcEndpoints', 'VpcEndpointId', changed), changed)
}

export const endpointPolicy: Effect = part(
  (account, endpoint, {PolicyDocument}) =>
    withPut(account, 'VpcEndpoints', 'VpcEndpointId', {...endpoint, PolicyDocument: decodeDocument(PolicyDocument)}),
  (account, {PolicyDocument: _, ...endpoint}) =>
    withPut(account, 'VpcEndpoints', 'VpcEndpointId', endpoint as VpcEndpoint),
)
