import {describe, expect, it} from 'vitest'
import {isThrottling} from '../../../src/collect/client/errors.ts'
import {paceOf} from '../../../src/collect/client/rate-limiter.ts'

/** A clock that advances as soon as all workers wait. */
function pretendClock() {
  let time = 0
  const sleepers: {readonly until: number; readonly wake: () => void}[] = []
  const settle = () => new Promise((next) => setImmediate(next))
  return {
    now: () => time,
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => {
        sleepers.push({until: time + milliseconds, wake})
      }),
    during: async (work: Promise<unknown>): Promise<number> => {
      let done = false
      void work.then(() => {
        done = true
      })
      for (;;) {
        await settle()
        if (done) return time
        sleepers.sort((a, b) => a.until - b.until)
        const first = sleepers.shift()
        if (!first) continue
        time = Math.max(time, first.until)
        first.wake()
      }
    },
  }
}

/** A service that accepts a burst of a hundred calls and this many a second after that, and answers after 50 ms. */
function service(clock: ReturnType<typeof pretendClock>, perSecond: number) {
  let tokens = 100
  let last = 0
  return async (): Promise<boolean> => {
    tokens = Math.min(100, tokens + ((clock.now() - last) / 1000) * perSecond)
    last = clock.now()
    const takes = tokens >= 1
    if (takes) tokens -= 1
    await clock.sleep(50)
    return takes
  }
}

async function asked(calls: number, workers: number, perSecond: number) {
  const clock = pretendClock()
  const [pace, ask] = [paceOf(clock), service(clock, perSecond)]
  let [left, throttled] = [calls, 0]
  const work = async () => {
    while (left > 0) {
      left -= 1
      const at = await pace.acquire()
      if (await ask()) pace.answered()
      else {
        throttled += 1
        left += 1
        pace.throttled(at)
      }
    }
  }
  const took = await clock.during(Promise.all(Array.from({length: workers}, work)))
  return {took, throttled}
}

describe('the rate limit of a service', () => {
  it('is unlimited while nothing throttles', async () => {
    expect((await asked(90, 30, 20)).took).toBe(150)
  })

  it('adapts to the rate of the service, with few throttled calls and hardly slower than that', async () => {
    const {took, throttled} = await asked(1000, 16, 20)
    const most = ((1000 - 100) / 20) * 1000
    expect(took).toBeLessThan(1.1 * most)
    // Without a limit, sixteen workers would call 320 times a second, and fifteen of sixteen calls would be throttled.
    expect(throttled).toBeLessThan(200)
  })

  it('is lowered once for calls that were in flight together', async () => {
    const waited: number[] = []
    const pace = paceOf({
      now: () => 1000,
      sleep: async (milliseconds) => {
        waited.push(milliseconds)
      },
    })
    const inFlight = await Promise.all(Array.from({length: 20}, pace.acquire))
    for (const at of inFlight) pace.throttled(at - 500)
    await pace.acquire()
    await pace.acquire()
    expect(waited).toEqual([20, 40])
  })
})

it.each([
  [{name: 'ThrottlingException'}],
  [{name: 'RequestLimitExceeded'}],
  [{name: 'Unknown', Code: 'Throttling'}],
  [{name: 'Unknown', $metadata: {httpStatusCode: 429}}],
])('%j is a throttling', (error) => {
  expect(isThrottling(error)).toBe(true)
})

it.each([[{name: 'AccessDenied', $metadata: {httpStatusCode: 403}}], [undefined], ['Throttling']])(
  '%j is none',
  (error) => {
    expect(isThrottling(error)).toBe(false)
  },
)
