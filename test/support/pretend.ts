import {HttpResponse} from '@smithy/core/transport'
import {connect} from '../../src/collect/client/aws.ts'
import type {fakeAws, Reply} from './fake-aws.ts'
import {REGION} from './healthy.ts'

type Fake = ReturnType<typeof fakeAws>

export const credentials = async () => ({accessKeyId: 'test', secretAccessKey: 'test'})

interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const asRequest = ({method, path, query = {}, headers, body = ''}: HttpRequest) => ({
  method,
  path: Object.keys(query).length > 0 ? `${path}?${new URLSearchParams(query)}` : path,
  headers,
  body: typeof body === 'string' ? body : new TextDecoder().decode(body),
})

const asResponse = (reply: Reply) =>
  new HttpResponse({
    statusCode: reply.status,
    headers: {'content-type': reply.type, ...(reply.date && {date: reply.date})},
    body: new TextEncoder().encode(reply.body),
  })

const SOCKET_ERRORS = {reset: 'ECONNRESET', silence: 'ETIMEDOUT'} as const

/** The request handler of the SDK, without sockets: the whole client is exercised except for the transport. */
export const withoutSockets = (fake: Fake, before: () => Promise<void> = async () => undefined) => ({
  metadata: {handlerProtocol: 'http/1.1'},
  handle: async (request: HttpRequest) => {
    await before()
    const reply = await fake.reply(asRequest(request))
    if ('body' in reply) return {response: asResponse(reply)}
    const how = reply.break
    if (how !== 'reset' && how !== 'silence') throw new Error('Without sockets an answer comes whole or not at all.')
    throw Object.assign(new Error(SOCKET_ERRORS[how]), {code: SOCKET_ERRORS[how]})
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
})

/** Waits until nothing is pending, however busy the machine is. */
async function quiet(size: () => number): Promise<void> {
  for (let idle = 0, last = size(); idle < 300; idle++) {
    await new Promise((next) => setImmediate(next))
    if (size() !== last) [idle, last] = [0, size()]
  }
}

/**
 * Clients of a simulated AWS without sockets, which responds only once no more calls are made: the calls until then are
 * one round, and those that follow from the responses are the next.
 */
export async function inRounds(fake: Fake) {
  const waiting: (() => void)[] = []
  const rounds: number[] = []
  const before = () => new Promise<void>((answer) => waiting.push(answer))
  const aws = await connect({region: REGION}, {credentials, requestHandler: withoutSockets(fake, before)})
  return {
    aws,
    rounds,
    during: async <T>(work: Promise<T>): Promise<T> => {
      let done = false
      work
        .catch(() => undefined)
        .finally(() => {
          done = true
        })
      for (;;) {
        await quiet(() => waiting.length)
        if (done) return work
        if (waiting.length === 0) continue
        const round = waiting.splice(0)
        rounds.push(round.length)
        for (const answer of round) answer()
      }
    },
  }
}
