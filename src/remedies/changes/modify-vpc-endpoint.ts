import type {VpcEndpoint} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import {hostOf} from '../../model/partition.ts'
import type {Change} from '../core/change.ts'
import type {Call, Input} from '../core/remedy.ts'
import {withBothAddresses, withEndpointInterfaces} from '../plans/endpoint-interface.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'
import {withGatewayRoute} from './create-vpc-endpoint.ts'

const modification = (VpcEndpointId: string, input: {readonly [parameter: string]: Input}): Call => ({
  service: 'ec2',
  operation: 'ModifyVpcEndpoint',
  input: {VpcEndpointId, ...input},
})

const isOwnName = (name = '') => /^(\*\.)?vpce-/.test(name)

/** The endpoint then answers for the service's public name in its VPC. */
export const switchOnPrivateDns = (facts: NetworkFacts, {VpcEndpointId: id, ServiceName}: VpcEndpoint): Change => ({
  steps: [modification(id, {PrivateDnsEnabled: true})],
  undo: [modification(id, {PrivateDnsEnabled: false})],
  apply: (account) =>
    withItem(account, 'VpcEndpoints', 'VpcEndpointId', id, (endpoint) => {
      const host = hostOf(ServiceName.split('.').at(-1) ?? '', facts)
      const {PrivateDnsOnlyForInboundResolverEndpoint: _, ...DnsOptions} = endpoint.DnsOptions ?? {}
      const DnsEntries = [...endpoint.DnsEntries.filter(({DnsName}) => isOwnName(DnsName)), {DnsName: host}]
      return {...endpoint, PrivateDnsEnabled: true, DnsOptions, DnsEntries}
    }),
})

/** The name is then public again in the whole VPC. */
export const switchOffPrivateDns = ({VpcEndpointId: id}: VpcEndpoint): Change => ({
  steps: [modification(id, {PrivateDnsEnabled: false})],
  undo: [modification(id, {PrivateDnsEnabled: true})],
  apply: (account) =>
    withItem(account, 'VpcEndpoints', 'VpcEndpointId', id, (endpoint) => ({
      ...endpoint,
      PrivateDnsEnabled: false,
      DnsEntries: endpoint.DnsEntries.filter(({DnsName}) => isOwnName(DnsName)),
    })),
})

export const addSubnet = ({VpcEndpointId: id}: VpcEndpoint, subnetId: string): Change => ({
  steps: [modification(id, {AddSubnetIds: [subnetId]})],
  undo: [modification(id, {RemoveSubnetIds: [subnetId]})],
  apply: (account) => withEndpointInterfaces(account, id, [subnetId]),
})

export const addRouteTable = ({VpcEndpointId: id}: VpcEndpoint, tableId: string): Change => ({
  steps: [modification(id, {AddRouteTableIds: [tableId]})],
  undo: [modification(id, {RemoveRouteTableIds: [tableId]})],
  apply: (account) =>
    withGatewayRoute(
      withItem(account, 'VpcEndpoints', 'VpcEndpointId', id, (endpoint) => ({
        ...endpoint,
        RouteTableIds: [...endpoint.RouteTableIds, tableId],
      })),
      id,
      tableId,
    ),
})

const BOTH = 'dualstack' as const

/** A and AAAA records; each interface gets an address of both families. */
export const answerBothFamilies = (endpoint: VpcEndpoint): Change => ({
  steps: [modification(endpoint.VpcEndpointId, {IpAddressType: BOTH, DnsOptions: {DnsRecordIpType: BOTH}})],
  undo: [
    modification(endpoint.VpcEndpointId, {
      IpAddressType: endpoint.IpAddressType ?? 'ipv4',
      DnsOptions: {DnsRecordIpType: endpoint.DnsOptions?.DnsRecordIpType ?? endpoint.IpAddressType ?? 'ipv4'},
    }),
  ],
  apply: (account) =>
    withBothAddresses(
      withItem(account, 'VpcEndpoints', 'VpcEndpointId', endpoint.VpcEndpointId, (item) => ({
        ...item,
        IpAddressType: BOTH,
        DnsOptions: {...item.DnsOptions, DnsRecordIpType: BOTH},
      })),
      endpoint.NetworkInterfaceIds,
    ),
})
