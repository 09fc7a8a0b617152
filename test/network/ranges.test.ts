import {expect, it} from 'vitest'
import {intersect, sizeOf, subtract, toRanges, union} from '../../src/network/ranges.ts'

it('two adjacent ranges become one range', () => {
  expect(
    toRanges([
      [5, 9],
      [1, 5],
    ]),
  ).toEqual([[1, 9]])
})

it('a range inside another adds nothing to it', () => {
  expect(
    union(
      [[0, 10]],
      [
        [2, 3],
        [4, 12],
      ],
    ),
  ).toEqual([[0, 12]])
})

it('an empty range is not a member of a set', () => {
  expect(toRanges([[3, 3]])).toEqual([])
})

it('a long range shares every short one with its set', () => {
  expect(
    intersect(
      [[0, 10]],
      [
        [0, 1],
        [5, 6],
        [9, 12],
      ],
    ),
  ).toEqual([
    [0, 1],
    [5, 6],
    [9, 10],
  ])
})

it('subtracting from a range keeps both of its ends, and subtracting an adjacent range keeps it whole', () => {
  expect(
    subtract(
      [[0, 10]],
      [
        [-2, 0],
        [3, 4],
        [6, 7],
        [10, 12],
      ],
    ),
  ).toEqual([
    [0, 3],
    [4, 6],
    [7, 10],
  ])
})

it('one subtraction can span several ranges', () => {
  expect(
    subtract(
      [
        [0, 4],
        [6, 10],
      ],
      [[2, 8]],
    ),
  ).toEqual([
    [0, 2],
    [8, 10],
  ])
})

it('the size of a set counts its members', () => {
  expect(
    sizeOf([
      [1, 4],
      [10, 11],
    ]),
  ).toBe(4)
})

it('the size of a set of IPv6 addresses counts them, although its bounds are larger than a float', () => {
  const from = 0x2600n << 112n
  expect(sizeOf([[from, from + 1n]])).toBe(1)
  expect(sizeOf([[from, from + 2n ** 64n]])).toBe(2 ** 64)
})
