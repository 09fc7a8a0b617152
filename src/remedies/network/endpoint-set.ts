import type {HostedZone, Instance, Subnet, VpcEndpoint} from '../../model/account.ts'
import {allWith, find} from '../../model/lists.ts'
import {AGENT_SERVICES, hostOf} from '../../model/partition.ts'
import {withoutDot} from '../../network/dns/name.ts'
import {zonesIn} from '../../network/dns/zones.ts'
import {claims, endpointsIn, findEndpoint, isAvailable, isInterface, serves} from '../../network/endpoints/endpoint.ts'
import {isInAvailabilityZone} from '../../network/endpoints/zone.ts'
import {networkKeyOf} from '../../network/network-key.ts'
import {inList} from '../../util/list-in-words.ts'
import {memo} from '../../util/memo.ts'
import {createInterfaceEndpoint, enablePrivateDns} from '../changes/endpoints.ts'
import {createEndpointGroup, type Group, isNewGroup} from '../changes/filters.ts'
import {enablePrivateNames} from '../changes/names.ts'
import {pointNameAtNewEndpoint} from '../changes/records.ts'
import {type Change, inSequence, remedyOf} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {endpointCost, NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {pathAfter} from '../core/verify.ts'
import {vpcEffect} from './blast-radius.ts'
import {blocksOf} from './blocks.ts'
import type {FaultContext} from './fault-context.ts'
import {disassociateZones} from './private-zones.ts'
import {addS3GatewayEndpoint, s3Gateway, s3Words} from './s3-gateway.ts'
import {hasBothFamilies, hasRoomFor, ipv6AddressesFor, neededFamily} from './subnet-families.ts'

const DOCS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html'

const isAnswering = (endpoint: VpcEndpoint): boolean => isInterface(endpoint) && isAvailable(endpoint)

const answeringIn = (facts: NetworkFacts, vpcId: string): readonly VpcEndpoint[] =>
  endpointsIn(facts, vpcId).filter(isAnswering)

/** An endpoint of the VPC for Systems Manager, whose subnets and groups another one may share. */
const siblingIn = (facts: NetworkFacts, vpcId: string): VpcEndpoint | undefined =>
  answeringIn(facts, vpcId).find(
    (endpoint) =>
      endpoint.SubnetIds.length > 0 &&
      endpoint.Groups.length > 0 &&
      !endpoint.Groups.some(({GroupId}) => allWith(facts.SecurityGroups, 'GroupId', GroupId).some(isNewGroup)) &&
      AGENT_SERVICES.some((service) => serves(endpoint, service, facts.Region)),
  )

/** The services whose names no endpoint of the VPC owns yet. */
const unanswered = ({facts, vpcId}: FaultContext, services: readonly string[]): readonly string[] =>
  services.filter(
    (service) =>
      service !== 's3' &&
      !endpointsIn(facts, vpcId).some(
        (endpoint) => isAvailable(endpoint) && claims(endpoint, hostOf(service, facts), facts),
      ),
  )

interface SetOptions {
  /** The endpoint whose subnets and groups the new ones get. */
  readonly like?: VpcEndpoint | undefined
  /** The private zone in which records point to the endpoints. */
  readonly zone?: HostedZone
}

/**
 * Interface endpoints for the services, with everything that they need, and the S3 gateway endpoint if S3 is among
 * them.
 */
export function endpointSet(
  place: FaultContext,
  services: readonly string[],
  options: SetOptions = {},
): Remedy | undefined {
  const {facts, vpcId} = place
  const silent = unanswered(place, services)
  const idle = options.like || options.zone ? [] : silent.flatMap((service) => idleEndpointFor(place, service) ?? [])
  const missing = silent.filter((service) => !idle.some((endpoint) => serves(endpoint, service, facts.Region)))
  const s3 = services.includes('s3') ? s3Gateway(place) : undefined
  // AWS rejects private DNS while a private zone of that name is associated with the VPC.
  const disassociated = options.zone ? undefined : disassociateZones({...place, services: silent})
  const names = [
    ...(disassociated ? [disassociated] : []),
    ...enablePrivateNames(facts, vpcId),
    ...idle.map((endpoint) => enablePrivateDns(facts, endpoint)),
  ]
  if (missing.length === 0) return existingOnes(place, services, names, s3)
  const endpoints = newEndpoints(place, missing, options, names)
  if (!endpoints) return undefined
  const what =
    missing.length === 1 ? `an interface endpoint for ${missing[0]}` : `interface endpoints for ${inList(missing)}`
  const change = s3 ? inSequence(endpoints, s3) : endpoints
  return remedyOf(`Create ${what} in VPC ${vpcId}${s3 ? s3Words(place) : ''}`, change, {
    docs: DOCS,
    cost: endpointCost(facts.Region, missing.length, endpoints.subnets),
    effect: `The names then resolve to the endpoints. ${vpcEffect(place, vpcId)}`,
    preferredBy: ['private'],
  })
}

export const endpointsFor = (fault: FaultContext): readonly Remedy[] => {
  const set = endpointSet(fault, fault.services)
  return set ? [set] : []
}

/** An interface endpoint for each service, after what its name needs; undefined if no subnet can have it. */
function newEndpoints(
  place: FaultContext,
  services: readonly string[],
  {like, zone}: SetOptions,
  names: readonly Change[],
): (Change & {readonly subnets: number}) | undefined {
  const {facts, instance, vpcId} = place
  const model = like ?? siblingIn(facts, vpcId)
  const group = model ? undefined : createEndpointGroup(facts, vpcId, blocksOf(facts, vpcId))
  const groups = model ? groupsOf(model) : group ? [group.group] : []
  const needed = neededFamily(place)
  const shared = needed && model && ipv6AddressesFor(model.SubnetIds.map((id) => find(facts.Subnets, 'SubnetId', id)))
  const addresses = shared ?? needed
  const zoneFor = (service: string) => zone ?? zoneOfName(facts, vpcId, hostOf(service, facts))
  const created = (service: string, subnetIds: readonly string[]) =>
    createInterfaceEndpoint(facts, {
      vpcId,
      service,
      subnetIds,
      groups,
      ...(addresses && {addresses}),
      ...(zoneFor(service) && {privateDns: false}),
    })
  const before = [...names, ...(group ? [group] : [])]
  const [first = ''] = services
  const question = [first, model?.VpcEndpointId, zoneFor(first)?.Id, JSON.stringify(names.map(({steps}) => steps))]
  const subnetIds = subnetsFor(place, needed && !shared ? undefined : model, services.length, (subnetId) =>
    onceAPlace(place, [subnetId, ...question].join(), () =>
      isReachableThrough(facts, instance, first, inSequence(...before, created(first, [subnetId]))),
    ),
  )
  if (subnetIds.length === 0) return undefined
  const pointed = services.flatMap((service) => {
    const owner = zoneFor(service)
    return owner ? [pointNameAtNewEndpoint(facts, owner, service, vpcId)] : []
  })
  const change = inSequence(...before, ...services.map((service) => created(service, subnetIds)), ...pointed)
  return {...change, subnets: subnetIds.length}
}

/**
 * The private hosted zone of exactly this name, if only this VPC is associated with it: it stays, and its record
 * points to the new endpoint. One that other VPCs use does not change.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
 */
const zoneOfName = (facts: NetworkFacts, vpcId: string, host: string): HostedZone | undefined =>
  zonesIn(facts, vpcId).find(({Name, VPCs}) => withoutDot(Name) === host && VPCs?.length === 1)

/** An endpoint that would answer if its private DNS were enabled. */
const idleEndpointFor = ({facts, vpcId}: FaultContext, service: string): VpcEndpoint | undefined =>
  answeringIn(facts, vpcId).find((endpoint) => !endpoint.PrivateDnsEnabled && serves(endpoint, service, facts.Region))

/** What the VPC has is used before anything new is created. */
function existingOnes(
  place: FaultContext,
  services: readonly string[],
  names: readonly Change[],
  s3: Change | undefined,
): Remedy | undefined {
  if (names.length === 0) return s3 && addS3GatewayEndpoint(place)[0]
  const {vpcId} = place
  const answered = inList(services.filter((service) => service !== 's3'))
  const title = `Enable private DNS for ${answered} on the endpoints of VPC ${vpcId}${s3 ? s3Words(place) : ''}`
  return remedyOf(title, inSequence(...names, ...(s3 ? [s3] : [])), {
    docs: DOCS,
    cost: NO_COST,
    effect: `The names then resolve to the endpoints. ${vpcEffect(place, vpcId)}`,
    preferredBy: ['private', 'cheapest'],
  })
}

export const groupsOf = ({Groups}: VpcEndpoint): readonly Group[] =>
  Groups.flatMap(({GroupId}) => (GroupId === undefined ? [] : [{id: GroupId, input: GroupId}]))

/**
 * The subnet of the instance, and one in each other zone of the VPC from which network ACLs allow the replies.
 * An endpoint has one subnet per zone, and takes an address of each.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
function subnetsFor(
  place: FaultContext,
  like: VpcEndpoint | undefined,
  endpoints: number,
  isServed: (subnetId: string) => boolean,
): readonly string[] {
  const {facts, vpcId, subnetId} = place
  if (like && like.VpcId === vpcId && !isTooFull(facts, like.SubnetIds, endpoints)) return like.SubnetIds
  const own = find(facts.Subnets, 'SubnetId', subnetId)
  if (!own) return []
  const needsBoth = neededFamily(place) === 'dualstack'
  const family = (subnet: Subnet) => `${Boolean(subnet.Ipv6Native)} ${needsBoth && hasBothFamilies(subnet)}`
  const others = allWith(facts.Subnets, 'VpcId', vpcId).filter(
    (subnet) =>
      subnet !== own && family(subnet) === family(own) && isInAvailabilityZone(subnet) && hasRoomFor(endpoints, subnet),
  )
  const isOwnUsable = isInAvailabilityZone(own) && hasRoomFor(endpoints, own)
  const chosen = new Map(isOwnUsable ? [[own.AvailabilityZone, own.SubnetId]] : [])
  for (const subnet of others)
    if (!chosen.has(subnet.AvailabilityZone) && isServed(subnet.SubnetId))
      chosen.set(subnet.AvailabilityZone, subnet.SubnetId)
  return [...chosen.values()]
}

const isTooFull = ({Subnets}: NetworkFacts, subnetIds: readonly string[], endpoints: number): boolean =>
  subnetIds.some((id) => allWith(Subnets, 'SubnetId', id).some((subnet) => !hasRoomFor(endpoints, subnet)))

const answers = memo((_: NetworkFacts) => new Map<string, boolean>())

/** The result of a walk applies to every instance in the same network position. */
function onceAPlace({facts, instance}: FaultContext, question: string, find: () => boolean): boolean {
  const position = networkKeyOf(facts, instance)
  if (position === undefined) return find()
  const key = `${question} ${JSON.stringify(position)}`
  const known = answers(facts).get(key) ?? find()
  answers(facts).set(key, known)
  return known
}

const isReachableThrough = (facts: NetworkFacts, instance: Instance, service: string, change: Change): boolean =>
  !pathAfter(facts, instance, service, change).hops.some(
    ({leg, at, verdict}) => leg === 'endpoint' && at !== 'endpoint-policy' && verdict === 'blocked',
  )

/** The endpoint for a service in any VPC that was read, the VPC's own first. */
export function knownEndpointFor(facts: NetworkFacts, service: string, vpcId: string): VpcEndpoint | undefined {
  const own = endpointsIn(facts, vpcId).find((one) => isAnswering(one) && serves(one, service, facts.Region))
  return own ?? findEndpoint(facts, service, vpcId, isAnswering)
}
