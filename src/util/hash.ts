const PRIME = 0x100000001b3n
const OFFSET = 0xcbf29ce484222325n

/** FNV-1a: 64 bits as 16 hexadecimal digits, the same in every run. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hashOf(text: string): string {
  let hash = OFFSET
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME)
  return hash.toString(16).padStart(16, '0')
}
