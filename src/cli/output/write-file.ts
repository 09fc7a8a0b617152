import {randomBytes} from 'node:crypto'
import {lstat, open, rename, rm, stat} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {usageError} from '../../util/usage-error.ts'

/** An account tells of networks and roles: only its owner reads the file. */
const OWNER_ALONE = 0o600

/** Writes a file whole or not at all: whoever reads it meanwhile sees what was there before. */
export async function writeWhole(path: string, lines: Iterable<string>, mode = OWNER_ALONE): Promise<void> {
  await mustBeWritable(path)
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    await writeLines(draft, lines, mode)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, {force: true})
    throw error
  }
}

/** A link would be replaced rather than followed, and nobody can tell which of the two was meant. */
export async function mustBeWritable(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined)
  if (!folder?.isDirectory()) throw usageError(`${path} cannot be written: there is no folder ${dirname(path)}.`)
  const there = await lstat(path).catch(() => undefined)
  if (there?.isDirectory()) throw usageError(`${path} cannot be written: it is a folder; name a file in it.`)
  if (there?.isSymbolicLink())
    throw usageError(`${path} cannot be written: it is a link; name the file that it leads to.`)
  if (there && !there.isFile())
    throw usageError(`${path} cannot be written: it is no plain file; use - for standard output.`)
}

async function writeLines(path: string, lines: Iterable<string>, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    for (const line of lines) await file.write(`${line}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}
