import {getDefaultRoleAssumer, type STSClientConfig} from '@aws-sdk/client-sts'
import {fromEnv, fromIni, fromNodeProviderChain, fromTemporaryCredentials} from '@aws-sdk/credential-providers'
import {homeRegionOf, partitionOf} from '../../model/partition.ts'
import {codeOf} from '../../util/error-code.ts'
import {CREDENTIAL_CALLS, guard} from './allowed-calls.ts'
import {
  accessError,
  cameFromAws,
  credentialsError,
  errorName,
  isExpired,
  isRefusal,
  isRejected,
  isSkewed,
  isUnreachable,
  messageOf,
  NOT_A_URL,
  SKEWED,
} from './errors.ts'
import {retriesOf} from './retries.ts'

export type Credentials = ReturnType<typeof fromNodeProviderChain>

export interface Connection {
  readonly region?: string | undefined
  readonly profile?: string | undefined
  readonly roleArn?: string | undefined
  readonly externalId?: string | undefined
  /** Ends the run immediately, also while a call waits for its next attempt. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without any response after which a call is abandoned. */
  readonly networkTimeout?: number | undefined
  /** Called for every attempt that follows a failed one. */
  readonly retried?: ((attempt: number) => void) | undefined
}

interface Settings extends Connection {
  readonly networkTimeout: number
  readonly requestHandler: NonNullable<STSClientConfig['requestHandler']>
  /** The URL that is configured for STS. */
  readonly endpoint: string | undefined
}

/** A call is made so often before it is abandoned. */
export const ATTEMPTS = 5

/**
 * One provider for all clients, so a role is assumed once: in the Region that is examined, or in one that every account
 * has enabled. In a Region that accounts must enable, only accounts that have can assume a role, and STS may be
 * deactivated in the account of the role; a session from the endpoint of any Region is valid in all of them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
 */
export function credentialsFor(settings: Settings, region: string): Credentials {
  const homeRegion = homeRegionOf(partitionOf(region))
  const own = providerIn(settings, region)
  if (homeRegion === region) return memoized(own)
  const elsewhere = providerIn(settings, homeRegion)
  return memoized(async (args) => {
    try {
      return await own(args)
    } catch (error) {
      if (!isRejected(error) && errorName(error) !== 'RegionDisabledException') throw error
      return await elsewhere(args).catch((second) => {
        throw isUnreachable(second) ? error : second
      })
    }
  })
}

/** A named profile is used alone, without a fallback. */
function providerIn(settings: Settings, region: string): Credentials {
  const {profile, roleArn, externalId, networkTimeout, retried, requestHandler, endpoint} = settings
  const clientPlugins = [guard(CREDENTIAL_CALLS)] as never
  const retryStrategy = retriesOf({throttled: ATTEMPTS, networkTimeout}, retried) as never
  const clientConfig = {maxAttempts: ATTEMPTS, requestHandler, retryStrategy}
  // A Region in `clientConfig` would also move the SSO portal, which has a Region of its own. The role of a profile
  // would be assumed in the Region of the profile.
  const ofProfile = profile === undefined ? {} : {profile}
  const stsConfig = {...clientConfig, region, ...ofProfile, ...(endpoint !== undefined && {endpoint})}
  const roleAssumer = getDefaultRoleAssumer(stsConfig, clientPlugins)
  const init = {clientConfig, clientPlugins, parentClientConfig: {region, ...ofProfile}, roleAssumer}
  const own = profile === undefined ? fromEnvironment(init) : fromIni({...init, profile})
  if (roleArn === undefined) return own
  const params = {
    RoleArn: roleArn,
    RoleSessionName: 'ssm-doctor',
    ...(externalId !== undefined && {ExternalId: externalId}),
  }
  return fromTemporaryCredentials({masterCredentials: own, params, clientPlugins, clientConfig: stsConfig})
}

/**
 * Keys in the environment override what AWS_PROFILE names, as for the AWS CLI; the SDK's chain prefers the profile.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
 */
function fromEnvironment(init: Parameters<typeof fromNodeProviderChain>[0]): Credentials {
  const {AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY} = process.env
  return AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY ? fromEnv() : fromNodeProviderChain(init)
}

const MINUTE = 60_000
/** How long before they expire credentials are fetched again. */
const EARLY = 10 * MINUTE

/**
 * Ten minutes before they expire, credentials are fetched again; until then all clients share them. If that fails, as
 * when the session of IAM Identity Center ends first, the earlier ones are used as long as they are valid.
 */
