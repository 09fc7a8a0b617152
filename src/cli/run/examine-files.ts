import {type Account, isUnreadable, itemsOf} from '../../model/account.ts'
import {machinesIn} from '../../model/hybrid.ts'
import {nameOf} from '../../model/instance.ts'
import {uniqueBy} from '../../util/group-by.ts'
import {usageError} from '../../util/usage-error.ts'
import {viewOfInstance} from '../input/account-files.ts'
import {assertFile, type Target} from '../input/target.ts'
import type {InstanceExamination} from './examination.ts'

type Examine = (account: Account, id: string) => InstanceExamination | Promise<InstanceExamination>

/** Examines each target in the accounts of files, or the only instance in them. */
export function examineEach(
  targets: readonly Target[],
  accounts: readonly Account[],
  examine: Examine,
): Promise<readonly InstanceExamination[]> {
  return Promise.all(
    targetsIn(targets, accounts).map(async (target) => {
      const account = viewOfInstance(accounts, target.id)
      assertFile(target, account)
      return examine(account, target.id)
    }),
  )
}

/** The targets, or the only instance in the files if none is named. */
export const targetsIn = (targets: readonly Target[], accounts: readonly Account[]): readonly Target[] =>
  targets.length > 0 ? targets : [{id: onlyInstanceOf(accounts)}]

/** The only instance in the files; with several the id must be given. */
function onlyInstanceOf(accounts: readonly Account[]): string {
  const listed = accounts.flatMap(({Instances}) => itemsOf(Instances))
  const all = listed.length > 0 ? listed : accounts.flatMap(machinesIn)
  const instances = uniqueBy(all, ({InstanceId}) => InstanceId)
  const [only, ...others] = instances
  if (!only) {
    const unread = accounts.map(({Instances}) => Instances).find(isUnreadable)
    const found = unread
      ? `Instances could not be read from the file (${unread.unreadable})`
      : 'No instances in the file'
    throw usageError(`${found}. Specify the instance: ssm-doctor i-0123456789abcdef0 --account FILE`)
  }
  if (others.length === 0) return only.InstanceId
  const list = instances.map((instance) => [instance.InstanceId, nameOf(instance)].filter(Boolean).join(' '))
  throw usageError(`The file lists ${instances.length} instances; specify which to examine: ${list.join(', ')}`)
}
