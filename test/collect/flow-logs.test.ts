import {describe, expect, it} from 'vitest'
import {type FlowLogLimits, readFlowLogs} from '../../src/collect/flow-logs.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {DEFAULT_FORMAT} from '../../src/flow-logs/parse-record.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {clientsOf} from '../support/clients-of.ts'
import {type Call, fakeAws, type Refusal, refuse} from '../support/fake-aws.ts'
import {lineOf, statusLine} from '../support/flow-lines.ts'
import {behindEndpoints, INSTANCE, id, OWNER, REGION, VPC} from '../support/network.ts'
import type {Fields} from '../support/wire.ts'

const ENI = id('eni', 1)
const THERE = id('eni', 102)
const instance = itemsOf(behindEndpoints.Instances)[0]!
const READ_AT = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString()
const account: Account = {...behindEndpoints, ReadAt: READ_AT}
const NOW = Math.floor(Date.parse(READ_AT) / 1000)

const formatOf = (...fields: readonly string[]) => fields.map((field) => `\${${field}}`).join(' ')

const aLog = (change: Fields = {}): Fields => ({
  FlowLogId: id('fl', 1),
  FlowLogStatus: 'ACTIVE',
  ResourceId: VPC,
  TrafficType: 'ALL',
  LogDestinationType: 'cloud-watch-logs',
  LogGroupName: '/vpc/flow',
  LogFormat: formatOf(...DEFAULT_FORMAT),
  DeliverLogsStatus: 'SUCCESS',
  MaxAggregationInterval: 600,
  CreationTime: new Date('2026-01-01T00:00:00Z'),
  ...change,
})

const requestAt = (eni: string, action: 'ACCEPT' | 'REJECT', at: number) =>
  lineOf({eni, from: ['10.0.1.10', 40_000], to: ['10.0.2.20', 443], action, at})
const request = requestAt(ENI, 'ACCEPT', NOW - 1800)
const REST = [statusLine(ENI, NOW - 1700)]

type Answer = (call: Call) => Fields | Refusal

async function read(
  logs: readonly Fields[] | Refusal,
  events: Answer = () => ({events: []}),
  since?: number,
  limits?: FlowLogLimits,
) {
  const fake = fakeAws((call) =>
    call.operation === 'DescribeFlowLogs' ? (Array.isArray(logs) ? {FlowLogs: logs} : (logs as Refusal)) : events(call),
  )
  const found = await readFlowLogs(await clientsOf(fake), account, instance, since, limits)
  return {found, calls: fake.calls}
}
const messages = (...lines: readonly string[]) => ({
  events: lines.map((message) => ({message, logStreamName: `${ENI}-all`, timestamp: NOW * 1000})),
})
const textOf = (flowLog: Awaited<ReturnType<typeof read>>['found']) =>
  textReport(examine(account, INSTANCE, {flowLog}), {terminal: {...PIPE, columns: 1000}})

