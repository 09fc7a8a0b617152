import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, type Instance, itemsOf} from '../../src/model/account.ts'
import {networkKeysIn} from '../../src/network/network-key.ts'
import {behindNat, INSTANCE, id, local, OPEN_ACL_IPV6, subnet, table, toIpv6, VPC, vpc} from '../support/network.ts'
import {causesOf} from './examined.ts'

const BLOCK = '2001:db8:1::/56'
const EGRESS_ONLY = id('eigw', 1)

/** IPv6 leaves through an egress-only internet gateway, IPv4 not at all. */
const withBlock = (Ipv6AddressAttribute: 'public' | 'private', isIpv6Only = false): Account => {
  const [web] = itemsOf(behindNat.Instances)
  const {PrivateIpAddress: _, ...card} = web!.NetworkInterfaces[0]!
  const {PrivateIpAddress: __, ...withoutIpv4} = web!
  const Ipv6Addresses = [{Ipv6Address: '2001:db8:1::10'}]
  const ipv6Only = {...withoutIpv4, NetworkInterfaces: [{...card, PrivateIpAddresses: [], Ipv6Addresses}]}
  const dualStack = {...web!, NetworkInterfaces: [{...web!.NetworkInterfaces[0]!, Ipv6Addresses}]}
  return {
    ...behindNat,
    Instances: [(isIpv6Only ? ipv6Only : dualStack) as Instance],
    Vpcs: [vpc(VPC, '10.0.0.0/16', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: BLOCK, Ipv6AddressAttribute}]})],
    Subnets: [
      isIpv6Only ? subnet(1, '', {Ipv6Native: true}) : subnet(1, '10.0.1.0/24'),
      ...itemsOf(behindNat.Subnets).slice(1),
    ],
    RouteTables: [
      table(
        1,
        VPC,
        [1],
        [
          local('10.0.0.0/16'),
          toIpv6(BLOCK, {GatewayId: 'local'}),
          toIpv6('::/0', {EgressOnlyInternetGatewayId: EGRESS_ONLY}),
        ],
      ),
      ...itemsOf(behindNat.RouteTables).slice(1),
    ],
    EgressOnlyInternetGateways: [
      {EgressOnlyInternetGatewayId: EGRESS_ONLY, Attachments: [{VpcId: VPC, State: 'attached'}]},
    ],
    NetworkAcls: itemsOf(behindNat.NetworkAcls).map((one) => ({
      ...one,
      Entries: OPEN_ACL_IPV6,
    })),
    SecurityGroups: itemsOf(behindNat.SecurityGroups).map((one) => ({
      ...one,
      IpPermissionsEgress: [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}], Ipv6Ranges: [{CidrIpv6: '::/0'}]}],
    })),
  }
}

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html#vpc-ipv6-addresses-private
describe('an IPv6 block of the VPC that AWS does not advertise', () => {
  it('is no alternative to IPv4, as one that AWS advertises may be', () => {
    expect(causesOf(withBlock('public'))).toContain('blocks ipv6.eigw-only likely')
    expect(causesOf(withBlock('private'))).toContain('blocks ipv6.eigw-only proven')
  })

  it('reaches no service over dual-stack names, so the agent is not to use them', () => {
    const titles = (account: Account) =>
      examine(account, INSTANCE).checklist.flatMap(({title, alternatives}) => [
        title,
        ...alternatives.map((one) => one.title),
      ])
    expect(titles(withBlock('public', true)).join()).toContain('UseDualStackEndpoint')
    expect(titles(withBlock('private', true)).join()).not.toContain('UseDualStackEndpoint')
    expect(examine(withBlock('private', true), INSTANCE).causes[0]?.message).toContain(
      'is on the internet, which private IPv6 addresses do not reach.',
    )
  })

  it('is not assumed of addresses that are not listed', () => {
    const account = withBlock('public', true)
    const Instances = itemsOf(account.Instances).map((one) => ({
      ...one,
      NetworkInterfaces: one.NetworkInterfaces.map((eni) => ({...eni, Ipv6Addresses: []})),
    }))
    expect(examine({...account, Instances}, INSTANCE).causes[0]?.message).toContain('has only IPv4 addresses')
  })

  it('gives instances another position than one that AWS advertises', () => {
    const both = (attribute: 'public' | 'private') => {
      const account = withBlock(attribute)
      return JSON.stringify(networkKeysIn(account)(itemsOf(account.Instances)[0]!))
    }
    expect(both('public')).not.toBe(both('private'))
  })
})
