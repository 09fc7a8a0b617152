import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {fieldsOf, missingFields} from '../../src/flow-logs/parse-record.ts'
import {readFlowLog} from '../../src/flow-logs/reading.ts'

const LINE = '2 123456789012 eni-0a 10.0.1.5 10.0.9.9 40000 443 6 3 180 1418530010 1418530070 ACCEPT OK'
const all = (text: string, format?: string) =>
  readFlowLog(text, () => true, format === undefined ? undefined : [fieldsOf(format)])
const [RECORD] = all(LINE).records

/** A format as DescribeFlowLogs prints it. */
const formatOf = (...fields: readonly string[]) => fields.map((field) => `\${${field}}`).join(' ')

describe('a flow log is read', () => {
  it.each([
    ['as FilterLogEvents and GetLogEvents return it', JSON.stringify({events: [{message: LINE}], nextToken: null})],
    ['as a list of such answers', JSON.stringify([{events: [{message: LINE}]}, {events: []}])],
    ['as a subscription delivers it', JSON.stringify({messageType: 'DATA_MESSAGE', logEvents: [{message: LINE}]})],
    ['as one JSON object a line', `${JSON.stringify({message: LINE})}\n`],
    ['as aws logs tail prints it', `2026-11-19T14:02:00+00:00 eni-0a-all ${LINE}`],
    ['as the AWS CLI prints text', `EVENTS\t396\t1700000000000\teni-0a-all\t${LINE}\t1700000000000`],
    ['as CloudWatch Logs exports it', `2026-11-19T14:02:00.000Z ${LINE}`],
    ['as the console downloads it', `timestamp,message\n1700000000000,"${LINE}"`],
    [
      'from the message of a query',
      JSON.stringify({results: [[{field: '@message', value: LINE}]], status: 'Complete'}),
    ],
    ['with further fields after the default ones', `${LINE} vpc-0a subnet-0a i-0a 2 IPv4 10.0.1.5 10.0.9.9`],
    ['with Windows line ends', `\r\n${LINE}\r\n`],
  ])('%s', (_, text) => {
    expect(all(text).records).toEqual([RECORD])
  })

  it('from the fields that a query discovered', () => {
    const values = {
      interfaceId: 'eni-0a',
      srcAddr: '10.0.1.5',
      dstAddr: '10.0.9.9',
      srcPort: '40000',
      dstPort: '443',
      protocol: '6',
      action: 'ACCEPT',
      start: '1418530010',
      end: '1418530070',
      logStatus: 'OK',
      packets: '3',
      accountId: '123456789012',
    }
    const row = Object.entries(values).map(([field, value]) => ({field, value}))
    expect(all(JSON.stringify({results: [row]})).records).toEqual([RECORD])
  })

  it('by the header line of an object in Amazon S3', () => {
    const header =
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
    expect(all(`${header}\n${LINE}\n`).records).toEqual([RECORD])
    const own = 'start end interface-id pkt-srcaddr pkt-dstaddr srcport dstport action'
    expect(all(`${own}\n1418530010 1418530070 eni-0a 10.0.1.6 10.0.9.9 40000 443 REJECT`).records).toEqual([
      {
        interfaceId: 'eni-0a',
        status: 'OK',
        start: 1_418_530_010,
        end: 1_418_530_070,
        action: 'REJECT',
        source: '10.0.1.6',
        destination: '10.0.9.9',
        sourcePort: 40_000,
        destinationPort: 443,
      },
    ])
  })

  it('by a given format, with the addresses of the packet before those of the interface', () => {
    const format = formatOf('interface-id', 'srcaddr', 'pkt-srcaddr', 'dstaddr', 'pkt-dstaddr', 'start', 'end')
    const [one] = all('eni-0a 10.0.1.5 10.0.1.6 10.0.9.1 10.0.9.9 1000 1060', format).records
    expect(one).toMatchObject({source: '10.0.1.6', destination: '10.0.9.9'})
  })

  it('with the interface of its stream if the format has none', () => {
    const events = [{logStreamName: 'eni-0b-all', message: '10.0.1.5 10.0.9.9 40000 443 1000 1060 REJECT'}]
    const format = formatOf('srcaddr', 'dstaddr', 'srcport', 'dstport', 'start', 'end', 'action')
    expect(all(JSON.stringify({events}), format).records).toMatchObject([{interfaceId: 'eni-0b', action: 'REJECT'}])
  })

  it('of one interface, counting the others', () => {
    const {records, count, interfaces} = readFlowLog(
      `${LINE}\n${LINE.replace('eni-0a', 'eni-0b')}`,
      (id) => id === 'eni-0b',
    )
    expect([records.length, count, interfaces]).toEqual([1, 2, ['eni-0a', 'eni-0b']])
  })

  it('without treating lines of another format as records', () => {
    const {count, unreadLines} = all(
      `${LINE.split(' ').toReversed().join(' ')}\nhello world\n${LINE.replace('443', 'https')}`,
    )
    expect([count, unreadLines]).toEqual([0, 3])
  })
})

describe('which traffic a log records', () => {
  const reject = LINE.replace('ACCEPT', 'REJECT')
  it.each([
    ['is known if it contains both kinds', `${LINE}\n${reject}`, 'all'],
    ['is unknown if it contains one kind', LINE, undefined],
    ['is shown by the name of the stream', `2026-11-19T14:02:00 eni-0a-all ${LINE}`, 'all'],
    ['is shown by the name of a stream of one kind', `2026-11-19T14:02:00 eni-0a-reject ${reject}`, 'reject'],
  ])('%s', (_, text, traffic) => {
    expect(all(text).traffic).toBe(traffic)
  })
})

describe('what cannot be read', () => {
  it('names a transit gateway', () => {
    const line =
      '6 TransitGateway 123456789012 tgw-0a tgw-attach-0a 123456789012 123456789012 vpc-0a vpc-0b subnet-0a subnet-0b'
    expect(all(line)).toMatchObject({count: 0, isTransitGateway: true})
  })

  it('names the fields that a format lacks', () => {
    expect(missingFields(fieldsOf(formatOf('interface-id', 'srcaddr', 'dstaddr', 'start', 'end')))).toEqual([
      'srcport',
      'dstport',
      'action',
    ])
  })

  it('never throws for any input', () => {
    const line = fc
      .array(fc.oneof(fc.constantFrom(...LINE.split(' '), '-', 'NODATA', 'eni-0a-all', '{', '"'), fc.string()))
      .map((words) => words.join(' '))
    const text = fc.oneof(
      fc.string(),
      line,
      fc.json(),
      fc.array(line).map((lines) => lines.join('\n')),
    )
    fc.assert(
      fc.property(text, fc.option(fc.string(), {nil: undefined}), (log, format) => {
        for (const record of all(log, format).records) {
          expect(record.interfaceId).toMatch(/^eni-[0-9a-f]+$/)
          expect(record.end).toBeGreaterThanOrEqual(record.start)
        }
      }),
    )
  })

  it('reads back every possible record', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    const port = fc.integer({min: 0, max: 65_535})
    const record = fc.tuple(
      address,
      address,
      port,
      port,
      fc.constantFrom('ACCEPT', 'REJECT'),
      fc.integer({min: 0, max: 2_000_000_000}),
    )
    fc.assert(
      fc.property(record, ([source, destination, sourcePort, destinationPort, action, start]) => {
        const line = `2 123456789012 eni-0a ${source} ${destination} ${sourcePort} ${destinationPort} 6 1 40 ${start} ${start + 59} ${action} OK`
        expect(all(line).records).toMatchObject([{source, destination, sourcePort, destinationPort, action, start}])
      }),
    )
  })
})
