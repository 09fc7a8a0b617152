import type {Instance} from './account.ts'

/**
 * Why EC2 ended a launch or a start before the operating system ran. A replacement, or the next start, ends in the same
 * way until that is changed.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
 */
const LAUNCH_FAILURES: ReadonlyMap<string | undefined, string> = new Map([
  ['Client.InternalError', 'most often, the caller is not authorized to use the KMS key of an encrypted volume'],
  ['Client.InvalidSnapshot.NotFound', 'a snapshot of its image does not exist'],
  ['Client.VolumeLimitExceeded', 'the account has reached its limit for EBS volumes'],
  ['Server.InsufficientInstanceCapacity', 'its Availability Zone lacks capacity for its instance type'],
])

/** The code with what it means, as it fits after "with"; undefined where the launch did not fail, or EC2 does not say why. */
export function launchFailureOf({State, StateReason}: Pick<Instance, 'State' | 'StateReason'>): string | undefined {
  const meaning = LAUNCH_FAILURES.get(StateReason?.Code)
  if (meaning === undefined || State.Name === 'running' || State.Name === 'pending') return undefined
  return `${StateReason?.Code}: ${meaning}`
}
