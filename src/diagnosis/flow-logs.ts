import {ageOf} from '../agent/node.ts'
import {longestSleep, sleepAdvice} from '../agent/retry-backoff.ts'
import {type Certainty, type Evidence, type Finding, MORE_CERTAIN} from '../checks/check.ts'
import type {FlowLog} from '../flow-logs/flow-log.ts'
import {type Judgment, judge, LONGEST_INTERVAL, type Question, type Shown} from '../flow-logs/judge.ts'
import type {FlowRecord} from '../flow-logs/record.ts'
import type {Account, Instance} from '../model/account.ts'
import {find, primaryInterfaceOf} from '../model/joins.ts'
import {cidrRanges, formatAddress, parseCidr} from '../network/address.ts'
import {type DestinationAddresses, destinationAddresses} from '../network/destination-addresses.ts'
import type {Hop, Path} from '../network/path.ts'
import {includes} from '../network/ranges.ts'
import type {Destination} from '../network/walk.ts'
import {agreementSentence, factOf, shownSentence} from './flow-log-words.ts'

/** What the log shows for one service, compared with the model. */
export interface FlowComparison {
  readonly path: Path
  readonly judgment: Judgment
  /** What the endpoint's own interface shows, if its log was read. */
  readonly atEndpoint?: Judgment & {readonly interfaceId: string}
  readonly isShared: boolean
  readonly agreement: Agreement
  /** The hops that the log confirms, and those that it contradicts. */
  readonly confirmed: readonly Hop[]
  readonly contradicted: readonly Hop[]
  /** Hops that are unknown in the model and may do what the log shows. */
  readonly undetermined: readonly Hop[]
  readonly evidence: readonly Evidence[]
  readonly message: string
}

export type Agreement = 'agrees' | 'disagrees' | 'neither'

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
    ...(log.settledUntil !== undefined && {settledUntil: log.settledUntil}),
  }
  const isClient = isWithin(addressesOf(instance))
  const asking = {
    ...question,
    ...(forwards(instance) && {isClient}),
    isShared: service.isShared,
    isNeverLogged: isNeverLogged(account, instance, service, path.port),
  }
  const judgment = judgeOwn(instance, interfaceId, log.records, asking)
  const atEndpoint = LEAVES.has(judgment.shown)
    ? endpointJudgment(log.records, {...question, isClient}, service, judgment)
    : undefined
  const hops = hopsTouched(path, judgment, atEndpoint)
  const agreement = agreementOf(path, judgment, hops)
  const facts = {path, judgment, isShared: service.isShared, ...hops, agreement, ...(atEndpoint && {atEndpoint})}
  const sentences = [shownSentence(facts, {interfaceId, log, sleep}), agreementSentence(facts, account.ReadAt)].filter(
    (one) => one !== '',
  )
  const source = `VPC flow log of ${interfaceId}`
  const records = [...judgment.records, ...(atEndpoint?.records ?? [])]
  return [{...facts, evidence: records.map((record) => ({fact: factOf(record), source})), message: sentences.join(' ')}]
}

type InstanceQuestion = Omit<Question, 'interfaceId'>

