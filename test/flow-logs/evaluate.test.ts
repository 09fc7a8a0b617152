import {describe, expect, it} from 'vitest'
import {evaluateFlow, type FlowResult, type Question} from '../../src/flow-logs/evaluate.ts'
import {readFlowLog} from '../../src/flow-logs/reading.ts'

const ASKED: Question = {
  interfaceId: 'eni-0a',
  isService: (address) => address.startsWith('10.0.9.'),
  port: 443,
  traffic: 'all',
  longestSleep: 3600,
}
const request = (action: string, start = 1000, address = '10.0.9.9', port = 40_000) =>
  `2 123456789012 eni-0a 10.0.1.5 ${address} ${port} 443 6 3 180 ${start} ${start + 60} ${action} OK`
const reply = (action: string, start = 1000, address = '10.0.9.9', port = 40_000) =>
  `2 123456789012 eni-0a ${address} 10.0.1.5 443 ${port} 6 3 180 ${start} ${start + 60} ${action} OK`
const status = (word: string, start: number) => `2 123456789012 eni-0a - - - - - - - ${start} ${start + 60} - ${word}`
const hourOf = (word: string) => Array.from({length: 70}, (_, minute) => status(word, 1000 + 60 * minute))

const judged = (lines: readonly string[], asked: Partial<Question> = {}): FlowResult =>
  evaluateFlow(readFlowLog(lines.join('\n'), () => true).records, {...ASKED, ...asked})

