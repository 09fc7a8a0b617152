import {describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {collectRegion} from '../../src/collect/whole-region.ts'
import {type Account, isUnreadable, itemsOf} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {fullAccountFile} from '../account-file/full-account-file.ts'
import {INSTANCE, REGION} from '../support/network.ts'
import {credentials, withoutSockets} from '../support/pretend.ts'
import {serve} from '../support/serve.ts'
import type {Fields} from '../support/wire.ts'
import {ACCOUNTS} from './accounts.ts'

/** What is requested for one instance is its own, and the accounts of Inspector are the caller's own. */
const NO_ITEMS = new Set(['accounts', 'InstanceAssociationStatusInfos'])

/** The answer with one more item in each of its lists of objects, with only one unknown field. */
const withEmptyItems = (answer: Fields): Fields =>
  Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      Array.isArray(value) && !NO_ITEMS.has(name) && value.every((one) => typeof one === 'object')
        ? [...value, {Unheard: 'of'}]
        : value,
    ]),
  )

const aws = (account: Account, change?: (answer: Fields) => Fields) =>
  connect(
    {region: REGION},
    {
      credentials,
      requestHandler: withoutSockets(serve(account, change ? {change: (_, answer) => change(answer)} : {})),
      maxAttempts: 1,
    },
  )

/** What is known of each kind. The Block Public Access options of a VPC are read again if one was not read. */
const known = (account: Account) =>
  Object.fromEntries(
    KINDS.filter((kind) => kind !== 'VpcBlockPublicAccessOptions').map((kind) => [
      kind,
      itemsOf<unknown>(account[kind]).filter((item) => !isUnreadable(item)).length,
    ]),
  )

describe('an item of an answer that lacks its required fields', () => {
  it.each(Object.entries(ACCOUNTS))('does not affect the others of its list: %s', async (_, account) => {
    const whole = await collect(await aws(account), [INSTANCE], {inspector: true})
    const part = await collect(await aws(account, withEmptyItems), [INSTANCE], {inspector: true})
    expect(known(part)).toEqual(known(whole))
  })

  it('and those of a whole Region', async () => {
    const account = Object.values(ACCOUNTS)[0] as Account
    const whole = await collectRegion(await aws(account))
    const part = await collectRegion(await aws(account, withEmptyItems))
    expect(known(part)).toEqual(known(whole))
  })

  it('does not hide the others of its reservation', async () => {
    const account = Object.values(ACCOUNTS)[0] as Account
    const damaged = (answer: Fields): Fields =>
      Array.isArray(answer.Reservations)
        ? {
            Reservations: answer.Reservations.map((one: Fields) => ({
              ...one,
              Instances: [{ImageId: 'ami-1'}, ...(one.Instances as readonly object[])],
            })),
          }
        : answer
    const {Instances} = await collect(await aws(account, damaged), [INSTANCE], {})
    expect(isUnreadable(Instances)).toBe(true)
    expect(itemsOf(Instances).map(({InstanceId}) => InstanceId)).toEqual([INSTANCE])
  })

  it('is tested on every kind of the full account', () => {
    for (const kind of KINDS) expect(fullAccountFile).toHaveProperty(kind)
  })
})