/** The path is that of the primary interface; the operating system may route through another one. */
function judgeOwn(
  instance: Instance,
  primary: string,
  records: readonly FlowRecord[],
  question: InstanceQuestion,
): Judgment {
  const judgment = judge(records, {...question, interfaceId: primary})
  if (judgment.records.length > 0) return judgment
  const others = instance.NetworkInterfaces.flatMap(({NetworkInterfaceId: id}) => (id && id !== primary ? [id] : []))
  const otherRecords = others.flatMap((interfaceId) => judge(records, {...question, interfaceId}).records)
  return otherRecords.length === 0 ? judgment : {shown: 'undecided', why: 'other-interface', records: otherRecords}
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

function endpointJudgment(
  records: readonly FlowRecord[],
  question: InstanceQuestion,
  {interfaces}: DestinationAddresses,
  {records: [request]}: Judgment,
): FlowComparison['atEndpoint'] {
  const asksFor = ({addresses}: {readonly addresses: Families}) => isWithin(addresses)(request?.destination ?? '')
  const judged = [...interfaces.filter(asksFor), ...interfaces.filter((one) => !asksFor(one))]
    .filter(({id}) => records.some(({interfaceId}) => interfaceId === id))
    .map(({id}) => ({...judge(records, {...question, interfaceId: id}), interfaceId: id}))
  return judged.find(({shown}) => shown !== 'undecided' && shown !== 'not-tried') ?? judged[0]
}

/**
 * Link-local addresses, the Amazon DNS server and the router of a VPC.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
 */
function isNeverLogged(account: Account, {VpcId}: Instance, {addresses}: DestinationAddresses, port: number): boolean {
  if (addresses[4].length === 0 && addresses[6].length === 0) return false
  const resolver = port === 53 ? plusTwo(find(account.Vpcs, 'VpcId', VpcId)?.CidrBlock ?? '') : undefined
  const never = {4: cidrRanges(4, ['169.254.0.0/16', resolver]), 6: cidrRanges(6, ['fd00:ec2::/32'])}
  return includes(never[4], addresses[4]) && includes(never[6], addresses[6])
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
function plusTwo(cidr: string): string | undefined {
  const from = parseCidr(cidr)?.ranges[0]?.[0]
  return typeof from === 'number' ? formatAddress(from + 2) : undefined
}

type Touched = Pick<FlowComparison, 'confirmed' | 'contradicted' | 'undetermined'>

const isFilter = ({at}: Hop): boolean => at === 'security-group' || at === 'network-acl'
const isOwn = ({leg}: Hop): boolean => leg === 'instance'
const isRequest = ({direction}: Hop): boolean => direction === 'request'
/** Causes that packets do not show. */
const isBeyondPackets = ({at}: Hop): boolean => at === 'endpoint-policy' || at === 'name'
const isTracking = ({at, fault}: Hop): boolean =>
  at === 'security-group' || at === 'endpoint-group' || fault?.cause === 'nat-instance.sg'
const isBlockPublicAccess = ({fault}: Hop): boolean => fault?.cause.startsWith('bpa.') === true

interface Rule {
  readonly confirms: (hop: Hop) => boolean
  readonly contradicts: (hop: Hop) => boolean
}

const NOTHING: Rule = {confirms: () => false, contradicts: () => false}

/** The hops that a row of the log is about, at the interface of the instance. */
const AT_INSTANCE: Readonly<Record<Shown, Rule>> = {
  'request-rejected': {confirms: (hop) => isOwn(hop) && isFilter(hop) && isRequest(hop), contradicts: () => false},
  'reply-rejected': {
    confirms: (hop) => isOwn(hop) && hop.at === 'network-acl' && !isRequest(hop),
    contradicts: (hop) => isRequest(hop) || !isOwn(hop),
  },
  'no-reply': {
    confirms: (hop) => !(isOwn(hop) && isFilter(hop)),
    contradicts: (hop) => isOwn(hop) && isFilter(hop) && isRequest(hop),
  },
  'both-accepted': {confirms: () => false, contradicts: () => true},
  mixed: {confirms: ({verdict}) => verdict === 'partly', contradicts: () => false},
  'not-tried': NOTHING,
  'not-logged': NOTHING,
  undecided: NOTHING,
}

const isOfEndpoint = ({leg, at}: Hop): boolean => leg === 'endpoint' || at === 'endpoint-group'
const isEndpointFilter = (hop: Hop): boolean =>
  hop.at === 'endpoint-group' || (hop.leg === 'endpoint' && hop.at === 'network-acl')

/** The same at the interface of the endpoint. */
const AT_ENDPOINT: Readonly<Record<Shown, Rule>> = {
  ...AT_INSTANCE,
  'request-rejected': {
    confirms: (hop) => isEndpointFilter(hop) && isRequest(hop),
    contradicts: (hop) => !isOfEndpoint(hop) && isRequest(hop),
  },
  'reply-rejected': {
    confirms: (hop) => hop.leg === 'endpoint' && hop.at === 'network-acl' && !isRequest(hop),
    contradicts: isRequest,
  },
  'no-reply': {confirms: () => false, contradicts: isRequest},
  'both-accepted': {confirms: () => false, contradicts: (hop) => isRequest(hop) || isOfEndpoint(hop)},
}

function hopsTouched({hops}: Path, judgment: Judgment, atEndpoint: FlowComparison['atEndpoint']): Touched {
  const rule = ruleAtInstance(judgment)
  const beyond = atEndpoint === undefined ? NOTHING : AT_ENDPOINT[atEndpoint.shown]
  const confirms = (hop: Hop) =>
    (hop.verdict === 'blocked' || hop.verdict === 'partly') && !isBeyondPackets(hop) && hop.fault?.advice !== true
  const contradicts = (hop: Hop) => hop.verdict === 'blocked' && !isBeyondPackets(hop)
  const contradicted = hops.filter(
    (hop) =>
      contradicts(hop) &&
      ((rule.contradicts(hop) && (judgment.isNew !== false || !isTracking(hop))) || beyond.contradicts(hop)),
  )
  const isShown = (hop: Hop) => !contradicted.includes(hop) && (rule.confirms(hop) || beyond.confirms(hop))
  return {
    confirmed: hops.filter((hop) => confirms(hop) && isShown(hop)),
    contradicted,
    undetermined: hops.filter((hop) => hop.verdict === 'unknown' && isShown(hop)),
  }
}

/** VPC Block Public Access and encryption controls also reject packets, and the record shows it. */
function ruleAtInstance({shown, records}: Judgment): Rule {
  const reason = records.find(({action}) => action === 'REJECT')?.rejectReason
  return reason === 'BPA' ? {confirms: isBlockPublicAccess, contradicts: () => false} : AT_INSTANCE[shown]
}

/** `neither` if what the log shows is unknown in the model or not part of it, or the log shows nothing. */
function agreementOf({verdict, hops}: Path, judgment: Judgment, {confirmed, contradicted}: Touched): Agreement {
  const {shown} = judgment
  if (shown === 'mixed') return confirmed.length > 0 ? 'agrees' : 'neither'
  if (!DECIDES.has(shown)) return 'neither'
  if (contradicted.length > 0) return 'disagrees'
  if (confirmed.length > 0) return 'agrees'
  if (shown === 'both-accepted') return verdict === 'open' ? 'agrees' : 'neither'
  const {confirms} = ruleAtInstance(judgment)
  const spoken = hops.filter((hop) => !isBeyondPackets(hop) && confirms(hop))
  return spoken.length > 0 && spoken.every((hop) => hop.verdict === 'open') ? 'disagrees' : 'neither'
}

const DECIDES: ReadonlySet<Shown> = new Set(['request-rejected', 'reply-rejected', 'no-reply', 'both-accepted'])

/**
 * What the log shows is evidence for the finding: it raises the certainty if nothing else on the path could explain it,
 * and lowers what it contradicts within the hour before the account was read, or after it. An older record only shows
 * that the fault is newer. Addresses that other destinations share neither prove nor refute.
 */
export function weighFlowLog<F extends Finding>(finding: F, comparisons: readonly FlowComparison[], readAt: string): F {
  const isAbout = (hops: readonly Hop[]) => hops.some((hop) => isFaultOf(hop, finding))
  const confirming = comparisons.filter(({confirmed}) => isAbout(confirmed))
  const contradicting = comparisons.filter(({contradicted}) => isAbout(contradicted))
  if (confirming.length + contradicting.length === 0) return finding
  const known = new Set(finding.evidence.map(({fact}) => fact))
  const proving = confirming.filter(
    ({isShared, confirmed, undetermined}) =>
      !isShared && [...confirmed, ...undetermined].every((hop) => isFaultOf(hop, finding)),
  )
  const shown = [...confirming, ...contradicting].flatMap(({evidence}) => evidence).filter(({fact}) => !known.has(fact))
  const distinct = [...new Map(shown.map((one) => [one.fact, one])).values()]
  return {
    ...finding,
    certainty: weighedCertainty(finding.certainty ?? 'proven', proving.length > 0, contradicting, readAt),
    evidence: [...finding.evidence, ...distinct],
  }
}

function weighedCertainty(
  certainty: Certainty,
  isConfirmed: boolean,
  contradicting: readonly FlowComparison[],
  readAt: string,
): Certainty {
  const read = Date.parse(readAt) / 1000
  const recent = contradicting.filter(({judgment: {at}}) => at !== undefined && read - at < HOUR)
  if (recent.some(({isShared}) => !isShared)) return 'possible'
  if (recent.length > 0) return certainty === 'proven' ? 'likely' : certainty
  return isConfirmed ? MORE_CERTAIN[certainty] : certainty
}

const isFaultOf = ({fault, resource}: Hop, finding: Finding): boolean =>
  fault?.cause === finding.cause && (fault.resource ?? resource) === finding.resource
