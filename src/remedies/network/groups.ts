import {isUnreadable, type VpcEndpoint} from '../../model/account.ts'
import {permission} from '../../model/group-rules.ts'
import {isEndpointId} from '../../model/ids.ts'
import {groupIdsOf, primaryInterfaceOf} from '../../model/instance.ts'
import {allWith, find} from '../../model/lists.ts'
import type {Hop, Path} from '../../network/path.ts'
import {walk} from '../../network/walk.ts'
import {inList} from '../../util/list-in-words.ts'
import {disablePrivateDns, s3ListOf} from '../changes/endpoints.ts'
import {authorize} from '../changes/filters.ts'
import {canBeTried, changeOf, inSequence, remedyOf} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {blockedAfter, pathAfter} from '../core/verify.ts'
import {groupEffect, vpcEffect} from './blast-radius.ts'
import {blockAround, blocksOf, exactBlock, isDefault} from './blocks.ts'
import {endpointSet} from './endpoint-set.ts'
import {type FaultContext, proposed, textOf, textsOf} from './fault-context.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html'

/**
 * The destinations of the agent: the block of the VPC that contains the endpoints, the S3 prefix list if a gateway
 * endpoint is used, everywhere only for what is public. Without any route it is not known yet; endpoints in the VPC
 * are the least that can come.
 */
function destinations(context: FaultContext) {
  const {facts, instance, hop, resource} = context
  const isShared = (one: Hop) =>
    one.fault?.cause === hop.fault?.cause && (one.fault?.resource ?? one.resource) === resource
  const all = walk(facts, instance).flatMap((path) =>
    path.hops
      .filter(isShared)
      .flatMap(({fault}) => textsOf({detail: fault?.detail ?? {}}, 'cidrs'))
      .flatMap((cidr) => destinationsAt(context, path, cidr)),
  )
  const cidrs = [...new Set(all)].filter((one) => !isPrefixList(one))
  const wide = cidrs.filter(isDefault)
  if (wide.length === 0) return {cidrs, prefixLists: [...new Set(all.filter(isPrefixList))]}
  return {cidrs: [...wide, ...cidrs.filter((cidr) => !isDefault(cidr) && !isWithin(cidr, wide))], prefixLists: []}
}

const isPrefixList = (destination: string) => destination.startsWith('pl-')

/** What to allow for the traffic of one path to a block. */
function destinationsAt({facts, vpcId}: FaultContext, {service, via, hops}: Path, cidr: string): readonly string[] {
  if (!isDefault(cidr)) return [blockAround(facts, cidr)]
  const byGateway = service === 's3' && (via === null || isEndpointId(via))
  const s3List = byGateway ? s3ListOf(facts) : undefined
  if (s3List !== undefined) return [s3List]
  if (via !== null || hops.some(({at, verdict}) => at === 'route' && verdict === 'unknown')) return [cidr]
  return blocksOf(facts, vpcId).filter((block) => block.includes(':') === cidr.includes(':'))
}

const isWithin = (cidr: string, wide: readonly string[]) => wide.some((one) => one.includes(':') === cidr.includes(':'))

export function allowEgress(fault: FaultContext): readonly Remedy[] {
  const groupId = textOf(fault, 'groupId')
  if (groupId === undefined || !find(fault.facts.SecurityGroups, 'GroupId', groupId)) return []
  const to = destinations(fault)
  const port = Number(fault.detail.port ?? 443)
  const effect = groupEffect(fault, groupId)
  const title = `Allow outbound TCP ${port} in security group ${groupId} to ${[...to.cidrs, ...to.prefixLists].join(', ')}`
  const open = remedyOf(title, authorize('Egress', groupId, [permission('tcp', port, to)]), {
    docs: DOCS,
    effect,
    preferredBy: ['cheapest', 'least-change'],
  })
  return to.cidrs.some(isDefault) ? [open, ...useEndpointsOnly(fault, groupId)] : [open]
}

/** Endpoints in the VPC, so the group need not allow any traffic to the internet. */
function useEndpointsOnly(fault: FaultContext, groupId: string): readonly Remedy[] {
  const {facts, services} = fault
  const set = endpointSet(fault, services)
  const s3List = services.includes('s3') ? s3ListOf(facts) : undefined
  if (!canBeTried(set) || (services.includes('s3') && s3List === undefined)) return []
  return withEgress(fault, set, groupId, s3List === undefined ? [] : [s3List])
}

/** Endpoints, and outbound rules to them if no group of the instance allows it: rules for IPv4 do not apply to IPv6. */
export function endpointsWithEgress(fault: FaultContext): readonly Remedy[] {
  const {facts, instance, services} = fault
  const set = endpointSet(fault, services)
  if (!canBeTried(set)) return set ? [set] : []
  const isBlocked = pathAfter(facts, instance, services[0] ?? 'ssm', set).hops.some(
    ({at, leg, verdict}) => at === 'security-group' && leg === 'instance' && verdict === 'blocked',
  )
  const [groupId] = groupIdsOf(instance)
  return isBlocked && groupId !== undefined ? withEgress(fault, set, groupId) : [set]
}

