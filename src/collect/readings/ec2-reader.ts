import {EC2Client, type Filter} from '@aws-sdk/client-ec2'
import type {Kind, Reading} from '../../model/account.ts'
import {describedBy} from '../../model/kinds.ts'
import {inChunks} from '../../util/chunks.ts'
import type {Aws} from '../client/aws.ts'
import {type Command, type ItemIn, pagesOf} from '../client/calls.ts'
import {validateEnums} from '../client/enums.ts'
import {complete, readList} from '../client/paginate.ts'

/** One filter takes so many values. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html */
const VALUES = 200

/**
 * EC2 returns at most a thousand. Nodes come fifty a page and take longest; while a page of a thousand is read, no next
 * page of nodes is requested.
 */
export const PAGE_OF_MANY = 250

/** Calls once for every chunk of values, in parallel; without values there is no call. */
export async function inFilters<T>(
  name: string,
  values: readonly string[],
  request: (filters: Filter[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const parts = await Promise.all(
    inChunks([...new Set(values)], VALUES).map((Values) => request([{Name: name, Values}])),
  )
  return parts.flat()
}

/** What to read: items whose field has one of the values, or everything in the Region. */
export type Where = {readonly filter: string; readonly values: readonly string[]} | 'everywhere'

interface Paging {
  /** The IAM action, where the list is not that of the first call of a kind with its name. */
  readonly action?: string
  /** The most items on a page. */
  readonly MaxResults?: number
  /** The name of the parameter for filters. */
  readonly filters?: 'Filter' | 'Filters'
}

/** A reader of every item of a list, in the places that are read; it returns why, if AWS does not return them. */
export const reader =
  <Answer, List extends keyof Answer, T extends object | string>(
    Command: new (input: never) => Command<object, Answer>,
    list: List,
    shape: (item: ItemIn<Answer, List>) => T,
    {action = describedBy(list as Kind).calls[0]!.action, MaxResults = 1000, filters = 'Filters'}: Paging = {},
  ) =>
  (aws: Aws, where: Where): Promise<Reading<T>> => {
    const pages = pagesOf(EC2Client, Command, list, complete(shape))
    const every = (Filters: Filter[] | undefined) => pages(aws, {[filters]: Filters, MaxResults})
    return readList(action, () =>
      where === 'everywhere' ? every(undefined) : inFilters(where.filter, where.values, every),
    ).then((reading) => validateEnums(String(list), reading))
  }
