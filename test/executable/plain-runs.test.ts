import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {COMMANDS} from '../../src/index.ts'
import {aFolder} from '../support/folder.ts'
import {outputOf} from '../support/programs.ts'
import {example} from './files.ts'
import {run} from './run.ts'

const BOTH_WAYS = fileURLToPath(new URL('../support/both-ways.mjs', import.meta.url))
const ID = 'i-0d0c000000002f0a9'
const folder = aFolder()

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

interface Compared {
  readonly argv: readonly string[]
  /** Absent where the run is left to oclif. */
  readonly plainly?: Ran
  readonly throughOclif?: Ran
}

interface Options {
  readonly cwd?: string
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
}

/** What both ways answer to each list of arguments, in a folder with account files. */
function compared(
  all: readonly (readonly string[])[],
  {cwd = folder, columns, env = {}}: Options = {},
): readonly Compared[] {
  const list = join(aFolder(), 'arguments.json')
  writeFileSync(list, JSON.stringify(all))
  const argv = [BOTH_WAYS, list, ...(columns === undefined ? [] : [String(columns)])]
  const environment = {PATH: process.env.PATH, HOME: '/nonexistent', ...env}
  return JSON.parse(outputOf(process.execPath, argv, {cwd, env: environment}))
}

/** The last line of an audit says how long it took. */
const withoutTime = (ran?: Pick<Ran, 'stderr'>) => ran && {...ran, stderr: ran.stderr.replace(/[\d.]+ s$/m, 'N s')}

/** Both ways answer the same to the byte, and these runs need no framework. */
function expectAlike(all: readonly (readonly string[])[], options?: Options): void {
  const found = compared(all, options)
  expect(found.filter(({plainly}) => plainly === undefined).map(({argv}) => argv)).toEqual([])
  for (const {argv, plainly, throughOclif} of found) {
    expect({argv, ...withoutTime(plainly)}).toEqual({argv, ...withoutTime(throughOclif)})
    expect(`${plainly?.stdout}${plainly?.stderr}`).toMatch(/\S/)
  }
}

const leftToOclif = (all: readonly (readonly string[])[], options?: Options): readonly Compared[] =>
  compared(all, options).filter(({plainly}) => plainly === undefined)

/** Every choice of one from each list, in order. */
const product = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((chosen) => list.map((one) => [...chosen, one])),
    [[]],
  )

const arguments_ = (lists: readonly (readonly (readonly string[])[])[]): readonly (readonly string[])[] =>
  product(lists).map((parts) => parts.flat())

for (const name of ['nat-deleted', 'healthy'])
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(example(name)))
writeFileSync(join(folder, 'damaged.json'), '{"Instances": [')
writeFileSync(join(folder, 'empty.json'), '')
writeFileSync(join(folder, 'list.json'), '[]')
mkdirSync(join(folder, 'files'))
writeFileSync(join(folder, 'files', 'one.json'), JSON.stringify(example('role-and-acl')))
mkdirSync(join(folder, 'none'))

const FILE = ['--account', 'nat-deleted.json']
const EXCLUSIVE = [
  ['--verbose', '--quiet'],
  ['--brief', '--quiet'],
  ['--brief', '--verbose'],
  ['--brief', '--json'],
  ['--brief', '--format=json'],
  ['--json', 'text'],
  ['--json', 'table'],
]
const isAllowed = (argv: readonly string[]) => !EXCLUSIVE.some((pair) => pair.every((flag) => argv.includes(flag)))

/** Every set of flags of an examination that is answered without oclif. */
const FLAGS = arguments_([
  [[], ['--json']],
  [[], ['--verbose']],
  [[], ['--quiet']],
  [[], ['--brief']],
  [[], ['--no-color']],
  [[], ['--format', 'text'], ['--format=json']],
  [[], ['--region', 'eu-west-1']],
])

