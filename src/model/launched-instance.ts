import {
  type Account,
  type Context,
  type Instance,
  type InstanceNetworkInterface,
  itemsOf,
  type Subnet,
} from './account.ts'
import {primaryInterfaceOf} from './instance.ts'

/** What is known of an instance that does not exist yet. */
interface Launched {
  readonly id: string
  readonly interfaceId: string
  readonly account: string | undefined
  readonly subnet: Pick<Subnet, 'SubnetId'> & Partial<Subnet>
  readonly address: string | undefined
  readonly ipv6?: string | undefined
  /** The address that AWS would assign is not known: a documentation address. */
  readonly publicIp: string | undefined
  readonly groups: readonly string[]
  readonly profile: Instance['IamInstanceProfile'] | undefined
  readonly image: string | undefined
  readonly instanceType: string | undefined
  readonly platform: string
}

/** The caller's account launches, also in a subnet that another account shares with it. */
export const launcherOf = (
  {Caller}: Pick<Context, 'Caller'>,
  subnet: Partial<Subnet> | undefined,
): string | undefined => Caller?.Account ?? subnet?.OwnerId

/** A running instance with one interface, as EC2 would list it. */
export function launchedInstance(launched: Launched): Instance {
  const {id, interfaceId, account, subnet, address, ipv6, publicIp, groups, profile, image, instanceType, platform} =
    launched
  const {SubnetId, VpcId} = subnet
  const SecurityGroups = groups.map((GroupId) => ({GroupId}))
  const place = {SubnetId, ...(VpcId !== undefined && {VpcId})}
  const association = publicIp !== undefined && address !== undefined && {Association: {PublicIp: publicIp}}
  const own = address === undefined ? {} : {PrivateIpAddress: address}
  return {
    InstanceId: id,
    State: {Code: 16, Name: 'running'},
    PlatformDetails: platform,
    ...(/windows/i.test(platform) && {Platform: 'Windows' as const}),
    ...(image !== undefined && {ImageId: image}),
    ...(instanceType !== undefined && {InstanceType: instanceType as NonNullable<Instance['InstanceType']>}),
    ...place,
    ...own,
    ...(profile && {IamInstanceProfile: profile}),
    SecurityGroups,
    NetworkInterfaces: [
      {
        ...place,
        NetworkInterfaceId: interfaceId,
        ...(account !== undefined && {OwnerId: account}),
        ...own,
        ...(address !== undefined && {PrivateIpAddresses: [{Primary: true, ...own, ...association}]}),
        Ipv6Addresses: ipv6 === undefined ? [] : [{Ipv6Address: ipv6}],
        ...association,
        Groups: SecurityGroups,
        SourceDestCheck: true,
        Attachment: {DeviceIndex: 0, NetworkCardIndex: 0},
      },
    ],
    Tags: [],
  }
}

/** The instance with a public address at one of its interfaces, or without one. */
export function withPublicAddress(instance: Instance, eni: InstanceNetworkInterface, PublicIp?: string): Instance {
  const isPrimary = eni === primaryInterfaceOf(instance)
  const association = {Association: PublicIp === undefined ? undefined : {PublicIp}}
  const PrivateIpAddresses = (eni.PrivateIpAddresses ?? []).map((one) =>
    one.Primary ? {...one, ...association} : {...one, Association: undefined},
  )
  return {
    ...instance,
    ...(isPrimary && {PublicIpAddress: PublicIp}),
    NetworkInterfaces: instance.NetworkInterfaces.map((one) =>
      one === eni ? {...one, ...association, PrivateIpAddresses} : one,
    ),
  }
}

/** The default security group of a VPC, if it was read. */
export const defaultGroupsOf = ({SecurityGroups}: Pick<Account, 'SecurityGroups'>, vpcId: string | undefined) =>
  itemsOf(SecurityGroups).flatMap(({GroupId, GroupName, VpcId}) =>
    GroupName === 'default' && VpcId === vpcId ? [GroupId] : [],
  )
