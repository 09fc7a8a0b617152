import type {Unreadable} from '../../model/account.ts'
import {isRefusalName} from '../../model/refusals.ts'
import {counted} from '../../util/counted.ts'
import {thrownMessage} from '../../util/error-code.ts'
import {defined, isObject, stringIn} from '../../util/json.ts'
import {redactSecrets} from '../../util/redact-secrets.ts'
import {isUsageError, visible} from '../../util/usage-error.ts'

/** An error that the user can correct, in one sentence with the next step. The run ends with it. */
interface AccessError extends Error {
  readonly name: 'CannotAsk'
}

export const accessError = (message: string, cause?: unknown): AccessError =>
  Object.assign(new Error(message, {cause}), {name: 'CannotAsk' as const})

export const isAccessError = (error: unknown): error is AccessError =>
  error instanceof Error && error.name === 'CannotAsk'

/** The errors of Node.js with a proxy that intercepts TLS with an unknown certificate authority. */
const UNKNOWN_AUTHORITY = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

const SOCKET_ERRORS = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  ...UNKNOWN_AUTHORITY,
])

const textField = (error: unknown, field: 'code' | 'Code' | 'name'): string => stringIn(error, field) ?? ''

/** The network path to AWS is at fault, not the request. */
export const isUnreachable = (error: unknown): boolean =>
  SOCKET_ERRORS.has(textField(error, 'code')) || textField(error, 'name') === 'TimeoutError'

/** No response in time. The SDK also reports broken connections as timeouts, and keeps their code. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof Error &&
  (textField(error, 'code') === 'ETIMEDOUT' || (error.name === 'TimeoutError' && textField(error, 'code') === ''))

/**
 * An error from AWS or the network is a fact about the account; anything else is a bug and must crash.
 * The SDK adds `$metadata` to every error of a call, also to that of a mistake in the code, and `$response` to what it
 * could not parse.
 */
export const cameFromAws = (error: unknown): error is Error =>
  error instanceof Error &&
  (isUnreachable(error) || ('$metadata' in error && ('$response' in error || !isOfLanguage(error))))

/** JavaScript's own error. Those of Node.js, as for a header that cannot be sent, have a code. */
const isOfLanguage = (error: Error): boolean =>
  [SyntaxError, TypeError, RangeError, ReferenceError].some((one) => error instanceof one) &&
  textField(error, 'code') === ''

/** An error of the user, AWS, the network or the operating system; any other is a bug. */
export const isExpected = (error: Error): boolean =>
  isUsageError(error) || isAccessError(error) || cameFromAws(error) || 'code' in error

/** What failed, in one line; a bug is thrown. */
export function whyNot(error: unknown): string {
  if (!(error instanceof Error) || !isExpected(error) || error.name === 'AbortError') throw error
  return error.message.split('\n', 1)[0] ?? error.name
}

/** The response is not one of AWS: reading it as "there is nothing" would create wrong causes. */
export const noAnswer = (why: string): Error => Object.assign(new Error(why), {name: 'IncompleteAnswer', $metadata: {}})

/**
 * Credentials that ended during the run, such as those of a session of IAM Identity Center, and could not be fetched
 * again. The calls were not made, so what they would return is unknown; `message` names the next step.
 */
export const credentialsError = (message: string, cause: unknown): Error =>
  Object.assign(new Error(message, {cause}), {name: 'NoCredentials', $metadata: {}})

export const hasNoCredentials = (error: unknown): boolean => error instanceof Error && error.name === 'NoCredentials'

/** IAM's classes are named NoSuchEntityException where the wire, and the documentation, have NoSuchEntity. */
export const errorName = (error: unknown): string => textField(error, 'Code') || textField(error, 'name')

export const isRefusal = (error: unknown): boolean => isRefusalName(errorName(error))

/**
 * Every service has its own error for throttling.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
 */
const THROTTLED =
  /^(?:EC2)?Throttl|^RequestThrottl|^RequestLimitExceeded|^TooManyRequests|^SlowDown|^PriorRequestNotComplete/

export const isThrottling = (error: unknown): boolean =>
  THROTTLED.test(textField(error, 'name')) || THROTTLED.test(textField(error, 'Code')) || statusOf(error) === 429

const LONGEST = 500

