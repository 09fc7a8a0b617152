const REMOVED = '[redacted]'

/**
 * Secrets that people print while a machine boots. Every pattern is bounded or anchored at a literal, so that ten
 * megabytes of anything take linear time. Words after "credentials" or "token" in an error message stay: they are
 * what shows why the agent fails.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, REMOVED],
  [/<Password>[\s\S]*?(?:<\/Password>|$)/gi, `<Password>${REMOVED}</Password>`],
  [
    /((?:password|passwd|passphrase|pwd)["']?\s{0,4}[:=]\s{0,4})(?:"[^"\r\n]{0,500}"|'[^'\r\n]{0,500}'|[^\s"',;&]+)/gi,
    `$1${REMOVED}`,
  ],
  [
    // The name of a call, after which the agent logs the error that AWS returned.
    /((?:secret|(?<!RequestManagedInstanceRole)token|api[_-]?key|access[_-]?key|private[_-]?key)["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9+/=_.~%-]{16,}/gi,
    `$1${REMOVED}`,
  ],
  [/\b((?:bearer|basic)\s{1,4})[A-Za-z0-9+/=_.~-]{16,}/gi, `$1${REMOVED}`],
  [/(x-amz-(?:signature|credential|security-token)=)[^\s&"']+/gi, `$1${REMOVED}`],
  [/(:\/\/)[^\s/:@]{1,200}:[^\s/@]{1,200}@/g, `$1${REMOVED}@`],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/g, REMOVED],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REMOVED],
]

/** Text such as console output without keys, tokens, passwords and credentials in URLs. */
export const redactSecrets = (text: string): string =>
  SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text)
