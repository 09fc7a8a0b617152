import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {KEYS, variableOf} from '../../src/cli/input/defaults.ts'
import {COMMANDS} from '../../src/index.ts'
import {aFolder} from '../support/folder.ts'
import {run} from './run.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/nat-deleted.json', import.meta.url))
const audit = ['audit', '--account', EXAMPLE]

/** A folder with these defaults. */
function withFile(defaults: object, name = '.ssm-doctor.json'): string {
  const cwd = aFolder()
  writeFileSync(join(cwd, name), JSON.stringify(defaults))
  return cwd
}

describe('a default', () => {
  it('in .ssm-doctor.json of the current folder works like a flag', async () => {
    const cwd = withFile({format: 'csv'})
    expect((await run(audit, {cwd})).stdout).toBe((await run([...audit, '--format', 'csv'])).stdout)
  })

  it.each([
    ['UTF-16, as redirections of PowerShell write it', Buffer.from('\ufeff{"format": "csv"}', 'utf16le')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff{"format": "csv"}')],
  ])('is read in %s', async (_, bytes) => {
    const cwd = aFolder()
    writeFileSync(join(cwd, '.ssm-doctor.json'), bytes)
    expect((await run(audit, {cwd})).stdout).toMatch(/^id,name,/)
  })

  it('is overridden by a variable, and both by a flag', async () => {
    const cwd = withFile({format: 'csv'})
    const env = {SSM_DOCTOR_FORMAT: 'markdown'}
    expect((await run(audit, {cwd, env})).stdout).toMatch(/^# Managed instances/)
    expect((await run([...audit, '--format', 'junit'], {cwd, env})).stdout).toMatch(/^<\?xml/)
    expect(JSON.parse((await run([...audit, '--json'], {cwd, env})).stdout)).toHaveProperty('schema')
  })

  it('may apply to one command only, and overrides those for all commands', async () => {
    const cwd = withFile({format: 'html', audit: {format: 'csv'}})
    expect((await run(audit, {cwd})).stdout).toMatch(/^id,name,/)
    expect((await run(['demo'], {cwd})).stdout).toMatch(/^<!doctype html>/i)
  })

  it('is ignored if the command has no such flag or format, or if a flag excludes it', async () => {
    const cwd = withFile({'role-name': 'audit', region: 'eu-west-1', 'owner-tag': 'Team', format: 'csv'})
    expect(await run(['demo', '--quiet'], {cwd})).toEqual(await run(['demo', '--quiet']))
    expect((await run(audit, {cwd})).code).toBe(1)
    const {stderr} = await run(['audit', '--all-regions'], {cwd})
    expect(stderr).not.toContain('cannot be combined')
  })

  it('for the accounts of an organization is ignored where one account is examined', async () => {
    const cwd = withFile({'role-name': 'audit', 'exclude-account': ['111122223333']})
    expect((await run(['audit', '--region', 'eu-west-1'], {cwd})).stderr).not.toContain('--role-name')
    const {stderr} = await run(['audit', '--region', 'eu-west-1', '--role-name', 'audit'], {cwd})
    expect(stderr).toContain('--role-name needs --organization')
    expect((await run(['permissions', 'audit'], {cwd})).stdout).toContain('role/audit')
  })

  it('for the external ID is ignored with the role that it is for', async () => {
    const cwd = withFile({'role-arn': 'arn:aws:iam::111122223333:role/audit', 'external-id': 'x'})
    const diagnose = ['--account', EXAMPLE, '--quiet']
    expect(await run(diagnose, {cwd})).toEqual(await run(diagnose))
    const own = withFile({'role-name': 'audit', 'external-id': 'x'})
    expect((await run(diagnose, {cwd: own})).stderr).toBe('')
    expect((await run([...diagnose, '--external-id', 'x'], {cwd})).stderr).toContain('--external-id needs --role-arn')
  })

  it('for the Region selects no account file and overrides no plan', async () => {
    const cwd = withFile({region: 'us-west-2'})
    expect(await run([...audit, '--json'], {cwd})).toMatchObject({
      code: 1,
      stdout: (await run([...audit, '--json'])).stdout,
    })
    expect((await run([...audit, '--region', 'us-west-2'], {cwd})).code).toBe(2)
    const region = {constant_value: 'eu-west-1'}
    const plan = {
      format_version: '1.2',
      resource_changes: [],
      planned_values: {root_module: {}},
      configuration: {provider_config: {aws: {name: 'aws', expressions: {region}}}},
    }
    writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan))
    const {stdout} = await run(['plan', '--terraform', 'plan.json', '--json'], {cwd})
    expect(JSON.parse(stdout)).toMatchObject({region: 'eu-west-1'})
  })

  it('is read from the file that --config names, whose paths are relative to it', async () => {
    const cwd = aFolder()
    mkdirSync(join(cwd, 'team'))
    writeFileSync(join(cwd, 'team/defaults.json'), JSON.stringify({suppress: 'known.json'}))
    writeFileSync(join(cwd, 'team/known.json'), '[{"tag": "Name=missing", "owner": "web", "reason": "moves"}]')
    expect((await run([...audit, '--config', 'team/defaults.json'], {cwd})).code).toBe(1)
    writeFileSync(join(cwd, 'team/known.json'), '[')
    expect((await run([...audit, '--config=team/defaults.json'], {cwd})).stderr).toMatch(/^team\/known\.json: /)
  })

  it.each([
    [{regoin: 'eu-west-1'}, '.ssm-doctor.json: regoin cannot be set here. Did you mean region?\n'],
    [{account: 'x.json'}, /^\.ssm-doctor\.json: account cannot be set here\./],
    [{region: {name: 'x'}}, /^\.ssm-doctor\.json: region: expected text, a number, true or false/],
    [{audit: 'x'}, '.ssm-doctor.json: audit: expected an object of flags and values.\n'],
    [{'no-color': 'perhaps'}, '.ssm-doctor.json: no-color: expected true or false, found "perhaps".\n'],
    [{prefer: 'best'}, '.ssm-doctor.json: prefer: expected one of private, cheapest, least-change, found "best".\n'],
    [{format: 'xml'}, /^\.ssm-doctor\.json: format: expected one of text, json, .*, found "xml"\.\n$/],
  ])('%j is rejected in one sentence', async (defaults, says) => {
    const args = 'prefer' in defaults || 'format' in defaults ? ['--account', EXAMPLE] : ['demo', '--quiet']
    const ran = await run(args, {cwd: withFile(defaults)})
    expect({stdout: ran.stdout, code: ran.code}).toEqual({stdout: '', code: 2})
    expect(ran.stderr).toMatch(says)
  })

  it('in a file that is missing or damaged is rejected in one sentence', async () => {
    const missing = await run(['demo', '--config', 'nowhere.json'])
    expect(missing).toEqual({stdout: '', stderr: 'nowhere.json: there is no such file.\n', code: 2})
    expect((await run(['demo', '--config', aFolder()])).stderr).toMatch(/: it is a folder\.\n$/)
    const cwd = aFolder()
    writeFileSync(join(cwd, '.ssm-doctor.json'), '{"region": ')
    expect((await run(['demo'], {cwd})).stderr).toMatch(/^\.ssm-doctor\.json: line 1, column \d+: expected/)
  })
})

