import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import * as cloudformation from '@aws-sdk/client-cloudformation'
import * as cloudtrail from '@aws-sdk/client-cloudtrail'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as config from '@aws-sdk/client-config-service'
import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import * as inspector2 from '@aws-sdk/client-inspector2'
import * as organizations from '@aws-sdk/client-organizations'
import * as route53 from '@aws-sdk/client-route-53'
import * as ssm from '@aws-sdk/client-ssm'
import * as sts from '@aws-sdk/client-sts'
import {NormalizedSchema} from '@smithy/core/schema'
import * as route53profiles from '../../src/collect/client/route53-profiles-client.ts'
import {isObject} from '../../src/util/json.ts'
import {type Fields, fromQuery, json, type Shape, scalar, type Value, xmlMembers} from './wire.ts'

/** One call as it came over the wire. */
export interface Call {
  readonly service: string
  readonly operation: string
  readonly input: Fields
  readonly region: string
}

/** The error that AWS returns instead of a response. `break`: the answer never comes, or comes broken. */
export interface Refusal {
  readonly code: string
  readonly message?: string
  readonly status?: number
  readonly break?: 'reset' | 'silence' | 'nonsense' | 'truncated'
}

export type Handler = (call: Call) => Fields | Refusal | Promise<Fields | Refusal>

export const refuse = (code: string, message = `${code} it is`, status = 400): Refusal => ({code, message, status})
export const breakOff = (how: NonNullable<Refusal['break']>): Refusal => ({code: '', break: how})

export const isRefusal = (answer: Fields | Refusal): answer is Refusal => typeof answer.code === 'string'

type Protocol = 'ec2' | 'query' | 'json' | 'rest-xml' | 'rest-json' | 'plain-json'
const SERVICES: Readonly<Record<string, {readonly protocol: Protocol; readonly module: object}>> = {
  ec2: {protocol: 'ec2', module: ec2},
  iam: {protocol: 'query', module: iam},
  sts: {protocol: 'query', module: sts},
  ssm: {protocol: 'json', module: ssm},
  cloudformation: {protocol: 'query', module: cloudformation},
  organizations: {protocol: 'json', module: organizations},
  cloudtrail: {protocol: 'json', module: cloudtrail},
  config: {protocol: 'json', module: config},
  logs: {protocol: 'json', module: logs},
  route53: {protocol: 'rest-xml', module: route53},
  inspector2: {protocol: 'rest-json', module: inspector2},
  route53profiles: {protocol: 'rest-json', module: route53profiles},
  // The newest client of this service in the registry has no schemas; its JSON needs none.
  route53resolver: {protocol: 'plain-json', module: {}},
}

/** A request and an answer without their transport. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}
export interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly date?: string
}

/** What happens to a response on the wire. */
export type Spoil = (call: Call, reply: Reply) => Reply | Refusal

interface Operation {
  readonly name: string
  readonly input: Shape
  readonly output: Shape
  readonly labels: Fields
}

/**
 * A simulated AWS: requests are decoded and responses encoded with the schemas of the SDK itself, so that the whole
 * client is exercised, from credentials to parsing. It cannot detect a mistake in those schemas.
 */
export function fakeAws(handler: Handler, spoil: Spoil = (_, reply) => reply) {
  const calls: Call[] = []

  async function reply(request: Request): Promise<Reply | Refusal> {
    const [, region = '', service = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? []
    const known = SERVICES[service]
    const operation = known && operationOf(known, request)
    if (!known || !operation) return refusalReply('json', refuse('UnknownOperation', `${service} ${request.path}`))
    const call = {service, operation: operation.name, region, input: inputOf(known.protocol, operation, request)}
    calls.push(call)
    const answer = await handler(call)
    if (!isRefusal(answer)) return spoil(call, answerReply(known.protocol, operation, answer))
    return answer.break ? answer : spoil(call, refusalReply(known.protocol, answer))
  }

  const server = createServer(async (incoming, outgoing) => {
    send(await fake.reply(await read(incoming)), outgoing)
  })

  const fake = {
    calls,
    reply,
    listen: async (): Promise<string> => {
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    close: (): void => {
      server.close()
      server.closeAllConnections()
    },
  }
  return fake
}

async function read(incoming: IncomingMessage): Promise<Request> {
  let body = ''
  for await (const chunk of incoming) body += chunk
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([key, value]) => [key, String(value)]))
  return {method: incoming.method ?? '', path: incoming.url ?? '', headers, body}
}

