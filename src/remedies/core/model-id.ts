/**
 * An id for something that a remedy creates on the model: it looks like AWS's and is deterministic. It is never
 * in a command; commands use the response of AWS.
 */
export const modelId = (prefix: string, ...parts: readonly string[]): string =>
  `${prefix}-0${fnv1a(parts.join(' ')).toString(16).padStart(16, '0')}`

/** FNV-1a, 64 bits. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const character of text)
    hash = ((hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn
  return hash
}

/** The name, or the name with the first number that makes it unused. */
export function unusedName(name: string, isTaken: (name: string) => boolean): string {
  let free = name
  for (let n = 2; isTaken(free); n++) free = `${name}-${n}`
  return free
}
