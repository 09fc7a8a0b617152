/** FNV-1a. https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hash
}

/** Ranges that mean the same for everyone. https://www.iana.org/assignments/iana-ipv4-special-registry */
function isSpecial([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true
  return (
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  )
}

/**
 * Other bits in the lower half, the same ones within one /16: whatever contained an address, or was adjacent to it,
 * still is, so that rules and routes decide as before.
 */
function publicAddress(text: string, length: number, salt: string): string {
  const bytes = text.split('.').map(Number)
  if (bytes.some((byte) => byte > 255) || isSpecial(bytes) || length <= 16) return text
  const mask = hashOf(`${salt} ${bytes[0]}.${bytes[1]}`) & 0xffff || 0x5a5a
  const kept = mask & (0xffff << (32 - length)) & 0xffff
  return `${bytes[0]}.${bytes[1]}.${(bytes[2] ?? 0) ^ (kept >> 8)}.${(bytes[3] ?? 0) ^ (kept & 0xff)}`
}

const V4 = /(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:\/(\d{1,2}))?(?![\d.]*\d)/g
const V4_IN_NAME = /\b(ip|ec2)-(\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})\b/g
/** Global unicast: the third group numbers the customer's network. */
const V6 = /(?<![\w:])([23][\da-f]{3}:[\da-f]{1,4}):([\da-f]{1,4})(?=:)/gi

const otherV4 = (salt: string) => (whole: string, address: string, length?: string) =>
  length === undefined
    ? publicAddress(address, 32, salt)
    : whole.replace(address, publicAddress(address, Number(length), salt))

const otherInName = (salt: string) => (_: string, word: string, address: string) =>
  `${word}-${publicAddress(address.replaceAll('-', '.'), 32, salt).replaceAll('.', '-')}`

const otherV6 = (salt: string) => (_: string, network: string, own: string) => {
  const mask = hashOf(`${salt} ${network.toLowerCase()}`) & 0xffff || 0x5a5a
  return `${network}:${(Number.parseInt(own, 16) ^ mask).toString(16)}`
}

/** The text with other public addresses in it; private ones identify no one. */
export const withOtherAddresses = (text: string, salt: string): string =>
  text.replace(V4, otherV4(salt)).replace(V4_IN_NAME, otherInName(salt)).replace(V6, otherV6(salt))
