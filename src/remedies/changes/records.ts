import type {HostedZone, ResourceRecordSet, VpcEndpoint} from '../../model/account.ts'
import {type Effect, editList} from '../../model/effect.ts'
import {isEndpointId} from '../../model/ids.ts'
import {hostOf} from '../../model/partition.ts'
import {formatAddress} from '../../network/address.ts'
import {recordName} from '../../network/dns/name.ts'
import {interfacesOf} from '../../network/endpoints/endpoint.ts'
import {type Change, change} from '../core/change.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {ec2, fromVariable, type Input, route53} from '../core/remedy.ts'
import {endpointVariable, isOnModelOnly, ownNameOf, untilAvailable} from './endpoints.ts'

/**
 * A record that points a name at an endpoint: an alias to the endpoint's own name, if that name and its zone are known;
 * else its addresses. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 * AWS rejects it next to a CNAME, or to records with a routing policy.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
 */
export function pointRecordAt(
  facts: NetworkFacts,
  zone: {readonly id: string; readonly input: Input},
  host: string,
  endpoint: VpcEndpoint,
  former: readonly ResourceRecordSet[] = [],
): Change | undefined {
  const target = targetAt(facts, endpoint)
  const [old, ...others] = former.filter(({Name, Type}) => /^(?:A|CNAME)$/.test(Type) && recordName(Name) === host)
  if (!target || old?.Type === 'CNAME' || old?.SetIdentifier !== undefined || others.length > 0) return undefined
  const record = {Name: host, Type: 'A', ...target}
  return change({
    calls: changeRecord(zone.input, 'UPSERT', record),
    undo: old ? changeRecord(zone.input, 'UPSERT', inputOf(old)) : changeRecord(zone.input, 'DELETE', record),
    effects: withRecord(zone.id, host, target),
  })
}

/** The same for an endpoint that an earlier call created: the command looks up its name and the zone of that name. */
export function pointNameAtNewEndpoint(facts: NetworkFacts, {Id}: HostedZone, service: string, vpcId: string): Change {
  const Name = hostOf(service, facts)
  const endpoint = endpointVariable(service)
  const [name, zoneId] = [`${endpoint}_NAME`, `${endpoint}_ZONE`]
  const AliasTarget = {HostedZoneId: fromVariable(zoneId), DNSName: fromVariable(name), EvaluateTargetHealth: false}
  const record = {Name, Type: 'A', AliasTarget}
  const lookUp = (as: string, field: string) =>
    ec2(
      'DescribeVpcEndpoints',
      {VpcEndpointIds: [fromVariable(endpoint)]},
      {as, query: `VpcEndpoints[0].DnsEntries[0].${field}`},
    )
  return change({
    calls: [
      untilAvailable(service),
      lookUp(name, 'DnsName'),
      lookUp(zoneId, 'HostedZoneId'),
      changeRecord(Id, 'UPSERT', record),
    ],
    undo: changeRecord(Id, 'DELETE', record),
    effects: withRecord(Id, Name, {AliasTarget: {DNSName: ownNameOf(facts, vpcId, service)}}),
  })
}

const changeRecord = (
  HostedZoneId: Input,
  Action: 'UPSERT' | 'DELETE',
  ResourceRecordSet: {readonly [key: string]: Input},
) => route53('ChangeResourceRecordSets', {HostedZoneId, ChangeBatch: {Changes: [{Action, ResourceRecordSet}]}})

const withRecord = (
  zoneId: string,
  host: string,
  {AliasTarget, ResourceRecords}: Pick<ResourceRecordSet, 'AliasTarget' | 'ResourceRecords'>,
): Effect =>
  editList('HostedZones', zoneId, 'ResourceRecordSets', (records) => [
    ...records.filter(({Name, Type}) => Type !== 'A' || recordName(Name) !== host),
    {Name: `${host}.`, Type: 'A', ...(AliasTarget && {AliasTarget}), ...(ResourceRecords && {ResourceRecords})},
  ])

/** What a record for the endpoint contains: its own name, else its addresses, if AWS has assigned them. */
function targetAt(facts: NetworkFacts, endpoint: VpcEndpoint) {
  const own = endpoint.DnsEntries.find(({DnsName, HostedZoneId}) => isEndpointId(DnsName) && HostedZoneId)
  if (own?.DnsName !== undefined) return aliasOf(own.HostedZoneId, own.DnsName)
  if (isOnModelOnly(endpoint)) return undefined
  const ResourceRecords = interfacesOf(facts, endpoint).flatMap((eni) =>
    eni.addresses[4].flatMap(([from, to]) => (Number(to) - Number(from) === 1 ? [{Value: formatAddress(from)}] : [])),
  )
  return ResourceRecords.length === 0 ? undefined : {TTL: 60, ResourceRecords}
}

/** A record in the form in which Route 53 deletes it. */
const inputOf = ({Name, Type, AliasTarget, ResourceRecords = []}: ResourceRecordSet) => ({
  Name,
  Type,
  ...(AliasTarget
    ? aliasOf(AliasTarget.HostedZoneId, AliasTarget.DNSName)
    : {TTL: 60, ResourceRecords: ResourceRecords.map(({Value}) => ({Value}))}),
})

const aliasOf = (HostedZoneId = '', DNSName: string) => ({
  AliasTarget: {HostedZoneId, DNSName, EvaluateTargetHealth: false},
})