describe('flow logs in AWS', () => {
  it('are listed for the interface, its subnet and its VPC, and read for the last hour from the stream of the interface', async () => {
    const {calls, found} = await read([aLog()], () => messages(...REST))
    expect(calls.map(({operation}) => operation)).toEqual(['DescribeFlowLogs', 'FilterLogEvents'])
    expect(calls[0]?.input).toMatchObject({Filter: [{Name: 'resource-id', Values: [ENI, id('subnet', 1), VPC]}]})
    expect(calls[1]?.input).toMatchObject({
      logGroupName: '/vpc/flow',
      logStreamNamePrefix: ENI,
      startTime: (NOW - 3600) * 1000,
    })
    expect(found).toMatchObject({traffic: 'all', interval: 600, names: ['log group /vpc/flow']})
  })

  it('are read since the requested time, page after page', async () => {
    const {calls, found} = await read(
      [aLog()],
      ({input}) => (input.nextToken === 'more' ? messages(...REST) : {...messages(request), nextToken: 'more'}),
      NOW - 9000,
    )
    expect(calls.filter(({input}) => input.logStreamNamePrefix === ENI)).toHaveLength(2)
    expect(calls[1]?.input).toMatchObject({startTime: (NOW - 9000) * 1000})
    expect(found.records).toHaveLength(2)
  })

  it('are read up to the page limit, with a notice', async () => {
    const {calls, found} = await read([aLog()], () => ({...messages(request), nextToken: 'again'}), undefined, {
      pages: 3,
      interfaces: 0,
      milliseconds: 60_000,
    })
    expect(calls).toHaveLength(4)
    expect(found.sources?.[0]).toMatchObject({
      isRead: false,
      problem: expect.stringContaining('were read, which are 3 pages'),
    })
    expect(found.names).toEqual(['log group /vpc/flow'])
  })

  it('that write to the same log group are read once, each in its format', async () => {
    const short = formatOf('interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'start', 'end', 'action')
    const {calls, found} = await read(
      [
        aLog({TrafficType: 'ACCEPT'}),
        aLog({FlowLogId: id('fl', 2), TrafficType: 'REJECT', LogFormat: short, ResourceId: ENI}),
      ],
      () => messages(request, `${ENI} 10.0.1.10 10.0.2.20 40001 443 ${NOW - 900} ${NOW - 850} REJECT`),
    )
    expect(calls.filter(({operation}) => operation === 'FilterLogEvents').length).toBeLessThanOrEqual(2)
    expect(found.records.map(({action}) => action)).toEqual(['ACCEPT', 'REJECT'])
    expect(found.traffic).toBe('all')
  })

  it.each([
    ['that fails', {DeliverLogsStatus: 'FAILED'}],
    ['that is younger', {CreationTime: new Date((NOW - 600) * 1000)}],
    ['that was not read in full', {LogGroupName: '/vpc/rejected'}],
  ])('of accepted traffic are not completed by a log of rejected traffic %s', async (_, change) => {
    const logs = [aLog({TrafficType: 'ACCEPT'}), aLog({FlowLogId: id('fl', 2), TrafficType: 'REJECT', ...change})]
    const {found} = await read(logs, ({input}) => ({
      ...messages(request, ...REST),
      ...(input.logGroupName === '/vpc/rejected' && {nextToken: 'again'}),
    }))
    expect(found.traffic).toBeUndefined()
  })

  it('of accepted traffic show a notice that a rejected request would not be in them', async () => {
    const {found} = await read([aLog({TrafficType: 'ACCEPT'})], () => messages(...REST))
    expect(found.traffic).toBe('accept')
    expect(textOf(found)).toContain('records accepted traffic only: a rejected request would not be in it')
  })

  it('are followed to the interface of the endpoint that does not reply, with the records of the instance alone', async () => {
    const there = requestAt(THERE, 'REJECT', NOW - 1800)
    const {calls, found} = await read([aLog()], ({input}) =>
      input.logStreamNamePrefix === THERE ? messages(there) : messages(request, ...REST),
    )
    expect(calls.at(-1)?.input).toMatchObject({logStreamNamePrefix: THERE, filterPattern: '"10.0.1.10"'})
    const {flowLogs} = examine(account, INSTANCE, {flowLog: found})
    expect(flowLogs?.services[0]).toMatchObject({
      shown: 'no-reply',
      endpoint: {interface: THERE, shown: 'request-rejected'},
    })
  })

  it('treat a request of the last minutes as undetermined, because its reply may still come', async () => {
    const late = requestAt(ENI, 'ACCEPT', NOW - 200)
    const {found} = await read([aLog()], () => messages(late, statusLine(ENI, NOW - 100)))
    expect(examine(account, INSTANCE, {flowLog: found}).flowLogs?.services[0]).toMatchObject({
      shown: 'undecided',
      why: 'log-ends',
    })
  })
})

describe('flow logs that cannot be read', () => {
  const named = async (change: Fields) => (await read([aLog({LogGroupName: undefined, ...change})])).found.sources?.[0]
  const day = (separator: string) => READ_AT.slice(0, 10).split('-').join(separator)

  it('in Amazon S3 name the prefix of the day', async () => {
    expect(await named({LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::logs-bucket/flow/'})).toMatchObject({
      isRead: false,
      download: {
        service: 's3',
        command: 'cp',
        operands: [`s3://logs-bucket/flow/AWSLogs/${OWNER}/vpcflowlogs/${REGION}/${day('/')}/`, 'flow-logs/'],
      },
    })
    const hive = {
      LogDestinationType: 's3',
      LogDestination: 'arn:aws:s3:::logs-bucket',
      DestinationOptions: {HiveCompatiblePartitions: true},
    }
    expect((await named(hive))?.download?.operands[0]).toContain(
      `aws-account-id=${OWNER}/aws-service=vpcflowlogs/aws-region=${REGION}/year=`,
    )
  })

  it('in Amazon S3 as Apache Parquet are reported as such, without a command', async () => {
    const source = await named({
      LogDestinationType: 's3',
      LogDestination: 'arn:aws:s3:::b',
      DestinationOptions: {FileFormat: 'parquet'},
    })
    expect(source).toMatchObject({problem: expect.stringContaining('Apache Parquet')})
    expect(source?.download).toBeUndefined()
  })

  it('in Firehose and in the log group of another account are reported with their location', async () => {
    expect(
      await named({
        LogDestinationType: 'kinesis-data-firehose',
        LogDestination: 'arn:aws:firehose:eu-west-1:1:deliverystream/x',
      }),
    ).toMatchObject({problem: expect.stringContaining('Firehose')})
    const other = await named({LogDestination: `arn:aws:logs:${REGION}:999999999999:log-group:/central:*`})
    expect(other).toMatchObject({
      isRead: false,
      problem: expect.stringContaining('account 999999999999'),
      download: {operands: ['/central'], options: {since: '1h', region: REGION}, output: 'flow.log'},
    })
  })

  it('whose delivery fails are reported with the reason, and what they delivered before is read', async () => {
    const {found} = await read([aLog({DeliverLogsStatus: 'FAILED', DeliverLogsErrorMessage: 'Access error'})], () =>
      messages(...REST),
    )
    expect(found.sources?.[0]?.problem).toBe('delivery fails: Access error')
    expect(found.records).toHaveLength(1)
  })

  it('whose format lacks required fields are reported with the fields', async () => {
    const {found} = await read([aLog({LogFormat: formatOf('srcaddr', 'dstaddr', 'start', 'end')})])
    expect(found.sources?.[0]?.problem).toBe('its format lacks srcport, dstport, action')
    expect(found.traffic).toBeUndefined()
  })

  it('that were created after the requested time are reported with their creation time', async () => {
    const {found} = await read([aLog({CreationTime: new Date((NOW - 600) * 1000)})], () => messages(...REST))
    expect(found.sources?.[0]?.problem).toContain('it exists since')
  })

  it('are not a failure: what is denied is named with its permission', async () => {
    const listed = await read(refuse('UnauthorizedOperation', 'You are not authorized', 403))
    expect(listed.found.notes[0]).toMatch(/^Flow logs could not be listed: .*\(needs ec2:DescribeFlowLogs\)$/)
    const events = await read([aLog()], () => refuse('AccessDeniedException', 'no', 400))
    expect(events.found.sources?.[0]).toMatchObject({
      isRead: false,
      problem: expect.stringContaining('needs logs:FilterLogEvents'),
    })
    expect(textOf(events.found)).toContain('needs logs:FilterLogEvents')
  })
})
