import {describe, expect, it} from 'vitest'
import {narrowed, withoutDeny, withStatement} from '../../src/iam/edit.ts'

const allow = {Effect: 'Allow', Action: 's3:*', Resource: '*'}
const deny = (rest: object) => ({Effect: 'Deny', Resource: '*', ...rest})
const needed = ['ssm:UpdateInstanceInformation']

describe('a Deny that is cut back', () => {
  it.each([
    ['loses the patterns that hit', deny({Action: ['ssm:Update*', 'iam:*']}), deny({Action: ['iam:*']})],
    [
      'spares more actions, when it names those it spares',
      deny({NotAction: 's3:*'}),
      deny({NotAction: ['s3:*', ...needed]}),
    ],
    ['denies everything else, when it denied everything', deny({Action: '*'}), deny({NotAction: needed})],
  ])('%s', (_, before, after) => {
    expect(narrowed({Version: '2012-10-17', Statement: [allow, before]}, 1, needed)).toEqual({
      Version: '2012-10-17',
      Statement: [allow, after],
    })
  })

  it('goes when nothing is left of it', () => {
    expect(narrowed({Statement: [allow, deny({Action: 'ssm:*'})]}, 1, needed)).toEqual({Statement: [allow]})
  })

  it('takes the policy with it when it was alone', () => {
    expect(narrowed({Statement: deny({Action: 'ssm:*'})}, 0, needed)).toBeUndefined()
  })

  it('leaves the other statements as they are', () => {
    const other = deny({Action: 'ssm:*', Sid: 'Other'})
    expect(narrowed({Statement: [other, deny({Action: 'ssm:*'})]}, 1, needed)).toEqual({Statement: [other]})
  })
})

it('cuts every Deny back, and no Allow', () => {
  const wide = {...allow, Action: '*'}
  expect(withoutDeny({Statement: [wide, deny({Action: 'ssm:*'}), deny({Action: '*'})]}, needed)).toEqual({
    Statement: [wide, deny({NotAction: needed})],
  })
})

it('adds a statement to one that stands alone', () => {
  expect(withStatement({Statement: allow}, {Effect: 'Allow'})).toEqual({Statement: [allow, {Effect: 'Allow'}]})
})
