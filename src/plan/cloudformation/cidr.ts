import {cidrRanges, formatAddress} from '../../network/address.ts'

/** The first blocks of a block, each with this many host bits: the result of `Fn::Cidr`. */
export function splitCidr(block: string, count: number, bits: number): readonly string[] | undefined {
  const family = block.includes(':') ? 6 : 4
  const [range] = cidrRanges(family, [block])
  const size = family === 4 ? 32 : 128
  const isWithin = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most
  if (!range || !isWithin(count, 256) || !isWithin(bits, size)) return undefined
  const [from, to] = [BigInt(range[0]), BigInt(range[1])]
  const step = 1n << BigInt(bits)
  if (from + step * BigInt(count) > to) return undefined
  return Array.from({length: count}, (_, at) => {
    const address = from + step * BigInt(at)
    return `${formatAddress(family === 4 ? Number(address) : address)}/${size - bits}`
  })
}
