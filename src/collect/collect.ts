import {
  type Account,
  type Instance,
  type InstanceInformation,
  type ItemOf,
  isUnreadable,
  itemsOf,
  NO_HISTORY,
  notAsked,
  type Readings,
} from '../model/account.ts'
import {isHybridId} from '../model/hybrid.ts'
import {assertReachable, contextOf, readCaller} from './caller.ts'
import type {Aws} from './client/aws.ts'
import {awaitAll, join} from './client/paginate.ts'
import {collectNetwork} from './network.ts'
import {organizationReader} from './organization-reader.ts'
import * as instance from './readings/instances.ts'
import * as node from './readings/nodes.ts'
import {collectRoles} from './roles.ts'

type Nodes = Readings['InstanceInformationList']

export interface CollectOptions {
  readonly inspector?: boolean
}

/** The data of some instances and hybrid nodes; a node shares only the account with an instance. */
export async function collect(aws: Aws, ids: readonly string[], options: CollectOptions = {}): Promise<Account> {
  const hybrid = ids.filter(isHybridId)
  if (hybrid.length === 0) return collectInstances(aws, ids, options)
  const {collectHybrid, merged} = await import('./hybrid.ts')
  const ofNodes = collectHybrid(aws, [...new Set(hybrid)])
  if (hybrid.length === ids.length) return ofNodes
  const others = ids.filter((id) => !isHybridId(id))
  return merged(...(await Promise.all([collectInstances(aws, others, options), ofNodes])))
}

/**
 * The data of some instances and their network, read once and in parallel.
 * A call starts as soon as the ids it needs are known: five rounds at most, plus one for every further branch.
 */
async function collectInstances(aws: Aws, named: readonly string[], {inspector = false}: CollectOptions) {
  const ReadAt = new Date().toISOString()
  const ids = [...new Set(named)]
  const caller = readCaller(aws)
  const found = instance.readInstancesNamed(aws, ids)
  const listed = node.readNodes(aws, ids)
  const settings = node.readServiceSettings(aws)

  // The first round is in flight: the clients of the second load in the meantime.
  void Promise.all([import('./readings/hosted-zones.ts'), import('./readings/resolver.ts')])
  const validation = import('./validate-account.ts')

  const known = Promise.all([caller, found]).then(([identity, instances]) => {
    assertReachable(aws, identity, instances)
    return {context: contextOf(aws, identity, ReadAt), instances: itemsOf(instances)}
  })
  const network = known.then(({context, instances}) => collectNetwork(aws, context, instances))
  const nodes = nodeKinds(aws, ids, {found, listed, inspector})
  const Instances = Promise.all([found, network]).then(([instances, {NatInstances}]) =>
    join([instances, NatInstances], ({InstanceId}) => InstanceId),
  )
  const simulate = Promise.all([listed, nodes.ConnectionStatuses]).then(
    ([known, connections]) => !ids.every((id) => isOnline(known, id) && isConnected(connections, id)),
  )
  // If the roles fail first, nothing awaits it.
  simulate.catch(() => undefined)
  const roles = Promise.all([known, settings]).then(([{context, instances}, setting]) =>
    collectRoles(aws, context, instances, setting, simulate),
  )
  const covered = inspector ? import('./readings/inspector.ts') : undefined

  const {context, around, who, ...kinds} = await awaitAll({
    context: known.then((all) => all.context),
    Instances,
    InstanceStatuses: instance.readInstanceStatuses(aws, ids),
    IamInstanceProfileAssociations: instance.readProfileAssociations(aws, {filter: 'instance-id', values: ids}),
    ...nodes,
    ServiceSettings: settings,
    SessionPreferences: node.readSessionPreferences(aws),
    who: roles,
    Organization: Promise.all([roles, network]).then(([{Roles, Policies}, {VpcEndpoints}]) =>
      organizationReader()(aws, Roles, Policies, VpcEndpoints),
    ),
    around: network,
    CoveredResources: covered?.then(({readCoveredResources}) => readCoveredResources(aws, ids)) ?? [],
    AccountStatuses: covered?.then(({readAccountStatuses}) => readAccountStatuses(aws)) ?? [],
    ...NO_HISTORY,
  })
  const {NatInstances: _, ...rest} = around
  const {validateAccount} = await validation
  return validateAccount({...context, ...kinds, ...who, ...rest})
}

