import {
  DescribeActivationsCommand,
  DescribeInstanceAssociationsStatusCommand,
  DescribeInstanceInformationCommand,
  GetConnectionStatusCommand,
  GetDocumentCommand,
  GetServiceSettingCommand,
  type InstanceInformationStringFilter,
  SSMClient,
} from '@aws-sdk/client-ssm'
import {
  type Activation,
  type ConnectionStatus,
  type InstanceAssociation,
  type InstanceInformation,
  type Item,
  isUnreadable,
  type Reading,
  type ServiceSetting,
  type SessionPreferences,
  type Unreadable,
  whyUnreadable,
} from '../model/account.ts'
import {HOST_MANAGEMENT_SETTING, INSTANCE_TIER, SESSION_DOCUMENT} from '../model/kinds.ts'
import {inChunks} from '../util/chunks.ts'
import type {Aws} from './aws.ts'
import {validateEnums} from './enums.ts'
import * as normal from './normalise.ts'
import {allOrUnreadable, complete, ifExists, paginate, readList, readOr, required} from './paginate.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html */
const IDS = 100

type Nodes = (InstanceInformation | Unreadable)[]

const nodesWith = (aws: Aws, Filters: InstanceInformationStringFilter[] | undefined): Promise<Nodes> =>
  paginate(async (NextToken) => {
    const answer = await aws
      .client(SSMClient)
      .send(new DescribeInstanceInformationCommand({Filters, MaxResults: 50, NextToken}), aws.until)
    return {
      items: answer.InstanceInformationList?.map(complete((node) => normal.normalized(node, ['InstanceId']))),
      next: answer.NextToken,
    }
  })

/** The managed nodes among the instances; `ids` undefined: all of the Region, hybrid ones too. */
export const readNodes = (aws: Aws, ids: readonly string[] | undefined): Promise<Reading<InstanceInformation>> =>
  readOr('ssm:DescribeInstanceInformation', async () => {
    const parts =
      ids === undefined
        ? [await nodesWith(aws, undefined)]
        : await Promise.all(inChunks(ids, IDS).map((Values) => nodesAmong(aws, Values)))
    return validateEnums('InstanceInformationList', allOrUnreadable(parts.flat()))
  })

/**
 * An id that never registered is missing from the response or invalid; both mean that it is not a managed node. AWS
 * does not return which of several ids is invalid, so each half is requested again.
 */
async function nodesAmong(aws: Aws, Values: readonly string[]): Promise<Nodes> {
  const found = await ifExists(['InvalidInstanceId'], () => nodesWith(aws, [{Key: 'InstanceIds', Values: [...Values]}]))
  if (found !== undefined) return found
  if (Values.length < 2) return []
  const middle = Math.ceil(Values.length / 2)
  const halves = [Values.slice(0, middle), Values.slice(middle)]
  return (await Promise.all(halves.map((half) => nodesAmong(aws, half)))).flat()
}

/** Whether Session Manager can reach the node. One call per node. */
export const readConnectionStatuses = (
  aws: Aws,
  ids: readonly string[],
): Promise<readonly Item<ConnectionStatus, 'Target'>[]> =>
  Promise.all(
    ids.map((Target) =>
      readOr('ssm:GetConnectionStatus', async () => {
        const {Status} = await aws.client(SSMClient).send(new GetConnectionStatusCommand({Target}), aws.until)
        const status = {Status: required(Status, 'Status')}
        const reading = validateEnums('ConnectionStatuses', [status])
        return isUnreadable(reading) ? whyUnreadable(reading) : status
      }).then((status) => ({Target, ...status})),
    ),
  )

export const readInstanceAssociations = async (
  aws: Aws,
  ids: readonly string[],
): Promise<readonly Item<InstanceAssociation, 'InstanceId'>[]> => {
  const parts = await Promise.all(
    ids.map((id) => readOr('ssm:DescribeInstanceAssociationsStatus', () => associationsOf(aws, id))),
  )
  return parts.flatMap((part, at): readonly Item<InstanceAssociation, 'InstanceId'>[] =>
    'unreadable' in part ? [{InstanceId: ids[at] ?? '', ...part}] : part,
  )
}

