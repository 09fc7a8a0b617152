import {describe, expect, it} from 'vitest'
import {globOf} from '../../src/account-file/sources.ts'

describe('a glob', () => {
  it.each([
    ['accounts\\*.json', {base: '', segments: ['accounts', '*.json']}],
    ['C:/accounts/*.json', {base: 'C:/', segments: ['accounts', '*.json']}],
    ['C:\\accounts\\**\\*.json', {base: 'C:/', segments: ['accounts', '**', '*.json']}],
    ['.\\a?.json', {base: '', segments: ['.', 'a?.json']}],
  ])('accepts either separator and a drive on Windows: %s', (pattern, glob) => {
    expect(globOf(pattern, true)).toEqual(glob)
  })

  it.each([
    ['/srv/accounts/*.json', {base: '/', segments: ['srv', 'accounts', '*.json']}],
    ['odd\\name*.json', {base: '', segments: ['odd\\name*.json']}],
  ])('accepts only a slash as separator elsewhere: %s', (pattern, glob) => {
    expect(globOf(pattern, false)).toEqual(glob)
  })
})
