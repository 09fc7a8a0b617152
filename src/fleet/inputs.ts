import {parseJson} from '../account-file/json-text.ts'
import {list, mismatch, number, object, reading, type Shape, text} from '../account-file/schema.ts'
import type {Baseline} from '../audit/changes.ts'
import type {Audit, AuditPart} from '../audit/report.ts'
import type {Suppression} from '../audit/suppressions.ts'
import {CERTAINTIES} from '../checks/check.ts'
import {SEVERITIES} from '../checks/severity.ts'
import {COVERAGES} from '../inspector/reasons.ts'
import {isAccountId} from '../model/ids.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import type {Unit} from './expected.ts'

/** JSON text, and its source for messages. */
export interface Input {
  readonly name: string
  readonly text: string
}

const orNull = (shape: Shape) => (value: unknown) => (value === null ? null : shape(value))
const textOrNull = orNull(text)

const only =
  (...expected: readonly unknown[]) =>
  (value: unknown) => {
    if (!expected.includes(value)) throw mismatch(expected.map((one) => `"${one}"`).join(' or '), value)
    return value
  }

/** What a comparison reads from an earlier report of the same kind. */
const baselineShape = (schema: Audit['schema']) =>
  object(
    {
      schema: only(schema),
      readAt: text,
      instances: list(
        object(
          {id: text, verdict: text, rootCause: textOrNull},
          {
            account: textOrNull,
            region: text,
            causes: list(object({id: text, resource: text})),
            inspector: object({coverage: text, reason: textOrNull}),
          },
        ),
      ),
    },
    {changes: object({instances: list(object({id: text, since: text}))})},
  )

/** The JSON, with every field that is used later validated. */
function shaped<T>({name, text: json}: Input, shape: (value: unknown) => unknown): T {
  const value = parseJson(name, json)
  return reading(name, () => shape(value)) as T
}

export const baselineIn = (input: Input, schema: Audit['schema']): Baseline => shaped(input, baselineShape(schema))

const DAY = /^\d{4}-\d\d-\d\d/

/** A date is valid through the end of the day, in UTC. One that the calendar does not have would be a later one. */
function expiry(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const [day] = (typeof value === 'string' && DAY.exec(value)) || []
  if (day === undefined || !isInCalendar(day)) throw mismatch('a day or an ISO 8601 time', value)
  const moment = new Date(day === value ? `${day}T24:00:00Z` : String(value))
  if (Number.isNaN(moment.getTime())) throw mismatch('a day or an ISO 8601 time', value)
  return moment.toISOString()
}

function isInCalendar(day: string): boolean {
  const moment = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day)
}

const nonEmpty = (value: unknown): string => {
  const content = text(value)
  if (content.trim() === '') throw mismatch('a non-empty string', value)
  return content
}

const entry = object({owner: nonEmpty, reason: nonEmpty}, {cause: text, resource: text, tag: text})
const FIELDS = ['cause', 'resource', 'tag', 'owner', 'reason', 'expires']

/** A misspelled field would make a suppression wider, or longer, than intended. */
function suppression(value: unknown): Suppression {
  const odd = isObject(value) ? Object.keys(value).find((key) => !FIELDS.includes(key)) : undefined
  if (odd !== undefined) throw mismatch(`only ${FIELDS.join(', ')}`, odd)
  const {cause, resource, tag, owner, reason} = entry(value) as JsonObject & Suppression
  const {expires} = isObject(value) ? value : {}
  if (cause === undefined && resource === undefined && tag === undefined)
    throw mismatch('a cause, a resource or a tag', value)
  return {
    ...(cause !== undefined && {cause}),
    ...(resource !== undefined && {resource}),
    ...(tag !== undefined && {tag}),
    owner,
    reason,
    expires: expiry(expires),
  }
}

/** `[{"cause": …, "resource": …, "tag": "Key=Value", "owner": …, "reason": …, "expires": "2027-01-31"}]` */
export const suppressionsIn = (input: Input): readonly Suppression[] => shaped(input, list(suppression))

const scope = object({account: textOrNull, region: text, readAt: textOrNull, failed: textOrNull})
const severity = only(...SEVERITIES)
const cause = object({id: text, resource: text, severity, certainty: only(...CERTAINTIES)})
const association = object({name: text, status: text, error: textOrNull})
const inspected = object({
  ...{coverage: only(...COVERAGES), meaning: text, associations: list(association)},
  ...{status: textOrNull, reason: textOrNull, scanMode: textOrNull, lastScanned: textOrNull, change: textOrNull},
})
const instance = object(
  {
    ...{id: text, region: text, verdict: text, causes: list(cause)},
    ...{name: textOrNull, account: textOrNull, vpc: textOrNull, rootCause: textOrNull, owner: textOrNull},
  },
  {inspector: inspected},
)
const alsoFixed = object({cause: text, resource: text, instances: number})
const change = object(
  {title: text, commands: list(text), fixes: orNull(number), alsoFixes: list(alsoFixed)},
  {snippet: text, cost: text, effect: text},
)
const group = object({
  ...{id: text, cause: text, resource: text, severity, message: text, docs: text},
  ...{account: textOrNull, region: text, affected: list(text)},
  owners: list(object({owner: textOrNull, instances: number})),
  change: orNull(change),
})
const unread = object({
  account: textOrNull,
  region: text,
  kind: text,
  reason: text,
  permission: textOrNull,
  instances: number,
})
const suppressed = object({
  ...{instance: text, cause: text, resource: text, owner: text, reason: text},
  expires: textOrNull,
})

/** What merging and the formats read from a report. */
const partShape = (schema: Audit['schema']) =>
  object({
    schema: only(schema),
    scopes: list(scope),
    groups: list(group),
    instances: list(instance),
    unreadable: list(unread),
    suppressed: list(suppressed),
    expired: list(suppressed),
  })

/** The result of one account and Region, as `--output` or `--resume` wrote it. */
export const partIn = (input: Input, schema: Audit['schema']): AuditPart => shaped(input, partShape(schema))

const accountId = (value: unknown): unknown => {
  if (typeof value !== 'string' || !isAccountId(value)) throw mismatch('an account id of 12 digits', value)
  return value
}
const regions = (value: unknown): unknown => (value === null ? null : list(text)(value))

/** `[{"account": "111122223333", "regions": ["eu-west-1"]}]`; `null` for the Regions that the account has enabled. */
export const unitsIn = (input: Input): readonly Unit[] =>
  shaped(input, list(object({account: accountId, regions}, {failed: text})))
