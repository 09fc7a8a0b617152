import {describe, expect, it} from 'vitest'
import {AGENT_ACTIONS, mayAllow} from '../../src/collect/agent-actions.ts'
import * as capabilities from '../../src/iam/capabilities.ts'
import {allow} from '../support/healthy.ts'

describe('the actions of the agent', () => {
  it('are all that the examination evaluates by name', () => {
    const judged = Object.values(capabilities).flatMap((each) =>
      typeof each === 'object' && 'actions' in each ? each.actions : [],
    )
    expect(judged.length).toBeGreaterThan(0)
    expect(judged.filter((action) => !AGENT_ACTIONS.includes(action))).toEqual([])
  })
})

describe('mayAllow', () => {
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
  ])('for %s', (_, document, allowed) => {
    expect(mayAllow(document)).toBe(allowed)
  })
})
