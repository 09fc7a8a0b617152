import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {quote} from '../../../src/remedies/core/quote.ts'
import {outputOf} from '../../support/programs.ts'

const HOSTILE = [
  '',
  'web; rm -rf ~',
  '$(touch /tmp/owned)',
  '`id`',
  "it's",
  '"double"',
  'line\nbreak',
  '!history',
  '~root',
  '*',
  '-n',
  '%s\\n',
  '\\',
  "'",
  "\\'",
  '$HOME',
  '#comment',
  '  spaces  ',
  '{a,b}',
  'ünï',
]

/** Half a surrogate pair has no bytes to pass. */
const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text)

/** The arguments as a shell passes them, split at NULs. */
const readBy = (shell: string, values: readonly string[]): string[] => {
  const script = `printf '%s\\0' ${values.map((value) => quote('sh', value)).join(' ')}`
  return outputOf(shell, ['-c', script]).split('\0').slice(0, -1)
}

describe('quoting for sh', () => {
  it.each(['sh', 'bash'])('hands hostile values over as they are, in %s', (shell) => {
    expect(readBy(shell, HOSTILE)).toEqual(HOSTILE)
  })

  it('passes any value unchanged', () => {
    const values = fc.array(
      fc.string({unit: 'binary'}).filter((text) => !text.includes('\0') && isWellFormed(text)),
      {minLength: 20, maxLength: 60},
    )
    fc.assert(
      fc.property(values, (texts) => {
        expect(readBy('sh', texts)).toEqual(texts)
      }),
      {numRuns: 40},
    )
  })

  it('expands a variable in the middle of hostile text', () => {
    const script = `NAME='a b'; printf %s ${quote('sh', "x; $(id) '", {variable: 'NAME'}, '"')}`
    expect(outputOf('sh', ['-c', script])).toBe(`x; $(id) 'a b"`)
  })

  it('does not quote plain words', () => {
    expect(quote('sh', 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore')).toBe(
      'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    )
  })
})

describe('quoting for PowerShell', () => {
  it('doubles straight and typographic single quotes', () => {
    expect(quote('powershell', 'it’s $x `y`')).toBe("'it’’s $x `y`'")
    expect(quote('powershell', "a'b")).toBe("'a''b'")
  })

  it('quotes what PowerShell would read as a list, a splat, a block or a split option', () => {
    for (const text of ['a,b', '@x', '{x}', '(x)', '-a.b', 'a;b', 'a|b', '$x'])
      expect(quote('powershell', text)).toBe(`'${text}'`)
  })

  it('expands a variable between escaped text', () => {
    expect(quote('powershell', 'Name=$x`', {variable: 'NAME'})).toBe(`"Name=\`$x\`\`\${NAME}"`)
  })

  it('is read back by PowerShell’s own parser of single-quoted strings', () => {
    const read = (text: string): string => text.slice(1, -1).replace(/(['‘’‚‛])\1/gu, '$1')
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), (text) => {
        expect(read(quote('powershell', `${text} `))).toBe(`${text} `)
      }),
    )
  })
})
