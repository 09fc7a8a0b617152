import {isAccessError} from '../collect/client/errors.ts'
import {isUsageError} from '../util/usage-error.ts'
import {list as listUnits} from './list.ts'
import {merge as mergeParts} from './merge.ts'
import {unit as examineUnit} from './unit.ts'

/** A message for users needs no stack: it is mailed when the state machine fails. */
const plainly =
  <Args extends readonly unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    try {
      return await work(...args)
    } catch (error) {
      if (isUsageError(error) || isAccessError(error)) error.stack = error.message
      throw error
    }
  }

/** The functions of deploy/audit.yaml. */
export const list = plainly(listUnits)
export const unit = plainly(examineUnit)
export const merge = plainly(mergeParts)
