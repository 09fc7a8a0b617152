import {type Account, isUnreadable, itemsOf, type VpcEndpoint} from '../../model/account.ts'
import {withPut} from '../../model/joins.ts'
import {dnsSuffix, hostOf} from '../../model/partition.ts'
import type {Change} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {answer, type Call, type Input, type Step} from '../core/remedy.ts'
import {withEndpointInterfaces} from '../plans/endpoint-interface.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'
import {routeTo, target, withRoutes} from '../plans/routes-of-table.ts'
import type {Group} from './create-security-group.ts'

export interface InterfaceEndpoint {
  readonly vpcId: string
  readonly service: string
  readonly subnetIds: readonly string[]
  readonly groups: readonly Group[]
  /** `dualstack` or `ipv6` where the instance has no IPv4 address. */
  readonly addresses?: 'dualstack' | 'ipv6'
  readonly privateDns?: false
}

/** The name that AWS lists for the Region, because partitions have different prefixes. */
function serviceNameOf({ServiceNames, VpcEndpoints, Region}: NetworkFacts, service: string): string {
  const listed = [...itemsOf(ServiceNames), ...itemsOf(VpcEndpoints).map(({ServiceName}) => ServiceName)]
  return listed.find((name) => name.endsWith(`.${Region}.${service}`)) ?? `com.amazonaws.${Region}.${service}`
}

export const endpointVariable = (service: string): string =>
  `${service.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_ENDPOINT`

const creation = (service: string, input: {readonly [parameter: string]: Input}): Call => ({
  service: 'ec2',
  operation: 'CreateVpcEndpoint',
  input,
  save: {as: endpointVariable(service), query: 'VpcEndpoint.VpcEndpointId'},
})

/**
 * The AWS CLI has no waiter for endpoints; a pending one has no network interface yet.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html
 */
export const untilAvailable = ({Region}: NetworkFacts, service: string): readonly Step[] =>
  /^[a-z0-9-]+$/.test(Region)
    ? [
        {
          on: 'here',
          waits: true,
          line: `until [ "$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$${endpointVariable(service)}" --query 'VpcEndpoints[0].State' --output text --region ${Region})" = available ]; do sleep 10; done`,
        },
      ]
    : []

const deletion = (service: string): Call => ({
  service: 'ec2',
  operation: 'DeleteVpcEndpoints',
  input: {VpcEndpointIds: [answer(endpointVariable(service))]},
})

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html */
export function createInterfaceEndpoint(facts: NetworkFacts, plan: InterfaceEndpoint): Change {
  const {vpcId, service, subnetIds, groups, addresses, privateDns = true} = plan
  const input = {
    VpcEndpointType: 'Interface',
    ServiceName: serviceNameOf(facts, service),
    VpcId: vpcId,
    SubnetIds: subnetIds,
    SecurityGroupIds: groups.map((group) => group.input),
    ...(addresses && {IpAddressType: addresses, DnsOptions: {DnsRecordIpType: addresses}}),
    PrivateDnsEnabled: privateDns,
  }
  return {
    steps: [creation(service, input)],
    undo: [deletion(service)],
    apply: (account) => withInterfaceEndpoint(account, facts, plan),
  }
}

function withInterfaceEndpoint(account: Account, facts: NetworkFacts, plan: InterfaceEndpoint): Account {
  const {vpcId, service, subnetIds, groups, addresses, privateDns = true} = plan
  const id = modelId('vpce', vpcId, service)
  const ownName = ownNameOf(facts, vpcId, service)
  const endpoint: VpcEndpoint = {
    ...bare(id, vpcId, serviceNameOf(facts, service), 'Interface'),
    Groups: groups.map((group) => ({GroupId: group.id})),
    PrivateDnsEnabled: privateDns,
    IpAddressType: addresses ?? 'ipv4',
    DnsOptions: {DnsRecordIpType: addresses ?? 'ipv4'},
    DnsEntries: [{DnsName: ownName}, ...(privateDns ? [{DnsName: hostOf(service, facts)}] : [])],
  }
  return withEndpointInterfaces(withEndpoint(account, endpoint), id, subnetIds)
}

/** On the model: the name that AWS assigns to the endpoint. */
export const ownNameOf = ({Region, Partition}: NetworkFacts, vpcId: string, service: string): string =>
  `${modelId('vpce', vpcId, service)}-example.${service}.${Region}.vpce.${dnsSuffix(Partition)}`

const bare = (VpcEndpointId: string, VpcId: string, ServiceName: string, VpcEndpointType: 'Interface' | 'Gateway') =>
  ({
    VpcEndpointId,
    VpcEndpointType,
    VpcId,
    ServiceName,
    State: 'available',
    SubnetIds: [],
    RouteTableIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    DnsEntries: [],
  }) satisfies VpcEndpoint

const withEndpoint = (account: Account, endpoint: VpcEndpoint): Account =>
  withPut(account, 'VpcEndpoints', 'VpcEndpointId', endpoint)

/** It costs nothing and needs no DNS name. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html */
export function createS3GatewayEndpoint(facts: NetworkFacts, VpcId: string, RouteTableIds: readonly string[]): Change {
  const ServiceName = serviceNameOf(facts, 's3')
  const id = modelId('vpce', VpcId, 's3')
  return {
    steps: [creation('s3', {VpcEndpointType: 'Gateway', ServiceName, VpcId, RouteTableIds})],
    undo: [deletion('s3')],
    apply: (account) =>
      RouteTableIds.reduce(
        (changed, tableId) => withGatewayRoute(changed, id, tableId),
        withEndpoint(account, {...bare(id, VpcId, ServiceName, 'Gateway'), RouteTableIds}),
      ),
  }
}

/** The route that AWS adds to a route table of a gateway endpoint. */
export const withGatewayRoute = (account: Account, endpointId: string, tableId: string): Account => {
  const list = s3ListOf(account)
  return list === undefined
    ? account
    : withRoutes(account, tableId, (routes) => [...routes, routeTo(list, target('VpcEndpointId', endpointId))])
}

/** The prefix list of S3 in the Region, if its addresses are known. */
export const s3ListOf = ({ManagedPrefixLists, Region}: Pick<Account, 'ManagedPrefixLists' | 'Region'>) =>
  itemsOf(ManagedPrefixLists).find(
    ({PrefixListName, Entries}) => PrefixListName?.endsWith(`.${Region}.s3`) && !isUnreadable(Entries),
  )?.PrefixListId
