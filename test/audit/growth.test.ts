import {describe, expect, it} from 'vitest'
import {auditAccount} from '../../src/audit/audit.ts'
import type {Account} from '../../src/model/account.ts'
import {isObject} from '../../src/util/json.ts'
import {accounts} from '../support/remedies-of.ts'

const ID = /\b([a-z]+(?:-[a-z]+)*-)([0-9a-f]{8,17})\b/g
const ZONE = /\bZ[A-Z0-9]+\b/g
const NAME = /(:(?:role|instance-profile)\/[\w/+=,.@-]+|(?<="(?:RoleName|InstanceProfileName)":")[\w+=,.@-]+)/g

/** The text of an account with other ids and names. */
const renamed = (text: string, copy: number): string =>
  text
    .replace(ID, (_, prefix, digits) => prefix + (BigInt(`0x${digits}`) + BigInt(copy)).toString(16).padStart(8, '0'))
    .replace(ZONE, (id) => `${id}N${copy}`)
    .replace(NAME, (name) => `${name}-${copy}`)

/** One account with everything so many times, under ids of its own; what has no id is there once. */
function multiplied(account: Account, times: number): Account {
  const text = JSON.stringify(account)
  const lists = new Map<string, Map<string, unknown>>()
  for (let copy = 0; copy < times; copy++)
    for (const [kind, list] of Object.entries(JSON.parse(renamed(text, copy * 65_536)))) {
      if (!Array.isArray(list)) continue
      const items = lists.get(kind) ?? new Map<string, unknown>()
      for (const item of list) items.set(JSON.stringify(item), item)
      lists.set(kind, items)
    }
  return {...account, ...Object.fromEntries([...lists].map(([kind, items]) => [kind, [...items.values()]]))}
}

/** How often an audit reads a field of an item in a list of the account. */
function readsIn(account: Account): number {
  let reads = 0
  const counting = (item: unknown): unknown =>
    isObject(item)
      ? new Proxy(item, {
          get: (target, field) => {
            reads += 1
            return Reflect.get(target, field)
          },
        })
      : item
  const lists = Object.entries(account).map(([kind, list]) => [kind, Array.isArray(list) ? list.map(counting) : list])
  const counted: Account = Object.fromEntries(lists)
  auditAccount(counted, counted.Instances, {ownerTag: 'Owner', chosen: () => true})
  return reads
}

/** Lists that are shorter are copied and searched. */
const MANY = 21

describe('an audit with twice as much of everything', () => {
  it.each(accounts)('reads twice as much: $name', ({account}) => {
    const reads = readsIn(multiplied(account, MANY))
    expect(readsIn(multiplied(account, 2 * MANY)) / reads).toBeLessThan(2.05)
  })
})
