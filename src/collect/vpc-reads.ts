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
  type Filter,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2'
import {
  type DhcpOptions,
  type EgressOnlyInternetGateway,
  type InternetGateway,
  type Item,
  isUnreadable,
  itemsOf,
  type ManagedPrefixList,
  type NatGateway,
  type NetworkAcl,
  type NetworkInterface,
  type Reading,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Unreadable,
  type Vpc,
  type VpcAttributes,
  type VpcBlockPublicAccessOptions,
  type VpcEndpoint,
  type VpcPeeringConnection,
} from '../model/account.ts'
import type {Aws} from './aws.ts'
import {inFilters, PAGE_OF_MANY} from './collect-instances.ts'
import {type ENUMS, validateEnums} from './enums.ts'
import * as normal from './normalise.ts'
import {allOrUnreadable, complete, paginate, readOr, required} from './paginate.ts'

const PAGE = {MaxResults: 1000} as const

/** What to read: items whose field has one of the values, or everything in the Region. */
export type Where = {readonly filter: string; readonly values: readonly string[]} | 'everywhere'

interface Answer {
  readonly NextToken?: string | undefined
}

/** Every item of one kind in the places that are read, or why AWS did not return them. */
function read<T extends object | string>(
  action: string,
  where: Where,
  page: (
    Filters: Filter[] | undefined,
    NextToken: string | undefined,
  ) => Promise<Answer & {readonly found: readonly (T | Unreadable)[] | undefined}>,
): Promise<Reading<T>> {
  const every = (filters: Filter[] | undefined) =>
    paginate<T | Unreadable>(async (token) => {
      const {found, NextToken} = await page(filters, token)
      return {items: found, next: NextToken}
    })
  return readOr(action, async () =>
    allOrUnreadable(await (where === 'everywhere' ? every(undefined) : inFilters(where.filter, where.values, every))),
  )
}

/** As `read`, for a kind with deciding enum values. */
async function readWords<T extends object>(
  kind: keyof typeof ENUMS,
  ...how: Parameters<typeof read<T>>
): Promise<Reading<T>> {
  return validateEnums(kind, await read(...how))
}

export const readVpcs = ({client, until}: Aws, where: Where): Promise<Reading<Vpc>> =>
  read('ec2:DescribeVpcs', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(new DescribeVpcsCommand({Filters, ...PAGE, NextToken}), until)
    return {...answer, found: answer.Vpcs?.map(complete((vpc) => normal.normalized(vpc, ['VpcId'])))}
  })

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export const readVpcAttributes = (
  aws: Aws,
  vpcIds: readonly string[],
): Promise<readonly Item<VpcAttributes, 'VpcId'>[]> =>
  Promise.all(
    vpcIds.map(async (VpcId) => ({
      VpcId,
      ...(await readOr('ec2:DescribeVpcAttribute', async () => {
        const request = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
          aws.client(EC2Client).send(new DescribeVpcAttributeCommand({VpcId, Attribute}), aws.until)
        const [support, hostnames] = await Promise.all([request('enableDnsSupport'), request('enableDnsHostnames')])
        return {
          EnableDnsSupport: {Value: required(support.EnableDnsSupport?.Value, 'EnableDnsSupport')},
          EnableDnsHostnames: {Value: required(hostnames.EnableDnsHostnames?.Value, 'EnableDnsHostnames')},
        }
      })),
    })),
  )

export const readDhcpOptions = ({client, until}: Aws, where: Where): Promise<Reading<DhcpOptions>> =>
  read('ec2:DescribeDhcpOptions', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(new DescribeDhcpOptionsCommand({Filters, ...PAGE, NextToken}), until)
    return {
      ...answer,
      found: answer.DhcpOptions?.map(
        complete((one) => normal.normalized(one, ['DhcpOptionsId', 'DhcpConfigurations'])),
      ),
    }
  })

export const readSubnets = ({client, until}: Aws, where: Where): Promise<Reading<Subnet>> =>
  read('ec2:DescribeSubnets', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(new DescribeSubnetsCommand({Filters, ...PAGE, NextToken}), until)
    return {
      ...answer,
      found: answer.Subnets?.map(complete((subnet) => normal.normalized(subnet, ['SubnetId', 'VpcId']))),
    }
  })

/**
 * Route tables: at most a hundred per page.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
 */
export const readRouteTables = ({client, until}: Aws, where: Where): Promise<Reading<RouteTable>> =>
  read('ec2:DescribeRouteTables', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(
      new DescribeRouteTablesCommand({Filters, MaxResults: 100, NextToken}),
      until,
    )
    return {...answer, found: answer.RouteTables?.map(complete(normal.routeTable))}
  })

export const readNetworkAcls = ({client, until}: Aws, where: Where): Promise<Reading<NetworkAcl>> =>
  readWords('NetworkAcls', 'ec2:DescribeNetworkAcls', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(new DescribeNetworkAclsCommand({Filters, ...PAGE, NextToken}), until)
    return {...answer, found: answer.NetworkAcls?.map(complete(normal.networkAcl))}
  })

export const readSecurityGroups = ({client, until}: Aws, where: Where): Promise<Reading<SecurityGroup>> =>
  read('ec2:DescribeSecurityGroups', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(new DescribeSecurityGroupsCommand({Filters, ...PAGE, NextToken}), until)
    return {
      ...answer,
      found: answer.SecurityGroups?.map(complete(normal.securityGroup)),
    }
  })

export const readNetworkInterfaces = ({client, until}: Aws, where: Where): Promise<Reading<NetworkInterface>> =>
  read('ec2:DescribeNetworkInterfaces', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(
      new DescribeNetworkInterfacesCommand({Filters, MaxResults: PAGE_OF_MANY, NextToken}),
      until,
    )
    return {...answer, found: answer.NetworkInterfaces?.map(complete(normal.networkInterface))}
  })