const associationsOf = (aws: Aws, InstanceId: string): Promise<InstanceAssociation[]> =>
  paginate(async (NextToken) => {
    const answer = await aws
      .client(SSMClient)
      .send(new DescribeInstanceAssociationsStatusCommand({InstanceId, MaxResults: 50, NextToken}), aws.until)
    return {
      items: answer.InstanceAssociationStatusInfos?.map((one) => ({...normal.normalized(one, []), InstanceId})),
      next: answer.NextToken,
    }
  })

/** How hybrid nodes are registered; `ids` undefined: all of the Region. */
export const readActivations = (aws: Aws, ids: readonly string[] | undefined): Promise<Reading<Activation>> =>
  readList('ssm:DescribeActivations', async () => {
    const filterValues = ids === undefined ? [undefined] : inChunks(ids, ACTIVATIONS)
    const parts = await Promise.all(filterValues.map((FilterValues) => activationsWith(aws, FilterValues)))
    return parts.flat()
  })

/**
 * A filter accepts no more values than a page has items.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeActivations.html
 */
const ACTIVATIONS = 50

const activationsWith = (aws: Aws, FilterValues: string[] | undefined): Promise<(Activation | Unreadable)[]> =>
  paginate(async (NextToken) => {
    const Filters = FilterValues && [{FilterKey: 'ActivationIds' as const, FilterValues}]
    const answer = await aws
      .client(SSMClient)
      .send(new DescribeActivationsCommand({Filters, MaxResults: 50, NextToken}), aws.until)
    return {
      items: answer.ActivationList?.map(complete((one) => normal.normalized(one, ['ActivationId']))),
      next: answer.NextToken,
    }
  })

/**
 * On which tier hybrid nodes are:
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-configure-instance-tiers.html
 */
export const readInstanceTier = (aws: Aws): Promise<Reading<ServiceSetting>> => readSetting(aws, INSTANCE_TIER)

export const readServiceSettings = (aws: Aws): Promise<Reading<ServiceSetting>> =>
  readSetting(aws, HOST_MANAGEMENT_SETTING)

const readSetting = (aws: Aws, SettingId: string): Promise<Reading<ServiceSetting>> =>
  readOr('ssm:GetServiceSetting', async () => {
    const answer = await ifExists(['ServiceSettingNotFound'], () =>
      aws.client(SSMClient).send(new GetServiceSettingCommand({SettingId}), aws.until),
    )
    return answer ? [normal.normalized(required(answer.ServiceSetting, 'ServiceSetting'), ['SettingId'])] : []
  })

/** The preferences exist only after they were saved; until then AWS returns that the document is invalid. */
export const readSessionPreferences = (aws: Aws): Promise<Reading<SessionPreferences>> =>
  readOr('ssm:GetDocument', async () => {
    const answer = await ifExists(['InvalidDocument'], () =>
      aws.client(SSMClient).send(new GetDocumentCommand({Name: SESSION_DOCUMENT}), aws.until),
    )
    return answer ? preferencesIn(required(answer.Content, 'Content')) : []
  })

function preferencesIn(content: string): Reading<SessionPreferences> {
  try {
    const found: unknown = JSON.parse(content)
    return typeof found === 'object' && found !== null ? [found] : {unreadable: `${SESSION_DOCUMENT} is not an object`}
  } catch {
    return {unreadable: `${SESSION_DOCUMENT} is not JSON`}
  }
}

/**
 * Nodes that were registered manually, first page only: an instance among them has a second identity, and a fleet of
 * thousands is not worth the time.
 */
export const readHybridNodes = (aws: Aws): Promise<Reading<InstanceInformation>> =>
  readList('ssm:DescribeInstanceInformation', async () => {
    const Filters = [{Key: 'ResourceType', Values: ['ManagedInstance']}]
    const answer = await aws
      .client(SSMClient)
      .send(new DescribeInstanceInformationCommand({Filters, MaxResults: 50}), aws.until)
    return required(answer.InstanceInformationList, 'list').map(
      complete((node) => normal.normalized(node, ['InstanceId'])),
    )
  })
