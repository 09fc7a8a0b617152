import {
  type FirewallRule,
  type HostedZone,
  type Instance,
  isUnreadable,
  itemsOf,
  type Kind,
  type ResolverRule,
  type ResourceRecordSet,
  type VpcEndpoint,
} from '../../model/account.ts'
import {allWith, find, lookup} from '../../model/joins.ts'
import {cidrRanges, type Family, formatAddress, PUBLIC, parseCidr} from '../address.ts'
import {claims, endpointNamed, endpointsIn, isAvailable, matchesName} from '../endpoints/endpoint.ts'
import type {Fault, Hop, Verdict} from '../path.ts'
import {includes, isEmpty, type Ranges, union} from '../ranges.ts'
import type {WalkReadings} from '../readings.ts'

/** What a name means, seen from a subnet. `why` is the hop that tells it. */
export type Answer = {readonly why: readonly Hop[]} & (
  | {readonly is: 'endpoint'; readonly endpoint: VpcEndpoint; readonly zone: string | undefined}
  /** Private addresses that a private hosted zone gives. `zoneId` is to blame when they lead nowhere. */
  | {readonly is: 'addresses'; readonly addresses: Readonly<Record<Family, Ranges>>; readonly zoneId: string}
  | {readonly is: 'public'}
  | {readonly is: 'none'}
)

/**
 * Instance families of the Xen hypervisor: without a DHCP option set they get no name server at all, Nitro instances do.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
const XEN = /^(t1|t2|m1|m2|m3|m4|c1|c3|c4|cc2|cr1|r3|r4|x1|x1e|i2|i3|d2|h1|hs1|p2|p3|g2|g3|g3s|f1)\.(?!metal)/

const AMAZON_SERVERS = new Set(['amazonprovideddns', '169.254.169.253', 'fd00:ec2::253'])

const hop = (resource: string, verdict: Verdict, because: string, fault?: Fault, unread?: Kind): Hop => ({
  at: 'name',
  resource,
  leg: 'instance',
  direction: 'request',
  verdict,
  because,
  ...(fault && {fault}),
  ...(unread && {unread}),
})

const withoutDot = (name: string) => name.toLowerCase().replace(/\.$/, '')
const covers = (domain: string, host: string) => {
  const name = withoutDot(domain)
  return name === '' || name === host || host.endsWith(`.${name}`)
}
const labels = (domain: string) => withoutDot(domain).split('.').filter(Boolean).length

/**
 * What a host name means for the instance: its name servers first, then DNS Firewall, resolver rules, private zones of
 * the VPC (its endpoints' among them), and the public name.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
 */
export function resolve(readings: WalkReadings, instance: Instance, vpcId: string, host: string): Answer {
  const servers = nameServers(readings, instance, vpcId)
  if (servers.verdict === 'blocked') return {is: 'none', why: [servers]}

  const amazon = amazonAnswer(readings, vpcId, host)
  if (servers.verdict === 'open') return amazon
  // What the instance's own servers say cannot be read; what Amazon's would say is the best guess to walk on with. Where
  // it would say nothing, nobody knows that it is asked.
  const guess = amazon.is === 'none' ? unblocked(readings, vpcId, host) : amazon
  return {...guess, why: [servers, ...guess.why]}
}

function unblocked(readings: WalkReadings, vpcId: string, host: string): Answer {
  const answer = zonesFor(readings, vpcId, host)?.answer
  return answer?.is === 'endpoint' ? answer : publicAnswer(host)
}

