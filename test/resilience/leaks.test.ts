import {chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {writeAccount} from '../../src/account-file/write-account.ts'
import {endingOf} from '../../src/cli/output/errors.ts'
import {writeAtomically} from '../../src/cli/output/write-file.ts'
import {connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {redact} from '../../src/redact/redact.ts'
import {isUsageError} from '../../src/util/usage-error.ts'
import {refuse} from '../support/fake-aws.ts'
import {aFolder} from '../support/folder.ts'
import {INSTANCE, REGION} from '../support/network.ts'
import {withoutSockets} from '../support/pretend.ts'
import {serve} from '../support/serve.ts'
import {ACCOUNTS} from './accounts.ts'

const KEY = `AKIA${'Q7'.repeat(8)}`
const SECRET = 'abcdefghij'.repeat(4)
const TOKEN = `${'FwoGZXIvYXdzE'.repeat(9)}==`
const SECRETS = [KEY, SECRET, TOKEN]

/** An AWS, or a proxy in front of it, that echoes whatever it was sent. */
async function echoed() {
  const [account] = Object.values(ACCOUNTS) as [Account]
  const fake = serve(account)
  const reply: typeof fake.reply = async (request) => {
    const said = `${JSON.stringify(request.headers)} secret_access_key=${SECRET} x-amz-security-token=${TOKEN}`
    const answer = await serve(account, {unless: () => refuse('AccessDenied', said.replaceAll('"', "'"), 403)}).reply(
      request,
    )
    return request.body.includes('GetCallerIdentity') ? fake.reply(request) : answer
  }
  const credentials = async () => ({accessKeyId: KEY, secretAccessKey: SECRET, sessionToken: TOKEN})
  const requestHandler = withoutSockets({...fake, reply})
  return collect(await connect({region: REGION}, {credentials, requestHandler, maxAttempts: 1}), [INSTANCE])
}

describe('credentials', () => {
  it('are in no account and no report, even if AWS echoed them', async () => {
    const account = await echoed()
    const text = writeAccount(account) + JSON.stringify(examine(account, INSTANCE))
    expect(text).toContain('AccessDenied')
    for (const secret of SECRETS) expect(text).not.toContain(secret)
  })

  it('are in no error, and not in its printed stack', () => {
    const error = new Error(`spawn failed: --secret-access-key=${SECRET} ${KEY} x-amz-security-token=${TOKEN}`)
    for (const debug of [true, false])
      for (const secret of SECRETS) expect(endingOf(error, debug).says).not.toContain(secret)
  })

  it('in console output are in no snapshot, whatever wrote the account file', () => {
    const [account] = Object.values(ACCOUNTS) as [Account]
    const Output = `boot\npassword=hunter22hunter\n${KEY}\nAWS_SECRET_ACCESS_KEY=${SECRET}\nready`
    const json = JSON.parse(
      JSON.stringify({...account, Format: 'ssm-doctor/account/1', ConsoleOutputs: [{InstanceId: INSTANCE, Output}]}),
    )
    const [again] = parseAccounts([{name: 'a', json}]).accounts
    const text = writeAccount(again as Account)
    expect(text).toContain('ready')
    for (const secret of [KEY, SECRET, 'hunter22']) expect(text).not.toContain(secret)
  })
})

const EXAMPLES = ['healthy', 'nat-deleted', 'role-and-acl', 'endpoints-shadow-nat', 'sessions-refused', 'agent-stopped']
const FILES: readonly (readonly [string, Account])[] = [
  ...Object.entries(ACCOUNTS),
  ...EXAMPLES.map((name): [string, object] => [
    name,
    JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')),
  ]),
].map(([name, json]) => [
  name,
  parseAccounts([{name, json: JSON.parse(JSON.stringify({Format: 'ssm-doctor/account/1', ...json}))}])
    .accounts[0] as Account,
])

const TELLING = /^(?:RoleName|InstanceProfileName|GroupName|KeyName|ComputerName|RoleId|InstanceProfileId|UserId)$/
const isAddress =
  /^(?!10\.|0\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/

/** Words of AWS, which may also be tags; ids and names that are shorter than any of AWS, or like the pseudonyms. */
const OF_AWS = /^(?:AWS.*|ssm|ssmmessages|ec2messages|A(?:IPA|ROA)[A-Z]{1,7}|group-\d)$/

/** What identifies the account: names, tags, account ids and public addresses, wherever they occur. */
function identifyingIn(value: unknown, key = ''): readonly string[] {
  if (Array.isArray(value)) {
    const tags = key === 'Tags' ? value.flatMap(({Key, Value}) => [...(Key === 'Name' ? [] : [Key]), Value]) : []
    return [...tags, ...value.flatMap((one) => identifyingIn(one, key))]
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => identifyingIn(one, name))
  if (typeof value !== 'string') return []
  return [
    ...(TELLING.test(key) || isAddress.test(value) ? [value] : []),
    ...(key.endsWith('Owner') || key === 'OwnerId' ? [] : (value.match(/(?<=::)\d{12}(?=:)/g) ?? [])),
  ]
}

describe('a redacted snapshot', () => {
  it.each(FILES)(
    'of %s contains nothing that identifies the account, and examines to the same causes',
    (_, account) => {
      const identifying = new Set(identifyingIn(account).filter((one) => one.length > 3 && !OF_AWS.test(one)))
      expect(identifying.size).toBeGreaterThan(2)
      const redacted = redact(account, 'salt')
      const text = writeAccount(redacted)
      const words = new Set(text.match(/[\w.-]+/g))
      expect([...identifying].filter((one) => words.has(one))).toEqual([])

      const [instance] = itemsOf(account.Instances)
      const seen = (one: Account) => {
        const {verdict, causes, verified} = examine(one, instance?.InstanceId ?? '')
        return {verdict, verified, causes: causes.map(({id, severity, certainty}) => `${id} ${severity} ${certainty}`)}
      }
      expect(seen(redacted)).toEqual(seen(account))
    },
  )
})

describe('a file that is written', () => {
  const folder = aFolder()
  const at = (name: string) => join(folder, name)
  const complaint = (path: string) =>
    writeAtomically(path, ['new']).then(
      () => 'none',
      (error: unknown) => (isUsageError(error) ? error.message : String(error)),
    )

  it('is readable by its owner only, even if it had another mode before', async () => {
    writeFileSync(at('old.json'), 'old', {mode: 0o644})
    for (const name of ['new.json', 'old.json']) {
      await writeAtomically(at(name), ['one', 'two'])
      expect(lstatSync(at(name)).mode & 0o777).toBe(0o600)
      expect(readFileSync(at(name), 'utf8')).toBe('one\ntwo\n')
    }
  })

  it('is complete or absent: the earlier file stays, and no temporary file is left', async () => {
    writeFileSync(at('kept.json'), 'kept')
    const before = readdirSync(folder)
    function* torn(): Generator<string> {
      yield 'half'
      throw new Error('torn')
    }
    await expect(writeAtomically(at('kept.json'), torn())).rejects.toThrow('torn')
    await expect(writeAtomically(at('never.json'), torn())).rejects.toThrow('torn')
    expect(readFileSync(at('kept.json'), 'utf8')).toBe('kept')
    expect(readdirSync(folder)).toEqual(before)
  })

  it.each([
    ['a folder', 'it is a folder', (path: string) => mkdirSync(path)],
    ['a link', 'it is a symbolic link', (path: string) => symlinkSync(at('kept.json'), path)],
    ['a dangling link', 'it is a symbolic link', (path: string) => symlinkSync(at('nowhere'), path)],
    ['a link to a folder', 'it is a symbolic link', (path: string) => symlinkSync(folder, path)],
  ])('never replaces %s', async (name, why, make) => {
    const path = at(name)
    make(path)
    expect(await complaint(path)).toContain(`${path} cannot be written: ${why}`)
    expect(lstatSync(path).isFile()).toBe(false)
  })

  it('needs an existing folder', async () => {
    expect(await complaint(at('no/where.json'))).toBe(
      `${at('no/where.json')} cannot be written: folder ${at('no')} does not exist.`,
    )
    expect(await complaint(join(at('kept.json'), 'x.json'))).toContain('does not exist')
    expect(await complaint('/dev/null')).toContain('not a regular file')
  })

  it('is named by the error if the operating system refuses it', async () => {
    const path = at(`${'long'.repeat(62)}.json`)
    expect(await complaint(path)).toBe(`${path} cannot be written: ENAMETOOLONG: name too long.`)
  })

  it('needs a name, of a file', async () => {
    expect(await complaint('')).toBe('--output "" has no file name.')
    expect(await complaint(at('new/'))).toBe(`${at('new/')} cannot be written: it is a folder; specify a file.`)
  })

  it('needs a writable folder', async () => {
    if (process.getuid?.() === 0) return
    mkdirSync(at('shut'))
    chmodSync(at('shut'), 0o500)
    expect(await complaint(at('shut/x.json'))).toBe(
      `${at('shut/x.json')} cannot be written: EACCES: permission denied.`,
    )
  })
})
