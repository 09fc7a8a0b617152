import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {outputOf, outputsOf, writesToStdout} from '../../../src/cli/output/output-files.ts'
import {aFolder} from '../../support/folder.ts'

const text = () => ''
const FORMATS = {
  text: {extensions: ['.txt'], text},
  json: {extensions: ['.json'], text},
  sarif: {extensions: ['.sarif.json'], text},
}

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
  await expect(outputsOf([one, same], FORMATS)).rejects.toThrow('cannot take two reports')
  await expect(outputsOf(['json=-', 'text=-'], FORMATS)).rejects.toThrow('Standard output cannot take two reports')
})

it('knows whether a report goes to standard output', async () => {
  expect(writesToStdout(await outputsOf(['json=-'], FORMATS))).toBe(true)
  expect(writesToStdout([])).toBe(false)
})
