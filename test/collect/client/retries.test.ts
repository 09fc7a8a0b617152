import {describe, expect, it} from 'vitest'
import {retriesOf} from '../../../src/collect/client/retries.ts'

const NETWORK_TIMEOUT = 30_000
type Failure = Parameters<ReturnType<typeof retriesOf>['refreshRetryTokenForRetry']>[1]

const throttled: Failure = {errorType: 'THROTTLING', error: new Error('Rate exceeded')}
const serverError: Failure = {errorType: 'TRANSIENT', error: new Error('InternalFailure')}
const denied: Failure = {errorType: 'CLIENT_ERROR', error: new Error('AccessDenied')}
const corrected: Failure = {
  errorType: 'TRANSIENT',
  error: Object.assign(new Error('Signature expired'), {$metadata: {clockSkewCorrected: true}}),
}
const silent = (): Failure => ({
  errorType: 'TRANSIENT',
  error: Object.assign(new Error('timed out'), {name: 'TimeoutError'}),
})

/** A service whose every attempt takes this long and fails this way. */
function aService(attempts = 12) {
  let time = 0
  const heard: number[] = []
  const retries = retriesOf(
    {throttled: attempts, networkTimeout: NETWORK_TIMEOUT},
    (attempt) => heard.push(attempt),
    () => time,
  )
  const call = async (failure: (attempt: number) => Failure | undefined, each = 0): Promise<number> => {
    let token = await retries.acquireInitialRetryToken()
    for (let attempt = 1; ; attempt++) {
      time += each
      const failed = failure(attempt)
      if (!failed) {
        retries.recordSuccess(token)
        return attempt
      }
      const next = await retries.refreshRetryTokenForRetry(token, failed).catch(() => undefined)
      if (!next) return attempt
      token = next
    }
  }
  return {call, heard, passes: (milliseconds: number) => (time += milliseconds)}
}

describe('a call', () => {
  it('that is throttled is attempted as often as allowed', async () => {
    expect(await aService(12).call(() => throttled)).toBe(12)
  })

  it('that gets server errors is attempted three times', async () => {
    expect(await aService().call(() => serverError)).toBe(3)
  })

  it('that is denied is attempted once', async () => {
    expect(await aService().call(() => denied)).toBe(1)
  })

  it('without any response is abandoned after the time limit, however long each attempt takes', async () => {
    expect(await aService().call(silent, 10_000)).toBe(3)
    expect(await aService().call(silent, 3000)).toBe(10)
  })

  it('that is throttled in between has a response, so the time limit starts again', async () => {
    expect(await aService().call((attempt) => (attempt === 2 ? throttled : silent()), 10_000)).toBe(5)
  })

  it('reports each attempt but the first', async () => {
    const {call, heard} = aService()
    await call(() => serverError)
    expect(heard).toEqual([2, 3])
  })
})

describe('a service', () => {
  it('that failed three calls in a row gets one attempt for each further call, until it answers', async () => {
    const {call} = aService()
    for (let n = 0; n < 3; n++) await call(() => serverError)
    expect(await call(() => serverError)).toBe(1)
    await call(() => undefined)
    expect(await call(() => serverError)).toBe(3)
  })

  it('that denies a call has responded', async () => {
    const {call} = aService()
    for (let n = 0; n < 3; n++) await call(() => serverError)
    await call(() => denied)
    expect(await call(() => serverError)).toBe(3)
  })

  it('is called again with the time that it reported, however often it failed', async () => {
    const {call} = aService()
    for (let n = 0; n < 3; n++) await call(() => serverError)
    expect(await call((attempt) => (attempt === 1 ? corrected : undefined))).toBe(2)
  })

  it('that did not respond gets a shorter time limit the next time', async () => {
    const {call, passes} = aService()
    await call(silent, 10_000)
    await expect(call(() => undefined)).rejects.toMatchObject({name: 'TimeoutError'})
    passes(NETWORK_TIMEOUT)
    expect(await call(() => undefined)).toBe(1)
  })
})

it('adds to the error how long it waited and how often it tried', async () => {
  const failure = silent()
  await aService().call(() => failure, 10_000)
  expect(failure.error).toMatchObject({waited: 30_000, attempts: 3})
})

it('waits longer from attempt to attempt, and even longer if AWS asks for it', async () => {
  const retries = retriesOf({throttled: 12, networkTimeout: NETWORK_TIMEOUT})
  const first = await retries.acquireInitialRetryToken()
  const soon = await retries.refreshRetryTokenForRetry(first, throttled)
  expect(soon.getRetryDelay()).toBeLessThanOrEqual(1000)
  const retryAfterHint = new Date(Date.now() + 4000)
  const asked = await retries.refreshRetryTokenForRetry(first, {...throttled, retryAfterHint})
  expect(asked.getRetryDelay()).toBeGreaterThan(3000)
})
