import {expect, it} from 'vitest'
import {progressOn} from '../../../src/cli/output/progress.ts'
import {terminalOf} from '../../../src/cli/output/terminal.ts'

const screen = (columns: number, colors = true) => ({isTTY: true, columns, hasColors: () => colors}) as never
const pipe = {isTTY: false} as never

it('has color on a terminal that supports it, unless it is disabled', () => {
  expect(terminalOf(screen(80), true).paint('red', 'x')).toBe('\u001b[31mx\u001b[39m')
  expect(terminalOf(screen(80), false).paint('red', 'x')).toBe('x')
  expect(terminalOf(screen(80, false), true).paint('red', 'x')).toBe('x')
})

it('uses letters instead of symbols in a pipe', () => {
  expect(terminalOf(pipe, true)).toMatchObject({symbols: false, columns: 100})
  expect(terminalOf(screen(80), true)).toMatchObject({symbols: true, columns: 80})
})

it('has a width between the length of an ARN and what is readable', () => {
  expect([20, 72, 300].map((columns) => terminalOf(screen(columns), true).columns)).toEqual([40, 72, 100])
})

it('shows progress only on a terminal', () => {
  const written: string[] = []
  const stream = (isTTY: boolean) => ({isTTY, write: (text: string) => written.push(text)}) as never
  const quiet = progressOn(stream(false))
  quiet.say('asking')
  quiet.end()
  expect(written).toEqual([])
  const progress = progressOn(stream(true))
  progress.say('asking \u001b[2J')
  progress.end()
  expect(written).toEqual(['\r\u001b[Kasking  …', '\r\u001b[K'])
})

it('progress is never wider than the terminal', () => {
  const written: string[] = []
  const stream = {isTTY: true, columns: 20, write: (text: string) => written.push(text) > 0}
  progressOn(stream as unknown as NodeJS.WriteStream).say('Reading file 1 of 3: accounts/prod/eu-west-1.json')
  expect(written).toEqual(['\r\u001b[KReading file 1 of…'])
})
