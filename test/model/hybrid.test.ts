import {describe, expect, it} from 'vitest'
import {isInstanceId, machineOf} from '../../src/model/hybrid.ts'
import {isWindows, nameOf} from '../../src/model/instance.ts'
import {aMachine} from '../support/hybrid.ts'

describe('the machine of a hybrid node', () => {
  it.each([
    ['Windows', true],
    ['Linux', false],
    ['MacOS', false],
  ] as const)('on %s has its commands', (PlatformType, windows) => {
    expect(isWindows(machineOf(aMachine({PlatformType})))).toBe(windows)
  })

  it('has the name of the node, or otherwise of the computer', () => {
    expect(nameOf(machineOf(aMachine()))).toBe('press-7')
    expect(nameOf(machineOf(aMachine({Name: ''})))).toBe('press7.corp.example')
  })
})

it.each([
  ['i-0123456789abcdef0', true],
  ['i-01234567', true],
  ['mi-0123456789abcdef0', true],
  ['mi-01234567', false],
  ['i-0123456789ABCDEF0', false],
  ['i-0123456789abcdef0\n', false],
  ['arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0', false],
])('%j is an instance id: %s', (id, expected) => {
  expect(isInstanceId(id)).toBe(expected)
})
