import {hashOf} from '../../util/hash.ts'

/**
 * An id for something that a remedy creates on the model: it looks like AWS's and is deterministic. It is never
 * in a command; commands use the response of AWS.
 */
export const modelId = (prefix: string, ...parts: readonly string[]): string => `${prefix}-0${hashOf(parts.join(' '))}`

/** The name, or the name with the first number that makes it unused. */
export function unusedName(name: string, isTaken: (name: string) => boolean): string {
  let free = name
  for (let n = 2; isTaken(free); n++) free = `${name}-${n}`
  return free
}
