import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest'
import {readAccounts} from '../../src/account-file/account-file.ts'
import {fleetFilesIn} from '../../src/account-file/fleet-files.ts'
import {fileWith} from './full-account-file.ts'

let folder: string
const path = (name: string) => join(folder, name)
const text = (account: string) => JSON.stringify(fileWith({Caller: {Account: account}}))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounts-'))
  await mkdir(path('prod/eu'), {recursive: true})
  await writeFile(path('prod/a.json'), text('1'))
  await writeFile(path('prod/b.json.gz'), gzipSync(text('2')))
  await writeFile(path('prod/eu/c.json'), text('3'))
  await writeFile(path('prod/.hidden.json'), '{')
  await writeFile(path('prod/notes.txt'), 'not JSON')
  await writeFile(path('zipped'), gzipSync(text('4')))
  await writeFile(path('odd [1].json'), text('5'))
})
afterAll(() => rm(folder, {recursive: true}))

const callersIn = async (...sources: readonly string[]) =>
  (await readAccounts(sources)).accounts.map(({Caller}) => Caller?.Account)

describe('sources', () => {
  it('a file, also packed and also by another name', async () => {
    expect(await callersIn(path('prod/a.json'))).toEqual(['1'])
    expect(await callersIn(path('prod/b.json.gz'), path('zipped'))).toEqual(['2', '4'])
  })

  it('a file, without opening standard input, which would block no longer for the programs that share it', async () => {
    const opened = vi.spyOn(process, 'stdin', 'get')
    await callersIn(path('prod/a.json'))
    expect(opened).not.toHaveBeenCalled()
    opened.mockRestore()
  })

  it('a folder with everything below it', async () => {
    expect(await callersIn(path('prod'))).toEqual(['1', '2', '3'])
  })

  it('a pattern', async () => {
    expect(await callersIn(path('prod/*.json'))).toEqual(['1'])
    expect(await callersIn(path('*/?.json*'))).toEqual(['1', '2'])
    expect(await callersIn(path('**/*.json'))).toEqual(['5', '1', '3'])
    expect(await callersIn(path('prod/{a,eu/c}.json'))).toEqual(['1', '3'])
    expect(await callersIn(path('prod/[!b-z].json'))).toEqual(['1'])
  })

  it('a name that reads as a pattern is a name first', async () => {
    expect(await callersIn(path('odd [1].json'))).toEqual(['5'])
  })

  it('standard input', async () => {
    const {accounts} = await readAccounts(['-'], {stdin: Readable.from([text('6')])})
    expect(accounts[0]?.Caller?.Account).toBe('6')
  })
})

describe('what cannot be read is reported in one sentence', () => {
  it.each([
    ['missing.json', 'missing.json: there is no such file or folder.'],
    ['none-*.json', 'none-*.json: no file matches.'],
  ])('%s', async (source, message) => {
    await expect(readAccounts([path(source)])).rejects.toThrow(path(message))
  })

  it('an account id is not a file', async () => {
    await expect(readAccounts(['111122223333'])).rejects.toThrow(/^--account takes a file.*--profile or --role-arn/)
  })

  it('an empty folder, broken JSON, a damaged archive, binary', async () => {
    await mkdir(path('empty'), {recursive: true})
    await writeFile(path('broken.txt'), '{\n"Vpcs": [1,]}')
    await writeFile(path('damaged.gz'), gzipSync(text('7')).subarray(0, 40))
    await writeFile(path('binary'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe]))
    await expect(readAccounts([path('empty')])).rejects.toThrow('the folder holds no .json or .json.gz file')
    await expect(readAccounts([path('broken.txt')])).rejects.toThrow('broken.txt: line 2, column 12: expected JSON')
    await expect(readAccounts([path('damaged.gz')])).rejects.toThrow(
      'damaged.gz: expected gzip data, found a damaged archive',
    )
    await expect(readAccounts([path('binary')])).rejects.toThrow('binary: line 1, column 1: expected JSON')
  })

  it('a file without read permission', async () => {
    if (process.getuid?.() === 0) return
    await writeFile(path('locked.json'), text('8'))
    await chmod(path('locked.json'), 0)
    await expect(readAccounts([path('locked.json')])).rejects.toThrow('permission denied')
  })

  it('a folder without read permission, and one inside another', async () => {
    if (process.getuid?.() === 0) return
    await mkdir(path('outer/locked'), {recursive: true})
    await writeFile(path('outer/here.json'), text('9'))
    await chmod(path('outer/locked'), 0)
    for (const folder of ['outer/locked', 'outer'])
      await expect(readAccounts([path(folder)])).rejects.toThrow('outer/locked: permission denied')
    const {files, damaged} = await fleetFilesIn([path('outer')], {})
    expect([files.length, damaged]).toEqual([1, [`${path('outer/locked')}: permission denied.`]])
    await chmod(path('outer/locked'), 0o700)
  })

  it('standard input names itself', async () => {
    await expect(readAccounts(['-'], {stdin: Readable.from(['[]'])})).rejects.toThrow(
      'standard input: expected an object, found a list',
    )
  })
})
