import {expect, it} from 'vitest'
import {mayRegister} from '../../src/iam/may-register.ts'
import {allow} from '../support/healthy.ts'

it.each([
  ['the action', allow('ssm:UpdateInstanceInformation'), true],
  ['the action among others, in any case', allow(['s3:GetObject', 'SSM:updateinstanceinformation']), true],
  ['everything', allow('*'), true],
  ['a wildcard within', allow('ssm:Update*Inform?tion'), true],
  ['all but another action', {Statement: {Effect: 'Allow', NotAction: 'iam:*', Resource: '*'}}, true],
  ['all but this action', {Statement: {Effect: 'Allow', NotAction: 'ssm:*', Resource: '*'}}, false],
  ['another action', allow('ssm:GetDocument'), false],
  ['a denial', {Statement: [{Effect: 'Deny', Action: '*', Resource: '*'}]}, false],
  ['no JSON', 'not json', false],
  ['nothing', {}, false],
])('a policy may allow registration by its statement: %s', (_, document, allowed) => {
  expect(mayRegister(document)).toBe(allowed)
})
