/** What a person can put right, in one sentence with the next step. The run ends with it. */
export interface CannotAsk extends Error {
  readonly name: 'CannotAsk'
}

export const cannotAsk = (message: string, cause?: unknown): CannotAsk =>
  Object.assign(new Error(message, {cause}), {name: 'CannotAsk' as const})

export const isCannotAsk = (error: unknown): error is CannotAsk => error instanceof Error && error.name === 'CannotAsk'

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
  // What a proxy that opens TLS shows to a Node that does not know its authority.
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

const textField = (error: unknown, field: 'code' | 'Code' | 'name'): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined
  return typeof value === 'string' ? value : ''
}

/** The way to AWS is at fault, not the request. */
export const isUnreachable = (error: unknown): boolean =>
  SOCKET_ERRORS.has(textField(error, 'code')) || textField(error, 'name') === 'TimeoutError'

/**
 * What AWS or the network answered is a fact about the account; anything else is a bug and must crash.
 * The SDK puts `$metadata` on whatever came from an answer, also on one that it could not read.
 */
export const cameFromAws = (error: unknown): error is Error =>
  error instanceof Error && ('$metadata' in error || isUnreachable(error))

/** IAM's classes are called NoSuchEntityException where the wire, and every document, says NoSuchEntity. */
export const errorName = (error: unknown): string => textField(error, 'Code') || textField(error, 'name')

/** EC2 says UnauthorizedOperation where IAM says AccessDenied and Systems Manager AccessDeniedException. */
const REFUSALS = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError'])

export const isRefusal = (error: unknown): boolean => REFUSALS.has(errorName(error))

/** One line: the SDK's hints to its own users, and whatever stands behind a line break, stay out. */
const firstLine = (text: string): string => text.split('\n', 1)[0]?.trim() ?? ''

/** Why a reading is missing, with the action to allow when AWS refused it. */
export function reasonOf(error: Error, action: string): string {
  if (textField(error, 'code') === 'ETIMEDOUT') return 'TimeoutError: no answer came in time'
  const name = isUnreachable(error) ? textField(error, 'code') || error.name : errorName(error)
  const said = firstLine(error.message)
  return `${said ? `${name}: ${said}` : name}${isRefusal(error) ? ` (needs ${action})` : ''}`
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'])

/**
 * EC2 says AuthFailure and STS InvalidClientTokenId, for wrong keys and for a Region that the account has not enabled.
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

export const isExpired = (error: unknown): boolean => EXPIRED.has(errorName(error))
export const isRejected = (error: unknown): boolean => REJECTED.has(errorName(error))

export const saidBy = (error: unknown): string => {
  const said = firstLine(error instanceof Error ? error.message : String(error))
  return said.replace(/\.$/, '')
}
