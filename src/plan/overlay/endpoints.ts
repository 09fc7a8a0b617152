import {serviceOf} from '../../agent/output/hosts.ts'
import {type Account, isUnreadable, itemsOf, type VpcEndpoint} from '../../model/account.ts'
import {decodeDocument} from '../../model/documents.ts'
import {add, inOrder, put, remove} from '../../model/effect.ts'
import {defaultGroupsOf} from '../../model/launched-instance.ts'
import {find} from '../../model/lists.ts'
import {hostOf} from '../../model/partition.ts'
import {editRoutes, editRoutesTo, routeTo, target} from '../../remedies/changes/routes.ts'
import {
  setEndpointGroups,
  withEndpointInterfaces,
  withoutEndpointInterfaces,
} from '../../remedies/core/endpoint-interface.ts'
import {hasUnknown, isTrue, objectOf, type Properties, plannedId, textOf, textsOf} from '../resource.ts'
import {
  allUnknown,
  callersAccount,
  changedOf,
  eachUnknown,
  groupsIn,
  itemUnknown,
  type ResourceEffect,
} from './resource-effect.ts'

const idsOf = ({Groups}: VpcEndpoint): readonly string[] => Groups.flatMap(({GroupId}) => GroupId ?? [])

/** An endpoint as the API lists it; subnets are added with their interfaces. */
export const vpcEndpoint: ResourceEffect = {
  add: (account, properties, {id, address, before}) => {
    const known = find(account.VpcEndpoints, 'VpcEndpointId', id)
    const changed = changedOf(known, properties, before)
    const {VpcId, ServiceName, VpcEndpointType, SubnetIds, SecurityGroupIds, RouteTableIds, ...rest} = changed
    const {PrivateDnsEnabled, PolicyDocument, IpAddressType, DnsOptions} = rest
    const ownVpcId = textOf(VpcId) ?? known?.VpcId
    const service = textOf(ServiceName) ?? known?.ServiceName
    const type = textOf(VpcEndpointType) ?? known?.VpcEndpointType ?? 'Gateway'
    const ofType = type === 'Gateway' ? [RouteTableIds] : [SubnetIds, SecurityGroupIds, PrivateDnsEnabled]
    if (
      ownVpcId === undefined ||
      service === undefined ||
      hasUnknown([VpcEndpointType, PolicyDocument, DnsOptions, IpAddressType, ofType])
    )
      // That of a service that the agent does not call, wherever it is, answers for no name that it resolves.
      return service !== undefined && serviceOf(service) === undefined
        ? account
        : itemUnknown(account, 'VpcEndpoints', id, address, ownVpcId ?? VpcId)
    const endpoint = {
      OwnerId: callersAccount(account),
      State: 'available',
      ...{SubnetIds: [], NetworkInterfaceIds: [], RouteTableIds: []},
      // Without other groups an interface endpoint gets the default group of the VPC.
      Groups: groupsIn(type === 'Interface' ? defaultGroupsOf(account, ownVpcId) : []),
      DnsEntries: dnsEntriesOf(account, id, service, type),
      PrivateDnsEnabled: false,
      ...known,
      ...{VpcEndpointId: id, VpcId: ownVpcId, ServiceName: service, VpcEndpointType: type},
      ...(RouteTableIds !== undefined && {RouteTableIds: textsOf(RouteTableIds)}),
      ...(SecurityGroupIds !== undefined && {Groups: groupsIn(SecurityGroupIds)}),
      ...(PrivateDnsEnabled !== undefined && {PrivateDnsEnabled: type === 'Interface' && isTrue(PrivateDnsEnabled)}),
      ...(textOf(IpAddressType) !== undefined && {IpAddressType}),
      ...(DnsOptions !== undefined && {DnsOptions: {...known?.DnsOptions, ...dnsOptionsIn(objectOf(DnsOptions))}}),
      ...(isGiven(PolicyDocument) && {PolicyDocument: decodeDocument(PolicyDocument)}),
    } as VpcEndpoint
    const grouped = setEndpointGroups(endpoint, idsOf(endpoint))(put('VpcEndpoints', endpoint)(account))
    const routed = type === 'Gateway' ? withPrefixListRoutes(grouped, endpoint) : grouped
    const left = SubnetIds === undefined ? [] : endpoint.SubnetIds.filter((one) => !textsOf(SubnetIds).includes(one))
    return withEndpointInterfaces(withoutEndpointInterfaces(routed, id, left), id, textsOf(SubnetIds))
  },
  remove: (account, _, {id}) => remove('VpcEndpoints', id)(withoutPrefixListRoutes(account, id)),
}

/**
 * CloudFormation names the resolvers of an endpoint of Amazon S3, other callers of the API have a flag.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-vpcendpoint-dnsoptionsspecification.html
 */
const dnsOptionsIn = ({DnsRecordIpType, PrivateDnsOnlyForInboundResolverEndpoint: inbound}: Properties) => ({
  ...(textOf(DnsRecordIpType) !== undefined && DnsRecordIpType !== 'not-specified' && {DnsRecordIpType}),
  ...(inbound !== undefined && {
    PrivateDnsOnlyForInboundResolverEndpoint: isTrue(inbound) || inbound === 'OnlyInboundResolver',
  }),
})

