import {
  DescribeDhcpOptionsCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2'
import type {ItemOf, Readings} from '../../model/account.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import * as normal from '../client/normalize.ts'
import {complete, eachKnown, readList, readOr, required} from '../client/paginate.ts'
import {PAGE_OF_MANY, reader} from './ec2-reader.ts'

export const readVpcs = reader(DescribeVpcsCommand, 'Vpcs', normal.withIds('VpcId'))

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export const readVpcAttributes = (aws: Aws, vpcIds: readonly string[]): Promise<readonly ItemOf<'VpcAttributes'>[]> =>
  Promise.all(
    vpcIds.map(async (VpcId) => ({
      VpcId,
      ...(await readOr('ec2:DescribeVpcAttribute', async () => {
        const request = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
          send(aws, EC2Client, new DescribeVpcAttributeCommand({VpcId, Attribute}))
        const [support, hostnames] = await Promise.all([request('enableDnsSupport'), request('enableDnsHostnames')])
        return {
          EnableDnsSupport: {Value: required(support.EnableDnsSupport?.Value, 'EnableDnsSupport')},
          EnableDnsHostnames: {Value: required(hostnames.EnableDnsHostnames?.Value, 'EnableDnsHostnames')},
        }
      })),
    })),
  )

export const readDhcpOptions = reader(
  DescribeDhcpOptionsCommand,
  'DhcpOptions',
  normal.withIds('DhcpOptionsId', 'DhcpConfigurations'),
)

export const readSubnets = reader(DescribeSubnetsCommand, 'Subnets', normal.withIds('SubnetId', 'VpcId'))

/**
 * Route tables: at most a hundred per page.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
 */
export const readRouteTables = reader(DescribeRouteTablesCommand, 'RouteTables', normal.routeTable, {MaxResults: 100})

export const readNetworkAcls = reader(DescribeNetworkAclsCommand, 'NetworkAcls', normal.networkAcl)

export const readSecurityGroups = reader(DescribeSecurityGroupsCommand, 'SecurityGroups', normal.securityGroup)

export const readNetworkInterfaces = reader(
  DescribeNetworkInterfacesCommand,
  'NetworkInterfaces',
  normal.networkInterface,
  {MaxResults: PAGE_OF_MANY},
)

export const readInternetGateways = reader(DescribeInternetGatewaysCommand, 'InternetGateways', normal.internetGateway)

/** Pages have at most 255 items, and tags are the only filter: the few that routes name are read by id. */
export const readEgressOnlyInternetGateways = (
  aws: Aws,
  ids: readonly string[] | 'everywhere',
): Promise<Readings['EgressOnlyInternetGateways']> =>
  readList('ec2:DescribeEgressOnlyInternetGateways', () =>
    egressOnlyGateways(aws, ids === 'everywhere' ? {MaxResults: 255} : {EgressOnlyInternetGatewayIds: [...ids]}),
  )

const egressOnlyGateways = pagesOf(
  EC2Client,
  DescribeEgressOnlyInternetGatewaysCommand,
  'EgressOnlyInternetGateways',
  complete((one) => normal.normalized(one, ['EgressOnlyInternetGatewayId'], ['Attachments'])),
)

/**
 * Here the parameter is called Filter.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html
 */
export const readNatGateways = reader(
  DescribeNatGatewaysCommand,
  'NatGateways',
  (one) => normal.normalized(one, ['NatGatewayId'], ['NatGatewayAddresses']),
  {filters: 'Filter'},
)

export const readVpcEndpoints = reader(DescribeVpcEndpointsCommand, 'VpcEndpoints', normal.vpcEndpoint)

export const readVpcPeeringConnections = reader(
  DescribeVpcPeeringConnectionsCommand,
  'VpcPeeringConnections',
  normal.withIds('VpcPeeringConnectionId'),
)

/**
 * Lists with their entries; a hundred a page.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html
 */
export const readManagedPrefixLists = async (
  aws: Aws,
  ids: readonly string[],
): Promise<Readings['ManagedPrefixLists']> => {
  // Both are awaited together: if the run ends, an error of either must not be left without a handler.
  const [lists, ...entries] = await Promise.all([
    readPrefixLists(aws, {filter: 'prefix-list-id', values: ids}),
    ...ids.map(async (PrefixListId) => {
      const which = {PrefixListId, MaxResults: 100}
      return [PrefixListId, await readOr('ec2:GetManagedPrefixListEntries', () => listEntries(aws, which))] as const
    }),
  ])
  const entriesOf = new Map(entries)
  return eachKnown(lists, (list) => ({...list, Entries: entriesOf.get(list.PrefixListId) ?? []}))
}

const readPrefixLists = reader(
  DescribeManagedPrefixListsCommand,
  'PrefixLists',
  normal.withIds('PrefixListId', 'PrefixListName'),
  {action: 'ec2:DescribeManagedPrefixLists', MaxResults: 100},
)

const listEntries = pagesOf(EC2Client, GetManagedPrefixListEntriesCommand, 'Entries', normal.withIds('Cidr'))

export const readBlockPublicAccess = (aws: Aws): Promise<Readings['VpcBlockPublicAccessOptions']> =>
  readOr('ec2:DescribeVpcBlockPublicAccessOptions', async () => {
    const answer = await send(aws, EC2Client, new DescribeVpcBlockPublicAccessOptionsCommand({}))
    return [normal.plain(required(answer.VpcBlockPublicAccessOptions, 'VpcBlockPublicAccessOptions'))]
  })

/** Which of the services the Region has. A filter skips a name that does not exist, where ServiceNames would fail. */
export const readServiceNames = reader(DescribeVpcEndpointServicesCommand, 'ServiceNames', String)