/**
 * Longer than a line has room for, and only the whole of it can be decoded.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
const ENCODED = / Encoded authorization failure message: \S+/

/** One line of readable length, without keys: hints for SDK users, and what follows a line break, are removed. */
function firstLine(text: string): string {
  const [first = ''] = text.slice(0, 4 * LONGEST).split('\n', 1)
  const line = visible(redactSecrets(first.replace(ENCODED, '').trim()))
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

/** Why data is missing, with what would help: the action to allow, other credentials, or a retry. */
export function unreadableFor(error: Error, action?: string): Unreadable {
  const [name, message] = whatFailed(error)
  const help = helpAgainst(error, action)
  const unreadable = `${name}${message && `: ${message}`}${help && ` (${help})`}`
  return defined({unreadable, error: name, action, message: message || undefined})
}

export const reasonOf = (error: Error, action?: string): string => unreadableFor(error, action).unreadable

export const isIncomplete = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'IncompleteAnswer'

/**
 * What could not be parsed is quoted in the message, and may be a page from a proxy. The SDK has no error class for
 * XML, and throws JavaScript's own for a date, a number or a depth that no response of AWS has.
 */
const isUnparsable = (error: Error): boolean =>
  error.name === 'HtmlAnswer' || /XML parse error/.test(error.message) || isOfLanguage(error)

/** A status without an error of AWS, such as that of a redirect. The SDK has a name for 404. */
const isNameless = (error: Error): boolean =>
  statusOf(error) > 0 &&
  (/^Unknown(?:Error)?$/.test(errorName(error)) || (errorName(error) === 'NotFound' && /^Unknown/.test(error.message)))

/** What answered, if anything did, is not AWS: a proxy or the sign-in page of a network. */
export const isNoAnswerOfAws = (error: Error): boolean => isPassing(error) || isNameless(error) || isIncomplete(error)

/** The name and the message of the error. */
function whatFailed(error: Error): readonly [string, string] {
  if (isTimeout(error)) return ['TimeoutError', `no answer${howLong(error)}`]
  if (isUnparsable(error))
    return [
      'UnreadableAnswer',
      `${error.name === 'HtmlAnswer' ? `${error.message} was returned` : 'the response is not from AWS'}; a proxy may have answered instead`,
    ]
  if (isNameless(error)) return [`HTTP ${statusOf(error)}`, 'a machine between this one and AWS may have answered']
  const name = firstLine(isUnreachable(error) ? textField(error, 'code') || error.name : errorName(error))
  const hint = UNKNOWN_AUTHORITY.includes(name) ? '; if a proxy intercepts TLS, name its CA file in AWS_CA_BUNDLE' : ''
  return [name, firstLine(error.message) + hint]
}

/** What the retry strategy added to a call that it abandoned. */
function howLong(error: Error): string {
  const [waited, attempts]: readonly unknown[] = [Reflect.get(error, 'waited'), Reflect.get(error, 'attempts')]
  if (typeof waited !== 'number' || typeof attempts !== 'number') return ' came in time'
  return ` in ${Math.max(1, Math.round(waited / 1000))} s (${counted(attempts, 'attempt')})`
}

function helpAgainst(error: Error, action: string | undefined): string {
  if (isRefusal(error)) return `needs ${action}`
  if (isSkewed(error)) return 'synchronize the clock of this machine'
  if (isExpired(error)) return 'log in again'
  return isThrottling(error) || isPassing(error) ? 'run it again' : ''
}

/** The network, the service or a machine in between was at fault, perhaps only temporarily. */
const isPassing = (error: Error): boolean => isUnreachable(error) || isUnparsable(error) || statusOf(error) >= 500

function statusOf(error: unknown): number {
  const metadata = isObject(error) ? error.$metadata : undefined
  const status = isObject(metadata) ? metadata.httpStatusCode : undefined
  return typeof status === 'number' ? status : 0
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'])

/**
 * EC2 returns AuthFailure and STS InvalidClientTokenId, for wrong keys and for a Region that the account has not
 * enabled.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
const REJECTED = new Set([
  'AuthFailure',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

/**
 * A signature is valid for five minutes by AWS's clock.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
 */
export const isSkewed = (error: unknown): boolean =>
  ['RequestTimeTooSkewed', 'RequestInTheFuture'].includes(errorName(error)) ||
  (error instanceof Error && /^Signature (?:expired|not yet current)/.test(error.message))

export const NOT_A_URL = 'AWS_ENDPOINT_URL, or an endpoint_url of the AWS configuration, is not a URL.'

export const SKEWED =
  'The clock of this machine is more than five minutes off, so AWS rejects every call; synchronize it.'

export const isExpired = (error: unknown): boolean => EXPIRED.has(errorName(error))
export const isRejected = (error: unknown): boolean => REJECTED.has(errorName(error))

export const messageOf = (error: unknown): string => firstLine(thrownMessage(error)).replace(/\.$/, '')
