import type {Account} from '../../model/account.ts'
import {usageError} from '../../util/usage-error.ts'

/** The accounts in files; what there is to say of the files themselves goes to stderr. */
export async function accountsIn(sources: readonly string[], region: string | undefined): Promise<readonly Account[]> {
  const {readAccounts} = await import('../../account-file/account-file.ts')
  const {accounts, notes} = await readAccounts(sources, {region})
  for (const note of notes) process.stderr.write(`${note}\n`)
  return accounts
}

/** The account that holds what is asked for, else the first, with what the others know of its network. */
export async function viewOf(accounts: readonly Account[], holds: (account: Account) => boolean): Promise<Account> {
  const {viewFor} = await import('../../account-file/fleet.ts')
  const home = accounts.find(holds) ?? accounts[0]
  if (!home) throw usageError('The files hold no account.')
  return viewFor(accounts, home)
}
