import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {shownBy} from '../../src/flow-logs/judge.ts'
import {parseFlowLog} from '../../src/flow-logs/parse.ts'

const ASKED = {interfaceId: 'eni-0a', addresses: ['10.0.9.9'], port: 443}
const request = (action: string, start = 1000) =>
  `2 123456789012 eni-0a 10.0.1.5 10.0.9.9 40000 443 6 3 180 ${start} ${start + 60} ${action} OK`
const reply = (action: string, start = 1000) =>
  `2 123456789012 eni-0a 10.0.9.9 10.0.1.5 443 40000 6 3 180 ${start} ${start + 60} ${action} OK`
const status = (word: string, start: number) => `2 123456789012 eni-0a - - - - - - - ${start} ${start + 60} - ${word}`
const shown = (...lines: string[]) => shownBy(parseFlowLog(lines.join('\n')), ASKED).shown

describe('a flow log shows', () => {
  it.each([
    ['a rejected request', [request('REJECT')], 'request-rejected'],
    ['no more when both directions are rejected', [request('REJECT'), reply('REJECT')], 'request-rejected'],
    ['a rejected reply', [request('ACCEPT'), reply('REJECT')], 'reply-rejected'],
    ['both accepted', [request('ACCEPT'), reply('ACCEPT')], 'both-accepted'],
    ['a missing reply when the log goes on', [request('ACCEPT'), status('NODATA', 1060)], 'no-reply'],
    ['nothing of a reply when the log ends with the request', [request('ACCEPT')], 'undecided'],
    ['nothing of a reply when records were skipped', [request('ACCEPT'), status('SKIPDATA', 1060)], 'undecided'],
    ['the reply of the next interval', [request('ACCEPT'), reply('ACCEPT', 1060)], 'both-accepted'],
    ['no attempt', [status('NODATA', 1000)], 'not-tried'],
    ['no attempt for sure only without skipped records', [status('SKIPDATA', 1000)], 'undecided'],
    ['nothing without records of the interface', [], 'undecided'],
    ['nothing when a rule changed in the interval', [request('ACCEPT'), request('REJECT')], 'undecided'],
  ])('%s', (_, lines, expected) => {
    expect(shown(...lines)).toBe(expected)
  })

  it('nothing of a missing reply when the flags OR-ed over the interval hold more than SYN', () => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol tcp-flags start end action log-status'
    const line = (flags: number) => `eni-0a 10.0.1.5 10.0.9.9 40000 443 6 ${flags} 1000 1060 ACCEPT OK`
    const next = 'eni-0a - - - - - - 1060 1120 - NODATA'
    expect(shown(header, line(2), next)).toBe('no-reply')
    expect(shown(header, line(3), next)).toBe('undecided')
  })

  it('nothing of the metadata service and of the Amazon DNS server', () => {
    expect(shownBy([], {...ASKED, addresses: ['169.254.169.254'], port: 80}).shown).toBe('not-logged')
    expect(shownBy([], {...ASKED, addresses: ['10.0.0.2'], port: 53, resolvers: ['10.0.0.2']}).shown).toBe('not-logged')
  })
})

describe('a flow log is read', () => {
  const record = parseFlowLog(request('ACCEPT'))

  it('from the JSON and the text of CloudWatch Logs, and from lines of Amazon S3', () => {
    expect(record).toHaveLength(1)
    expect(parseFlowLog(JSON.stringify({events: [{message: request('ACCEPT')}]}))).toEqual(record)
    expect(parseFlowLog(`2026-11-19T14:02:00+00:00 eni-0a-all ${request('ACCEPT')}`)).toEqual(record)
    expect(parseFlowLog(`EVENTS\t396\t1700000000000\teni-0a-all\t${request('ACCEPT')}\t1700000000000`)).toEqual(record)
  })

  it('by its format, with the addresses of the packet before those of the interface', () => {
    const format = ['interface-id', 'srcaddr', 'pkt-srcaddr', 'dstaddr', 'pkt-dstaddr', 'start', 'end']
      .map((field) => `\${${field}}`)
      .join(' ')
    const [one] = parseFlowLog('eni-0a 10.0.1.5 10.0.1.6 10.0.9.1 10.0.9.9 1000 1060', format)
    expect(one).toMatchObject({source: '10.0.1.6', destination: '10.0.9.9'})
  })

  it('without ever throwing', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), {nil: undefined}), (text, format) => {
        parseFlowLog(text, format)
      }),
    )
  })
})
