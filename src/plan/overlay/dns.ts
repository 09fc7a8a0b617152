import type {Account, HostedZone, ManagedPrefixList, ResourceRecordSet} from '../../model/account.ts'
import {find, withItem, withItems, withPut} from '../../model/joins.ts'
import {hasUnknown, listOf, objectOf, type Properties, textOf, textsOf} from '../resource.ts'
import {afterApply, type Effect, eachInDoubt, inDoubt} from './effect.ts'

const zoneIdOf = (id: string): string => (id.startsWith('/hostedzone/') ? id : `/hostedzone/${id}`)
const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`)

export const hostedZone: Effect = {
  add: (account, {Name, VPCs}, {id, address}) => {
    const Id = zoneIdOf(id)
    const known = find(account.HostedZones, 'Id', Id)
    const name = textOf(Name) ?? known?.Name
    if (name === undefined || hasUnknown(VPCs)) return inDoubt(withoutZone(account, Id), 'HostedZones', address)
    const vpcs = listOf(VPCs)
      .map(objectOf)
      .flatMap(({VPCId}) => textOf(VPCId) ?? [])
    // A zone without a VPC is public, and a walk resolves it through AWS's own servers.
    if (vpcs.length === 0 && !known) return account
    const zone: HostedZone = {
      ...known,
      Id,
      Name: absolute(name),
      VPCs: VPCs === undefined && known?.VPCs ? known.VPCs : vpcs.map((VPCId) => ({VPCId, VPCRegion: account.Region})),
      ResourceRecordSets: known?.ResourceRecordSets ?? [],
    }
    return withPut(account, 'HostedZones', 'Id', zone)
  },
  remove: (account, _, {id}) => withoutZone(account, zoneIdOf(id)),
}

const withoutZone = (account: Account, id: string): Account =>
  withItems(account, 'HostedZones', (zones) => zones.filter(({Id}) => Id !== id))

export const zoneAssociation: Effect = {
  add: (account, {HostedZoneId, VpcId}, {address}) => {
    const [zone, vpc] = [textOf(HostedZoneId), textOf(VpcId)]
    if (zone === undefined || vpc === undefined) return inDoubt(account, 'HostedZones', address)
    return withItem(account, 'HostedZones', 'Id', zoneIdOf(zone), (item) => ({
      ...item,
      VPCs: [...(item.VPCs ?? []).filter(({VPCId}) => VPCId !== vpc), {VPCId: vpc, VPCRegion: account.Region}],
    }))
  },
  remove: (account, {HostedZoneId, VpcId}) =>
    withItem(account, 'HostedZones', 'Id', zoneIdOf(textOf(HostedZoneId) ?? ''), (item) => ({
      ...item,
      VPCs: (item.VPCs ?? []).filter(({VPCId}) => VPCId !== VpcId),
    })),
}

const recordOf = ({Name, Type, ResourceRecords, AliasTarget}: Properties): ResourceRecordSet => {
  const alias = textOf(objectOf(AliasTarget).DNSName)
  return {
    Name: absolute(textOf(Name) ?? ''),
    Type: textOf(Type) ?? 'A',
    ...(alias !== undefined && {AliasTarget: {DNSName: absolute(alias)}}),
    ...(ResourceRecords !== undefined && {ResourceRecords: textsOf(ResourceRecords).map((Value) => ({Value}))}),
  }
}

const isSame = (one: ResourceRecordSet, other: ResourceRecordSet): boolean =>
  one.Name.toLowerCase() === other.Name.toLowerCase() && one.Type === other.Type

const withRecords = (
  account: Account,
  zoneId: string,
  change: (records: readonly ResourceRecordSet[]) => HostedZone['ResourceRecordSets'],
): Account =>
  withItem(account, 'HostedZones', 'Id', zoneIdOf(zoneId), (zone) => ({
    ...zone,
    ResourceRecordSets:
      'unreadable' in zone.ResourceRecordSets ? zone.ResourceRecordSets : change(zone.ResourceRecordSets),
  }))

export const recordSet: Effect = {
  add: (account, properties, {address}) => {
    const zone = textOf(properties.HostedZoneId)
    // With one record known only after apply, the zone's records are unknown.
    const inDoubtIn = (model: Account, id: string) => withRecords(model, id, () => ({unreadable: afterApply(address)}))
    if (zone === undefined) return eachInDoubt(account, 'HostedZones', properties.HostedZoneId, address, inDoubtIn)
    if (hasUnknown(properties)) return inDoubtIn(account, zone)
    const added = recordOf(properties)
    return withRecords(account, zone, (records) => [...records.filter((one) => !isSame(one, added)), added])
  },
  remove: (account, properties) => {
    const removed = recordOf(properties)
    return withRecords(account, textOf(properties.HostedZoneId) ?? '', (records) =>
      records.filter((one) => !isSame(one, removed)),
    )
  },
}

export const prefixList: Effect = {
  add: (account, {Entries, PrefixListName}, {id, address}) => {
    const known = find(account.ManagedPrefixLists, 'PrefixListId', id)
    const list = {
      ...known,
      PrefixListId: id,
      PrefixListName: textOf(PrefixListName) ?? known?.PrefixListName ?? address,
      Entries: hasUnknown(Entries)
        ? {unreadable: afterApply(address)}
        : Entries === undefined
          ? (known?.Entries ?? [])
          : listOf(Entries).map((entry) => ({Cidr: textOf(objectOf(entry).Cidr)})),
    } as ManagedPrefixList
    return withPut(account, 'ManagedPrefixLists', 'PrefixListId', list)
  },
  remove: (account, _, {id}) =>
    withItems(account, 'ManagedPrefixLists', (lists) => lists.filter(({PrefixListId}) => PrefixListId !== id)),
}

export const prefixListEntry: Effect = {
  add: (account, {PrefixListId, Cidr}, {address}) => {
    const cidr = textOf(Cidr)
    return withItem(account, 'ManagedPrefixLists', 'PrefixListId', textOf(PrefixListId), (list) => ({
      ...list,
      Entries:
        'unreadable' in list.Entries
          ? list.Entries
          : cidr === undefined
            ? {unreadable: afterApply(address)}
            : [...list.Entries.filter((entry) => entry.Cidr !== cidr), {Cidr: cidr}],
    }))
  },
  remove: (account, {PrefixListId, Cidr}) =>
    withItem(account, 'ManagedPrefixLists', 'PrefixListId', textOf(PrefixListId), (list) => ({
      ...list,
      Entries: 'unreadable' in list.Entries ? list.Entries : list.Entries.filter((entry) => entry.Cidr !== Cidr),
    })),
}
