import {
  type Account,
  type ConsoleOutput,
  type Context,
  type Instance,
  type InstanceInformation,
  type Item,
  isUnreadable,
  itemsOf,
  NO_HISTORY,
  type Reading,
  type Readings,
} from '../model/account.ts'
import {partitionOf} from '../model/partition.ts'
import type {Aws} from './aws.ts'
import {assertReachable, type CallerResult, readCaller} from './caller.ts'
import * as identity from './collect-identity.ts'
import * as instance from './collect-instances.ts'
import {collectNetwork} from './collect-network.ts'
import * as node from './collect-nodes.ts'
import {awaitAll, join, memoizeAsync} from './paginate.ts'

export interface CollectOptions {
  /** Ask Amazon Inspector too. */
  readonly inspector?: boolean
}

/**
 * What AWS says of some instances and their surroundings, asked once and side by side.
 * A call starts as soon as the ids it needs are known: five rounds at most, plus one for every branch that leads further.
 */
export async function collect(
  aws: Aws,
  instanceIds: readonly string[],
  {inspector = false}: CollectOptions = {},
): Promise<Account> {
  const ReadAt = new Date().toISOString()
  const ids = [...new Set(instanceIds)]
  const caller = readCaller(aws)
  const found = instance.readInstances(aws, ids)
  const listed = node.readNodes(aws, ids)
  const settings = node.readServiceSettings(aws)

  // The first round is on its way: the clients of the second load while it travels.
  void Promise.all([import('./hosted-zones.ts'), import('./resolver.ts')])
  const border = import('./validate-account.ts')

  const known = Promise.all([caller, found]).then(([who, instances]) => {
    assertReachable(aws, who, instances)
    return {context: contextOf(aws, who, ReadAt), instances: itemsOf(instances)}
  })
  const network = known.then(({context, instances}) => collectNetwork(aws, context, instances))
  const ConsoleOutputs = Promise.all([found, listed]).then(([instances, nodes]) =>
    instance.readConsoleOutputs(
      aws,
      itemsOf(instances).flatMap(({InstanceId}) => (isOnline(nodes, InstanceId) ? [] : [InstanceId])),
    ),
  )
  const ConnectionStatuses = listed.then((nodes) => node.readConnectionStatuses(aws, registered(ids, nodes)))
  const Instances = Promise.all([found, network]).then(([instances, {NatInstances}]) =>
    join([instances, NatInstances], ({InstanceId}) => InstanceId),
  )
  // A node that is online and connected was let in by everything that could refuse it.
  const simulate = Promise.all([listed, ConnectionStatuses]).then(
    ([nodes, connections]) =>
      !ids.every(
        (id) =>
          isOnline(nodes, id) &&
          connections.some((one) => one.Target === id && !isUnreadable(one) && one.Status === 'connected'),
      ),
  )
  const roles = Promise.all([known, settings]).then(([{context, instances}, setting]) =>
    collectRoles(aws, context, instances, setting, simulate),
  )
  const covered = inspector ? import('./inspector.ts') : undefined

  const {context, around, who, ...kinds} = await awaitAll({
    context: known.then((all) => all.context),
    Instances,
    InstanceStatuses: instance.readInstanceStatuses(aws, ids),
    InstanceImageMetadata: instance.readInstanceImageMetadata(aws, ids),
    IamInstanceProfileAssociations: instance.readProfileAssociations(aws, ids),
    ConsoleOutputs,
    InstanceInformationList: Promise.all([found, listed, ConsoleOutputs]).then(([instances, nodes, consoles]) =>
      withHybridNodes(aws, itemsOf(instances), nodes, consoles),
    ),
    ConnectionStatuses,
    InstanceAssociations: listed.then((nodes) =>
      node.readInstanceAssociations(
        aws,
        ids.filter((id) => inspector || statusOf(nodes, id)?.AssociationStatus === 'Failed'),
      ),
    ),
    ServiceSettings: settings,
    SessionPreferences: node.readSessionPreferences(aws),
    who: roles,
    around: network,
    CoveredResources: covered?.then(({readCoveredResources}) => readCoveredResources(aws, ids)) ?? [],
    AccountStatuses: covered?.then(({readAccountStatuses}) => readAccountStatuses(aws)) ?? [],
    ...NO_HISTORY,
  })
  const {NatInstances: _, ...rest} = around
  const {validateAccount} = await border
  return validateAccount({...context, ...kinds, ...who, ...rest})
}

