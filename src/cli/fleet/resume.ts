import {mkdir, readdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {whyUnreadable} from '../../account-file/sources.ts'
import type {Audit} from '../../audit/report.ts'
import type {Resume} from '../../fleet/run.ts'
import {codeOf} from '../../util/error-code.ts'
import {isObject, parsedJson} from '../../util/json.ts'
import {usageError} from '../../util/usage-error.ts'
import {writeAtomically} from '../output/write-file.ts'

export const SETTINGS = 'settings.json'

/**
 * A file appears completely or not at all, so every existing one is valid. `settings` are what the result depends on:
 * with others, the stored results would not match.
 */
export async function resumeIn(folder: string, settings: object): Promise<Resume> {
  await mkdir(folder, {recursive: true}).catch((error: unknown) => {
    throw usageError(`--resume ${folder}: ${whyNoFolder(error)}.`)
  })
  for (const name of await readdir(folder)) if (isDraft(name)) await rm(join(folder, name), {force: true})
  const path = join(folder, SETTINGS)
  const expected = JSON.stringify(settings)
  const before = await readOrNot(path)
  if (before !== undefined && before.trim() !== expected)
    throw usageError(
      `${folder} contains an audit with different flags (${before.trim()}); use those flags, or another folder for --resume.`,
    )
  if (before === undefined) await writeAtomically(path, [expected])
  return {
    done: async (unit) => auditIn(await readOrNot(join(folder, fileOf(unit)))),
    store: (unit, audit) => writeAtomically(join(folder, fileOf(unit)), [JSON.stringify(audit())]),
  }
}

/** A file that is not a report, because a disk was full or it was changed, is created again. */
function auditIn(text: string | undefined): Audit | undefined {
  const json = text === undefined ? undefined : parsedJson(text)
  return isObject(json) && Array.isArray(json.scopes) ? (json as unknown as Audit) : undefined
}

function whyNoFolder(error: unknown): string {
  const code = codeOf(error)
  return code === 'EEXIST' || code === 'ENOTDIR' ? 'it is a file, not a folder' : whyUnreadable(error)
}

/** Temporary files of a killed run. */
const isDraft = (name: string): boolean => /^\..*\.json\.[0-9a-f]{12}$/.test(name)

const fileOf = (unit: string): string => `${unit.replaceAll(/[^\w.-]/g, '_')}.json`

async function readOrNot(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
