import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, it} from 'vitest'
import {fleetAccount} from '../../bench/fleet-account.ts'
import {auditFaultsOf} from '../support/report-schemas.ts'
import {run} from './run.ts'

const cwd = mkdtempSync(join(tmpdir(), 'audit-'))
const accounts = [0, 1].map((n) => fleetAccount({account: String(111122223333 + n), seed: n, instances: 100}))
mkdirSync(join(cwd, 'accounts'))
for (const [n, account] of accounts.entries()) writeFileSync(join(cwd, `accounts/${n}.json`), JSON.stringify(account))
afterAll(() => rmSync(cwd, {recursive: true, force: true}))

const audit = (...args: readonly string[]) => run(['audit', '--account', 'accounts', ...args], {cwd})
const audited = async (...args: readonly string[]) => JSON.parse((await audit('--json', ...args)).stdout)
const faulty = (fault: string): readonly string[] =>
  accounts.flatMap(({Instances}) =>
    'unreadable' in Instances
      ? []
      : Instances.filter(({Tags}) => Tags.some(({Key, Value}) => Key === 'Fault' && Value === fault)).map(
          ({InstanceId}) => InstanceId,
        ),
  )

describe('which instances', () => {
  it('are in one VPC, or have all of the tags', async () => {
    const all = await audited()
    const {vpc} = all.totals.vpcs[0]
    const inVpc = await audited('--vpc', vpc)
    expect(inVpc.totals.instances).toBe(all.totals.vpcs[0].instances)
    const tagged = await audited('--tag', 'Environment=staging', '--tag', 'Owner=web')
    expect(tagged.totals.instances).toBeGreaterThan(0)
    expect(tagged.instances.every(({owner}: {owner: string}) => owner === 'web')).toBe(true)
  })

  it('are listed in a file; those that are not found are reported and make the outcome undetermined', async () => {
    const [broken = ''] = faulty('metadata-off')
    const well = (await audited()).instances.find(({verdict}: {verdict: string}) => verdict === 'managed').id
    writeFileSync(join(cwd, 'ids.txt'), `# those of the ticket\n${broken}\n\n${well}\n`)
    expect((await audit('--instance-ids-from', 'ids.txt')).code).toBe(1)
    writeFileSync(join(cwd, 'ids.txt'), `${well}\ni-0123456789abcdef0\n`)
    const ran = await audit('--instance-ids-from', 'ids.txt')
    expect(ran.stderr).toContain('1 requested instance was not found or is not running')
    expect(ran.code).toBe(3)
  })

  it('are those of the newest file that lists them, with a notice', async () => {
    const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
    const {stdout, stderr} = await run(['audit', '--account', examples, '--json'], {cwd})
    expect(JSON.parse(stdout).instances).toHaveLength(1)
    expect(stderr).toContain(
      'agent-stopped.json and 5 other files list i-0d0c000000002f0a9: for each instance only the newest file counts.\n',
    )
  })

  it('are in a Region of some file', async () => {
    const ran = await audit('--region', 'eu-west-2')
    expect(ran).toMatchObject({code: 2, stderr: 'No account file for Region eu-west-2; the files are for eu-west-1.\n'})
    const {stderr} = await audit('--region', 'eu-west-1', '--region', 'eu-west-2')
    expect(stderr).toContain('No account file for Region eu-west-2.\n')
  })
})

describe('output', () => {
  it('goes to several files at once, by their extensions', async () => {
    const files = ['x.json', 'x.csv', 'x.sarif', 'x.prom', 'x.md', 'x.xml', 'x.txt', 'x.ndjson', 'asff=x.findings']
    const {stdout} = await audit('--json', ...files.flatMap((file) => ['-o', file]))
    expect(readFileSync(join(cwd, 'x.json'), 'utf8')).toBe(stdout)
    expect(JSON.parse(readFileSync(join(cwd, 'x.findings'), 'utf8'))[0].SchemaVersion).toBe('2018-10-08')
    expect(readFileSync(join(cwd, 'x.xml'), 'utf8')).toMatch(/^<\?xml/)
  })

  it('must have an existing folder before anything is read', async () => {
    const ran = await audit('-o', 'nowhere/x.json')
    expect(ran).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'nowhere/x.json cannot be written: folder nowhere does not exist.\n',
    })
  })
})

