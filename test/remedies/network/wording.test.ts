import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type Route, type Subnet} from '../../../src/model/account.ts'
import type {Hop} from '../../../src/network/path.ts'
import type {Call, Remedy} from '../../../src/remedies/core/remedy.ts'
import {networkRemedies} from '../../../src/remedies/network/network-remedies.ts'
import {snippet} from '../../../src/render/remediation/snippet.ts'
import * as a from './account.ts'
import {causesOf, faultsWithRemedies, remediesFor} from './apply-remedies.ts'
import {networkFaults} from './network-faults.ts'
import {behindNatInstance, ipv6Only, NAT_INSTANCE} from './other-accounts.ts'

const callsOf = ({steps}: Remedy): readonly Call[] => steps.flatMap((step) => ('operation' in step ? [step] : []))
const first = (account: Account, cause: string): Remedy => {
  const remedy = remediesFor(account, cause)[0]?.[0]
  if (!remedy) throw new Error(`${cause} has no remedy.`)
  return remedy
}
const inputsOf = (account: Account, cause: string) => callsOf(first(account, cause)).map(({input}) => input)

it('a NAT instance is checked for what AWS does not show: forwarding and address translation', () => {
  expect(first(behindNatInstance({}), 'route.unfollowed')).toEqual({
    title: `Check that NAT instance ${NAT_INSTANCE} forwards TCP 443 to ssm.us-east-1.amazonaws.com, ssmmessages.us-east-1.amazonaws.com, ec2messages.us-east-1.amazonaws.com and s3.us-east-1.amazonaws.com; on Linux, sysctl net.ipv4.ip_forward prints 1 and iptables -t nat -S POSTROUTING lists a MASQUERADE rule`,
    steps: [],
    docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html',
  })
})

describe('a rule for a network ACL', () => {
  const withEntries = (entries: Parameters<typeof a.acl>[2]): Account => ({
    ...a.behindNat,
    NetworkAcls: [a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B], entries), a.acl(a.PUBLIC_ACL, [a.PUBLIC_A], a.OPEN)],
  })

  it('comes after the other rules when only the last one denies', () => {
    const account = withEntries([a.rule(false, 100, 'allow'), a.rule(true, 300, 'allow', [80, 80])])
    expect(inputsOf(account, 'nacl.egress-443')).toMatchObject([
      {RuleNumber: 310, Egress: true, CidrBlock: '0.0.0.0/0', PortRange: {From: 443, To: 443}},
    ])
  })

  it('uses the next free number before the rule that denies it', () => {
    const account = withEntries([...a.OPEN, a.rule(true, 50, 'deny', [443, 443]), a.rule(true, 49, 'allow', [80, 80])])
    expect(inputsOf(account, 'nacl.egress-443')).toMatchObject([{RuleNumber: 48}])
  })

  it('leaves a denial of other ports in force', () => {
    const account = withEntries([
      a.rule(true, 100, 'allow'),
      a.rule(false, 90, 'deny', [3389, 3389]),
      a.rule(false, 100, 'allow', [443, 443]),
    ])
    expect(inputsOf(account, 'nacl.ingress-ephemeral')).toMatchObject([
      {RuleNumber: 110, Egress: false, PortRange: {From: 32768, To: 60999}},
    ])
  })

  it('has room if the many rules are those of the other family, which AWS counts separately', () => {
    const v6 = Array.from({length: 40}, (_, at) => {
      const {CidrBlock: _v4, ...rule} = a.rule(true, 200 + at, 'allow', [80, 80])
      return {...rule, Ipv6CidrBlock: '2001:db8::/32'}
    })
    const account = withEntries([a.rule(false, 100, 'allow'), ...v6])
    expect(inputsOf(account, 'nacl.egress-443')).toMatchObject([{RuleNumber: 249, Egress: true}])
  })

  it('is a question to the owner if neither a number before the rule nor one right after it is free', () => {
    const account = withEntries([...a.OPEN, a.rule(true, 1, 'deny', [443, 443]), a.rule(true, 2, 'allow', [80, 80])])
    const remedy = first(account, 'nacl.egress-443')
    expect(remedy.apply).toBeUndefined()
    expect(remedy.title).toContain(a.ACL)
  })
})

