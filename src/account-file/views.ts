import type {Account} from '../model/account.ts'
import {viewFor} from './fleet.ts'
import {listingOf, newestFiles} from './newest.ts'
import {kept} from './summary.ts'

/** The account without the instances and nodes that a newer file lists. */
export function ownOf(account: Account, isNewest: (id: string) => boolean): Account {
  if (listingOf(account).ids.every(isNewest)) return account
  const {Instances, InstanceInformationList} = account
  return {
    ...account,
    Instances: kept(Instances, ({InstanceId}) => isNewest(InstanceId)),
    InstanceInformationList: kept(InstanceInformationList, ({InstanceId}) => isNewest(InstanceId)),
  }
}

interface View {
  /** With the network of the other accounts. */
  readonly account: Account
  /** The instances for which no newer account counts. */
  readonly own: Account['Instances']
}

/** Accounts that are all in memory, each completed by the others, and the instances that several of them list. */
export function viewsOf(accounts: readonly Account[]): {
  readonly views: readonly View[]
  readonly repeated: ReadonlyMap<string, readonly Account[]>
} {
  const {files, isNewest, completing, repeated} = newestFiles(accounts, listingOf)
  const views = files.map((file) => {
    const own = ownOf(file, (id) => isNewest(file, id))
    return {account: viewFor(completing(file), own), own: own.Instances}
  })
  return {views, repeated}
}
