import {describe, expect, it} from 'vitest'
import {redactSecrets} from '../../src/util/redact-secrets.ts'

const key = `AK${'IA'}${'X'.repeat(16)}`

describe('secrets', () => {
  it.each([
    [`id ${key} end`, 'id [redacted] end'],
    ['aws_secret_access_key = abcdefghijklmnopqrstuvwxyz0123456789ABCD', 'aws_secret_access_key = [redacted]'],
    ['"sessionToken": "abcdefghijklmnopqrstuvwxyz"', '"sessionToken": "[redacted]"'],
    ['MYSQL_ROOT_PASSWORD="two words" next', 'MYSQL_ROOT_PASSWORD=[redacted] next'],
    ['Authorization: Bearer abcdefghijklmnopqrst', 'Authorization: Bearer [redacted]'],
    ['http_proxy=http://joe:pass@proxy.example.com:3128', 'http_proxy=http://[redacted]@proxy.example.com:3128'],
    ['a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb', 'a\n[redacted]\nb'],
    ['-----BEGIN PRIVATE KEY-----\ncut off', '[redacted]'],
    ['?X-Amz-Signature=0123&b', '?X-Amz-Signature=[redacted]&b'],
    ['<Password>\nabc\n</Password>', '<Password>[redacted]</Password>'],
  ])('%j', (text, clean) => {
    expect(redactSecrets(text)).toBe(clean)
    expect(redactSecrets(clean)).toBe(clean)
  })

  it.each([
    'NoCredentialProviders: no valid providers in chain. Deprecated.',
    'failed to get session token: Put "http://169.254.169.254/latest/api/token": context deadline exceeded',
    'cloud-init: token: required',
    'x509: certificate signed by unknown authority',
    'error calling RequestManagedInstanceRoleToken: MachineFingerprintDoesNotMatch: Fingerprint does not match',
  ])('what shows why the agent fails stays: %s', (text) => {
    expect(redactSecrets(text)).toBe(text)
  })

  it('ten megabytes of any text are handled quickly', () => {
    for (const part of [
      'a',
      'password="',
      'token=',
      '-----BEGIN PRIVATE KEY-----',
      'http://a:',
      'eyJ',
      '<Password>',
      'basic ',
    ])
      expect(redactSecrets(part.repeat(Math.ceil(2_000_000 / part.length))).length).toBeGreaterThan(0)
  })
})
