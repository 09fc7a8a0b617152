import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {readAccounts} from '../../src/account-file/account-file.ts'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {writeAccount} from '../../src/account-file/write-account.ts'
import {AUDIT_FORMAT_NAMES, AUDIT_FORMATS} from '../../src/cli/fleet/formats.ts'
import {examination} from '../../src/diagnosis/examine.ts'
import type {Account} from '../../src/model/account.ts'
import {redact} from '../../src/redact/redact.ts'
import {htmlReports} from '../../src/render/html/instance-page.ts'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {quietReport, textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {isPlain} from '../../src/util/plain-text.ts'
import {redactSecrets} from '../../src/util/redact-secrets.ts'
import {isUsageError} from '../../src/util/usage-error.ts'
import {audited} from '../support/audits.ts'
import {aFolder} from '../support/folder.ts'
import {parseCsv, parsePrometheus, parseXml} from '../support/formats.ts'
import {inspection} from '../support/inspections.ts'
import {INSTANCE} from '../support/network.ts'
import {outputOf} from '../support/programs.ts'
import {ACCOUNTS} from './accounts.ts'

/** What a name, a tag or a policy can contain, because anyone who can write one can write any of these. */
const EVIL = [
  '\u001b[2J\u001b]0;owned\u0007\u009b31m',
  '\u202etxt.exe\u2066\u200b\ufeff',
  '"\'`$(touch PWNED)`; touch PWNED; & touch PWNED | touch PWNED\n touch PWNED\r\n',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: HCL's own syntax
  '${file("/etc/passwd")} %{ for a in b } %{ endfor } {{ .Values }} <%= x %> !Sub ${AWS::AccountId}',
  '<script>alert(1)</script><img src=x onerror=alert(1)> ]]> <!-- &amp; --> <?xml?>',
  '\n::error file=a::b\n::set-output name=a::b\n##[command]x',
  '=1+1|@SUM(A1)\t,"x"',
  '[a](javascript:alert(1)) # h | | @all **b** \\ %0a',
  '__proto__ constructor toString',
  '\ud800',
].join(' ')

const FREE =
  /^(?:Name|RoleName|PolicyName|GroupName|InstanceProfileName|PrefixListName|Description|Key|Value|Sid|Output)$/
/** Reserved words of AWS in such fields: with something appended they would mean something else. */
const isWord = (holder: object, key: string): boolean =>
  ['ImageOwnerAlias', 'Code', 'Type', 'EnableDnsSupport'].some((field) => field in holder) ||
  (key === 'Value' && !('Key' in holder)) ||
  (key === 'Name' && Object.keys(holder).length === 1) ||
  (key === 'Name' && ('ResourceRecordSets' in holder || 'Status' in holder))

/** The account with every user-chosen text made hostile. */
function poisoned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(poisoned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      typeof one === 'string' && FREE.test(key) && !isWord(value, key) ? `${one}${EVIL}` : poisoned(one),
    ]),
  )
}

/** The account with every id of one kind made hostile, wherever it occurs. */
const withEvilIds = (account: Account, kind: string): Account => {
  const evil = JSON.stringify(EVIL).slice(1, -1)
  return JSON.parse(
    JSON.stringify(account).replaceAll(new RegExp(`"(${kind}-[0-9a-f]{17})"`, 'g'), (_, id) => `"${id}${evil}"`),
  )
}

const read = (account: object): Account =>
  parseAccounts([{name: 'a', json: JSON.parse(JSON.stringify({Format: 'ssm-doctor/account/1', ...account}))}])
    .accounts[0] as Account

const KINDS_OF_IDS = ['sg', 'subnet', 'rtb', 'acl', 'vpce', 'nat', 'igw', 'tgw', 'vpc', 'eni']
const HOSTILE: readonly (readonly [string, Account])[] = Object.entries(ACCOUNTS).flatMap(([name, account]) => [
  [`names in: ${name}`, read(poisoned(account) as object)] as const,
  ...KINDS_OF_IDS.map((kind) => [`ids ${kind} in: ${name}`, read(withEvilIds(account, kind))] as const),
])

/** Runs lines in a shell in which `aws` only prints its arguments. */
function typed(lines: readonly string[]): readonly string[] {
  const folder = aFolder()
  const script = `aws() { :; }\nssm_doctor() { :; }\n${lines.join('\n')}\n:`
  outputOf('/bin/sh', ['-c', script], {cwd: folder, env: {PATH: '/usr/bin:/bin'}})
  return readdirSync(folder)
}

