/** A clock, so tests need not wait. */
export interface Clock {
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
}

/** How fast one service can be called, learned from its responses and shared by all callers. */
export interface Pace {
  /** Waits for a turn and returns its time. */
  readonly acquire: () => Promise<number>
  readonly answered: () => void
  /** `turnAt` is the time of the turn: turns from before the rate was lowered show nothing new. */
  readonly throttled: (acquiredAt: number) => void
}

/** Milliseconds between two calls. */
const FIRST_GAP = 20
const LONGEST_GAP = 2000
const FREE_BELOW = 2
const SLOWER = 2
const FASTER = 0.985

/**
 * Unlimited until AWS throttles; then calls keep an interval that grows with every throttling and shrinks with every
 * response. AWS counts by account, Region and service.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export function paceOf({now, sleep}: Clock = CLOCK): Pace {
  let gap = 0
  let next = 0
  let adjustedAt = Number.NEGATIVE_INFINITY
  return {
    acquire: async () => {
      const at = Math.max(now(), next)
      next = at + gap
      if (at > now()) await sleep(at - now())
      return now()
    },
    answered: () => {
      gap = gap * FASTER < FREE_BELOW ? 0 : gap * FASTER
    },
    throttled: (acquiredAt) => {
      if (acquiredAt < adjustedAt) return
      gap = Math.min(LONGEST_GAP, Math.max(FIRST_GAP, gap * SLOWER))
      next = Math.max(next, now() + gap)
      adjustedAt = next
    },
  }
}
