import {expect, it} from 'vitest'
import {partIn} from '../../src/fleet/inputs.ts'
import {fullAudit} from '../support/audits.ts'

const full = fullAudit()
const part = (change: object) =>
  partIn({name: 'part.json', text: JSON.stringify({...full, ...change})}, 'ssm-doctor/audit/1')
const each = (items: readonly object[], change: object) => items.map((one) => ({...one, ...change}))

it('a part of an audit is read as it was written', () => {
  expect(part({})).toEqual(JSON.parse(JSON.stringify(full)))
})

it.each([
  ['instances[0].causes[0]', {instances: [{id: 'i-1', verdict: 'managed', region: 'eu-west-1', causes: [null]}]}],
  ['instances[0].causes[0].severity', {instances: each(full.instances, {causes: [{id: 'x', resource: 'y'}]})}],
  ['instances[0].owner', {instances: each(full.instances, {owner: {}})}],
  ['instances[0].inspector.coverage', {instances: each(full.instances, {inspector: {}})}],
  ['groups[0].cause', {groups: [{id: 'x', affected: []}]}],
  ['groups[0].change.effect', {groups: each(full.groups, {change: {...full.groups[0]?.change, effect: {}}})}],
  ['unreadable[0]', {unreadable: [1]}],
  ['unreadable[0].permission', {unreadable: each(full.unreadable, {permission: []})}],
  ['expired[0].instance', {expired: [{}]}],
  ['expired[0].expires', {expired: each(full.expired, {expires: 1})}],
])('a part that is damaged is named with the place: %s', (place, change) => {
  expect(() => part(change)).toThrow(`part.json: ${place}: expected`)
})
