import {isFinding} from '../checks/check.ts'
import {networkChecks} from '../checks/index.ts'
import {compareFlowLog} from '../diagnosis/flow-logs/compare.ts'
import {type ReportedFlowLogs, reportedFlowLogs} from '../diagnosis/flow-logs/reported.ts'
import {pathTo} from '../diagnosis/paths.ts'
import type {Report, ReportedCause, ReportedPath} from '../diagnosis/report.ts'
import {reportedPath} from '../diagnosis/reported.ts'
import {unreadKind} from '../diagnosis/unread-kind.ts'
import type {FlowLog} from '../flow-logs/flow-log.ts'
import {type Account, type Instance, itemsOf, type VpcEndpoint} from '../model/account.ts'
import {isEndpointId} from '../model/ids.ts'
import {find} from '../model/lists.ts'
import {endpointHostOf, hostOf} from '../model/partition.ts'
import {withoutDot} from '../network/dns/name.ts'
import {endpointNamed, isOwnName} from '../network/endpoints/endpoint.ts'
import type {Path, Verdict} from '../network/path.ts'
import type {Destination} from '../network/walk.ts'

/** What blocks the traffic to its destination, or may block it. */
type ReachCause = Pick<ReportedCause, 'id' | 'severity' | 'resource' | 'message'> & {readonly docs: string}

/** The contract of `reach --json`: `schema/reach.json`. */
export interface ReachReport {
  readonly schema: 'ssm-doctor/reach/1'
  readonly instance: Pick<Report['instance'], 'id' | 'region' | 'vpc' | 'subnet'>
  readonly to: {
    readonly service: string
    readonly host: string
    readonly port: number
    readonly endpoint: string | null
  }
  readonly verdict: Verdict
  readonly path: ReportedPath
  readonly causes: readonly ReachCause[]
  /** What VPC flow logs show of the path, where they were read. */
  readonly flowLogs?: ReportedFlowLogs
  readonly unreadable: Report['unreadable']
}

/** The same walk, to any destination and port. */
export function reach(account: Account, instance: Instance, to: string, port: number, flowLog?: FlowLog): ReachReport {
  const destination = destinationOf(account, instance, to, port)
  const path = pathTo(account, instance, destination)
  const {service, host, endpoint} = destination
  const comparisons = flowLog && compareFlowLog(account, instance, flowLog, [{...path, to: destination}], [])
  return {
    schema: 'ssm-doctor/reach/1',
    instance: {
      id: instance.InstanceId,
      region: account.Region,
      vpc: instance.VpcId ?? null,
      subnet: instance.SubnetId ?? null,
    },
    to: {service, host, port, endpoint: endpoint?.VpcEndpointId ?? null},
    verdict: path.verdict,
    path: reportedPath(account, instance, path),
    causes: causesOn(account, instance, path),
    ...(comparisons && {flowLogs: reportedFlowLogs(instance, flowLog, comparisons)}),
    unreadable: unreadOn(account, path),
  }
}

/**
 * An endpoint by its id or by the name of its service, a service of AWS by its name (`kms`) or its PrivateLink name, a
 * host, or an address. Of an endpoint service, the name that its owner registered is the one that applications connect
 * to.
 */
export function destinationOf(account: Account, instance: Instance, to: string, port: number): Destination {
  const destination = withoutDot(to.trim())
  const endpoint = endpointByName(account, instance, destination)
  if (endpoint?.VpcEndpointType === 'Gateway') {
    const service = endpoint.ServiceName.split('.').at(-1) ?? ''
    return {service, host: hostOf(service, account), port}
  }
  if (endpoint) return {service: endpoint.ServiceName, host: dialedName(endpoint), port, endpoint}
  const address = addressInName(destination)
  if (address !== undefined) return {service: destination, host: address, port}
  const target = find(account.Instances, 'InstanceId', destination.replace(AMAZON_NAME, ''))
  if (target?.PrivateIpAddress) return {service: destination, host: target.PrivateIpAddress, port}
  const service = /^(?:cn\.)?com\.amazonaws\.([a-z0-9-]+)\.([a-z0-9.-]+)$/.exec(destination)
  if (service && !destination.includes('.vpce-svc-')) {
    const [, Region = account.Region, name = ''] = service
    const host = endpointHostOf(name, {...account, Region})
    return {service: Region === account.Region ? name : host, host, port}
  }
  if (/^[a-z0-9-]+$/.test(destination)) return {service: destination, host: hostOf(destination, account), port}
  return {service: serviceOfHost(destination, account) ?? destination, host: destination, port}
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html#vpc-dns-hostnames */
const AMAZON_NAME = /\.(?:ec2|[a-z0-9-]+\.compute)\.internal$/

/** The private DNS name of an instance contains its address, or its id. */
export function addressInName(name: string): string | undefined {
  const parts = AMAZON_NAME.test(name) ? /^ip-(\d+)-(\d+)-(\d+)-(\d+)\./.exec(name)?.slice(1) : undefined
  return parts?.join('.')
}

/**
 * The service of this Region that a host name belongs to. Names of buckets and dual-stack names of S3, and those of
 * accounts for DynamoDB, go through the gateway endpoints as the plain names do.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/dual-stack-endpoints.html
 * https://docs.aws.amazon.com/general/latest/gr/ddb.html
 */
function serviceOfHost(host: string, {Region}: Account): string | undefined {
  const region = Region.replaceAll('.', '\\.')
  if (new RegExp(`^(?:.+\\.)?s3(?:\\.dualstack)?[.-]${region}\\.`).test(host)) return 's3'
  if (new RegExp(`^(?:dynamodb|\\d{12}\\.ddb)\\.${region}\\.`).test(host)) return 'dynamodb'
  return new RegExp(`^([a-z0-9-]+)\\.${region}\\.`).exec(host)?.[1]
}

function endpointByName({VpcEndpoints}: Account, {VpcId}: Instance, destination: string): VpcEndpoint | undefined {
  if (isEndpointId(destination) && !destination.includes('.')) return find(VpcEndpoints, 'VpcEndpointId', destination)
  const named = endpointNamed({VpcEndpoints}, destination)?.endpoint
  if (named) return named
  return itemsOf(VpcEndpoints).find(
    (endpoint) =>
      endpoint.VpcId === VpcId &&
      endpoint.ServiceName.toLowerCase() === destination &&
      destination.includes('.vpce-svc-'),
  )
}

const dialedName = ({DnsEntries, PrivateDnsEnabled, VpcEndpointId}: VpcEndpoint): string => {
  const names = DnsEntries.flatMap(({DnsName}) => DnsName ?? [])
  const own = PrivateDnsEnabled ? names.find((name) => !isOwnName(name)) : undefined
  return own ?? names[0] ?? VpcEndpointId
}

const causesOn = (account: Account, instance: Instance, path: Path): readonly ReachCause[] =>
  networkChecks.flatMap((check) =>
    check
      .evaluate(account, instance, [path], path.service)
      .filter(isFinding)
      .map(({cause, severity, resource, message}) => {
        const {severity: usual = 'advises', docs = ''} = check.causes[cause] ?? {}
        return {id: cause, severity: severity ?? usual, resource, message, docs}
      }),
  )

const unreadOn = (account: Account, {hops}: Path): Report['unreadable'] =>
  [...new Set(hops.flatMap(({unread}) => unread ?? []))].map((kind) => unreadKind(account, kind))