describe('single accounts and Regions', () => {
  it('are examined on their own, and their merged reports equal that of all', async () => {
    mkdirSync(join(cwd, 'parts'))
    for (const n of [0, 1]) await run(['audit', '--account', `accounts/${n}.json`, '-o', `parts/${n}.json`], {cwd})
    const sum = JSON.parse((await run(['audit', '--parts', 'parts', '--json'], {cwd})).stdout)
    expect(auditFaultsOf(sum)).toEqual([])
    expect(sum).toEqual(await audited())
  })

  it('that are expected and have no part are reported as not examined', async () => {
    const {scopes} = JSON.parse((await run(['audit', '--parts', 'parts', '--json'], {cwd})).stdout)
    const places = scopes.map(({account, region}: {account: string; region: string}) => ({account, regions: [region]}))
    const units = [...places, {account: '999999999999', regions: ['eu-west-1', 'eu-west-2']}]
    writeFileSync(join(cwd, 'units.json'), JSON.stringify(units))
    const {code, stdout, stderr} = await run(['audit', '--parts', 'parts', '--units', 'units.json', '--json'], {cwd})
    expect(stderr).toContain(`${scopes.length + 2} accounts and Regions (2 not examined)`)
    expect(JSON.parse(stdout).scopes.slice(-2)).toMatchObject([
      {account: '999999999999', region: 'eu-west-1', failed: 'There is no part of it.'},
      {account: '999999999999', region: 'eu-west-2', failed: 'There is no part of it.'},
    ])
    expect(auditFaultsOf(JSON.parse(stdout))).toEqual([])
    expect(code).toBe(1)
  })

  it.each([
    ['[{"account": 1, "regions": []}]', 'expected an account id of 12 digits'],
    ['[{"account": "111122223333"}]', 'regions'],
    ['{}', 'expected a list'],
  ])('that are expected are named by account and Region: not %s', async (text, says) => {
    writeFileSync(join(cwd, 'odd-units.json'), text)
    const {code, stderr} = await run(['audit', '--parts', 'parts', '--units', 'odd-units.json'], {cwd})
    expect(code).toBe(2)
    expect(stderr).toContain('odd-units.json')
    expect(stderr).toContain(says)
  })

  it.each([['--suppress', 'known.json'], ['--tag', 'Owner=web'], ['--vpc', 'vpc-0123'], ['--include-stopped']])(
    'are chosen when they are made, not when they are added up: %s',
    async (...flags) => {
      const {code, stderr} = await run(['audit', '--parts', 'parts', ...flags], {cwd})
      expect(code).toBe(2)
      expect(stderr).toContain(`${flags[0]}`)
    },
  )

  it('are no parts of another kind of report', async () => {
    writeFileSync(join(cwd, 'parts/2.json'), '{"schema": "ssm-doctor/report/1"}')
    const {code, stderr} = await run(['audit', '--parts', 'parts'], {cwd})
    expect(code).toBe(2)
    expect(stderr).toContain('parts/2.json: schema: expected "ssm-doctor/audit/1"')
  })

  it('that were finished before are reused, unless their file was read again', async () => {
    await audit('--resume', 'kept')
    expect((await audit('--resume', 'kept')).stderr).toContain('2 reused from an earlier run')
    const [first] = accounts
    mkdirSync(join(cwd, 'later'))
    writeFileSync(join(cwd, 'later/0.json'), JSON.stringify({...first, ReadAt: '2026-11-27T12:00:00.000Z'}))
    const later = await run(['audit', '--account', 'later', '--resume', 'kept', '--json'], {cwd})
    expect(later.stderr).not.toContain('kept')
    expect(JSON.parse(later.stdout).readAt).toBe('2026-11-27T12:00:00.000Z')
  })
})