describe('a flow log of all traffic shows', () => {
  it.each([
    ['a rejected request', [request('REJECT')], 'request-rejected'],
    ['no more if both directions are rejected', [request('REJECT'), reply('REJECT')], 'request-rejected'],
    ['a rejected reply', [request('ACCEPT'), reply('REJECT')], 'reply-rejected'],
    ['both accepted', [request('ACCEPT'), reply('ACCEPT')], 'both-accepted'],
    ['a missing reply if the log continues', [request('ACCEPT'), status('NODATA', 1060)], 'no-reply'],
    ['the reply of the next interval', [request('ACCEPT'), reply('ACCEPT', 1060)], 'both-accepted'],
    ['no attempt in more than an hour', hourOf('NODATA'), 'not-tried'],
    [
      'the latest connection',
      [request('REJECT'), request('ACCEPT', 9000, '10.0.9.9', 41_000), reply('ACCEPT', 9000, '10.0.9.9', 41_000)],
      'both-accepted',
    ],
    [
      'addresses that differ',
      [request('REJECT'), request('ACCEPT', 1000, '10.0.9.8'), reply('ACCEPT', 1000, '10.0.9.8')],
      'mixed',
    ],
    [
      'what each address shows last',
      [
        ...[request('ACCEPT', 1400), reply('ACCEPT', 1400)],
        ...[request('ACCEPT', 1300, '10.0.9.8', 41_000), reply('ACCEPT', 1300, '10.0.9.8', 41_000)],
        request('REJECT', 1000, '10.0.9.8'),
      ],
      'both-accepted',
    ],
    [
      'a missing reply, whatever an earlier connection from another port had',
      [...[request('ACCEPT'), reply('ACCEPT')], request('ACCEPT', 1300, '10.0.9.9', 41_000), status('NODATA', 1360)],
      'no-reply',
    ],
    [
      'what one address shows in the interval in which a rule changed for another',
      [
        ...[request('ACCEPT'), reply('ACCEPT')],
        ...[request('ACCEPT', 1000, '10.0.9.8'), request('REJECT', 1000, '10.0.9.8')],
      ],
      'both-accepted',
    ],
    [
      'a rejection after an interval of accepted requests',
      [request('ACCEPT'), request('REJECT', 1061)],
      'request-rejected',
    ],
    [
      'what is decided, although a later connection to another address is not',
      [request('REJECT'), request('ACCEPT', 1300, '10.0.9.8')],
      'request-rejected',
    ],
  ])('%s', (_, lines, expected) => {
    expect(judged(lines).shown).toBe(expected)
  })

  it.each([
    ['a reply if the log ends with the request', [request('ACCEPT')], 'log-ends'],
    [
      'a connection of which there is a rejected packet alone',
      [reply('REJECT'), status('NODATA', 1060)],
      'shorter-than-sleep',
    ],
    ['a reply if records were skipped', [request('ACCEPT'), status('SKIPDATA', 1060)], 'skipped-records'],
    ['an attempt if records were skipped', hourOf('SKIPDATA'), 'skipped-records'],
    ['an attempt in less time than the agent waits', [status('NODATA', 1000)], 'shorter-than-sleep'],
    [
      'a network ACL if the service sent the first packet',
      [request('ACCEPT', 1030), reply('REJECT', 1000)],
      'closed-connection',
    ],
    ['anything without records of the interface', [], 'no-records'],
    ['anything if a rule changed in the interval', [request('ACCEPT'), request('REJECT')], 'actions-differ'],
    [
      'anything if the next interval begins as this one ends',
      [request('ACCEPT'), request('REJECT', 1060)],
      'actions-differ',
    ],
    [
      'anything if replies were both accepted and rejected',
      [request('ACCEPT'), reply('ACCEPT'), reply('REJECT')],
      'actions-differ',
    ],
    ['anything if a rejected request has an accepted reply', [request('REJECT'), reply('ACCEPT')], 'actions-differ'],
    [
      'a rejected request if a later one to the same address was accepted',
      [request('REJECT'), request('ACCEPT', 1300, '10.0.9.9', 41_000)],
      'log-ends',
    ],
    [
      'a reply if records were skipped until the request',
      [status('SKIPDATA', 940), request('ACCEPT'), status('NODATA', 1060)],
      'skipped-records',
    ],
    [
      'what worked before a rule changed',
      [
        ...[request('ACCEPT'), reply('ACCEPT')],
        ...[request('ACCEPT', 1300, '10.0.9.9', 41_000), request('REJECT', 1300, '10.0.9.9', 41_000)],
      ],
      'actions-differ',
    ],
    [
      'a network ACL if the connection had a reply before',
      [request('ACCEPT'), reply('ACCEPT'), reply('REJECT', 1200)],
      'closed-connection',
    ],
  ])('nothing about %s', (_, lines, why) => {
    expect(judged(lines)).toMatchObject({shown: 'undecided', why})
  })

  it('nothing about a reply that may not have been delivered yet', () => {
    const lines = [request('ACCEPT'), status('NODATA', 1060)]
    expect(judged(lines, {completeUntil: 1059})).toMatchObject({shown: 'undecided', why: 'log-ends'})
    expect(judged(lines, {completeUntil: 1060}).shown).toBe('no-reply')
  })

  it('nothing about an attempt if the log was disabled for part of the time', () => {
    const on = (from: number) => Array.from({length: 30}, (_, minute) => status('NODATA', from + 60 * minute))
    expect(judged([...on(1000), ...on(9000)])).toMatchObject({why: 'shorter-than-sleep'})
    expect(judged([...on(1000), ...on(9000)], {longestSleep: 900})).toMatchObject({shown: 'not-tried'})
  })
})

describe('the time without an attempt', () => {
  const lasting = (start: number, end: number) => `2 123456789012 eni-0a - - - - - - - ${start} ${end} - NODATA`

  it('is enough if it is as long as the agent waits', () => {
    expect(judged([status('NODATA', 1000)], {longestSleep: 60}).shown).toBe('not-tried')
    expect(judged([status('NODATA', 1000)], {longestSleep: 61})).toMatchObject({why: 'shorter-than-sleep'})
  })

  it('includes gaps of two intervals', () => {
    const until = (start: number) => judged([status('NODATA', 1000), status('NODATA', start)], {longestSleep: 1320})
    expect(until(2260).shown).toBe('not-tried')
    expect(until(2261)).toMatchObject({why: 'shorter-than-sleep'})
  })

  it('ends with the longest of its records', () => {
    const lines = [lasting(1000, 2000), lasting(1100, 1160), lasting(3100, 3160)]
    expect(judged(lines, {longestSleep: 2160}).shown).toBe('not-tried')
  })
})

