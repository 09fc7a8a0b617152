import {type Account, canRead, isNotAsked, isUnreadable} from '../../model/account.ts'
import {KINDS} from '../../model/kinds.ts'
import {isRefusalName} from '../../model/refusals.ts'
import {firstOf} from '../../util/list-in-words.ts'
import type {Target} from '../input/target.ts'
import {notice} from '../output/notice.ts'

const MAX = 10

/** Names on stderr what an account file does not have: its reader may have no access to read it later. */
export function reportMissing(account: Account, targets: readonly Target[]): void {
  const unread = unreadIn(account)
  const absent = absentIn(account, targets)
  if (unread.length > 0) notice(`Missing from the account file, because it could not be read: ${firstOf(unread, MAX)}.`)
  if (absent.length > 0)
    notice(`Missing from the account file, because Region ${account.Region} does not have it: ${firstOf(absent, MAX)}.`)
}

/** The ids that are neither an instance nor a node, as far as both lists were read. */
function absentIn(account: Account, targets: readonly Target[]): readonly string[] {
  if (!canRead(account, ['Instances', 'InstanceInformationList'])) return []
  const found = new Set([...account.Instances, ...account.InstanceInformationList].map(({InstanceId}) => InstanceId))
  return targets.flatMap(({id}) => (found.has(id) ? [] : [id]))
}

/** What could not be read, or an item of it, with the action that was denied or the error. */
const unreadIn = (account: Account): readonly string[] =>
  KINDS.flatMap((kind) => {
    const reading: unknown = account[kind]
    const why = [reading].flat().find((one) => isUnreadable(one) && !isNotAsked(one))
    if (!isUnreadable(why)) return []
    const {error = '', action = error} = why
    // Without an error it depends on another kind.
    return [error === '' ? kind : `${kind} (${isRefusalName(error) ? action : error})`]
  })
