import {describe, expect, it} from 'vitest'
import {type Account, type Instance, type ItemOf, itemsOf} from '../../src/model/account.ts'
import {withItem, withNew} from '../../src/model/edits.ts'
import {keepsPaths, networkKeyOf} from '../../src/network/network-key.ts'
import {
  ANYWHERE,
  behindNat,
  eni,
  group,
  INSTANCE,
  id,
  instance,
  local,
  online,
  rule,
  table,
  to,
  VPC,
} from '../support/network.ts'

const at = (address: string): Instance => ({
  ...instance({PrivateIpAddress: address}),
  NetworkInterfaces: [{...eni(1, 1, address, [id('sg', 1)]), Attachment: {DeviceIndex: 0}} as never],
})

const withIpv6 = (Ipv6Address: string): Instance => {
  const one = at('10.0.1.10')
  return {...one, NetworkInterfaces: one.NetworkInterfaces.map((each) => ({...each, Ipv6Addresses: [{Ipv6Address}]}))}
}

describe('the position of an instance', () => {
  it('is shared by two instances that no rule distinguishes', () => {
    expect(networkKeyOf(behindNat, at('10.0.1.10'))).toEqual(networkKeyOf(behindNat, at('10.0.1.20')))
  })

  it('is that of the narrowest block of a rule that contains the address', () => {
    const ingress = ['10.0.1.0/25', '10.0.1.0/28'].map((cidr) => rule(443, {cidr}))
    const account: Account = {...behindNat, SecurityGroups: [group(1, ingress, [ANYWHERE])]}
    const keyOf = (address: string) => networkKeyOf(account, at(address))
    expect(keyOf('10.0.1.10')).not.toEqual(keyOf('10.0.1.20'))
    expect(keyOf('10.0.1.20')).toEqual(keyOf('10.0.1.30'))
    expect(keyOf('10.0.1.20')).not.toEqual(keyOf('10.0.1.200'))
  })

  it('is another one for an instance with an IPv6 address, and then for an agent that is too old to use it', () => {
    const one = at('10.0.1.10')
    const dual = withIpv6('2600:1f18::10')
    const withAgent = (AgentVersion: string): Account => ({
      ...online(behindNat),
      InstanceInformationList: itemsOf(online(behindNat).InstanceInformationList).map((node) => ({
        ...node,
        AgentVersion,
      })),
    })
    const [old, recent] = [withAgent('3.3.3050.0'), withAgent('3.3.3270.0')]
    expect(networkKeyOf(recent, dual)).not.toEqual(networkKeyOf(recent, one))
    expect(networkKeyOf(recent, dual)).not.toEqual(networkKeyOf(old, dual))
    expect(networkKeyOf(recent, one)).toEqual(networkKeyOf(old, one))
  })

  it('includes its IPv6 addresses where a rule names a part of its subnet', () => {
    const [one, other] = [withIpv6('2600:1f18::10'), withIpv6('2600:1f18::20')]
    const named = (cidr: string): Account => ({
      ...behindNat,
      SecurityGroups: [
        group(1, [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Ipv6Ranges: [{CidrIpv6: cidr}]}], [ANYWHERE]),
      ],
    })
    expect(networkKeyOf(named('2600:1f18::10/128'), one)).not.toEqual(networkKeyOf(named('2600:1f18::10/128'), other))
    expect(networkKeyOf(named('2600:1f18::/64'), one)).toEqual(networkKeyOf(named('2600:1f18::/64'), other))
    const inWideSubnet = (account: Account): Account => ({
      ...account,
      Subnets: itemsOf(account.Subnets).map((one) => ({
        ...one,
        Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2600:1f18::/56'}],
      })),
    })
    const [part, whole] = [inWideSubnet(named('2600:1f18::/64')), inWideSubnet(named('2600:1f18::/56'))]
    expect(networkKeyOf(part, one)).not.toEqual(networkKeyOf(part, other))
    expect(networkKeyOf(whole, one)).toEqual(networkKeyOf(whole, other))
  })

  it('is another one online, where private zones answer, and with interfaces in several subnets or an IPv6 address', () => {
    const one = at('10.0.1.10')
    const both = {
      ...one,
      NetworkInterfaces: [...one.NetworkInterfaces, eni(9, 9, '10.0.9.10', [id('sg', 1)])],
    } as Instance
    const registered = online(behindNat)
    const lost: Account = {
      ...registered,
      InstanceInformationList: itemsOf(registered.InstanceInformationList).map((node) => ({
        ...node,
        PingStatus: 'ConnectionLost' as const,
      })),
    }
    expect(networkKeyOf(registered, one)).toEqual(networkKeyOf(lost, one))
    const Name = 'ssm.eu-west-1.amazonaws.com.'
    const zoned = {HostedZones: [{Id: '/hostedzone/Z1', Name, VPCs: [{VPCId: VPC}], ResourceRecordSets: []}]}
    expect(networkKeyOf({...registered, ...zoned}, one)).not.toEqual(networkKeyOf({...lost, ...zoned}, one))
    expect(networkKeyOf(registered, both)).not.toEqual(networkKeyOf(lost, both))
    const dual = withIpv6('2600:1f18::10')
    expect(networkKeyOf(registered, dual)).not.toEqual(networkKeyOf(lost, dual))
  })

  it.each([{InstanceId: INSTANCE}, {NetworkInterfaceId: id('eni', 1)}])(
    'is its own where a route leads to it: %j',
    (target) => {
      const routes = [local('10.0.0.0/16'), to('0.0.0.0/0', target)]
      const account: Account = {...behindNat, RouteTables: [table(1, VPC, [1], routes)]}
      expect(networkKeyOf(account, at('10.0.1.10'))).toBeUndefined()
    },
  )
})

describe('paths are kept by a change', () => {
  const two: Account = {...behindNat, Instances: [at('10.0.1.10'), {...at('10.0.1.20'), InstanceId: id('i', 2)}]}
  const changed = (change: (instance: Instance) => ItemOf<'Instances'> | undefined, account = two) =>
    withItem(account, 'Instances', 'InstanceId', INSTANCE, (one) => change(one as Instance))
  const withoutMetadata = (one: Instance) => ({...one, MetadataOptions: {HttpEndpoint: 'disabled'}}) as Instance

  it('of an instance that leaves its network interfaces as they are', () => {
    expect(keepsPaths(two, changed(withoutMetadata))).toBe(true)
    const readAgain = {
      ...two,
      Instances: [withoutMetadata((two.Instances as readonly Instance[])[0]!), at('10.0.1.20')],
    }
    expect(keepsPaths(two, readAgain)).toBe(false)
  })

  it.each<[string, Account]>([
    ['its interfaces change', changed((one) => ({...one, NetworkInterfaces: [...one.NetworkInterfaces]}))],
    ['it is removed', changed(() => undefined)],
    ['another is launched', withNew(two, 'Instances', {...at('10.0.1.30'), InstanceId: id('i', 3)})],
    ['the instances cannot be read', {...two, Instances: {unreadable: 'no'}}],
    ['another kind changes', {...two, NatGateways: []}],
  ])('but not if %s', (_, after) => {
    expect(keepsPaths(two, after)).toBe(false)
  })

  it('but not where a route leads to an instance, which must run and forward', () => {
    const routes = [local('10.0.0.0/16'), to('0.0.0.0/0', {InstanceId: id('i', 2)})]
    const account: Account = {...two, RouteTables: [table(1, VPC, [1], routes)]}
    const stopped = (one: Instance) => ({...one, State: {Name: 'stopped' as const}})
    expect(keepsPaths(account, changed(stopped, account))).toBe(false)
  })
})