describe('no more egress is allowed than needed', () => {
  const shut = (account: Account, groups: readonly (typeof a.GROUP)[] = []): Account => ({
    ...account,
    SecurityGroups: [
      a.group(a.GROUP, {IpPermissionsEgress: []}),
      a.group(a.ENDPOINT_GROUP, {IpPermissions: a.HTTPS_FROM_VPC}),
      ...groups.map((id) => a.group(id)),
    ],
  })
  const permissions = (account: Account) => inputsOf(account, 'sg.no-egress-443')[0]?.IpPermissions

  it('to the VPC and the prefix list of S3 if endpoints handle all traffic', () => {
    expect(permissions(shut(a.behindEndpoints))).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{CidrIp: '10.0.0.0/16'}],
        PrefixListIds: [{PrefixListId: a.PL_S3}],
      },
    ])
  })

  it('to everywhere if a NAT gateway routes it', () => {
    expect(permissions(shut(a.behindNat))).toMatchObject([{IpRanges: [{CidrIp: '0.0.0.0/0'}]}])
  })

  it('only to the VPC while there is no egress', () => {
    expect(permissions(shut(a.withoutEgress))).toMatchObject([{IpRanges: [{CidrIp: '10.0.0.0/16'}]}])
  })
})

describe('the partition and the Region determine', () => {
  const names = ['ssm', 'ssmmessages', 's3'].map((service) => `cn.com.amazonaws.cn-north-1.${service}`)
  const china: Account = {...a.withoutEgress, Partition: 'aws-cn', Region: 'cn-north-1', ServiceNames: names}

  it('the service name that AWS lists', () => {
    expect(inputsOf(china, 'route.none').map(({ServiceName}) => ServiceName)).toEqual(
      expect.arrayContaining(names.slice(0, 2)),
    )
  })

  it('whether a price is known', () => {
    expect(first(china, 'route.none').cost).not.toMatch(/\$/)
    expect(first(a.withoutEgress, 'route.none').cost).toMatch(
      /\$0\.01 .*us-east-1, 20\d\d-\d\d, https:\/\/aws\.amazon\.com/,
    )
  })
})

describe('endpoints', () => {
  it('are created in the subnet of the instance and in one of each other Availability Zone', () => {
    const endpoint = inputsOf(a.withoutEgress, 'route.none').find(({ServiceName}) => ServiceName)
    expect(endpoint?.SubnetIds).toEqual([a.PRIVATE_A, a.PRIVATE_B])
  })

  it('are not created in an Availability Zone whose network ACL would block their replies', () => {
    const NetworkAcls = [a.acl(a.ACL, [a.PRIVATE_A], a.OPEN), a.acl(a.PUBLIC_ACL, [a.PRIVATE_B, a.PUBLIC_A], [])]
    const endpoint = inputsOf({...a.withoutEgress, NetworkAcls}, 'route.none').find(({ServiceName}) => ServiceName)
    expect(endpoint?.SubnetIds).toEqual([a.PRIVATE_A])
  })

  it('enable what private DNS names require', () => {
    const VpcAttributes = [{VpcId: a.VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}]
    expect(inputsOf({...a.withoutEgress, VpcAttributes}, 'route.none')[0]).toEqual({
      VpcId: a.VPC,
      EnableDnsHostnames: {Value: true},
    })
  })
})

describe('what AWS does not expose', () => {
  it('is a question to the owner, which the model cannot answer', () => {
    const account: Account = {
      ...a.behindNat,
      DhcpOptions: [
        {
          DhcpOptionsId: a.id('dopt', 61),
          DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.2.53'}]}],
        },
      ],
    }
    const remedy = first(account, 'dns.custom-servers')
    expect(remedy.apply).toBeUndefined()
    expect(remedy.title).toMatch(/10\.0\.2\.53.*ssm\.us-east-1\.amazonaws\.com/)
  })

  it('and a cause that is not of the network has no remedy here', () => {
    const hop: Hop = {
      at: 'endpoint-policy',
      resource: 'vpce-0a1b2c3d4e5f60001',
      leg: 'endpoint',
      direction: 'request',
      verdict: 'blocked',
      because: '',
      fault: {cause: 'endpoint.policy-denies'},
    }
    expect(networkRemedies(a.withoutEgress, a.web, [hop], ['ssm'])).toEqual([])
  })
})