describe('a run that is answered without oclif', () => {
  it('examines account files as oclif would, with every combination of its flags', () => {
    expectAlike(FLAGS.filter(isAllowed).map((flags) => [...FILE, ...flags]))
  })

  it('is none where flags exclude each other', () => {
    const excluded = FLAGS.filter((flags) => !isAllowed(flags)).map((flags) => [...FILE, ...flags])
    expect(leftToOclif(excluded)).toHaveLength(excluded.length)
  })

  it('names the flags that do not exist as oclif would, with every combination of the others', () => {
    const flags = FLAGS.filter(isAllowed)
    expectAlike(
      flags.flatMap((all) => [
        [...all, ...FILE, '--nope'],
        ['--jsn', ID, ...all],
      ]),
    )
  })

  it.each([100, 80, 40, 30, 200])('follows the width of a terminal of %i columns, and its colors', (columns) => {
    const all = [
      ...[[], ['--verbose'], ['--brief'], ['--quiet'], ['--json'], ['--no-color']].map((flags) => [...FILE, ...flags]),
      ...[[], ['endpoint.sg-blocks'], ['route'], ['nonsense']].flatMap((words) => [
        ['explain', ...words],
        ['explain', ...words, '--no-color'],
      ]),
    ]
    expectAlike(all, {columns})
    expectAlike(all, {columns, env: {NO_COLOR: '1'}})
  })

  it('accepts ids, ARNs and several files in any position', () => {
    const arn = `arn:aws:ec2:eu-west-1:111122223333:instance/${ID}`
    expectAlike([
      [ID, ...FILE],
      [...FILE, ID],
      ['diagnose', ID, ...FILE],
      ['--account=nat-deleted.json', ID],
      [ID, ID, ...FILE],
      [arn, ...FILE],
      [arn, ID, ...FILE, '--json'],
      ['i-0123456789abcdef0', ...FILE],
      ['i-0123456789abcdef0', ID, ...FILE, '--quiet'],
      ['mi-0123456789abcdef0', ...FILE],
      ['--json', ID, '--account', 'healthy.json', ...FILE],
      [...FILE, '--account', 'healthy.json'],
      ['--account', 'files'],
      ['--account', '*.json'],
      ['--account', 'nat-*.json'],
      [...FILE, '--region', 'us-east-1'],
      [...FILE, '--region=eu-central-1', '--json'],
      ['--account', 'explain'],
    ])
  })

  it('says what is wrong with files and ids as oclif would', () => {
    expectAlike(
      [
        ...['nowhere.json', 'damaged.json', 'empty.json', 'list.json', 'none', 'nowhere/*.json', '111122223333'].map(
          (file) => ['--account', file],
        ),
        ...['damaged.json/x', 'x'.repeat(300), 'odd\u001b[31m.json', 'ü.json'].map((file) => ['--account', file]),
        ['--account', 'nowhere.json', '--account', 'nat-deleted.json'],
        ['--account', 'none', '--account', 'nowhere.json'],
        ...['web-1', 'diagnoze', 'audti', 'i-0xyz', 'mi-0', 'arn:aws:ec2:eu-west-1:1:instance/x', 'Ünïcode', '\u202e'],
        ...[
          'a:b',
          'explain:x',
          'x'.repeat(200),
          'password=hunter2secret',
          '1',
          '0',
          'true',
          'constructor',
          '__proto__',
        ],
      ].map((argv) => (typeof argv === 'string' ? [argv] : argv)),
    )
    expectAlike([
      ['web-1', ...FILE],
      ['web-1', '--json'],
      [ID, 'audit', ...FILE],
      ['--brief', 'audit'],
      ['--account', 'nowhere.json', 'web-1'],
    ])
  })

  it('audits account files as oclif would, with every combination of its flags', () => {
    const flags = arguments_([
      [[], ['--json']],
      [[], ['--no-color']],
      [[], ['--format', 'table'], ['--format=json']],
      [[], ['--region', 'eu-west-1'], ['--region=us-east-1']],
      [FILE, ['--account', 'files'], ['--account=healthy.json', ...FILE], ['--account', '*.json']],
    ])
    expectAlike(flags.filter(isAllowed).map((all) => ['audit', ...all]))
    const excluded = flags.filter((all) => !isAllowed(all)).map((all) => ['audit', ...all])
    expect(leftToOclif(excluded)).toHaveLength(excluded.length)
    expectAlike(
      ['nowhere.json', 'damaged.json', 'empty.json', 'list.json', 'none', 'nowhere/*.json', '111122223333'].map(
        (file) => ['audit', '--account', file],
      ),
    )
    expectAlike([
      ['audit', ...FILE, '--nope'],
      ['audit', '--jsn', ...FILE, '--json', '--nope'],
    ])
  })

  it.each([100, 40, 200])('audits for a terminal of %i columns, with its colors', (columns) => {
    const all = [
      ['audit', ...FILE],
      ['audit', '--account', '*.json', '--no-color'],
      ['audit', ...FILE, '--json'],
    ]
    expectAlike(all, {columns})
    expectAlike(all, {columns, env: {NO_COLOR: '1'}})
  })

  it('prints the version', () => {
    expectAlike([['--version'], ['-v']])
  })

  it('prints the help of the program and of each command', () => {
    const commands = Object.keys(COMMANDS)
    expectAlike([[], ['--help'], ['-h'], ['help']])
    expectAlike(
      commands.flatMap((command) => [
        [command, '--help'],
        [command, '-h'],
        ['help', command],
      ]),
    )
  })

  it.each(Object.keys(COMMANDS))('prints no empty alternative in the usage of %s', (command) => {
    expect(readFileSync(new URL(`../../dist/help/${command}.txt`, import.meta.url), 'utf8')).not.toMatch(/\|\s+[|\]]/)
  })

  it.each(Object.keys(COMMANDS))('fits the help of %s in 80 columns', (command) => {
    const help = readFileSync(new URL(`../../dist/help/${command}.txt`, import.meta.url), 'utf8')
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('names the flag that a command does not have', () => {
    expectAlike(
      Object.keys(COMMANDS).flatMap((command) =>
        ['--nope', '--acount', '--josn', '--version'].map((flag) => [command, flag]),
      ),
    )
    expectAlike([
      ['--nope'],
      ['--verson'],
      ['--account-file', 'x'],
      ['--nope', '--jsn', '--nothing'],
      [ID, '--version'],
    ])
  })

  it('names a word that is neither a command nor an instance, after `help` too', () => {
    expectAlike([['nonsense'], ['help', 'nonsense']])
  })

  it('explains checks and causes', () => {
    expectAlike(
      [[], ['endpoint'], ['endpoint.sg-blocks'], ['endpoint.sg-block'], ['nonsense'], ['Ü'], ['constructor']].flatMap(
        (words) => [
          ['explain', ...words],
          ['explain', '--no-color', ...words],
        ],
      ),
    )
  })
})

describe('compiled code that is kept', () => {
  it('changes no answer, of a file or of a compressed one', async () => {
    const zipped = join(folder, 'zipped.json.gz')
    writeFileSync(zipped, gzipSync(JSON.stringify(example('role-and-acl'))))
    const runs = [FILE, ['--account', zipped, '--json'], ['audit', ...FILE, '--json'], ['--account', 'damaged.json']]
    for (const argv of runs) {
      const home = aFolder()
      const without = withoutTime(await run(argv, {cwd: folder}))
      expect(readdirSync(home)).toEqual([])
      for (let time = 0; time < 4; time++)
        expect(withoutTime(await run(argv, {cwd: folder, env: {HOME: home}}))).toEqual(without)
      const kept = readdirSync(join(home, '.cache', 'ssm-doctor'))
      expect(kept).toHaveLength(argv.includes('damaged.json') ? 0 : 1)
    }
  })
})

describe('oclif answers', () => {
  it('every other form', () => {
    const others = [
      [ID],
      ['--json'],
      ['audit'],
      ['audit', '--json'],
      ['audit', ID, ...FILE],
      ['audit', ...FILE, '--format', 'csv'],
      ['audit', ...FILE, '--include-stopped'],
      ['audit', ...FILE, '--region', 'eu-west-1', '--region', 'us-east-1'],
      ['audit', ...FILE, '-o', 'x.json'],
      ['inspector', ...FILE],
      ['explain', 'endpoint', 'route'],
      ['explain', '--json', '--no-color'],
      ['--help', '--json'],
      ['--version', '--json'],
      ['diagnose', ID, '--help'],
      [ID, '--help'],
      [...FILE, '--help'],
      [...FILE, '--prefer', 'cost'],
      [...FILE, '--remedy', 'terraform'],
      [...FILE, '--format', 'html'],
      [...FILE, '--format', 'xml'],
      [...FILE, '--format', 'json', '--format', 'text'],
      [...FILE, '--format'],
      [...FILE, '--account'],
      ['--account='],
      ['--account', '-'],
      [...FILE, '--json', '--json'],
      [...FILE, '--json=true'],
      [...FILE, '-o', 'x.json'],
      [...FILE, '--config', 'x.json'],
      [...FILE, '--', ID],
      [...FILE, ''],
      [...FILE, '--nope=1'],
      [...FILE, '-x'],
      [...FILE, '--Nope'],
      [...FILE, '--profile', 'x'],
    ]
    expect(leftToOclif(others).map(({argv}) => argv)).toEqual(others)
  })

  it('where flags have defaults, but for help', () => {
    const cwd = aFolder()
    writeFileSync(join(cwd, '.ssm-doctor.json'), '{"format": "json"}')
    const runs = [['--account', 'x'], ['explain'], ['nonsense'], ['--nope']]
    expect(leftToOclif(runs, {cwd})).toHaveLength(runs.length)
    expectAlike([['--help'], ['audit', '--help'], ['--version']], {cwd})
    for (const name of ['SSM_DOCTOR_FORMAT', 'SSM_DOCTOR_DEBUG', 'OCLIF_COLUMNS'])
      expect(leftToOclif([...runs, ['--help']], {env: {[name]: '1'}})).toHaveLength(runs.length + 1)
  })

  it('for help on a terminal, whose width and colors it follows', () => {
    const runs = [['--help'], ['audit', '--help'], []]
    expect(leftToOclif(runs, {columns: 120})).toHaveLength(runs.length)
    expect(leftToOclif(runs, {env: {FORCE_COLOR: '1'}})).toHaveLength(runs.length)
  })
})
