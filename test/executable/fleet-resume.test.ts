import {spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {fleetAccount} from '../../bench/fleet-account.ts'
import {auditFaultsOf} from '../audit-schema.ts'
import {run} from './run.ts'

const KILLS = 50
const TOOL = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
const files = join(folder, 'accounts')
const kept = join(folder, 'kept')
const options = ['audit', '--account', files, '--json', '--concurrency', '2']

beforeAll(() => {
  mkdirSync(files)
  for (let n = 0; n < 8; n++) {
    const account = fleetAccount({account: String(111122223333 + n), seed: n, instances: 100})
    writeFileSync(join(files, `${n}.json`), JSON.stringify(account))
  }
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** Starts the audit and kills it after this many milliseconds, without a chance to clean up. */
const killed = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [TOOL, ...options, '--resume', kept], {stdio: 'ignore'})
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
    child.on('exit', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** The finished accounts; none if the folder does not exist yet. */
function parts(): readonly string[] {
  try {
    return readdirSync(kept).filter((name) => !name.startsWith('.') && name !== 'settings.json')
  } catch {
    return []
  }
}

describe('an audit that is killed', () => {
  it(`keeps every finished account, complete, in ${KILLS} kills at random moments`, {timeout: 600_000}, async () => {
    const whole = await run(options)
    const took = await timed(() => run(options))
    for (let n = 0; n < KILLS; n++) {
      // Finished accounts make the next run shorter, so the folder is emptied now and then.
      if (n % 10 === 0) rmSync(kept, {recursive: true, force: true})
      const before = [...parts()]
      await killed(Math.random() * took)
      for (const name of parts()) expect(auditFaultsOf(JSON.parse(readFileSync(join(kept, name), 'utf8')))).toEqual([])
      expect(parts()).toEqual(expect.arrayContaining(before))
    }
    const resumed = await run([...options, '--resume', kept])
    expect(JSON.parse(resumed.stdout)).toEqual(JSON.parse(whole.stdout))
    expect(readdirSync(kept).filter((name) => name.startsWith('.'))).toEqual([])
    expect(parts()).toHaveLength(8)
  })

  it('is not continued with different flags', async () => {
    const other = await run([...options, '--resume', kept, '--owner-tag', 'Team'])
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('different flags')
  })
})

async function timed(act: () => Promise<unknown>): Promise<number> {
  const from = Date.now()
  await act()
  return Date.now() - from
}
