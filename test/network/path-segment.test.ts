import {describe, expect, it} from 'vitest'
import {hop, only} from '../../src/network/context.ts'
import type {Verdict} from '../../src/network/path.ts'
import {combined, merged, verdictOf} from '../../src/network/path-segment.ts'

const met = (verdict: Verdict, resource = 'acl-1') => hop('network-acl', resource, verdict, `It is ${verdict}.`)

describe('the verdict of a path', () => {
  it.each([
    [['open', 'blocked', 'unknown', 'partly'], 'blocked'],
    [['open', 'unknown', 'partly'], 'unknown'],
    [['open', 'partly'], 'partly'],
    [['open'], 'open'],
    [[], 'open'],
  ] as const)('of %j is %s', (verdicts, verdict) => expect(verdictOf(verdicts.map((each) => met(each)))).toBe(verdict))
})

describe('several paths of which a connection takes one', () => {
  it('are nothing if there is none, and the path itself if there is one', () => {
    expect(merged([])).toEqual({request: [], reply: [], via: null})
    const way = only(met('blocked'), 'igw-1')
    expect(merged([way])).toBe(way)
  })

  it('are blocked if all are blocked', () => {
    const way = merged([only(met('blocked', 'acl-1')), only(met('blocked', 'acl-2'))])
    expect(way.request.map(({verdict}) => verdict)).toEqual(['blocked', 'blocked'])
  })

  it('break a share of the connections if some are blocked, in the request or in the reply', () => {
    const live = {request: [met('open', 'rtb-1')], reply: [met('open', 'rtb-1')], via: null}
    const deadOut = {request: [met('blocked')], reply: [], via: null}
    const deadBack = {request: [], reply: [met('blocked')], via: null}
    expect(merged([live, deadOut]).request.map(({verdict}) => verdict)).toEqual(['open', 'partly'])
    expect(merged([live, deadBack]).reply.map(({verdict}) => verdict)).toEqual(['open', 'partly'])
  })

  it('are blocked if one fails on the outbound path and the other on the return path', () => {
    const way = merged([only(met('blocked')), {request: [], reply: [met('blocked', 'acl-2')], via: null}])
    expect([way.request[0]?.verdict, way.reply[0]?.verdict]).toEqual(['blocked', 'blocked'])
  })

  it('report one resource once, with its worst verdict', () => {
    const mergedFrom = (...verdicts: readonly Verdict[]) =>
      merged([only(met('open', 'rtb-1')), ...verdicts.map((each) => only(met(each)))]).request.slice(1)
    expect(mergedFrom('open', 'open')).toEqual([met('open')])
    expect(mergedFrom('open', 'unknown', 'open')).toEqual([met('unknown')])
    expect(mergedFrom('unknown', 'partly', 'open')).toEqual([met('partly')])
    expect(mergedFrom('partly', 'unknown')).toEqual([met('partly')])
  })

  it('report two faults of one resource separately', () => {
    const fault = (cause: string) => hop('gateway', 'nat-1', 'blocked', cause, {fault: {cause}})
    expect(merged([only(fault('nat.private')), only(fault('nat.not-available'))]).request).toHaveLength(2)
  })

  it('report the two directions and legs of one resource separately', () => {
    const hops = [
      hop('network-acl', 'acl-1', 'open', '', {leg: 'instance'}),
      hop('network-acl', 'acl-1', 'open', '', {leg: 'nat'}),
      hop('route', 'acl-1', 'open', '', {leg: 'nat'}),
      hop('network-acl', 'acl-1', 'open', '', {leg: 'nat', direction: 'reply'}),
    ]
    expect(merged(hops.map((each) => only(each))).request).toEqual(hops)
  })

  it('have the carrier of the first that names one', () => {
    expect(merged([only(met('open')), only(met('open'), 'nat-1'), only(met('open'), 'nat-2')]).via).toBe('nat-1')
    expect(merged([only(met('open')), only(met('open'))]).via).toBeNull()
  })
})

describe('a path that is a guess', () => {
  it('is blocked only where the other possible path is, and names what was not read of that one', () => {
    const guess = {request: [met('blocked', 'acl-1'), met('blocked', 'acl-2')], reply: [], via: null}
    const route = {
      ...hop('route', 'rtb-1', 'unknown', 'It could not be read.'),
      unread: 'VpcPeeringConnections' as const,
    }
    const other = {request: [met('blocked', 'acl-1'), route], reply: [], via: null}
    expect(combined(guess, other).request.map(({verdict, unread}) => ({verdict, unread}))).toEqual([
      {verdict: 'blocked', unread: undefined},
      {verdict: 'unknown', unread: 'VpcPeeringConnections'},
    ])
  })
})
