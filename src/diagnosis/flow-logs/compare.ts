import {ageOf} from '../../agent/node.ts'
import {longestSleep, sleepAdvice} from '../../agent/retry-backoff.ts'
import {evaluateFlow, type FlowResult, LONGEST_INTERVAL, type Question, type Shown} from '../../flow-logs/evaluate.ts'
import type {FlowLog} from '../../flow-logs/flow-log.ts'
import type {FlowRecord} from '../../flow-logs/record.ts'
import type {Account, Instance} from '../../model/account.ts'
import {primaryInterfaceOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {cidrRanges, parseCidr} from '../../network/address.ts'
import {type DestinationAddresses, destinationAddresses} from '../../network/destination-addresses.ts'
import {amazonDnsServerIn} from '../../network/dns/amazon-server.ts'
import type {Path} from '../../network/path.ts'
import {includes} from '../../network/ranges.ts'
import type {Destination} from '../../network/walk.ts'
import {agreementOf, hopsTouched} from './agreement.ts'
import type {FlowComparison} from './comparison.ts'
import {agreementSentence, factOf, shownSentence} from './words.ts'

/**
 * Every path compared with what the log shows for it. `causes` determine how long the agent may wait between attempts.
 */
export const compareFlowLog = (
  account: Account,
  instance: Instance,
  log: FlowLog,
  paths: readonly ComparedPath[],
  causes: readonly string[],
): readonly FlowComparison[] =>
  paths.flatMap((path) => compared(account, instance, log, path, sleepOf(account, instance, path, causes)))

/** A path; `to` is its destination, where that is not one of the agent's services. */
type ComparedPath = Path & {readonly to?: Destination}

const HOUR = 3600

/**
 * How long the agent may not connect to `ssm`. It connects to the other services once it is registered, or when a
 * session or a command needs them. A hibernating agent may wait longer than any log.
 */
function sleepOf(account: Account, instance: Instance, {service}: Path, causes: readonly string[]): number | undefined {
  if (service !== 'ssm') return undefined
  if (causes.includes('agent.hibernating')) return Number.POSITIVE_INFINITY
  const minutes = sleepAdvice(causes) && longestSleep(causes, ageOf(account, instance))
  return minutes === undefined ? HOUR : minutes * 60
}

function compared(
  account: Account,
  instance: Instance,
  log: FlowLog,
  {to, ...path}: ComparedPath,
  sleep: number | undefined,
): readonly FlowComparison[] {
  const interfaceId = primaryInterfaceOf(instance)?.NetworkInterfaceId
  const service = destinationAddresses(account, instance, to ?? path)
  if (interfaceId === undefined || service === undefined) return []
  const interval = log.interval ?? LONGEST_INTERVAL
  const question = {
    port: path.port,
    isService: isWithin(service.addresses),
    traffic: log.traffic,
    longestSleep: sleep === undefined ? undefined : sleep + interval,
    interval,
    ...(log.completeUntil !== undefined && {completeUntil: log.completeUntil}),
  }
  const isClient = isWithin(addressesOf(instance))
  const asking = {
    ...question,
    ...(forwards(instance) && {isClient}),
    isShared: service.isShared,
    isNeverLogged: isNeverLogged(account, instance, service, path.port),
  }
  const result = evaluateOwn(instance, interfaceId, log.records, asking)
  const atEndpoint = LEAVES.has(result.shown)
    ? endpointResult(log.records, {...question, isClient}, service, result)
    : undefined
  const hops = hopsTouched(path, result, atEndpoint)
  const agreement = agreementOf(path, result, hops)
  const facts = {path, result, isShared: service.isShared, ...hops, agreement, ...(atEndpoint && {atEndpoint})}
  const sentences = [shownSentence(facts, {interfaceId, log, sleep}), agreementSentence(facts, account.ReadAt)].filter(
    (one) => one !== '',
  )
  const source = `VPC flow log of ${interfaceId}`
  const records = [...result.records, ...(atEndpoint?.records ?? [])]
  return [{...facts, evidence: records.map((record) => ({fact: factOf(record), source})), message: sentences.join(' ')}]
}

type InstanceQuestion = Omit<Question, 'interfaceId'>

/** The path is that of the primary interface; the operating system may route through another one. */
function evaluateOwn(
  instance: Instance,
  primary: string,
  records: readonly FlowRecord[],
  question: InstanceQuestion,
): FlowResult {
  const result = evaluateFlow(records, {...question, interfaceId: primary})
  if (result.records.length > 0) return result
  const others = instance.NetworkInterfaces.flatMap(({NetworkInterfaceId: id}) => (id && id !== primary ? [id] : []))
  const otherRecords = others.flatMap((interfaceId) => evaluateFlow(records, {...question, interfaceId}).records)
  return otherRecords.length === 0 ? result : {shown: 'undecided', why: 'other-interface', records: otherRecords}
}

/** The request left the instance; the log of the endpoint may show its outcome. */
const LEAVES: ReadonlySet<Shown> = new Set(['no-reply', 'undecided', 'mixed'])

type Families = DestinationAddresses['addresses']

const isWithin =
  (addresses: Families) =>
  (text: string): boolean => {
    const parsed = parseCidr(text)
    return parsed !== undefined && includes(addresses[parsed.family], parsed.ranges)
  }

/** A NAT instance or a firewall: its interface also has the connections of others. */
const forwards = (instance: Instance): boolean => primaryInterfaceOf(instance)?.SourceDestCheck === false

function addressesOf(instance: Instance): Families {
  const {PrivateIpAddresses = [], PrivateIpAddress, Ipv6Addresses = []} = primaryInterfaceOf(instance) ?? {}
  return {
    4: cidrRanges(4, [PrivateIpAddress, ...PrivateIpAddresses.map((one) => one.PrivateIpAddress)]),
    6: cidrRanges(
      6,
      Ipv6Addresses.map(({Ipv6Address}) => Ipv6Address),
    ),
  }
}

function endpointResult(
  records: readonly FlowRecord[],
  question: InstanceQuestion,
  {interfaces}: DestinationAddresses,
  {records: [request]}: FlowResult,
): FlowComparison['atEndpoint'] {
  const asksFor = ({addresses}: {readonly addresses: Families}) => isWithin(addresses)(request?.destination ?? '')
  const results = [...interfaces.filter(asksFor), ...interfaces.filter((one) => !asksFor(one))]
    .filter(({id}) => records.some(({interfaceId}) => interfaceId === id))
    .map(({id}) => ({...evaluateFlow(records, {...question, interfaceId: id}), interfaceId: id}))
  return results.find(({shown}) => shown !== 'undecided' && shown !== 'not-tried') ?? results[0]
}

/**
 * Link-local addresses, the Amazon DNS server and the router of a VPC.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
 */
function isNeverLogged(account: Account, {VpcId}: Instance, {addresses}: DestinationAddresses, port: number): boolean {
  if (addresses[4].length === 0 && addresses[6].length === 0) return false
  const resolver = port === 53 ? amazonDnsServerIn(find(account.Vpcs, 'VpcId', VpcId)?.CidrBlock ?? '') : undefined
  const never = {4: cidrRanges(4, ['169.254.0.0/16', resolver]), 6: cidrRanges(6, ['fd00:ec2::/32'])}
  return includes(never[4], addresses[4]) && includes(never[6], addresses[6])
}
