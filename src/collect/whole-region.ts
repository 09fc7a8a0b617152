import {
  type Account,
  isUnreadable,
  itemsOf,
  NO_HISTORY,
  notAsked,
  type Reading,
  type Readings,
  type RouteTable,
  type Vpc,
  whyUnreadable,
} from '../model/account.ts'
import {hybridNodesIn} from '../model/hybrid.ts'
import type {KindsWith} from '../model/kinds.ts'
import {assertReachable, contextOf, readCaller} from './caller.ts'
import type {Aws} from './client/aws.ts'
import {awaitAll, join, readList, readOr} from './client/paginate.ts'
import {organizationReader} from './organization-reader.ts'
import {readAuthorizationDetails} from './readings/identity.ts'
import * as instance from './readings/instances.ts'
import * as node from './readings/nodes.ts'
import {transitKinds} from './readings/transit.ts'
import * as vpc from './readings/vpc.ts'
import type {Roles} from './roles.ts'
import {type Place, serviceNames} from './service-names.ts'
import {firewallGroupsFor, readProfiles, rulesFor, zonesFor} from './vpc-dns.ts'
import {prefixListsIn} from './vpcs.ts'

/** When DescribeInstanceAssociationsStatus is worth a call: for scans without the data that an association collects. */
const LACKS_INVENTORY: ReadonlySet<string | undefined> = new Set([
  'NO_INVENTORY',
  'STALE_INVENTORY',
  'DEEP_INSPECTION_NO_INVENTORY',
])

/** An association that is deleted or fails affects a whole account: more nodes than these show nothing new. */
const MAX_REQUESTED = 50

interface RegionOptions {
  readonly inspector?: boolean
  /** Also read how hybrid nodes are registered. */
  readonly hybrid?: boolean
  /** Roles and policies, if several Regions of the account share them. */
  readonly identities?: Identities
  /** The organization, if several Regions of the account share it. */
  readonly organization?: ReturnType<typeof organizationReader>
}

type Identities = (aws: Aws) => Promise<Roles>

/** Roles are the same in every Region of an account: read for the first one, and released after the last one. */
export function identitiesFor(regions: number): Identities {
  let left = regions
  let reading: Promise<Roles> | undefined
  return (aws) => {
    const found = reading ?? readRoles(aws)
    left -= 1
    reading = left > 0 ? found : undefined
    return found
  }
}

/**
 * A whole Region. The number of calls grows with pages, VPCs, prefix lists and transit gateways, never with instances:
 * what takes a call per instance (console output, connection status, simulation) is left for the examination of that
 * instance.
 */
export async function collectRegion(
  aws: Aws,
  {inspector = false, hybrid = false, identities = readRoles, organization = organizationReader()}: RegionOptions = {},
): Promise<Account> {
  const ReadAt = new Date().toISOString()
  const validation = import('./validate-account.ts')
  const caller = readCaller(aws)
  const listed = readList('ec2:DescribeInstances', () => instance.instancesWith(aws, undefined))
  const context = Promise.all([caller, listed]).then(([identity, instances]) => {
    assertReachable(aws, identity, instances)
    return contextOf(aws, identity, ReadAt)
  })
  const Nodes = node.readNodes(aws, undefined)
  const covered = inspector ? import('./readings/inspector.ts') : undefined
  const CoveredResources = covered?.then(({readCoveredResources}) => readCoveredResources(aws, undefined)) ?? []

  const around = networkOf(aws, context)
  const who = identities(aws)
  const {settled, roles, network, ...kinds} = await awaitAll({
    settled: context,
    network: around,
    roles: who,
    Organization: Promise.all([who, around]).then(([{Roles, Policies}, {VpcEndpoints}]) =>
      organization(aws, Roles, Policies, VpcEndpoints),
    ),
    Instances: Promise.all([listed, CoveredResources, context]).then(([instances, rows, {Caller}]) =>
      instance.withHidden(aws, instances, coveredIn(Caller?.Account, rows)),
    ),
    InstanceStatuses: instance.readInstanceStatuses(aws, undefined),
    InstanceImageMetadata: instance.readInstanceImageMetadata(aws, 'everywhere'),
    IamInstanceProfileAssociations: instance.readProfileAssociations(aws, 'everywhere'),
    ConsoleOutputs: [],
    InstanceInformationList: Nodes,
    ConnectionStatuses: [],
    InstanceAssociations: Promise.all([Nodes, CoveredResources]).then(([nodes, rows]) =>
      associationsOf(aws, withoutInventory(nodes, rows)),
    ),
    ActivationList: Nodes.then((nodes) =>
      hybrid && hasHybrid(nodes) ? node.readActivations(aws, undefined) : notAsked(),
    ),
    ServiceSettings: Promise.all([node.readServiceSettings(aws), Nodes]).then(([settings, nodes]) =>
      hybrid && hasHybrid(nodes) ? withTier(aws, settings) : settings,
    ),
    SessionPreferences: node.readSessionPreferences(aws),
    CoveredResources,
    AccountStatuses: covered?.then(({readAccountStatuses}) => readAccountStatuses(aws)) ?? [],
    ...NO_HISTORY,
  })
  const {sortedById, validateAccount} = await validation
  return sortedById(validateAccount({...settled, ...kinds, ...network, ...roles}))
}

/** The instances of the account that Inspector lists; a delegated administrator sees those of others as well. */
const coveredIn = (account: string | undefined, rows: Readings['CoveredResources']): readonly string[] => [
  ...new Set(itemsOf(rows).flatMap(({accountId, resourceId}) => (account && accountId === account ? resourceId : []))),
]

