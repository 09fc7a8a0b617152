import {describe, expect, it} from 'vitest'
import {textOf} from '../../src/util/decode-text.ts'

describe('the text of a file, without its byte order mark', () => {
  const utf16 = Buffer.from('\ufeff{"a":"ü"}', 'utf16le')
  it.each([
    ['UTF-8', Buffer.from('{"a":"ü"}')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff{"a":"ü"}')],
    ['UTF-16 of Windows PowerShell', utf16],
    ['UTF-16 without a byte order mark', utf16.subarray(2)],
    ['UTF-16 in the other byte order', Buffer.from(utf16).swap16()],
  ])('%s', (_, bytes) => {
    expect(textOf(bytes)).toBe('{"a":"ü"}')
  })
})

it('keeps what is not quite UTF-8 readable', () => {
  expect(textOf(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\uFFFDb')
})

it('is empty for an empty file', () => {
  expect(textOf(Buffer.alloc(0))).toBe('')
})
