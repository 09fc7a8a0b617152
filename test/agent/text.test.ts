import {expect, it} from 'vitest'
import {diagnosticsSignals} from '../../src/agent/diagnostics.ts'
import {textOf} from '../../src/agent/text.ts'

it('reads what PowerShell writes', () => {
  const bytes = Buffer.from('\uFEFF{"DiagnosticsOutput": []}', 'utf16le')
  expect(diagnosticsSignals(textOf(bytes))).toEqual([])
  expect(textOf(Buffer.from(bytes).swap16())).toBe('{"DiagnosticsOutput": []}')
})

it('reads UTF-8, and what is not quite UTF-8', () => {
  expect(textOf(Buffer.from('é'))).toBe('é')
  expect(textOf(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\uFFFDb')
})

it('reads an empty file', () => {
  expect(textOf(new Uint8Array())).toBe('')
})
