import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {AuditedInstance, AuditPart, Scope} from '../../src/audit/report.ts'
import {auditOf} from '../../src/audit/total.ts'
import {completed, type Unit, withoutRepeated} from '../../src/fleet/expected.ts'

const [ONE, TWO] = ['111122223333', '111122223334'] as const
const [IRELAND, LONDON] = ['eu-west-1', 'eu-west-2'] as const

const partOf = (scopes: readonly Partial<Scope>[], ids: readonly string[] = []): AuditPart => ({
  scopes: scopes.map((scope) => ({
    account: ONE,
    region: IRELAND,
    readAt: '2026-11-28T09:00:00.000Z',
    instances: ids.length,
    failed: null,
    ...scope,
  })),
  instances: ids.map(
    (id) => ({id, account: ONE, region: IRELAND, verdict: 'managed', causes: []}) as unknown as AuditedInstance,
  ),
  groups: [],
  unreadable: [],
  suppressed: [],
  expired: [],
})

const scopesOf = (parts: readonly AuditPart[], units: readonly Unit[]) =>
  completed(parts, units).flatMap(({scopes}) => scopes.map(({account, region, failed}) => [account, region, failed]))

describe('the parts of an audit', () => {
  it('that are missing are reported, account by account and Region by Region', () => {
    const units = [
      {account: TWO, regions: [IRELAND, LONDON]},
      {account: ONE, regions: [IRELAND]},
    ]
    expect(scopesOf([partOf([{}])], units)).toEqual([
      [TWO, IRELAND, 'There is no part of it.'],
      [TWO, LONDON, 'There is no part of it.'],
      [ONE, IRELAND, null],
    ])
  })

  it('of an account with unknown Regions are missing as a whole', () => {
    expect(scopesOf([], [{account: ONE, regions: null}])).toEqual([[ONE, 'unknown', 'There is no part of it.']])
    expect(scopesOf([partOf([{}])], [{account: ONE, regions: null}])).toEqual([[ONE, IRELAND, null]])
  })

  it('are expected for the Regions that a later list names', () => {
    const units = [
      {account: ONE, regions: null},
      {account: ONE, regions: [IRELAND]},
      {account: ONE, regions: [LONDON]},
    ]
    expect(scopesOf([], units).map(([, region]) => region)).toEqual([IRELAND, LONDON])
  })

  it('have the reason that is known in advance', () => {
    expect(scopesOf([], [{account: ONE, regions: null, failed: 'The account is closed.'}])).toEqual([
      [ONE, 'unknown', 'The account is closed.'],
    ])
  })

  it('count as examined if one attempt succeeded', () => {
    const failed = partOf([{failed: 'Throttled'}])
    const units = [{account: ONE, regions: [IRELAND]}]
    expect(scopesOf([failed, partOf([{}])], units)).toEqual([[ONE, IRELAND, null]])
    expect(scopesOf([failed, failed], units)).toEqual([[ONE, IRELAND, 'Throttled']])
  })

  it('of a whole account are replaced by those of its Regions', () => {
    const failed = partOf([{region: 'unknown', failed: 'AccessDenied'}])
    expect(scopesOf([failed], [{account: ONE, regions: null}])).toEqual([[ONE, 'unknown', 'AccessDenied']])
    expect(scopesOf([failed], [{account: ONE, regions: [IRELAND]}])).toEqual([
      [ONE, IRELAND, 'There is no part of it.'],
    ])
  })

  it('count once, with the later one', () => {
    const [earlier, later] = [
      partOf([{readAt: '2026-11-28T09:00:00.000Z'}], ['i-1', 'i-2']),
      partOf([{readAt: '2026-11-28T09:30:00.000Z'}], ['i-1']),
    ]
    for (const parts of [
      [earlier, later],
      [later, earlier],
    ])
      expect(completed(parts, [{account: ONE, regions: [IRELAND]}])).toEqual([later])
  })

  it('count once without a list of accounts and Regions too, unless they hold different instances', () => {
    const earlier = partOf([{}], ['i-1', 'i-2'])
    const later = partOf([{readAt: '2026-11-28T09:30:00.000Z'}], ['i-1', 'i-2', 'i-3'])
    const others = partOf([{}], ['i-4'])
    expect(withoutRepeated([earlier, others, later])).toEqual([others, later])
    expect(withoutRepeated([later, earlier, structuredClone(later)])).toEqual([later])
    expect(() => withoutRepeated([earlier, partOf([{}], ['i-2', 'i-3'])])).toThrow('i-2 is in two parts')
  })

  it('that contain an account and Region twice cannot be merged', () => {
    const merged = partOf([{}, {region: LONDON}])
    const later = partOf([{readAt: '2026-11-28T10:00:00.000Z'}])
    expect(() => completed([merged, later], [])).toThrow(`Account ${ONE}, Region ${IRELAND}, is in two parts`)
  })

  it('that were not expected also count, after the others', () => {
    expect(scopesOf([partOf([{account: TWO}]), partOf([{}])], [{account: ONE, regions: [IRELAND]}])).toEqual([
      [ONE, IRELAND, null],
      [TWO, IRELAND, null],
    ])
  })

  it('give the same result in any order and however often each is given, with every expected account and Region once', () => {
    const place = fc.record({
      account: fc.constantFrom(ONE, TWO),
      region: fc.constantFrom(IRELAND, LONDON, 'eu-west-3'),
    })
    const outcome = fc.constantFrom('lost', 'failed', 'examined', 'failed, then examined')
    const places = fc.uniqueArray(fc.tuple(place, outcome), {selector: ([{account, region}]) => account + region})
    fc.assert(
      fc.property(places, fc.infiniteStream(fc.nat()), (given, random) => {
        const parts = given.flatMap(([{account, region}, became]) => [
          ...(became.includes('failed') ? [partOf([{account, region, failed: 'Throttled', readAt: null}])] : []),
          ...(became.includes('examined') ? [partOf([{account, region}], [`i-${account}-${region}`])] : []),
        ])
        const twice = [...parts, ...parts].map((part) => [random.next().value ?? 0, part] as const)
        const shuffled = twice.toSorted(([a], [b]) => a - b).map(([, part]) => part)
        const units = given.map(([{account, region}]) => ({account, regions: [region]}))
        const sum = auditOf(completed(shuffled, units), '')
        expect(sum).toEqual(auditOf(completed(parts, units), ''))
        expect(sum.scopes).toHaveLength(given.length)
        const examined = given.filter(([, became]) => became.includes('examined'))
        expect(sum.totals.instances).toBe(examined.length)
      }),
    )
  })
})
