import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer, type RequestListener} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {aFolder} from '../support/folder.ts'
import {outputOf, succeeds} from '../support/programs.ts'
import {onTerminal, run} from './run.ts'

const ID = 'i-0123456789abcdef0'
const KEYS = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1'}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server in place of AWS. */
async function instead(listener: RequestListener) {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume()
    listener(request, response)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const env = {...KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`}
  return {env, requests: () => requests}
}

const silence: RequestListener = () => {}
const stop: RequestListener = (_, response) => response.writeHead(200, {'content-type': 'text/xml'}).write('<a>')
const failure: RequestListener = (_, response) => response.writeHead(500).end()
const page =
  (status: number): RequestListener =>
  (_, response) =>
    response.writeHead(status, {'content-type': 'text/html; charset=utf-8'}).end('<!doctype html><p>Sign in</p>')

describe('a network without AWS is reported in one sentence', () => {
  it.each([
    ['nothing responds', silence],
    ['every response stops after its beginning', stop],
  ])('with how long and how often it was tried, if %s', async (_, listener) => {
    const {env} = await instead(listener)
    const {stdout, stderr, code} = await run([ID, '--network-timeout', '1s'], {env})
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toMatch(
      /^Cannot reach AWS in Region eu-west-1 \(TimeoutError: no answer in \d s \(\d attempts\)\); .*\n$/,
    )
  })

  it.each([200, 403, 407, 503])('that names a proxy, if a page comes back with status %d', async (status) => {
    const {env} = await instead(page(status))
    const {stdout, stderr, code} = await run([ID], {env})
    expect({stdout, code}).toEqual({stdout: '', code: 2})
    expect(stderr).toMatch(new RegExp(`an HTML page with status ${status} was returned; a proxy may have answered`))
    expect(stderr.trimEnd()).not.toContain('\n')
  })

  it('after few attempts, if every response is a server error', async () => {
    const {env, requests} = await instead(failure)
    const {stderr, code} = await run([ID], {env})
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Cannot reach AWS/)
    expect(requests()).toBeLessThanOrEqual(30)
  })

  it('in an audit too, which does not suggest to change the filters', async () => {
    const {env, requests} = await instead(failure)
    const {stdout, stderr, code} = await run(['audit'], {env})
    expect(code).toBe(2)
    expect(stdout).toMatch(/eu-west-1 was not examined: Cannot reach AWS/)
    expect(stderr).not.toContain('No instances found')
    expect(requests()).toBeLessThanOrEqual(80)
  })
})

/** A proxy that notes where it is asked for a tunnel, and opens none. */
async function refusingProxy() {
  const tunnels: string[] = []
  const server = createServer()
  server.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '')
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  closing.push(() => server.close())
  return {HTTPS_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels}
}

// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
describe('a proxy of the environment', () => {
  it('is asked for a tunnel to AWS, and named where it refuses', async () => {
    const {HTTPS_PROXY, tunnels} = await refusingProxy()
    const {stderr, code} = await run([ID, '--network-timeout', '1s'], {env: {...KEYS, HTTPS_PROXY}})
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Cannot reach AWS .* your proxy\.\n$/)
    expect(tunnels).toContain('sts.eu-west-1.amazonaws.com:443')
    expect(tunnels.filter((host) => !host.endsWith('.amazonaws.com:443'))).toEqual([])
  })

  it('without a scheme is one that speaks HTTP', async () => {
    const {HTTPS_PROXY, tunnels} = await refusingProxy()
    const env = {...KEYS, https_proxy: HTTPS_PROXY.replace('http://', '')}
    await run([ID, '--network-timeout', '1s'], {env})
    expect(tunnels.length).toBeGreaterThan(0)
  })

  it('for all protocols is not used, as it often is a SOCKS proxy for other programs', async () => {
    const {env, requests} = await instead(failure)
    await run([ID], {env: {...env, ALL_PROXY: 'socks5://127.0.0.1:1080'}})
    expect(requests()).toBeGreaterThan(0)
  })

  it('is not used for the hosts in NO_PROXY, nor for an address without TLS', async () => {
    const {HTTPS_PROXY, tunnels} = await refusingProxy()
    const {env, requests} = await instead(failure)
    const encrypted = env.AWS_ENDPOINT_URL.replace('http:', 'https:')
    await run([ID, '--network-timeout', '1s'], {
      env: {...KEYS, HTTPS_PROXY, NO_PROXY: '127.0.0.1', AWS_ENDPOINT_URL: encrypted},
    })
    await run([ID], {env: {...env, HTTPS_PROXY}})
    expect(tunnels).toEqual([])
    expect(requests()).toBeGreaterThan(0)
  })

  it.each(['socks5://127.0.0.1:1080', 'http://user:secret@', '::'])(
    'that is none is reported without its value: %s',
    async (HTTPS_PROXY) => {
      const {stdout, stderr, code} = await run([ID], {env: {...KEYS, HTTPS_PROXY}})
      expect({stdout, code}).toEqual({stdout: '', code: 2})
      expect(stderr).toBe(
        'HTTPS_PROXY is not the URL of an HTTP proxy; use one such as http://proxy.example.com:8080.\n',
      )
    },
  )
})

/** A server in place of AWS with a certificate that no known authority signed. */
async function encrypted() {
  const folder = aFolder()
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  outputOf('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', certificate])
  const server = createTlsServer({key: readFileSync(key), cert: readFileSync(certificate)}, failure)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  closing.push(() => server.close())
  const env = {...KEYS, AWS_ENDPOINT_URL: `https://127.0.0.1:${(server.address() as AddressInfo).port}`}
  return {env, certificate, key}
}

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
describe.skipIf(!succeeds('openssl', ['version']))('an unknown certificate authority', () => {
  it('is reported with the variable that names it', async () => {
    const {env} = await encrypted()
    const {stderr, code} = await run([ID], {env})
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /DEPTH_ZERO_SELF_SIGNED_CERT: .*; if a proxy intercepts TLS, name its CA file in AWS_CA_BUNDLE/,
    )
  })

  it('is trusted if AWS_CA_BUNDLE names it', async () => {
    const {env, certificate} = await encrypted()
    const {stderr} = await run([ID], {env: {...env, AWS_CA_BUNDLE: certificate}})
    expect(stderr).toMatch(/HTTP 500/)
  })

  it('is trusted if ca_bundle of the profile names it', async () => {
    const {env, certificate} = await encrypted()
    const config = `${certificate}.config`
    writeFileSync(
      config,
      `[profile corp]\nca_bundle = ${certificate}\naws_access_key_id = test\naws_secret_access_key = test\n`,
    )
    const {stderr} = await run([ID, '--profile', 'corp'], {env: {...env, AWS_CONFIG_FILE: config}})
    expect(stderr).toMatch(/HTTP 500/)
    writeFileSync(config, '[default]\nca_bundle = /nowhere.pem\n')
    const {stderr: none} = await run([ID], {env: {...env, AWS_CONFIG_FILE: config}})
    expect(none).toBe('ca_bundle of the AWS configuration names /nowhere.pem, which cannot be read (ENOENT).\n')
  })

  it('is reported if AWS_CA_BUNDLE names another file, or none', async () => {
    const {env, key} = await encrypted()
    const {stderr: other} = await run([ID], {env: {...env, AWS_CA_BUNDLE: key}})
    expect(other).toBe(`AWS_CA_BUNDLE names ${key}, which has no certificate in PEM format.\n`)
    const {stderr: none, code} = await run([ID], {env: {...env, AWS_CA_BUNDLE: `${key}.none`}})
    expect({none, code}).toEqual({none: `AWS_CA_BUNDLE names ${key}.none, which cannot be read (ENOENT).\n`, code: 2})
  })
})

it('a duration is validated before any AWS call', async () => {
  const {stderr, code} = await run([ID, '--network-timeout', 'soon'], {env: KEYS})
  expect({stderr, code}).toEqual({
    stderr: 'Invalid --network-timeout "soon"; use a number with s, m or h, such as 90s, 45m or 2h.\n',
    code: 2,
  })
})

it.skipIf(!existsSync('/usr/bin/script'))('shows on a terminal how long and how often it has tried', async () => {
  const {env} = await instead(silence)
  const shown = await onTerminal([ID, '--network-timeout', '6s'], env)
  expect(shown).toMatch(/Querying AWS for i-0123456789abcdef0: [3-6] s, attempt [23] …/)
  expect(shown).toContain('\r\u001b[KCannot reach AWS')
})
