import {remembered} from '../util/memo.ts'

/** Versions of SSM Agent have four parts, such as 3.3.2746.0, so libraries for three parts cannot compare them. */
const PARTS = /^v?(\d{1,9}(?:\.\d{1,9}){1,3})$/

const NO_PARTS: readonly number[] = []

/** A fleet has many instances and few versions. */
const partsOf = remembered((version: string) => PARTS.exec(version.trim())?.[1]?.split('.').map(Number) ?? NO_PARTS)

/**
 * Negative, zero or positive, as `a` is older than, equal to or newer than `b`; undefined if either is not a version.
 */
export function compareVersions(a: string, b: string): number | undefined {
  const [left, right] = [partsOf(a), partsOf(b)]
  if (left === NO_PARTS || right === NO_PARTS) return undefined
  for (let part = 0; part < 4; part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether the agent is at least this version; undefined when its version is not known. */
export function isAtLeast(version: string | undefined, minimum: string): boolean | undefined {
  const order = version === undefined ? undefined : compareVersions(version, minimum)
  return order === undefined ? undefined : order >= 0
}

export interface Minimum {
  readonly version: string
  /** What an older agent cannot do, as it fits after "too old for". */
  readonly feature: string
  /** The day on which a version before this one was released: no image from before that day includes this one. */
  readonly imagesSince?: string
}

export const RELEASE_NOTES = 'https://github.com/aws/amazon-ssm-agent/blob/mainline/RELEASENOTES.md'

/**
 * What each feature requires, according to the release notes and to these pages.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-prerequisites.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 * https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0
 */
export const MINIMUMS = {
  sessions: {version: '2.3.68.0', feature: 'Session Manager'},
  sessionEncryption: {version: '2.3.539.0', feature: 'sessions encrypted with a KMS key'},
  metadataTokens: {version: '2.3.814.0', feature: 'a metadata service that requires tokens'},
  portForwarding: {version: '3.0.222.0', feature: 'port forwarding and SSH sessions'},
  sessionStreaming: {version: '3.0.284.0', feature: 'session logs streamed to CloudWatch Logs'},
  commandsOverChannel: {version: '3.1.821.0', feature: 'commands that arrive over ssmmessages'},
  // https://github.com/aws/amazon-ssm-agent/releases/tag/3.2.345.0
  hostManagement: {
    version: '3.2.582.0',
    feature: 'Default Host Management Configuration',
    imagesSince: '2022-12-13',
  },
  // https://github.com/aws/amazon-ssm-agent/releases/tag/3.2.815.0
  hostManagementWithoutTrust: {
    version: '3.2.815.0',
    feature: 'host management where EC2 cannot assume the role of the profile',
    imagesSince: '2022-12-13',
  },
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-automatic-updates.html
  updateOnMac: {version: '3.1.941.0', feature: 'AWS-UpdateSSMAgent on macOS 11 and later'},
  singleChannel: {version: '3.3.40.0', feature: 'Run Command over ssmmessages alone'},
  ipv6: {version: '3.3.3270.0', feature: 'IPv6'},
} as const satisfies Readonly<Record<string, Minimum>>
