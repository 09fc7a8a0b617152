import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, describe, expect, it, vi} from 'vitest'
import {outputFor, outputOf} from '../../../src/cli/output/output-files.ts'
import {aFolder} from '../../support/folder.ts'

const FORMATS = {
  text: {extensions: ['.txt'], text: () => 'as text'},
  json: {extensions: ['.json'], text: () => '{}'},
  sarif: {extensions: ['.sarif.json'], text: () => ''},
}
const output = (...files: readonly string[]) => outputFor(FORMATS, {format: 'text', output: files}, '1.0.0')

describe('the format of a report file', () => {
  it.each([
    ['report.json', {format: 'json', file: 'report.json'}],
    ['report.sarif.json', {format: 'sarif', file: 'report.sarif.json'}],
    ['text=report.json', {format: 'text', file: 'report.json'}],
    ['json=-', {format: 'json', file: '-'}],
    ['C:\\reports\\report.txt', {format: 'text', file: 'C:\\reports\\report.txt'}],
    ['a=b.json', {format: 'json', file: 'a=b.json'}],
  ])('of %s follows from its name', (text, output) => {
    expect(outputOf(text, FORMATS)).toEqual(output)
  })

  it.each(['report', 'report.xml', '-'])('cannot be inferred from %s', (text) => {
    expect(() => outputOf(text, FORMATS)).toThrow(`Cannot infer the format of ${text}; use FORMAT=${text}`)
  })
})

it('rejects two reports for one file, and two for standard output', async () => {
  const folder = aFolder()
  mkdirSync(join(folder, 'a'))
  const [one, same] = [join(folder, 'a.json'), `text=${join(folder, 'a', '..', 'a.json')}`]
  await expect(output(one, same)).rejects.toThrow('cannot take two reports')
  await expect(output('json=-', 'text=-')).rejects.toThrow('Standard output cannot take two reports')
})

it('rejects a report in place of the account file that is examined', async () => {
  const account = join(aFolder(), 'account.json')
  const flags = {format: 'text', account: [account], output: [`text=${account}`]} as const
  await expect(outputFor(FORMATS, flags, '1.0.0')).rejects.toThrow(`would replace account file ${account};`)
})

it.each(['', '*.json'])(
  'rejects a report in place of an account file of the folder, and replaces an earlier one: %j',
  async (pattern) => {
    const folder = aFolder()
    const [account, report] = [join(folder, 'account.json'), join(folder, 'report.json')]
    writeFileSync(account, '{"Format": "ssm-doctor/account/1", "Instances": []}')
    writeFileSync(report, '{"schema": "ssm-doctor/audit/1"}')
    const to = (file: string) =>
      outputFor(FORMATS, {format: 'text', account: [join(folder, pattern)], output: [file]}, '1.0.0')
    await expect(to(account)).rejects.toThrow(`would replace account file ${account};`)
    await expect(to(report)).resolves.toBeTypeOf('function')
  },
)

it.each([
  ['', '--output "" has no file name.'],
  ['json=', '--output "json=" has no file name.'],
  ['json=folder/', 'folder/ cannot be written: it is a folder; specify a file.'],
  ['nowhere/a.json', 'nowhere/a.json cannot be written: folder nowhere does not exist.'],
])('rejects %j before the report exists', async (file, says) => {
  await expect(output(file)).rejects.toThrow(says)
})

describe('standard output', () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const printed = () => stdout.mock.calls.map(([chunk]) => chunk)
  const printedBy = async (files: readonly string[], instead?: string) => {
    stdout.mockClear()
    await (await output(...files))({}, instead)
    return printed()
  }
  afterAll(() => stdout.mockRestore())

  it('has the report, and so have the other files, if one cannot be written after all', async () => {
    const folder = aFolder()
    mkdirSync(join(folder, 'gone'))
    const write = await output(join(folder, 'gone', 'a.json'), join(folder, 'b.json'))
    rmSync(join(folder, 'gone'), {recursive: true})
    stdout.mockClear()
    await expect(write({})).rejects.toThrow(`folder ${join(folder, 'gone')} does not exist.`)
    expect(printed()).toEqual(['as text\n'])
    expect(readFileSync(join(folder, 'b.json'), 'utf8')).toBe('{}\n')
    expect(readdirSync(folder)).toEqual(['b.json'])
  })

  it('has the report, another format that is requested for it, or a script', async () => {
    expect(await printedBy([])).toEqual(['as text\n'])
    expect(await printedBy(['json=-'])).toEqual(['{}\n'])
    expect(await printedBy([], 'a script')).toEqual(['a script\n'])
    expect(await printedBy(['json=-'], 'a script')).toEqual(['{}\n', 'a script\n'])
  })
})
