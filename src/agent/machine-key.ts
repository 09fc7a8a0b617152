import {
  type Account,
  type Instance,
  type InstanceImageMetadata,
  type ItemOf,
  isUnreadable,
  type Kind,
  type Reading,
} from '../model/account.ts'
import {isMac} from '../model/instance.ts'
import {launchFailureOf} from '../model/launch-failure.ts'
import {finderIn, hasWith} from '../model/lists.ts'
import type {Values} from '../util/numbering.ts'
import {createdOn} from './image.ts'
import {hybridNodesLike, isInGracePeriod, pingAgeOf} from './node.ts'
import {MINIMUMS} from './version.ts'

/**
 * All that distinguishes one machine and its agent from another, except ids, addresses and free text: instances with
 * the same values get the same outcome. Undefined if AWS returns something for this instance only.
 */
export function machineKeysIn(account: Account): (instance: Instance) => Values | undefined {
  // What all instances of an account have in common is looked up once.
  const {InstanceInformationList: nodes, InstanceStatuses, InstanceImageMetadata, ConnectionStatuses} = account
  const nodeOf = finderIn(nodes, 'InstanceId')
  const statusOf = finderIn(InstanceStatuses, 'InstanceId')
  const imageOf = finderIn(InstanceImageMetadata, 'InstanceId')
  const connectionOf = finderIn(ConnectionStatuses, 'Target')
  return (instance) => {
    const {InstanceId: id, State, MetadataOptions: metadata, Operator, Platform, PlatformDetails} = instance
    const node = nodeOf(id)
    if (LISTS_OF_ONE.some((isListed) => isListed(account, id))) return undefined
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
      launchFailureOf(instance),
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
      ...imageValues(image),
      Operator?.Managed,
      Operator?.Principal,
      connectionOf(id)?.Status,
    ]
  }
}

/** All images of one name are of the day that it names. */
const imageValues = (image: InstanceImageMetadata['ImageMetadata']): Values => [
  image?.Name,
  image?.OwnerId,
  image?.ImageOwnerAlias,
  (createdOn(image) ?? '') < MINIMUMS.hostManagement.imagesSince,
]

/** With a metadata hop limit of 1, it matters whether containers use it. */
const runsPods = ({MetadataOptions, Tags}: Instance): boolean =>
  MetadataOptions?.HttpPutResponseHopLimit === 1 &&
  Tags.some(({Key}) => /^(?:kubernetes\.io\/cluster\/|eks:)/.test(Key ?? ''))

/** What is known about few instances, and reported separately for each. */
const LISTS_OF_ONE: readonly ((account: Account, id: string) => boolean)[] = [
  listedIn('ConsoleOutputs', ({InstanceId}) => InstanceId),
  listedIn('CoveredResources', ({resourceId}) => resourceId),
  listedIn('InstanceAssociations', ({InstanceId}) => InstanceId),
  listedIn('ConnectionStatuses', (status) => (isUnreadable(status) ? status.Target : undefined)),
  listedIn('InstanceStatuses', ({InstanceId, Events = []}) => (Events.length > 0 ? InstanceId : undefined)),
  listedIn('IamInstanceProfileAssociations', ({InstanceId, State}) =>
    State === 'associated' ? undefined : InstanceId,
  ),
]

function listedIn<K extends Kind>(kind: K, idOf: (item: ItemOf<K> & object) => string | undefined) {
  const idsOf = (item: ItemOf<K> & object): readonly unknown[] => {
    const id = idOf(item)
    return id === undefined ? NONE : [id]
  }
  return (account: Account, id: string) => hasWith(account[kind] as Reading<ItemOf<K> & object>, idsOf, id)
}

const NONE: readonly never[] = []
