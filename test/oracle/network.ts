import {
  type Account,
  type Instance,
  itemsOf,
  type NatGateway,
  type NetworkInterface,
  type Route,
  type RouteTable,
  type Subnet,
  type TransitGatewayVpcAttachment,
  type VpcPeeringConnection,
} from '../../src/model/account.ts'
import {contains, isIpv6, isPublic} from './address.ts'
import {aclAllows} from './network-acl.ts'
import {flowOf, type Packet, replyTo, TCP} from './packet.ts'
import {chooseRoutes, chooseTransitRoutes, tableOfSubnet} from './route-table.ts'
import {addressesOf, type Between, groupsAllow} from './security-group.ts'

/** What became of one connection. `untold`: it reached something whose configuration AWS's API does not expose. */
export type Outcome = 'answered' | 'dropped' | 'untold'

/** One connection: free choices of the network are made here. */
export interface Attempt {
  readonly destination: string
  readonly destinationPort: number
  readonly sourcePort: number
  /** The port that a NAT device takes, out of 1024-65535. */
  readonly natPort: number
  /** The zone through which a transit gateway enters a VPC if the sender's is not attached; one of several equal routes. */
  readonly pick: number
}

/** Where a packet is routed from: a subnet, or a regional NAT gateway with a table of its own. */
interface Site {
  readonly vpcId: string
  readonly subnet: Subnet | undefined
  readonly table: RouteTable | undefined
  readonly zone: string | undefined
}

interface World {
  readonly account: Account
  readonly attempt: Attempt
  readonly instance: NetworkInterface
  /** Flows that the groups of an interface have allowed: replies pass. */
  readonly tracked: Set<string>
  /** What a NAT device replaced: its address and port → the original packet. */
  readonly translated: Map<string, {readonly packet: Packet; readonly site: Site}>
  untold: boolean
  picked: boolean
  steps: number
}

/** The outcome of a connection, and the free choices on its path. */
export interface Fate {
  readonly outcome: Outcome
  readonly translated: boolean
  readonly picked: boolean
}

const DROPPED = 'dropped'

function pickOf<T>(world: World, items: readonly T[]): T | undefined {
  world.picked ||= items.length > 1
  return items[world.attempt.pick % items.length]
}

const subnetNamed = (account: Account, id: string | undefined): Subnet | undefined =>
  itemsOf(account.Subnets).find(({SubnetId}) => SubnetId === id)

const siteOf = (account: Account, subnet: Subnet): Site => ({
  vpcId: subnet.VpcId,
  subnet,
  table: tableOfSubnet(account, subnet),
  zone: subnet.AvailabilityZone,
})

const subnetHolding = (account: Account, vpcId: string, address: string): Subnet | undefined =>
  itemsOf(account.Subnets).find((subnet) => subnet.VpcId === vpcId && isIn(subnet, address))

const isIn = (subnet: Subnet, address: string): boolean =>
  (subnet.CidrBlock !== undefined && contains(subnet.CidrBlock, address)) ||
  (subnet.Ipv6CidrBlockAssociationSet ?? []).some(
    ({Ipv6CidrBlock}) => Ipv6CidrBlock !== undefined && contains(Ipv6CidrBlock, address),
  )

const interfaceHolding = (account: Account, vpcId: string, address: string): NetworkInterface | undefined =>
  itemsOf(account.NetworkInterfaces).find((eni) => eni.VpcId === vpcId && addressesOf(eni).includes(address))

const leaves = (world: World, site: Site, packet: Packet): boolean =>
  site.subnet === undefined || aclAllows(world.account, site.subnet.SubnetId, 'out', packet)

const enters = (world: World, subnet: Subnet, packet: Packet): boolean =>
  aclAllows(world.account, subnet.SubnetId, 'in', packet)

/** A network ACL applies at the border of its subnet, so it does not apply to a packet that stays inside. */
const crosses = (world: World, from: Site, to: Subnet, packet: Packet): boolean =>
  from.subnet?.SubnetId === to.SubnetId || (leaves(world, from, packet) && enters(world, to, packet))

