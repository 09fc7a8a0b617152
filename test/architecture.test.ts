import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Check} from '../src/checks/check.ts'
import {checks} from '../src/checks/index.ts'
import {COMMANDS} from '../src/index.ts'

const ROOT = new URL('..', import.meta.url).pathname
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))

const isCheck = (value: unknown): value is Check =>
  typeof value === 'object' && value !== null && 'run' in value && 'causes' in value

/** What each file of src/checks exports that is a check. */
const exported = await Promise.all(
  filesIn('src/checks')
    .filter((file) => !file.endsWith('/index.ts'))
    .map(async (file) => {
      const found: [string, unknown][] = Object.entries(await import(`../${file}`))
      return {file, checks: found.filter(([, value]) => isCheck(value)).map(([name]) => name)}
    }),
)
const pathChecks = read('test/checks/network/path-checks.test.ts')
const files = exported.filter(({checks: found}) => found.length > 0)

describe('checks', () => {
  it('are all on the list, each with the name of its file', () => {
    expect(checks.map(({id}) => id).sort()).toEqual(files.map(({file}) => basename(file, '.ts')).sort())
  })

  it.each(checks)('$id is exported under its own name, and has a test', ({id}) => {
    const name = id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const {file = '', checks: found} = files.find((one) => basename(one.file, '.ts') === id) ?? {}
    expect(found).toEqual([name])
    const test = file.replace(/^src(.*)\.ts$/, 'test$1.test.ts')
    expect(existsSync(join(ROOT, test)) || pathChecks.includes(`'${id}'`)).toBe(true)
  })

  it.each(checks)('$id has a noun as title and a sentence as reason', ({title, why}) => {
    expect(title).toMatch(/^[A-Z].{0,30}[^.!?]$/)
    expect(why).toMatch(/^[A-Z].*\.$/s)
    expect(`${title}${why}`).not.toMatch(/!|[Pp]lease/)
  })

  it('have the same title for a shared cause', () => {
    const titles = new Map<string, string>()
    for (const {causes} of checks)
      for (const [id, {title}] of Object.entries(causes)) {
        expect(titles.get(id) ?? title).toBe(title)
        titles.set(id, title)
      }
  })

  it('cite an AWS page for every cause', () => {
    for (const {causes} of checks)
      for (const {docs} of Object.values(causes))
        expect(docs).toMatch(/^https:\/\/(?:docs\.aws\.amazon\.com|github\.com\/aws)\//)
  })

  it('know every cause that the source names', () => {
    const columns = ['inspector.status']
    const known = new Set([...checks.flatMap(({causes}) => Object.keys(causes)), ...columns])
    const areas = [...new Set([...known].map((id) => id.split('.')[0]))].join('|')
    const named = new RegExp(`'((?:${areas})\\.[a-z0-9]+(?:-[a-z0-9]+)*)'`, 'g')
    const unknown = filesIn('src').flatMap((file) =>
      [...read(file).matchAll(named)].flatMap(([, id = '']) => (known.has(id) ? [] : `${file}: ${id}`)),
    )
    expect(unknown).toEqual([])
  })

  it('keep the ids that reports, suppressions and rules rely on', async () => {
    const ids = [...new Set(checks.flatMap(({causes}) => Object.keys(causes)))].sort()
    await expect(`${ids.join('\n')}\n`).toMatchFileSnapshot('transcripts/cause-ids.txt')
  })
})

const NAMES = /`([\w-]+)`/g
const namesIn = (text: string) => [...text.matchAll(NAMES)].map(([, name = '']) => name)

/** Which folders of src each folder may import from, by the table of ARCHITECTURE.md. */
const ARCHITECTURE = read('ARCHITECTURE.md')
const ENGINE = namesIn(/^The engine: .*$/m.exec(ARCHITECTURE)?.[0] ?? '')
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'executable.ts': ['index.ts', 'cli'],
  'index.ts': ['cli', 'commands'],
  ...Object.fromEntries(
    [...ARCHITECTURE.matchAll(/^\| (`.*) \| (.*) \|$/gm)].flatMap(([, folders = '', allowed = '']) =>
      namesIn(folders).map((folder) => [
        folder,
        [...namesIn(allowed), ...(allowed.endsWith('the engine') ? ENGINE : [])],
      ]),
    ),
  ),
}

/** The folder of src that a file belongs to. */
const folderOf = (file: string) => file.split('/')[1] ?? ''

const importsOf = (file: string): readonly string[] =>
  [...read(file).matchAll(/(?:from|import\()\s*'(\.[^']+\.ts)'/g)].map(([, path = '']) =>
    join(file, '..', path).replaceAll('\\', '/'),
  )

describe('the architecture', () => {
  it('lists every folder', () => {
    expect(Object.keys(LAYERS).sort()).toEqual([...new Set(filesIn('src').map(folderOf))].sort())
  })

  it.each(Object.entries(LAYERS))('%s imports only from allowed folders', (folder, allowed) => {
    const foreign = filesIn('src')
      .filter((file) => folderOf(file) === folder)
      .flatMap((file) =>
        importsOf(file)
          .filter((other) => ![folder, ...allowed].includes(folderOf(other)))
          .map((other) => `${file} imports ${other}`),
      )
    expect(foreign).toEqual([])
  })

  it('has no circle of imports among files, types included', () => {
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, above: readonly string[]): void => {
      if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' → '))
      if (done.has(file) || above.includes(file)) return
      for (const other of importsOf(file)) visit(other, [...above, file])
      done.add(file)
    }
    for (const file of filesIn('src')) visit(file, [])
    expect(circles).toEqual([])
  })

  it('looks for nothing in its own sentences: what code needs to know is a field', () => {
    const sentence = '(?<!error\\.)\\b(?:title|message|because|reason|summary|fact|sentence|effect|cost|why|unreadable)'
    const searched = new RegExp(
      [
        `${sentence}[?!]?\\.(?:includes|startsWith|endsWith|match|matchAll|search|indexOf)\\(`,
        `\\.(?:includes|test|exec)\\((?:(?!error\\b)\\w+\\.)*${sentence}\\)`,
      ].join('|'),
    )
    const found = filesIn('src').flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => searched.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })

  it('replaces nothing in its own sentences: names are decided before they are written', () => {
    const folders = ['audit', 'checks', 'diagnosis', 'history', 'inspector', 'plan', 'preflight', 'remedies', 'watch']
    const replacing = folders
      .flatMap((one) => filesIn(`src/${one}`))
      .filter((file) => /\.replaceAll\(/.test(read(file)))
    expect(replacing.sort()).toEqual([
      // Templates and addresses of plans, what is never printed, the length of a policy, and quotes for a shell.
      'src/plan/cloudformation/for-each.ts',
      'src/plan/cloudformation/intrinsics.ts',
      'src/plan/secrets.ts',
      'src/plan/terraform/policy-document.ts',
      'src/plan/terraform/references.ts',
      'src/remedies/core/iam-quotas.ts',
      'src/remedies/core/quote.ts',
    ])
  })

  /** A folder inside another imports nothing from these. */
  it.each([
    ['src/remedies/core', 'src/remedies/(?:changes|iam|network)/'],
    ['src/remedies/changes', 'src/remedies/(?:iam|network)/'],
    ['src/iam/policy', 'src/iam/(?!policy/)'],
    ['src/collect/client', 'src/collect/(?!client/)'],
    ['src/collect/readings', 'src/collect/(?!client/|readings/)'],
  ])('%s imports nothing from %s', (folder, above) => {
    const upward = filesIn(folder).flatMap((file) => importsOf(file).filter((other) => new RegExp(above).test(other)))
    expect(upward).toEqual([])
  })

  it('is described in ARCHITECTURE.md folder by folder, beside the table', () => {
    for (const folder of Object.keys(LAYERS).filter((one) => !/\.ts$|^(?:util|model)$/.test(one)))
      expect(ARCHITECTURE).toContain(`\`${folder}/`)
  })

  const IMPORTS_VALUES = /^import (?!type\b)[^;]*?from '(?:@aws-sdk|@smithy)\//m

  it('reads AWS in one folder only, and writes from one file', () => {
    const elsewhere = filesIn('src').filter((file) => !file.startsWith('src/collect/'))
    expect(elsewhere.filter((file) => IMPORTS_VALUES.test(read(file)))).toEqual(['src/lambda/aws.ts'])
  })

  it('loads the engine only when a command runs', () => {
    const eager =
      /^import (?!type\b)[^;]*?from '\.\.\/(?:diagnosis|audit|inspector|watch|preflight|reach|checks|network|iam|remedies)\//m
    const loaded = [...filesIn('src/commands'), 'src/index.ts', 'src/cli/base-command.ts']
    expect(loaded.filter((file) => eager.test(read(file)))).toEqual([])
  })

  it('changes the account in the words of one file', () => {
    const words = /import \{[^}]*\bwith(?:Items?|New|Put)\b[^}]*\} from '[^']*\/edits\.ts'/
    expect(filesIn('src').filter((file) => words.test(read(file)))).toEqual(['src/model/effect.ts'])
  })

  it('has no classes but commands', () => {
    const allowed = ['src/commands/', 'src/cli/base-command.ts']
    const others = filesIn('src').filter((file) => !allowed.some((place) => file.startsWith(place)))
    expect(others.filter((file) => /^(?:export )?(?:abstract )?class /m.test(read(file)))).toEqual([])
  })

  it('names each command after its file', () => {
    const files = filesIn('src/commands').map((file) => file.replace(/^src\/commands\/|\.ts$/g, ''))
    expect(Object.keys(COMMANDS).sort()).toEqual([...files].sort())
  })

  it('has no TODO comments', () => {
    expect(filesIn('src').filter((file) => /\b(?:TODO|FIXME|XXX)\b/.test(read(file)))).toEqual([])
  })

  it('is described with files and folders that exist', () => {
    const texts = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'README.md']
    const records = readdirSync(join(ROOT, 'docs/decisions')).map((file) => `docs/decisions/${file}`)
    const missing = [...texts, ...records].flatMap((file) =>
      [...read(file).matchAll(/`([a-z][\w-]*\/(?:[\w-]+\/)*(?:[\w.-]+\.(?:ts|mjs|json|js))?)`/g)]
        .map(([, path = '']) => path)
        .filter((path) => !['', 'src'].some((place) => existsSync(join(ROOT, place, path))))
        .map((path) => `${file}: ${path}`),
    )
    expect(missing).toEqual([])
  })

  it('numbers each decision once', () => {
    const numbers = readdirSync(join(ROOT, 'docs/decisions')).map((file) => file.slice(0, 4))
    expect(numbers.sort()).toEqual(numbers.map((_, at) => String(at + 1).padStart(4, '0')))
  })

  it('ships no run-time dependency', () => {
    expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies')
  })
})
