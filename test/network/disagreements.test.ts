import {describe, expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {walk} from '../../src/network/walk.ts'
import {accountOf, HEALTHY, INSTANCE, type Plan, S3_LIST} from '../oracle/arbitrary.ts'
import {disagreementsIn} from '../oracle/compare.ts'

/** Networks on which the walk and the packets once disagreed, and which was right according to AWS's documentation. */
const plan = (change: Partial<Plan>): Plan => ({...HEALTHY, ...change})

const walked = (one: Plan, service: string) => {
  const account = accountOf(one)
  const [instance] = itemsOf(account.Instances).filter(({InstanceId}) => InstanceId === INSTANCE)
  expect(disagreementsIn(account)).toEqual([])
  return walk(account, instance!).find((path) => path.service === service)
}

const causesOf = (path: ReturnType<typeof walked>) =>
  path?.hops.flatMap(({verdict, fault}) => (verdict === 'blocked' && fault ? [fault.cause] : []))

const inHub = (...places: Plan['endpoints'][number]['places']): Plan['endpoints'] => [
  {service: 'ssm', places, privateDns: true, state: 'available', groups: ['sg-endpoint'], zone: true},
]

const DENY_ALL: Plan['acls']['hub'] = [false, true].map((Egress) => ({
  RuleNumber: 32767,
  Egress,
  RuleAction: 'deny' as const,
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
}))

const transit = (change: Partial<Plan['tgw']>): Plan['tgw'] => ({...HEALTHY.tgw, ...change})
const defaults = (change: Partial<Plan['defaults']>): Plan['defaults'] => ({...HEALTHY.defaults, ...change})

describe('a private address', () => {
  // https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
  it('of a hub is not reached through a NAT gateway that routes to the internet', () => {
    expect(causesOf(walked(plan({endpoints: inHub('hub')}), 'ssm'))).toEqual(['route.none'])
  })

  it('of a hub is not reached through a regional NAT gateway either', () => {
    const path = walked(plan({endpoints: inHub('hub'), defaults: defaults({one: 'regional'})}), 'ssm')
    expect(causesOf(path)).toEqual(['route.none'])
  })

  // https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
  it('in the subnet of the sender is reached whatever its route table contains', () => {
    const hole = {
      DestinationCidrBlock: '10.0.2.0/24',
      NatGatewayId: 'nat-0a1b2c3d4e5f60404',
      State: 'blackhole',
    } as const
    const path = walked(
      plan({
        instance: {...HEALTHY.instance, place: 'two'},
        extra: {...HEALTHY.extra, inside: [hole]},
        endpoints: inHub('two'),
      }),
      'ssm',
    )
    expect(path?.verdict).toBe('open')
  })
})

describe('a transit gateway', () => {
  // https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
  it('accepts no reply from an Availability Zone of the hub in which its attachment has no subnet', () => {
    const path = walked(plan({toHub: 'tgw', endpoints: inHub('hubTwo')}), 'ssm')
    expect(causesOf(path)).toEqual(['tgw.no-subnet-in-az'])
  })

  it('accepts no reply from a NAT gateway in such a zone', () => {
    const path = walked(plan({defaults: defaults({one: 'tgw'}), tgw: transit({hubPlaces: ['hubTwo']})}), 'ssm')
    expect(causesOf(path)).toEqual(['tgw.no-subnet-in-az'])
  })

  it('still needs a route back from an endpoint in the subnet of its attachment', () => {
    const path = walked(plan({toHub: 'tgw', fromHub: 'nothing', endpoints: inHub('hub')}), 'ssm')
    expect(path?.verdict).toBe('blocked')
  })

  // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
  it('accepts what the ACL of its own subnet allows out and in, also from an endpoint in that subnet', () => {
    const acls = {...HEALTHY.acls, hub: DENY_ALL}
    expect(walked(plan({toHub: 'tgw', endpoints: inHub('hub'), acls}), 'ssm')?.verdict).toBe('blocked')
  })

  it('delivers replies to an instance in the subnet of its attachment without the ACL', () => {
    const one = HEALTHY.acls.one.filter(({Egress, RuleNumber}) => Egress || RuleNumber > 32766)
    const in443 = {
      RuleNumber: 90,
      Egress: false,
      RuleAction: 'allow' as const,
      Protocol: '6',
      CidrBlock: '10.0.0.0/16',
      PortRange: {From: 443, To: 443},
    }
    const path = walked(plan({defaults: defaults({one: 'tgw'}), acls: {...HEALTHY.acls, one: [in443, ...one]}}), 'ssm')
    expect(path?.verdict).toBe('open')
  })

  it('drops traffic from an attachment that is no longer associated with a route table', () => {
    const path = walked(plan({defaults: defaults({one: 'tgw'}), tgw: transit({associated: 'disassociated'})}), 'ssm')
    expect(causesOf(path)).toEqual(['tgw.no-route'])
  })
})

describe('a NAT gateway', () => {
  // https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
  it('reaches S3 through the gateway endpoint of its own subnet', () => {
    const behind = plan({
      nat: {...HEALTHY.nat, place: 'two'},
      associated: {...HEALTHY.associated, two: false},
      defaults: defaults({main: 'igw'}),
      s3Gateway: 'main',
    })
    expect(walked(behind, 's3')?.verdict).toBe('open')
  })

  it('that is the target of its own subnet routes only what the internet gateway takes first', () => {
    const path = walked(
      plan({
        instance: {...HEALTHY.instance, publicIp: true},
        nat: {...HEALTHY.nat, place: 'one'},
        extra: {
          ...HEALTHY.extra,
          one: [{DestinationCidrBlock: '52.0.0.0/8', GatewayId: 'igw-0a1b2c3d4e5f60051', State: 'active'}],
        },
      }),
      's3',
    )
    expect(path?.verdict).toBe('unknown')
  })

  // https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
  it('that is regional needs a route to the internet in its own table', () => {
    const path = walked(plan({defaults: defaults({one: 'regional', regional: 'nothing'})}), 'ssm')
    expect(causesOf(path)).toEqual(['nat.subnet-no-igw'])
  })

  it('that is regional needs the internet gateway to be attached', () => {
    const path = walked(plan({defaults: defaults({one: 'regional'}), igw: {...HEALTHY.igw, attached: false}}), 'ssm')
    expect(causesOf(path)).toEqual(['igw.detached'])
  })

  it('whose subnet routes to a transit gateway is not reported as disconnected', () => {
    expect(walked(plan({defaults: defaults({front: 'tgw'})}), 'ssm')?.verdict).toBe('open')
  })
})

describe('a NAT instance', () => {
  it('whose subnet routes to a transit gateway is not reported as disconnected', () => {
    expect(walked(plan({defaults: defaults({one: 'natInstance', front: 'tgw'})}), 'ssm')?.verdict).toBe('unknown')
  })

  const S3_ONLY = {IpProtocol: '6', FromPort: 443, ToPort: 443, PrefixListIds: [{PrefixListId: S3_LIST}]}
  const NOBODY = {IpProtocol: '-1', IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: []}
  const behind = (...nat: Plan['egress']['nat']) =>
    plan({egress: {...HEALTHY.egress, nat}, defaults: defaults({one: 'natInstance'})})

  // https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
  it('whose groups allow only the prefix list of S3 does not forward to Systems Manager, which is in no prefix list', () => {
    expect(causesOf(walked(behind(S3_ONLY, NOBODY), 'ssm'))).toEqual(['nat-instance.sg'])
  })

  it('whose groups allow half of the internet is unknown, because the half of a service cannot be determined', () => {
    const half = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '0.0.0.0/1'}]}
    const unknown = walked(behind(half), 'ssm')?.hops.filter(
      ({at, verdict}) => at === 'security-group' && verdict === 'unknown',
    )
    expect(unknown).toMatchObject([
      {because: expect.stringContaining('its rules allow outbound TCP 443 to some of public addresses only')},
    ])
  })
})

describe('what cannot be determined', () => {
  it('is whether a service is in the half of the internet that a blackhole route matches', () => {
    const half = {DestinationCidrBlock: '0.0.0.0/1', NatGatewayId: 'nat-0a1b2c3d4e5f60404', State: 'blackhole'} as const
    const path = walked(plan({extra: {...HEALTHY.extra, one: [half]}}), 'ssm')
    expect(path?.verdict).toBe('unknown')
  })
})

describe('a reply that returns through another gateway than the request', () => {
  it.each([
    ['pcx', 'tgw'],
    ['tgw', 'pcx'],
  ] as const)('arrives: %s and %s', (toHub, fromHub) => {
    expect(walked(plan({toHub, fromHub, endpoints: inHub('hub')}), 'ssm')?.verdict).toBe('open')
  })
})

describe('the packets were wrong:', () => {
  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
  it('a private hosted zone answers only if both DNS attributes of the VPC are enabled', () => {
    const path = walked(plan({zone: 'us-east-1.amazonaws.com.', dns: {...HEALTHY.dns, hostnames: false}}), 'ssm')
    expect(path?.verdict).toBe('open')
  })
})
