import type {SettingNames} from '../fleet/accounts.ts'
import {usageError} from '../util/usage-error.ts'

/** The parameters of deploy/audit.yaml, which messages name. */
export const PARAMETERS: SettingNames = {
  accounts: 'Accounts',
  excludedAccounts: 'ExcludedAccounts',
  excludedRegions: 'ExcludedRegions',
}

export function textFrom(name: string): string {
  const value = textOr(name)
  if (value === undefined) throw usageError(`The function has no value for ${name}; deploy the stack again.`)
  return value
}

export const textOr = (name: string): string | undefined => process.env[name]?.trim() || undefined

/** `a, b` as CloudFormation passes a parameter. */
export const listFrom = (name: string): readonly string[] =>
  (process.env[name] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

export const isOn = (name: string): boolean => process.env[name] === 'true'
