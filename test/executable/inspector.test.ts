import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, it} from 'vitest'
import {ids, inspectedAccount, row} from '../support/inspections.ts'
import {inspectionFaultsOf} from '../support/report-schemas.ts'
import {run} from './run.ts'

const cwd = mkdtempSync(join(tmpdir(), 'inspector-'))
const written = (name: string, change: object): string => {
  writeFileSync(join(cwd, name), JSON.stringify({Format: 'ssm-doctor/account/1', ...inspectedAccount, ...change}))
  return name
}
const file = written('account.json', {})
afterAll(() => rmSync(cwd, {recursive: true, force: true}))

it('joins the coverage in an account file with the examination, and exits with 1', async () => {
  const {stdout, stderr, code} = await run(['inspector', '--account', file, '--json'], {cwd})
  const report = JSON.parse(stdout)
  expect(inspectionFaultsOf(report)).toEqual([])
  expect(report.totals.coverage).toMatchObject({uncovered: 5, agentless: 1, unknown: 1})
  expect(stderr).toMatch(/^1 account and Region, 13 instances, [\d.]+ s\n$/)
  expect(code).toBe(1)
})

it.each([
  ['every instance is scanned, some by snapshots', [1, 8], 0],
  ['some are excluded on purpose or stopped', [1, 5, 6, 7], 0],
  ['one cannot be determined', [1, 11], 3],
  ['one is scanned in part', [1, 9], 1],
])('when %s', async (_, numbers, code) => {
  const wanted = numbers.map(ids)
  writeFileSync(join(cwd, 'ids.txt'), wanted.join('\n'))
  expect((await run(['inspector', '--account', file, '--instance-ids-from', 'ids.txt'], {cwd})).code).toBe(code)
})

it('that is disabled is one finding for all instances, with the call that enables it', async () => {
  const off = {resourceState: {ec2: {status: 'DISABLED'}}, accountId: '111122223333', state: {status: 'DISABLED'}}
  const name = written('off.json', {CoveredResources: [], AccountStatuses: [off]})
  const {stdout, code} = await run(['inspector', '--account', name, '--json'], {cwd})
  const {groups, instances} = JSON.parse(stdout)
  const found = groups.filter(({cause}: {cause: string}) => cause === 'inspector.ec2-disabled')
  expect(found).toHaveLength(1)
  expect(found[0].affected).toHaveLength(instances.length)
  expect(found[0].change.commands[0]).toMatch(/^aws inspector2 enable /)
  expect(code).toBe(1)
})

it('fails only on what --fail-on selects', async () => {
  writeFileSync(join(cwd, 'some.txt'), [3, 5].map(ids).join('\n'))
  const asked = (failOn: string) =>
    run(['inspector', '--account', file, '--instance-ids-from', 'some.txt', '--fail-on', failOn], {cwd})
  expect((await asked('blocks')).code).toBe(0)
  expect((await asked('degrades')).code).toBe(1)
  writeFileSync(join(cwd, 'some.txt'), ids(5))
  expect((await asked('degrades')).code).toBe(0)
  expect((await asked('advises')).code).toBe(1)
})

it('compares with an earlier report, writes several files, and resumes', async () => {
  const earlier = written('earlier.json', {CoveredResources: [row(2, 'UNMANAGED_EC2_INSTANCE')]})
  const before = await run(['inspector', '--account', earlier, '--json', '-o', 'before.json'], {cwd})
  expect(JSON.parse(readFileSync(join(cwd, 'before.json'), 'utf8'))).toEqual(JSON.parse(before.stdout))
  const outputs = ['-o', 'now.csv', '-o', 'now.sarif', '-o', 'now.md']
  const options = ['inspector', '--account', file, '--baseline', 'before.json', '--json', '--resume', 'kept']
  const {stdout} = await run([...options, ...outputs], {cwd})
  const {changes} = JSON.parse(stdout)
  expect(changes.instances.find(({id}: {id: string}) => id === ids(2))).toMatchObject({change: 'still-broken'})
  expect(changes.instances.find(({id}: {id: string}) => id === ids(1))).toMatchObject({change: 'fixed'})
  expect(readdirSync(cwd)).toEqual(expect.arrayContaining(['now.csv', 'now.sarif', 'now.md']))
  const kept = JSON.parse(readFileSync(join(cwd, 'kept/111122223333.eu-west-1.json'), 'utf8'))
  expect(inspectionFaultsOf(kept)).toEqual([])
  expect(JSON.parse((await run(options, {cwd})).stdout)).toEqual(JSON.parse(stdout))
})

it('rejects the baseline and the saved parts of an audit', async () => {
  await run(['audit', '--account', file, '-o', 'audit.json', '--resume', 'audits'], {cwd})
  const compared = await run(['inspector', '--account', file, '--baseline', 'audit.json'], {cwd})
  expect(compared).toMatchObject({code: 2, stderr: expect.stringContaining('ssm-doctor/inspector/1')})
  const resumed = await run(['inspector', '--account', file, '--resume', 'audits'], {cwd})
  expect(resumed).toMatchObject({code: 2, stderr: expect.stringContaining('different flags')})
})