interface Found {
  readonly found: Promise<Readings['Instances']>
  readonly listed: Promise<Nodes>
  readonly inspector: boolean
}

/**
 * What Systems Manager, the console and the image show of the agents. Of an online node the console and the image show
 * nothing more than the node itself.
 */
function nodeKinds(aws: Aws, ids: readonly string[], {found, listed, inspector}: Found) {
  const offline = Promise.all([found, listed]).then(([instances, nodes]) => notOnline(instances, nodes))
  const ConsoleOutputs = offline.then((some) => instance.readConsoleOutputs(aws, some))
  return {
    ConsoleOutputs,
    InstanceImageMetadata: offline.then((values) =>
      instance.readInstanceImageMetadata(aws, {filter: 'instance-id', values}),
    ),
    ConnectionStatuses: listed.then((nodes) => node.readConnectionStatuses(aws, registered(ids, nodes))),
    InstanceInformationList: Promise.all([found, listed, ConsoleOutputs]).then(([instances, nodes, consoles]) =>
      withHybridNodes(aws, itemsOf(instances), nodes, consoles),
    ),
    InstanceAssociations: listed.then((nodes) =>
      node.readInstanceAssociations(
        aws,
        ids.filter((id) => inspector || statusOf(nodes, id)?.AssociationStatus === 'Failed'),
      ),
    ),
    ActivationList: notAsked(),
  }
}

const statusOf = (nodes: Nodes, id: string): InstanceInformation | undefined =>
  itemsOf(nodes).find(({InstanceId}) => InstanceId === id)

const isOnline = (nodes: Nodes, id: string): boolean => statusOf(nodes, id)?.PingStatus === 'Online'

const notOnline = (instances: Readings['Instances'], nodes: Nodes): string[] =>
  itemsOf(instances).flatMap(({InstanceId}) => (isOnline(nodes, InstanceId) ? [] : [InstanceId]))

/** An online node that is connected was allowed by every policy that could deny it: no simulation is needed. */
const isConnected = (connections: readonly ItemOf<'ConnectionStatuses'>[], id: string): boolean =>
  connections.some((one) => one.Target === id && !isUnreadable(one) && one.Status === 'connected')

/** All that may be registered. */
const registered = (ids: readonly string[], nodes: Nodes): string[] =>
  ids.filter((id) => isUnreadable(nodes) || statusOf(nodes, id) !== undefined)

/** What the agent logs to the console once it is registered and working. */
const AGENT_RUNS = /Amazon SSM Agent v\S+ is running/

/**
 * An agent that runs on an unregistered instance may be registered manually, under another id with the same address.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html
 */
async function withHybridNodes(
  aws: Aws,
  instances: readonly Instance[],
  nodes: Nodes,
  consoles: readonly ItemOf<'ConsoleOutputs'>[],
): Promise<Nodes> {
  if (isUnreadable(nodes)) return nodes
  const running = consoles.flatMap((one) =>
    !isUnreadable(one) && AGENT_RUNS.test(one.Output ?? '') && statusOf(nodes, one.InstanceId) === undefined
      ? [one.InstanceId]
      : [],
  )
  if (running.length === 0) return nodes
  const addresses = instances.flatMap(({InstanceId, PrivateIpAddress}) =>
    PrivateIpAddress !== undefined && running.includes(InstanceId) ? [PrivateIpAddress] : [],
  )
  const hybrid = itemsOf(await node.readHybridNodes(aws))
  return [...nodes, ...hybrid.filter(({IPAddress}) => IPAddress !== undefined && addresses.includes(IPAddress))]
}
