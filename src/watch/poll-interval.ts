/** Pauses that grow while nothing happens. */
interface PollInterval {
  readonly first: number
  readonly growth: number
  readonly most: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND

/** A poll of the registration is one or two calls; a user at work wants to see the effect soon. */
export const POLL_INTERVALS: PollInterval = {first: 10 * SECOND, growth: 1.5, most: MINUTE}

/**
 * An examination is some forty calls. Once a minute uses a thousandth of what EC2 refills in that time.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export const EXAMINATION_INTERVALS: PollInterval = {first: MINUTE, growth: 1.5, most: 5 * MINUTE}

/** While AWS does not respond, or throttles, the pauses are longer. */
export const RETRY_INTERVALS: PollInterval = {first: 20 * SECOND, growth: 2, most: 5 * MINUTE}

/** How long to wait after this many polls in a row without a change. */
export const pauseAfter = (polls: number, {first, growth, most}: PollInterval): number =>
  Math.min(most, Math.round(first * growth ** polls))
