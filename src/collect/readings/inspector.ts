import {BatchGetAccountStatusCommand, Inspector2Client, ListCoverageCommand} from '@aws-sdk/client-inspector2'
import type {Readings} from '../../model/account.ts'
import {inChunks} from '../../util/chunks.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import * as normal from '../client/normalize.ts'
import {complete, readList, readOr, required} from '../client/paginate.ts'

/** A filter accepts ten ids. https://docs.aws.amazon.com/inspector/v2/APIReference/API_CoverageFilterCriteria.html */
const IDS = 10

/** The Inspector coverage of the instances; `ids` undefined: of every instance in the Region. */
export const readCoveredResources = (
  aws: Aws,
  ids: readonly string[] | undefined,
): Promise<Readings['CoveredResources']> =>
  readList('inspector2:ListCoverage', async () => {
    const chunks = ids ? inChunks(ids, IDS) : [undefined]
    const parts = chunks.map((chunk) => coverage(aws, {filterCriteria: filterFor(chunk), maxResults: 200}))
    return (await Promise.all(parts)).flat()
  })

const equal = (value: string) => ({comparison: 'EQUALS', value}) as const

const filterFor = (ids: readonly string[] | undefined) => ({
  resourceType: [equal('AWS_EC2_INSTANCE')],
  ...(ids && {resourceId: ids.map(equal)}),
})

const coverage = pagesOf(
  Inspector2Client,
  ListCoverageCommand,
  'coveredResources',
  complete(normal.withIds('resourceId')),
  'nextToken',
)

/** Whether Inspector is enabled in this account and Region. */
export const readAccountStatuses = (aws: Aws): Promise<Readings['AccountStatuses']> =>
  readOr('inspector2:BatchGetAccountStatus', async () => {
    const answer = await send(aws, Inspector2Client, new BatchGetAccountStatusCommand({}))
    return required(answer.accounts, 'accounts').map(normal.plain)
  })
