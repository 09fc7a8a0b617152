import {describe, expect, it} from 'vitest'
import {changesIn} from '../../src/history/event.ts'
import {revert} from '../../src/history/revert/index.ts'
import type {CloudTrailEvent} from '../../src/model/account.ts'
import {healthy} from '../support/healthy.ts'
import {event} from './events.ts'

const TABLE = 'rtb-0aaaaaaaaaaaaaa01'
const at = {routeTableId: TABLE, destinationCidrBlock: '172.16.0.0/12'}
const created = event('CreateRoute', '10:00', {...at, transitGatewayId: 'tgw-0bbbbbbbbbbbbbb01'})
const deleted = event('DeleteRoute', '11:00', at)
const replaced = event('ReplaceRoute', '12:00', {...at, natGatewayId: 'nat-0bbbbbbbbbbbbbb01'})

/** The calls that revert the newest of the events. */
function stepsFor(...events: readonly CloudTrailEvent[]) {
  const [newest, ...older] = changesIn(events, healthy).events
  const reversal = newest && revert({account: healthy, event: newest, older})
  return reversal?.change.steps.map((step) => ('operation' in step ? [step.operation, step.input] : []))
}

const place = {RouteTableId: TABLE, DestinationCidrBlock: '172.16.0.0/12'}

describe('a route', () => {
  it('that was created is deleted: there was none before', () => {
    expect(stepsFor(created)).toEqual([['DeleteRoute', place]])
  })

  it('that was replaced gets the target that the earlier call shows', () => {
    const before = {...place, TransitGatewayId: 'tgw-0bbbbbbbbbbbbbb01'}
    expect(stepsFor(created, replaced)).toEqual([['ReplaceRoute', before]])
  })

  it('that was deleted is created again', () => {
    const before = {...place, NatGatewayId: 'nat-0bbbbbbbbbbbbbb01'}
    const last = event('DeleteRoute', '13:00', at)
    expect(stepsFor(created, replaced, last)).toEqual([['CreateRoute', before]])
  })

  it.each([
    ['without an earlier call', [replaced]],
    [
      'with an earlier call for another destination',
      [
        {...created},
        event('ReplaceRoute', '12:00', {...at, destinationCidrBlock: '192.168.0.0/16', natGatewayId: 'nat-0b'}),
      ],
    ],
    ['whose earlier call contradicts it', [created, deleted, replaced]],
  ])('is unknown %s', (_, events) => expect(stepsFor(...events)).toBeUndefined())
})
