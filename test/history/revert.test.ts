import {describe, expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'

import {sinceWhen} from '../../src/history/since-when.ts'
import type {Account, CloudTrailEvent} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {WEB} from '../support/healthy.ts'
import {ROWS} from './broken.ts'
import {isEarlier} from './broken-accounts.ts'
import {REVERTED} from './reverted.ts'

function causesOf(account: Account, CloudTrailEvents: readonly CloudTrailEvent[]) {
  const past = {...account, CloudTrailEvents}
  const instance = find(past.Instances, 'InstanceId', WEB)
  if (!instance) throw new Error('no instance')
  return sinceWhen(past, instance, diagnose(past, instance))
}

describe('a change is reverted and the instance examined again:', () => {
  it.each(ROWS)('$name', ({account, events, cause, by, likely}) => {
    const {
      sinceWhen: {causes},
    } = causesOf(account, events)
    const found = causes.find((one) => one.cause === cause)
    expect(causes.map((one) => one.cause)).toContain(cause)
    expect(found).toMatchObject({
      answer: 'changed',
      event: {name: by},
      until: '2026-11-19T14:02:00.000Z',
      proof: 'event',
    })
    expect(found?.certainty).toBe(likely ? 'likely' : 'proven')
  })

  /** Most associations of an address take none from this instance. */
  const OF_OTHERS = new Set(['AssociateAddress', 'ModifyVpcAttribute'])
  const ROWS_OF_TWO = ROWS.filter(({events, by, likely}) => !likely && !OF_OTHERS.has(by) && events.some(isEarlier))
  /** Calls that show neither the VPC nor the subnet of the resource. */
  const NAMELESS = new Set(['DisassociateAddress', 'DisassociateRouteTable', 'DeleteVpcEndpoints'])
  it.each(ROWS_OF_TWO)('$name, and is only the last change if that is not recorded', ({account, events, cause, by}) => {
    const recorded = events.filter((one) => !isEarlier(one))
    const {causes} = causesOf(account, recorded).sinceWhen
    const found = causes.find((one) => one.cause === cause)
    expect(found?.answer).toBe('last-changed')
    expect(found?.message).toMatch(
      NAMELESS.has(by) ? /^Possibly last changed by .* does not show which/ : /^Last changed by /,
    )
  })

  it('covers more than twelve kinds of calls', () => {
    expect(new Set(ROWS.map(({by}) => by)).size).toBeGreaterThan(24)
    for (const {by} of ROWS) expect(REVERTED).toContain(by)
  })
})
