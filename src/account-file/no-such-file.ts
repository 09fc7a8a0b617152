import {usageError} from '../util/usage-error.ts'

export const noSuchFile = (source: string): Error =>
  usageError(
    source.trim() === '' ? 'The name of a file or folder is empty.' : `${source}: there is no such file or folder.`,
  )

/** A pattern for files with matching names. */
export const MAGIC = /[*?[\]{}]/
