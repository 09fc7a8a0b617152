import {
  type DhcpOptions,
  type FirewallRule,
  type FirewallRuleGroupAssociation,
  type HostedZone,
  isUnreadable,
  itemsOf,
} from '../../model/account.ts'
import {editEach, editList, put, remove, set} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {withoutDot} from '../../network/dns/name.ts'
import {type Change, change, inSequence, inverse, setting} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {ec2, fromVariable, type Input, route53, route53resolver, type Variable} from '../core/remedy.ts'

export type DnsAttribute = 'EnableDnsSupport' | 'EnableDnsHostnames'

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export const setVpcAttribute = (VpcId: string, attribute: DnsAttribute, Value: boolean): Change =>
  change({
    calls: ec2('ModifyVpcAttribute', {VpcId, [attribute]: {Value}}),
    effects: set('VpcAttributes', VpcId, {[attribute]: {Value}}),
  })

/**
 * Private DNS answers only if both attributes are enabled.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
 */
export function enablePrivateNames(facts: NetworkFacts, vpcId: string): readonly Change[] {
  const attributes = find(facts.VpcAttributes, 'VpcId', vpcId)
  return (['EnableDnsSupport', 'EnableDnsHostnames'] as const)
    .filter((attribute) => attributes && !attributes[attribute].Value)
    .map((attribute) => setVpcAttribute(vpcId, attribute, true))
}

/**
 * The Amazon DNS server then also gives IPv6 addresses for names that have IPv4 addresses only.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
 */
export const setDns64 = (SubnetId: string, Value: boolean): Change =>
  change({
    calls: ec2('ModifySubnetAttribute', {SubnetId, EnableDns64: {Value}}),
    effects: set('Subnets', SubnetId, {EnableDns64: Value}),
  })

const AMAZON = 'AmazonProvidedDNS'

export const dhcpOptionsWith = (DhcpOptionsId: string, servers: readonly string[] = [AMAZON]): DhcpOptions => ({
  DhcpOptionsId,
  DhcpConfigurations:
    servers.length === 0 ? [] : [{Key: 'domain-name-servers', Values: servers.map((Value) => ({Value}))}],
})

const namesAmazon = ({DhcpConfigurations}: DhcpOptions): boolean =>
  DhcpConfigurations.some(
    ({Key, Values = []}) => Key === 'domain-name-servers' && Values.some(({Value}) => Value === AMAZON),
  )

/** The VPC has other DHCP options; `given` is for those whose id is only in AWS's response. */
export const associateDhcpOptions = (
  VpcId: string,
  [from, to]: readonly [from: string | undefined, to: string],
  given: Input = to,
): Change =>
  setting(
    (id: string) => ec2('AssociateDhcpOptions', {DhcpOptionsId: id === to ? given : id, VpcId}),
    [from, to],
    set('Vpcs', VpcId, {DhcpOptionsId: to}),
  )

/**
 * Sets the Amazon DNS server for the VPC. https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
export function useAmazonNameServer(facts: NetworkFacts, VpcId: string): Change {
  const former = find(facts.Vpcs, 'VpcId', VpcId)?.DhcpOptionsId ?? 'default'
  const existing = itemsOf(facts.DhcpOptions).find(namesAmazon)?.DhcpOptionsId
  if (existing !== undefined) return associateDhcpOptions(VpcId, [former, existing])
  const id = modelId('dopt', AMAZON)
  const DhcpOptionsId = fromVariable('DHCP_OPTIONS')
  const created = change({
    calls: ec2(
      'CreateDhcpOptions',
      {DhcpConfigurations: [{Key: 'domain-name-servers', Values: [AMAZON]}]},
      {as: 'DHCP_OPTIONS', query: 'DhcpOptions.DhcpOptionsId'},
    ),
    effects: put('DhcpOptions', dhcpOptionsWith(id)),
  })
  return inSequence(created, associateDhcpOptions(VpcId, [former, id], DhcpOptionsId))
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html */
export const associateZone = ({Id}: Pick<HostedZone, 'Id'>, VPCId: string, VPCRegion: string): Change =>
  change({
    calls: route53('AssociateVPCWithHostedZone', {HostedZoneId: Id, VPC: {VPCRegion, VPCId}}),
    effects: editList('HostedZones', Id, 'VPCs', (vpcs) => [...vpcs.filter(isNot(VPCId)), {VPCId, VPCRegion}]),
  })

/**
 * Before a VPC of another account: the owner of the zone authorizes the association, which the owner of the VPC makes.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
 */
export const authorizeZone = ({Id}: Pick<HostedZone, 'Id'>, VPCId: string, VPCRegion: string): Change =>
  change({
    calls: route53('CreateVPCAssociationAuthorization', {HostedZoneId: Id, VPC: {VPCRegion, VPCId}}),
    effects: [],
  })

export const disassociateZone = (zone: Pick<HostedZone, 'Id'>, vpcId: string, region: string): Change =>
  inverse(
    associateZone(zone, vpcId, region),
    editList('HostedZones', zone.Id, 'VPCs', (vpcs) => vpcs.filter(isNot(vpcId))),
  )

const isNot =
  (id: string) =>
  ({VPCId}: {readonly VPCId?: string | undefined}): boolean =>
    VPCId !== id

