import {isObject} from '../../util/json.ts'
import {isTimeout} from './errors.ts'

/** How long, and how often, calls are retried. */
interface RetryLimits {
  /** Attempts of a call that AWS throttles. */
  readonly throttled: number
  /** Milliseconds after which a call without any response is abandoned. */
  readonly networkTimeout: number
}

type ErrorType = 'THROTTLING' | 'TRANSIENT' | 'SERVER_ERROR' | 'CLIENT_ERROR'

/** The SDK's description of a failed attempt. */
interface Failure {
  readonly errorType: ErrorType
  readonly error?: unknown
  readonly retryAfterHint?: Date
}

interface Token {
  readonly started: number
  readonly getRetryCount: () => number
  readonly getRetryDelay: () => number
}

/** The interface that the SDK expects of its option `retryStrategy`. */
export interface Retries {
  readonly acquireInitialRetryToken: () => Promise<Token>
  readonly refreshRetryTokenForRetry: (token: Token, failure: Failure) => Promise<Token>
  readonly recordSuccess: (token: Token) => void
}

/** The number of attempts of a call with server errors, or whose connection is refused. */
const FAILED = 3
/** After this many such calls in a row, the service gets one attempt for each further call. */
const MAX_LOST_CONNECTIONS = 3

/** As the SDK waits between attempts. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const FIRST_DELAY: Readonly<Partial<Record<ErrorType, number>>> = {THROTTLING: 1000, TRANSIENT: 50}
const LONGEST_DELAY = 20_000
const LONGEST_HINT = 5000

/**
 * The retries of one service in one Region. A throttled call is worth many attempts, because AWS will accept it later;
 * one that fails or gets no response is abandoned early, and calls share what earlier ones found out.
 */
export function retriesOf(
  {throttled, networkTimeout}: RetryLimits,
  retried: (attempt: number) => void = () => {},
  now: () => number = () => performance.now(),
): Retries {
  let lostConnections = 0
  let unreachableUntil = Number.NEGATIVE_INFINITY

  function mayTryAgain({errorType, error}: Failure, attempts: number, waited: number): boolean {
    if (errorType === 'THROTTLING') return attempts < throttled
    if (errorType !== 'TRANSIENT') return false
    if (isTimeout(error)) return throttled > 1 && waited < networkTimeout
    return (
      attempts < Math.min(throttled, lostConnections < MAX_LOST_CONNECTIONS || isClockCorrected(error) ? FAILED : 1)
    )
  }

  function exhausted({errorType, error}: Failure, attempts: number, waited: number): Error {
    if (isTimeout(error)) {
      unreachableUntil = now() + networkTimeout
      Object.assign(error as Error, {attempts, waited})
    }
    lostConnections = errorType === 'CLIENT_ERROR' ? 0 : lostConnections + 1
    return new Error('No more attempts.')
  }

  return {
    acquireInitialRetryToken: async () => {
      if (now() < unreachableUntil) throw timeout()
      return token(now(), 0, 0)
    },
    refreshRetryTokenForRetry: async ({started, getRetryCount}, failure) => {
      const attempts = getRetryCount() + 1
      const waited = now() - started
      if (!mayTryAgain(failure, attempts, waited)) throw exhausted(failure, attempts, waited)
      retried(attempts + 1)
      // Anything else is a response, and the time limit starts again.
      return token(isTimeout(failure.error) ? started : now(), attempts, delayOf(failure, attempts - 1))
    },
    recordSuccess: () => {
      lostConnections = 0
    },
  }
}

const token = (started: number, count: number, delay: number): Token => ({
  started,
  getRetryCount: () => count,
  getRetryDelay: () => delay,
})

function delayOf({errorType, retryAfterHint}: Failure, count: number): number {
  const delay = Math.floor(Math.random() * Math.min(LONGEST_DELAY, (FIRST_DELAY[errorType] ?? 0) * 2 ** count))
  const hint = retryAfterHint === undefined ? 0 : retryAfterHint.getTime() - Date.now()
  return Math.max(delay, Math.min(hint, delay + LONGEST_HINT))
}

/** The SDK gets the time from the response, and signs the next attempt with it. */
const isClockCorrected = (error: unknown): boolean =>
  isObject(error) && isObject(error.$metadata) && 'clockSkewCorrected' in error.$metadata

const timeout = (): Error => Object.assign(new Error('The service does not answer.'), {name: 'TimeoutError'})
