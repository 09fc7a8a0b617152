import {commandsFor} from '../../agent/commands.ts'
import {type FirewallRule, type HostedZone, isUnreadable, itemsOf, type VpcEndpoint} from '../../model/account.ts'
import {called} from '../../model/instance.ts'
import {allWith, find} from '../../model/lists.ts'
import {agentBucketOf, bucketHostOf, hostOf} from '../../model/partition.ts'
import {withoutDot} from '../../network/dns/name.ts'
import {inList} from '../../util/list-in-words.ts'
import {disablePrivateDns, enablePrivateDns} from '../changes/endpoints.ts'
import {
  addDomains,
  allowDomains,
  associateZone,
  authorizeZone,
  createdZone,
  createPrivateZone,
  type DnsAttribute,
  deletePrivateZone,
  disassociateZone,
  enablePrivateNames,
  setFirewallPriority,
  setVpcAttribute,
} from '../changes/names.ts'
import {pointRecordAt} from '../changes/records.ts'
import {type Change, contactOwner, inSequence, remedyOf} from '../core/change.ts'
import {runOnInstance} from '../core/on-instance.ts'
import {NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {countedOrNo, vpcEffect} from './blast-radius.ts'
import {endpointSet, endpointsFor, knownEndpointFor} from './endpoint-set.ts'
import {type FaultContext, proposed, textOf} from './fault-context.ts'
import {mayLeave, ownZonesOf} from './private-zones.ts'

const ENDPOINT_DOCS = 'https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html'
const DNS_DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html'
const ZONE_DOCS = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html'

const FIREWALL_DOCS =
  'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html'

const ATTRIBUTES: Readonly<Record<DnsAttribute, string>> = {
  EnableDnsSupport: 'DNS support',
  EnableDnsHostnames: 'DNS hostnames',
}

export const enableAttribute =
  (attribute: DnsAttribute) =>
  (fault: FaultContext): readonly Remedy[] =>
    proposed(`Enable ${ATTRIBUTES[attribute]} of VPC ${fault.vpcId}`, setVpcAttribute(fault.vpcId, attribute, true), {
      docs: DNS_DOCS,
      cost: NO_COST,
      effect: vpcEffect(fault, fault.vpcId),
    })

/**
 * Beside a private zone of the name AWS rejects it: the zone answers as soon as the VPC has DNS hostnames. If it answers
 * with public addresses, its records are what to change.
 */
export function privateDns(fault: FaultContext): readonly Remedy[] {
  const {facts, resource, vpcId} = fault
  const endpoint = find(facts.VpcEndpoints, 'VpcEndpointId', resource)
  if (!endpoint) return []
  const zones = ownZonesOf(fault)
  if (zones.length > 0) {
    const isIdle = enablePrivateNames(facts, vpcId).length > 0
    const toZones = zones.flatMap(({Id}) => fixZone({...fault, resource: Id}))
    return [...(isIdle ? enableAttribute('EnableDnsHostnames')(fault) : []), ...toZones]
  }
  const change = inSequence(...enablePrivateNames(facts, endpoint.VpcId), enablePrivateDns(facts, endpoint))
  const effect = `The name then resolves to the endpoint. ${vpcEffect(fault, vpcId)}`
  return proposed(`Enable private DNS of endpoint ${resource}`, change, {docs: ENDPOINT_DOCS, cost: NO_COST, effect})
}

/** The whole VPC uses the path that works without the endpoint again. */
export function publicName(fault: FaultContext): readonly Remedy[] {
  const endpoint = find(fault.facts.VpcEndpoints, 'VpcEndpointId', fault.resource)
  if (!endpoint) return []
  const title = `Disable private DNS of endpoint ${fault.resource} until it is fixed`
  const effect = vpcEffect(fault, endpoint.VpcId)
  return proposed(title, disablePrivateDns(endpoint), {docs: ENDPOINT_DOCS, cost: NO_COST, effect})
}

const hostsOf = ({facts, services}: FaultContext): readonly string[] =>
  services.map((service) => hostOf(service, facts))

/** Every bucket has its own name below that of S3. */
const recordNameOf = (service: string, facts: FaultContext['facts']): string =>
  `${service === 's3' ? '*.' : ''}${hostOf(service, facts)}`

/** A zone that owns names and does not answer for them gets the records, or is disassociated from the VPC. */
export function fixZone(fault: FaultContext): readonly Remedy[] {
  const {facts, resource} = fault
  const zone = find(facts.HostedZones, 'Id', resource)
  if (!zone) return []
  if (isUnknown(fault)) return [lookUpZone(fault)]
  const ownName = hostsOf(fault).includes(withoutDot(zone.Name))
  const known = [...addRecords(fault, zone), ...disassociateFromZone(fault, zone), ...deleteEmptyZone(fault, zone)]
  const services = fault.services.filter((service) => service !== 's3')
  // S3's gateway endpoint needs S3's public name, which the zone owns.
  const create = `Create records for ${inList(hostsOf(fault))} in private zone ${zone.Id}, or delete it`
  const last = known.length > 0 ? [] : [contactOwner(create, ZONE_DOCS)]
  if (services.length === 0) return [...known, ...last]
  if (!ownName) return [...known, ...endpointsFor({...fault, services}), ...last]
  if (services.length < fault.services.length) return known
  // A second private zone of the same name is rejected, so the VPC's own endpoints get records in this one,
  // unless other VPCs use it too.
  const set = endpointSet(fault, fault.services, zone.VPCs?.length === 1 ? {zone} : {})
  return [...known, ...(set ? [set] : []), ...last]
}

/** Where the zone leads to another name or other servers, the instance shows the addresses, and whose they are. */
function lookUpZone({facts, instance, services, resource}: FaultContext): Remedy {
  const hosts = services.map((service) =>
    service === 's3' ? bucketHostOf(agentBucketOf(facts), facts) : hostOf(service, facts),
  )
  const {name, certificate} = commandsFor(facts, instance)
  const title = `Resolve ${inList(hosts)} on ${called(instance)}, and check that the addresses from private zone ${resource} answer with a certificate of Amazon`
  return {...runOnInstance(title, [...hosts.map(name), ...hosts.slice(0, 1).map(certificate)]), docs: ZONE_DOCS}
}

/** A zone that only this VPC uses, and that answers for nothing, is not needed. */
function deleteEmptyZone(fault: FaultContext, zone: HostedZone): readonly Remedy[] {
  const {facts, vpcId} = fault
  const {Id, VPCs, ResourceRecordSets, Owner} = zone
  const isEmpty =
    !isUnreadable(ResourceRecordSets) && ResourceRecordSets.every(({Type}) => Type === 'NS' || Type === 'SOA')
  if (!isEmpty || VPCs?.length !== 1 || Owner?.OwningService !== undefined) return []
  return proposed(`Delete private zone ${Id}, which has no records`, deletePrivateZone(facts, zone, vpcId), {
    docs: ZONE_DOCS,
    cost: NO_COST,
    effect: `${withoutDot(zone.Name)} is public again in the VPC. ${vpcEffect(fault, vpcId)}`,
  })
}

function addRecords(fault: FaultContext, zone: HostedZone): readonly Remedy[] {
  const {facts} = fault
  const former = itemsOf(zone.ResourceRecordSets)
  const change = pointingAtEndpoints(fault, (service, endpoint) =>
    pointRecordAt(facts, {id: zone.Id, input: zone.Id}, recordNameOf(service, facts), endpoint, former),
  )
  if (!change) return []
  const title = `Point ${inList(hostsOf(fault))} in private zone ${zone.Id} to the endpoints`
  const answering = inSequence(...enablePrivateNames(facts, fault.vpcId), change)
  return proposed(title, answering, {docs: ZONE_DOCS, effect: zoneEffect(zone)})
}

/** A change for each of the services; undefined if one has no endpoint, or no record can name its endpoint. */
function pointingAtEndpoints(
  {facts, services, vpcId}: FaultContext,
  changeFor: (service: string, endpoint: VpcEndpoint) => Change | undefined,
): Change | undefined {
  const changes = services.map((service) => {
    const endpoint = knownEndpointFor(facts, service, vpcId)
    return endpoint && changeFor(service, endpoint)
  })
  return changes.every((change) => change !== undefined) ? inSequence(...changes) : undefined
}

const zoneEffect = ({Id, VPCs}: HostedZone): string =>
  VPCs
    ? `Zone ${Id} is associated with ${countedOrNo(VPCs.length, 'VPC')}.`
    : `Zone ${Id} may be associated with other VPCs too.`

function disassociateFromZone(fault: FaultContext, zone: HostedZone): readonly Remedy[] {
  const {facts, vpcId} = fault
  if (!mayLeave(zone)) return []
  const title = `Disassociate private zone ${zone.Id} from VPC ${vpcId}`
  return proposed(title, disassociateZone(zone, vpcId, facts.Region), {
    docs: ZONE_DOCS,
    cost: NO_COST,
    effect: `Every name of the zone is public again in the VPC. ${vpcEffect(fault, vpcId)}`,
  })
}

/** The hub has the endpoints; the VPC of the instance does not see their names. */
export function associateHub(fault: FaultContext): readonly Remedy[] {
  const {facts, resource, vpcId} = fault
  const zone = find(facts.HostedZones, 'Id', resource)
  const docs = 'https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html'
  if (!zone) return [...namesForHub(fault, docs), ...endpointsFor(fault)]
  const owner = zone.Owner?.OwningAccount
  const vpcOwner = find(facts.Vpcs, 'VpcId', vpcId)?.OwnerId ?? facts.Caller?.Account
  const isForeign = owner !== undefined && vpcOwner !== undefined && owner !== vpcOwner
  const association = associateZone(zone, vpcId, facts.Region)
  const change = isForeign ? inSequence(authorizeZone(zone, vpcId, facts.Region), association) : association
  const makers = isForeign
    ? ` Account ${owner}, which owns the zone, makes the first call, and account ${vpcOwner}, which owns the VPC, the second.`
    : ''
  return [
    remedyOf(`Associate private zone ${zone.Id} with VPC ${vpcId}`, change, {
      docs,
      cost: NO_COST,
      effect: `${vpcEffect(fault, vpcId)}${makers}`,
    }),
    ...endpointsFor(fault),
  ]
}

function namesForHub(fault: FaultContext, docs: string): readonly Remedy[] {
  const {facts, vpcId} = fault
  const change = pointingAtEndpoints(fault, (service, endpoint) => {
    const host = hostOf(service, facts)
    const record = pointRecordAt(facts, createdZone(host), host, endpoint)
    return record && inSequence(createPrivateZone(facts, host, vpcId), record)
  })
  if (!change) return []
  const title = `Create private zones for ${inList(hostsOf(fault))} in VPC ${vpcId} that point to the hub's endpoints`
  const cost = 'Route 53 bills each hosted zone by the month'
  return proposed(title, change, {docs, cost, effect: vpcEffect(fault, vpcId)})
}

const isUnknown = ({hops}: FaultContext): boolean => hops.every(({verdict}) => verdict === 'unknown')

/** If it is unknown whether the rule blocks the names, the instance shows whether they resolve. */
export const allowNames = (fault: FaultContext): readonly Remedy[] => [
  ...(isUnknown(fault) ? [lookUp(fault)] : []),
  ...allowBeforeRule(fault),
]

/** Names can be added to a list of the account's own, whose domains are listed, unlike those of AWS. */
const allowsList = ({Action, Domains, Qtype}: FirewallRule): boolean =>
  Action.toUpperCase() === 'ALLOW' && Qtype === undefined && !isUnreadable(Domains)

function lookUp({facts, instance, services, resource}: FaultContext): Remedy {
  const hosts = services.map((service) => recordNameOf(service, facts)).filter((host) => !host.startsWith('*'))
  const {name} = commandsFor(facts, instance)
  const title = `Check whether DNS Firewall rule group ${resource} allows ${called(instance)} to resolve ${inList(hosts)}`
  return {...runOnInstance(title, hosts.map(name)), docs: QUERY_LOGS}
}

const QUERY_LOGS = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html'

/**
 * Before the rule that blocks: the highest free priority, so that other rules keep their order. Without one, the names
 * are added to those that an earlier rule allows.
 */
function allowBeforeRule(context: FaultContext): readonly Remedy[] {
  const {facts, resource, hops} = context
  const associations = allWith(facts.FirewallRuleGroupAssociations, 'FirewallRuleGroupId', resource)
  const rules = itemsOf(associations[0]?.FirewallRules ?? [])
  const taken = new Set(rules.map(({Priority}) => Priority))
  const last = Math.min(...hops.map(({fault}) => Number(fault?.detail?.priority))) - 1
  let priority = last
  while (taken.has(priority) && priority > 0) priority--
  const redirected = hops.flatMap(({fault}) => (fault?.detail?.domain === undefined ? [] : String(fault.detail.domain)))
  const hosts = [...context.services.map((service) => recordNameOf(service, facts)), ...new Set(redirected)]
  const names = inList(hosts)
  const blocking = textOf(context, 'rule')
  const effect = `The group is associated with ${countedOrNo(associations.length, 'collected VPC')}.`
  if (priority > 0)
    return proposed(
      `Allow in DNS Firewall group ${resource} ${names} before rule ${blocking}`,
      allowDomains(resource, priority, hosts),
      {docs: FIREWALL_DOCS, effect},
    )
  const allowing = rules.find((rule) => rule.Priority <= last && allowsList(rule))
  if (allowing?.FirewallDomainListId !== undefined) {
    const {FirewallDomainListId: list, Name = allowing.Priority} = allowing
    const title = `Add ${names} to domain list ${list}, which rule ${Name} of DNS Firewall group ${resource} allows`
    const everyRule = 'The list applies to every rule that uses it.'
    return proposed(title, addDomains(list, hosts), {docs: FIREWALL_DOCS, effect: everyRule})
  }
  const move = moveOf(rules, last + 1)
  if (!move) {
    const title = `Add a rule to DNS Firewall group ${resource} to allow ${names} before the rule that blocks them`
    return [contactOwner(title, FIREWALL_DOCS)]
  }
  return proposed(
    `Allow in DNS Firewall group ${resource} ${names} before rule ${blocking} (moved to priority ${move.to})`,
    inSequence(setFirewallPriority(resource, move.rule, move.to), allowDomains(resource, move.rule.Priority, hosts)),
    {docs: FIREWALL_DOCS, effect},
  )
}

/** The rule that blocks moves to the next free priority, if only rules that block as well are between. */
function moveOf(rules: readonly FirewallRule[], priority: number) {
  const byPriority = new Map(rules.map((rule) => [rule.Priority, rule]))
  const rule = byPriority.get(priority)
  const {FirewallDomainListId} = rule ?? {}
  if (!rule || FirewallDomainListId === undefined) return undefined
  let to = priority + 1
  while (byPriority.get(to)?.Action.toUpperCase() === 'BLOCK') to++
  return byPriority.has(to) ? undefined : {rule: {...rule, FirewallDomainListId}, to}
}
