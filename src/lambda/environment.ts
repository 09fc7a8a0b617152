import type {SettingNames} from '../fleet/accounts.ts'
import {usageError} from '../util/usage-error.ts'

/** The parameters of deploy/audit.yaml, which messages name. */
export const PARAMETERS: SettingNames = {
  accounts: 'Accounts',
  excludedAccounts: 'ExcludedAccounts',
  excludedRegions: 'ExcludedRegions',
}

type Environment = Readonly<Record<string, string | undefined>>

export function textFrom(environment: Environment, name: string): string {
  const value = environment[name]?.trim()
  if (!value) throw usageError(`The function has no value for ${name}; deploy the stack again.`)
  return value
}

export const textOr = (environment: Environment, name: string): string | undefined =>
  environment[name]?.trim() || undefined

/** `a, b` as CloudFormation passes a parameter. */
export const listFrom = (environment: Environment, name: string): readonly string[] =>
  (environment[name] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

export const isOn = (environment: Environment, name: string): boolean => environment[name] === 'true'
