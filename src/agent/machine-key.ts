import {
  type Account,
  type Instance,
  type ItemOf,
  isUnreadable,
  itemsOf,
  type Kind,
  type Reading,
} from '../model/account.ts'
import {isMac} from '../model/instance.ts'
import {finderIn} from '../model/lists.ts'
import {memo} from '../util/memo.ts'
import type {Values} from '../util/numbering.ts'
import {hybridNodesLike, isInGracePeriod, pingAgeOf} from './node.ts'

/**
 * All that distinguishes one machine and its agent from another, except ids, addresses and free text: instances with
 * the same values get the same outcome. Undefined if AWS returns something for this instance only.
 */
export const machineKeyOf = (account: Account, instance: Instance): Values | undefined => keysIn(account)(instance)

/** What all instances of an account have in common is looked up once. */
const keysIn = memo((account: Account): ((instance: Instance) => Values | undefined) => {
  const {InstanceInformationList: nodes, InstanceStatuses, InstanceImageMetadata, ConnectionStatuses} = account
  const nodeOf = finderIn(nodes, 'InstanceId')
  const statusOf = finderIn(InstanceStatuses, 'InstanceId')
  const imageOf = finderIn(InstanceImageMetadata, 'InstanceId')
  const connectionOf = finderIn(ConnectionStatuses, 'Target')
  const lists = LISTS_OF_ONE.map((idsOf) => idsOf(account)).filter(({size}) => size > 0)
  return (instance) => {
    const {InstanceId: id, State, MetadataOptions: metadata, Operator, Platform, PlatformDetails} = instance
    const node = nodeOf(id)
    if (lists.some((ids) => ids.has(id))) return undefined
    if (!isUnreadable(nodes) && hybridNodesLike(nodes, instance).length > 0) return undefined
    const status = statusOf(id)
    const image = imageOf(id)?.ImageMetadata
    return [
      node?.AgentVersion,
      node === undefined,
      node?.PingStatus,
      node && pingAgeOf(account, node),
      node?.IsLatestVersion,
      node?.AssociationStatus,
      node?.IamRole,
      State.Name,
      isInGracePeriod(account, instance),
      node?.PlatformType,
      node?.PlatformName,
      node?.PlatformVersion,
      Platform,
      PlatformDetails,
      isMac(instance),
      metadata?.HttpEndpoint,
      metadata?.HttpTokens,
      metadata?.HttpPutResponseHopLimit,
      metadata?.State,
      runsPods(instance),
      status === undefined,
      status?.SystemStatus?.Status,
      status?.InstanceStatus?.Status,
      status?.AttachedEbsStatus?.Status,
      image?.Name,
      image?.OwnerId,
      image?.ImageOwnerAlias,
      Operator?.Managed,
      Operator?.Principal,
      connectionOf(id)?.Status,
    ]
  }
})

/** With a metadata hop limit of 1, it matters whether containers use it. */
const runsPods = ({MetadataOptions, Tags}: Instance): boolean =>
  MetadataOptions?.HttpPutResponseHopLimit === 1 &&
  Tags.some(({Key}) => /^(?:kubernetes\.io\/cluster\/|eks:)/.test(Key ?? ''))

/** What is known about few instances, and reported separately for each: their ids, by list. */
const LISTS_OF_ONE: readonly ((account: Account) => ReadonlySet<string | undefined>)[] = [
  idsIn('ConsoleOutputs', ({InstanceId}) => InstanceId),
  idsIn('CoveredResources', ({resourceId}) => resourceId),
  idsIn('InstanceAssociations', ({InstanceId}) => InstanceId),
  idsIn('ConnectionStatuses', (status) => (isUnreadable(status) ? status.Target : undefined)),
  idsIn('InstanceStatuses', ({InstanceId, Events = []}) => (Events.length > 0 ? InstanceId : undefined)),
  idsIn('IamInstanceProfileAssociations', ({InstanceId, State}) => (State === 'associated' ? undefined : InstanceId)),
]

function idsIn<K extends Kind>(kind: K, idOf: (item: ItemOf<K>) => string | undefined) {
  const idsOf = memo((items: readonly ItemOf<K>[]): ReadonlySet<string | undefined> => {
    const ids = new Set(items.map(idOf))
    ids.delete(undefined)
    return ids
  })
  return (account: Account) => idsOf(itemsOf(account[kind] as Reading<ItemOf<K>>))
}
