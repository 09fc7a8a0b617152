import {type Account, isUnreadable, itemsOf, type VpcEndpoint} from '../../model/account.ts'
import {append, type Effect, edit, put, remove} from '../../model/effect.ts'
import {isNameOfService} from '../../model/ids.ts'
import {dnsSuffix, endpointHostOf, hostOf} from '../../model/partition.ts'
import {endpointsNamedFor} from '../../network/endpoints/endpoint.ts'
import {inList} from '../../util/list-in-words.ts'
import {type Change, change, inSequence, remedyOf} from '../core/change.ts'
import {withBothAddresses, withEndpointInterfaces} from '../core/endpoint-interface.ts'
import {modelId} from '../core/model-id.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {type Call, ec2, fromVariable, type Input, type Remedy, type Step} from '../core/remedy.ts'
import type {Group} from './filters.ts'
import {editRoutes, routeTo, target} from './routes.ts'

/** The address types of an endpoint that has IPv6 addresses. */
export type Ipv6Addresses = 'dualstack' | 'ipv6'

interface InterfaceEndpoint {
  readonly vpcId: string
  readonly service: string
  readonly subnetIds: readonly string[]
  readonly groups: readonly Group[]
  /** `dualstack` or `ipv6` where the instance has no IPv4 address. */
  readonly addresses?: Ipv6Addresses
  readonly privateDns?: false
}

/** The name that AWS lists for the Region, because partitions have different prefixes. */
export function serviceNameOf({ServiceNames, VpcEndpoints, Region}: NetworkFacts, service: string): string {
  return (
    itemsOf(ServiceNames).find((name) => isNameOfService(name, service, Region)) ??
    endpointsNamedFor({VpcEndpoints, Region}, service)[0]?.ServiceName ??
    `com.amazonaws.${Region}.${service}`
  )
}

export const endpointVariable = (service: string): string =>
  `${service.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_ENDPOINT`

/** On the model: the id of a new endpoint, and the name that AWS assigns to it. */
const idOf = (vpcId: string, service: string): string => modelId('vpce', vpcId, service)
export const ownNameOf = ({Region, Partition}: NetworkFacts, vpcId: string, service: string): string =>
  `${idOf(vpcId, service)}-example.${service}.${Region}.vpce.${dnsSuffix(Partition)}`

/** Its addresses are not those that AWS will choose. */
export const isOnModelOnly = ({VpcEndpointId, VpcId, ServiceName}: VpcEndpoint): boolean =>
  VpcEndpointId === idOf(VpcId, ServiceName.split('.').at(-1) ?? '')

/**
 * The AWS CLI has no waiter for endpoints; a pending one has no network interface yet.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html
 */
export const untilAvailable = (service: string): Step => ({
  wait: ec2('DescribeVpcEndpoints', {VpcEndpointIds: [fromVariable(endpointVariable(service))]}),
  until: {query: 'VpcEndpoints[0].State', result: 'available'},
})

