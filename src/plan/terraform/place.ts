import {isAccountId} from '../../model/ids.ts'
import {entryOf} from '../../util/entry-of.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import type {Defaults} from '../defaults.ts'
import {configOf, referencesIn, type Scope} from './references.ts'
import type {ResourceChange} from './resource-change.ts'

/** The account and the Region that the plan applies to. */
export interface Target {
  readonly account?: string | undefined
  readonly region: string
  /** What AWS created in the account that the plan may take over. */
  readonly defaults?: Defaults
}

/** The providers of the configuration, and the values of the root module's variables. */
export interface Providers {
  readonly providers: JsonObject
  readonly variables: Readonly<Record<string, unknown>>
}

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Whether the resource is in another Region or account: its ARN, its own Region or its provider shows it. */
export function isElsewhere(
  change: ResourceChange,
  scope: Scope,
  {providers, variables}: Providers,
  target: Target,
): boolean {
  const {before, after} = change.change
  const values = {...(isObject(before) && before), ...(isObject(after) && after)}
  const [, , , arnRegion, arnAccount] = (text(values.arn) ?? '').split(':')
  const key = configOf(scope, change.type, change.name)?.provider_config_key ?? ''
  const provider = entryOf(providers, key)
  const settings = isObject(provider) && isObject(provider.expressions) ? provider.expressions : {}
  const settingOf = (expression: unknown): string | undefined => {
    if (!isObject(expression)) return undefined
    const [reference] = referencesIn(expression)
    const module = isObject(provider) ? text(provider.module_address) : undefined
    const isOfRoot = module === undefined && reference?.startsWith('var.')
    return text(expression.constant_value ?? (isOfRoot ? entryOf(variables, reference!.slice(4)) : undefined))
  }
  const [role] = Array.isArray(settings.assume_role) ? settings.assume_role : []
  const [, , , , roleAccount] = (settingOf(isObject(role) ? role.role_arn : undefined) ?? '').split(':')
  const region = text(arnRegion) ?? text(values.region) ?? settingOf(settings.region)
  const account = text(arnAccount) ?? roleAccount
  const isGlobal = change.type.startsWith('aws_iam_') || change.type.startsWith('aws_route53_')
  return (
    (!isGlobal && region !== undefined && region !== target.region) ||
    (target.account !== undefined && isAccountId(account ?? '') && account !== target.account)
  )
}
