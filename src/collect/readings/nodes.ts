import {
  DescribeActivationsCommand,
  DescribeInstanceAssociationsStatusCommand,
  DescribeInstanceInformationCommand,
  GetConnectionStatusCommand,
  GetDocumentCommand,
  GetServiceSettingCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import {
  type InstanceInformation,
  type ItemOf,
  isUnreadable,
  type Readings,
  type Unreadable,
  whyUnreadable,
} from '../../model/account.ts'
import {HOST_MANAGEMENT_SETTING, INSTANCE_TIER, SESSION_DOCUMENT} from '../../model/kinds.ts'
import {inChunks} from '../../util/chunks.ts'
import {parsedJson} from '../../util/json.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import {validateEnums} from '../client/enums.ts'
import * as normal from '../client/normalize.ts'
import {allOrUnreadable, complete, ifExists, readList, readOr, required} from '../client/paginate.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html */
const IDS = 100
const PAGE = {MaxResults: 50}

/** Undefined: all of the Region, hybrid nodes too. */
type Ids = readonly string[] | undefined
type Nodes = (InstanceInformation | Unreadable)[]
type ConnectionStatuses = readonly ItemOf<'ConnectionStatuses'>[]
type InstanceAssociations = readonly ItemOf<'InstanceAssociations'>[]
type Settings = Readings['ServiceSettings']

const withId = complete(normal.withIds('InstanceId'))

const nodesWith = pagesOf(SSMClient, DescribeInstanceInformationCommand, 'InstanceInformationList', withId)

/** The managed nodes among the instances. */
export const readNodes = (aws: Aws, ids: Ids): Promise<Readings['InstanceInformationList']> =>
  readOr('ssm:DescribeInstanceInformation', async () => {
    const parts =
      ids === undefined
        ? [await nodesWith(aws, PAGE)]
        : await Promise.all(inChunks(ids, IDS).map((Values) => nodesAmong(aws, Values)))
    return validateEnums('InstanceInformationList', allOrUnreadable(parts.flat()))
  })

/**
 * An id that never registered is missing from the response or invalid; both mean that it is not a managed node. AWS
 * does not return which of several ids is invalid, so each half is requested again.
 */
async function nodesAmong(aws: Aws, Values: readonly string[]): Promise<Nodes> {
  const Filters = [{Key: 'InstanceIds', Values: [...Values]}]
  const found = await ifExists(['InvalidInstanceId'], () => nodesWith(aws, {Filters, ...PAGE}))
  if (found !== undefined) return found
  if (Values.length < 2) return []
  const middle = Math.ceil(Values.length / 2)
  const halves = [Values.slice(0, middle), Values.slice(middle)]
  return (await Promise.all(halves.map((half) => nodesAmong(aws, half)))).flat()
}

/** Whether Session Manager can reach the node. One call per node. */
export const readConnectionStatuses = (aws: Aws, ids: readonly string[]): Promise<ConnectionStatuses> =>
  Promise.all(
    ids.map((Target) =>
      readOr('ssm:GetConnectionStatus', async () => {
        const {Status} = await send(aws, SSMClient, new GetConnectionStatusCommand({Target}))
        const status = {Status: required(Status, 'Status')}
        const reading = validateEnums('ConnectionStatuses', [status])
        return isUnreadable(reading) ? whyUnreadable(reading) : status
      }).then((status) => ({Target, ...status})),
    ),
  )

export const readInstanceAssociations = async (aws: Aws, ids: readonly string[]): Promise<InstanceAssociations> => {
  const parts = await Promise.all(
    ids.map(async (InstanceId) => {
      const part = await readOr('ssm:DescribeInstanceAssociationsStatus', () => statuses(aws, {InstanceId, ...PAGE}))
      return isUnreadable(part) ? [{InstanceId, ...part}] : part.map((one) => ({...one, InstanceId}))
    }),
  )
  return parts.flat()
}

const statuses = pagesOf(
  SSMClient,
  DescribeInstanceAssociationsStatusCommand,
  'InstanceAssociationStatusInfos',
  normal.plain,
)

/** How hybrid nodes are registered. */
export const readActivations = (aws: Aws, ids: Ids): Promise<Readings['ActivationList']> =>
  readList('ssm:DescribeActivations', async () => {
    if (ids === undefined) return activationPages(aws, PAGE)
    const of = (FilterValues: string[]) =>
      activationPages(aws, {Filters: [{FilterKey: 'ActivationIds', FilterValues}], ...PAGE})
    return (await Promise.all(inChunks(ids, ACTIVATIONS).map(of))).flat()
  })

/**
 * A filter accepts no more values than a page has items.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeActivations.html
 */
const ACTIVATIONS = 50

const activationPages = pagesOf(
  SSMClient,
  DescribeActivationsCommand,
  'ActivationList',
  complete(normal.withIds('ActivationId')),
)

/**
 * On which tier hybrid nodes are:
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-configure-instance-tiers.html
 */
export const readInstanceTier = (aws: Aws): Promise<Settings> => readSetting(aws, INSTANCE_TIER)

export const readServiceSettings = (aws: Aws): Promise<Settings> => readSetting(aws, HOST_MANAGEMENT_SETTING)

const readSetting = (aws: Aws, SettingId: string): Promise<Settings> =>
  readOr('ssm:GetServiceSetting', async () => {
    const answer = await ifExists(['ServiceSettingNotFound'], () =>
      send(aws, SSMClient, new GetServiceSettingCommand({SettingId})),
    )
    return answer ? [normal.normalized(required(answer.ServiceSetting, 'ServiceSetting'), ['SettingId'])] : []
  })

/** The preferences exist only after they were saved; until then AWS returns that the document is invalid. */
export const readSessionPreferences = (aws: Aws): Promise<Readings['SessionPreferences']> =>
  readOr('ssm:GetDocument', async () => {
    const answer = await ifExists(['InvalidDocument'], () =>
      send(aws, SSMClient, new GetDocumentCommand({Name: SESSION_DOCUMENT})),
    )
    return answer ? preferencesIn(required(answer.Content, 'Content')) : []
  })

function preferencesIn(content: string): Readings['SessionPreferences'] {
  const found = parsedJson(content)
  if (found === undefined) return {unreadable: `${SESSION_DOCUMENT} is not JSON`}
  return typeof found === 'object' && found !== null ? [found] : {unreadable: `${SESSION_DOCUMENT} is not an object`}
}

/**
 * Nodes that were registered manually, first page only: an instance among them has a second identity, and a fleet of
 * thousands is not worth the time.
 */
export const readHybridNodes = (aws: Aws): Promise<Readings['InstanceInformationList']> =>
  readList('ssm:DescribeInstanceInformation', async () => {
    const Filters = [{Key: 'ResourceType', Values: ['ManagedInstance']}]
    const answer = await send(aws, SSMClient, new DescribeInstanceInformationCommand({Filters, ...PAGE}))
    return required(answer.InstanceInformationList, 'list').map(withId)
  })
