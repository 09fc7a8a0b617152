import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {beforeAll, describe, expect, it} from 'vitest'
import {aFolder} from '../support/folder.ts'
import {outputOf} from '../support/programs.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const folder = aFolder()
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  npm_config_cache: join(folder, 'cache'),
  npm_config_update_notifier: 'false',
}
const npm = (cwd: string, ...args: readonly string[]) => outputOf('npm', args, {cwd, env})
const installed = join(folder, 'prefix/lib/node_modules/ssm-doctor')

describe('the package, packed and installed', () => {
  beforeAll(() => {
    // The tests run on the build; prepack would build it again while they run.
    npm(ROOT, 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder)
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    npm(
      folder,
      'install',
      '--global',
      '--offline',
      '--no-audit',
      '--no-fund',
      '--prefix',
      join(folder, 'prefix'),
      `./${tarball}`,
    )
  })

  it('puts ssm-doctor on the PATH, which runs without the checkout', () => {
    const PATH = `${join(folder, 'prefix/bin')}:${process.env.PATH}`
    const stdout = outputOf('ssm-doctor', ['demo', '--quiet'], {cwd: folder, env: {...env, PATH}})
    expect(stdout).toMatch(/^i-0d0c000000002f0a9 {2}unmanaged {2}endpoint\.sg-blocks/)
  })

  it('has no dependencies, and names its repository', () => {
    const found = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(readdirSync(installed)).not.toContain('node_modules')
    expect(found.dependencies).toBeUndefined()
    expect(found.repository.url).toMatch(/^git\+https:\/\//)
    expect([found.homepage, found.bugs, found.exports]).not.toContain(undefined)
  })

  it('has a README whose links exist', () => {
    const links = [...readFileSync(join(installed, 'README.md'), 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to)
    expect(links.length).toBeGreaterThan(4)
    expect(links.filter((to = '') => !to.startsWith('https://') && !to.startsWith('#'))).toEqual([])
    const prefix = 'https://github.com/ssm-doctor/ssm-doctor/blob/main/'
    for (const to of links.filter((link = '') => link.startsWith(prefix)))
      expect(readdirSync(join(ROOT, (to ?? '').slice(prefix.length), '..'))).toContain(to?.split('/').at(-1))
  })
})

it('npm start shows the report and no output of the bundler', () => {
  const {start, build} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts
  expect(start).toBe('npm run --silent build && node bin/run.js demo')
  expect(build).toBe('node scripts/build.mjs')
})

it('npm would publish it', () => {
  const listed = npm(ROOT, 'publish', '--dry-run', '--ignore-scripts', '--json', '--offline')
  expect(listed).toContain('ssm-doctor@')
})
