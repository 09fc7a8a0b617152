import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {fleetAccount} from '../../bench/fleet-account.ts'
import {start} from '../support/programs.ts'
import {auditFaultsOf} from '../support/report-schemas.ts'
import {type Ran, run, TOOL} from './run.ts'

const ROUNDS = [1, 2, 3, 4, 5]
const KILLS = 10
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
async function killed(milliseconds: number): Promise<void> {
  const {child, ended} = start(process.execPath, [TOOL, ...options, '--resume', kept])
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
  await ended
  clearTimeout(timer)
}

/** The finished accounts; none if the folder does not exist yet. */
function parts(): readonly string[] {
  try {
    return readdirSync(kept).filter((name) => !name.startsWith('.') && name !== 'settings.json')
  } catch {
    return []
  }
}

describe('an audit that is killed', () => {
  let whole: Ran
  let took: number
  beforeAll(async () => {
    whole = await run(options)
    took = await timed(() => run(options))
  })

  // Finished accounts make the next run shorter, so each round begins with an empty folder.
  it.each(ROUNDS)(
    `keeps every finished account, complete, in ${KILLS} kills at random moments (round %d)`,
    async () => {
      rmSync(kept, {recursive: true, force: true})
      for (let n = 0; n < KILLS; n++) {
        const before = [...parts()]
        await killed(Math.random() * took)
        for (const name of parts())
          expect(auditFaultsOf(JSON.parse(readFileSync(join(kept, name), 'utf8')))).toEqual([])
        expect(parts()).toEqual(expect.arrayContaining(before))
      }
    },
  )

  it('is completed by the next run', async () => {
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