const zoneVariable = (name: string): string => `ZONE_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
export const createdZone = (name: string): {readonly id: string; readonly input: Variable} => ({
  id: `NEWZONE${name.toUpperCase().replace(/[^A-Z0-9]/g, '')}`.slice(0, 32),
  input: fromVariable(zoneVariable(name)),
})

/** A private zone for one name. A reference that was used before is rejected, even after its zone was deleted. https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html */
export const createPrivateZone = ({Region: VPCRegion, ReadAt}: NetworkFacts, Name: string, VPCId: string): Change => {
  const VPC = {VPCRegion, VPCId}
  const {id} = createdZone(Name)
  return change({
    calls: route53(
      'CreateHostedZone',
      {Name, VPC, CallerReference: `ssm-doctor ${VPCId} ${Name} ${ReadAt}`, HostedZoneConfig: {PrivateZone: true}},
      {as: zoneVariable(Name), query: 'HostedZone.Id'},
    ),
    effects: put('HostedZones', {Id: id, Name: `${Name}.`, VPCs: [VPC], ResourceRecordSets: []}),
  })
}

/**
 * Only a zone without records of its own can be deleted, and it comes back under another id.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
 */
export const deletePrivateZone = (facts: NetworkFacts, {Id, Name}: HostedZone, VPCId: string): Change =>
  change({
    calls: route53('DeleteHostedZone', {Id}),
    undo: createPrivateZone(facts, withoutDot(Name), VPCId).steps,
    effects: remove('HostedZones', Id),
  })

/**
 * A rule of a DNS Firewall group that allows names before the rule that blocks them, and what they are redirected to: the
 * public names of buckets are CNAMEs.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRule.html
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-groups-working.html
 */
export function allowDomains(FirewallRuleGroupId: string, Priority: number, Domains: readonly string[]): Change {
  const FirewallDomainListId = fromVariable('DOMAIN_LIST')
  const CreatorRequestId = modelId('rslvr-fdl', FirewallRuleGroupId, ...Domains)
  const Name = 'ssm-doctor-allow-systems-manager'
  const Action = 'ALLOW'
  const FirewallDomainRedirectionAction = 'TRUST_REDIRECTION_DOMAIN'
  const rule = {
    Name,
    Priority,
    Action,
    FirewallDomainListId: CreatorRequestId,
    Domains,
    FirewallDomainRedirectionAction,
  }
  return change({
    calls: [
      route53resolver(
        'CreateFirewallDomainList',
        {CreatorRequestId, Name},
        {as: 'DOMAIN_LIST', query: 'FirewallDomainList.Id'},
      ),
      route53resolver('UpdateFirewallDomains', {FirewallDomainListId, Operation: 'ADD', Domains}),
      route53resolver('CreateFirewallRule', {
        CreatorRequestId,
        FirewallRuleGroupId,
        FirewallDomainListId,
        Priority,
        Action,
        Name,
        FirewallDomainRedirectionAction,
      }),
    ],
    effects: editEach('FirewallRuleGroupAssociations', 'FirewallRuleGroupId', FirewallRuleGroupId, (group) =>
      isUnreadable(group.FirewallRules) ? group : {...group, FirewallRules: [...group.FirewallRules, rule]},
    ),
  })
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_UpdateFirewallRule.html */
export const setFirewallPriority = (
  FirewallRuleGroupId: string,
  {FirewallDomainListId, Qtype, Priority: from}: FirewallRule & {readonly FirewallDomainListId: string},
  to: number,
): Change =>
  setting(
    (Priority: number) =>
      route53resolver('UpdateFirewallRule', {
        FirewallRuleGroupId,
        FirewallDomainListId,
        Priority,
        ...(Qtype !== undefined && {Qtype}),
      }),
    [from, to],
    editEach('FirewallRuleGroupAssociations', 'FirewallRuleGroupId', FirewallRuleGroupId, (group) =>
      isUnreadable(group.FirewallRules)
        ? group
        : {
            ...group,
            FirewallRules: group.FirewallRules.map((rule) => (rule.Priority === from ? {...rule, Priority: to} : rule)),
          },
    ),
  )

/**
 * More names in a list of domains, for every rule that names the list.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_UpdateFirewallDomains.html
 */
export function addDomains(FirewallDomainListId: string, Domains: readonly string[]): Change {
  const update = (Operation: 'ADD' | 'REMOVE') =>
    route53resolver('UpdateFirewallDomains', {FirewallDomainListId, Operation, Domains})
  return change({
    calls: update('ADD'),
    undo: update('REMOVE'),
    effects: editEach('FirewallRuleGroupAssociations', listsIn, FirewallDomainListId, (group) => ({
      ...group,
      FirewallRules: itemsOf(group.FirewallRules).map((rule) =>
        rule.FirewallDomainListId === FirewallDomainListId && !isUnreadable(rule.Domains)
          ? {...rule, Domains: [...rule.Domains, ...Domains]}
          : rule,
      ),
    })),
  })
}

const listsIn = ({FirewallRules}: FirewallRuleGroupAssociation): readonly unknown[] =>
  isUnreadable(FirewallRules) ? [] : FirewallRules.map(({FirewallDomainListId}) => FirewallDomainListId)
