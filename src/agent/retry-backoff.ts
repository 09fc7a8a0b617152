interface Sleep {
  /** The longest time the agent waits before it retries. */
  readonly minutes: number
  /** A sentence for the end of a checklist. */
  readonly advice: string
}

/**
 * How long the agent waits after a failure, from its source: denied, 25 minutes and up to 5 more; any other error, 5
 * minutes first, then doubling to 60; hibernating, 5 minutes doubling to 60.
 * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/core/app/credentialrefresher/credentialrefresher_deps.go
 */
const REFUSED: Sleep = {
  minutes: 30,
  advice: 'The agent was denied and retries after 25 to 30 minutes; restart it to retry immediately.',
}
const UNREACHED: Sleep = {
  minutes: 60,
  advice:
    'The agent waits 5 minutes after a failed connection, then increasingly longer, up to an hour; restart it to retry immediately.',
}
const HIBERNATING: Sleep = {
  minutes: 60,
  advice: 'The agent hibernates for up to an hour (some versions up to a day); restart it to retry immediately.',
}

/** For a node that nothing keeps from registering any more. */
export const UNEXPLAINED_ADVICE =
  'The agent may still wait after an earlier failure; restart it to retry immediately. If the node stays offline, its log shows why: pass it with --agent-log.'

/** For a node that is online, whose message channel nothing keeps closed. */
export const CHANNEL_ADVICE =
  'The agent may have lost its connection to ssmmessages and not noticed; restart it to connect again, or reboot the instance. If the channel stays closed, its log shows why: pass it with --agent-log.'

const IDENTITY = /^(?:iam|dhmc)\./
const NETWORK = /^(?:dns|endpoint|sg|nacl|route|igw|bpa|nat|nat-instance|tgw|pcx|vgw|gwlb|ipv6|imds)\./

/** How long the agent may wait once these causes are fixed; undefined if none of them makes it wait. */
export function sleepAdvice(causes: readonly string[]): Sleep | undefined {
  if (causes.includes('agent.hibernating')) return HIBERNATING
  if (causes.some((cause) => NETWORK.test(cause))) return UNREACHED
  return causes.some((cause) => IDENTITY.test(cause)) ? REFUSED : undefined
}

/** Each of these waits is repeated three times, at most a tenth longer, before the next one. */
const UNREACHED_SLEEPS = [5, 10, 20, 40, 60]
const TIMES = 3
const JITTER = 1.1

/**
 * The longest wait, in minutes, of an agent that has failed since its instance was started this many minutes
 * ago: an agent that has failed for ten minutes does not wait an hour.
 */
export function longestSleep(causes: readonly string[], minutesUp: number | undefined): number | undefined {
  const sleep = sleepAdvice(causes)
  if (sleep !== UNREACHED || minutesUp === undefined) return sleep?.minutes
  let reached = 0
  for (const minutes of UNREACHED_SLEEPS) {
    reached += minutes * TIMES
    if (minutesUp < reached) return Math.min(sleep.minutes, Math.ceil(minutes * JITTER))
  }
  return sleep.minutes
}
