import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {
  bare,
  behindNat,
  eni,
  group,
  INSTANCE,
  id,
  instance,
  local,
  online,
  rule,
  subnet,
  table,
  VPC,
} from '../support/network.ts'

const EIGW = id('eigw', 1)
const openIpv6 = (Egress: boolean) =>
  ({RuleNumber: 101, Egress, RuleAction: 'allow', Protocol: '-1', Ipv6CidrBlock: '::/0'}) as const
const toAnyIpv6 = {IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}

const overIpv6 = {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: EIGW, State: 'active'} as const
const withIpv6 = (acls: Account['NetworkAcls']) =>
  itemsOf(acls).map((one) => ({...one, Entries: [...itemsOf(one.Entries), openIpv6(true), openIpv6(false)]}))

/** A dual-stack subnet whose only route out is that of IPv6 to an egress-only internet gateway. */
const dualStack: Account = {
  ...bare,
  Instances: [
    instance({
      NetworkInterfaces: [
        {...eni(1, 1, '10.0.1.10', [id('sg', 1)]), Ipv6Addresses: [{Ipv6Address: '2600:1f18::10'}]} as never,
      ],
    }),
  ],
  Subnets: [
    subnet(1, '10.0.1.0/24', {
      Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2600:1f18::/64', Ipv6CidrBlockState: {State: 'associated'}}],
    }),
  ],
  RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16'), overIpv6])],
  NetworkAcls: withIpv6(bare.NetworkAcls),
  SecurityGroups: [group(1, [], [rule('all', {cidr: '0.0.0.0/0'}), toAnyIpv6])],
  EgressOnlyInternetGateways: [{EgressOnlyInternetGatewayId: EIGW, Attachments: [{VpcId: VPC, State: 'attached'}]}],
}

// https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0
describe('a dual-stack instance whose path is open over IPv6 only', () => {
  it('uses IPv6 if it is online', () => {
    const {verdict, causes, paths} = examine(online(dualStack), INSTANCE)
    expect({verdict, causes}).toEqual({verdict: 'managed', causes: []})
    expect(paths.map((path) => path.verdict)).toEqual(['open', 'open', 'open'])
  })

  const ipv6Only = [group(1, [], [toAnyIpv6])]

  it('uses IPv6 if neither its routes nor its security groups allow IPv4', () => {
    expect(examine(online({...dualStack, SecurityGroups: ipv6Only}), INSTANCE).causes).toEqual([])
  })

  it('may have an older connection over IPv4 that only its security groups no longer allow', () => {
    const {NatGateways, InternetGateways} = behindNat
    const account: Account = {
      ...dualStack,
      NatGateways,
      InternetGateways,
      SecurityGroups: ipv6Only,
      Subnets: [...itemsOf(dualStack.Subnets), ...itemsOf(behindNat.Subnets).slice(1)],
      RouteTables: itemsOf(behindNat.RouteTables).map((one) => ({...one, Routes: [...itemsOf(one.Routes), overIpv6]})),
      NetworkAcls: withIpv6(behindNat.NetworkAcls),
    }
    expect(examine(online(account), INSTANCE).causes[0]).toMatchObject({id: 'sg.no-egress-443', certainty: 'likely'})
  })

  it('is likely not configured for it if it never registered', () => {
    expect(examine(dualStack, INSTANCE).causes[0]).toMatchObject({id: 'ipv6.eigw-only', certainty: 'likely'})
  })

  it('does not use it if its agent is too old', () => {
    const InstanceInformationList = itemsOf(online(dualStack).InstanceInformationList).map((node) => ({
      ...node,
      AgentVersion: '3.3.3050.0',
    }))
    expect(examine({...online(dualStack), InstanceInformationList}, INSTANCE).causes[0]).toMatchObject({
      id: 'ipv6.eigw-only',
      severity: 'undecided',
    })
  })
})
