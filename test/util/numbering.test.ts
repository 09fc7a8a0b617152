import {describe, expect, it} from 'vitest'
import {numbering} from '../../src/util/numbering.ts'

describe('numbers of lists of values', () => {
  it('are equal for equal lists, and for no others', () => {
    const numberOf = numbering()
    const lists = [['a', 'b'], ['ab'], ['a', 'b', undefined], ['a', undefined, 'b'], ['1'], [1], [true], ['true'], []]
    const numbers = lists.map(numberOf)
    expect(new Set(numbers).size).toBe(lists.length)
    expect(lists.map((values) => numberOf([...values]))).toEqual(numbers)
  })

  it('stay the same after many other lists', () => {
    const numberOf = numbering()
    const lists = Array.from({length: 100}, (_, at) => [`${at}`, at])
    const numbers = lists.map(numberOf)
    expect(numbers).toEqual(lists.map((_, at) => at))
    expect(lists.map((values) => numberOf([...values]))).toEqual(numbers)
  })
})
