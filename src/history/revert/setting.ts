import type {Account} from '../../model/account.ts'
import type {Change} from '../../remedies/core/change.ts'
import {entryOf} from '../../util/entry-of.ts'
import type {ChangeEvent} from '../event.ts'
import {type Parameters, textIn} from '../parameters.ts'
import {formerly, isCreatedIn, type Revert, type RevertContext} from './context.ts'

/** What calls set and show: the route for a destination, the permissions boundary of a role. Null is none. */
interface Setting<Place, Value> {
  /** Which setting a call is about. */
  readonly placeIn: (request: Parameters | undefined, response: Parameters | undefined) => Place | undefined
  /** Its value after each of these calls; undefined if the call does not show it. */
  readonly after: Readonly<Record<string, (request: Parameters | undefined) => Value | null | undefined>>
  /** Its value in what AWS Config recorded. */
  readonly recorded: (account: Account, place: Place) => Value | null | undefined
  /** The call that creates its resource, which has no value yet. */
  readonly creation?: readonly [call: string, idOf: (place: Place) => string]
  readonly change: (
    place: Place,
    values: readonly [now: Value | null | undefined, before: Value | null],
    account: Account,
  ) => Change | undefined
}

export const none = () => null

/** The place that a request names by these parameters; undefined if it lacks one. */
export const placeNamedBy =
  <Name extends string>(parameters: Readonly<Record<Name, string>>) =>
  (request: Parameters | undefined): Readonly<Record<Name, string>> | undefined => {
    const named = Object.entries<string>(parameters).map(([name, parameter]) => [name, textIn(request, parameter)])
    return named.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(named)
  }

/** The setting has its earlier value again. */
export const revertSetting =
  <Place, Value>(setting: Setting<Place, Value>): Revert =>
  (context) => {
    const {account, event} = context
    const place = setting.placeIn(event.request, event.response)
    const before = place && formerValue(setting, place, context)
    // Only what exists is replaced or deleted.
    if (!place || before === undefined || (before === null && /^(?:Delete|Replace)/.test(event.name))) return undefined
    const change = setting.change(place, [valueAfter(setting, event), before], account)
    return change && {change}
  }

const valueAfter = <Value>({after}: Pick<Setting<never, Value>, 'after'>, {name, request}: ChangeEvent) =>
  entryOf(after, name)?.(request)

function formerValue<Place, Value>(
  setting: Setting<Place, Value>,
  place: Place,
  {event, older, recorded}: RevertContext,
): Value | null | undefined {
  if (event.name.startsWith('Create')) return null
  const known = recorded && setting.recorded(recorded, place)
  if (known !== undefined) return known
  const key = JSON.stringify(place)
  const former = formerly(older, (one) =>
    JSON.stringify(setting.placeIn(one.request, one.response)) === key ? valueAfter(setting, one) : undefined,
  )
  if (former !== undefined) return former
  const [call, idOf] = setting.creation ?? []
  return call && idOf && isCreatedIn(older, call, idOf(place)) ? null : undefined
}
