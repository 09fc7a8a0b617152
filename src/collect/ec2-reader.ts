import {EC2Client, type Filter} from '@aws-sdk/client-ec2'
import type {Reading, Unreadable} from '../model/account.ts'
import {inChunks} from '../util/chunks.ts'
import type {Aws} from './aws.ts'
import {complete, paginate, readList} from './paginate.ts'

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

/** The answer to a command of the SDK. */
type Output<Command> = Command extends {
  resolveMiddleware: (...args: never) => (args: never) => Promise<{readonly output: infer Answer}>
}
  ? Answer
  : never

/** One item of a list in an answer. */
type ItemIn<Answer, List extends keyof Answer> =
  NonNullable<Answer[List]> extends readonly (infer Item)[] ? Item : never

interface Paged {
  readonly NextToken?: string
}

interface Paging {
  /** The most items on a page. */
  readonly MaxResults?: number
  /** The name of the parameter for filters. */
  readonly filters?: 'Filter' | 'Filters'
}

/** A reader of every item of a list, in the places that are read; it returns why, if AWS does not return them. */
export const reader =
  <Command, List extends keyof Output<Command>, T extends object | string>(
    operation: string,
    Command: new (input: object) => Command,
    list: List,
    shape: (item: ItemIn<Output<Command>, List>) => T,
    {MaxResults = 1000, filters = 'Filters'}: Paging = {},
  ) =>
  ({client, until}: Aws, where: Where): Promise<Reading<T>> => {
    const every = (Filters: Filter[] | undefined) =>
      paginate<T | Unreadable>(async (NextToken) => {
        const command = new Command({[filters]: Filters, MaxResults, NextToken})
        const answer = (await client(EC2Client).send(command as never, until)) as Output<Command> & Paged
        const items = answer[list] as readonly ItemIn<Output<Command>, List>[] | undefined
        return {items: items?.map(complete(shape)), next: answer.NextToken}
      })
    return readList(`ec2:${operation}`, () =>
      where === 'everywhere' ? every(undefined) : inFilters(where.filter, where.values, every),
    )
  }
