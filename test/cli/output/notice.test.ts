import {expect, it} from 'vitest'
import {notice} from '../../../src/cli/output/notice.ts'

const SENTENCE = 'SSM_DOCTOR_REGOIN sets no default. Did you mean SSM_DOCTOR_REGION?'

function written(text: string, isTTY: boolean, columns: number): string {
  const parts: unknown[] = []
  notice(text, {isTTY, columns, hasColors: () => false, write: (part) => parts.push(part) > 0})
  return parts.join('')
}

it('a notice is wrapped for a terminal, and never in a word', () => {
  expect(written(SENTENCE, true, 40)).toBe('SSM_DOCTOR_REGOIN sets no default. Did\nyou mean SSM_DOCTOR_REGION?\n')
  expect(written(SENTENCE, true, 80)).toBe(`${SENTENCE}\n`)
})

it('a notice is one line for a pipe or a file, without escape sequences', () => {
  expect(written(`${SENTENCE}\u001b[2J`, false, 40)).toBe(`${SENTENCE}\n`)
})
