import type {VpcEndpoint} from '../../model/account.ts'
import {ipv6BlocksOf} from '../../model/blocks.ts'
import {isNameOfService} from '../../model/ids.ts'
import {allWith, find} from '../../model/lists.ts'
import {dnsSuffix} from '../../model/partition.ts'
import {memo} from '../../util/memo.ts'
import {type ByFamily, byFamily, NAT64} from '../address.ts'
import {networksIn} from '../connected-vpcs.ts'
import {hop} from '../context.ts'
import {matchesName, withoutDot} from '../dns/name.ts'
import {addressesOf} from '../interfaces.ts'
import type {Hop, Verdict} from '../path.ts'
import {includes, type Ranges} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'

/**
 * SDK enums say Available, the wire says available. https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html
 */
export const isAvailable = ({State}: VpcEndpoint): boolean => ['available', 'partial'].includes(State.toLowerCase())

/**
 * Some of it works, and AWS does not say which part.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
 */
export const isPartial = ({State}: VpcEndpoint): boolean => State.toLowerCase() === 'partial'

/** An endpoint that cannot carry the traffic in its state, or perhaps not. */
export const notAvailableHop = (endpoint: VpcEndpoint, because: string, verdict: Verdict = 'blocked'): Hop => {
  const fault = {cause: 'endpoint.not-available', detail: {state: endpoint.State}}
  return hop('endpoint', endpoint.VpcEndpointId, verdict, because, {leg: 'endpoint', fault})
}

export const isInterface = ({VpcEndpointType}: VpcEndpoint): boolean => VpcEndpointType === 'Interface'

/** The last words of the service name: partitions differ in what stands before the Region. */
export const serves = (endpoint: VpcEndpoint, service: string, region: string): boolean =>
  !isOfAnotherRegion(endpoint, region) && isNameOfService(endpoint.ServiceName, service, region)

/** https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html */
export const isOfAnotherRegion = ({ServiceRegion}: VpcEndpoint, region: string): boolean =>
  ServiceRegion !== undefined && ServiceRegion !== region

/** Every endpoint whose service has this name in the Region, of any VPC. */
export const endpointsNamedFor = (
  {VpcEndpoints, Region}: Pick<WalkReadings, 'VpcEndpoints' | 'Region'>,
  service: string,
): readonly VpcEndpoint[] => allWith(VpcEndpoints, endingsOfName, `${Region}.${service}`)

/** An endpoint for the service that fits: of a connected VPC before any other, because blocks of VPCs may overlap. */
export function findEndpoint(
  readings: WalkReadings,
  service: string,
  vpcId: string,
  isFit: (endpoint: VpcEndpoint) => boolean,
): VpcEndpoint | undefined {
  const {of, networksOf} = networksIn(readings)
  const named = endpointsNamedFor(readings, service)
  const isFound = (endpoint: VpcEndpoint) => serves(endpoint, service, readings.Region) && isFit(endpoint)
  return allWith(named, networksOf, of(vpcId)).find(isFound) ?? named.find(isFound)
}

