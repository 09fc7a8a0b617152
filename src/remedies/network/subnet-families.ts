import type {Subnet} from '../../model/account.ts'
import {ipv6BlocksOf} from '../../model/blocks.ts'
import {primaryInterfaceOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import type {Ipv6Addresses} from '../changes/endpoints.ts'
import type {FaultContext} from './fault-context.ts'

export const hasIpv4 = ({CidrBlock, Ipv6Native}: Subnet): boolean => CidrBlock !== undefined && !Ipv6Native

const hasIpv6 = (subnet: Subnet): boolean => ipv6BlocksOf(subnet).length > 0

/**
 * Dual stack needs subnets with blocks of both families.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
export const hasBothFamilies = (subnet: Subnet | undefined): boolean =>
  subnet !== undefined && hasIpv4(subnet) && hasIpv6(subnet)

/**
 * An instance without an IPv4 address needs AAAA records.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export function neededFamily({facts, instance, subnetId}: FaultContext): Ipv6Addresses | undefined {
  const subnet = find(facts.Subnets, 'SubnetId', subnetId)
  if (subnet?.Ipv6Native) return 'ipv6'
  const address = primaryInterfaceOf(instance)?.PrivateIpAddress ?? instance.PrivateIpAddress
  return address === undefined && subnet !== undefined ? 'dualstack' : undefined
}

/**
 * The address type with IPv6 that an endpoint may have: its subnets all have IPv6 only, or all have both kinds of
 * addresses.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#aws-service-ip-address-type
 */
export function ipv6AddressesFor(subnets: readonly (Subnet | undefined)[]): Ipv6Addresses | undefined {
  if (subnets.every((subnet) => subnet?.Ipv6Native)) return 'ipv6'
  return subnets.every(hasBothFamilies) ? 'dualstack' : undefined
}

/**
 * Whether the subnet has free IPv4 addresses for so many new interfaces, as far as the account shows. One of IPv6 only has
 * none and needs none.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
 */
export const hasRoomFor = (interfaces: number, subnet: Subnet): boolean =>
  !hasIpv4(subnet) || (subnet.AvailableIpAddressCount ?? interfaces) >= interfaces