describe('advice', () => {
  const remedyFor = (account: Account, cause: string) =>
    faultsWithRemedies(account).find((one) => one.cause === cause)?.remedies[0]
  const after = (account: Account, cause: string): Account => {
    const apply = remedyFor(account, cause)?.apply
    if (!apply) throw new Error(`${cause} has no remedy.`)
    return apply(account)
  }
  const advised = (account: Account) => faultsWithRemedies(account).map(({cause}) => cause)

  it('adds interfaces of all endpoints of the agent in the Availability Zone of the instance in one step', () => {
    expect(remedyFor(a.behindEndpoints, 'endpoint.single-az')?.title).toMatch(
      /^Add subnet \S+ to endpoints \S+, \S+ and \S+$/,
    )
    expect(advised(after(a.behindEndpoints, 'endpoint.single-az'))).toEqual([])
  })

  it('adds an interface of one endpoint where the subnet has no more addresses', () => {
    const Subnets = itemsOf(a.behindEndpoints.Subnets).map((one) => ({...one, AvailableIpAddressCount: 2}))
    expect(remedyFor({...a.behindEndpoints, Subnets}, 'endpoint.single-az')?.title).toMatch(
      /^Add subnet \S+ to endpoint \S+$/,
    )
  })

  it('asks for no interface in a Local Zone, where endpoints have none, and for one in the zone of an Outpost', () => {
    const isAdvisedIn = (place: Partial<Subnet>) => {
      const Subnets = itemsOf(a.behindEndpoints.Subnets).map((one) =>
        one.SubnetId === a.PRIVATE_A ? {...one, ...place} : one,
      )
      return advised({...a.behindEndpoints, Subnets}).includes('endpoint.single-az')
    }
    expect(isAdvisedIn({})).toBe(true)
    expect(isAdvisedIn({AvailabilityZone: 'us-east-1-atl-2a'})).toBe(false)
    expect(isAdvisedIn({OutpostArn: 'arn:aws:outposts:us-east-1:111122223333:outpost/op-0a1b2c3d4e5f60001'})).toBe(true)
  })

  it('adds a NAT gateway in the Availability Zone of the instance', () => {
    const Subnets = [...itemsOf(a.behindNat.Subnets), a.subnet(a.id('subnet', 24), '10.0.101.0/24', 'b')]
    const account: Account = {
      ...a.behindNat,
      Subnets,
      RouteTables: [
        a.table(a.PRIVATE_TABLE, [a.PRIVATE_A, a.PRIVATE_B], [a.to('0.0.0.0/0', {NatGatewayId: a.NAT})]),
        a.table(a.PUBLIC_TABLE, [a.PUBLIC_A, a.id('subnet', 24)], [a.to('0.0.0.0/0', {GatewayId: a.IGW})]),
      ],
      NetworkAcls: [
        a.acl(a.ACL, [a.PRIVATE_A, a.PRIVATE_B], a.OPEN),
        a.acl(a.PUBLIC_ACL, [a.PUBLIC_A, a.id('subnet', 24)], a.OPEN),
      ],
      NatGateways: [a.natGateway(a.NAT, a.id('subnet', 24))],
    }
    expect(advised(account)).toEqual(['nat.single-az-loss'])
    const fixed = after(account, 'nat.single-az-loss')
    expect([advised(fixed), causesOf(fixed)]).toEqual([[], []])
  })
})

describe('an attachment of a transit gateway', () => {
  const states = ['modifying', 'pending', 'initiatingRequest', 'rollingBack'] as const
  const inState = (State: (typeof states)[number]): Account => ({
    ...a.behindHub,
    TransitGatewayVpcAttachments: itemsOf(a.behindHub.TransitGatewayVpcAttachments).map((one) => ({...one, State})),
  })

  it.each(states)('that is %s is waited for', (state) => {
    const remedies = remediesFor(inState(state), 'tgw.attachment-state')[0] ?? []
    expect(remedies.map(({title}) => title)).toEqual([expect.stringMatching(/^Wait until attachment tgw-attach-/)])
  })
})