function memoized(fetch: Credentials): Credentials {
  let current: ReturnType<Credentials> | undefined
  let until = Number.POSITIVE_INFINITY
  return async (args) => {
    if (current && Date.now() < until) return current
    const earlier = current
    until = Number.POSITIVE_INFINITY
    current = fetch(args).catch(async (error) => {
      const valid = await earlier
      if (valid?.expiration && valid.expiration.getTime() > Date.now()) return valid
      throw error
    })
    try {
      const {expiration} = await current
      if (expiration)
        until = Math.max(expiration.getTime() - EARLY, Math.min(Date.now() + MINUTE, expiration.getTime()))
      return await current
    } catch (error) {
      current = undefined
      throw error
    }
  }
}

/** The same credentials, whose errors name the next step. */
export const named =
  (fetch: Credentials, options: Connection): Credentials =>
  async (args) => {
    try {
      return await fetch(args)
    } catch (error) {
      throw credentialsError(withoutCredentials(error, options), error)
    }
  }

/** Missing credentials are reported in one sentence, not as thirty denied calls. */
export async function usable(credentials: Credentials): Promise<void> {
  const {
    accessKeyId,
    secretAccessKey,
    sessionToken = '',
  } = await credentials().catch((error: unknown) => {
    throw accessError(messageOf(error), error)
  })
  // A script with the line ends of Windows, for one, adds a carriage return to each value.
  if (/[^!-~]/.test(`${accessKeyId}${secretAccessKey}${sessionToken}`))
    throw accessError(
      'The AWS credentials contain a space, a line break or another character that no credentials have; set them again.',
    )
}

function withoutCredentials(error: unknown, {profile = process.env.AWS_PROFILE, roleArn, region}: Connection): string {
  const text = messageOf(error)
  const login = `aws sso login${profile ? ` --profile ${profile}` : ''}`
  if (/invalid SSO credentials|'sso_region'/.test(text))
    return `The settings of IAM Identity Center${profile ? ` in profile ${profile}` : ''} are incomplete; set them with: ${login.replace('sso login', 'configure sso')}`
  if (SESSION_ENDED.test(text)) return `The SSO session has expired or is not valid; log in with: ${login}`
  if (LOGIN_ENDED.test(text)) return `The login session has expired; log in with: ${login.replace(' sso', '')}`
  if (isExpired(error)) return 'The AWS credentials have expired; refresh them and try again.'
  if (isSkewed(error)) return SKEWED
  if (isUnreachable(error) || UNREACHABLE.test(text))
    return `Cannot reach AWS to obtain credentials (${text}); check the network or the proxy.`
  if (codeOf(error) === 'ERR_INVALID_URL') return NOT_A_URL
  if (/multi-factor/.test(text))
    return `Profile ${profile} requires MFA; get a session with \`aws sts get-session-token\` and export its variables.`
  if (isRejected(error))
    return `AWS rejected the credentials (${errorName(error)}: ${text}); check them with \`aws sts get-caller-identity --region ${region}\`.`
  return notObtained(error, text, {profile, roleArn})
}

/** By the source of the credentials: a role, a profile or the environment. */
function notObtained(error: unknown, text: string, {profile, roleArn}: Connection): string {
  const why = `${errorName(error)}: ${text}`
  if (roleArn && errorName(error) !== 'CredentialsProviderError')
    return `Cannot assume role ${roleArn} (${why})${isRefusal(error) ? '; its trust policy must allow you, and the external id must match' : ''}.`
  if (profile && isRefusal(error))
    return `Profile ${profile} cannot assume its role (${why}); the trust policy of the role must allow you.`
  if (profile) {
    const list = /^Could not (?:load|resolve)/.test(text)
      ? '; list the profiles with `aws configure list-profiles`'
      : ''
    return `Profile ${profile} has no credentials (${text})${list}.`
  }
  const {AWS_ROLE_ARN: role} = process.env
  if (role && cameFromAws(error))
    return `Cannot assume role ${role} of AWS_ROLE_ARN with the token of AWS_WEB_IDENTITY_TOKEN_FILE (${why}).`
  const source = SOURCES.find((name) => process.env[name])
  if (source !== undefined)
    return `No AWS credentials found, although ${source} is set: what it names is incomplete, missing or does not answer.`
  return 'No AWS credentials found; log in with `aws sso login` or `aws configure`, or name a profile with --profile.'
}

/**
 * The variables for credentials, in the order of the SDK, whose own message does not say which of them failed.
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html#EVarSettings
 */
const SOURCES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
]

/**
 * The SDK's errors about a session of `aws login`, which it reads from the file that the login writes.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */
const LOGIN_ENDED = /aws login|^Failed to load token from /

/** What the SDK makes of an error of the network on the way to IAM Identity Center. */
const UNREACHABLE = /^(?:TimeoutError: |Error: .*\bE[A-Z]{5,}\b)/

/**
 * The SDK's errors about a session of IAM Identity Center, and the service's own for one that it no longer accepts. The
 * name of a role or a profile may contain SSO as well.
 * https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
 */
const SESSION_ENDED = /\bSSO (?:session|Token)\b|^UnauthorizedException: /
