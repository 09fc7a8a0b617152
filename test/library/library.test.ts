import {afterEach, describe, expect, it, vi} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {writeAccount} from '../../src/account-file/write-account.ts'
import {examine as examined} from '../../src/diagnosis/examine.ts'
import * as library from '../../src/library/index.ts'
import {healthy, REGION, WEB} from '../support/healthy.ts'
import {hybrid, lost, MACHINE} from '../support/hybrid.ts'
import {auditFaultsOf, faultsOf} from '../support/report-schemas.ts'
import {serve} from '../support/serve.ts'

const file = (account: typeof healthy): library.Account => JSON.parse(writeAccount(account))
const {audit, collect, examine} = library

it('exports the documented functions, and nothing else', () => {
  expect(Object.keys(library).sort()).toEqual(['audit', 'collect', 'examine'])
})

describe('examine', () => {
  it('gives the report of the command line', async () => {
    const json = file({...hybrid, ...lost})
    const report = await examine(json, MACHINE)
    expect(faultsOf(JSON.parse(JSON.stringify(report)))).toEqual([])
    const [account] = parseAccounts([{name: 'file', json}]).accounts
    expect(report).toEqual(examined(account!, MACHINE))
  })

  it('also accepts AWS CLI responses, and does not change its input', async () => {
    const json = Object.freeze({
      Region: REGION,
      ReadAt: '2026-11-20T12:00:00Z',
      InstanceInformationList: Object.freeze([]),
    })
    expect(await examine(json, MACHINE)).toMatchObject({causes: [{id: 'target.not-found'}]})
  })

  it.each([
    ['nothing', {}, /account 1: expected an account file/],
    ['a wrong type', {Region: REGION, Instances: 7}, /account 1: Instances/],
    ['a string', 'x' as never, /account 1: expected/],
  ])('reports what is wrong with %s', async (_, json, message) => {
    await expect(examine(json, WEB)).rejects.toThrow(message)
  })

  it.each([
    ['a name', 'web-1'],
    ['an ARN', `arn:aws:ec2:${REGION}:111122223333:instance/${WEB}`],
    ['nothing', undefined as never],
  ])('rejects %s instead of an id, and does not report that the instance does not exist', async (_, id) => {
    await expect(examine(file(healthy), id)).rejects.toThrow(`"${id}" is not the id of an EC2 instance`)
    await expect(collect({region: REGION, instances: [id]})).rejects.toThrow(`"${id}" is not the id`)
  })

  it('rejects a preference that does not exist', async () => {
    await expect(examine(file(healthy), WEB, {prefer: 'free' as never})).rejects.toThrow(
      'prefer: expected private, cheapest, least-change, found "free".',
    )
  })

  it('rejects a list where one id belongs, and one id where a list belongs', async () => {
    await expect(examine(file(healthy), [WEB] as never)).rejects.toThrow(`["${WEB}"] is not the id of an EC2 instance`)
    await expect(collect({region: REGION, instances: WEB as never})).rejects.toThrow(
      'instances: expected a list of ids',
    )
  })
})

describe('audit', () => {
  it('rejects an empty list of accounts', async () => {
    await expect(audit([])).rejects.toThrow('accounts: expected at least one account.')
  })

  it('counts the instances of every account', async () => {
    const other = {...healthy, Caller: {Account: '444455556666'}, Region: 'eu-central-1'}
    const found = await audit([file(healthy), file(other)], {ownerTag: 'Name'})
    expect(auditFaultsOf(JSON.parse(JSON.stringify(found)))).toEqual([])
    expect(found.scopes.map(({region}) => region)).toEqual([REGION, 'eu-central-1'])
    expect(found.instances[0]?.owner).toBe('web-1')
  })

  it('counts an instance once that several data of its account list, as the newest shows it', async () => {
    const earlier = {...healthy, ReadAt: '2026-11-19T12:00:00Z'}
    const both = await audit([file(earlier), file(healthy)])
    expect(both.totals.instances).toBe(1)
    expect(both.readAt).toBe((await audit(file(healthy))).readAt)
  })

  it('includes hybrid nodes on request', async () => {
    const of = async (includeHybrid: boolean) => (await audit(file(hybrid), {includeHybrid})).totals.instances
    expect([await of(false), await of(true)]).toEqual([1, 2])
  })
})

describe('collect', () => {
  const open: {close(): void}[] = []
  afterEach(() => {
    vi.unstubAllEnvs()
    for (const fake of open.splice(0)) fake.close()
  })

  async function onFake(options: library.CollectOptions) {
    const fake = serve(healthy)
    open.push(fake)
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL: await fake.listen(),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    }))
      vi.stubEnv(name, value)
    return collect({region: REGION, ...options})
  }

  it('returns an account file that examine accepts', async () => {
    const account = await onFake({instances: [WEB]})
    expect(account).toMatchObject({Format: 'ssm-doctor/account/1', Region: REGION, Instances: [{InstanceId: WEB}]})
    expect(await examine(account, WEB)).toMatchObject({instance: {id: WEB}})
  })

  it('reads a whole Region without instances', async () => {
    expect(await onFake({})).toMatchObject({Instances: [{InstanceId: WEB}]})
  })

  it('ends when its signal aborts', async () => {
    await expect(onFake({instances: [WEB], signal: AbortSignal.abort()})).rejects.toThrow(/abort/i)
  })

  it('reports what is wrong with a Region', async () => {
    await expect(collect({region: 'nowhere'})).rejects.toThrow(/not the name of an AWS Region/)
  })
})
