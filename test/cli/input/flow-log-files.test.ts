import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {flowLogInFiles} from '../../../src/cli/input/flow-log-files.ts'
import {readerFor, startOf} from '../../../src/cli/input/flow-logs.ts'
import Audit from '../../../src/commands/audit.ts'
import Inspector from '../../../src/commands/inspector.ts'
import Plan from '../../../src/commands/plan.ts'
import Snapshot from '../../../src/commands/snapshot.ts'
import {itemsOf} from '../../../src/model/account.ts'
import {lineOf, statusLine} from '../../support/flow-lines.ts'
import {aFolder} from '../../support/folder.ts'
import {behindEndpoints, INSTANCE, id} from '../../support/network.ts'

const ENI = id('eni', 1)
const instance = itemsOf(behindEndpoints.Instances)[0]!
const AT = Date.parse('2026-11-20T11:50:00Z') / 1000
const line = (eni = ENI, action: 'ACCEPT' | 'REJECT' = 'REJECT', at = AT) =>
  lineOf({eni, from: ['10.0.1.10', 40_000], to: ['10.0.2.20', 443], action, at})

const folder = aFolder()
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const read = (sources: readonly string[], options = {}) => flowLogInFiles(sources, behindEndpoints, instance, options)

describe('flow log files', () => {
  it('are read as text, compressed, in folders and together', async () => {
    const below = join(folder, 'AWSLogs', '2026')
    mkdirSync(below, {recursive: true})
    writeFileSync(join(below, 'one.log.gz'), gzipSync(`${line()}\n`))
    writeFileSync(join(below, 'two.log.gz'), gzipSync(`${line(ENI, 'ACCEPT')}\n`))
    writeFileSync(join(below, 'README.md'), 'nothing')
    const more = file('more.log', statusLine(ENI, AT + 60))
    const {records, traffic, names} = await read([join(folder, 'AWSLogs'), more])
    expect([records.length, traffic]).toEqual([3, undefined])
    expect(names).toHaveLength(2)
  })

  it('of several concatenated archives, as Amazon S3 may contain, are read to the end', async () => {
    const twice = Buffer.concat([gzipSync(`${line()}\n`), gzipSync(`${line(ENI, 'ACCEPT')}\n`)])
    expect((await read([file('twice.gz', twice)])).records).toHaveLength(2)
    expect((await read([file('padded.gz', Buffer.concat([twice, Buffer.alloc(512)]))])).records).toHaveLength(2)
  })

  it('written by PowerShell are read as UTF-16', async () => {
    const text = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${line()}\r\n`, 'utf16le')])
    expect((await read([file('powershell.txt', text)])).records).toHaveLength(1)
  })

  it('keep the records of the interfaces of the instance and of endpoints, since a time', async () => {
    const lines = [line(), line(id('eni', 102)), line('eni-0ff'), line(ENI, 'REJECT', AT - 90_000)]
    const path = file('vpc.log', lines.join('\n'))
    expect((await read([path])).records).toHaveLength(3)
    expect((await read([path], {from: AT - 3600})).records).toHaveLength(2)
  })

  it('name the lines that are not records', async () => {
    const {notes} = await read([file('mixed.log', `${line()}\nhello\nworld`)])
    expect(notes).toEqual([`${join(folder, 'mixed.log')}: 2 lines are not a flow log record.`])
  })

  it.each([
    ['of another interface', line('eni-0ff'), 'flow logs of eni-0ff, without a record of'],
    ['of another account', line('eni-0ff').replace('111122223333', '999999999999'), 'of account 999999999999'],
    ['that are empty', '', 'empty'],
    ['of another kind', 'hello\nworld\n', 'pass --flow-log-format'],
    ['of a transit gateway', '6 TransitGateway 111122223333 tgw-0a tgw-attach-0a 111122223333', 'transit gateway'],
    [
      'that lack ports',
      `interface-id srcaddr dstaddr start end action\n${ENI} 10.0.1.10 10.0.2.20 1 2 ACCEPT`.replace('ACCEPT', 'MAYBE'),
      'lacks srcport, dstport',
    ],
    ['in JSON of another kind', '{"Reservations": []}', 'no line is a VPC flow log record'],
    ['in damaged JSON', '{"events": [{"message": "2 1111', 'no line is a VPC flow log record'],
    ['in Apache Parquet', 'PAR1 and more', 'Apache Parquet'],
    [
      'in an archive that other data follows',
      Buffer.concat([gzipSync(`${line()}\n`), Buffer.from('more')]),
      'damaged archive',
    ],
    ['in a damaged archive', gzipSync(`${line()}\n`.repeat(999)).subarray(0, 60), 'damaged archive'],
  ])('%s are rejected with a message', async (_, content, words) => {
    const own = {...instance, OwnerId: '111122223333'}
    const path = file('odd.log', content)
    await expect(flowLogInFiles([path], behindEndpoints, own)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(words),
    })
  })

  it('that do not exist are rejected', async () => {
    await expect(read([join(folder, 'absent.log')])).rejects.toThrow('there is no such file or folder')
  })

  it('with endless lines are truncated', async () => {
    const {notes, records} = await read([file('long.log', `${line()}\n${'x'.repeat(5_000_000)}\n${line()}`)])
    expect([records.length, notes.length]).toEqual([2, 1])
  })

  it('that unpack to more than a gigabyte are rejected while they are unpacked', async () => {
    const piece = gzipSync(Buffer.alloc(16 * 1024 * 1024))
    const bomb = Buffer.concat(Array.from({length: 70}, () => piece))
    await expect(read([file('bomb.log.gz', bomb)])).rejects.toThrow('more than 1 GiB of text')
  })

  it('with escape sequences are shown without them', async () => {
    const hostile = `2 111122223333 eni-0ff \u001b[31m10.0.1.10 10.0.2.20 1 443 6 1 1 1 2 REJECT OK\n\u001b]0;x\u0007${line('eni-0ff')}`
    const refused = await read([file('hostile.log', hostile)]).catch(({message}: Error) => message)
    expect(refused).toMatch(/^[ -~]+$/)
  })
})

describe('commands that examine fleets', () => {
  it.each([
    ['audit', Audit],
    ['inspector', Inspector],
    ['plan', Plan],
    ['snapshot', Snapshot],
  ])('%s never reads flow logs', (_, {flags}) => {
    expect(Object.keys(flags)).not.toContain('flow-logs')
  })
})

describe('the options', () => {
  it('accept a duration before the account was read, or a time', () => {
    const readAt = '2026-11-20T12:00:00.000Z'
    const seconds = Date.parse(readAt) / 1000
    expect(startOf('90m', readAt)).toBe(seconds - 5400)
    expect(startOf('2h', readAt)).toBe(seconds - 7200)
    expect(startOf('3d', readAt)).toBe(seconds - 259_200)
    expect(startOf('2026-11-20T10:00:00Z', readAt)).toBe(seconds - 7200)
    for (const odd of ['yesterday', '5', '1w', '', '-1h']) expect(() => startOf(odd, readAt)).toThrow('--since takes')
  })

  it('accept live records only without an account file, and not together with files', async () => {
    await expect(readerFor({'flow-logs': ['live'], account: ['a.json']})).rejects.toThrow(
      'cannot be used with --account',
    )
    await expect(readerFor({'flow-logs': ['live', 'a.log']})).rejects.toThrow('not both')
  })

  it('accept a format with the required fields', async () => {
    const format = (text: string) => readerFor({'flow-logs': [file('one.log', line())], 'flow-log-format': text})
    await expect(format('version start end')).rejects.toThrow('--flow-log-format lacks srcaddr')
    await expect(format('tgw-id start end')).rejects.toThrow('transit gateway')
  })

  it('read nothing for an instance that does not exist', async () => {
    const read = await readerFor({'flow-logs': [file('one.log', line())]})
    expect(await read(behindEndpoints, INSTANCE)).toBeDefined()
    expect(await read(behindEndpoints, 'i-0ff')).toBeUndefined()
  })
})
