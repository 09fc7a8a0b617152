import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
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
const files = exported.filter(({checks: found}) => found.length > 0)

describe('checks', () => {
  it('are all on the list, each under the name of its file', () => {
    expect(checks.map(({id}) => `src/checks/${id}.ts`).sort()).toEqual(files.map(({file}) => file).sort())
  })

  it.each(checks)('$id is exported under its own name, and has a test', ({id}) => {
    const name = id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    expect(files.find(({file}) => file === `src/checks/${id}.ts`)?.checks).toEqual([name])
    expect(existsSync(join(ROOT, `test/checks/${id}.test.ts`))).toBe(true)
  })

  it.each(checks)('$id speaks in sentences', ({title, why}) => {
    expect(title).toMatch(/^[A-Z].*[^.!?]$/)
    expect(why).toMatch(/^[A-Z].*\.$/s)
    expect(`${title}${why}`).not.toMatch(/!|[Pp]lease/)
  })

  it('know no cause that another check tells differently', () => {
    const told = new Map<string, string>()
    for (const {causes} of checks)
      for (const [id, {title}] of Object.entries(causes)) {
        expect(told.get(id) ?? title).toBe(title)
        told.set(id, title)
      }
  })

  it('find causes that AWS has a page about', () => {
    for (const {causes} of checks)
      for (const {docs} of Object.values(causes))
        expect(docs).toMatch(/^https:\/\/(?:docs\.aws\.amazon\.com|github\.com\/aws)\//)
  })

  it('keep the ids that reports, suppressions and rules rely on', async () => {
    const ids = [...new Set(checks.flatMap(({causes}) => Object.keys(causes)))].sort()
    await expect(`${ids.join('\n')}\n`).toMatchFileSnapshot('transcripts/cause-ids.txt')
  })
})

describe('the house', () => {
  const IMPORTS_VALUES = /^import (?!type\b)[^;]*?from '(?:@aws-sdk|@smithy)\//m

  it('talks to AWS in one folder', () => {
    const elsewhere = filesIn('src').filter((file) => !file.startsWith('src/collect/'))
    expect(elsewhere.filter((file) => IMPORTS_VALUES.test(read(file)))).toEqual([])
  })

  it('loads the engine only when a command runs', () => {
    const eager =
      /^import (?!type\b)[^;]*?from '\.\.\/(?:diagnosis|audit|inspector|watch|preflight|reach|checks|network|iam|remedies)\//m
    const loaded = [...filesIn('src/commands'), 'src/index.ts', 'src/cli/base-command.ts']
    expect(loaded.filter((file) => eager.test(read(file)))).toEqual([])
  })

  it('keeps classes to commands', () => {
    const allowed = ['src/commands/', 'src/cli/base-command.ts']
    const others = filesIn('src').filter((file) => !allowed.some((place) => file.startsWith(place)))
    expect(others.filter((file) => /^(?:export )?(?:abstract )?class /m.test(read(file)))).toEqual([])
  })

  it('names each command after its file', () => {
    const files = filesIn('src/commands').map((file) => file.replace(/^src\/commands\/|\.ts$/g, ''))
    expect(Object.keys(COMMANDS).sort()).toEqual([...files].sort())
  })

  it('leaves nothing for later', () => {
    expect(filesIn('src').filter((file) => /\b(?:TODO|FIXME|XXX)\b/.test(read(file)))).toEqual([])
  })

  it('ships no run-time dependency', () => {
    expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies')
  })
})
