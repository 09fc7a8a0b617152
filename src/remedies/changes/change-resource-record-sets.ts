import {type HostedZone, isUnreadable, type ResourceRecordSet, type VpcEndpoint} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import {hostOf} from '../../model/partition.ts'
import {formatAddress} from '../../network/address.ts'
import {interfacesOf} from '../../network/endpoints/endpoint.ts'
import type {Change} from '../core/change.ts'
import {answer, type Input, type Step} from '../core/remedy.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'
import {endpointVariable, ownNameOf, untilAvailable} from './create-vpc-endpoint.ts'

/**
 * A record that points a name at an endpoint: an alias to the endpoint's own name, if that name and its zone are known;
 * else its addresses. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export function pointRecordAt(
  facts: NetworkFacts,
  zone: {readonly id: string; readonly input: Input},
  host: string,
  endpoint: VpcEndpoint,
  former: readonly ResourceRecordSet[] = [],
): Change | undefined {
  const record = recordFor(facts, host, endpoint)
  if (!record) return undefined
  const old = former.find(({Name, Type}) => Type === 'A' && withoutDot(Name) === host)
  return {
    steps: [changing(zone.input, 'UPSERT', record)],
    undo: [old ? changing(zone.input, 'UPSERT', inputOf(old)) : changing(zone.input, 'DELETE', record)],
    apply: (account) =>
      withItem(account, 'HostedZones', 'Id', zone.id, (item) =>
        isUnreadable(item.ResourceRecordSets)
          ? item
          : {...item, ResourceRecordSets: [...without(item.ResourceRecordSets, host), modelOf(record)]},
      ),
  }
}

/** The same for an endpoint that an earlier call created: the command looks up its name and the zone of that name. */
export function pointNameAtNewEndpoint(facts: NetworkFacts, zone: HostedZone, service: string, vpcId: string): Change {
  const Name = hostOf(service, facts)
  const endpoint = endpointVariable(service)
  const [name, zoneId] = [`${endpoint}_NAME`, `${endpoint}_ZONE`]
  const AliasTarget = {HostedZoneId: answer(zoneId), DNSName: answer(name), EvaluateTargetHealth: false}
  const record = {Name, Type: 'A', AliasTarget}
  const asked = (as: string, field: string): Step => ({
    service: 'ec2',
    operation: 'DescribeVpcEndpoints',
    input: {VpcEndpointIds: [answer(endpoint)]},
    save: {as, query: `VpcEndpoints[0].DnsEntries[0].${field}`},
  })
  const model: ResourceRecordSet = {
    Name: `${Name}.`,
    Type: 'A',
    AliasTarget: {DNSName: ownNameOf(facts, vpcId, service)},
  }
  return {
    steps: [
      ...untilAvailable(facts, service),
      asked(name, 'DnsName'),
      asked(zoneId, 'HostedZoneId'),
      changing(zone.Id, 'UPSERT', record),
    ],
    undo: [changing(zone.Id, 'DELETE', record)],
    apply: (account) =>
      withItem(account, 'HostedZones', 'Id', zone.Id, (item) =>
        isUnreadable(item.ResourceRecordSets)
          ? item
          : {...item, ResourceRecordSets: [...without(item.ResourceRecordSets, Name), model]},
      ),
  }
}

type Members = {readonly [key: string]: Input}

interface RecordInput extends Members {
  readonly Name: string
  readonly Type: string
}

const changing = (HostedZoneId: Input, Action: 'UPSERT' | 'DELETE', ResourceRecordSet: Members) => ({
  service: 'route53' as const,
  operation: 'ChangeResourceRecordSets',
  input: {HostedZoneId, ChangeBatch: {Changes: [{Action, ResourceRecordSet}]}},
})

function recordFor(facts: NetworkFacts, Name: string, endpoint: VpcEndpoint): RecordInput | undefined {
  const own = endpoint.DnsEntries.find(({DnsName, HostedZoneId}) => DnsName?.startsWith('vpce-') && HostedZoneId)
  if (own?.DnsName !== undefined && own.HostedZoneId !== undefined) {
    const AliasTarget = {HostedZoneId: own.HostedZoneId, DNSName: own.DnsName, EvaluateTargetHealth: false}
    return {Name, Type: 'A', AliasTarget}
  }
  const addresses = interfacesOf(facts, endpoint).flatMap((eni) =>
    eni.addresses[4].flatMap(([from, to]) => (Number(to) - Number(from) === 1 ? [{Value: formatAddress(from)}] : [])),
  )
  return addresses.length === 0 ? undefined : {Name, Type: 'A', TTL: 60, ResourceRecords: addresses}
}

/** A record in the form in which Route 53 deletes it. */
function inputOf({Name, Type, AliasTarget, ResourceRecords}: ResourceRecordSet): Members {
  if (AliasTarget)
    return {
      Name,
      Type,
      AliasTarget: {
        HostedZoneId: AliasTarget.HostedZoneId ?? '',
        DNSName: AliasTarget.DNSName,
        EvaluateTargetHealth: false,
      },
    }
  return {Name, Type, TTL: 60, ResourceRecords: (ResourceRecords ?? []).map(({Value}) => ({Value}))}
}

const modelOf = ({Name, Type, AliasTarget, ResourceRecords}: RecordInput): ResourceRecordSet => ({
  Name: `${Name}.`,
  Type,
  ...(isAlias(AliasTarget) && {AliasTarget}),
  ...(isRecords(ResourceRecords) && {ResourceRecords}),
})

const isAlias = (value: Input | undefined): value is {readonly DNSName: string; readonly HostedZoneId: string} =>
  typeof value === 'object' && 'DNSName' in value
const isRecords = (value: Input | undefined): value is readonly {readonly Value: string}[] => Array.isArray(value)

const withoutDot = (name: string) => name.toLowerCase().replace(/\.$/, '')
const without = (sets: readonly ResourceRecordSet[], host: string) =>
  sets.filter(({Name, Type}) => Type !== 'A' || withoutDot(Name) !== host)
