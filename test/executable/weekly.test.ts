import {mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, it} from 'vitest'
import {ran} from '../support/programs.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

describe('the weekly script', () => {
  const home = mkdtempSync(join(tmpdir(), 'weekly-'))
  const bin = join(home, 'bin')
  const reports = join(home, 'reports')
  mkdirSync(bin)
  mkdirSync(reports)
  writeFileSync(join(bin, 'ssm-doctor'), `#!/bin/sh\nexec "${process.execPath}" "${path('bin/run.js')}" "$@"\n`, {
    mode: 0o755,
  })
  afterAll(() => rmSync(home, {recursive: true, force: true}))

  async function weekly(...flags: readonly string[]) {
    const {code, stderr} = await ran('sh', [path('docs/schedule/weekly.sh'), reports, ...flags], {
      env: {PATH: `${bin}:${process.env.PATH}`, HOME: home},
    })
    return {code, stderr}
  }

  it('keeps a report for each day, readable by its owner only, compares it with an earlier one, and prints nothing if only instances are unmanaged', async () => {
    const flags = ['--account', path('examples/nat-deleted.json'), '--output', 'prometheus=fleet.prom']
    expect(await weekly(...flags)).toEqual({code: 0, stderr: ''})
    const [today = ''] = readdirSync(reports).filter((name) => /^20.*\.json$/.test(name))
    renameSync(join(reports, today), join(reports, '2026-01-05.json'))
    expect(await weekly(...flags)).toEqual({code: 0, stderr: ''})
    expect(readFileSync(join(reports, today.replace('.json', '.txt')), 'utf8')).toContain('1 still broken')
    expect(readdirSync(reports).sort()).toEqual(
      ['2026-01-05.json', today, today.replace('.json', '.log'), today.replace('.json', '.txt'), 'fleet.prom'].sort(),
    )
    const modeOf = (name: string) => statSync(join(reports, name)).mode & 0o777
    const files = [today, today.replace('.json', '.log'), today.replace('.json', '.txt')]
    expect(modeOf('fleet.prom') & 0o444).toBe(0o444)
    expect(files.map(modeOf)).toEqual([0o600, 0o600, 0o600])
  })

  it('prints why a run failed', async () => {
    expect(await weekly('--account', 'nowhere')).toEqual({
      code: 2,
      stderr: 'nowhere: there is no such file or folder.\n',
    })
  })
})
