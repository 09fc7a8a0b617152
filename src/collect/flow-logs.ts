import {CloudWatchLogsClient, FilterLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs'
import {DescribeFlowLogsCommand, EC2Client, type FlowLog as FlowLogItem} from '@aws-sdk/client-ec2'
import type {FlowLog, FlowLogSource} from '../flow-logs/flow-log.ts'
import {DEFAULT_FORMAT, fieldsOf, missingFields} from '../flow-logs/parse-record.ts'
import {flowLogReader} from '../flow-logs/reading.ts'
import {type FlowRecord, isoOf, type Traffic} from '../flow-logs/record.ts'
import {type Account, type Instance, isUnreadable, itemsOf} from '../model/account.ts'
import type {CliCommand} from '../model/cli-command.ts'
import {primaryInterfaceOf} from '../model/instance.ts'
import type {Aws} from './client/aws.ts'
import {pagesOf, send} from './client/calls.ts'
import {readOr} from './client/paginate.ts'

/** Limits of one run: an interface with much traffic has gigabytes of records. */
export interface FlowLogLimits {
  /** Pages of each log group and interface; a page has up to a megabyte. */
  readonly pages: number
  /** Interfaces of endpoints that are read in addition to the instance's own. */
  readonly interfaces: number
  readonly milliseconds: number
}
const LIMITS: FlowLogLimits = {pages: 20, interfaces: 6, milliseconds: 30_000}

const DEFAULT_SPAN = 3600

/** About how long records take to arrive. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const DELIVERY = 300

/**
 * The flow logs in CloudWatch Logs that cover the interface of the instance, by the interface, its subnet or its VPC,
 * and the records of its stream. Where a request to an endpoint has no reply, the endpoint's interface is read too.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html
 */
export async function readFlowLogs(
  aws: Aws,
  account: Account,
  instance: Instance,
  since?: number,
  limits: FlowLogLimits = LIMITS,
): Promise<FlowLog> {
  const eni = primaryInterfaceOf(instance)
  const own = [eni?.NetworkInterfaceId, eni?.SubnetId, eni?.VpcId].filter((id) => id !== undefined)
  const found = await readOr('ec2:DescribeFlowLogs', () =>
    flowLogs(aws, {Filter: [{Name: 'resource-id', Values: own}]}),
  )
  if (isUnreadable(found)) return withoutLog(`Flow logs could not be listed: ${found.unreadable}`)
  if (found.length === 0)
    return withoutLog(`No flow log covers ${own[0] ?? instance.InstanceId}, its subnet or its VPC.`)
  const readAt = Date.parse(account.ReadAt) / 1000
  const span: Span = {
    from: since ?? readAt - DEFAULT_SPAN,
    to: Date.now() / 1000,
    deadline: Date.now() + limits.milliseconds,
    pages: limits.pages,
  }
  const place = {region: aws.region, owner: account.Caller?.Account ?? instance.OwnerId}
  const groups = groupsOf(found, place)
  const contents = await Promise.all(
    groups.map((group) => readGroup(aws, group, {interfaceId: eni?.NetworkInterfaceId ?? ''}, span)),
  )
  const records = contents.flatMap((content) => content.records)
  const endpoints = unanswered(account, records).slice(0, limits.interfaces)
  const beyond = await readEndpoints(aws, groups, endpoints, eni?.PrivateIpAddress, span)
  const problems = new Map(contents.map(({group, problem}) => [group, problem]))
  const read = contents.filter(({problem, records: some}) => problem === undefined || some.length > 0)
  return {
    names: read.map(({group}) => `log group ${group.name}`),
    records: [...records, ...beyond],
    traffic: trafficOf(read, span),
    interval: Math.max(...found.map(({MaxAggregationInterval = 600}) => MaxAggregationInterval)),
    completeUntil: readAt - DELIVERY,
    sources: found.map((log) => sourceOf(log, groups, problems, place, span)),
    notes: [],
  }
}

interface Span {
  /** Unix seconds. */
  readonly from: number
  readonly to: number
  /** The time in milliseconds after which no further page is requested. */
  readonly deadline: number
  /** The most pages of a stream. */
  readonly pages: number
}

/** The account and Region that is read. */
interface Place {
  readonly region: string
  readonly owner: string | undefined
}

const withoutLog = (note: string): FlowLog => ({names: [], records: [], traffic: undefined, sources: [], notes: [note]})

const flowLogs = pagesOf(EC2Client, DescribeFlowLogsCommand, 'FlowLogs')

/** A log group, with the flow logs that write to it: an interface has one stream for all of them. */
interface LogGroup {
  readonly name: string
  readonly logs: readonly FlowLogItem[]
  readonly formats: readonly (readonly string[])[]
}

/** The groups of this account and Region; those of other accounts are for their owners to read. */
function groupsOf(found: readonly FlowLogItem[], place: Place): readonly LogGroup[] {
  const names = new Set(found.flatMap((log) => (isOtherAccountOrRegion(log, place) ? [] : (groupNameOf(log) ?? []))))
  return [...names].map((name) => {
    const logs = found.filter((log) => groupNameOf(log) === name)
    return {name, logs, formats: [...new Set(logs.map(({LogFormat = ''}) => LogFormat))].map(formatOf)}
  })
}

const formatOf = (format: string): readonly string[] => (format === '' ? DEFAULT_FORMAT : fieldsOf(format))

const LOG_GROUP = /^arn:[a-z-]+:logs:([a-z0-9-]+):(\d{12}):log-group:([^:*]+)/

const groupNameOf = ({LogDestinationType, LogGroupName, LogDestination = ''}: FlowLogItem): string | undefined =>
  (LogDestinationType ?? 'cloud-watch-logs') === 'cloud-watch-logs'
    ? (LogGroupName ?? LOG_GROUP.exec(LogDestination)?.[3])
    : undefined

function isOtherAccountOrRegion({LogDestination = ''}: FlowLogItem, {region, owner}: Place): boolean {
  const [, where = region, account = owner] = LOG_GROUP.exec(LogDestination) ?? []
  return where !== region || (owner !== undefined && account !== owner)
}

interface GroupContent {
  readonly group: LogGroup
  readonly records: readonly FlowRecord[]
  readonly problem?: string
}

/**
 * The events of the interface's stream, whose name begins with the id of the interface.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
 */
async function readGroup(
  aws: Aws,
  group: LogGroup,
  {interfaceId, filterPattern}: {readonly interfaceId: string; readonly filterPattern?: string | undefined},
  {from, to, deadline, pages}: Span,
): Promise<GroupContent> {
  const reader = flowLogReader((id) => id === interfaceId, group.formats)
  let token: string | undefined
  for (let page = 0; page < pages && Date.now() < deadline; page++) {
    const input = {
      logGroupName: group.name,
      logStreamNamePrefix: interfaceId,
      startTime: Math.floor(from * 1000),
      endTime: Math.ceil(to * 1000),
      ...(filterPattern !== undefined && {filterPattern}),
      ...(token !== undefined && {nextToken: token}),
    }
    const command = new FilterLogEventsCommand(input)
    const answer = await readOr('logs:FilterLogEvents', () => send(aws, CloudWatchLogsClient, command))
    if (isUnreadable(answer)) return {group, records: reader.content().records, problem: answer.unreadable}
    for (const {message = '', logStreamName} of answer.events ?? [])
      reader.message({text: message, ...(logStreamName !== undefined && {stream: logStreamName})})
    token = answer.nextToken
    if (token === undefined) return {group, records: reader.content().records}
  }
  const {records} = reader.content()
  const until = records.reduce((latest, {end}) => Math.max(latest, end), from)
  const problem = `only the records until ${isoOf(until)} were read, which are ${pages} pages or all that ${deadline - Date.now() <= 0 ? 'the time' : 'the limit'} allows; use a later --since`
  return {group, records, problem}
}

/** The interfaces of endpoints that were sent a request and from which no reply was accepted. */
function unanswered(account: Account, records: readonly FlowRecord[]): readonly string[] {
  const ofEndpoints = new Set(itemsOf(account.VpcEndpoints).flatMap(({NetworkInterfaceIds}) => NetworkInterfaceIds))
  const accepted = records.filter(({action}) => action === 'ACCEPT')
  const answered = new Set(accepted.map(({source}) => source))
  const destinations = new Set(accepted.map(({destination}) => destination))
  return itemsOf(account.NetworkInterfaces)
    .filter(({NetworkInterfaceId}) => ofEndpoints.has(NetworkInterfaceId))
    .filter(({PrivateIpAddresses, Ipv6Addresses = []}) => {
      const addresses = [
        ...PrivateIpAddresses.map((one) => one.PrivateIpAddress),
        ...Ipv6Addresses.map((one) => one.Ipv6Address),
      ]
      return addresses.some((one) => destinations.has(one)) && !addresses.some((one) => answered.has(one))
    })
    .map(({NetworkInterfaceId}) => NetworkInterfaceId)
}

/**
 * For a busy endpoint only the records that name the instance are read. What cannot be read there changes nothing here.
 */
async function readEndpoints(
  aws: Aws,
  groups: readonly LogGroup[],
  interfaces: readonly string[],
  address: string | undefined,
  span: Span,
): Promise<readonly FlowRecord[]> {
  const filterPattern = address === undefined ? undefined : `"${address}"`
  const contents = await Promise.all(
    interfaces.flatMap((interfaceId) =>
      groups.map((group) => readGroup(aws, group, {interfaceId, filterPattern}, span)),
    ),
  )
  return contents.flatMap(({records}) => records)
}

const TRAFFIC: Readonly<Record<string, Traffic>> = {ACCEPT: 'accept', REJECT: 'reject', ALL: 'all'}

const trafficIn = ({TrafficType = 'ALL'}: FlowLogItem): Traffic => TRAFFIC[TrafficType] ?? 'all'

/**
 * One flow log of accepted and one of rejected traffic are complete together if both were delivered and read for the
 * whole time: what one of them lacks, the other does not show.
 */
function trafficOf(contents: readonly GroupContent[], span: Span): Traffic | undefined {
  const usable = contents.flatMap(({group, problem}) =>
    group.logs.filter((log) => missingFieldsOf(log) === undefined).map((log) => ({log, problem})),
  )
  const whole = usable.filter(({log, problem}) =>
    [problem, delivery(log), createdTooLate(log, span)].every((one) => !one),
  )
  const kinds = new Set(whole.map(({log}) => trafficIn(log)))
  if (kinds.has('all') || kinds.size > 1) return 'all'
  const [only, ...others] = new Set(usable.map(({log}) => trafficIn(log)))
  return others.length === 0 ? only : undefined
}

function sourceOf(
  log: FlowLogItem,
  groups: readonly LogGroup[],
  problems: ReadonlyMap<LogGroup, string | undefined>,
  place: Place,
  span: Span,
): FlowLogSource {
  const group = groups.find(({logs}) => logs.includes(log))
  const unreadable = group === undefined ? unread(log, place, span) : undefined
  const sentences = [
    unreadable?.problem,
    group && problems.get(group),
    delivery(log),
    missingFieldsOf(log),
    createdTooLate(log, span),
  ]
  const problem = sentences.filter((one) => one !== undefined).join('; ')
  return {
    id: log.FlowLogId ?? '',
    resource: log.ResourceId ?? '',
    traffic: trafficIn(log),
    destination: destinationOf(log),
    isRead: group !== undefined && problems.get(group) === undefined,
    ...(problem !== '' && {problem}),
    ...(unreadable?.download && {download: unreadable.download}),
  }
}

const destinationOf = (log: FlowLogItem): string => {
  const name = groupNameOf(log)
  return name === undefined ? (log.LogDestination ?? 'an unknown destination') : `log group ${name}`
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-troubleshooting.html */
const delivery = ({DeliverLogsStatus, DeliverLogsErrorMessage}: FlowLogItem): string | undefined =>
  DeliverLogsStatus === 'FAILED' || DeliverLogsErrorMessage
    ? `delivery fails: ${DeliverLogsErrorMessage ?? 'no reason given'}`
    : undefined

function missingFieldsOf({LogFormat}: FlowLogItem): string | undefined {
  const missing = missingFields(formatOf(LogFormat ?? ''))
  return missing.length === 0 ? undefined : `its format lacks ${missing.join(', ')}`
}

const createdTooLate = ({CreationTime}: FlowLogItem, {from}: Span): string | undefined =>
  CreationTime !== undefined && CreationTime.getTime() / 1000 > from
    ? `it exists since ${CreationTime.toISOString()} only`
    : undefined

interface Unread {
  readonly problem: string
  readonly download?: CliCommand
}

/** Where the records are that are not read here, and how to get them. */
function unread(log: FlowLogItem, {region, owner}: Place, {to}: Span): Unread {
  const {LogDestination = '', LogDestinationType, DestinationOptions} = log
  if (LogDestinationType === 's3') {
    if (DestinationOptions?.FileFormat === 'parquet')
      return {problem: 'its records are in Amazon S3 as Apache Parquet, which ssm-doctor does not read'}
    const prefix = `${prefixOf(log, region, owner)}${dayOf(to, DestinationOptions?.HiveCompatiblePartitions === true)}`
    const problem = 'its records are in Amazon S3: download them and pass the folder with --flow-logs'
    const options = {recursive: true} as const
    return {problem, download: {service: 's3', command: 'cp', operands: [prefix, 'flow-logs/'], options}}
  }
  if (LogDestinationType === 'kinesis-data-firehose')
    return {
      problem:
        'its records go to a Firehose stream, which cannot be read back; pass what the stream writes with --flow-logs',
    }
  const [, where = '', account = '', name = ''] = LOG_GROUP.exec(LogDestination) ?? []
  const problem = `its log group belongs to account ${account}: read it there and pass the file with --flow-logs`
  if (name === '') return {problem}
  const options = {since: '1h', region: where}
  return {problem, download: {service: 'logs', command: 'tail', operands: [name], options, output: 'flow.log'}}
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html */
function prefixOf({LogDestination = '', DestinationOptions}: FlowLogItem, region: string, owner = 'ACCOUNT'): string {
  const [, place = ''] = /^arn:[a-z-]+:s3:::(.+?)\/?$/.exec(LogDestination) ?? []
  return DestinationOptions?.HiveCompatiblePartitions
    ? `s3://${place}/AWSLogs/aws-account-id=${owner}/aws-service=vpcflowlogs/aws-region=${region}/`
    : `s3://${place}/AWSLogs/${owner}/vpcflowlogs/${region}/`
}

function dayOf(seconds: number, isHive: boolean): string {
  const [year, month, day] = isoOf(seconds).slice(0, 10).split('-')
  return isHive ? `year=${year}/month=${month}/day=${day}/` : `${year}/${month}/${day}/`
}
