import {expect, it, vi} from 'vitest'
import {memo, remembered} from '../../src/util/memo.ts'

it('an answer is found once for each key', () => {
  const twice = vi.fn((key: string) => key + key)
  const answerTo = remembered(twice)
  expect([answerTo('a'), answerTo('b'), answerTo('a')]).toEqual(['aa', 'bb', 'aa'])
  expect(twice).toHaveBeenCalledTimes(2)
})

it('what is false is kept too', () => {
  const never = vi.fn(() => false)
  const answerTo = remembered(never)
  expect([answerTo(1), answerTo(1)]).toEqual([false, false])
  expect(never).toHaveBeenCalledTimes(1)
})

it('what is derived from an object is derived once', () => {
  const size = vi.fn((list: readonly number[]) => ({size: list.length}))
  const sizeOf = memo(size)
  const list = [1, 2]
  expect(sizeOf(list)).toBe(sizeOf(list))
  expect(size).toHaveBeenCalledTimes(1)
})
