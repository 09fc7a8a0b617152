import {codeOf} from '../../util/error-code.ts'
import type {Aws} from './aws.ts'
import {accessError, messageOf, NOT_A_URL, noAnswer} from './errors.ts'
import {paginate} from './paginate.ts'

type Client = Parameters<Aws['client']>[0]

/** A command of the SDK, by its parameters and what AWS answers to it. */
export interface Command<Input, Answer> {
  readonly input: Input
  readonly resolveMiddleware: (...args: never) => (args: never) => Promise<{readonly output: Answer}>
}

/** One call. An endpoint that is no URL, or contradicts another setting, is a mistake in the settings of this machine. */
export async function send<Answer>(aws: Aws, Client: Client, command: Command<unknown, Answer>): Promise<Answer> {
  try {
    return (await aws.client(Client).send(command as never, aws.until)) as Answer
  } catch (error) {
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
    if (error instanceof Error && error.name === 'EndpointError')
      throw accessError(
        `${messageOf(error)}; see AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT and AWS_ENDPOINT_URL, or these settings of the profile.`,
        error,
      )
    if (codeOf(error) !== 'ERR_INVALID_URL') throw error
    throw accessError(NOT_A_URL, error)
  }
}

/** The parameter, and the field of the answer, that names the next page. */
type Token = 'NextToken' | 'nextToken' | 'Marker'

export type ItemIn<Answer, List extends keyof Answer> =
  NonNullable<Answer[List]> extends readonly (infer Item)[] ? Item : never

/** A reader of a list that AWS returns page by page, with each item in another shape. */
export const pagesOf =
  <Input, Answer, List extends keyof Answer, T = ItemIn<Answer, List>>(
    Client: Client,
    Command: new (input: never) => Command<Input, Answer>,
    list: List,
    shape: (item: ItemIn<Answer, List>) => T = (item) => item as T,
    token: Token = 'NextToken',
  ) =>
  (aws: Aws, input: Omit<Input, Token>): Promise<T[]> =>
    paginate(async (next) => {
      const answer = await send(aws, Client, new Command({...input, [token]: next} as never))
      const items = answer[list] as readonly ItemIn<Answer, List>[] | null | undefined
      if (items && !Array.isArray(items)) throw noAnswer(`${String(list)} of the answer is not a list`)
      if (items?.includes(null as never)) throw noAnswer(`${String(list)} of the answer has an empty item`)
      return {items: items?.map(shape), next: Reflect.get(answer as object, token) as string | undefined}
    })
