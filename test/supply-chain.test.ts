import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {outputOf} from './support/programs.ts'

const ROOT = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')
const node = (...args: readonly string[]) => outputOf(process.execPath, args, {cwd: ROOT})

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
}
const LOCK: {readonly lockfileVersion: number; readonly packages: Readonly<Record<string, Locked>>} = JSON.parse(
  read('package-lock.json'),
)
const PACKAGE = JSON.parse(read('package.json'))
const FOREIGN = Object.entries(LOCK.packages).filter(([path]) => path !== '')

/** Licenses that allow distributing code in a bundle, with its notice. */
const PERMISSIVE = /^(?:0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|ISC|MIT|\(MIT OR CC0-1\.0\))$/

describe('what is installed', () => {
  it('is locked by the hash of each package', () => {
    expect(LOCK.lockfileVersion).toBe(3)
    expect(FOREIGN.filter(([, {integrity}]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([])
  })

  it('runs no scripts during installation', () => {
    expect(FOREIGN.filter(([, one]) => one.hasInstallScript).map(([path]) => path)).toEqual([])
    expect(
      Object.keys(PACKAGE.scripts).filter((name) => /^(?:pre|post)?install$|^(?:pre|post)?prepare$/.test(name)),
    ).toEqual([])
  })

  it('has an exact version', () => {
    const named = Object.entries({...PACKAGE.dependencies, ...PACKAGE.devDependencies})
    expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(String(version)))).toEqual([])
    expect(FOREIGN.filter(([, {dev}]) => dev !== true).map(([path]) => path)).toEqual([])
  })
})

describe('what is published', () => {
  const titles = [...read('NOTICES.md').matchAll(/^## (\S+) (\S+) \((.+)\)$/gm)]

  it('names the packages in the bundle, and each can be distributed', () => {
    const names = titles.map(([, name]) => name)
    for (const name of ['@oclif/core', '@aws-sdk/client-ec2', '@aws-sdk/client-inspector2', '@smithy/core'])
      expect(names).toContain(name)
    expect(titles.filter(([, , , license = '']) => !PERMISSIVE.test(license)).map(([title]) => title)).toEqual([])
  })

  it('has a bill of materials: the same packages, with the hashes of the lock file', () => {
    const sbom = JSON.parse(node('scripts/sbom.mjs'))
    expect(sbom).toMatchObject({bomFormat: 'CycloneDX', metadata: {component: {name: 'ssm-doctor'}}})
    expect(sbom.components).toHaveLength(titles.length)
    for (const {hashes} of sbom.components) expect(hashes[0].content).toMatch(/^[0-9a-f]{128}$/)
  })

  it('is the program, its examples, schemas and documentation', () => {
    const npm = outputOf('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {cwd: ROOT})
    const files: readonly {path: string; size: number}[] = JSON.parse(npm)[0].files
    const paths = files.map(({path}) => path)
    expect(
      paths.filter(
        (path) => !/^(?:bin|dist|examples|schema)\/|^(?:LICENSE|NOTICES\.md|README\.md|package\.json)$/.test(path),
      ),
    ).toEqual([])
    for (const path of ['bin/run.js', 'dist/index.js', 'NOTICES.md', 'LICENSE']) expect(paths).toContain(path)
    expect(files.reduce((sum, {size}) => sum + size, 0)).toBeLessThan(4_500_000)
  })
})

describe('the workflows', () => {
  const workflows = readdirSync(new URL('.github/workflows', ROOT)).map(
    (file) => [file, read(`.github/workflows/${file}`)] as const,
  )
  const unpinned = (text: string) =>
    [...text.matchAll(/uses: (\S+)/g)].map(([, used = '']) => used).filter((used) => !/@[0-9a-f]{40}$/.test(used))

  it('and the action use what is pinned by commit', () => {
    expect([...workflows.map(([, text]) => text), read('action.yml')].flatMap(unpinned)).toEqual([])
  })

  it.each(workflows)('%s may do no more than it must', (_, text) => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m)
    expect(text).not.toMatch(/pull_request_target|\$\{\{ *github\.(?:event|head_ref)/)
    for (const [line] of text.matchAll(/^.*npm ci.*$/gm)) expect(line).toContain('--ignore-scripts')
  })

  it('publish with provenance, and test the built program on every supported Node.js', () => {
    const [, release = ''] = workflows.find(([file]) => file === 'release.yml') ?? []
    expect(release).toMatch(/npm publish --provenance/)
    expect(release).toMatch(/id-token: write/)
    const [, ci = ''] = workflows.find(([file]) => file === 'ci.yml') ?? []
    expect(ci).toMatch(/node: \[20, 22, 24\]/)
    expect(PACKAGE.engines.node).toBe('>=20.19')
  })
})
