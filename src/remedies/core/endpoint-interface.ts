import type {Account, Instance, NetworkInterface, Subnet, VpcEndpoint} from '../../model/account.ts'
import {ipv6BlocksOf} from '../../model/blocks.ts'
import {add, type Effect, edit, inOrder, remove, set} from '../../model/effect.ts'
import {allWith, find} from '../../model/lists.ts'
import {cidrRanges, formatAddress} from '../../network/address.ts'
import {addressesOf} from '../../network/interfaces.ts'
import {modelId} from './model-id.ts'

/** The account with an interface of the endpoint in each of the subnets; a long list is copied once for all of them. */
export function withEndpointInterfaces(account: Account, endpointId: string, subnetIds: readonly string[]): Account {
  const endpoint = find(account.VpcEndpoints, 'VpcEndpointId', endpointId)
  if (!endpoint) return account
  const added = [...new Set(subnetIds)].filter((id) => !endpoint.SubnetIds.includes(id))
  const subnets = added.flatMap((id) => find(account.Subnets, 'SubnetId', id) ?? [])
  if (subnets.length === 0) return account
  const interfaces = subnets.map((subnet) => interfaceIn(account, subnet, endpointId, endpoint.Groups))
  const model = add('NetworkInterfaces', ...interfaces)(account)
  return edit('VpcEndpoints', endpointId, (item) => ({
    ...item,
    SubnetIds: [...item.SubnetIds, ...subnets.map(({SubnetId}) => SubnetId)],
    NetworkInterfaceIds: [...item.NetworkInterfaceIds, ...interfaces.map((one) => one.NetworkInterfaceId)],
  }))(model)
}
export const setEndpointGroups = (
  {VpcEndpointId, NetworkInterfaceIds, Groups: before}: VpcEndpoint,
  ids: readonly string[],
): Effect => {
  const Groups = ids.map((GroupId) => before.find((one) => one.GroupId === GroupId) ?? {GroupId, GroupName: undefined})
  return inOrder(
    set('VpcEndpoints', VpcEndpointId, {Groups}),
    ...NetworkInterfaceIds.map((id) => set('NetworkInterfaces', id, {Groups})),
  )
}

/** The account in which the endpoint has left these subnets, with its interfaces there. */
export function withoutEndpointInterfaces(account: Account, endpointId: string, subnetIds: readonly string[]): Account {
  const endpoint = find(account.VpcEndpoints, 'VpcEndpointId', endpointId)
  if (!endpoint || subnetIds.length === 0) return account
  const isThere = (id: string) =>
    subnetIds.includes(find(account.NetworkInterfaces, 'NetworkInterfaceId', id)?.SubnetId ?? '')
  const removed = new Set(endpoint.NetworkInterfaceIds.filter(isThere))
  return inOrder(
    ...[...removed].map((id) => remove('NetworkInterfaces', id)),
    set('VpcEndpoints', endpointId, {
      SubnetIds: endpoint.SubnetIds.filter((id) => !subnetIds.includes(id)),
      NetworkInterfaceIds: endpoint.NetworkInterfaceIds.filter((id) => !removed.has(id)),
    }),
  )(account)
}

function interfaceIn(
  account: Account,
  subnet: Subnet,
  endpointId: string,
  Groups: NetworkInterface['Groups'],
): NetworkInterface {
  const address = freeAddress(account, subnet)
  const v6 = lastIpv6(subnet)
  return {
    NetworkInterfaceId: modelId('eni', endpointId, subnet.SubnetId),
    InterfaceType: 'vpc_endpoint',
    RequesterManaged: true,
    Status: 'in-use',
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    ...(subnet.AvailabilityZone !== undefined && {AvailabilityZone: subnet.AvailabilityZone}),
    ...(address !== undefined && {PrivateIpAddress: address}),
    PrivateIpAddresses: address === undefined ? [] : [{Primary: true, PrivateIpAddress: address}],
    Ipv6Addresses: v6 === undefined ? [] : [{Ipv6Address: v6}],
    Groups,
  }
}

/**
 * The address that AWS will choose is not known; the highest free one is used instead. The last of a subnet is
 * reserved.
 */
export function freeAddress(account: Account, subnet: Subnet): string | undefined {
  const [range] = cidrRanges(4, [subnet.CidrBlock])
  if (!range || subnet.Ipv6Native) return undefined
  const used = usedAddresses(account, subnet)
  const [from, to] = [Number(range[0]), Number(range[1])]
  for (let address = to - 2; address > from + 3; address--) {
    const text = formatAddress(address)
    if (!used.has(text)) return text
  }
  return undefined
}

/** Of the subnet, not of the account: the same addresses may be used in other VPCs. */
function usedAddresses({NetworkInterfaces, Instances}: Account, {SubnetId}: Subnet): ReadonlySet<string | undefined> {
  const listed = allWith(NetworkInterfaces, 'SubnetId', SubnetId)
  const attached = allWith(Instances, subnetsOf, SubnetId).flatMap((instance) => instance.NetworkInterfaces)
  return new Set([...listed, ...attached].flatMap((one) => [one.PrivateIpAddress, ...addressesOf(one)]))
}

const subnetsOf = ({NetworkInterfaces}: Instance) => NetworkInterfaces.map((one) => one.SubnetId)

function lastIpv6(subnet: Subnet): string | undefined {
  const [range] = cidrRanges(6, ipv6BlocksOf(subnet))
  return range && formatAddress(BigInt(range[1]) - 2n)
}

/** The account with an address of each family at these interfaces, where their subnets have blocks for it. */
export const withBothAddresses = (account: Account, interfaceIds: readonly string[]): Account =>
  interfaceIds.reduce((changed, id) => {
    const eni = find(changed.NetworkInterfaces, 'NetworkInterfaceId', id)
    const subnet = find(changed.Subnets, 'SubnetId', eni?.SubnetId)
    if (!eni || !subnet) return changed
    const v4 = eni.PrivateIpAddress ?? freeAddress(changed, subnet)
    const v6 = eni.Ipv6Addresses?.[0]?.Ipv6Address ?? lastIpv6(subnet)
    return set('NetworkInterfaces', id, {
      ...(v4 !== undefined && {PrivateIpAddress: v4, PrivateIpAddresses: [{Primary: true, PrivateIpAddress: v4}]}),
      ...(v6 !== undefined && {Ipv6Addresses: [{Ipv6Address: v6}]}),
    })(changed)
  }, account)
