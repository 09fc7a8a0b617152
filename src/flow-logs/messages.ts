import {isObject, type JsonObject, stringIn} from '../util/json.ts'
/** One message of a log, with its log stream if known. */
export interface Message {
  readonly stream?: string
  /** A line, or the fields that a query of CloudWatch Logs Insights discovered. */
  readonly text: string | Readonly<Record<string, string>>
}

/**
 * The messages in a response of CloudWatch Logs: FilterLogEvents and GetLogEvents (`events`), a subscription
 * (`logEvents`), GetQueryResults (`results`), or a list of any of these. Undefined for other JSON.
 */
export function messagesIn(json: unknown): readonly Message[] | undefined {
  if (Array.isArray(json)) {
    const found = json.map(messagesIn)
    return found.every((one) => one !== undefined) && found.length > 0 ? found.flat() : undefined
  }
  if (!isObject(json)) return undefined
  const stream = stringIn(json, 'logStreamName') ?? stringIn(json, 'logStream') ?? stringIn(json, '@logStream')
  for (const list of [json.events, json.logEvents])
    if (Array.isArray(list)) return list.flatMap((event) => messagesIn(event) ?? []).map((one) => named(one, stream))
  if (Array.isArray(json.results)) return json.results.flatMap((row) => rowOf(row) ?? [])
  const message = stringIn(json, 'message') ?? stringIn(json, '@message')
  if (message !== undefined) return [named({text: message}, stream)]
  return 'interfaceId' in json || 'interface_id' in json ? [named({text: textsOf(json)}, stream)] : undefined
}

const named = (message: Message, stream: string | undefined): Message =>
  message.stream === undefined && stream !== undefined ? {...message, stream} : message

const textsOf = (json: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(json).flatMap(([field, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[field, String(value)]] : [],
    ),
  )

/** A row of a query: `[{"field": "@message", "value": "2 1234…"}]`. */
function rowOf(row: unknown): readonly Message[] | undefined {
  if (!Array.isArray(row)) return undefined
  const fields = row.flatMap((cell): readonly (readonly [string, string])[] => {
    const [field, value] = isObject(cell) ? [stringIn(cell, 'field'), stringIn(cell, 'value')] : []
    return field !== undefined && value !== undefined ? [[field, value]] : []
  })
  const values = Object.fromEntries(fields)
  return messagesIn('@message' in values ? values : {...values, interfaceId: values.interfaceId ?? '-'})
}
