import {describe, expect, it} from 'vitest'
import type {Account} from '../../../src/model/account.ts'
import {behindEndpoints, behindHub, behindHubEndpoints, behindNat} from './account.ts'
import {apiRemediesFor, causesOf, pathsOf, verdicts, withRemedies} from './apply-remedies.ts'
import {networkFaults} from './network-faults.ts'

const faults = (account: Account) =>
  pathsOf(account).flatMap(({service, hops}) =>
    hops.filter(({fault}) => fault && !fault.advice).map(({because}) => `${service}: ${because}`),
  )

describe('the accounts are healthy before they are broken', () => {
  it.each(Object.entries({behindEndpoints, behindHub, behindHubEndpoints, behindNat}))('%s', (_, account) => {
    expect(faults(account)).toEqual([])
  })
})

describe.each(networkFaults)('$name', ({account, cause, open, others = []}) => {
  it('is found by the walk', () => {
    expect(causesOf(account)).toEqual(expect.arrayContaining([cause]))
  })

  it('is resolved by the recommended remedy', () => {
    const after = withRemedies(account, cause)
    expect(causesOf(after).filter((one) => !others.includes(one))).toEqual([])
    for (const service of open) expect([service, verdicts(after)[service]]).toEqual([service, 'open'])
  })

  it('is resolved by each alternative', () => {
    const most = Math.max(...apiRemediesFor(account, cause).map(({length}) => length))
    for (let nth = 1; nth < most; nth++) {
      const after = withRemedies(account, cause, nth)
      expect(
        causesOf(after).filter((one) => !others.includes(one)),
        `alternative ${nth}`,
      ).toEqual([])
      for (const service of open) expect([nth, service, verdicts(after)[service]]).toEqual([nth, service, 'open'])
    }
  })
})
