import {type Account, type Instance, isUnreadable, itemsOf} from '../model/account.ts'
import {finderIn} from '../model/joins.ts'
import {memo} from '../util/memo.ts'
import {hybridNodesLike, isInGracePeriod, pingAgeOf} from './node.ts'

/**
 * All that distinguishes one machine and its agent from another, except ids, addresses and free text: instances with
 * the same text get the same outcome. Undefined if AWS returns something for this instance only, and for a node that is
 * not online, where changes since its last ping matter.
 */
export const machineKeyOf = (account: Account, instance: Instance): string | undefined => keysIn(account)(instance)

/** What all instances of an account have in common is looked up once. */
const keysIn = memo((account: Account): ((instance: Instance) => string | undefined) => {
  const {InstanceInformationList: nodes, InstanceStatuses, InstanceImageMetadata, ConnectionStatuses} = account
  const nodeOf = finderIn(nodes, 'InstanceId')
  const statusOf = finderIn(InstanceStatuses, 'InstanceId')
  const imageOf = finderIn(InstanceImageMetadata, 'InstanceId')
  const connectionOf = finderIn(ConnectionStatuses, 'Target')
  const listedAlone = new Set(LISTS_OF_ONE.flatMap((idsIn) => idsIn(account)))
  return (instance) => {
    const {InstanceId: id, State, MetadataOptions: metadata, Operator, Platform, PlatformDetails} = instance
    const node = nodeOf(id)
    if (node?.PingStatus !== 'Online' || listedAlone.has(id)) return undefined
    if (!isUnreadable(nodes) && hybridNodesLike(nodes, instance).length > 0) return undefined
    const status = statusOf(id)
    const image = imageOf(id)?.ImageMetadata
    const state = `${State.Name} ${isInGracePeriod(account, instance)} ${pingAgeOf(account, node)}`
    const agent = `${node.AgentVersion}|${node.IsLatestVersion}|${node.AssociationStatus}|${node.IamRole}`
    const system = `${node.PlatformType}|${node.PlatformName}|${node.PlatformVersion}|${Platform}|${PlatformDetails}|${instance.InstanceType?.startsWith('mac')}`
    const options = `${metadata?.HttpEndpoint}|${metadata?.HttpTokens}|${metadata?.HttpPutResponseHopLimit}|${metadata?.State}`
    const checks = `${status === undefined}|${status?.SystemStatus?.Status}|${status?.InstanceStatus?.Status}|${status?.AttachedEbsStatus?.Status}`
    const made = `${image?.Name}|${image?.OwnerId}|${image?.ImageOwnerAlias}|${Operator?.Managed}|${Operator?.Principal}`
    return `${state}|${agent}|${system}|${options}|${runsPods(instance)}|${checks}|${made}|${connectionOf(id)?.Status}`
  }
})

/** With a metadata hop limit of 1, it matters whether containers use it. */
const runsPods = ({MetadataOptions, Tags}: Instance): boolean =>
  MetadataOptions?.HttpPutResponseHopLimit === 1 &&
  Tags.some(({Key}) => /^(?:kubernetes\.io\/cluster\/|eks:)/.test(Key ?? ''))

/** What is known about few instances, and reported separately for each. */
const LISTS_OF_ONE: readonly ((account: Account) => readonly (string | undefined)[])[] = [
  ({ConsoleOutputs}) => itemsOf(ConsoleOutputs).map(({InstanceId}) => InstanceId),
  ({CoveredResources}) => itemsOf(CoveredResources).map(({resourceId}) => resourceId),
  ({InstanceAssociations}) => itemsOf(InstanceAssociations).map(({InstanceId}) => InstanceId),
  ({ConnectionStatuses}) =>
    itemsOf(ConnectionStatuses).flatMap((status) => (isUnreadable(status) ? [status.Target] : [])),
  ({InstanceStatuses}) =>
    itemsOf(InstanceStatuses).flatMap(({InstanceId, Events = []}) => (Events.length > 0 ? [InstanceId] : [])),
  ({IamInstanceProfileAssociations}) =>
    itemsOf(IamInstanceProfileAssociations).flatMap(({InstanceId, State}) =>
      State === 'associated' ? [] : [InstanceId],
    ),
]
