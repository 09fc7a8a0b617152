import {ROLE_ARN} from '../../model/arn.ts'
import {usageError} from '../../util/usage-error.ts'

/** Rejects a value in the form of oclif's own types of flags. */
export async function roleArnIn(value: string): Promise<string> {
  if (ROLE_ARN.test(value)) return value
  throw usageError(`Expected the ARN of an IAM role such as arn:aws:iam::111122223333:role/NAME but received: ${value}`)
}
