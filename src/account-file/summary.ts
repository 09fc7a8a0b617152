import {
  type Account,
  type Instance,
  isUnreadable,
  itemsOf,
  type NetworkInterface,
  type Reading,
} from '../model/account.ts'
import {KINDS} from '../model/kinds.ts'
import {SHARED} from './fleet.ts'
import {NAME_KINDS} from './fleet-names.ts'

/** What the rest of a fleet may need from one file. */
export interface FileSummary {
  readonly account: Account
  /** VPCs that another account owns, and addresses that private hosted zones answer with. */
  readonly names: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/**
 * The network of an account without its ordinary instances. Other files need only those that are route targets, that a
 * private hosted zone resolves to, or that are in a shared VPC: `requestedIds` are the VPCs and the addresses
 * that other files name. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
 */
export function summaryOf(account: Account, requestedIds: ReadonlySet<string> = NONE): FileSummary {
  const names = new Set([...foreignVpcs(account), ...answers(account)])
  const requested = new Set([...names, ...requestedIds, ...targets(account)])
  const kinds = {
    ...Object.fromEntries(KINDS.map((kind) => [kind, []])),
    ...Object.fromEntries([...SHARED, ...NAME_KINDS].map((kind) => [kind, account[kind]])),
  }
  const {Partition, Region, ReadAt, Caller, Instances, NetworkInterfaces} = account
  const summary = {
    ...(kinds as unknown as Account),
    ...{Partition, Region, ReadAt, ...(Caller && {Caller})},
    Instances: kept(Instances, (one) => isRequested(requested, one), placementOf),
    NetworkInterfaces: kept(NetworkInterfaces, (one) => !isOfInstance(one) || isRequestedInterface(requested, one)),
  }
  return {account: summary, names}
}

/**
 * What some files name and others may have omitted from their summary: a VPC that they list without knowing it is
 * shared, an address of an ordinary instance.
 */
export function unanswered(outlines: readonly FileSummary[]): ReadonlySet<string> {
  const keptIds = new Set(outlines.flatMap(({account}) => itemsOf(account.NetworkInterfaces).flatMap(addressesOf)))
  const owned = new Set(
    outlines.flatMap(({account, names}) =>
      itemsOf(account.Vpcs).flatMap(({VpcId}) => (VpcId === undefined || names.has(VpcId) ? [] : [VpcId])),
    ),
  )
  const all = new Set(outlines.flatMap(({names}) => [...names]))
  return new Set([...all].filter((name) => (name.startsWith('vpc-') ? owned.has(name) : !keptIds.has(name))))
}

/** If the account of the file is unknown, any of its VPCs may be shared. */
const foreignVpcs = ({Vpcs, Subnets, Caller}: Account): readonly string[] =>
  [...itemsOf(Vpcs), ...itemsOf(Subnets)].flatMap(({VpcId, OwnerId}) =>
    VpcId !== undefined && (Caller === undefined || (OwnerId !== undefined && OwnerId !== Caller.Account))
      ? [VpcId]
      : [],
  )

const answers = ({HostedZones}: Account): readonly string[] =>
  itemsOf(HostedZones).flatMap((zone) =>
    isUnreadable(zone)
      ? []
      : itemsOf(zone.ResourceRecordSets).flatMap(({ResourceRecords = []}) =>
          ResourceRecords.flatMap(({Value}) => Value ?? []),
        ),
  )

const targets = ({RouteTables}: Account): readonly string[] =>
  itemsOf(RouteTables).flatMap(({Routes}) =>
    itemsOf(Routes).flatMap(({InstanceId, NetworkInterfaceId}) => [InstanceId ?? [], NetworkInterfaceId ?? []].flat()),
  )

type Interface = Pick<
  NetworkInterface,
  'NetworkInterfaceId' | 'VpcId' | 'PrivateIpAddress' | 'PrivateIpAddresses' | 'Ipv6Addresses'
>

const addressesOf = ({PrivateIpAddress, PrivateIpAddresses = [], Ipv6Addresses = []}: Partial<Interface>) => [
  ...(PrivateIpAddress === undefined ? [] : [PrivateIpAddress]),
  ...PrivateIpAddresses.flatMap((one) => one.PrivateIpAddress ?? []),
  ...Ipv6Addresses.flatMap((one) => one.Ipv6Address ?? []),
]

const isRequestedInterface = (requested: ReadonlySet<string>, one: Partial<Interface>): boolean =>
  requested.has(one.NetworkInterfaceId ?? '') ||
  requested.has(one.VpcId ?? '') ||
  addressesOf(one).some((address) => requested.has(address))

const isRequested = (requested: ReadonlySet<string>, {InstanceId, VpcId, NetworkInterfaces}: Instance): boolean =>
  requested.has(InstanceId) ||
  requested.has(VpcId ?? '') ||
  NetworkInterfaces.some((one) => isRequestedInterface(requested, one as Partial<Interface>))

const isOfInstance = ({Attachment}: NetworkInterface): boolean => Attachment?.InstanceId !== undefined

/** The position of an instance, not its identity. */
const placementOf = ({Tags: _, BlockDeviceMappings: __, MetadataOptions: ___, ...placement}: Instance): Instance => ({
  ...placement,
  Tags: [],
})

export function kept<T>(reading: Reading<T>, isKept: (item: T) => boolean, change = (item: T): T => item): Reading<T> {
  if (!isUnreadable(reading)) return reading.filter(isKept).map(change)
  return reading.known === undefined ? reading : {...reading, known: reading.known.filter(isKept).map(change)}
}