/** Everything in the VPCs of the Region, and the account resources that they use. */
function networkOf(aws: Aws, place: Promise<Place>): Promise<Pick<Readings, KindsWith<'network'>>> {
  const Vpcs = vpc.readVpcs(aws, 'everywhere')
  const RouteTables = vpc.readRouteTables(aws, 'everywhere')
  const SecurityGroups = vpc.readSecurityGroups(aws, 'everywhere')
  const VpcEndpoints = vpc.readVpcEndpoints(aws, 'everywhere')
  const profiles = readProfiles(aws, 'everywhere')
  const gateways = RouteTables.then((tables) => routed(tables, 'TransitGatewayId'))
  return awaitAll({
    Vpcs,
    VpcAttributes: Vpcs.then((vpcs) => perItem(vpcs, (ids) => vpc.readVpcAttributes(aws, ids))),
    DhcpOptions: vpc.readDhcpOptions(aws, 'everywhere'),
    Subnets: vpc.readSubnets(aws, 'everywhere'),
    RouteTables,
    NetworkAcls: vpc.readNetworkAcls(aws, 'everywhere'),
    SecurityGroups,
    NetworkInterfaces: vpc.readNetworkInterfaces(aws, 'everywhere'),
    InternetGateways: vpc.readInternetGateways(aws, 'everywhere'),
    EgressOnlyInternetGateways: vpc.readEgressOnlyInternetGateways(aws, 'everywhere'),
    NatGateways: vpc.readNatGateways(aws, 'everywhere'),
    VpcEndpoints,
    VpcPeeringConnections: vpc.readVpcPeeringConnections(aws, 'everywhere'),
    ManagedPrefixLists: Promise.all([RouteTables, SecurityGroups]).then(([tables, groups]) =>
      vpc.readManagedPrefixLists(aws, [
        ...new Set([...routed(tables, 'DestinationPrefixListId'), ...itemsOf(groups).flatMap(prefixListsIn)]),
      ]),
    ),
    VpcBlockPublicAccessOptions: vpc.readBlockPublicAccess(aws),
    ServiceNames: Promise.all([place, VpcEndpoints]).then(([here, endpoints]) =>
      serviceNames(aws, here, itemsOf(endpoints)),
    ),
    ...transitKinds(aws, gateways),
    HostedZones: Promise.all([place, Vpcs]).then(([here, vpcs]) =>
      perItem(vpcs, (ids) => zonesFor(aws, ids, here, profiles)),
    ),
    ProfileAssociations: profiles.then((found) => found.ProfileAssociations),
    ProfileResourceAssociations: profiles.then((found) => found.ProfileResourceAssociations),
    ResolverRules: Vpcs.then((vpcs) => perItem(vpcs, (ids) => rulesFor(aws, ids, profiles))),
    FirewallRuleGroupAssociations: Vpcs.then((vpcs) => perItem(vpcs, (ids) => firewallGroupsFor(aws, ids, profiles))),
  })
}

const hasHybrid = (nodes: Readings['InstanceInformationList']): boolean => hybridNodesIn(nodes).length > 0

/** The tier is that of hybrid nodes, and if it cannot be read the other settings are not affected. */
const withTier = async (aws: Aws, settings: Readings['ServiceSettings']): Promise<Readings['ServiceSettings']> =>
  isUnreadable(settings) ? settings : [...settings, ...itemsOf(await node.readInstanceTier(aws))]

/** One response for all roles; if it is denied, each kind in it is denied. */
async function readRoles(aws: Aws): Promise<Roles> {
  const details = await readOr('iam:GetAccountAuthorizationDetails', () => readAuthorizationDetails(aws))
  if (isUnreadable(details))
    return {Roles: details, Policies: details, InstanceProfiles: details, PolicySimulations: []}
  const {roles, policies, profiles} = details
  return {Roles: roles, Policies: policies, InstanceProfiles: profiles, PolicySimulations: []}
}

/** Nodes whose associations are to be read. A node that is not registered has none. */
function withoutInventory(nodes: Readings['InstanceInformationList'], rows: Readings['CoveredResources']): string[] {
  const registered = new Set(itemsOf(nodes).map(({InstanceId}) => InstanceId))
  const withoutStatus = itemsOf(rows).filter(
    ({scanStatus, resourceId}) => LACKS_INVENTORY.has(scanStatus?.reason) && registered.has(resourceId),
  )
  return [...new Set(withoutStatus.map(({resourceId}) => resourceId))]
}

/** No call returns the associations of several nodes, so some are read and the others are reported as omitted. */
async function associationsOf(aws: Aws, ids: readonly string[]): Promise<Readings['InstanceAssociations']> {
  const why = notAsked(` on more than ${MAX_REQUESTED} nodes of a Region`)
  const rest = ids.slice(MAX_REQUESTED).map((InstanceId) => ({InstanceId, ...why}))
  return [...(await node.readInstanceAssociations(aws, ids.slice(0, MAX_REQUESTED))), ...rest]
}

/** What must be read VPC by VPC is as unreadable as the list of VPCs. */
async function perItem<T>(
  vpcs: Reading<Vpc>,
  request: (ids: readonly string[]) => Promise<Reading<T>>,
): Promise<Reading<T>> {
  const ids = itemsOf(vpcs).map(({VpcId}) => VpcId)
  if (!isUnreadable(vpcs)) return request(ids)
  const why = whyUnreadable(vpcs)
  return ids.length === 0 ? why : join([why, await request(ids)], (item) => item)
}

const routed = (tables: Reading<RouteTable>, target: 'TransitGatewayId' | 'DestinationPrefixListId'): string[] => [
  ...new Set(itemsOf(tables).flatMap(({Routes}) => itemsOf(Routes).flatMap((route) => route[target] ?? []))),
]
