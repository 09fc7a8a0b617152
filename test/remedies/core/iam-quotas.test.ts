import {describe, expect, it} from 'vitest'
import type {Effect} from '../../../src/model/effect.ts'
import {charactersIn, INLINE_SIZE, withinQuota} from '../../../src/remedies/core/iam-quotas.ts'

const effects: Effect = (account) => account
const growTo = (after: number, before = 100) =>
  withinQuota({what: 'Role web', before, after, quota: INLINE_SIZE}, {effects, effect: 'It is shared.'})

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
describe('a change of a policy', () => {
  it('is tried on the model up to the quota', () => {
    expect(growTo(10_240)).toEqual({effects, effect: 'It is shared.'})
  })

  it('is shown with the quota, and not tried, from one character more', () => {
    expect(growTo(10_241)).toEqual({
      effect: 'It is shared. Role web would then have 10,241 characters: the quota is 10,240 and cannot be raised.',
    })
  })

  it('that makes a policy shorter is tried even above the quota', () => {
    expect(growTo(10_300, 10_400).effects).toBe(effects)
  })

  it('counts no white space', () => {
    expect(charactersIn({Version: '2012-10-17', Statement: []}, undefined)).toBe(39)
  })
})
