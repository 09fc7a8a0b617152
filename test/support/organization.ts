import type {ChildProcess} from 'node:child_process'
import {createServer, type IncomingMessage, request, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import type {Refusal, Reply} from './fake-aws.ts'
import {freePort, untilAnswering} from './moto.ts'
import {ran, startServer} from './programs.ts'

const HOST = fileURLToPath(new URL('lambda-host.mjs', import.meta.url))
export const REGION = 'eu-west-1'
const KEYS = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION}

/** Otherwise the SDK warns that its releases of 2027 need a newer Node. */
const QUIET = {AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true'}

/** An invocation as Step Functions makes it. */
export interface Invocation {
  readonly name: string
  readonly event: {readonly unit?: {readonly account: string}; readonly failure?: object}
}

/** A response that replaces the function's own. */
export interface Instead {
  readonly status?: number
  readonly body: object
  readonly functionError?: boolean
}

/** Services that are also called in the management account itself. */
const OF_ACCOUNTS: ReadonlySet<string> = new Set([
  ...['ec2', 'iam', 'ssm', 'route53', 'route53profiles', 'route53resolver', 'securityhub'],
])
/** moto's own account. */
export const MANAGEMENT = '123456789012'

export interface Behavior {
  /** AWS as it responds to the assumed role in an account. */
  readonly member: (account: string, asked: Parameters<FakeReply>[0]) => Promise<Reply | Refusal>
  /** Undefined if STS is to answer. */
  readonly assume?: (account: string) => Reply | undefined
  readonly invoke?: (invocation: Invocation) => Instead | undefined
}
type FakeReply = (request: {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}) => Promise<Reply | Refusal>

interface Deployed {
  readonly Configuration: {
    readonly Handler: string
    readonly Timeout: number
    readonly Environment: {readonly Variables: Readonly<Record<string, string>>}
  }
}

/**
 * An organization in moto, whose Step Functions invoke the functions of a zip. In front of moto stands a proxy in this
 * process: it answers invocations, and what is asked of a member account. Programs must be run asynchronously.
 */
export async function anOrganization(zip: string, behavior: Behavior) {
  const port = await freePort()
  const hosts = new Map<string, Promise<{readonly port: number; readonly child: ChildProcess}>>()
  const accounts = new Map<string, string>()
  const messages: {readonly Subject: string; readonly Message: string}[] = []

  const proxy = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
  const {port: own} = proxy.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${own}`
  const moto = startServer('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    env: {...process.env, MOTO_PORT: String(own)},
  })
  await untilAnswering(`http://127.0.0.1:${port}`)

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const {url: path = '/', headers, method = 'GET'} = incoming
    if (path === '/messages') {
      messages.push(JSON.parse(await text(incoming)))
      outgoing.end()
      return
    }
    const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(path)
    if (invoked) return invoke(decodeURIComponent(invoked[1] ?? ''), await text(incoming), outgoing)
    const [, key = '', service = ''] =
      /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? []
    const account = accounts.get(key) ?? (OF_ACCOUNTS.has(service) ? MANAGEMENT : undefined)
    if (account !== undefined) {
      const asked = {method, path, headers: headers as Record<string, string>, body: await text(incoming)}
      return send(await behavior.member(account, asked), outgoing)
    }
    if (service === 'sts') return assume(await text(incoming), incoming, outgoing)
    forward(incoming, outgoing)
  }

  /** moto returns a key for each role; calls with it go to the account of the role. */
  async function assume(body: string, {method, url, headers}: IncomingMessage, outgoing: ServerResponse) {
    const account = /^arn:[\w-]+:iam::(\d{12}):/.exec(new URLSearchParams(body).get('RoleArn') ?? '')?.[1]
    const instead = account === undefined ? undefined : behavior.assume?.(account)
    if (instead) return send(instead, outgoing)
    const passed = await fetch(`http://127.0.0.1:${port}${url}`, {
      method: method ?? 'POST',
      headers: {authorization: String(headers.authorization), 'content-type': 'application/x-www-form-urlencoded'},
      body,
    })
    const reply = await passed.text()
    const key = /<AccessKeyId>([^<]+)</.exec(reply)?.[1]
    if (account !== undefined && key !== undefined) accounts.set(key, account)
    outgoing.writeHead(passed.status, {'content-type': 'text/xml'}).end(reply)
  }

  async function invoke(arn: string, body: string, outgoing: ServerResponse): Promise<void> {
    const event = JSON.parse(body)
    const name = arn.split(':').at(-1) ?? arn
    const instead = behavior.invoke?.({name, event})
    if (instead) {
      outgoing.writeHead(instead.status ?? 200, {
        'content-type': 'application/json',
        'x-amzn-requestid': 'e2e7a9f0-0000-4000-8000-000000000000',
        ...(instead.functionError && {'x-amz-function-error': 'Unhandled'}),
        ...(instead.status && {'x-amzn-errortype': 'TooManyRequestsException'}),
      })
      outgoing.end(JSON.stringify(instead.body))
      return
    }
    const known = hosts.get(name) ?? hostOf(name)
    hosts.set(name, known)
    const {port: host} = await known
    const answered = await fetch(`http://127.0.0.1:${host}`, {method: 'POST', body})
    const error = answered.headers.get('x-amz-function-error')
    outgoing.writeHead(200, {'content-type': 'application/json', ...(error && {'x-amz-function-error': error})})
    outgoing.end(await answered.text())
  }

  /** A process with the environment, the handler and the time that the template gave the function. */
  async function hostOf(name: string) {
    const {Configuration} = await call<Deployed>('lambda', 'GET', `/2015-03-31/functions/${name}`)
    const {Handler, Timeout, Environment} = Configuration
    const child = startServer(process.execPath, [HOST, zip, Handler, String(Timeout)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {...KEYS, ...Environment.Variables, AWS_ENDPOINT_URL: endpoint, PATH: process.env.PATH, ...QUIET},
    })
    const [first] = await new Promise<string[]>((ready) =>
      child.stdout?.once('data', (data) => ready(String(data).split('\n'))),
    )
    child.stdout?.resume()
    return {port: Number(first), child}
  }

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const {method, url: path, headers} = incoming
    const onward = request({host: '127.0.0.1', port, method, path, headers}, (reply) => {
      // moto declares every response of some services to be HTML.
      const type = headers['x-amz-target'] ? {'content-type': 'application/x-amz-json-1.1'} : {}
      outgoing.writeHead(reply.statusCode ?? 502, {...reply.headers, ...type})
      reply.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }

  /** One call of a service in its protocol: `x-amz-target` for JSON, else a path. */
  async function call<T>(service: string, target: string, path = '/', body?: object, region = REGION): Promise<T> {
    const isJson = target.includes('.')
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20261128/${region}/${service}/aws4_request, SignedHeaders=host, Signature=x`
    const answered = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: isJson ? 'POST' : target,
      headers: {authorization, ...(isJson && {'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1'})},
      ...((body || isJson) && {body: JSON.stringify(body ?? {})}),
    })
    const said = await answered.text()
    if (!answered.ok) throw new Error(`${service} ${target} ${path}: ${said}`)
    return JSON.parse(said)
  }

  return {
    endpoint,
    messages,
    call,
    object: async (bucket: string, key: string): Promise<string> => {
      const authorization = `AWS4-HMAC-SHA256 Credential=test/20261128/${REGION}/s3/aws4_request, SignedHeaders=host, Signature=x`
      return (await fetch(`http://127.0.0.1:${port}/${bucket}/${key}`, {headers: {authorization}})).text()
    },
    /** The AWS CLI, as a user runs it. */
    aws: async (...args: readonly string[]): Promise<string> => {
      const env = {PATH: process.env.PATH, HOME: '/nonexistent', ...KEYS, AWS_ENDPOINT_URL: endpoint}
      const {stdout, stderr, code} = await ran('aws', args, {env})
      if (code !== 0) throw new Error(`aws ${args.join(' ')}: ${stderr}`)
      return stdout
    },
    environment: {...KEYS, AWS_ENDPOINT_URL: endpoint},
    stop: async (): Promise<void> => {
      proxy.close()
      proxy.closeAllConnections()
      moto.kill()
      for (const host of hosts.values()) (await host).child.kill()
    },
  }
}

function send(reply: Reply | Refusal, outgoing: ServerResponse): void {
  if (!('body' in reply)) {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(reply.status, {'content-type': reply.type}).end(reply.body)
}