it('a NAT gateway that is pending is waited for, and no second one is created, unless it is private', () => {
  const titlesFor = (ConnectivityType: 'public' | 'private') => {
    const NatGateways = [{...a.natGateway(a.NAT, a.PUBLIC_A), State: 'pending' as const, ConnectivityType}]
    return (remediesFor({...a.behindNat, NatGateways}, 'nat.not-available')[0] ?? []).map(({title}) => title)
  }
  const wait = `Wait until NAT gateway ${a.NAT} is available`
  expect(titlesFor('public')).toEqual([wait])
  expect(titlesFor('private')).not.toContain(wait)
})

describe('an agent that is configured for IPv6', () => {
  const eigw = {
    DestinationIpv6CidrBlock: '::/0',
    EgressOnlyInternetGatewayId: a.id('eigw', 1),
    State: 'active',
  } as const
  const withRoutes = (...routes: readonly Route[]): Account => ({
    ...ipv6Only,
    RouteTables: itemsOf(ipv6Only.RouteTables).map((one) => ({...one, Routes: [...itemsOf(one.Routes), ...routes]})),
  })
  const titlesOf = (account: Account) =>
    remediesFor(account, 'ipv6.only-no-ipv4-path').flatMap((remedies) => remedies.map(({title}) => title))

  it('also needs a route for IPv6, which the fix names if the table has none', () => {
    expect(titlesOf(withRoutes())).toContainEqual(
      expect.stringMatching(/UseDualStackEndpoint in its configuration, and route ::\/0 in rtb-\w+ to an egress-only/),
    )
    expect(titlesOf(withRoutes(eigw))).toContainEqual(
      expect.stringMatching(/UseDualStackEndpoint in its configuration$/),
    )
  })
})

describe('a route to the endpoints of the hub', () => {
  const {account} = networkFaults.find(({name}) => name === 'no route to the endpoints of the hub')!
  const OTHER = 'tgw-0a1b2c3d4e5f00099'
  const attached = (n: number, VpcId: string) => ({
    ...itemsOf(account.TransitGatewayVpcAttachments)[0]!,
    TransitGatewayAttachmentId: `tgw-attach-0a1b2c3d4e5f0099${n}`,
    TransitGatewayId: OTHER,
    VpcId,
  })

  it('goes through the transit gateway of the hub, and not through another one that the VPC is attached to', () => {
    const several = {
      ...account,
      TransitGatewayVpcAttachments: [
        ...[attached(1, a.VPC), attached(2, 'vpc-0a1b2c3d4e5f00099')],
        ...itemsOf(account.TransitGatewayVpcAttachments),
      ],
    }
    const titles = remediesFor(several, 'route.none')[0]?.map(({title}) => title)
    expect(titles).toContain(`Route 10.8.0.0/16 of route table ${a.PRIVATE_TABLE} to ${a.TGW}`)
    expect(titles?.join()).not.toContain(OTHER)
  })
})

describe('a rule for the group of the instance', () => {
  const withOwners = (instances: string, endpoints: string): Account => ({
    ...a.behindEndpoints,
    SecurityGroups: [a.group(a.GROUP, {OwnerId: instances}), a.group(a.ENDPOINT_GROUP, {OwnerId: endpoints})],
  })
  const pairOf = (account: Account) => inputsOf(account, 'endpoint.sg-blocks')[0]?.IpPermissions

  it('names its account in a VPC that another account shares', () => {
    const pairs = [{GroupId: a.GROUP, UserId: '111122223333'}]
    expect(pairOf(withOwners('111122223333', '444455556666'))).toMatchObject([{UserIdGroupPairs: pairs}])
  })
  it('names no account where both groups belong to one', () => {
    expect(pairOf(withOwners('111122223333', '111122223333'))).toMatchObject([{UserIdGroupPairs: [{GroupId: a.GROUP}]}])
    expect(JSON.stringify(pairOf(withOwners('111122223333', '111122223333')))).not.toContain('UserId"')
  })
})

describe('private DNS of the interface endpoint for S3', () => {
  const {account} = networkFaults.find(({name}) => name.startsWith('private DNS of the interface endpoint for S3'))!

  it('answers in the VPC too, which needs no gateway endpoint', () => {
    expect(inputsOf(account, 'dns.private-dns-off')).toMatchObject([
      {PrivateDnsEnabled: true, DnsOptions: {PrivateDnsOnlyForInboundResolverEndpoint: false}},
    ])
    const code = (language: 'terraform' | 'cloudformation') =>
      snippet(first(account, 'dns.private-dns-off').steps, language, {region: 'us-east-1', step: 1})
    expect(code('terraform')).toContain('private_dns_only_for_inbound_resolver_endpoint = false')
    expect(code('cloudformation')).toContain('PrivateDnsOnlyForInboundResolverEndpoint: AllResolvers')
  })
})

