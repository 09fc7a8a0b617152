import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {
  includes,
  intersect,
  isEmpty,
  overlaps,
  type Range,
  type Ranges,
  sizeOf,
  subtract,
  toRanges,
  union,
} from '../../src/network/ranges.ts'
import {runs} from '../oracle/runs.ts'

const TOP = 24
const few = fc.array(fc.tuple(fc.nat(TOP), fc.nat(TOP)), {maxLength: 5})
const universe = Array.from({length: TOP + 1}, (_, value) => value)
const members = (ranges: readonly Range[]): number[] =>
  universe.filter((value) => ranges.some(([from, to]) => from <= value && value < to))
const isNormal = (set: Ranges): boolean =>
  set.every(([from, to], at) => from < to && (at === 0 || set[at - 1]![1] < from))

/** The same small universe, at the far end of IPv6. */
const FAR = 2n ** 127n
const far = (ranges: readonly Range[]): Range[] => ranges.map(([from, to]) => [FAR + BigInt(from), FAR + BigInt(to)])
const near = (set: Ranges): Range[] => set.map(([from, to]) => [Number(BigInt(from) - FAR), Number(BigInt(to) - FAR)])

const twice = (claim: (a: Range[], b: Range[]) => void) =>
  fc.assert(fc.property(few, few, claim), {numRuns: runs(2000)})

describe('a set of ranges', () => {
  it('contains what its ranges contain, in a unique form', () =>
    twice((a, b) => {
      const set = toRanges([...a, ...b])
      expect(members(set)).toEqual(members([...a, ...b]))
      expect(isNormal(set)).toBe(true)
    }))

  it.each([
    ['union', union, (a: boolean, b: boolean) => a || b],
    ['intersect', intersect, (a: boolean, b: boolean) => a && b],
    ['subtract', subtract, (a: boolean, b: boolean) => a && !b],
  ] as const)('%s agrees with one member at a time, of IPv4 and of IPv6', (_, operation, rule) =>
    twice((a, b) => {
      const [inA, inB] = [new Set(members(a)), new Set(members(b))]
      const expected = universe.filter((value) => rule(inA.has(value), inB.has(value)))
      const set = operation(toRanges(a), toRanges(b))
      expect(members(set)).toEqual(expected)
      expect(isNormal(set)).toBe(true)
      expect(near(operation(toRanges(far(a)), toRanges(far(b))))).toEqual(set)
    }),
  )

  it('is compared as its members are', () =>
    twice((a, b) => {
      const [inA, inB] = [members(a), members(b)]
      expect(includes(toRanges(a), toRanges(b))).toBe(inB.every((value) => inA.includes(value)))
      expect(overlaps(toRanges(a), toRanges(b))).toBe(inB.some((value) => inA.includes(value)))
      expect(isEmpty(toRanges(a))).toBe(inA.length === 0)
      expect(sizeOf(toRanges(a))).toBe(inA.length)
    }))
})