function withEgress(
  fault: FaultContext,
  set: Parameters<typeof changeOf>[0],
  groupId: string,
  prefixLists: readonly string[] = [],
): readonly Remedy[] {
  const to = {cidrs: blocksOf(fault.facts, fault.vpcId), prefixLists}
  const egress = authorize('Egress', groupId, [permission('tcp', 443, to)])
  const title = `${set.title}, and allow outbound TCP 443 to them in security group ${groupId}`
  const effect = `${set.effect} ${groupEffect(fault, groupId)}`
  const {docs, cost, preferredBy} = set
  return proposed(title, inSequence(changeOf(set), egress), {docs, cost, effect, preferredBy})
}

export function allowNameServers(fault: FaultContext): readonly Remedy[] {
  const groupId = textOf(fault, 'groupId')
  const servers = textsOf(fault, 'servers').map(exactBlock)
  if (groupId === undefined || servers.length === 0) return []
  const rules = (['udp', 'tcp'] as const).map((protocol) => permission(protocol, 53, {cidrs: servers}))
  const title = `Allow outbound DNS (UDP and TCP 53) in security group ${groupId} to ${servers.join(', ')}`
  const effect = groupEffect(fault, groupId)
  return proposed(title, authorize('Egress', groupId, rules), {docs: DOCS, effect})
}

/** The group of the instance where it applies: in the same VPC. Otherwise the block of the instance. */
export function allowInstance(fault: FaultContext): readonly Remedy[] {
  const {facts, instance, vpcId} = fault
  const groupId = textOf(fault, 'groupId')
  if (groupId === undefined || !find(facts.SecurityGroups, 'GroupId', groupId)) return []
  const eni = primaryInterfaceOf(instance)
  const [own] = groupIdsOf(instance)
  const blocks = [...new Set(textsOf(fault, 'sources').map((source) => blockAround(facts, source)))]
  const sameVpc = textOf(fault, 'vpcId') === vpcId && eni?.VpcId === vpcId && (eni.PrivateIpAddresses ?? []).length > 0
  const named = fault.hops.map((hop) => hop.fault?.detail?.protocol)
  const protocols = (['udp', 'tcp'] as const).filter((protocol) => named.includes(protocol))
  const port = Number(fault.detail.port ?? 443)
  const allow = (peers: Parameters<typeof permission>[2], who: string) =>
    remedyOf(
      `Allow inbound ${inList(protocols.map((one) => one.toUpperCase()))} ${port} from ${who} in security group ${groupId}`,
      authorize(
        'Ingress',
        groupId,
        protocols.map((protocol) => permission(protocol, port, peers)),
      ),
      {
        docs: DOCS,
        effect: `${groupEffect(fault, groupId)} ${endpointsWith(facts, groupId)}`.trimEnd(),
      },
    )
  const byBlock = blocks.length === 0 ? [] : [allow({cidrs: blocks}, blocks.join(', '))]
  const remedies =
    sameVpc && own !== undefined
      ? [allow({groups: [groupPair(facts, own, groupId)]}, `security group ${own}`), ...byBlock]
      : byBlock
  return [...remedies, ...withoutEndpoints(fault, groupId)]
}

/** A rule names the account of a group if it is not its own: in a VPC that accounts share. */
function groupPair({SecurityGroups}: NetworkFacts, GroupId: string, ruleOf: string) {
  const [UserId, owner] = [GroupId, ruleOf].map((id) => find(SecurityGroups, 'GroupId', id)?.OwnerId)
  return {GroupId, ...(UserId !== undefined && owner !== undefined && UserId !== owner && {UserId})}
}

const groupIdsOfEndpoint = ({Groups}: VpcEndpoint) => Groups.map(({GroupId}) => GroupId)

/** If the internet would be reached without the endpoints, their private DNS can be disabled. */
function withoutEndpoints(fault: FaultContext, groupId: string): readonly Remedy[] {
  const {facts, instance, services, vpcId} = fault
  const endpoints = allWith(facts.VpcEndpoints, groupIdsOfEndpoint, groupId).filter(
    ({VpcId, PrivateDnsEnabled}) => VpcId === vpcId && PrivateDnsEnabled,
  )
  const change = inSequence(...endpoints.map(disablePrivateDns))
  if (endpoints.length === 0 || blockedAfter(facts, instance, change, services) > 0) return []
  const ids = endpoints.map(({VpcEndpointId}) => VpcEndpointId)
  return proposed(`Disable private DNS of ${ids.join(', ')} and reach the services over the internet`, change, {
    docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html',
    cost: NO_COST,
    effect: vpcEffect(fault, vpcId),
  })
}

function endpointsWith({VpcEndpoints}: NetworkFacts, groupId: string): string {
  const ids = allWith(VpcEndpoints, groupIdsOfEndpoint, groupId).map(({VpcEndpointId}) => VpcEndpointId)
  if (ids.length === 0) return isUnreadable(VpcEndpoints) ? 'Which endpoints carry it could not be read.' : ''
  return `Endpoints that use it: ${ids.join(', ')}.`
}
