import type {HostedZone, ManagedPrefixList, ResourceRecordSet} from '../../model/account.ts'
import {put, remove} from '../../model/effect.ts'
import {find} from '../../model/lists.ts'
import {hostedZoneId} from '../../network/dns/name.ts'
import {associateZone, disassociateZone} from '../../remedies/changes/names.ts'
import {defined} from '../../util/json.ts'
import {hasUnknown, isTrue, listOf, numberOf, objectOf, type Properties, textOf, textsOf} from '../resource.ts'
import {
  changedOf,
  itemUnknown,
  listIn,
  partOfList,
  type ResourceEffect,
  removalOf,
  someUnknown,
} from './resource-effect.ts'

const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`)

export const hostedZone: ResourceEffect = {
  add: (account, properties, {id, address, before}) => {
    const Id = hostedZoneId(id)
    const known = find(account.HostedZones, 'Id', Id)
    const {Name, VPCs} = changedOf(known, properties, before)
    const name = textOf(Name) ?? known?.Name
    if (name === undefined || hasUnknown(VPCs)) return itemUnknown(account, 'HostedZones', Id, address)
    const vpcs = listOf(VPCs).flatMap((one) => textOf(objectOf(one).VPCId) ?? [])
    // A zone without a VPC is public, and a walk resolves it through AWS's own servers.
    if (vpcs.length === 0 && !known) return account
    const zone: HostedZone = {
      ...known,
      Id,
      Name: absolute(name),
      VPCs: VPCs === undefined && known?.VPCs ? known.VPCs : vpcs.map((VPCId) => ({VPCId, VPCRegion: account.Region})),
      ResourceRecordSets: known?.ResourceRecordSets ?? [],
    }
    return put('HostedZones', zone)(account)
  },
  remove: (account, _, {id}) => remove('HostedZones', hostedZoneId(id))(account),
}

export const zoneAssociation: ResourceEffect = {
  add: (account, {HostedZoneId, VpcId}, {address}) => {
    const [zone, vpc] = [textOf(HostedZoneId), textOf(VpcId)]
    if (zone === undefined || vpc === undefined) return someUnknown(account, 'HostedZones', address)
    return associateZone({Id: hostedZoneId(zone)}, vpc, account.Region).apply(account)
  },
  remove: (account, {HostedZoneId, VpcId}) =>
    disassociateZone({Id: hostedZoneId(textOf(HostedZoneId) ?? '')}, textOf(VpcId) ?? '', account.Region).apply(
      account,
    ),
}

const recordOf = ({Name, Type, ResourceRecords, AliasTarget, ...policy}: Properties): ResourceRecordSet => {
  const {DNSName, EvaluateTargetHealth} = objectOf(AliasTarget)
  const alias = textOf(DNSName)
  const weight = numberOf(policy.Weight)
  return defined({
    Name: absolute(textOf(Name) ?? ''),
    Type: textOf(Type) ?? 'A',
    AliasTarget:
      alias === undefined
        ? undefined
        : {DNSName: absolute(alias), ...(isTrue(EvaluateTargetHealth) && {EvaluateTargetHealth: true})},
    ResourceRecords: ResourceRecords === undefined ? undefined : textsOf(ResourceRecords).map((Value) => ({Value})),
    SetIdentifier: textOf(policy.SetIdentifier) || undefined,
    HealthCheckId: textOf(policy.HealthCheckId) || undefined,
    Weight: Number.isNaN(weight) ? undefined : weight,
    MultiValueAnswer: isTrue(policy.MultiValueAnswer) || undefined,
  })
}

export const recordSet = partOfList({
  kind: 'HostedZones',
  owner: 'HostedZoneId',
  idOf: hostedZoneId,
  list: 'ResourceRecordSets',
  itemOf: recordOf,
  // https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
  isSame: (one, other) =>
    one.Name.toLowerCase() === other.Name.toLowerCase() &&
    one.Type === other.Type &&
    one.SetIdentifier === other.SetIdentifier,
})

export const prefixList: ResourceEffect = {
  add: (account, properties, {id, address, before}) => {
    const known = find(account.ManagedPrefixLists, 'PrefixListId', id)
    const {Entries, PrefixListName} = changedOf(known, properties, before)
    const list = {
      Entries: [],
      ...known,
      PrefixListId: id,
      PrefixListName: textOf(PrefixListName) ?? known?.PrefixListName ?? address,
      ...listIn({Entries}, address, ({Cidr}) => [{Cidr: textOf(Cidr)}]),
    } as ManagedPrefixList
    return put('ManagedPrefixLists', list)(account)
  },
  remove: removalOf('ManagedPrefixLists'),
}

export const prefixListEntry = partOfList({
  kind: 'ManagedPrefixLists',
  owner: 'PrefixListId',
  list: 'Entries',
  itemOf: ({Cidr}) => ({Cidr: textOf(Cidr)}),
  isSame: (one, other) => one.Cidr === other.Cidr,
})
