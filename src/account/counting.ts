import type {Aws} from './aws.ts'

/** How many calls went to AWS, and how many of them it asked to slow down. */
export interface CallCount {
  calls: number
  throttled: number
}

interface Answer {
  readonly output?: {readonly $metadata?: {readonly attempts?: number}}
}

/** The same eyes, whose calls are counted: an attempt that has to be repeated was throttled, or failed on the way. */
export function counted(aws: Aws, count: CallCount): Aws {
  const seen = new WeakSet<object>()
  return {
    ...aws,
    client: (Client) => {
      const client = aws.client(Client)
      if (!seen.has(client)) client.middlewareStack.use(counting(count))
      seen.add(client)
      return client
    },
    inRegion: (region) => counted(aws.inRegion(region), count),
  }
}

const counting = (count: CallCount) => ({
  applyToStack(stack: {add(step: unknown, options: object): void}) {
    const step = (next: (args: unknown) => Promise<Answer>) => async (args: unknown) => {
      try {
        const answer = await next(args)
        add(count, answer.output?.$metadata?.attempts)
        return answer
      } catch (error) {
        add(count, attemptsOf(error))
        throw error
      }
    }
    stack.add(step, {step: 'initialize', priority: 'low', name: 'countCalls', override: true})
  },
})

function add(count: CallCount, attempts = 1): void {
  count.calls += attempts
  count.throttled += attempts - 1
}

const attemptsOf = (error: unknown): number | undefined => {
  const metadata: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, '$metadata') : undefined
  const attempts: unknown = typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'attempts') : 0
  return typeof attempts === 'number' && attempts > 0 ? attempts : undefined
}