it('a connection is new if the log was enabled before it, where the format has no flags', () => {
  const lines = [request('ACCEPT'), reply('ACCEPT')]
  expect(judged(lines)).toMatchObject({shown: 'both-accepted', isNew: false})
  expect(judged([status('NODATA', 940), ...lines])).toMatchObject({shown: 'both-accepted', isNew: true})
})

it('a record without an action shows nothing about a connection', () => {
  const times = {interfaceId: 'eni-0a', status: 'OK', start: 1000, end: 1060} as const
  const ends = {source: '10.0.1.5', destination: '10.0.9.9', sourcePort: 40_000, destinationPort: 443}
  const records = [
    {...times, ...ends},
    {...times, start: 1060, end: 1120},
  ]
  expect(evaluateFlow(records, ASKED)).toMatchObject({shown: 'undecided', why: 'shorter-than-sleep'})
})

describe('a flow log of one kind of traffic', () => {
  it('of accepted traffic says nothing about a missing reply or a missing request', () => {
    const lines = [request('ACCEPT'), status('NODATA', 1060)]
    expect(judged(lines, {traffic: 'accept'})).toMatchObject({shown: 'undecided', why: 'accepted-only'})
    expect(judged(hourOf('NODATA'), {traffic: 'accept'})).toMatchObject({shown: 'undecided', why: 'accepted-only'})
  })

  it('of rejected traffic says nothing about a missing request, and shows a rejected reply that opens a connection', () => {
    expect(judged(hourOf('NODATA'), {traffic: 'reject'})).toMatchObject({why: 'rejected-only'})
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol tcp-flags start end action log-status'
    const answer = (flags: number) => `eni-0a 10.0.9.9 10.0.1.5 443 40000 6 ${flags} 1000 1060 REJECT OK`
    expect(judged([header, answer(18)], {traffic: 'reject'}).shown).toBe('reply-rejected')
    expect(judged([header, answer(17)], {traffic: 'reject'}).shown).toBe('undecided')
  })

  it('of an unknown kind says nothing about what is missing', () => {
    const lines = [request('ACCEPT'), status('NODATA', 1060)]
    expect(judged(lines, {traffic: undefined})).toMatchObject({why: 'traffic-unknown'})
    expect(judged([request('REJECT')], {traffic: undefined}).shown).toBe('request-rejected')
    const earlier = request('ACCEPT', 1000, '10.0.9.9', 41_000)
    expect(judged([earlier, request('REJECT', 1300)], {traffic: undefined}).shown).toBe('request-rejected')
  })
})

describe('the flags OR-ed over the interval', () => {
  const header = 'interface-id srcaddr dstaddr srcport dstport protocol tcp-flags start end action log-status'
  const line = (flags: number, action = 'ACCEPT') =>
    `eni-0a 10.0.1.5 10.0.9.9 40000 443 6 ${flags} 1000 1060 ${action} OK`
  const answer = (flags: number, action: string) =>
    `eni-0a 10.0.9.9 10.0.1.5 443 40000 6 ${flags} 1000 1060 ${action} OK`
  const next = 'eni-0a - - - - - - 1060 1120 - NODATA'

  it('leave a missing reply undetermined if they contain more than a SYN', () => {
    expect(judged([header, line(2), next]).shown).toBe('no-reply')
    expect(judged([header, line(3), next])).toMatchObject({shown: 'undecided', why: 'skipped-records'})
  })

  it('distinguish a rejected reply from a packet of a closed connection', () => {
    expect(judged([header, line(2), answer(18, 'REJECT')]).shown).toBe('reply-rejected')
    expect(judged([header, line(0), answer(1, 'REJECT')])).toMatchObject({why: 'closed-connection'})
    expect(judged([header, line(2), line(0), answer(0, 'REJECT')]).shown).toBe('reply-rejected')
  })

  it('show no connection in a reply alone that is accepted, or that is sent to another client', () => {
    expect(judged([header, answer(18, 'ACCEPT')]).shown).toBe('undecided')
    const isClient = (address: string) => address === '10.0.1.6'
    expect(judged([header, answer(18, 'REJECT')], {isClient}).shown).toBe('undecided')
  })

  it('show whether the connection was opened while the log was enabled', () => {
    expect(judged([header, line(3), answer(19, 'ACCEPT')])).toMatchObject({shown: 'both-accepted', isNew: true})
    expect(judged([header, line(0), answer(0, 'ACCEPT')])).toMatchObject({shown: 'both-accepted', isNew: false})
  })
})

