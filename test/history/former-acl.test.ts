import {expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {sinceWhen} from '../../src/history/since-when.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {WEB} from '../support/healthy.ts'
import {ROWS} from './broken.ts'

const row = ROWS.find(({by}) => by === 'ReplaceNetworkAclAssociation')!
const answerIn = (account: Account) => {
  const past = {...account, CloudTrailEvents: row.events}
  const instance = find(past.Instances, 'InstanceId', WEB)!
  return sinceWhen(past, instance, diagnose(past, instance)).sinceWhen.causes.find(({cause}) => cause === row.cause)
}

it('the former network ACL of a subnet proves nothing once it was deleted, because its rules are not known', () => {
  const used = new Set(
    itemsOf(row.account.NetworkAcls).flatMap(({NetworkAclId, Associations}) =>
      Associations.length > 0 ? [NetworkAclId] : [],
    ),
  )
  const deleted: Account = {
    ...row.account,
    NetworkAcls: itemsOf(row.account.NetworkAcls).filter(({NetworkAclId}) => used.has(NetworkAclId)),
  }
  expect(answerIn(row.account)?.answer).toBe('changed')
  expect(answerIn(deleted)?.answer).toBe('last-changed')
})
