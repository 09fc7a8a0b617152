import {expect, it} from 'vitest'
import {rootCauseAmong} from '../../src/diagnosis/root-cause.ts'

const s3 = {id: 's3.unreachable', severity: 'degrades'} as const
const unknown = {id: 'target.access-denied', severity: 'undecided'} as const
const advice = {id: 'imds.hop-limit', severity: 'advises'} as const
const blocking = {id: 'route.none', severity: 'blocks'} as const

it('a fault of S3 does not explain why a node is unmanaged', () => {
  expect(rootCauseAmong('unmanaged', [s3])).toBeUndefined()
  expect(rootCauseAmong('unmanaged', [s3, unknown])).toBe(unknown)
  expect(rootCauseAmong('unmanaged', [blocking, s3])).toBe(blocking)
})

it('it explains why a managed node is degraded', () => {
  expect(rootCauseAmong('degraded', [s3, unknown])).toBe(s3)
})

it('advice and symptoms explain nothing', () => {
  expect(rootCauseAmong('unmanaged', [advice, {id: 'registration.never-registered', severity: 'symptom'}])).toBe(
    undefined,
  )
})

it('is what makes associations fail, unless nothing as severe is known', () => {
  const failing = {id: 'registration.associations-failing', severity: 'degrades'} as const
  const denied = {id: 'iam.explicit-deny', severity: 'degrades'} as const
  expect(rootCauseAmong('degraded', [failing, denied])).toBe(denied)
  expect(rootCauseAmong('degraded', [failing, {id: 'iam.condition-unknown', severity: 'undecided'}])).toBe(failing)
})
