import {describe, expect, it} from 'vitest'
import type {ReportedHop} from '../../../src/diagnosis/report.ts'
import {reachOf, stationsOf} from '../../../src/render/html/stations.ts'

const hop = (at: ReportedHop['at'], resource: string, change: Partial<ReportedHop> = {}): ReportedHop => ({
  at,
  resource,
  leg: 'instance',
  direction: 'request',
  verdict: 'open',
  because: '',
  ...change,
})
const reply = (at: ReportedHop['at'], resource: string, change: Partial<ReportedHop> = {}) =>
  hop(at, resource, {direction: 'reply', ...change})
const drawn = (...hops: readonly ReportedHop[]) =>
  stationsOf({hops}).map(({resource, request, reply: back}) => [resource, request, back])

describe('the stations of a path', () => {
  it('contain the request and the reply of one resource', () => {
    expect(drawn(hop('network-acl', 'acl-1'), reply('network-acl', 'acl-1', {verdict: 'blocked'}))).toEqual([
      ['acl-1', 'open', 'blocked'],
    ])
  })

  it('keep the worse verdict if a resource is on the path twice', () => {
    expect(drawn(hop('network-acl', 'acl-1'), hop('network-acl', 'acl-1', {verdict: 'partly'}))).toEqual([
      ['acl-1', 'partly', null],
    ])
  })

  it('place what is only on the return path before the endpoint, at the distance of its leg', () => {
    expect(
      drawn(
        hop('security-group', 'sg-1'),
        hop('endpoint-group', 'sg-2', {leg: 'endpoint'}),
        reply('route', 'rtb-2', {leg: 'endpoint'}),
        reply('gateway', 'tgw-rtb-2', {leg: 'hub'}),
      ).map(([resource]) => resource),
    ).toEqual(['sg-1', 'tgw-rtb-2', 'rtb-2', 'sg-2'])
  })
})

describe('how far a path gets', () => {
  const stations = (request: readonly ReportedHop['verdict'][], back: readonly ReportedHop['verdict'][] = []) =>
    stationsOf({
      hops: [
        ...request.map((verdict, n) => hop('network-acl', `acl-${n}`, {verdict})),
        ...back.map((verdict, n) => reply('network-acl', `acl-${n}`, {verdict})),
      ],
    })

  it.each([
    ['all the way', stations(['open', 'open']), {request: 2, reply: -1}],
    ['to the hop that blocks the request; no reply comes', stations(['open', 'blocked']), {request: 1, reply: 2}],
    ['back to the hop that blocks the reply', stations(['open', 'open'], ['blocked', 'open']), {request: 2, reply: 0}],
  ])('%s', (_, list, expected) => expect(reachOf(list)).toEqual(expected))
})