/** Of `com.amazonaws.eu-west-1.ssm`: what follows each dot. */
const endingsOfName = ({ServiceName}: VpcEndpoint): readonly string[] => {
  const words = ServiceName.split('.')
  return words.map((_, at) => words.slice(at).join('.'))
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
export const GATEWAY_SERVICES: ReadonlySet<string> = new Set(['s3', 'dynamodb'])

export const endpointsIn = (
  {VpcEndpoints}: Pick<WalkReadings, 'VpcEndpoints'>,
  vpcId: string,
): readonly VpcEndpoint[] => allWith(VpcEndpoints, 'VpcId', vpcId)

/** Names that an endpoint answers for itself, under AWS's own vpce domain. */
export const isOwnName = (name: string) => /^(\*\.)?vpce-/.test(name)

/**
 * The name by which the endpoint's private DNS answers for a host, if it does. The flag says so; its DNS entries, where
 * they list more than the endpoint's own names, say for which names. S3's answer for the names of buckets as well.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
 */
export function claimedName(
  endpoint: VpcEndpoint,
  host: string,
  {Region, Partition}: Pick<WalkReadings, 'Region' | 'Partition'>,
): string | undefined {
  if (!isInterface(endpoint) || endpoint.PrivateDnsEnabled === false) return undefined
  // S3 only: the private names are for resolvers outside, the VPC itself keeps the public ones.
  if (endpoint.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint) return undefined
  const listed = endpoint.DnsEntries.map(({DnsName}) => DnsName ?? '').filter((name) => name !== '' && !isOwnName(name))
  const service = endpoint.ServiceName.split('.').at(-1) ?? ''
  const isOn = endpoint.PrivateDnsEnabled === true
  const standard = isOn && serves(endpoint, service, Region) ? [`${service}.${Region}.${dnsSuffix(Partition)}`] : []
  const names = listed.length > 0 ? listed : standard
  const claimed = service === 's3' ? names.flatMap((name) => [name, `*.${name.replace(/^\*\./, '')}`]) : names
  return claimed.find((name) => matchesName(name, host))
}

export const claims = (
  endpoint: VpcEndpoint,
  host: string,
  place: Pick<WalkReadings, 'Region' | 'Partition'>,
): boolean => claimedName(endpoint, host, place) !== undefined

/**
 * The service of AWS that the host belongs to, if the endpoint is for another one: it does not answer for that host.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export function otherServiceOf(
  {ServiceName}: VpcEndpoint,
  host: string,
  {Region, Partition}: Pick<WalkReadings, 'Region' | 'Partition'>,
): string | undefined {
  const domain = `.${Region}.${dnsSuffix(Partition)}`
  const [, own] = new RegExp(`^(?:cn\\.)?com\\.amazonaws\\.${Region}\\.([a-z0-9-]+)$`).exec(ServiceName) ?? []
  const requested = host.endsWith(domain) ? host.slice(0, -domain.length).split('.').at(-1) : undefined
  return own === undefined || requested === undefined || own === requested || own.startsWith(`${requested}-`)
    ? undefined
    : requested
}

/** The endpoint that a name under AWS's vpce domain belongs to, with the zone when the name is zonal. */
export function endpointNamed(readings: Pick<WalkReadings, 'VpcEndpoints'>, name: string) {
  const id = /^(vpce-[0-9a-z]+)-/.exec(withoutDot(name))?.[1]
  const zone = /^vpce-[0-9a-z]+-[0-9a-z]+-([a-z]{2}(?:-[a-z]+)+-\d+[a-z])\./.exec(withoutDot(name))?.[1]
  const endpoint = id === undefined ? undefined : find(readings.VpcEndpoints, 'VpcEndpointId', id)
  return id === undefined ? undefined : {id, endpoint, zone}
}

/** One network interface of an endpoint; if it cannot be read, its subnet represents it. */
export interface EndpointInterface {
  readonly id: string
  readonly subnetId: string | undefined
  readonly vpcId: string
  readonly zone: string | undefined
  readonly groups: readonly string[]
  readonly addresses: ByFamily
}

/** Created once for each endpoint, so every walk to it uses the same sets of addresses. */
export const interfacesOf = (readings: WalkReadings, endpoint: VpcEndpoint): readonly EndpointInterface[] =>
  interfaces(readings.NetworkInterfaces)(readings.Subnets)(endpoint)

/** Whether all interfaces of the endpoint are known to be in other Availability Zones. */
export function isOnlyInOtherZones(readings: WalkReadings, endpoint: VpcEndpoint, zone: string | undefined): boolean {
  const zones = interfacesOf(readings, endpoint).map((one) => one.zone)
  return zone !== undefined && zones.length > 0 && !zones.includes(zone) && !zones.includes(undefined)
}

const interfaces = memo((NetworkInterfaces: WalkReadings['NetworkInterfaces']) =>
  memo((Subnets: WalkReadings['Subnets']) =>
    memo((endpoint: VpcEndpoint) => interfacesIn({NetworkInterfaces, Subnets}, endpoint)),
  ),
)

function interfacesIn(
  readings: Pick<WalkReadings, 'NetworkInterfaces' | 'Subnets'>,
  endpoint: VpcEndpoint,
): readonly EndpointInterface[] {
  const known = endpoint.NetworkInterfaceIds.map((id) => find(readings.NetworkInterfaces, 'NetworkInterfaceId', id))
  const endpointGroups = endpoint.Groups.flatMap(({GroupId}) => GroupId ?? [])
  const found = known.flatMap((eni): EndpointInterface[] =>
    eni
      ? [
          {
            id: eni.NetworkInterfaceId,
            subnetId: eni.SubnetId,
            vpcId: endpoint.VpcId,
            zone: eni.AvailabilityZone,
            groups: eni.Groups.length > 0 ? eni.Groups.flatMap(({GroupId}) => GroupId ?? []) : endpointGroups,
            addresses: byFamily(addressesOf(eni)),
          },
        ]
      : [],
  )
  // What the endpoint lists exists, visible or not: a participant of a shared VPC does not see the owner's interfaces.
  if (found.length > 0 && found.length === known.length) return found

  const covered = new Set(found.map(({subnetId}) => subnetId))
  const standIns = endpoint.SubnetIds.filter((id) => !covered.has(id)).map((subnetId): EndpointInterface => {
    const subnet = find(readings.Subnets, 'SubnetId', subnetId)
    return {
      id: endpoint.VpcEndpointId,
      subnetId,
      vpcId: endpoint.VpcId,
      zone: subnet?.AvailabilityZone,
      groups: endpointGroups,
      addresses: byFamily([subnet?.CidrBlock, ...(subnet ? ipv6BlocksOf(subnet) : [])]),
    }
  })
  return [...found, ...standIns]
}

/** A gateway endpoint has no names of its own: its addresses are those that its route tables route to it. */
export const routesIpv6 = ({IpAddressType = 'ipv4'}: VpcEndpoint): boolean => IpAddressType !== 'ipv4'

/**
 * Whether a gateway endpoint gives the service's own names IPv6 addresses too, instead of those that DNS64 makes. Without
 * a setting the names have the records that the service defines.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-dns-record-ip-type
 */
export const namesIpv6 = (endpoint: VpcEndpoint): boolean =>
  routesIpv6(endpoint) && ['dualstack', 'ipv6'].includes(endpoint.DnsOptions?.DnsRecordIpType ?? 'service-defined')

/** Whether traffic over IPv6 to the service goes to its gateway endpoint, where a route table routes to that. */
export const takesIpv6 = (endpoint: VpcEndpoint, destination: Ranges): boolean =>
  includes(NAT64, destination) ? namesIpv6(endpoint) : routesIpv6(endpoint)

/** Which address records the endpoint's names have. */
export const answersWith = ({DnsOptions, IpAddressType}: VpcEndpoint): {readonly 4: boolean; readonly 6: boolean} => {
  const records = DnsOptions?.DnsRecordIpType ?? IpAddressType ?? 'ipv4'
  const type = records === 'service-defined' ? (IpAddressType ?? 'ipv4') : records
  return {4: type !== 'ipv6', 6: type !== 'ipv4'}
}