/** The servers that the DHCP options name: open for Amazon's, unknown for others. */
function nameServers(readings: WalkReadings, instance: Instance, vpcId: string): Hop {
  const vpc = lookup(readings.Vpcs, 'VpcId', vpcId)
  if (vpc === undefined || isUnreadable(vpc))
    return hop(vpcId, 'unknown', `VPC ${vpcId} could not be read.`, undefined, 'Vpcs')
  const id = vpc.DhcpOptionsId
  if (id === undefined || id === 'default') {
    return XEN.test(instance.InstanceType ?? '')
      ? hop(
          vpcId,
          'blocked',
          `VPC ${vpcId} has no DHCP option set, and a ${instance.InstanceType} instance then gets no name server.`,
          {cause: 'dns.none'},
        )
      : hop(vpcId, 'open', `VPC ${vpcId} has no DHCP option set; Nitro instances then use Amazon's name server.`)
  }
  const options = lookup(readings.DhcpOptions, 'DhcpOptionsId', id)
  if (options === undefined || isUnreadable(options))
    return hop(id, 'unknown', `DHCP options ${id} could not be read.`, undefined, 'DhcpOptions')

  const servers = options.DhcpConfigurations.filter(({Key}) => Key === 'domain-name-servers').flatMap(({Values}) =>
    (Values ?? []).flatMap(({Value}) => Value ?? []),
  )
  const own = servers.filter((server) => !isAmazonServer(server, vpc.CidrBlock))
  if (own.length === 0 && servers.length > 0) return hop(id, 'open', "The instance asks Amazon's name server.")
  if (own.length === 0) {
    return XEN.test(instance.InstanceType ?? '')
      ? hop(id, 'blocked', `DHCP options ${id} name no name server.`, {cause: 'dns.none'})
      : hop(id, 'open', `DHCP options ${id} name no name server; Nitro instances then use Amazon's.`)
  }
  return hop(
    id,
    'unknown',
    `DHCP options ${id} send the instance to its own name servers ${own.join(', ')}; what they answer cannot be read.`,
    {cause: 'dns.custom-servers', detail: {servers: own}},
  )
}

/** The VPC's resolver also listens on the second address of the VPC's first block. */
const isAmazonServer = (server: string, cidr: string | undefined): boolean => {
  if (AMAZON_SERVERS.has(server.toLowerCase())) return true
  const from = cidr === undefined ? undefined : parseCidr(cidr)?.ranges[0]?.[0]
  return typeof from === 'number' && server === formatAddress(from + 2)
}

function amazonAnswer(readings: WalkReadings, vpcId: string, host: string): Answer {
  const attributes = find(readings.VpcAttributes, 'VpcId', vpcId)
  if (attributes && !attributes.EnableDnsSupport.Value) {
    const because = `DNS support of VPC ${vpcId} is off, so Amazon's name server does not answer for ${host}.`
    return {is: 'none', why: [hop(vpcId, 'blocked', because, {cause: 'dns.support-off'})]}
  }
  const doubts: Hop[] = attributes
    ? []
    : [hop(vpcId, 'unknown', `The DNS attributes of VPC ${vpcId} could not be read.`, undefined, 'VpcAttributes')]

  const firewall = firewallVerdict(readings, vpcId, host)
  if (firewall?.verdict === 'blocked') return {is: 'none', why: [...doubts, firewall]}
  if (firewall) doubts.push(firewall)

  const zones = attributes && !attributes.EnableDnsHostnames.Value ? undefined : zonesFor(readings, vpcId, host)
  const rule = ruleFor(readings, vpcId, host)
  if (isUnreadable(readings.ResolverRules))
    doubts.push(hop(vpcId, 'unknown', 'Resolver rules could not be read.', undefined, 'ResolverRules'))
  if (rule && labels(rule.DomainName) >= (zones?.labels ?? 0) && rule.RuleType.toUpperCase() === 'FORWARD') {
    const targets = (rule.TargetIps ?? []).flatMap(({Ip}) => Ip ?? []).join(', ')
    doubts.push(
      hop(
        rule.Id,
        'unknown',
        `Resolver rule ${rule.Id} forwards ${withoutDot(rule.DomainName) || 'every name'} to ${targets || 'other servers'}; what they answer cannot be read.`,
        {cause: 'dns.resolver-rule'},
      ),
    )
    return {...(zones?.answer ?? publicAnswer(host)), why: doubts}
  }
  if (isUnreadable(readings.VpcEndpoints) && zones?.answer.is !== 'addresses' && zones?.answer.is !== 'endpoint')
    doubts.push(
      hop(vpcId, 'unknown', `VPC endpoints could not be read; one may answer for ${host}.`, undefined, 'VpcEndpoints'),
    )
  if (isUnreadable(readings.HostedZones) && zones?.answer.is !== 'endpoint')
    doubts.push(
      hop(
        vpcId,
        'unknown',
        `Private hosted zones could not be read; one may answer for ${host}.`,
        undefined,
        'HostedZones',
      ),
    )

  const answer = zones?.answer ?? publicAnswer(host)
  return {...answer, why: [...doubts, ...answer.why]}
}