function send(answer: Reply | Refusal, outgoing: ServerResponse): void {
  if ('body' in answer) {
    outgoing.writeHead(answer.status, {'content-type': answer.type})
    outgoing.end(answer.body)
  } else if (answer.break === 'reset') outgoing.socket?.destroy()
  else if (answer.break === 'truncated') {
    outgoing.writeHead(200, {'content-type': 'text/xml', 'content-length': 1000})
    outgoing.write('<Response>', () => outgoing.socket?.destroy())
  } else if (answer.break === 'nonsense') {
    outgoing.writeHead(200, {'content-type': 'text/xml'})
    outgoing.end('<html>the proxy says hello')
  }
}

function operationOf({protocol, module}: (typeof SERVICES)[string], request: Request): Operation | undefined {
  const name =
    protocol === 'json' || protocol === 'plain-json'
      ? request.headers['x-amz-target']?.split('.')[1]
      : new URLSearchParams(request.body).get('Action')
  if (protocol === 'plain-json') return name ? operation(name, undefined) : undefined
  if (protocol !== 'rest-xml' && protocol !== 'rest-json') {
    const schema: unknown = Reflect.get(module, `${name}$`)
    return name && Array.isArray(schema) ? operation(name, schema) : undefined
  }
  for (const schema of Object.values(module)) {
    const labels = Array.isArray(schema) && schema[0] === 9 ? labelsIn(schema[3]?.http, request) : undefined
    if (labels) return operation(schema[2], schema, labels)
  }
  return undefined
}

const operation = (name: string, schema: readonly unknown[] | undefined, labels: Fields = {}): Operation => ({
  name,
  input: NormalizedSchema.of((schema?.[4] ?? 0) as never),
  output: NormalizedSchema.of((schema?.[5] ?? 0) as never),
  labels,
})

/** `/hostedzone/{HostedZoneId}/rrset` against the path that came. */
function labelsIn(http: unknown, {method, path}: Request): Fields | undefined {
  if (!Array.isArray(http) || http[0] !== method) return undefined
  const template: string = http[1].split('?')[0]
  const pattern = template.replace(/\{(\w+)\+?\}/g, (_, label: string) => `(?<${label}>[^/]+)`)
  const found = new RegExp(`^${pattern}/?$`).exec(path.split('?')[0] ?? '')
  return found
    ? Object.fromEntries(Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]))
    : undefined
}

function inputOf(protocol: Protocol, {input, labels}: Operation, {path, body}: Request): Fields {
  const decoded = {json: fromJson, 'plain-json': fromJson, 'rest-json': fromJson}[protocol as 'json']?.(body)
  const inUrl = () => fromUrl(input, new URLSearchParams(path.split('?')[1] ?? ''))
  if (decoded) return {...(protocol === 'rest-json' && inUrl()), ...decoded, ...labels}
  if (protocol === 'rest-xml') return {...labels, ...inUrl()}
  const value = fromQuery(input, new URLSearchParams(body), '', protocol === 'ec2')
  return isObject(value) ? value : {}
}

function fromJson(body: string): Fields {
  const value: Value = JSON.parse(body || '{}')
  return isObject(value) ? value : {}
}

const fromUrl = (input: Shape, params: URLSearchParams): Fields =>
  Object.fromEntries(
    [...input.structIterator()].flatMap(([key, member]) => {
      const name: unknown = member.getMergedTraits().httpQuery
      const text = typeof name === 'string' ? params.get(name) : null
      return text === null ? [] : [[key, scalar(member, text)]]
    }),
  )

function answerReply(protocol: Protocol, {name, output}: Operation, answer: Fields): Reply {
  if (protocol === 'plain-json') return {status: 200, type: 'application/x-amz-json-1.1', body: JSON.stringify(answer)}
  if (protocol === 'json' || protocol === 'rest-json')
    return {status: 200, type: 'application/x-amz-json-1.1', body: JSON.stringify(json(output, answer))}
  const members = xmlMembers(output, answer)
  const body = {
    ec2: `<${name}Response><requestId>r</requestId>${members}</${name}Response>`,
    query: `<${name}Response><${name}Result>${members}</${name}Result></${name}Response>`,
    'rest-xml': `<${name}Response>${members}</${name}Response>`,
  }[protocol]
  return {status: 200, type: 'text/xml', body}
}

function refusalReply(protocol: Protocol, {code, message = '', status = 400}: Refusal): Reply {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
  if (protocol === 'ec2') return {status, type: 'text/xml', body: `<Response><Errors>${error}</Errors></Response>`}
  if (protocol === 'query' || protocol === 'rest-xml')
    return {status, type: 'text/xml', body: `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`}
  return {status, type: 'application/x-amz-json-1.1', body: JSON.stringify({__type: code, message})}
}
