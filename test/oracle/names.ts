import {type Account, isUnreadable, itemsOf, type NetworkInterface, type VpcEndpoint} from '../../src/model/account.ts'
import {isIpv6} from './address.ts'
import {addressesOf} from './security-group.ts'

/** What the resolver of the VPC answers: addresses, or a word if there are none. */
export type Resolved = readonly string[] | 'public' | 'nothing' | 'untold'

const bare = (name: string): string => name.toLowerCase().replace(/\.$/, '')

const interfacesOfEndpoint = (account: Account, endpoint: VpcEndpoint): readonly NetworkInterface[] =>
  itemsOf(account.NetworkInterfaces).filter(({NetworkInterfaceId}) =>
    endpoint.NetworkInterfaceIds.includes(NetworkInterfaceId),
  )

const addressesOfEndpoint = (account: Account, endpoint: VpcEndpoint, family: 4 | 6): readonly string[] =>
  interfacesOfEndpoint(account, endpoint)
    .flatMap(addressesOf)
    .filter((address) => isIpv6(address) === (family === 6))

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
function dnsOf(account: Account, vpcId: string) {
  const attributes = itemsOf(account.VpcAttributes).find((item) => item.VpcId === vpcId)
  const known = attributes !== undefined && !isUnreadable(attributes) ? attributes : undefined
  return {support: known?.EnableDnsSupport.Value !== false, hostnames: known?.EnableDnsHostnames.Value === true}
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html */
function asksOthers(account: Account, vpcId: string): boolean {
  const id = itemsOf(account.Vpcs).find(({VpcId}) => VpcId === vpcId)?.DhcpOptionsId
  const options = itemsOf(account.DhcpOptions).find(({DhcpOptionsId}) => DhcpOptionsId === id)
  const servers = options?.DhcpConfigurations.find(({Key}) => Key === 'domain-name-servers')?.Values ?? []
  return servers.some(({Value}) => Value !== 'AmazonProvidedDNS')
}

/**
 * With private DNS the endpoint's own hidden zone answers for the name, in its VPC only, and only while both DNS
 * attributes of the VPC are on. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
const ownerOf = (account: Account, vpcId: string, host: string): VpcEndpoint | undefined =>
  itemsOf(account.VpcEndpoints).find(
    (endpoint) =>
      endpoint.VpcId === vpcId &&
      endpoint.VpcEndpointType === 'Interface' &&
      endpoint.State.toLowerCase() === 'available' &&
      endpoint.PrivateDnsEnabled === true &&
      endpoint.DnsEntries.some(({DnsName}) => bare(DnsName ?? '') === bare(host)),
  )

const covers = (zone: string, host: string): boolean =>
  bare(host) === bare(zone) || bare(host).endsWith(`.${bare(zone)}`)

/**
 * Only the most specific private zone answers: if it lacks the record, the name does not resolve. Private
 * zones need both DNS attributes too: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
 */
function zoneAnswer(account: Account, vpcId: string, host: string, family: 4 | 6): Resolved | undefined {
  const zone = itemsOf(account.HostedZones)
    .filter(({Name, VPCs}) => covers(Name, host) && (VPCs === undefined || VPCs.some(({VPCId}) => VPCId === vpcId)))
    .toSorted((one, other) => bare(other.Name).length - bare(one.Name).length)[0]
  if (!zone) return undefined
  const record = itemsOf(zone.ResourceRecordSets).find(
    ({Name, Type}) => bare(Name) === bare(host) && Type === (family === 6 ? 'AAAA' : 'A'),
  )
  if (!record) return 'nothing'
  const values = (record.ResourceRecords ?? []).map(({Value}) => Value)
  if (!record.AliasTarget) return values
  const target = bare(record.AliasTarget.DNSName)
  const endpoint = itemsOf(account.VpcEndpoints).find(({DnsEntries}) =>
    DnsEntries.some(({DnsName}) => bare(DnsName ?? '') === target),
  )
  return endpoint ? addressesOfEndpoint(account, endpoint, family) : 'untold'
}

export function resolve(account: Account, vpcId: string, host: string, family: 4 | 6 = 4): Resolved {
  if (asksOthers(account, vpcId)) return 'untold'
  const {support, hostnames} = dnsOf(account, vpcId)
  if (!support) return 'nothing'
  const owner = hostnames ? ownerOf(account, vpcId, host) : undefined
  if (owner) return addressesOfEndpoint(account, owner, family)
  return (hostnames ? zoneAnswer(account, vpcId, host, family) : undefined) ?? 'public'
}
