import {afterEach, expect, it, vi} from 'vitest'
import {parseAccounts} from '../../../src/account-file/parse-accounts.ts'
import {viewOfInstance, viewOfNetwork} from '../../../src/cli/input/account-files.ts'
import {examineEach} from '../../../src/cli/run/examine-files.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {example} from '../../executable/files.ts'

const accountOf = (name: string): Account => parseAccounts([{name, json: example(name)}]).accounts[0]!
const healthy = accountOf('healthy')
const broken = accountOf('nat-deleted')
const ID: string = example('healthy').Instances[0].InstanceId

const MONDAY = '2026-11-23T03:00:00Z'
const TUESDAY = '2026-11-24T03:00:00Z'
const before: Account = {...healthy, ReadAt: MONDAY}
const after: Account = {...broken, ReadAt: TUESDAY}

const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
afterEach(() => stderr.mockClear())

const SAID = `2 account files list ${ID}; only the newest is used, of ${TUESDAY}.\n`

it.each([
  ['last', [before, after]],
  ['first', [after, before]],
])('only the newest file of an account counts, if it is named %s, and stderr says so', (_, accounts) => {
  expect(viewOfInstance(accounts, ID)).toBe(after)
  expect(stderr.mock.calls).toEqual([[SAID]])
})

it('the first of two files of the same time counts', () => {
  const same = {...after, ReadAt: MONDAY}
  expect(viewOfInstance([before, same], ID)).toBe(before)
  expect(viewOfInstance([same, before], ID)).toBe(same)
})

it('the first file that lists the instance is used if the files are of different accounts', () => {
  const other = {...after, Caller: {...after.Caller!, Account: '999999999999'}}
  expect(viewOfInstance([before, other], ID)).toMatchObject({ReadAt: MONDAY})
  expect(viewOfInstance([other, before], ID)).toMatchObject({ReadAt: TUESDAY})
  expect(stderr).not.toHaveBeenCalled()
})

it('a newer file that does not list the instance completes the one that does', () => {
  const table = {...itemsOf(broken.RouteTables)[0]!, RouteTableId: 'rtb-0d0c0000000000fff'}
  const elsewhere = {...after, Instances: [], InstanceInformationList: [], RouteTables: [table]}
  const view = viewOfInstance([before, elsewhere], ID)
  expect(view).toMatchObject({ReadAt: MONDAY})
  expect(itemsOf(view.RouteTables)).toContain(table)
  expect(stderr).not.toHaveBeenCalled()
})

it('what only an older file of the account lists no longer exists, and another account completes the newest', () => {
  const table = (RouteTableId: string) => ({...itemsOf(broken.RouteTables)[0]!, RouteTableId})
  const gone = {...before, RouteTables: [...itemsOf(before.RouteTables), table('rtb-0d0c0000000000aaa')]}
  const hub = {
    ...before,
    Caller: {...before.Caller!, Account: '999999999999'},
    Instances: [],
    InstanceInformationList: [],
    RouteTables: [table('rtb-0d0c0000000000bbb')],
  }
  const ids = itemsOf(viewOfInstance([gone, hub, after], ID).RouteTables).map(({RouteTableId}) => RouteTableId)
  expect(ids).not.toContain('rtb-0d0c0000000000aaa')
  expect(ids).toContain('rtb-0d0c0000000000bbb')
})

it('files that list one instance need no id', async () => {
  const examine = vi.fn((account: Account, id: string) => ({account, id}) as never)
  await examineEach([], [before, after], examine)
  expect(examine.mock.calls).toEqual([[after, ID]])
})

it('a file whose only instance lacks its state says so, instead of having no instances', () => {
  const damaged = {...after, Instances: {unreadable: 'IncompleteAnswer: Instances[0].State is missing'}}
  expect(() => examineEach([], [damaged], vi.fn())).toThrow(
    'Instances could not be read from the file (IncompleteAnswer: Instances[0].State is missing). Specify the instance',
  )
})

it.each([
  ['last', [before, after]],
  ['first', [after, before]],
])('a plan or a launch is examined with the newest file, if it is named %s, and stderr says so', (_, accounts) => {
  expect(viewOfNetwork(accounts, ({Region}) => Region === before.Region)).toBe(after)
  expect(stderr.mock.calls).toEqual([[`2 account files list ${ID}; for each instance only the newest is used.\n`]])
})

it('a plan without a file of its Region is examined with the first file', () => {
  expect(
    viewOfNetwork(
      [
        {...before, Instances: []},
        {...after, Instances: []},
      ],
      () => false,
    ),
  ).toMatchObject({
    ReadAt: MONDAY,
  })
})
