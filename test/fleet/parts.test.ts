import {expect, it} from 'vitest'
import {partIn} from '../../src/fleet/inputs.ts'
import {fullAudit} from '../support/audits.ts'

const part = (change: object) =>
  partIn({name: 'part.json', text: JSON.stringify({...fullAudit(), ...change})}, 'ssm-doctor/audit/1')

it('a part of an audit is read as it was written', () => {
  expect(part({})).toEqual(JSON.parse(JSON.stringify(fullAudit())))
})

it.each([
  [{instances: [{id: 'i-1', verdict: 'managed', region: 'eu-west-1', causes: [null]}]}, 'instances[0].causes[0]'],
  [{groups: [{id: 'x', affected: []}]}, 'groups[0].cause'],
  [{unreadable: [1]}, 'unreadable[0]'],
  [{expired: [{}]}, 'expired[0].instance'],
])('a part that is damaged is named with the place: %j', (change, place) => {
  expect(() => part(change)).toThrow(`part.json: ${place}: expected`)
})
