import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {writeAccount} from '../../src/account-file/write-account.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {redact} from '../../src/redact/redact.ts'

const folder = new URL('../../examples/', import.meta.url)
const examples = readdirSync(folder).filter((name) => name.endsWith('.json'))
const read = (name: string, text: string): Account =>
  parseAccounts([{name, json: JSON.parse(text)}]).accounts[0] as Account
const said = (account: Account) =>
  itemsOf(account.Instances).map(({InstanceId}) => {
    const {verdict, causes} = examine(account, InstanceId)
    return {verdict, causes: causes.map(({id, severity, certainty}) => ({id, severity, certainty}))}
  })

describe.each(examples)('%s', (name) => {
  const account = read(name, readFileSync(new URL(name, folder), 'utf8'))

  it('is the same account after writing and reading', () => {
    expect(read(name, writeAccount(account))).toEqual(account)
  })

  it('examines to the same causes when it is redacted, and keeps no account id', () => {
    const redacted = redact(account, 'salt')
    expect(said(redacted)).toEqual(said(account))
    expect(writeAccount(redacted)).not.toContain(account.Caller?.Account ?? 'missing')
  })
})