const publicAnswer = (host: string): Answer => ({
  is: 'public',
  why: [hop(host, 'open', `${host} resolves to public addresses.`)],
})

/** The private zone that owns the name, and its answer: an endpoint's own zone or a hosted zone, the most specific. */
function zonesFor(readings: WalkReadings, vpcId: string, host: string): {labels: number; answer: Answer} | undefined {
  const endpoint = endpointsIn(readings, vpcId).find(
    (candidate) => isAvailable(candidate) && claims(candidate, host, readings),
  )
  if (endpoint) {
    const because = `${host} resolves to endpoint ${endpoint.VpcEndpointId} in VPC ${vpcId}.`
    const why = [hop(endpoint.VpcEndpointId, 'open', because)]
    return {labels: labels(host), answer: {is: 'endpoint', endpoint, zone: undefined, why}}
  }
  const zone = itemsOf(readings.HostedZones)
    .filter(
      (candidate) =>
        covers(candidate.Name, host) && isSeenFrom(candidate, vpcId) && candidate.Owner?.OwningService === undefined,
    )
    .sort((a, b) => labels(b.Name) - labels(a.Name))[0]
  return zone && {labels: labels(zone.Name), answer: zoneAnswer(readings, zone, host)}
}

const isSeenFrom = ({VPCs}: HostedZone, vpcId: string) => VPCs === undefined || VPCs.some(({VPCId}) => VPCId === vpcId)

function zoneAnswer(readings: WalkReadings, zone: HostedZone, host: string): Answer {
  const name = withoutDot(zone.Name)
  if (isUnreadable(zone.ResourceRecordSets)) {
    const because = `Private hosted zone ${zone.Id} (${name}) owns ${host}, and its records could not be read.`
    return {is: 'public', why: [hop(zone.Id, 'unknown', because, undefined, 'HostedZones')]}
  }
  const records = recordsFor(zone.ResourceRecordSets, host)
  if (records.length === 0) {
    const because = `Private hosted zone ${zone.Id} (${name}) owns ${host} and has no record for it, so the name does not resolve.`
    return {is: 'none', why: [hop(zone.Id, 'blocked', because, {cause: 'dns.phz-shadow'})]}
  }
  for (const {AliasTarget, Type, ResourceRecords = []} of records) {
    const target = AliasTarget?.DNSName ?? (Type === 'CNAME' ? ResourceRecords[0]?.Value : undefined)
    if (target !== undefined) return aliasAnswer(readings, zone, host, withoutDot(target))
  }
  const values = records.flatMap(({ResourceRecords = []}) => ResourceRecords.map(({Value}) => Value))
  const addresses = {4: cidrRanges(4, values), 6: cidrRanges(6, values)}
  const because = `Private hosted zone ${zone.Id} (${name}) answers ${host} with ${values.join(', ')}.`
  const why = [hop(zone.Id, 'open', because)]
  const all: Ranges = union(addresses[4], [])
  if (!isEmpty(all) && includes(PUBLIC[4], all)) return {is: 'public', why}
  return {is: 'addresses', addresses, zoneId: zone.Id, why}
}

/** Records of the name itself, else of the closest wildcard. */
function recordsFor(sets: readonly ResourceRecordSet[], host: string): readonly ResourceRecordSet[] {
  const useful = sets.filter(({Type}) => Type === 'A' || Type === 'AAAA' || Type === 'CNAME')
  const exact = useful.filter(({Name}) => withoutDot(withAsterisk(Name)) === host)
  if (exact.length > 0) return exact
  const wild = useful.filter(({Name}) => withAsterisk(Name).startsWith('*.') && matchesName(withAsterisk(Name), host))
  const longest = Math.max(...wild.map(({Name}) => labels(withAsterisk(Name))))
  return wild.filter(({Name}) => labels(withAsterisk(Name)) === longest)
}

