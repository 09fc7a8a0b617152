import {randomBytes} from 'node:crypto'
import {open, rename, rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'

/** Writes a file whole or not at all: whoever reads it meanwhile sees what was there before. */
export async function writeWhole(path: string, lines: Iterable<string>): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    await writeLines(draft, lines)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, {force: true})
    throw error
  }
}

/** An account tells of networks and roles: only its owner reads the file. */
async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for (const line of lines) await file.write(`${line}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}
