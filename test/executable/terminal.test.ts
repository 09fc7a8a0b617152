import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {stripVTControlCharacters} from 'node:util'
import {describe, expect, it} from 'vitest'
import {FILES, folderOfFiles} from './files.ts'
import {onTerminal} from './run.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const folder = folderOfFiles()
const SOURCES = [
  ...['agent-stopped', 'endpoints-shadow-nat', 'healthy', 'nat-deleted', 'role-and-acl', 'sessions-refused'].map(
    (name) => join(EXAMPLES, `${name}.json`),
  ),
  ...Object.keys(FILES)
    .filter((name) => name !== 'several')
    .map((name) => join(folder, `${name}.json`)),
]

const shown = async (...args: readonly string[]): Promise<readonly string[]> =>
  stripVTControlCharacters(await onTerminal(args))
    .replaceAll('\r', '')
    .trimEnd()
    .split('\n')

const rowsOf = (lines: readonly string[]) =>
  lines.reduce((rows, line) => rows + Math.max(1, Math.ceil([...line].length / 80)), 0)

/** What is meant to be copied is wrapped by the terminal, not by the program. */
const PASTED = /^\s*(?:# )?(?:aws|sudo|[A-Z_]+=\$\(aws|curl|https:\/\/)\S*/

describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal of 80 columns and 24 rows', () => {
  it('half of the reports are shorter than 40 lines, and nothing but a command or an address is wider', async () => {
    const reports = await Promise.all(SOURCES.map((source) => shown('--account', source)))
    const lengths = reports.map((lines) => lines.length).toSorted((a, b) => a - b)
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(40)
    const wide = reports.flat().filter((line) => [...line].length > 80 && !PASTED.test(line))
    expect(wide).toEqual([])
    const pages = reports.flat().flatMap((line) => line.match(/https:\/\/docs\.\S*/g) ?? [])
    expect(pages.length).toBeGreaterThan(10)
    expect(pages.filter((page) => !/\.html(?:#[\w-]+)?$/.test(page))).toEqual([])
  })

  it('--brief leaves room for the command line and the prompt', async () => {
    for (const source of SOURCES) expect(rowsOf(await shown('--account', source, '--brief'))).toBeLessThanOrEqual(20)
  })
})