/** Security groups are stateful: the first packet is judged, its flow is remembered. */
function allows(
  world: World,
  eni: NetworkInterface,
  direction: 'in' | 'out',
  packet: Packet,
  between: Between,
): boolean {
  const flow = `${eni.NetworkInterfaceId} ${flowOf(packet)}`
  if (world.tracked.has(flow)) return true
  const groups = eni.Groups.map(({GroupId}) => GroupId)
  if (!groupsAllow(world.account, groups, direction, packet, between)) return false
  world.tracked.add(flow)
  return true
}

/** `EnableVgwRoutePropagation` and black holes included: what is chosen is what happens. */
const routeFrom = (world: World, site: Site, destination: string): Route | undefined =>
  pickOf(world, chooseRoutes(world.account, itemsOf(site.table?.Routes ?? []), destination))

function forward(world: World, packet: Packet, site: Site): Outcome {
  if (++world.steps > 30) return DROPPED
  if (site.subnet && isIn(site.subnet, packet.destination)) return arrive(world, packet, site.subnet, 'vpc')
  const route = routeFrom(world, site, packet.destination)
  if (!route || route.State === 'blackhole') return DROPPED
  if (route.GatewayId === 'local') return local(world, packet, site)
  if (route.GatewayId?.startsWith('igw-')) return internet(world, packet, site, route.GatewayId)
  if (route.GatewayId?.startsWith('vpce-')) return gatewayEndpoint(world, packet, site, route.GatewayId)
  if (route.NatGatewayId) return natGateway(world, packet, site, route.NatGatewayId)
  if (route.NetworkInterfaceId ?? route.InstanceId) return natInstance(world, packet, site, route)
  if (route.TransitGatewayId) return transitGateway(world, packet, site, route.TransitGatewayId)
  if (route.VpcPeeringConnectionId) return peering(world, packet, site, route.VpcPeeringConnectionId)
  if (route.EgressOnlyInternetGatewayId) return egressOnly(world, packet, site, route.EgressOnlyInternetGatewayId)
  return beyondSight(world, packet, site)
}

/** AWS does not show what is there; but a reply that cannot return is lost in any case. */
function beyondSight(world: World, packet: Packet, site: Site): Outcome {
  if (!leaves(world, site, packet)) return DROPPED
  if (site.subnet && !enters(world, site.subnet, replyTo(packet))) return DROPPED
  return 'untold'
}

function local(world: World, packet: Packet, site: Site): Outcome {
  const subnet = subnetHolding(world.account, site.vpcId, packet.destination)
  if (!subnet || !crosses(world, site, subnet, packet)) return DROPPED
  return arrive(world, packet, subnet, 'vpc')
}

/** The packet is inside the subnet of its destination, past every ACL. */
function arrive(world: World, packet: Packet, subnet: Subnet, between: Between): Outcome {
  const eni = interfaceHolding(world.account, subnet.VpcId, packet.destination)
  if (!eni) return DROPPED
  const before = world.translated.get(`${packet.destination} ${packet.destinationPort}`)
  if (before) return translateBack(world, packet, eni, before)
  if (!allows(world, eni, 'in', packet, between)) return DROPPED
  if (eni.NetworkInterfaceId === world.instance.NetworkInterfaceId) return isOurs(world, packet)
  if (kindOf(eni) !== 'vpc_endpoint' || !endpointIsAlive(world.account, eni)) return DROPPED
  return forward(world, replyTo(packet), siteOf(world.account, subnet))
}

const endpointIsAlive = (account: Account, eni: NetworkInterface): boolean =>
  itemsOf(account.VpcEndpoints).some(
    ({NetworkInterfaceIds, State}) =>
      NetworkInterfaceIds.includes(eni.NetworkInterfaceId) && State.toLowerCase() === 'available',
  )

