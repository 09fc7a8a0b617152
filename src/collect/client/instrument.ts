import {remembered} from '../../util/memo.ts'
import type {Aws} from './aws.ts'
import {isThrottling} from './errors.ts'
import {type Pace, paceOf} from './rate-limiter.ts'

/** How many calls went to AWS, and how many of them were throttled. */
export interface CallCount {
  calls: number
  throttled: number
}

/** The rate limiter of each service, by account. */
type Paces = (key: string) => Pace

export const sharedPaces = (): Paces => remembered(() => paceOf())

/** One for all Regions of an account, like the limits of AWS. */
const GLOBAL: ReadonlySet<string> = new Set(['IAMClient', 'OrganizationsClient', 'Route53Client'])

/** The same clients, whose calls are counted and share a rate limiter with other clients of the same account. */
export function counted(aws: Aws, count: CallCount, paces: Paces = sharedPaces(), account = ''): Aws {
  const seen = new WeakSet<object>()
  return {
    ...aws,
    client: (Client) => {
      const client = aws.client(Client)
      if (!seen.has(client)) client.middlewareStack.use(counting(count, (name) => paces(keyOf(account, name, aws))))
      seen.add(client)
      return client
    },
    inRegion: (region) => counted(aws.inRegion(region), count, paces, account),
  }
}

const keyOf = (account: string, client: string, {region}: Aws): string =>
  `${account} ${client} ${GLOBAL.has(client) ? 'everywhere' : region}`

type Next = (args: unknown) => Promise<unknown>

/** Runs after the retry middleware, so every attempt waits for its turn and is counted. */
const counting = (count: CallCount, paceFor: (client: string) => Pace) => ({
  applyToStack(stack: {add(step: unknown, options: object): void}) {
    const step =
      (next: Next, {clientName = ''}: {readonly clientName?: string}) =>
      async (args: unknown) => {
        const pace = paceFor(clientName)
        const acquiredAt = await pace.acquire()
        count.calls += 1
        try {
          const answer = await next(args)
          pace.answered()
          return answer
        } catch (error) {
          if (isThrottling(error)) {
            count.throttled += 1
            pace.throttled(acquiredAt)
          }
          throw error
        }
      }
    stack.add(step, {step: 'finalizeRequest', priority: 'low', name: 'keepPace', override: true})
  },
})
