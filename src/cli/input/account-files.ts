import {readAccounts} from '../../account-file/account-file.ts'
import {viewFor} from '../../account-file/fleet.ts'
import {listingOf, newestFiles} from '../../account-file/newest.ts'
import type {Account} from '../../model/account.ts'
import {subjectOf} from '../../model/hybrid.ts'
import {memo} from '../../util/memo.ts'
import {usageError} from '../../util/usage-error.ts'
import {notice} from '../output/notice.ts'

/** The accounts in files; notes about the files themselves go to stderr. */
export async function accountsIn(sources: readonly string[], region: string | undefined): Promise<readonly Account[]> {
  const {accounts, notes} = await readAccounts(sources, {region})
  for (const note of notes) notice(note)
  const regions = new Set(accounts.map(({Region}) => Region))
  if (region !== undefined && regions.size > 0 && !regions.has(region))
    notice(`The account data is of ${[...regions].join(', ')}; --region ${region} does not apply to it.`)
  return accounts
}

const newestIn = memo((accounts: readonly Account[]) => newestFiles(accounts, listingOf))

/**
 * The account that contains the requested resource, else the first, completed by the network data of the others. Of
 * several files of the account that contain it the newest is used, without older ones that list an instance again.
 */
function viewOf(accounts: readonly Account[], holds: (account: Account) => boolean): Account {
  const {files, completing} = newestIn(accounts)
  const [first = files[0], ...others] = files.filter(holds)
  if (!first) throw usageError('No account data found in these files.')
  const newest = others
    .filter(({Caller}) => Caller?.Account === first.Caller?.Account)
    .reduce((best, one) => (Date.parse(one.ReadAt) > Date.parse(best.ReadAt) ? one : best), first)
  return viewFor(completing(newest), newest)
}

/** The account of an instance; stderr says so if several files list it. */
export function viewOfInstance(accounts: readonly Account[], id: string): Account {
  const lists = (account: Account) => subjectOf(account, id) !== undefined
  const view = viewOf(accounts, lists)
  const copies = accounts.filter((one) => lists(one) && one.Caller?.Account === view.Caller?.Account)
  if (copies.length > 1)
    notice(`${copies.length} account files list ${id}; only the newest is used, of ${view.ReadAt}.`)
  return view
}

/** The account of a subnet or a Region; stderr says so if several files list an instance. */
export function viewOfNetwork(accounts: readonly Account[], holds: (account: Account) => boolean): Account {
  const view = viewOf(accounts, holds)
  const [first] = newestIn(accounts).repeated
  if (first) {
    const [id, copies] = first
    notice(`${copies.length} account files list ${id}; for each instance only the newest is used.`)
  }
  return view
}
