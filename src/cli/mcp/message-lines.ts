import {Readable} from 'node:stream'
import {ProtocolErrorCode, parseJSONRPCMessage} from '@modelcontextprotocol/server'
import {isObject, parsedJson} from '../../util/json.ts'

/** In characters. The library's own limit is in bytes, and it reports that in words of its own. */
const MAX_LENGTH = 10_000_000

/** What is wrong with a line that is no message, and the answer to it. */
type Reject = (problem: string, answer?: object) => void

/**
 * The lines of the input that are messages. The library ignores the others, and their sender would wait for an answer.
 * https://www.jsonrpc.org/specification#error_object
 */
export function messageLines(input: Readable, reject: Reject): Readable {
  async function* messages() {
    for await (const line of linesIn(input)) if (isMessage(line, reject)) yield Buffer.from(`${line}\n`)
  }
  return Readable.from(messages())
}

async function* linesIn(input: Readable): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter((line) => line.trim() !== '')
    if (rest.length > MAX_LENGTH) throw new Error('A message is larger than 10 MB; the connection is closed.')
  }
}

function isMessage(line: string, reject: Reject): boolean {
  const json = parsedJson(line)
  if (json === undefined) {
    reject('it is not JSON', errorTo(null, ProtocolErrorCode.ParseError, 'Parse error'))
    return false
  }
  try {
    parseJSONRPCMessage(json)
    return true
  } catch {
    reject('it is not JSON-RPC 2.0', invalid(json))
    return false
  }
}

/** A response is not answered, because its sender might answer that again. */
function invalid(json: unknown): object | undefined {
  const {id, ...rest} = isObject(json) ? json : {id: null}
  if ('error' in rest || 'result' in rest) return undefined
  const known = typeof id === 'string' || typeof id === 'number' ? id : null
  return errorTo(known, ProtocolErrorCode.InvalidRequest, 'Invalid Request')
}

const errorTo = (id: string | number | null, code: number, message: string): object => ({
  jsonrpc: '2.0',
  id,
  error: {code, message},
})
