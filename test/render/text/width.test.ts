import fc from 'fast-check'
import {expect, it} from 'vitest'
import {columnsOf, padTo, shorten, wrap} from '../../../src/render/text/width.ts'

it('counts columns of a terminal: wide characters as two, combining accents as none', () => {
  expect(['web', '東京', 'e\u0301', '🚀', 'ｗ'].map(columnsOf)).toEqual([3, 4, 1, 2, 2])
})

it('pads and shortens by columns, not by characters', () => {
  expect(padTo(6, '東京')).toBe('東京  ')
  expect(shorten('東京東京', 5)).toBe('東京…')
  expect(shorten('short', 5)).toBe('short')
  expect(shorten('one two three', 10)).toBe('one two…')
})

it('wraps at spaces, and breaks no URL, ARN or id', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('role arn:aws:iam::111122223333:role/web', 12)).toEqual(['role', 'arn:aws:iam::111122223333:role/web'])
  expect(wrap('東京東京', 4)).toEqual(['東京', '東京'])
  expect(wrap('', 10)).toEqual([''])
})

it('never makes a line too wide and never drops a word', () => {
  fc.assert(
    fc.property(fc.lorem({maxCount: 30}), fc.integer({min: 16, max: 40}), (text, columns) => {
      const lines = wrap(text, columns)
      return (
        lines.every((line) => columnsOf(line) <= columns) &&
        lines.join('').replaceAll(' ', '') === text.replaceAll(' ', '')
      )
    }),
  )
})
