import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {bare, eni, group, INSTANCE, id, instance, local, online, rule, subnet, table, VPC} from '../support/network.ts'

const EIGW = id('eigw', 1)
const openIpv6 = (Egress: boolean) =>
  ({RuleNumber: 101, Egress, RuleAction: 'allow', Protocol: '-1', Ipv6CidrBlock: '::/0'}) as const
const toAnyIpv6 = {IpProtocol: '-1', Ipv6Ranges: [{CidrIpv6: '::/0'}]}

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
  RouteTables: [
    table(
      1,
      VPC,
      [1],
      [local('10.0.0.0/16'), {DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: EIGW, State: 'active'}],
    ),
  ],
  NetworkAcls: itemsOf(bare.NetworkAcls).map((one) => ({
    ...one,
    Entries: [...itemsOf(one.Entries), openIpv6(true), openIpv6(false)],
  })),
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
