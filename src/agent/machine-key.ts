import {type Account, type Instance, type ItemOf, isUnreadable, type Reading} from '../model/account.ts'
import {allWith, find, type IndexKey} from '../model/joins.ts'
import {hybridNodesLike, isInGracePeriod, nodeOf, pingAgeOf} from './node.ts'

/**
 * All that distinguishes one machine and its agent from another, except ids, addresses and free text: instances with
 * the same text get the same outcome. Undefined if AWS returns something for this instance only, and for a node that is
 * not online, where changes since its last ping matter.
 */
export function machineKeyOf(account: Account, instance: Instance): string | undefined {
  const {InstanceId: id, State, MetadataOptions: metadata, Operator, Platform, PlatformDetails} = instance
  const node = nodeOf(account, instance)
  if (node?.PingStatus !== 'Online' || LISTS_OF_ONE.some((isListed) => isListed(account, id))) return undefined
  if (
    !isUnreadable(account.InstanceInformationList) &&
    hybridNodesLike(account.InstanceInformationList, instance).length > 0
  )
    return undefined
  const status = find(account.InstanceStatuses, 'InstanceId', id)
  const image = find(account.InstanceImageMetadata, 'InstanceId', id)?.ImageMetadata
  const state = `${State.Name} ${isInGracePeriod(account, instance)} ${pingAgeOf(account, node)}`
  const agent = `${node.AgentVersion}|${node.IsLatestVersion}|${node.AssociationStatus}|${node.IamRole}`
  const system = `${node.PlatformType}|${node.PlatformName}|${node.PlatformVersion}|${Platform}|${PlatformDetails}|${instance.InstanceType?.startsWith('mac')}`
  const options = `${metadata?.HttpEndpoint}|${metadata?.HttpTokens}|${metadata?.HttpPutResponseHopLimit}|${metadata?.State}`
  const checks = `${status === undefined}|${status?.SystemStatus?.Status}|${status?.InstanceStatus?.Status}|${status?.AttachedEbsStatus?.Status}`
  const made = `${image?.Name}|${image?.OwnerId}|${image?.ImageOwnerAlias}|${Operator?.Managed}|${Operator?.Principal}`
  const connection = find(account.ConnectionStatuses, 'Target', id)?.Status
  return `${state}|${agent}|${system}|${options}|${runsPods(instance)}|${checks}|${made}|${connection}`
}

/** With a metadata hop limit of 1, it matters whether containers use it. */
const runsPods = ({MetadataOptions, Tags}: Instance): boolean =>
  MetadataOptions?.HttpPutResponseHopLimit === 1 &&
  Tags.some(({Key}) => /^(?:kubernetes\.io\/cluster\/|eks:)/.test(Key ?? ''))

type IsListed = (account: Account, id: string) => boolean

/** What is known about few instances, and reported separately for each. */
const LISTS_OF_ONE: readonly IsListed[] = [
  (account, id) => has(account.ConsoleOutputs, 'InstanceId', id),
  (account, id) => has(account.CoveredResources, 'resourceId', id),
  (account, id) => has(account.InstanceAssociations, 'InstanceId', id),
  (account, id) => has(account.ConnectionStatuses, targetUnread, id),
  (account, id) => has(account.InstanceStatuses, ofEvents, id),
  (account, id) => has(account.IamInstanceProfileAssociations, ofUnsettled, id),
]

const has = <T extends object>(reading: Reading<T>, by: IndexKey<T>, id: string): boolean =>
  allWith(reading, by, id).length > 0

const targetUnread = (status: ItemOf<'ConnectionStatuses'>) => (isUnreadable(status) ? [status.Target] : [])
const ofEvents = ({InstanceId, Events = []}: ItemOf<'InstanceStatuses'>) => (Events.length > 0 ? [InstanceId] : [])
const ofUnsettled = ({InstanceId, State}: ItemOf<'IamInstanceProfileAssociations'>) =>
  State === 'associated' ? [] : [InstanceId]