export function contextOf(aws: Aws, who: CallerResult, ReadAt: string): Context {
  const Partition = isUnreadable(who) ? undefined : who.Arn?.split(':')[1]
  return {
    Partition: Partition ?? partitionOf(aws.region),
    Region: aws.region,
    ReadAt,
    ...(isUnreadable(who) ? {} : {Caller: who}),
  }
}

const statusOf = (nodes: Reading<InstanceInformation>, id: string): InstanceInformation | undefined =>
  itemsOf(nodes).find(({InstanceId}) => InstanceId === id)

const isOnline = (nodes: Reading<InstanceInformation>, id: string): boolean =>
  statusOf(nodes, id)?.PingStatus === 'Online'

/** Whoever is not known to be absent. */
const registered = (ids: readonly string[], nodes: Reading<InstanceInformation>): string[] =>
  ids.filter((id) => isUnreadable(nodes) || statusOf(nodes, id) !== undefined)

/** What the agent writes on the console once it is registered and at work. */
const AGENT_RUNS = /Amazon SSM Agent v\S+ is running/

/**
 * An agent that runs on an absent instance may be registered by hand, under another id and the same address.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html
 */
async function withHybridNodes(
  aws: Aws,
  instances: readonly Instance[],
  nodes: Reading<InstanceInformation>,
  consoles: readonly Item<ConsoleOutput, 'InstanceId'>[],
): Promise<Reading<InstanceInformation>> {
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

type Roles = Pick<Readings, 'InstanceProfiles' | 'Roles' | 'Policies' | 'PolicySimulations'>

/** The profiles of the instances, their roles, and the role that host management lends to the others. */
export async function collectRoles(
  aws: Aws,
  context: Context,
  instances: readonly Instance[],
  settings: Readings['ServiceSettings'],
  simulate: Promise<boolean>,
): Promise<Roles> {
  const policyOf = memoizeAsync((arn) => identity.readPolicy(aws, arn))
  const roleOf = memoizeAsync((arn) => identity.readRole(aws, arn, policyOf, simulate))
  const arns = [...new Set(instances.flatMap(({IamInstanceProfile}) => IamInstanceProfile?.Arn ?? []))]
  const [throughProfiles, lent] = await Promise.all([
    Promise.all(
      arns.map(async (arn) => {
        const profile = await identity.readInstanceProfile(aws, arn)
        const roles = profile === undefined || isUnreadable(profile) ? [] : profile.Roles
        return {profile, roles: await Promise.all(roles.flatMap(({Arn}) => (Arn ? [roleOf(Arn)] : [])))}
      }),
    ),
    Promise.all(hostManagementRoles(context, settings).map(roleOf)),
  ])
  const found = [...throughProfiles.flatMap(({roles}) => roles), ...lent]
  return {
    InstanceProfiles: throughProfiles.flatMap(({profile}) => profile ?? []),
    Roles: distinct(
      found.flatMap(({roles}) => roles),
      'Arn',
    ),
    Policies: distinct(
      found.flatMap(({policies}) => policies),
      'Arn',
    ),
    PolicySimulations: distinct(
      found.flatMap(({simulations}) => simulations),
      'PolicySourceArn',
    ),
  }
}

/** The setting names the role with its path and without an account; `$None` is its word for none. */
const hostManagementRoles = ({Caller, Partition}: Context, settings: Readings['ServiceSettings']): string[] =>
  Caller === undefined
    ? []
    : itemsOf(settings).flatMap(({SettingValue}) =>
        SettingValue && SettingValue !== '$None'
          ? [`arn:${Partition}:iam::${Caller.Account}:role/${SettingValue}`]
          : [],
      )

const distinct = <T, K extends keyof T>(items: readonly T[], key: K): T[] => [
  ...new Map(items.map((item) => [item[key], item])).values(),
]
