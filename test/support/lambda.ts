import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import type {Account} from '../../src/model/account.ts'
import {type Call, fakeAws, type Refusal} from './fake-aws.ts'
import {answerTo} from './serve.ts'

export const BUCKET = 'bucket'

/** The calls of the functions other than reading accounts. */
interface Asked {
  readonly service: string
  readonly region: string
  readonly method: string
  readonly path: string
}

export interface LambdaAws {
  /** Accounts by id; of each Region of an account what `account` gives. */
  readonly accounts: readonly string[]
  readonly regions: readonly string[]
  readonly account: (id: string, region: string) => Account
  /** Refuses a read of an account. */
  readonly unless?: (id: string, call: Call) => Refusal | undefined
  /** Waits for a response that never comes. */
  readonly hangs?: (call: Call) => boolean
  /** Refuses to assume the role in an account. */
  readonly denied?: readonly string[]
  /** Refuses to list the accounts of the organization. */
  readonly closed?: boolean
  /** Throttles assuming the role in an account. */
  readonly throttled?: (id: string) => boolean
  /** The error of Security Hub if it is to reject the findings. */
  readonly hub?: (
    id: string,
    findings: readonly {Id: string}[],
  ) => {readonly status: number; readonly body: object} | undefined
}

const xml = (body: string) => ({type: 'application/xml', body: `<?xml version="1.0" encoding="UTF-8"?>${body}`})
const REFUSED = {
  type: 'application/x-amz-json-1.1',
  body: JSON.stringify({__type: 'AccessDeniedException', Message: 'no'}),
}
const escaped = (key: string) => key.replaceAll('&', '&amp;')

/** S3, SNS, STS, Security Hub and Organizations on one endpoint, and each account behind the key that STS gave for it. */
export async function lambdaAws({
  accounts,
  regions,
  account,
  unless,
  hangs,
  denied = [],
  closed = false,
  throttled,
  hub,
}: LambdaAws) {
  const objects = new Map<string, string>()
  const messages: {readonly subject: string; readonly message: string}[] = []
  const findings: {readonly account: string; readonly region: string; readonly batch: readonly {Id: string}[]}[] = []
  const asked: Asked[] = []
  let isDown: () => boolean = () => false

  const fakes = new Map(
    accounts.map((id) => [
      id,
      fakeAws(async (call) => {
        if (hangs?.(call)) await new Promise(() => undefined)
        const refusal = unless?.(id, call)
        if (refusal) return refusal
        if (call.operation === 'DescribeRegions') return {Regions: regions.map((RegionName) => ({RegionName}))}
        return answerTo(account(id, call.region), call)
      }),
    ]),
  )

  const server = createServer(async (incoming, outgoing) => {
    const reply = await replyTo(incoming)
    outgoing.writeHead(reply.status ?? 200, {'content-type': reply.type}).end(reply.body)
  })

  async function replyTo(incoming: IncomingMessage): Promise<{status?: number; type: string; body: string}> {
    const {url: path = '/', method = 'GET', headers} = incoming
    const [, key = '', region = '', service = ''] =
      /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? []
    const body = await text(incoming)
    asked.push({service, region, method, path})
    if (isDown()) return {status: 403, ...xml('<Error><Code>AccessDenied</Code><Message>killed</Message></Error>')}
    if (service === 's3') return s3(method, path, body)
    if (service === 'sns') return sns(new URLSearchParams(body))
    if (service === 'organizations') return closed ? {status: 400, ...REFUSED} : organization()
    const member = key.replace(/^AKIA/, '')
    if (service === 'securityhub') return securityHub(member, region, JSON.parse(body))
    if (service === 'sts' && body.includes('AssumeRole')) return assume(new URLSearchParams(body).get('RoleArn') ?? '')
    const reply = await (fakes.get(member) ?? fakes.get(accounts[0] ?? ''))?.reply({
      method,
      path,
      headers: headers as Record<string, string>,
      body,
    })
    return reply && 'body' in reply ? reply : {status: 500, type: 'text/plain', body: ''}
  }

  function s3(method: string, path: string, body: string) {
    const url = new URL(path, 'http://localhost')
    const key = decodeURIComponent(url.pathname.slice(BUCKET.length + 2))
    if (method === 'PUT') {
      objects.set(key, body)
      return xml('')
    }
    if (url.searchParams.has('list-type')) {
      const prefix = url.searchParams.get('prefix') ?? ''
      const found = [...objects.keys()].filter((one) => one.startsWith(prefix)).sort()
      const from = Number(url.searchParams.get('continuation-token') ?? 0)
      const page = found.slice(from, from + 1000)
      const more = from + 1000 < found.length
      return xml(
        `<ListBucketResult><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${from + 1000}</NextContinuationToken>` : ''}${page.map((one) => `<Contents><Key>${escaped(one)}</Key></Contents>`).join('')}</ListBucketResult>`,
      )
    }
    const found = objects.get(key)
    return found === undefined
      ? {status: 404, ...xml('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>')}
      : {type: 'application/octet-stream', body: found}
  }

  function sns(params: URLSearchParams) {
    messages.push({subject: params.get('Subject') ?? '', message: params.get('Message') ?? ''})
    return xml('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>')
  }

  const organization = () => ({
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify({Accounts: accounts.map((Id) => ({Id, State: 'ACTIVE'}))}),
  })

  function assume(roleArn: string) {
    const id = /::(\d{12}):/.exec(roleArn)?.[1] ?? ''
    if (throttled?.(id))
      return {
        status: 400,
        ...xml('<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>'),
      }
    if (denied.includes(id))
      return {
        status: 403,
        ...xml('<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>'),
      }
    return xml(
      `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIA${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    )
  }

  function securityHub(id: string, region: string, {Findings}: {readonly Findings: readonly {Id: string}[]}) {
    const instead = hub?.(id, Findings)
    if (instead) return {status: instead.status, type: 'application/json', body: JSON.stringify(instead.body)}
    findings.push({account: id, region, batch: Findings})
    return {
      type: 'application/json',
      body: JSON.stringify({SuccessCount: Findings.length, FailedCount: 0, FailedFindings: []}),
    }
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    messages,
    findings,
    asked,
    /** Nothing is answered while this is true. */
    downWhile: (holds: () => boolean): void => {
      isDown = holds
    },
    json: <T>(key: string): T => JSON.parse(objects.get(key) ?? 'null'),
    close: (): void => {
      server.close()
      server.closeAllConnections()
    },
  }
}