export const readInternetGateways = ({client, until}: Aws, where: Where): Promise<Reading<InternetGateway>> =>
  readWords('InternetGateways', 'ec2:DescribeInternetGateways', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(
      new DescribeInternetGatewaysCommand({Filters, ...PAGE, NextToken}),
      until,
    )
    return {
      ...answer,
      found: answer.InternetGateways?.map(complete(normal.internetGateway)),
    }
  })

/** Pages have at most 255 items, and tags are the only filter: the few that routes name are read by id. */
export const readEgressOnlyInternetGateways = (
  {client, until}: Aws,
  ids: readonly string[] | 'everywhere',
): Promise<Reading<EgressOnlyInternetGateway>> =>
  read('ec2:DescribeEgressOnlyInternetGateways', 'everywhere', async (_, NextToken) => {
    const which = ids === 'everywhere' ? {MaxResults: 255, NextToken} : {EgressOnlyInternetGatewayIds: [...ids]}
    const answer = await client(EC2Client).send(new DescribeEgressOnlyInternetGatewaysCommand(which), until)
    return {
      ...answer,
      found: answer.EgressOnlyInternetGateways?.map(
        complete((one) => normal.normalized(one, ['EgressOnlyInternetGatewayId'], ['Attachments'])),
      ),
    }
  })

/**
 * Here the parameter is called Filter.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html
 */
export const readNatGateways = ({client, until}: Aws, where: Where): Promise<Reading<NatGateway>> =>
  readWords('NatGateways', 'ec2:DescribeNatGateways', where, async (Filter, NextToken) => {
    const answer = await client(EC2Client).send(new DescribeNatGatewaysCommand({Filter, ...PAGE, NextToken}), until)
    return {
      ...answer,
      found: answer.NatGateways?.map(
        complete((gateway) => normal.normalized(gateway, ['NatGatewayId'], ['NatGatewayAddresses'])),
      ),
    }
  })

export const readVpcEndpoints = ({client, until}: Aws, where: Where): Promise<Reading<VpcEndpoint>> =>
  readWords('VpcEndpoints', 'ec2:DescribeVpcEndpoints', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(new DescribeVpcEndpointsCommand({Filters, ...PAGE, NextToken}), until)
    return {...answer, found: answer.VpcEndpoints?.map(complete(normal.vpcEndpoint))}
  })

export const readVpcPeeringConnections = ({client, until}: Aws, where: Where): Promise<Reading<VpcPeeringConnection>> =>
  readWords('VpcPeeringConnections', 'ec2:DescribeVpcPeeringConnections', where, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(
      new DescribeVpcPeeringConnectionsCommand({Filters, ...PAGE, NextToken}),
      until,
    )
    return {
      ...answer,
      found: answer.VpcPeeringConnections?.map(complete((one) => normal.normalized(one, ['VpcPeeringConnectionId']))),
    }
  })

/**
 * Lists with their entries; a hundred a page.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html
 */
export const readManagedPrefixLists = async (aws: Aws, ids: readonly string[]): Promise<Reading<ManagedPrefixList>> => {
  const entries = Promise.all(ids.map(async (id) => [id, await prefixListEntries(aws, id)] as const))
  const lists = await read(
    'ec2:DescribeManagedPrefixLists',
    {filter: 'prefix-list-id', values: ids},
    async (Filters, NextToken) => {
      const answer = await aws
        .client(EC2Client)
        .send(new DescribeManagedPrefixListsCommand({Filters, MaxResults: 100, NextToken}), aws.until)
      return {
        ...answer,
        found: answer.PrefixLists?.map(complete((list) => normal.normalized(list, ['PrefixListId', 'PrefixListName']))),
      }
    },
  )
  const entriesOf = new Map(await entries)
  const withEntries = itemsOf(lists).map((list) => ({...list, Entries: entriesOf.get(list.PrefixListId) ?? []}))
  return isUnreadable(lists) ? {...lists, known: withEntries} : withEntries
}

const prefixListEntries = (aws: Aws, PrefixListId: string) =>
  readOr('ec2:GetManagedPrefixListEntries', () =>
    paginate(async (NextToken) => {
      const answer = await aws
        .client(EC2Client)
        .send(new GetManagedPrefixListEntriesCommand({PrefixListId, MaxResults: 100, NextToken}), aws.until)
      normal.requireEach(answer.Entries, 'Cidr')
      return {items: answer.Entries?.map(normal.plain), next: answer.NextToken}
    }),
  )

export const readBlockPublicAccess = ({client, until}: Aws): Promise<Reading<VpcBlockPublicAccessOptions>> =>
  readOr('ec2:DescribeVpcBlockPublicAccessOptions', async () => {
    const answer = await client(EC2Client).send(new DescribeVpcBlockPublicAccessOptionsCommand({}), until)
    return [normal.plain(required(answer.VpcBlockPublicAccessOptions, 'VpcBlockPublicAccessOptions'))]
  })

/** Which of the services the Region has. A filter skips a name that does not exist, where ServiceNames would fail. */
export const readServiceNames = ({client, until}: Aws, names: readonly string[]): Promise<Reading<string>> =>
  read('ec2:DescribeVpcEndpointServices', {filter: 'service-name', values: names}, async (Filters, NextToken) => {
    const answer = await client(EC2Client).send(
      new DescribeVpcEndpointServicesCommand({Filters, ...PAGE, NextToken}),
      until,
    )
    return {...answer, found: answer.ServiceNames}
  })