describe('over time', () => {
  it('the suppression of a cause ends on its date, and the cause returns with its owner', async () => {
    const until = (expires: string) =>
      writeFileSync(
        join(cwd, 'known.json'),
        JSON.stringify([{cause: 'imds.disabled', owner: 'web', reason: 'moves', expires}]),
      )
    until('2026-12-31')
    const suppressing = await audited('--suppress', 'known.json')
    expect(suppressing.suppressed).toHaveLength(faulty('metadata-off').length)
    until('2026-11-01')
    const {expired, suppressed} = await audited('--suppress', 'known.json')
    expect([expired.length, suppressed.length]).toEqual([faulty('metadata-off').length, 0])
    expect(expired[0]).toMatchObject({owner: 'web', reason: 'moves'})
  })

  it('fails only on new findings', async () => {
    await audit('-o', 'before.json')
    expect((await audit('--baseline', 'before.json', '--fail-on', 'new')).code).toBe(0)
    expect((await audit('--baseline', 'before.json', '--fail-on', 'blocks')).code).toBe(1)
    expect((await audit('--fail-on', 'new')).code).toBe(2)
  })
})

describe('what is misspelled or damaged', () => {
  const file = (name: string, text: string) => writeFileSync(join(cwd, name), text)

  it.each([
    ['-o', 'a-folder.json', 'a-folder.json cannot be written: it is a folder; specify a file.'],
    ['-o', 'a-link.json', 'a-link.json cannot be written: it is a symbolic link; specify its target.'],
    ['-o', 'json=/dev/stdout', '/dev/stdout cannot be written: it is a symbolic link; use - for standard output.'],
    ['--resume', 'a-file', '--resume a-file: it is a file, not a folder.'],
    ['--suppress', 'nowhere.json', 'nowhere.json: there is no such file.'],
    ['--suppress', 'cut.json', 'cut.json: line 1, column 17: expected JSON, found the end of the file.'],
    [
      '--suppress',
      'word.json',
      'word.json: [0]: expected only cause, resource, tag, owner, reason, expires, found "expiry".',
    ],
    ['--baseline', 'word.json', 'word.json: expected an object, found a list.'],
    ['--baseline', 'other.json', 'other.json: schema: expected "ssm-doctor/audit/1", found "ssm-doctor/report/1".'],
    ['--instance-ids-from', 'cut.json', 'cut.json: line 1, column 17: expected JSON, found the end of the file.'],
  ])('is detected before anything is examined: %s %s', async (flag, name, sentence) => {
    mkdirSync(join(cwd, 'a-folder.json'), {recursive: true})
    if (!existsSync(join(cwd, 'a-link.json'))) symlinkSync('x.json', join(cwd, 'a-link.json'))
    file('a-file', '')
    file('cut.json', '[{"cause": "imds')
    file('word.json', '[{"cause": "imds.disabled", "owner": "web", "reason": "moves", "expiry": "2026-11-01"}]')
    file('other.json', '{"schema": "ssm-doctor/report/1"}')
    expect(await audit(flag, name)).toMatchObject({code: 2, stdout: '', stderr: `${sentence}\n`})
  })

  it('is reported if it matches nothing', async () => {
    file('odd.json', '[{"cause": "no.such", "owner": "web", "reason": "moves"}]')
    expect((await audit('--vpc', 'vpc-0123')).stderr).toContain('No instance matches --vpc vpc-0123.\n')
    const {stderr} = await audit('--owner-tag', 'Boss', '--suppress', 'odd.json')
    expect(stderr).toContain('No instance has the tag Boss; owners are not shown.\n')
    expect(stderr).toContain('--suppress: unknown cause no.such; see `ssm-doctor explain`.\n')
  })

  it('is one account file of many: it is reported, and does not stop the audit', async () => {
    mkdirSync(join(cwd, 'some'), {recursive: true})
    writeFileSync(join(cwd, 'some/good.json'), JSON.stringify(accounts[0]))
    file('some/torn.json', JSON.stringify(accounts[1]).slice(0, -100))
    const ran = await run(['audit', '--account', 'some', '-o', 'some.xml'], {cwd})
    expect(ran.stdout).toMatch(/unknown account was not examined: some\/torn\.json: line 1, column \d+: expected/)
    expect(ran.stderr).toMatch(/^2 accounts and Regions \(1 not examined\), 100 instances, /)
    expect(ran.code).toBe(1)
    expect(readFileSync(join(cwd, 'some.xml'), 'utf8')).toContain('<error type="scope" message="some/torn.json: line 1')
  })

  it('is a saved part: it is created again', async () => {
    await audit('--resume', 'torn')
    const [part = ''] = readdirSync(join(cwd, 'torn')).filter((name) => name !== 'settings.json')
    file(`torn/${part}`, '{"schema": ')
    const again = await audit('--resume', 'torn', '--json')
    expect(again.stderr).toContain('1 reused from an earlier run')
    expect(JSON.parse(again.stdout)).toEqual(await audited())
  })
})

