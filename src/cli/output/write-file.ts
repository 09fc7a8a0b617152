import {randomBytes} from 'node:crypto'
import {access, constants, lstat, mkdir, open, rename, rm, stat} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {codeOf} from '../../util/error-code.ts'
import {usageError} from '../../util/usage-error.ts'

/** Account data includes networks and roles: only the owner of the file may read it. */
const OWNER_ONLY = 0o600

/** Writes a file completely or not at all: until then readers see the previous content. */
export async function writeAtomically(path: string, lines: Iterable<string>, mode = OWNER_ONLY): Promise<void> {
  await mustBeWritable(path)
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    await writeLines(draft, lines, mode)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, {force: true}).catch(() => {})
    throw error instanceof Error && 'syscall' in error ? notWritten(path, error) : error
  }
}

/** The message of the operating system, such as `EACCES: permission denied`, without the call and its file. */
const notWritten = (path: string, {message}: Error): Error =>
  usageError(`${path} cannot be written: ${message.split(',', 1)[0]}.`)

/** Whether a path names a folder, which need not exist. */
export const isFolder = (path: string): boolean => /[/\\]$/.test(path)

/** A symbolic link would be replaced rather than followed, and it is unclear which of the two was meant. */
export async function mustBeWritable(path: string): Promise<void> {
  if (path === '') throw usageError('--output "" has no file name.')
  const folder = await stat(dirname(path)).catch(() => undefined)
  if (!folder?.isDirectory()) throw usageError(`${path} cannot be written: folder ${dirname(path)} does not exist.`)
  const existing = await lstat(path).catch(() => undefined)
  if (existing?.isDirectory() || isFolder(path))
    throw usageError(`${path} cannot be written: it is a folder; specify a file.`)
  if (existing?.isSymbolicLink())
    throw usageError(
      `${path} cannot be written: it is a symbolic link; ${path.startsWith('/dev/') ? 'use - for standard output' : 'specify its target'}.`,
    )
  if (existing && !existing.isFile())
    throw usageError(`${path} cannot be written: it is not a regular file; use - for standard output.`)
  await mustAcceptFiles(dirname(path), path)
}

/** Permissions may not allow a new file, or the disk is read-only. */
const mustAcceptFiles = (folder: string, path: string): Promise<void> =>
  access(folder, constants.W_OK).catch((error: Error) => {
    throw notWritten(path, error)
  })

/** Created if it is missing. */
export async function mustBeFolder(path: string): Promise<void> {
  await mkdir(path, {recursive: true}).catch((error: unknown) => {
    const code = codeOf(error)
    throw usageError(
      `${path} cannot be written: ${code === 'EEXIST' || code === 'ENOTDIR' ? 'it is not a folder' : `the folder cannot be made (${code})`}.`,
    )
  })
  await mustAcceptFiles(path, path)
}

async function writeLines(path: string, lines: Iterable<string>, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    for (const line of lines) await file.appendFile(`${line}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}
