import type {Signal} from '../../src/agent/output/signal.ts'
import {type Check, type Finding, isFinding, type Note} from '../../src/checks/check.ts'
import type {Account, Facts, Instance, Kind} from '../../src/model/account.ts'
import type {Path} from '../../src/network/path.ts'
import {healthyAccount, web} from '../agent/fixtures.ts'

/** Runs one check on a healthy account with some of it changed; the tests provide the kinds that it declares. */
export const notesOf = (
  check: Check,
  change: Partial<Account> = {},
  instance: Instance = web,
  paths: readonly Path[] = [],
  evidence: readonly Signal[] = [],
): readonly Note[] => check.run({...healthyAccount, ...change} as Facts<Kind, Kind>, instance, paths, evidence)

export const findingsOf = (...given: Parameters<typeof notesOf>): readonly Finding[] =>
  notesOf(...given).filter(isFinding)

export const causesOf = (...given: Parameters<typeof notesOf>): readonly string[] =>
  findingsOf(...given).map(({cause}) => cause)

/** The causes that are left once the first remedy of the first finding has been applied. */
export function causesAfterRemedy(check: Check, change: Partial<Account> = {}, instance: Instance = web) {
  const account = {...healthyAccount, Instances: [instance], ...change}
  const apply = findingsOf(check, account, instance)[0]?.remedies?.[0]?.apply
  if (!apply) throw new Error('The first finding has no remedy that the model can apply.')
  const after = apply(account)
  const changed = Array.isArray(after.Instances) ? (after.Instances[0] as Instance) : instance
  return causesOf(check, after, changed)
}