it('a list of accounts is read before any call', async () => {
  const ran = await run(['audit', '--accounts-from', 'nowhere.txt', '--role-name', 'audit'], {cwd})
  expect(ran).toMatchObject({code: 2, stderr: 'nowhere.txt: there is no such file.\n'})
})

it('two reports cannot use the same file', async () => {
  const ran = await audit('-o', 'one.json', '-o', 'csv=./one.json')
  expect(ran).toMatchObject({code: 2, stderr: './one.json cannot take two reports; use another file.\n'})
})

it('an audit without instances reports it and exits with 3, unless --allow-empty is given', async () => {
  writeFileSync(join(cwd, 'none.json'), JSON.stringify({...accounts[0], Instances: []}))
  const formats = ['json', 'ndjson', 'csv', 'markdown', 'junit', 'sarif', 'asff', 'ocsf', 'ocsf-ndjson', 'prometheus']
  const outputs = formats.flatMap((format) => ['-o', `${format}=none-${format}.out`])
  const empty = await run(['audit', '--account', 'none.json'], {cwd})
  expect(empty.code).toBe(3)
  expect(empty.stderr).toContain(
    'No instances found; check the accounts, Regions and filters, or pass --allow-empty.\n',
  )
  const ran = await run(['audit', '--account', 'none.json', '--allow-empty', ...outputs], {cwd})
  expect(ran).toMatchObject({code: 0, stdout: '0 instances: none matched\n'})
  expect(ran.stderr).toMatch(/^1 account and Region, 0 instances, [\d.]+ s\n$/)
  expect(JSON.parse(readFileSync(join(cwd, 'none-sarif.out'), 'utf8')).runs[0].results).toEqual([])
  expect(readFileSync(join(cwd, 'none-asff.out'), 'utf8')).toBe('[]\n')
  expect(readFileSync(join(cwd, 'none-ocsf.out'), 'utf8')).toBe('[]\n')
  expect(readFileSync(join(cwd, 'none-ocsf-ndjson.out'), 'utf8')).toBe('')
  const lines = await run(['audit', '--account', 'none.json', '--allow-empty', '--format', 'ocsf-ndjson'], {cwd})
  expect(lines.stdout).toBe('')
})

it('the time since when an instance is broken is kept over several baselines', async () => {
  const at = (ReadAt: string, name: string) => {
    mkdirSync(join(cwd, name), {recursive: true})
    writeFileSync(join(cwd, name, 'a.json'), JSON.stringify({...accounts[0], ReadAt}))
  }
  at('2026-11-06T12:00:00.000Z', 'week-1')
  at('2026-11-13T12:00:00.000Z', 'week-2')
  at('2026-11-20T12:00:00.000Z', 'week-3')
  const week = (n: number, ...more: readonly string[]) =>
    run(['audit', '--account', `week-${n}`, '-o', `week-${n}.json`, ...more], {cwd})
  await week(1)
  await week(2, '--baseline', 'week-1.json')
  const {stdout} = await week(3, '--baseline', 'week-2.json')
  expect(stdout).toContain('still broken, oldest since 2026-11-06T12:00:00.000Z')
})
