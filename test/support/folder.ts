import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll} from 'vitest'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, {recursive: true, force: true})
})

/** An empty folder that is removed after the tests of a file. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ssm-doctor-'))
  made.push(folder)
  return folder
}
