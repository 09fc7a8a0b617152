import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Subnet, type VpcEndpoint} from '../../../src/model/account.ts'
import {addSubnetToEndpoint, recreateEndpoint} from '../../../src/remedies/network/endpoints.ts'
import type {FaultContext} from '../../../src/remedies/network/fault-context.ts'
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

const faultOf = (
  VpcEndpoints: readonly VpcEndpoint[],
  Subnets: readonly Subnet[],
  ownSubnet: number,
): FaultContext => ({
  facts: {...behindEndpoints, Subnets, VpcEndpoints},
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
    addSubnetToEndpoint(faultOf([endpoint(1, 'ssm', [], {IpAddressType})], Subnets, ownSubnet))[0]?.title.match(
      /^Add subnet (\S+)/,
    )?.[1]

  it.each([
    ['ipv4', 2, 2],
    ['ipv4', 3, 1],
    ['dualstack', 2, 1],
    ['ipv6', 1, 3],
  ] as const)('with the addresses of its type: %s from subnet %i', (type, own, subnetOfEndpoint) => {
    expect(added(type, own)).toBe(id('subnet', subnetOfEndpoint))
  })
})

/** https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#aws-service-ip-address-type */
describe('a new endpoint for an instance without an IPv4 address', () => {
  const block = (n: number) => ({Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: `2001:db8:0:${n}::/64`}]})
  const {CidrBlock: _, ...native} = subnet(1, '', {Ipv6Native: true, ...block(1)})
  const nic = instance().NetworkInterfaces[0]!
  const {PrivateIpAddress: __, ...bare} = instance()
  const behind = (VpcEndpoints: readonly VpcEndpoint[], ...others: readonly Subnet[]): Account => ({
    ...behindEndpoints,
    Instances: [
      {
        ...bare,
        NetworkInterfaces: [{...nic, PrivateIpAddresses: [], Ipv6Addresses: [{Ipv6Address: '2001:db8:0:1::10'}]}],
      },
    ],
    Subnets: [native, ...others],
    VpcEndpoints,
  })
  const callFor = (account: Account) =>
    examine(account, INSTANCE)
      .checklist.flatMap(({commands}) => commands)
      .find((command) => /create-vpc-endpoint .*\.ssm /.test(command))

  it('has addresses of both kinds in the subnets of its siblings that have both', () => {
    const siblings = [endpoint(2, 'ssmmessages', [2], {IpAddressType: 'dualstack'})]
    const call = callFor(behind(siblings, subnet(2, '10.0.2.0/24', block(2))))
    expect(call).toContain(`--subnet-ids ${id('subnet', 2)} `)
    expect(call).toContain('--ip-address-type dualstack ')
  })
  it('is not in the subnets of siblings that have IPv4 only', () => {
    const call = callFor(behind([endpoint(2, 'ssmmessages', [2])], subnet(2, '10.0.2.0/24')))
    expect(call).toContain(`--subnet-ids ${id('subnet', 1)} `)
    expect(call).toContain('--ip-address-type ipv6 ')
  })
  it('has the address type of the failed one that it replaces', () => {
    const failed = endpoint(1, 'ssm', [2], {IpAddressType: 'dualstack', State: 'failed'})
    const [recreate] = recreateEndpoint(faultOf([failed], [native, subnet(2, '10.0.2.0/24', block(2))], 1))
    expect(JSON.stringify(recreate?.steps)).toContain('"IpAddressType":"dualstack"')
  })
})

it('an endpoint that is being deleted is replaced once it no longer exists, without another call to delete it', () => {
  const deleting = endpoint(1, 'ssm', [1], {State: 'deleting'})
  const [recreate] = recreateEndpoint(faultOf([deleting], itemsOf(behindEndpoints.Subnets), 1))
  const [first, ...later] = recreate!.steps.map((step) => ('operation' in step ? step.operation : JSON.stringify(step)))
  expect(first).toContain('"deleting"')
  expect(later[0]).toBe('CreateVpcEndpoint')
})
