import {BatchGetAccountStatusCommand, Inspector2Client, ListCoverageCommand} from '@aws-sdk/client-inspector2'
import type {AccountStatus, CoveredResource, Reading, Unreadable} from '../model/account.ts'
import {inChunks} from '../util/chunks.ts'
import type {Aws} from './aws.ts'
import * as normal from './normalise.ts'
import {complete, paginate, readList, readOr, required} from './paginate.ts'

/** A filter accepts ten ids. https://docs.aws.amazon.com/inspector/v2/APIReference/API_CoverageFilterCriteria.html */
const IDS = 10

/** The Inspector coverage of the instances; `ids` undefined: of every instance in the Region. */
export const readCoveredResources = (aws: Aws, ids: readonly string[] | undefined): Promise<Reading<CoveredResource>> =>
  readList('inspector2:ListCoverage', async () => {
    const chunks = ids ? inChunks(ids, IDS) : [undefined]
    return (await Promise.all(chunks.map((chunk) => coverage(aws, chunk)))).flat()
  })

const equal = (value: string) => ({comparison: 'EQUALS', value}) as const

const coverage = (aws: Aws, ids: readonly string[] | undefined): Promise<(CoveredResource | Unreadable)[]> =>
  paginate(async (nextToken) => {
    const filterCriteria = {
      resourceType: [equal('AWS_EC2_INSTANCE')],
      ...(ids && {resourceId: ids.map(equal)}),
    }
    const answer = await aws
      .client(Inspector2Client)
      .send(new ListCoverageCommand({filterCriteria, maxResults: 200, nextToken}), aws.until)
    return {
      items: answer.coveredResources?.map(complete((one) => normal.normalized(one, ['resourceId']))),
      next: answer.nextToken,
    }
  })

/** Whether Inspector is enabled in this account and Region. */
export const readAccountStatuses = (aws: Aws): Promise<Reading<AccountStatus>> =>
  readOr('inspector2:BatchGetAccountStatus', async () => {
    const answer = await aws.client(Inspector2Client).send(new BatchGetAccountStatusCommand({}), aws.until)
    return required(answer.accounts, 'accounts').map(normal.plain)
  })