describe('addresses', () => {
  it('of services that share them decide nothing if they differ', () => {
    const lines = [request('REJECT'), request('ACCEPT', 1000, '10.0.9.8'), reply('ACCEPT', 1000, '10.0.9.8')]
    expect(judged(lines, {isShared: true})).toMatchObject({shown: 'undecided', why: 'actions-differ'})
  })

  it('that belong to no AWS service do not count if the format shows it', () => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol start end action pkt-dst-aws-service'
    const line = (service: string) => `eni-0a 10.0.1.5 10.0.9.9 40000 443 6 1000 1060 REJECT ${service}`
    expect(judged([header, line('AMAZON')]).shown).toBe('request-rejected')
    expect(judged([header, line('-')]).shown).toBe('undecided')
  })

  it('from which packets of no AWS service come do not count either', () => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol start end action pkt-src-aws-service'
    const line = (service: string) => `eni-0a 10.0.9.9 10.0.1.5 443 40000 6 1000 1060 ACCEPT ${service}`
    const sent = 'eni-0a 10.0.1.5 10.0.9.9 40000 443 6 1000 1060 ACCEPT -'
    const later = 'eni-0a 10.0.1.5 10.0.1.1 40000 53 6 1060 1120 ACCEPT -'
    expect(judged([header, sent, line('AMAZON'), later]).shown).toBe('both-accepted')
    expect(judged([header, sent, line('-'), later]).shown).toBe('no-reply')
  })

  it('that differ within ten minutes are mixed, and later ones replace earlier ones', () => {
    const differing = (start: number) =>
      judged([request('REJECT'), request('ACCEPT', start, '10.0.9.8'), reply('ACCEPT', start, '10.0.9.8')]).shown
    expect(differing(1600)).toBe('mixed')
    expect(differing(1601)).toBe('both-accepted')
  })

  it('that are never logged are not evaluated', () => {
    expect(judged([request('REJECT')], {isNeverLogged: true}).shown).toBe('not-logged')
  })

  it('of other clients do not count at the interface of an endpoint', () => {
    const isClient = (address: string) => address === '10.0.1.6'
    expect(judged([request('REJECT')], {isClient}).shown).toBe('undecided')
  })

  it('of another protocol or port do not count', () => {
    expect(judged([request('REJECT').replace(' 443 6 ', ' 443 17 ')]).shown).toBe('undecided')
    expect(judged([request('REJECT')], {port: 27_017}).shown).toBe('undecided')
  })
})

describe('a log of many connections', () => {
  it('is evaluated in linear time', () => {
    const records = Array.from({length: 60_000}, (_, n) => {
      const ends = [`10.0.9.9${n}`, 40_000 + (n % 20_000)] as const
      const times = {
        interfaceId: 'eni-0a',
        status: 'OK',
        start: 1000,
        end: 1060,
        action: 'ACCEPT',
        protocol: 6,
      } as const
      const [address, port] = ends
      return [
        {...times, source: '10.0.1.5', destination: address, sourcePort: port, destinationPort: 443},
        {...times, source: address, destination: '10.0.1.5', sourcePort: 443, destinationPort: port},
      ]
    }).flat()
    expect(evaluateFlow(records, ASKED).shown).toBe('both-accepted')
  })
})
