import {readFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))

/** The files that Node reads before it runs the first line of one, as rolldown writes imports. */
function readWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, other = ''] of readFileSync(file, 'utf8').matchAll(/\bfrom"(\.\/[^"]+)"|\bimport"(\.\/[^"]+)"/g))
    if (other) readWith(join(dirname(file), other), seen)
  return seen
}

const named = (files: ReadonlySet<string>) =>
  [...files].map((file) => basename(file).replace(/-[\w-]{8}\.js$|\.js$/, ''))

describe('a start', () => {
  it('reads no more than what every command needs, in three files', () => {
    expect(named(readWith(join(DIST, 'index.js'))).sort()).toEqual(['index', 'rolldown-runtime', 'start'])
  })
  it('never sorts by locale, which would load the ICU tables', () => {
    for (const file of readWith(join(DIST, 'index.js')))
      expect(readFileSync(file, 'utf8')).not.toContain('localeCompare')
  })

  it('imports nothing from a bundle whose compiled code is kept, because such code cannot', () => {
    expect(readFileSync(join(DIST, 'files.cjs'), 'utf8')).not.toMatch(/\bimport\(/)
  })
})
