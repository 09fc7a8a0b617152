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
import {finderIn, memberTestIn} from '../model/lists.ts'
import type {Values} from '../util/numbering.ts'
import {createdOn} from './image.ts'
import {hybridNodesLike, isInGracePeriod, pingAgeOf} from './node.ts'
import {MINIMUMS} from './version.ts'

/**
 * All that distinguishes one machine and its agent from another, except ids, addresses and free text: instances with
 * the same values get the same outcome. Undefined if AWS returns something for this instance only. What all instances
 * of an account have in common is looked up once.
 */
export function machineKeysIn(account: Account): (instance: Instance) => Values | undefined {
  const nodeOf = finderIn(account.InstanceInformationList, 'InstanceId')
  const statusOf = finderIn(account.InstanceStatuses, 'InstanceId')
  const imageOf = finderIn(account.InstanceImageMetadata, 'InstanceId')
  const connectionOf = finderIn(account.ConnectionStatuses, 'Target')
  const isUnlikeOthers = unlikeOthersIn(account)
  return (instance) => {
    const {InstanceId: id, State, MetadataOptions: metadata, Operator, Platform, PlatformDetails} = instance
    const node = nodeOf(id)
    if (isUnlikeOthers(instance)) return undefined
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
      image?.Name,
      image?.OwnerId,
      image?.ImageOwnerAlias,
      isBeforeHostManagement(image),
      Operator?.Managed,
      Operator?.Principal,
      connectionOf(id)?.Status,
    ]
  }
}

/** All images of one name are of the day that it names. */
const isBeforeHostManagement = (image: InstanceImageMetadata['ImageMetadata']): boolean =>
  (createdOn(image) ?? '') < MINIMUMS.hostManagement.imagesSince

/** With a metadata hop limit of 1, it matters whether containers use it. */
const runsPods = ({MetadataOptions, Tags}: Instance): boolean =>
  MetadataOptions?.HttpPutResponseHopLimit === 1 &&
  Tags.some(({Key}) => /^(?:kubernetes\.io\/cluster\/|eks:)/.test(Key ?? ''))

/** Whether something is known about few instances, and reported separately for each: in a list, or a hybrid node. */
function unlikeOthersIn(account: Account): (instance: Instance) => boolean {
  const nodes = account.InstanceInformationList
  const lists = LISTS_OF_ONE.map((listIn) => listIn(account))
  return (instance) =>
    lists.some((isListed) => isListed(instance.InstanceId)) ||
    (!isUnreadable(nodes) && hybridNodesLike(nodes, instance).length > 0)
}

const LISTS_OF_ONE: readonly ((account: Account) => (id: string) => boolean)[] = [
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
  return (account: Account) => memberTestIn(account[kind] as Reading<ItemOf<K> & object>, idsOf)
}

const NONE: readonly never[] = []