const isGiven = (document: unknown): boolean => document !== undefined && document !== null && document !== ''

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

const listIdOf = ({ManagedPrefixLists}: Account, service: string | undefined): string | undefined =>
  itemsOf(ManagedPrefixLists).find(({PrefixListName}) => PrefixListName === service)?.PrefixListId

/** AWS manages the list of a service's addresses; if none is recorded, a documentation address is used. */
const withPrefixList = (account: Account, service = ''): Account =>
  isUnreadable(account.ManagedPrefixLists) || listIdOf(account, service) !== undefined
    ? account
    : add('ManagedPrefixLists', {
        PrefixListId: plannedId('pl', service),
        PrefixListName: service,
        Entries: [{Cidr: '198.51.100.0/24'}],
      })(account)

/** A gateway endpoint adds a route to the service's prefix list to each of its route tables. */
function withPrefixListRoutes(account: Account, {VpcEndpointId, ServiceName, RouteTableIds}: VpcEndpoint): Account {
  const listed = withPrefixList(account, ServiceName)
  const DestinationPrefixListId = listIdOf(listed, ServiceName)
  const cleared = withoutPrefixListRoutes(listed, VpcEndpointId)
  if (DestinationPrefixListId === undefined) return cleared
  const route = routeTo(DestinationPrefixListId, target('VpcEndpointId', VpcEndpointId))
  return inOrder(...RouteTableIds.map((id) => editRoutes(id, (routes) => [...routes, route])))(cleared)
}

const withoutPrefixListRoutes = (account: Account, endpointId: string): Account =>
  editRoutesTo(endpointId, (routes) => routes.filter(({GatewayId}) => GatewayId !== endpointId))(account)

/** A part of an endpoint that is a separate resource: a subnet, a group, a route table or the policy. */
const part = (join: EndpointChange, leave: EndpointChange): ResourceEffect => {
  const effect =
    (change: EndpointChange): ResourceEffect['add'] =>
    (account, properties, {address}) => {
      const id = textOf(properties.VpcEndpointId)
      const endpoint = find(account.VpcEndpoints, 'VpcEndpointId', id)
      const without = (model: Account, one: string) =>
        itemUnknown(model, 'VpcEndpoints', one, address, find(model.VpcEndpoints, 'VpcEndpointId', one)?.VpcId)
      // An endpoint that is not in the account may be newer than what was read of it.
      if (!endpoint && id !== undefined) return allUnknown(account, 'VpcEndpoints', address)
      if (!endpoint) return eachUnknown(account, 'VpcEndpoints', properties.VpcEndpointId, address, without)
      return hasUnknown(properties) ? without(account, endpoint.VpcEndpointId) : change(account, endpoint, properties)
    }
  return {add: effect(join), remove: effect(leave), isPart: true}
}
type EndpointChange = (account: Account, endpoint: VpcEndpoint, properties: Properties) => Account

export const endpointSubnet: ResourceEffect = part(
  (account, {VpcEndpointId}, {SubnetId}) => withEndpointInterfaces(account, VpcEndpointId, textsOf(SubnetId)),
  (account, {VpcEndpointId}, {SubnetId}) => withoutEndpointInterfaces(account, VpcEndpointId, textsOf(SubnetId)),
)

/**
 * One can replace the default group of the VPC, which is restored without it.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint_security_group_association
 */
export const endpointGroup: ResourceEffect = part(
  (account, endpoint, {SecurityGroupId, ReplaceDefaultAssociation}) => {
    const replaced = isTrue(ReplaceDefaultAssociation) ? defaultGroupsOf(account, endpoint.VpcId) : []
    const kept = idsOf(endpoint).filter((id) => !replaced.includes(id))
    return setEndpointGroups(endpoint, [...kept, ...textsOf(SecurityGroupId)])(account)
  },
  (account, endpoint, {SecurityGroupId, ReplaceDefaultAssociation}) => {
    const restored = isTrue(ReplaceDefaultAssociation) ? defaultGroupsOf(account, endpoint.VpcId) : []
    return setEndpointGroups(endpoint, [...exclude(idsOf(endpoint), SecurityGroupId), ...restored])(account)
  },
)

export const endpointRouteTable: ResourceEffect = part(
  (account, endpoint, {RouteTableId}) =>
    rerouted(account, endpoint, [...endpoint.RouteTableIds, ...textsOf(RouteTableId)]),
  (account, endpoint, {RouteTableId}) => rerouted(account, endpoint, exclude(endpoint.RouteTableIds, RouteTableId)),
)

const exclude = (ids: readonly string[], removed: unknown): readonly string[] => ids.filter((id) => id !== removed)

const rerouted = (account: Account, endpoint: VpcEndpoint, RouteTableIds: readonly string[]): Account => {
  const changed = {...endpoint, RouteTableIds}
  return withPrefixListRoutes(put('VpcEndpoints', changed)(account), changed)
}

export const endpointPolicy: ResourceEffect = part(
  (account, endpoint, {PolicyDocument}) =>
    put('VpcEndpoints', {...endpoint, PolicyDocument: decodeDocument(PolicyDocument)})(account),
  (account, {PolicyDocument: _, ...endpoint}) => put('VpcEndpoints', endpoint as VpcEndpoint)(account),
)