describe('ssm-doctor config', () => {
  it('prints what is in effect, and from where', async () => {
    const cwd = withFile({region: ['eu-west-1', 'eu-west-2'], 'owner-tag': 'Team', audit: {format: 'csv'}})
    const {stdout, code} = await run(['config'], {cwd, env: {SSM_DOCTOR_OWNER_TAG: 'Owner'}})
    expect(code).toBe(0)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['region', 'eu-west-1, eu-west-2', '.ssm-doctor.json'],
      ['owner-tag', 'Owner', 'SSM_DOCTOR_OWNER_TAG'],
      ['format', 'csv', '.ssm-doctor.json (audit)'],
    ])
    expect(JSON.parse((await run(['config', 'diagnose', '--json'], {cwd})).stdout)).toMatchObject([{key: 'region'}])
  })

  it('of a command prints only what is a flag of it', async () => {
    const cwd = withFile({'owner-tag': 'Team', prefer: 'cheap'})
    const keysOf = async (command: string) =>
      JSON.parse((await run(['config', command, '--json'], {cwd})).stdout).map(({key}: {key: string}) => key)
    expect(await keysOf('audit')).toEqual(['owner-tag'])
    expect(await keysOf('diagnose')).toEqual(['prefer'])
    const {stdout} = await run(['config', 'audit'])
    expect(stdout).toContain('SSM_DOCTOR_OWNER_TAG')
    expect(stdout).not.toContain('SSM_DOCTOR_PREFER')
  })

  it.each([
    ['config', ['config']],
    ['a command that uses them', ['explain', 'agent']],
  ])('names variables that set no default, such as mistyped ones: %s', async (_, args) => {
    const env = {SSM_DOCTOR_REGOIN: 'eu-west-1', SSM_DOCTOR_REGION: 'eu-west-1', SSM_DOCTOR_DEBUG: '1'}
    const {stderr, code} = await run(args, {env})
    expect({stderr, code}).toEqual({
      stderr: 'SSM_DOCTOR_REGOIN sets no default. Did you mean SSM_DOCTOR_REGION?\n',
      code: 0,
    })
  })

  it('shows how to set one if there is none', async () => {
    const {stdout} = await run(['config'])
    expect(stdout).toMatch(/^No defaults are set\./)
    for (const key of KEYS) expect(stdout).toContain(variableOf(key))
  })
})

it('every key is a flag of some command', () => {
  const flags = new Set(Object.values(COMMANDS).flatMap(({flags: own}) => Object.keys(own ?? {})))
  expect(KEYS.filter((key) => !flags.has(key))).toEqual([])
})

it('a start without defaults loads no code for them', () => {
  const dist = new URL('../../dist/', import.meta.url)
  expect(readFileSync(new URL('index.js', dist), 'utf8')).not.toContain('cannot be set here')
})
