import type {Registration} from '../diagnosis/registration.ts'
import {inWords, minutesBetween, timeInWords} from '../util/time.ts'

/**
 * How a change relates to the last ping: `fits`, it came before the next ping was due; `outlived`, it came earlier, and
 * what was in use then outlived it; `pinged-since`, the node pinged after it although it acts at once; `too-late`,
 * pings were missing already; `not-yet`, the node is online and its next ping is due.
 */
type PingRelation = 'fits' | 'outlived' | 'pinged-since' | 'too-late' | 'not-yet'

/**
 * The agent calls UpdateInstanceInformation every five minutes; two pings may be missed before anything is wrong.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
 */
const DUE_MINUTES = 10

/**
 * What is in use outlives a change: tracked connections outlive one of groups, credentials one of a profile or its
 * trust policy, for six hours or more, and open connections one of a name.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
const OUTLASTS_BLOCK: readonly (readonly [RegExp, string])[] = [
  [/^(?:sg|nat-instance)\.|^endpoint\.sg-blocks/, 'connections that were open then are tracked and outlive it'],
  [/^iam\.(?:no-profile|profile-|trust)|^dhmc\./, 'the credentials in use then outlive it until they expire'],
  [/^imds\./, 'the credentials in use then outlive it until they expire'],
  [/^(?:dns|endpoint)\./, 'connections that were open then outlive it'],
]

/** Undefined if there is no ping, or no time of it. */
export function pingNoteOf(
  cause: string,
  changedAt: string,
  {status, lastPing}: Registration,
): {readonly relation: PingRelation; readonly note: string | undefined} | undefined {
  if (lastPing === null) return undefined
  const after = minutesBetween(lastPing, changedAt)
  if (after === undefined) return undefined
  const ping = `the last ping (${timeInWords(new Date(lastPing).toISOString())})`
  if (after >= 0 && status === 'online')
    return {relation: 'not-yet', note: `This came after ${ping}; the node shows it when the next ping is due.`}
  if (after > DUE_MINUTES)
    return {
      relation: 'too-late',
      note: `This came ${inWords(after)} after ${ping}, so it cannot be the cause of the lost connection. It has to be fixed all the same.`,
    }
  if (after >= -DUE_MINUTES) return {relation: 'fits', note: undefined}
  const outlives = OUTLASTS_BLOCK.find(([pattern]) => pattern.test(cause))?.[1]
  const since = `The node pinged for ${inWords(-after)} after this change`
  return outlives === undefined
    ? {relation: 'pinged-since', note: `${since}, so something else may have kept it working until then.`}
    : {relation: 'outlived', note: `${since}: ${outlives}.`}
}