/** Route 53 writes the wildcard's asterisk as an octal escape. */
const withAsterisk = (name: string) => name.replaceAll('\\052', '*')

function aliasAnswer(readings: WalkReadings, zone: HostedZone, host: string, target: string): Answer {
  const named = endpointNamed(readings, target)
  if (named?.endpoint) {
    const because = `Private hosted zone ${zone.Id} sends ${host} to endpoint ${named.id} in VPC ${named.endpoint.VpcId}.`
    return {is: 'endpoint', endpoint: named.endpoint, zone: named.zone, why: [hop(zone.Id, 'open', because)]}
  }
  if (named) {
    const because = `Private hosted zone ${zone.Id} sends ${host} to endpoint ${named.id}, which is not in the account that was read; add its owner's account file.`
    return {is: 'public', why: [hop(zone.Id, 'unknown', because, undefined, 'VpcEndpoints')]}
  }
  const because = `Private hosted zone ${zone.Id} sends ${host} to ${target}, whose address cannot be read.`
  return {is: 'public', why: [hop(zone.Id, 'unknown', because)]}
}

/** The most specific rule that covers the name; a SYSTEM rule takes the name back from a FORWARD rule. */
const ruleFor = (readings: WalkReadings, vpcId: string, host: string): ResolverRule | undefined =>
  itemsOf(readings.ResolverRules)
    .filter(
      ({DomainName, VPCIds, RuleType}) =>
        VPCIds.includes(vpcId) && covers(DomainName, host) && RuleType.toUpperCase() !== 'RECURSIVE',
    )
    .sort((a, b) => labels(b.DomainName) - labels(a.DomainName))[0]

/**
 * Rule groups by priority, rules by priority, the first that matches decides.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html
 */
function firewallVerdict(readings: WalkReadings, vpcId: string, host: string): Hop | undefined {
  const {FirewallRuleGroupAssociations: groups} = readings
  if (isUnreadable(groups) && groups.known === undefined)
    return hop(vpcId, 'unknown', 'DNS Firewall rules could not be read.', undefined, 'FirewallRuleGroupAssociations')
  const associated = [...allWith(groups, 'VpcId', vpcId)].sort((a, b) => a.Priority - b.Priority)
  let doubt: Hop | undefined
  let mayBeAllowed = false
  for (const {FirewallRuleGroupId, FirewallRules} of associated) {
    if (isUnreadable(FirewallRules)) {
      doubt ??= hop(
        FirewallRuleGroupId,
        'unknown',
        `The rules of DNS Firewall group ${FirewallRuleGroupId} could not be read.`,
        undefined,
        'FirewallRuleGroupAssociations',
      )
      continue
    }
    for (const rule of [...FirewallRules].sort((a, b) => a.Priority - b.Priority)) {
      const match = matches(rule, host)
      if (match === 'unknown' && rule.Action.toUpperCase() === 'BLOCK')
        doubt ??= hop(
          FirewallRuleGroupId,
          'unknown',
          `DNS Firewall rule ${rule.Name ?? rule.Priority} of group ${FirewallRuleGroupId} blocks a domain list that could not be read.`,
          undefined,
          'FirewallRuleGroupAssociations',
        )
      if (match === 'unknown') mayBeAllowed ||= rule.Action.toUpperCase() !== 'BLOCK'
      if (match !== true) continue
      if (rule.Action.toUpperCase() !== 'BLOCK') return doubt
      const because = `DNS Firewall rule ${rule.Name ?? rule.Priority} of group ${FirewallRuleGroupId} blocks ${host}.`
      return hop(FirewallRuleGroupId, doubt || mayBeAllowed ? 'unknown' : 'blocked', because, {
        cause: 'dns.firewall-block',
        detail: {rule: rule.Name ?? String(rule.Priority), priority: rule.Priority},
      })
    }
  }
  return doubt
}

const matches = ({Domains}: FirewallRule, host: string): boolean | 'unknown' =>
  isUnreadable(Domains) ? 'unknown' : Domains.some((domain) => domain === '*' || matchesName(domain, host))
