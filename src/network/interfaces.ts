import type {Account, Instance} from '../model/account.ts'
import {allWith} from '../model/lists.ts'

/** What network interfaces have in common, whether EC2 lists them with their instance or on their own. */
export interface InterfaceLike {
  readonly VpcId?: string | undefined
  readonly Groups?: readonly {readonly GroupId?: string | undefined}[] | undefined
  readonly PrivateIpAddresses?: readonly {readonly PrivateIpAddress?: string | undefined}[] | undefined
  readonly Ipv6Addresses?: readonly {readonly Ipv6Address?: string | undefined}[] | undefined
}

export const groupsOf = ({Groups = []}: InterfaceLike): readonly (string | undefined)[] =>
  Groups.map(({GroupId}) => GroupId)

/** Every group of the instance and of its interfaces; of a fleet, this is read for each instance. */
export function groupsOfInstance({SecurityGroups, NetworkInterfaces}: Instance): readonly (string | undefined)[] {
  const ids = SecurityGroups.map(({GroupId}) => GroupId)
  for (const {Groups = []} of NetworkInterfaces)
    for (const {GroupId} of Groups) if (!ids.includes(GroupId)) ids.push(GroupId)
  return ids
}

/** The private addresses of both families. */
export const addressesOf = ({
  PrivateIpAddresses = [],
  Ipv6Addresses = [],
}: InterfaceLike): readonly (string | undefined)[] => [
  ...PrivateIpAddresses.map(({PrivateIpAddress}) => PrivateIpAddress),
  ...Ipv6Addresses.map(({Ipv6Address}) => Ipv6Address),
]

/** The instance that lists the interface as its own. */
export const instanceWithInterface = (
  {Instances}: Pick<Account, 'Instances'>,
  interfaceId: string | undefined,
): Instance | undefined => allWith(Instances, interfacesOf, interfaceId)[0]

const interfacesOf = ({NetworkInterfaces}: Instance) => NetworkInterfaces.map((one) => one.NetworkInterfaceId)