/** The reply counts if it comes from the destination, to the port of the request. */
const isOurs = ({attempt, untold}: World, packet: Packet): Outcome =>
  packet.source === attempt.destination && packet.destinationPort === attempt.sourcePort
    ? untold
      ? 'untold'
      : 'answered'
    : DROPPED

function translateBack(
  world: World,
  packet: Packet,
  eni: NetworkInterface,
  before: {readonly packet: Packet; readonly site: Site},
): Outcome {
  const isNatInstance = kindOf(eni) !== 'nat_gateway'
  if (isNatInstance && !allows(world, eni, 'in', packet, 'elsewhere')) return DROPPED
  const reply = {...packet, destination: before.packet.source, destinationPort: before.packet.sourcePort}
  if (isNatInstance && !allows(world, eni, 'out', reply, 'elsewhere')) return DROPPED
  return forward(world, reply, before.site)
}

function translate(world: World, packet: Packet, address: string, site: Site): Packet {
  const after = {...packet, source: address, sourcePort: world.attempt.natPort}
  world.translated.set(`${address} ${world.attempt.natPort}`, {packet, site})
  return after
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html */
function blockModeOf(account: Account, site: Site): string {
  const ofSubnet = site.subnet?.BlockPublicAccessStates?.InternetGatewayBlockMode
  const vpc = itemsOf(account.Vpcs).find(({VpcId}) => VpcId === site.vpcId)
  return ofSubnet ?? vpc?.BlockPublicAccessStates?.InternetGatewayBlockMode ?? 'off'
}

/** Block-ingress allows what only a NAT gateway or an egress-only internet gateway can have initiated. */
const publicAccessAllowed = (account: Account, site: Site, onlyOutbound: boolean): boolean => {
  const mode = blockModeOf(account, site)
  return mode === 'off' || (mode === 'block-ingress' && onlyOutbound)
}

const publicAddressOf = (eni: NetworkInterface, address: string): string | undefined =>
  eni.PrivateIpAddresses.find(({PrivateIpAddress}) => PrivateIpAddress === address)?.Association?.PublicIp ??
  (eni.PrivateIpAddress === address ? eni.Association?.PublicIp : undefined)

/**
 * One to one: the gateway writes the public address over the private one, and there must be one. An IPv6 address is
 * its own. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
function internet(world: World, packet: Packet, site: Site, gatewayId: string): Outcome {
  const {account} = world
  const gateway = itemsOf(account.InternetGateways).find(({InternetGatewayId}) => InternetGatewayId === gatewayId)
  const attached = gateway?.Attachments.some(
    ({VpcId, State}) => VpcId === site.vpcId && ['available', 'attached'].includes(State ?? ''),
  )
  if (!leaves(world, site, packet) || !attached || !isPublic(packet.destination)) return DROPPED
  const nat = itemsOf(account.NatGateways).find(({NatGatewayAddresses}) =>
    NatGatewayAddresses.some(({PrivateIp}) => PrivateIp === packet.source),
  )
  if (!publicAccessAllowed(account, site, nat !== undefined)) return DROPPED
  return publicSource(world, packet, site, nat) ? fromInternet(world, replyTo(packet), site) : DROPPED
}

function publicSource({account}: World, packet: Packet, site: Site, nat: NatGateway | undefined): boolean {
  if (isIpv6(packet.source)) return isPublic(packet.source)
  if (nat)
    return (
      nat.ConnectivityType !== 'private' &&
      nat.NatGatewayAddresses.some(({PrivateIp, PublicIp}) => PrivateIp === packet.source && PublicIp !== undefined)
    )
  const eni = interfaceHolding(account, site.vpcId, packet.source)
  return eni !== undefined && publicAddressOf(eni, packet.source) !== undefined
}

/** The reply, its public address already written back to the private one. */
function fromInternet(world: World, packet: Packet, site: Site): Outcome {
  if (!site.subnet) return regionalReply(world, packet)
  if (!enters(world, site.subnet, packet)) return DROPPED
  return arrive(world, packet, site.subnet, 'elsewhere')
}

function regionalReply(world: World, packet: Packet): Outcome {
  const before = world.translated.get(`${packet.destination} ${packet.destinationPort}`)
  if (!before) return DROPPED
  const reply = {...packet, destination: before.packet.source, destinationPort: before.packet.sourcePort}
  return forward(world, reply, before.site)
}

/** Outbound only, IPv6 only. https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html */
function egressOnly(world: World, packet: Packet, site: Site, gatewayId: string): Outcome {
  const {account} = world
  const gateway = itemsOf(account.EgressOnlyInternetGateways).find(
    ({EgressOnlyInternetGatewayId}) => EgressOnlyInternetGatewayId === gatewayId,
  )
  const attached = gateway?.Attachments.some(({VpcId, State}) => VpcId === site.vpcId && State === 'attached')
  if (!leaves(world, site, packet) || !attached || !isIpv6(packet.destination)) return DROPPED
  if (!isPublic(packet.destination) || !isPublic(packet.source)) return DROPPED
  return publicAccessAllowed(account, site, true) ? fromInternet(world, replyTo(packet), site) : DROPPED
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
function gatewayEndpoint(world: World, packet: Packet, site: Site, endpointId: string): Outcome {
  const endpoint = itemsOf(world.account.VpcEndpoints).find(({VpcEndpointId}) => VpcEndpointId === endpointId)
  if (!leaves(world, site, packet)) return DROPPED
  if (endpoint?.VpcEndpointType === 'GatewayLoadBalancer') return beyondSight(world, packet, site)
  if (endpoint?.VpcEndpointType !== 'Gateway' || endpoint.State.toLowerCase() !== 'available') return DROPPED
  return fromInternet(world, replyTo(packet), site)
}

/**
 * A zonal NAT gateway sits in a subnet, behind that subnet's ACL and table; a regional one has its own table and no
 * subnet. https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
function natGateway(world: World, packet: Packet, site: Site, natId: string): Outcome {
  const {account} = world
  const nat = itemsOf(account.NatGateways).find(({NatGatewayId}) => NatGatewayId === natId)
  const address = nat?.NatGatewayAddresses.find(({IsPrimary}) => IsPrimary !== false)?.PrivateIp
  if (nat?.State !== 'available' || address === undefined) return DROPPED
  const subnet = subnetNamed(account, nat.SubnetId)
  if (subnet ? !crosses(world, site, subnet, packet) : !leaves(world, site, packet)) return DROPPED
  const to = subnet ? siteOf(account, subnet) : regionalSite(account, nat)
  return forward(world, translate(world, packet, address, to), to)
}

const regionalSite = (account: Account, nat: NatGateway): Site => ({
  vpcId: nat.VpcId ?? '',
  subnet: undefined,
  table: itemsOf(account.RouteTables).find(({RouteTableId}) => RouteTableId === nat.RouteTableId),
  zone: undefined,
})

/** https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html */
function natInstance(world: World, packet: Packet, site: Site, route: Route): Outcome {
  const {account} = world
  const eni = itemsOf(account.NetworkInterfaces).find(
    ({NetworkInterfaceId, Attachment}) =>
      NetworkInterfaceId === route.NetworkInterfaceId ||
      (route.NetworkInterfaceId === undefined && Attachment?.InstanceId === route.InstanceId),
  )
  const subnet = subnetNamed(account, eni?.SubnetId)
  const address = eni?.PrivateIpAddress
  if (!eni || !subnet || address === undefined || !isUp(account, eni) || eni.SourceDestCheck !== false) return DROPPED
  if (!crosses(world, site, subnet, packet) || !allows(world, eni, 'in', packet, 'vpc')) return DROPPED
  const to = siteOf(account, subnet)
  const after = translate(world, packet, address, to)
  // AWS does not expose whether the operating system forwards.
  world.untold = true
  return allows(world, eni, 'out', after, 'elsewhere') ? forward(world, after, to) : DROPPED
}

/** AWS's answers have kinds that its own list of them lacks. */
const kindOf = ({InterfaceType}: NetworkInterface): string => InterfaceType ?? ''

const isUp = (account: Account, eni: NetworkInterface): boolean =>
  itemsOf(account.Instances).every(
    ({InstanceId, State}) => InstanceId !== eni.Attachment?.InstanceId || State.Name === 'running',
  )

const cidrsOfSide = (side: NonNullable<VpcPeeringConnection['RequesterVpcInfo']>): readonly string[] => [
  ...(side.CidrBlock ? [side.CidrBlock] : []),
  ...(side.CidrBlockSet ?? []).flatMap(({CidrBlock}) => CidrBlock ?? []),
  ...(side.Ipv6CidrBlockSet ?? []).flatMap(({Ipv6CidrBlock}) => Ipv6CidrBlock ?? []),
]

/** Only what is inside the peer: its gateways are not available to others. https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html */
function peering(world: World, packet: Packet, site: Site, id: string): Outcome {
  const {account} = world
  const connection = itemsOf(account.VpcPeeringConnections).find((one) => one.VpcPeeringConnectionId === id)
  const sides = [connection?.RequesterVpcInfo, connection?.AccepterVpcInfo]
  const peer = sides.find((side) => side?.VpcId !== undefined && side.VpcId !== site.vpcId)
  const ours = sides.some((side) => side?.VpcId === site.vpcId)
  if (connection?.Status?.Code !== 'active' || !peer?.VpcId || !ours) return DROPPED
  if (!cidrsOfSide(peer).some((cidr) => contains(cidr, packet.destination))) return DROPPED
  const subnet = subnetHolding(account, peer.VpcId, packet.destination)
  return subnet && crosses(world, site, subnet, packet) ? arrive(world, packet, subnet, 'peering') : DROPPED
}

const attachmentTo = (account: Account, gatewayId: string, vpcId: string): TransitGatewayVpcAttachment | undefined =>
  itemsOf(account.TransitGatewayVpcAttachments).find(
    (one) => one.TransitGatewayId === gatewayId && one.VpcId === vpcId && one.State === 'available',
  )

const subnetsOfAttachment = (account: Account, attachment: TransitGatewayVpcAttachment): readonly Subnet[] =>
  attachment.SubnetIds.flatMap((id) => subnetNamed(account, id) ?? [])

/**
 * Traffic leaves by the attachment's subnet of its own zone, or not at all. Towards the gateway that subnet's inbound
 * rules are evaluated and its outbound rules are not, also where the sender sits in it; from the gateway it is the
 * other way round. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
 */
function transitGateway(world: World, packet: Packet, site: Site, gatewayId: string): Outcome {
  const {account} = world
  const attachment = attachmentTo(account, gatewayId, site.vpcId)
  const subnets = attachment ? subnetsOfAttachment(account, attachment) : []
  const exit = subnets.find(({AvailabilityZone}) => site.zone === undefined || AvailabilityZone === site.zone)
  if (!attachment || !exit || !leaves(world, site, packet) || !enters(world, exit, packet)) return DROPPED
  const next = nextAttachment(world, attachment, packet.destination)
  if (!next) return DROPPED
  const entries = subnetsOfAttachment(account, next)
  const entry =
    entries.find(({AvailabilityZone}) => AvailabilityZone === exit.AvailabilityZone) ?? pickOf(world, entries)
  return entry
    ? forwardFromGateway(world, packet, siteOf(account, entry), referencing(account, [attachment, next]))
    : DROPPED
}

/** From the gateway into the VPC: routed by the table of the attachment's subnet. */
function forwardFromGateway(world: World, packet: Packet, site: Site, between: Between): Outcome {
  if (++world.steps > 30) return DROPPED
  const inside = site.subnet && isIn(site.subnet, packet.destination) ? site.subnet : undefined
  if (inside) return arrive(world, packet, inside, between)
  const route = routeFrom(world, site, packet.destination)
  if (route?.GatewayId !== 'local') return forward(world, packet, site)
  const subnet = subnetHolding(world.account, site.vpcId, packet.destination)
  return subnet && crosses(world, site, subnet, packet) ? arrive(world, packet, subnet, between) : DROPPED
}

function nextAttachment(
  world: World,
  from: TransitGatewayVpcAttachment,
  destination: string,
): TransitGatewayVpcAttachment | undefined {
  const {account} = world
  const table = itemsOf(account.TransitGatewayRouteTables).find(({Associations}) =>
    itemsOf(Associations).some(
      (one) => one.TransitGatewayAttachmentId === from.TransitGatewayAttachmentId && one.State === 'associated',
    ),
  )
  const route = pickOf(world, chooseTransitRoutes(account, itemsOf(table?.Routes ?? []), destination))
  if (route?.State !== 'active') return undefined
  const id = route.TransitGatewayAttachments?.[0]?.TransitGatewayAttachmentId
  return itemsOf(account.TransitGatewayVpcAttachments).find(
    (one) => one.TransitGatewayAttachmentId === id && one.State === 'available',
  )
}

function referencing(account: Account, attachments: readonly TransitGatewayVpcAttachment[]): Between {
  const gateway = itemsOf(account.TransitGateways).find(
    ({TransitGatewayId}) => TransitGatewayId === attachments[0]?.TransitGatewayId,
  )
  const enabled = [gateway, ...attachments].every((one) => one?.Options?.SecurityGroupReferencingSupport === 'enable')
  return enabled ? 'transit gateway with group references' : 'transit gateway'
}

/** What is between sender and destination, according to the sender's route. */
function betweenOf(world: World, site: Site, destination: string): Between {
  if (site.subnet && isIn(site.subnet, destination)) return 'vpc'
  const route = routeFrom(world, site, destination)
  if (route?.GatewayId === 'local') return 'vpc'
  if (route?.VpcPeeringConnectionId) return 'peering'
  return route?.TransitGatewayId ? 'transit gateway' : 'elsewhere'
}

export const primaryOf = (account: Account, instance: Instance): NetworkInterface | undefined =>
  itemsOf(account.NetworkInterfaces).find(
    ({Attachment}) => Attachment?.InstanceId === instance.InstanceId && (Attachment.DeviceIndex ?? 0) === 0,
  )

/** One connection from the instance: its first packet and the reply. */
export function connect(account: Account, instance: Instance, attempt: Attempt): Fate {
  const eni = primaryOf(account, instance)
  const subnet = subnetNamed(account, eni?.SubnetId)
  const source = eni && addressesOf(eni).find((address) => isIpv6(address) === isIpv6(attempt.destination))
  if (!eni || !subnet || source === undefined) return {outcome: DROPPED, translated: false, picked: false}
  const world: World = {
    account,
    attempt,
    instance: eni,
    tracked: new Set(),
    translated: new Map(),
    untold: false,
    picked: false,
    steps: 0,
  }
  const outcome = start(world, source, siteOf(account, subnet))
  return {outcome, translated: world.translated.size > 0, picked: world.picked}
}

function start(world: World, source: string, site: Site): Outcome {
  const {destination, destinationPort, sourcePort} = world.attempt
  const called = itemsOf(world.account.NetworkInterfaces).find((eni) => addressesOf(eni).includes(destination))
  if (called && kindOf(called) === 'vpc_endpoint' && !endpointIsAlive(world.account, called)) return DROPPED
  const packet: Packet = {source, destination, sourcePort, destinationPort, protocol: TCP}
  if (!allows(world, world.instance, 'out', packet, betweenOf(world, site, destination))) return DROPPED
  return forward(world, packet, site)
}