it('beside a private zone of its name, private DNS is not enabled: DNS hostnames let the zone answer', () => {
  const {account} = networkFaults.find(({name}) => name === 'private DNS off')!
  const {account: shadowed} = networkFaults.find(
    ({name}) => name === 'private zone of one name in one VPC without records',
  )!
  const VpcAttributes = [{VpcId: a.VPC, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}}]
  const remedies = remediesFor({...account, VpcAttributes, HostedZones: shadowed.HostedZones}, 'dns.private-dns-off')
  expect(remedies.flatMap(([best]) => best?.title ?? [])).toEqual([
    `Enable DNS hostnames of VPC ${a.VPC}`,
    expect.stringMatching(/^Enable private DNS of endpoint /),
    expect.stringMatching(/^Enable private DNS of endpoint /),
  ])
})

it('beside a private zone of its name that answers with public addresses, the record of the zone is changed', () => {
  const {account} = networkFaults.find(({name}) => name === 'private DNS off')!
  const {account: shadowed} = networkFaults.find(
    ({name}) => name === 'private zone of one name in one VPC without records',
  )!
  const HostedZones = itemsOf(shadowed.HostedZones).map((zone) => ({
    ...zone,
    ResourceRecordSets: [{Name: zone.Name, Type: 'A', TTL: 60, ResourceRecords: [{Value: '52.94.1.1'}]}],
  }))
  expect(remediesFor({...account, HostedZones}, 'dns.private-dns-off')[0]?.[0]?.title).toMatch(
    /^Point ssm\.\S+ in private zone \S+ to the endpoints$/,
  )
})

describe('a propagated route', () => {
  it('stays next to a static one for the same destination, which takes precedence', () => {
    const {account} = networkFaults.find(({name}) => name.startsWith('propagated default route'))!
    const remedy = first(account, 'route.blackhole')
    expect(callsOf(remedy).map(({operation}) => operation)).toEqual(['CreateRoute'])
    expect((remedy.undo ?? []).map((step) => 'operation' in step && step.operation)).toEqual(['DeleteRoute'])
  })
})

describe('an Elastic IP address', () => {
  const inZone = (zone: string): Account => ({
    ...a.behindNat,
    Subnets: itemsOf(a.behindNat.Subnets).map((one) => ({...one, AvailabilityZone: zone})),
    RouteTables: itemsOf(a.behindNat.RouteTables).map((one) =>
      one.RouteTableId === a.PRIVATE_TABLE
        ? a.table(a.PRIVATE_TABLE, [a.PRIVATE_A, a.PRIVATE_B], [a.to('0.0.0.0/0', {GatewayId: a.IGW})])
        : one,
    ),
  })
  const allocationIn = (zone: string) => inputsOf(inZone(zone), 'igw.no-public-ip')[0]

  it('is of the network border group of a Local Zone, which it cannot leave', () => {
    expect(allocationIn('us-east-1-bos-1a')).toEqual({Domain: 'vpc', NetworkBorderGroup: 'us-east-1-bos-1'})
    expect(allocationIn('us-east-1a')).toEqual({Domain: 'vpc'})
  })
})

it('an attachment without a VPC, as a file may contain it, is not a target for the transit gateway', () => {
  const account: Account = {
    ...a.behindHub,
    TransitGatewayVpcAttachments: itemsOf(a.behindHub.TransitGatewayVpcAttachments).map(({VpcId, ...one}) =>
      VpcId === a.VPC ? {...one, VpcId} : one,
    ),
    TransitGatewayRouteTables: itemsOf(a.behindHub.TransitGatewayRouteTables).map((table) =>
      table.TransitGatewayRouteTableId === a.SPOKE_ROUTES ? {...table, Routes: []} : table,
    ),
  }
  expect(first(account, 'tgw.no-route').title).not.toContain('undefined')
})