/** A new endpoint: the call, and what it is on the model. */
function created(
  service: string,
  input: {readonly [parameter: string]: Input},
  endpoint: Pick<VpcEndpoint, 'VpcEndpointId' | 'VpcEndpointType' | 'VpcId' | 'ServiceName'> & Partial<VpcEndpoint>,
  ...more: readonly Effect[]
): Change {
  const variable = endpointVariable(service)
  const empty = {SubnetIds: [], RouteTableIds: [], Groups: [], NetworkInterfaceIds: [], DnsEntries: []}
  return change({
    calls: ec2('CreateVpcEndpoint', input, {as: variable, query: 'VpcEndpoint.VpcEndpointId'}),
    effects: [put('VpcEndpoints', {...empty, ...endpoint, State: 'available'}), ...more],
  })
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html */
export function createInterfaceEndpoint(facts: NetworkFacts, endpoint: InterfaceEndpoint): Change {
  const {vpcId: VpcId, service, subnetIds, groups, addresses, privateDns: PrivateDnsEnabled = true} = endpoint
  const VpcEndpointId = idOf(VpcId, service)
  const own = {VpcEndpointType: 'Interface' as const, ServiceName: serviceNameOf(facts, service), VpcId}
  const input = {
    ...own,
    SubnetIds: subnetIds,
    SecurityGroupIds: groups.map((group) => group.input),
    ...(addresses && {IpAddressType: addresses, DnsOptions: {DnsRecordIpType: addresses}}),
    PrivateDnsEnabled,
  }
  const IpAddressType = addresses ?? ('ipv4' as const)
  const model = {
    ...own,
    VpcEndpointId,
    Groups: groups.map((group) => ({GroupId: group.id})),
    PrivateDnsEnabled,
    IpAddressType,
    DnsOptions: {DnsRecordIpType: IpAddressType},
    DnsEntries: [ownNameOf(facts, VpcId, service), ...(PrivateDnsEnabled ? [endpointHostOf(service, facts)] : [])].map(
      (DnsName) => ({DnsName}),
    ),
  }
  return created(service, input, model, (account) => withEndpointInterfaces(account, VpcEndpointId, subnetIds))
}

/** It costs nothing and needs no DNS name. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html */
export function createS3GatewayEndpoint(
  facts: NetworkFacts,
  VpcId: string,
  RouteTableIds: readonly string[],
  addresses?: Ipv6Addresses,
): Change {
  const input = {
    VpcEndpointType: 'Gateway' as const,
    ServiceName: serviceNameOf(facts, 's3'),
    VpcId,
    RouteTableIds,
    ...(addresses && {IpAddressType: addresses, DnsOptions: {DnsRecordIpType: addresses}}),
  }
  const VpcEndpointId = idOf(VpcId, 's3')
  return created(
    's3',
    input,
    {...input, VpcEndpointId},
    ...RouteTableIds.map((tableId) => addGatewayRoute(VpcEndpointId, tableId)),
  )
}

/** The route that AWS adds to a route table of a gateway endpoint. */
const addGatewayRoute =
  (endpointId: string, tableId: string): Effect =>
  (account) => {
    const list = s3ListOf(account)
    if (list === undefined) return account
    return editRoutes(tableId, (routes) => [...routes, routeTo(list, target('VpcEndpointId', endpointId))])(account)
  }

/** The prefix list of S3 in the Region, if its addresses are known. */
export const s3ListOf = ({ManagedPrefixLists, Region}: Pick<Account, 'ManagedPrefixLists' | 'Region'>) =>
  itemsOf(ManagedPrefixLists).find(
    ({PrefixListName, Entries}) => isNameOfService(PrefixListName, 's3', Region) && !isUnreadable(Entries),
  )?.PrefixListId

/** Interface endpoints for other services, with the subnets and groups of one that works. */
export function createSiblingEndpoints(facts: NetworkFacts, sibling: VpcEndpoint, services: readonly string[]): Remedy {
  const {VpcEndpointId, VpcId: vpcId, SubnetIds: subnetIds, Groups} = sibling
  const groups = Groups.flatMap(({GroupId: id}) => (id === undefined ? [] : {id, input: id}))
  const names = services.map((service) => serviceNameOf(facts, service))
  const title = `Create ${names.length > 1 ? 'endpoints' : 'an endpoint'} for ${inList(names)} like ${VpcEndpointId}`
  const created = services.map((service) => createInterfaceEndpoint(facts, {vpcId, service, subnetIds, groups}))
  return remedyOf(title, inSequence(...created), {
    docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    cost: 'An interface endpoint is billed for each hour and Availability Zone, and for the data it processes',
    effect: `All of VPC ${vpcId} resolves the ${names.length > 1 ? 'names of the services to the endpoints' : 'name of the service to the endpoint'}.`,
  })
}

/**
 * It cannot be restored; its replacement is a new one, and AWS rejects its private DNS until the old one no longer
 * exists.
 */
export const deleteVpcEndpoint = (endpoint: VpcEndpoint): Change =>
  inSequence(
    change({calls: ec2('DeleteVpcEndpoints', {VpcEndpointIds: [endpoint.VpcEndpointId]}), effects: []}),
    untilGone(endpoint),
  )

/** An endpoint that is being deleted no longer exists, nor do its network interfaces and the routes to it. */
export const untilGone = ({VpcEndpointId, NetworkInterfaceIds, RouteTableIds}: VpcEndpoint): Change =>
  change({
    calls: {
      wait: ec2('DescribeVpcEndpoints', {
        Filters: [
          {Name: 'vpc-endpoint-id', Values: [VpcEndpointId]},
          {Name: 'vpc-endpoint-state', Values: ['available', 'pending', 'deleting', 'failed', 'rejected']},
        ],
      }),
      until: {query: 'VpcEndpoints[].VpcEndpointId', result: ''},
    },
    effects: [
      remove('VpcEndpoints', VpcEndpointId),
      ...NetworkInterfaceIds.map((id) => remove('NetworkInterfaces', id)),
      ...RouteTableIds.map((id) =>
        editRoutes(id, (routes) => routes.filter(({GatewayId}) => GatewayId !== VpcEndpointId)),
      ),
    ],
  })

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html */
export const modifyEndpoint = (VpcEndpointId: string, input: Call['input']): Call =>
  ec2('ModifyVpcEndpoint', {VpcEndpointId, ...input})

const isOwnName = (name = '') => /^(\*\.)?vpce-/.test(name)

/**
 * The endpoint then answers for the service's public name in its VPC. That of S3 would answer for inbound Resolver
 * endpoints only, which AWS rejects without a gateway endpoint in the VPC.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
 */
export const enablePrivateDns = (facts: NetworkFacts, {VpcEndpointId: id, ServiceName}: VpcEndpoint): Change =>
  change({
    calls: modifyEndpoint(id, {
      PrivateDnsEnabled: true,
      ...(isNameOfService(ServiceName, 's3', facts.Region) && {
        DnsOptions: {PrivateDnsOnlyForInboundResolverEndpoint: false},
      }),
    }),
    undo: modifyEndpoint(id, {PrivateDnsEnabled: false}),
    effects: edit('VpcEndpoints', id, (endpoint) => {
      const host = hostOf(ServiceName.split('.').at(-1) ?? '', facts)
      const {PrivateDnsOnlyForInboundResolverEndpoint: _, ...DnsOptions} = endpoint.DnsOptions ?? {}
      const DnsEntries = [...endpoint.DnsEntries.filter(({DnsName}) => isOwnName(DnsName)), {DnsName: host}]
      return {...endpoint, PrivateDnsEnabled: true, DnsOptions, DnsEntries}
    }),
  })

/** The name is then public again in the whole VPC. */
export const disablePrivateDns = ({VpcEndpointId: id}: VpcEndpoint): Change =>
  change({
    calls: modifyEndpoint(id, {PrivateDnsEnabled: false}),
    effects: edit('VpcEndpoints', id, (endpoint) => ({
      ...endpoint,
      PrivateDnsEnabled: false,
      DnsEntries: endpoint.DnsEntries.filter(({DnsName}) => isOwnName(DnsName)),
    })),
  })

export const addSubnet = ({VpcEndpointId: id}: VpcEndpoint, subnetId: string): Change =>
  change({
    calls: modifyEndpoint(id, {AddSubnetIds: [subnetId]}),
    effects: (account) => withEndpointInterfaces(account, id, [subnetId]),
  })

export const addRouteTable = ({VpcEndpointId: id}: VpcEndpoint, tableId: string): Change =>
  change({
    calls: modifyEndpoint(id, {AddRouteTableIds: [tableId]}),
    effects: [append('VpcEndpoints', id, 'RouteTableIds', tableId), addGatewayRoute(id, tableId)],
  })

/** AAAA records, and for `dualstack` A records as well; each interface gets an address of both families. */
export const useAddresses = (endpoint: VpcEndpoint, addresses: Ipv6Addresses): Change => {
  const {VpcEndpointId: id, IpAddressType = 'ipv4', DnsOptions, NetworkInterfaceIds} = endpoint
  const DnsRecordIpType = DnsOptions?.DnsRecordIpType ?? IpAddressType
  const next = {IpAddressType: addresses, DnsOptions: {DnsRecordIpType: addresses}} as const
  return change({
    calls: modifyEndpoint(id, next),
    undo: modifyEndpoint(id, {IpAddressType, DnsOptions: {DnsRecordIpType}}),
    effects: [
      edit('VpcEndpoints', id, (item) => ({...item, ...next, DnsOptions: {...item.DnsOptions, ...next.DnsOptions}})),
      (account) => withBothAddresses(account, NetworkInterfaceIds),
    ],
  })
}
