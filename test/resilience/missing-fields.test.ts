import {describe, expect, it} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, isUnreadable, itemsOf} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {fullAccountFile} from '../account-file/full-account-file.ts'
import type {Fields} from '../support/wire.ts'
import {ACCOUNTS} from './accounts.ts'
import {changedAt, fieldsIn} from './fields.ts'
import {liesIn} from './less-decided.ts'

type Json = Readonly<Record<string, unknown>>

const read = (json: unknown): Account => parseAccounts([{name: 'a.json', json}]).accounts[0] as Account
const without = (item: Json, way: string): Json => changedAt(item as Fields, way, (_, gone) => gone as never) as Json
const whole = (account: Account): Json => ({Format: 'ssm-doctor/account/1', ...account})

const ways = (item: unknown): readonly string[] =>
  typeof item === 'object' && item !== null ? fieldsIn(item as Fields).filter((way) => !way.endsWith('unreadable')) : []

describe('a field that an item of an account file lacks', () => {
  const full = read(fullAccountFile)

  it.each(KINDS)('of %s never makes the file unreadable, or its other items', (kind) => {
    const items = itemsOf<unknown>(full[kind])
    for (const item of items)
      for (const way of ways(item)) {
        const after = read({...fullAccountFile, [kind]: [...items, without(item as Json, way)]})
        expect(itemsOf<unknown>(after[kind]).length, way).toBeGreaterThanOrEqual(items.length)
      }
  })
})

describe('an examination without one required field', () => {
  it.each(Object.entries(ACCOUNTS))('%s decides less or the same, nothing else', (_, account) => {
    const id = itemsOf(account.Instances)[0]?.InstanceId ?? ''
    const before = examine(account, id)
    for (const kind of KINDS)
      for (const way of new Set(itemsOf<unknown>(account[kind]).flatMap(ways))) {
        const items = itemsOf<unknown>(account[kind]).map((item) => without(item as Json, way))
        const after = read(whole({...account, [kind]: items} as Account))
        if (!isUnreadable(after[kind])) continue
        expect(liesIn(before, examine(after, id)), `${kind} without ${way}`).toEqual([])
      }
  })
})
