import {expect, it} from 'vitest'
import {exitCodeOf} from '../../../src/cli/output/exit-code.ts'
import type {Verdict} from '../../../src/diagnosis/report.ts'

it.each<[readonly Verdict[], number]>([
  [['managed'], 0],
  [['degraded'], 1],
  [['at-risk'], 1],
  [['unmanaged'], 1],
  [['undecided'], 3],
  [['managed', 'undecided'], 3],
  [['undecided', 'degraded', 'managed'], 1],
])('%j ends with %d', (verdicts, code) => {
  expect(exitCodeOf(verdicts.map((verdict) => ({verdict})))).toBe(code)
})
