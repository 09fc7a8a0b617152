import {readAccounts} from '../../account-file/account-file.ts'
import {viewFor} from '../../account-file/fleet.ts'
import type {Account} from '../../model/account.ts'
import {subjectOf} from '../../model/hybrid.ts'
import {usageError} from '../../util/usage-error.ts'

/** The accounts in files; notes about the files themselves go to stderr. */
export async function accountsIn(sources: readonly string[], region: string | undefined): Promise<readonly Account[]> {
  const {accounts, notes} = await readAccounts(sources, {region})
  for (const note of notes) process.stderr.write(`${note}\n`)
  return accounts
}

/** The account that contains the requested resource, else the first, completed by the network data of the others. */
export function viewOf(accounts: readonly Account[], holds: (account: Account) => boolean): Account {
  const ownAccount = accounts.find(holds) ?? accounts[0]
  if (!ownAccount) throw usageError('No account data found in these files.')
  return viewFor(accounts, ownAccount)
}

/**
 * The same for an instance. Of several files of its account that list it only the newest is used: an older one may
 * show it before a change, and contain resources that no longer exist.
 */
export function viewOfInstance(accounts: readonly Account[], id: string): Account {
  const holds = (account: Account) => subjectOf(account, id) !== undefined
  const [first, ...later] = accounts.filter(holds)
  const copies = later.filter(({Caller}) => Caller?.Account === first?.Caller?.Account)
  if (first === undefined || copies.length === 0) return viewOf(accounts, holds)
  const newest = copies.reduce((best, one) => (Date.parse(one.ReadAt) > Date.parse(best.ReadAt) ? one : best), first)
  process.stderr.write(`${copies.length + 1} account files list ${id}; only the newest is used, of ${newest.ReadAt}.\n`)
  const older = new Set([first, ...copies].filter((one) => one !== newest))
  return viewFor(
    accounts.filter((one) => !older.has(one)),
    newest,
  )
}
