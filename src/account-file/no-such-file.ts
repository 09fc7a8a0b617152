import {usageError} from '../util/usage-error.ts'

export const noSuchFile = (source: string): Error => usageError(`${source}: there is no such file or folder.`)

/** What stands for files whose names match. */
export const MAGIC = /[*?[\]{}]/

/** What may be meant for an account id, which has a sentence of its own. */
export const ACCOUNT_ID = /^\d{12}$/
