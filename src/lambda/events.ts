import type {Unit} from '../fleet/expected.ts'
import {isAccountId, isRegionName} from '../model/ids.ts'
import {isObject} from '../util/json.ts'
import {usageError} from '../util/usage-error.ts'

/** Names of runs are part of keys in the bucket. */
const RUN = /^[\w.-]{1,80}$/
const TIME = /^\d{4}-\d\d-\d\dT/

/** A field of an event, which the state machine passes and anyone who may invoke the function can choose. */
function rejected(field: string, expected: string, found: unknown): Error {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found)?.slice(0, 80)
  return usageError(`The event of the function: ${field}: expected ${expected}, found ${shown}.`)
}

/** The fields of an event; none if it is not an object. */
const fieldsOf = (event: unknown): Readonly<Record<string, unknown>> => (isObject(event) ? event : {})

export function runNameIn(event: unknown): string {
  const {run} = fieldsOf(event)
  if (typeof run === 'string' && RUN.test(run)) return run
  throw rejected('run', 'the name of a run: letters, digits, dots, hyphens and underscores', run)
}

/** The start of the state machine, and the run that its input names, if any. */
export function startIn(event: unknown): {readonly startedAt: string; readonly named: string | undefined} {
  const {startedAt, input} = fieldsOf(event)
  if (typeof startedAt !== 'string' || !TIME.test(startedAt) || Number.isNaN(Date.parse(startedAt)))
    throw rejected('startedAt', 'a time such as 2026-11-28T09:00:00Z', startedAt)
  return {startedAt, named: fieldsOf(input).run === undefined ? undefined : runNameIn(input)}
}

export function unitIn(event: unknown): Unit {
  const unit = fieldsOf(fieldsOf(event).unit)
  const {account, regions = null} = unit
  if (typeof account !== 'string' || !isAccountId(account))
    throw rejected('unit.account', 'an account id of 12 digits', account)
  if (regions !== null && !isRegions(regions)) throw rejected('unit.regions', 'a list of Regions, or null', regions)
  return {account, regions}
}

const isRegions = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && isRegionName(one))

/** Why examining a unit failed: what Step Functions passes after its last attempt. */
export interface Failure {
  readonly name: string
  readonly cause: string
}

export function failureIn(event: unknown): Failure | undefined {
  const {failure} = fieldsOf(event)
  if (failure === undefined || failure === null) return undefined
  const {Error: name, Cause: cause} = fieldsOf(failure)
  return {
    name: typeof name === 'string' && name !== '' ? name : 'an unknown error',
    cause: typeof cause === 'string' ? cause : '',
  }
}
