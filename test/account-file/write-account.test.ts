import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {writeAccount} from '../../src/account-file/write-account.ts'
import type {Account} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {accountIn, fileWith, fullAccountFile} from './full-account-file.ts'

const again = (account: Account): Account => accountIn(JSON.parse(writeAccount(account)))

describe('writing an account', () => {
  it('begins with the format and gives every item a line', () => {
    const lines = writeAccount(accountIn(fullAccountFile)).split('\n')
    expect(lines.slice(0, 2)).toEqual(['{', '  "Format": "ssm-doctor/account/1",'])
    expect(lines).toContain('  "EgressOnlyInternetGateways": [],')
    expect(lines.filter((line) => line.startsWith('    {"RouteTableId"'))).toHaveLength(1)
  })

  it('has session preferences as a document, or null', () => {
    expect(JSON.parse(writeAccount(accountIn(fullAccountFile))).SessionPreferences).toEqual(
      fullAccountFile.SessionPreferences,
    )
    expect(JSON.parse(writeAccount(accountIn(fileWith({SessionPreferences: null})))).SessionPreferences).toBe(null)
  })

  it('omits what is known only within a fleet', () => {
    expect(writeAccount({...accountIn(fullAccountFile), AlsoSeenBy: ['444455556666']})).not.toContain('444455556666"]')
  })

  it('rejects endless nesting in one sentence', () => {
    let deep: never[] = []
    for (let depth = 0; depth < 200_000; depth++) deep = [deep as never]
    expect(() =>
      writeAccount({...accountIn(fullAccountFile), Vpcs: [{VpcId: 'vpc-1', Tags: deep}] as Account['Vpcs']}),
    ).toThrow('nested too deeply')
  })

  it('reading what was written gives the same account', () => {
    expect(again(accountIn(fullAccountFile))).toEqual(accountIn(fullAccountFile))
  })

  it('for any account: kinds that were read, were not read, or are partly known', () => {
    const why = fc.string()
    const kind = fc.constantFrom(...KINDS)
    const change = (name: string) => {
      const items: unknown = Reflect.get(fullAccountFile, name)
      const known = Array.isArray(items) ? items : []
      return fc.oneof(
        why.map((unreadable) => ({unreadable})),
        why.map((unreadable) => (name === 'SessionPreferences' ? {unreadable} : {unreadable, known})),
        fc.constant(name === 'SessionPreferences' ? null : []),
        fc.constant(undefined),
      )
    }
    const changes = fc.array(kind.chain((name) => change(name).map((value) => [name, value] as const)))
    fc.assert(
      fc.property(changes, fc.string(), (entries, name) => {
        const Tags = [{Key: 'Name', Value: name}]
        const Vpcs = [{VpcId: 'vpc-1', Tags, Odd: {nested: [name, null]}}]
        const account = accountIn(fileWith({Vpcs, ...Object.fromEntries(entries)}))
        expect(again(account)).toEqual(account)
      }),
    )
  })
})