describe('untrusted text', () => {
  it.each(HOSTILE)('cannot control the terminal: %s', (_, account) => {
    const {report} = examination(account, INSTANCE)
    for (const text of [textReport(report, {terminal: PIPE, verbose: true}), quietReport(report)]) {
      for (const line of text.split('\n')) expect(isPlain(line)).toBe(true)
      // A line that a build server would read as a command begins with it.
      expect(text).not.toMatch(/^\s*::[a-z-]+.*::|##\[/m)
    }
  })

  it('is not executed by a shell that the commands are pasted into', () => {
    const lines = HOSTILE.flatMap(([, account]) => {
      const {checklist} = examination(account, INSTANCE).report
      return checklist.flatMap(({commands, alternatives}) => [
        ...commands,
        ...alternatives.flatMap((one) => one.commands),
      ])
    })
    // Commands for the instance do not concern this shell; what could be executed here does.
    const here = lines.filter((line) => /^(?:\w+=\$\(aws |aws )/.test(line))
    expect(here.length).toBeGreaterThan(50)
    expect(typed(here)).toEqual([])
    expect(lines.filter((line) => /PWNED/.test(line) && !here.includes(line) && !/^# .*$/.test(line))).toEqual([])
  })

  it.each(['terraform', 'cloudformation', 'powershell'] as const)('is no expression in %s', (format) => {
    for (const [, account] of HOSTILE)
      for (const {steps} of examination(account, INSTANCE).remedies) {
        const code = snippet(steps, format, {region: 'eu-west-1', step: 1})
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for it
        expect(code).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066]/)
        if (format === 'terraform') expect(code.replaceAll(/\$\$\{|%%\{|^#.*$/gm, '')).not.toMatch(/\$\{file|%\{ ?for/)
        if (format === 'cloudformation') expect(code).not.toMatch(/^\s*(?:- )?(?:\w+: )?!Sub .*(?:passwd|AccountId)/m)
      }
  })

  it.each(AUDIT_FORMAT_NAMES)('is only text in an audit as %s', async (format) => {
    for (const [, account] of HOSTILE.filter((_, at) => at % 3 === 0)) {
      const text = await AUDIT_FORMATS[format].text(audited(account), {terminal: PIPE, version: '1.0.0'})
      if (format === 'csv') for (const cell of parseCsv(text).flat()) expect(cell).not.toMatch(/^[\s\p{Cf}]*[=+\-@|%]/u)
      if (format === 'junit') expect(parseXml(text).name).toBe('testsuites')
      if (format === 'prometheus') expect(parsePrometheus(text).length).toBeGreaterThan(0)
      if (format === 'ndjson') for (const line of text.split('\n')) JSON.parse(line)
      // An account without findings has no lines.
      if (format === 'ocsf-ndjson' && text !== '') for (const line of text.split('\n')) JSON.parse(line)
      if (['json', 'sarif', 'asff', 'ocsf'].includes(format)) JSON.parse(text)
      if (format === 'markdown') {
        // Inside a fence everything is text.
        expect(text.replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')).not.toMatch(/<script|<img|\]\(javascript/)
        expect(text).not.toMatch(/[\u202e\u2066]/)
      }
      if (format === 'table') expect(text.split('\n').filter((line) => !isPlain(line))).toEqual([])
    }
  })

  it('is unchanged in a snapshot, and examined the same', () => {
    for (const [, account] of HOSTILE) {
      const again = read(JSON.parse(writeAccount(account)))
      expect(again).toEqual(account)
      expect(examination(again, INSTANCE).report).toEqual(examination(account, INSTANCE).report)
    }
  })
})

/** A property of every JavaScript object, and what its value looks like in a sentence. */
const INHERITED = ['__proto__', 'constructor', 'toString']
const NOT_TEXT = /\[object |native code/

describe('the name of a property of every object', () => {
  const [endpoints] = Object.values(ACCOUNTS) as [Account]

  it.each(INHERITED)(
    'is only text as a partition, as the state of an endpoint and as a reason of Inspector: %s',
    (word) => {
      const account = read({
        ...endpoints,
        Partition: word,
        VpcEndpoints: (endpoints.VpcEndpoints as readonly object[]).map((one) => ({...one, State: word})),
        CoveredResources: [
          {resourceId: INSTANCE, resourceType: 'AWS_EC2_INSTANCE', scanStatus: {statusCode: 'INACTIVE', reason: word}},
        ],
      })
      expect(textReport(examination(account, INSTANCE).report, {terminal: PIPE, verbose: true})).not.toMatch(NOT_TEXT)
      expect(JSON.stringify(inspection(account))).not.toMatch(NOT_TEXT)
    },
  )

  it.each(INHERITED)('is redacted like any other unknown field: %s', (word) => {
    const account = read(
      JSON.parse(JSON.stringify(endpoints).replace('{', `{"${word}":"a",`).replace('"Tags":', `"${word}":"b","Tags":`)),
    )
    expect(writeAccount(redact(account, 'salt'))).not.toMatch(NOT_TEXT)
  })
})

it('a field called unreadable in an item is no reason why the kind could not be read', () => {
  const [endpoints] = Object.values(ACCOUNTS) as [Account]
  const Arn = 'arn:aws:iam::111122223333:policy/own'
  const account = read({
    ...endpoints,
    Roles: (endpoints.Roles as readonly object[]).map((role) => ({
      ...role,
      AttachedManagedPolicies: [{PolicyName: 'own', PolicyArn: Arn}],
    })),
    Policies: [{Arn, PolicyVersionList: [{unreadable: {}}]}],
  })
  const {report} = examination(account, INSTANCE)
  expect(report.unreadable).toMatchObject([{kind: 'Policies', reason: 'part of it could not be read'}])
  expect(htmlReports([report])).toContain('part of it could not be read')
})

describe('excessive input', () => {
  const [endpoints] = Object.values(ACCOUNTS) as [Account]
  const MEGABYTES = '\u001b[31m<${`'.repeat(1_250_000)

  it('ten megabytes in a tag, a policy, console output or a name are read, examined and printed', () => {
    const account = read({
      ...endpoints,
      Instances: (endpoints.Instances as readonly object[]).map((one) => ({
        ...one,
        Tags: [{Key: 'Name', Value: MEGABYTES}],
      })),
      ConsoleOutputs: [{InstanceId: INSTANCE, Output: redactSecrets(MEGABYTES)}],
    })
    const {report} = examination(account, INSTANCE)
    expect(report.verdict).toBe('managed')
    expect(quietReport(report)).toMatch(/managed/)
    expect(writeAccount(redact(account, 'salt')).length).toBeLessThan(60_000_000)
  })

  it('rules that reference their own group or list in a loop terminate', () => {
    const groups = ['sg-0000000000000000a', 'sg-0000000000000000b'] as const
    const account = read({
      ...endpoints,
      SecurityGroups: [
        ...(endpoints.SecurityGroups as readonly object[]),
        ...groups.map((GroupId, at) => ({
          GroupId,
          VpcId: 'vpc-00000000000000001',
          IpPermissions: [{IpProtocol: '-1', UserIdGroupPairs: [{GroupId: groups[1 - at]}, {GroupId}]}],
          IpPermissionsEgress: [{IpProtocol: '-1', UserIdGroupPairs: [{GroupId: groups[1 - at]}, {GroupId}]}],
        })),
      ],
      Instances: (endpoints.Instances as readonly object[]).map((one) =>
        JSON.parse(JSON.stringify(one).replaceAll('sg-00000000000000001', groups[0])),
      ),
      ManagedPrefixLists: [{PrefixListId: 'pl-0000000000000000a', Entries: [{Cidr: 'pl-0000000000000000a'}]}],
    })
    expect(examination(account, INSTANCE).report.verdict).toBe('at-risk')
  })

  it('an archive that unpacks endlessly is rejected in one sentence', async () => {
    const folder = aFolder()
    const bomb = join(folder, 'bomb.json.gz')

    // Members of an archive follow one another; each of these holds 64 MB of blanks.
    const member = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
    writeFileSync(bomb, Buffer.concat(Array.from({length: 9}, () => member)))
    const end = await readAccounts([bomb]).catch((error: unknown) => error)
    expect(isUsageError(end) && end.message).toMatch(/larger than 512 MB/)
  })

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('%s with endless nesting get one sentence or a report', (_, open, close) => {
    const deep = `${open.repeat(50_000)}1${close.repeat(50_000)}`
    for (const key of ['Roles', 'Instances', 'Tags', 'PolicyDocument', '__proto__']) {
      const text = JSON.stringify({...endpoints, Format: 'ssm-doctor/account/1'}).replace('{', `{"${key}":${deep},`)
      try {
        const [account] = parseAccounts([{name: 'a', json: JSON.parse(text)}]).accounts
        expect(examination(account as Account, INSTANCE).report.schema).toBe('ssm-doctor/report/1')
      } catch (error) {
        if (!isUsageError(error)) throw error
        expect(error.message).not.toContain('\n')
      }
    }
  })
})
