import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import {addSubnetToEndpoint} from '../../../src/remedies/plans/endpoints.ts'
import {behindEndpoints, endpoint, INSTANCE, id, instance, subnet, VPC} from '../../support/network.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptionsSpecification.html */
it('an endpoint with addresses of both kinds that answers with IPv6 only gets records of both', () => {
  const account: Account = {
    ...behindEndpoints,
    VpcEndpoints: itemsOf(behindEndpoints.VpcEndpoints).map((one) =>
      one.VpcEndpointType === 'Interface'
        ? {...one, IpAddressType: 'dualstack', DnsOptions: {DnsRecordIpType: 'ipv6'}}
        : one,
    ),
  }
  const {causes, checklist, verified} = examine(account, INSTANCE)
  expect(causes[0]).toMatchObject({id: 'endpoint.ip-family', severity: 'blocks'})
  expect(checklist[0]?.title).toMatch(/^Enable dual-stack addresses for endpoint vpce-/)
  expect(verified).toBe(true)
})

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html */
describe('an endpoint without an interface gets a subnet', () => {
  const both = subnet(1, '10.0.1.0/24', {Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:0:1::/64'}]})
  const {CidrBlock: _, ...native} = subnet(3, '', {
    Ipv6Native: true,
    Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8:0:3::/64'}],
  })
  const Subnets = [both, subnet(2, '10.0.2.0/24'), native]
  const added = (IpAddressType: 'ipv4' | 'dualstack' | 'ipv6', ownSubnet: number) =>
    addSubnetToEndpoint({
      facts: {...behindEndpoints, Subnets, VpcEndpoints: [endpoint(1, 'ssm', [], {IpAddressType})]},
      instance: instance(),
      hops: [],
      services: ['ssm'],
      hop: {
        at: 'endpoint',
        resource: id('vpce', 1),
        leg: 'endpoint',
        direction: 'request',
        verdict: 'blocked',
        because: '',
      },
      resource: id('vpce', 1),
      detail: {},
      subnetId: id('subnet', ownSubnet),
      vpcId: VPC,
    })[0]?.title.match(/^Add subnet (\S+)/)?.[1]

  it.each([
    ['ipv4', 2, 2],
    ['ipv4', 3, 1],
    ['dualstack', 2, 1],
    ['ipv6', 1, 3],
  ] as const)('with the addresses of its type: %s from subnet %i', (type, own, subnetOfEndpoint) => {
    expect(added(type, own)).toBe(id('subnet', subnetOfEndpoint))
  })
})
