import {readAccounts} from '../../account-file/account-file.ts'
import {viewFor} from '../../account-file/fleet.ts'
import type {Account} from '../../model/account.ts'
import {usageError} from '../../util/usage-error.ts'

/** The accounts in files; notes about the files themselves go to stderr. */
export async function accountsIn(sources: readonly string[], region: string | undefined): Promise<readonly Account[]> {
  const {accounts, notes} = await readAccounts(sources, {region})
  for (const note of notes) process.stderr.write(`${note}\n`)
  return accounts
}

/** The account that contains the requested resource, else the first, completed by the network data of the others. */
export function viewOf(accounts: readonly Account[], holds: (account: Account) => boolean): Account {
  const home = accounts.find(holds) ?? accounts[0]
  if (!home) throw usageError('No account data found in these files.')
  return viewFor(accounts, home)
}
