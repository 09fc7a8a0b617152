import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Kind, type Route} from '../../src/model/account.ts'
import {withItem, withItems} from '../../src/model/edits.ts'
import {
  ANYWHERE,
  acl,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  endpoint,
  eni,
  entry,
  group,
  HUB,
  IGW,
  INSTANCE,
  id,
  inPublicSubnet,
  local,
  NAT,
  natGateway,
  OPEN_ACL,
  online,
  REGION,
  rule,
  s3Gateway,
  s3Route,
  subnet,
  TGW,
  table,
  to,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'

const REFUSED = {unreadable: 'UnauthorizedOperation: no', error: 'UnauthorizedOperation', action: 'ec2:Describe'}
const partly = (account: Account, kind: Kind, isKnown: (item: never) => boolean): Account => ({
  ...account,
  [kind]: {...REFUSED, known: itemsOf<unknown>(account[kind]).filter((item) => isKnown(item as never))},
})
const isNotTable =
  (n: number) =>
  ({RouteTableId}: {readonly RouteTableId: string}): boolean =>
    RouteTableId !== id('rtb', n)
const report = (account: Account) => examine(account, INSTANCE)
const verdictOf = (account: Account, service = 'ssm') =>
  report(account).paths.find((path) => path.service === service)?.verdict
const causesOf = (account: Account) =>
  report(account)
    .causes.filter(
      ({severity, revealedBy}) => severity !== 'symptom' && severity !== 'advises' && revealedBy === undefined,
    )
    .map(({id: cause, severity, certainty}) => `${severity} ${cause} ${certainty}`)

describe('a network ACL that allows replies from a part of the endpoint subnet', () => {
  const shut = withItem(behindEndpoints, 'NetworkAcls', 'NetworkAclId', id('acl', 1), (one) => ({
    ...one,
    Entries: [entry(50, false, 'deny', '10.0.2.16/28'), ...OPEN_ACL],
  }))

  it('blocks an interface whose address is known', () => {
    expect(verdictOf(shut)).toBe('blocked')
  })

  it('leaves an interface undecided whose address could not be read, instead of a share of its connections', () => {
    expect(verdictOf({...shut, NetworkInterfaces: REFUSED})).toBe('unknown')
  })
})

describe('DNS Firewall', () => {
  const groups = (...domains: readonly (readonly string[])[]) =>
    domains.map((Domains, n) => ({
      Id: `rslvr-frgassoc-${n}`,
      FirewallRuleGroupId: `rslvr-frg-${n}`,
      VpcId: VPC,
      Priority: 100 + n,
      FirewallRules: [{Name: 'rule', Priority: 1, Action: n === 0 ? 'BLOCK' : 'ALLOW', Domains}],
    }))

  it.each(['*', '*.'])('blocks every name by the domain %s', (domain) => {
    expect(causesOf({...behindNat, FirewallRuleGroupAssociations: groups([domain])})).toEqual([
      'blocks dns.firewall-block proven',
    ])
  })

  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-managed-domain-lists.html
  it('blocks a name for certain that a later rule blocks, if the rules before it can only block', () => {
    const rules = (action: string) => [
      {
        Id: 'rslvr-frgassoc-1',
        FirewallRuleGroupId: 'rslvr-frg-1',
        VpcId: VPC,
        Priority: 101,
        FirewallRules: [
          {Name: 'threats', Priority: 1, Action: action, FirewallDomainListId: 'rslvr-fdl-1', Domains: REFUSED},
          {Name: 'rest', Priority: 2, Action: 'BLOCK', Domains: ['*']},
        ],
      },
    ]
    expect(causesOf({...behindNat, FirewallRuleGroupAssociations: rules('BLOCK')})).toEqual([
      'blocks dns.firewall-block proven',
    ])
    expect(verdictOf({...behindNat, FirewallRuleGroupAssociations: rules('ALERT')})).toBe('unknown')
  })

  it('may allow a name by a rule group that was not read', () => {
    const [first, second] = groups(['example.com'], ['example.com'])
    const account = {
      ...behindNat,
      FirewallRuleGroupAssociations: [
        {...first!, FirewallRules: REFUSED},
        {...second!, FirewallRules: [{Name: 'rest', Priority: 1, Action: 'BLOCK', Domains: ['*']}]},
      ],
    }
    expect(verdictOf(account)).toBe('unknown')
  })

  it('may have rule groups that were not read: one may allow what is blocked, or block what is allowed', () => {
    const known = (domain: string) => ({
      ...behindNat,
      FirewallRuleGroupAssociations: {...REFUSED, known: groups([domain])},
    })
    expect(verdictOf(known('*'))).toBe('unknown')
    expect(verdictOf(known('example.com'))).toBe('unknown')
  })
})

describe('subnets of a transit gateway attachment that were not read', () => {
  it.each([3, 5])('decide nothing: subnet %i', (n) => {
    const account = partly(
      withHubEndpoints,
      'Subnets',
      ({SubnetId}: {SubnetId: string}) => SubnetId !== id('subnet', n),
    )
    expect(verdictOf(account)).toBe('unknown')
    expect(report(account).unreadable.map(({kind}) => kind)).toContain('Subnets')
  })

  it('may be in the Availability Zone without others', () => {
    const elsewhere = withItem(withHubEndpoints, 'Subnets', 'SubnetId', id('subnet', 3), (one) => ({
      ...one,
      AvailabilityZone: `${REGION}b`,
      AvailabilityZoneId: 'euw1-az2',
    }))
    expect(causesOf(elsewhere)).toContain('blocks tgw.no-subnet-in-az proven')
    const more = withItems(elsewhere, 'TransitGatewayVpcAttachments', (all) =>
      all.map((one) => ({...one, SubnetIds: [...one.SubnetIds, id('subnet', 99)]})),
    )
    expect(verdictOf(more)).toBe('unknown')
  })
})

// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
it('an attachment that is being modified is not a proven cause', () => {
  const inState = (State: 'modifying' | 'rollingBack' | 'deleting') =>
    withItem(withHubEndpoints, 'TransitGatewayVpcAttachments', 'VpcId', VPC, (one) => ({...one, State}))
  expect(causesOf(inState('modifying'))).toContain('undecided tgw.attachment-state proven')
  expect(causesOf(inState('rollingBack'))).toContain('undecided tgw.attachment-state proven')
  expect(causesOf(inState('deleting'))).toContain('blocks tgw.attachment-state proven')
})

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
it('a NAT gateway that is being deleted may still process traffic, one that is being created does not', () => {
  const inState = (State: 'deleting' | 'pending' | 'deleted') => ({...behindNat, NatGateways: [natGateway(9, {State})]})
  expect(causesOf(inState('deleting'))).toContain('blocks nat.not-available likely')
  expect(causesOf(inState('pending'))).toContain('blocks nat.not-available proven')
  expect(causesOf(inState('deleted'))).toContain('blocks nat.not-available proven')
})

describe('a subnet that could not be read', () => {
  const closed = {...behindNat, SecurityGroups: [group(1, [], [])]}
  const withoutSubnets = (account: Account): Account => ({...account, Subnets: REFUSED})

  it('does not hide a security group that allows no outbound traffic at all', () => {
    expect(causesOf(withoutSubnets(closed))).toContain('blocks sg.no-egress-443 proven')
  })

  it('leaves open whether a rule for a part of the addresses is enough', () => {
    const some = {
      ...behindNat,
      SecurityGroups: [
        group(1, [], [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '10.0.0.0/8'}]}]),
      ],
    }
    expect(causesOf(withoutSubnets(some)).join()).not.toContain('sg.')
  })

  it('leaves open what the groups of a second interface allow', () => {
    const two = withItem(closed, 'Instances', 'InstanceId', INSTANCE, (one) => ({
      ...one,
      NetworkInterfaces: [...one.NetworkInterfaces, {...one.NetworkInterfaces[0]!, NetworkInterfaceId: id('eni', 77)}],
    }))
    expect(causesOf(withoutSubnets(two)).join()).not.toContain('sg.')
  })
})

it('an endpoint that is partly available is not a proven cause', () => {
  const partial = withItem(behindEndpoints, 'VpcEndpoints', 'VpcEndpointId', id('vpce', 1), (one) => ({
    ...one,
    State: 'partial',
  }))
  expect(causesOf(partial)).toEqual(['undecided endpoint.not-available proven'])
})

describe('an interface that an endpoint lists', () => {
  const two = (account: Account): Account => ({
    ...account,
    Subnets: [...itemsOf(account.Subnets), subnet(4, '10.0.4.0/24')],
    NetworkAcls: [...itemsOf(account.NetworkAcls), acl(4, VPC, [4], [])],
    RouteTables: [...itemsOf(account.RouteTables), table(4, VPC, [4], [local('10.0.0.0/16')])],
    VpcEndpoints: itemsOf(account.VpcEndpoints).map((one) =>
      one.VpcEndpointType === 'Interface'
        ? {
            ...one,
            SubnetIds: [...one.SubnetIds, id('subnet', 4)],
            NetworkInterfaceIds: [...one.NetworkInterfaceIds, `${one.NetworkInterfaceIds[0]}4`],
          }
        : one,
    ),
  })

  it('exists, even if it is missing from the list of interfaces', () => {
    expect(verdictOf(behindEndpoints)).toBe('open')
    expect(verdictOf(two(behindEndpoints))).toBe('partly')
  })
})

describe('a route table that was not read', () => {
  it('may be the one of the internet gateway for replies', () => {
    const edge = {...table(8, VPC, [], [local('10.0.0.0/16')]), Associations: [{GatewayId: IGW, Main: false}]}
    const account = {...inPublicSubnet, RouteTables: [...itemsOf(inPublicSubnet.RouteTables), edge]}
    expect(verdictOf(account)).toBe('open')
    expect(verdictOf(partly(account, 'RouteTables', isNotTable(8)))).toBe('unknown')
  })

  it('may route to the VPC of a group that the rules reference', () => {
    const referring = {
      ...withHubEndpoints,
      SecurityGroups: [
        group(1, [], [{...rule(443, {group: id('sg', 2)})}]),
        group(2, [rule(443, {cidr: '10.0.0.0/8'})], [], HUB),
      ],
    }
    expect(causesOf(referring)).toContain('blocks sg.ref-over-tgw-egress proven')
    const unread = partly(referring, 'RouteTables', isNotTable(1))
    expect(causesOf(unread).filter((cause) => cause.startsWith('blocks'))).toEqual([])
  })
})

describe('replies into a subnet whose route table was not read', () => {
  it('may come through an attachment there, which its network ACL does not filter', () => {
    const onlyOut = OPEN_ACL.filter(({Egress, RuleAction}) => Egress || RuleAction === 'deny')
    const closed: Account = {...behindNat, NetworkAcls: [acl(1, VPC, [1], onlyOut), acl(9, VPC, [9])]}
    expect(causesOf(closed)).toContain('blocks nacl.ingress-ephemeral proven')
    const unread = partly(closed, 'RouteTables', isNotTable(1))
    expect(verdictOf(unread)).toBe('unknown')
  })
  it('do not make the requests uncertain', () => {
    const closed: Account = {...behindNat, NetworkAcls: [acl(1, VPC, [1], []), acl(9, VPC, [9])]}
    expect(verdictOf({...closed, RouteTables: REFUSED})).toBe('blocked')
  })
})

describe('a prefix list that was not read', () => {
  const LIST = id('pl', 7)
  const withList = (account: Account, target: Partial<Route>): Account => ({
    ...account,
    RouteTables: itemsOf(account.RouteTables).map((one) => ({
      ...one,
      Routes: [
        ...itemsOf(one.Routes),
        {DestinationPrefixListId: LIST, Origin: 'CreateRoute', State: 'active', ...target},
      ],
    })),
    ManagedPrefixLists: REFUSED,
  })
  const withoutNat: Account = {...behindNat, NatGateways: []}
  it('may have the destination, and its route may lead past what blocks the other', () => {
    const elsewhere = withList(withoutNat, {GatewayId: 'vgw-0a1b2c3d4e5f60073'})
    expect(verdictOf(elsewhere)).toBe('unknown')
    expect(causesOf(elsewhere)).not.toContain('blocks route.blackhole proven')
  })
  it('changes nothing if its route is blocked by the same resource', () => {
    expect(causesOf(withList(withoutNat, {NatGatewayId: NAT}))).toContain('blocks route.blackhole proven')
  })
  const onlyByList = (account: Account, n: number, target: Partial<Route>): Account => {
    const {RouteTables} = withItem(account, 'RouteTables', 'RouteTableId', id('rtb', n), (one) => ({
      ...one,
      Routes: [itemsOf(one.Routes)[0]!, {DestinationPrefixListId: LIST, State: 'active' as const, ...target}],
    }))
    return {...account, RouteTables}
  }
  it.each([
    ['of a NAT gateway', behindNat, 1, {NatGatewayId: NAT}],
    ['of a transit gateway', withHubEndpoints, 1, {TransitGatewayId: TGW}],
  ] as const)('changes nothing where its route has the target of the other: %s', (_, account, n, target) => {
    const {RouteTables} = withItem<'RouteTables'>(account, 'RouteTables', 'RouteTableId', id('rtb', n), (one) => ({
      ...one,
      Routes: [...itemsOf(one.Routes), {DestinationPrefixListId: LIST, State: 'active', ...target}],
    }))
    expect(verdictOf({...account, RouteTables})).toBe('open')
  })
  it('may have the return route of a hub', () => {
    const account = onlyByList(withHubEndpoints, 6, {TransitGatewayId: TGW})
    expect(verdictOf(account)).toBe('unknown')
    expect(causesOf(account)).not.toContain('blocks route.no-return proven')
  })
  it('may have the route of a NAT gateway to the internet', () => {
    const account = onlyByList(behindNat, 9, {GatewayId: IGW})
    expect(verdictOf(account)).toBe('unknown')
    expect(causesOf(account)).not.toContain('blocks nat.subnet-no-igw proven')
  })
  it('of S3 does not hold the private addresses that custom DNS servers may answer with', () => {
    const pending: Account = {
      ...behindNat,
      DhcpOptions: withItems(behindNat, 'DhcpOptions', (all) =>
        all.map((one) => ({
          ...one,
          DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.2.53'}]}],
        })),
      ).DhcpOptions,
      VpcEndpoints: [s3Gateway([1], {State: 'pending'})],
      RouteTables: [
        table(
          1,
          VPC,
          [1],
          [
            local('10.0.0.0/16'),
            s3Route,
            to('10.0.0.0/8', {TransitGatewayId: TGW}),
            to('0.0.0.0/0', {NatGatewayId: NAT}),
          ],
        ),
        ...itemsOf(behindNat.RouteTables).slice(1),
      ],
    }
    expect(verdictOf(pending, 's3')).toBe('unknown')
    expect(verdictOf({...pending, ManagedPrefixLists: REFUSED}, 's3')).toBe('unknown')
  })
})

describe('private hosted zones that were not read', () => {
  it('may resolve to a target behind a private NAT gateway', () => {
    const account: Account = {
      ...withHubEndpoints,
      NatGateways: [natGateway(3, {ConnectivityType: 'private', NatGatewayAddresses: [{PrivateIp: '10.0.3.5'}]})],
      RouteTables: [
        table(1, VPC, [1], [local('10.0.0.0/16'), to('10.8.0.0/16', {NatGatewayId: NAT})]),
        table(3, VPC, [3], [local('10.0.0.0/16'), to('10.8.0.0/16', {TransitGatewayId: id('tgw', 1)})]),
        ...itemsOf(withHubEndpoints.RouteTables).slice(1),
      ],
    }
    expect(verdictOf(account)).toBe('open')
    expect(verdictOf({...account, HostedZones: REFUSED})).toBe('unknown')
  })

  it('are said to be all of the VPC, or the one whose records are not visible', () => {
    const sentencesOf = (account: Account) =>
      report(account).paths.flatMap(({hops}) => hops.map(({because}) => because))
    const spoke: Account = {...withHubEndpoints, VpcEndpoints: []}
    expect(sentencesOf({...spoke, HostedZones: REFUSED})).toContainEqual(
      expect.stringContaining(`and the private hosted zones of VPC ${VPC} could not be read; one may resolve`),
    )
    const HostedZones = itemsOf(spoke.HostedZones).map((one) => ({...one, ResourceRecordSets: REFUSED}))
    expect(sentencesOf({...spoke, HostedZones})).toContainEqual(
      expect.stringContaining(`and the records of a private hosted zone for ssm.${REGION}.amazonaws.com could not`),
    )
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
describe('a participant of a shared VPC', () => {
  const PARTICIPANT = {Caller: {Account: '444455556666'}}

  it('does not see the endpoints that may own the names, if a path is open', () => {
    expect(causesOf({...behindNat, ...PARTICIPANT})).toEqual(['undecided endpoint.invisible-shared proven'])
    expect(causesOf(online({...behindNat, ...PARTICIPANT}))).toEqual([])
    expect(verdictOf({...behindEndpoints, ...PARTICIPANT})).toBe('open')
  })

  it('does not see the interfaces that a zone names in the VPC', () => {
    const account: Account = {
      ...behindEndpoints,
      VpcEndpoints: [],
      NetworkInterfaces: [eni(1, 1, '10.0.1.10', [id('sg', 1)])],
      HostedZones: [
        {
          Id: '/hostedzone/Z1',
          Name: `ssm.${REGION}.amazonaws.com.`,
          VPCs: [{VPCId: VPC, VPCRegion: REGION}],
          ResourceRecordSets: [
            {Name: `ssm.${REGION}.amazonaws.com.`, Type: 'A', ResourceRecords: [{Value: '10.0.2.20'}]},
          ],
        },
      ],
    }
    expect(causesOf(account)).toContain('blocks dns.phz-shadow proven')
    expect(verdictOf({...account, ...PARTICIPANT})).toBe('unknown')
  })
})

describe('a registration that was not read', () => {
  const broken = {...behindNat, NatGateways: [natGateway(9, {State: 'failed'})]}

  it('may contradict what is found on the path, which is at most likely', () => {
    expect(causesOf(broken)).toEqual(['blocks nat.not-available proven'])
    expect(causesOf({...broken, InstanceInformationList: REFUSED})).toContain('blocks nat.not-available likely')
  })
})

describe('a regional NAT gateway, which has a route table of its own', () => {
  const withTable = (...routes: readonly ReturnType<typeof to>[]): Account => ({
    ...behindTransitGateway,
    NatGateways: [
      natGateway(6, {VpcId: HUB, SubnetId: undefined, AvailabilityMode: 'regional', RouteTableId: id('rtb', 8)}),
    ],
    RouteTables: [
      ...itemsOf(behindTransitGateway.RouteTables),
      table(8, HUB, [], [local('10.8.0.0/16'), to('0.0.0.0/0', {GatewayId: IGW}), ...routes]),
    ],
  })
  const back = to('10.0.0.0/8', {TransitGatewayId: TGW})

  it('sends replies to other networks by that table', () => {
    expect(verdictOf(withTable(back))).toBe('open')
    expect(verdictOf(withTable())).toBe('blocked')
    expect(causesOf(withTable())).toContain('blocks route.no-return likely')
    expect(report(withTable()).causes[0]?.message).toContain(
      `Route table ${id('rtb', 8)} of VPC ${HUB} routes the reply`,
    )
  })
  it('is unknown where the table was not read', () => {
    expect(verdictOf(partly(withTable(back), 'RouteTables', isNotTable(8)))).toBe('unknown')
  })
})

describe('DHCP options that were not read', () => {
  const shut = {...behindEndpoints, SecurityGroups: [group(1, [], [ANYWHERE]), group(2, [], [])]}

  it('leave it unknown whether the name is that of the endpoint, whose group allows nothing', () => {
    expect(causesOf(shut)).toContain('blocks endpoint.sg-blocks proven')
    for (const kind of ['DhcpOptions', 'Vpcs'] as const) {
      expect(verdictOf(inPublicSubnetToo(partly(shut, kind, () => false)))).toBe('unknown')
      expect(causesOf(inPublicSubnetToo(partly(shut, kind, () => false))).join()).not.toContain('endpoint.sg-blocks')
    }
  })
  const inPublicSubnetToo = (account: Account): Account => ({
    ...account,
    Instances: inPublicSubnet.Instances,
    InternetGateways: inPublicSubnet.InternetGateways,
    RouteTables: [...itemsOf(inPublicSubnet.RouteTables), table(2, VPC, [2], [local('10.0.0.0/16')])],
  })
})

describe('a reply that a transit gateway takes', () => {
  const peered: Account = {
    ...withHubEndpoints,
    RouteTables: itemsOf(withHubEndpoints.RouteTables).map((one) =>
      one.RouteTableId === id('rtb', 1)
        ? table(1, VPC, [1, 3], [local('10.0.0.0/16'), to('10.8.0.0/16', {VpcPeeringConnectionId: id('pcx', 1)})])
        : one,
    ),
    VpcPeeringConnections: [
      {
        VpcPeeringConnectionId: id('pcx', 1),
        Status: {Code: 'active'},
        RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16', Region: REGION},
        AccepterVpcInfo: {VpcId: HUB, CidrBlock: '10.8.0.0/16', Region: REGION},
      },
    ],
  }

  it('may return although the request came through a peering connection: the attachments were not read', () => {
    expect(verdictOf(peered)).toBe('open')
    expect(verdictOf(partly(peered, 'TransitGatewayVpcAttachments', () => false))).toBe('unknown')
  })
})

describe('a node that is away', () => {
  it('is not said to come back where what keeps it away is not known, whatever else is fixed', () => {
    const isOther = ({SubnetId}: {SubnetId: string}) => SubnetId !== id('subnet', 1)
    const unread = partly(behindNat, 'NatGateways', () => false)
    expect(report(unread).verified).toBeNull()
    expect(report(partly(behindNat, 'Subnets', isOther as never)).verified).toBeNull()
  })
})

describe('a node that pings', () => {
  it('has a likely fault on the way of its channel at most, where it was not read whether the channel stands', () => {
    const shut = online({...behindEndpoints, NetworkAcls: [acl(1, VPC, [1]), acl(2, VPC, [2])]})
    const closed: Account = {
      ...shut,
      VpcEndpoints: itemsOf(shut.VpcEndpoints).filter(({ServiceName}) => !ServiceName.endsWith('ssmmessages')),
    }
    const withStatus = (ConnectionStatuses: Account['ConnectionStatuses']) => causesOf({...closed, ConnectionStatuses})
    expect(withStatus([{Target: INSTANCE, Status: 'notconnected'}])).toContain(
      'degrades endpoint.ssmmessages-missing proven',
    )
    expect(withStatus(REFUSED)).toContain('degrades endpoint.ssmmessages-missing likely')
  })
  it('has at most a likely fault in the security group of its channel, if an open channel would contradict another', () => {
    const shut: Account = online({
      ...behindEndpoints,
      SecurityGroups: [group(1, [], []), ...itemsOf(behindEndpoints.SecurityGroups).slice(1)],
      VpcEndpoints: [endpoint(1, 'ssm', [1]), endpoint(2, 'ssmmessages', [2]), s3Gateway([1])],
      NetworkInterfaces: [eni(101, 1, '10.0.1.21', [id('sg', 2)]), eni(202, 2, '10.0.2.22', [id('sg', 2)])],
    })
    const closed = {...shut, NetworkAcls: [acl(1, VPC, [1]), acl(2, VPC, [2], [])]}
    const away = [{Target: INSTANCE, Status: 'notconnected'}] as const
    expect(causesOf({...closed, ConnectionStatuses: away})).toContain('blocks sg.no-egress-443 proven')
    expect(causesOf({...closed, ConnectionStatuses: REFUSED})).toContain('blocks sg.no-egress-443 likely')
    expect(causesOf({...shut, ConnectionStatuses: REFUSED})).toContain('blocks sg.no-egress-443 proven')
  })
  it('has no proven fault on another path that loses some connections, if the endpoint that it uses was not read', () => {
    const losing: Account = online({
      ...behindEndpoints,
      NetworkAcls: [acl(1, VPC, [1], []), acl(2, VPC, [2])],
      VpcEndpoints: [endpoint(1, 'ssm', [1]), endpoint(2, 'ssmmessages', [1, 2]), s3Gateway([1])],
      NetworkInterfaces: [
        eni(1, 1, '10.0.1.10', [id('sg', 1)]),
        eni(101, 1, '10.0.1.21', [id('sg', 2)]),
        eni(201, 1, '10.0.1.22', [id('sg', 2)]),
        eni(202, 2, '10.0.2.22', [id('sg', 2)]),
      ],
    })
    expect(causesOf(losing)).toContain('degrades nacl.egress-443 proven')
    const unread = partly(
      losing,
      'VpcEndpoints',
      ({ServiceName}: {ServiceName: string}) => !ServiceName.endsWith('.ssm'),
    )
    expect(causesOf(unread)).toContain('undecided nacl.egress-443 likely')
  })
  it('makes a blocking security group uncertain if the route is unknown', () => {
    const shut = online({...behindNat, SecurityGroups: [group(1, [], [rule(3128, {cidr: '10.0.0.0/8'})])]})
    expect(report(shut).verdict).toBe('at-risk')
    const unread = partly(shut, 'RouteTables', isNotTable(1))
    expect(report(unread).verdict).toBe('managed')
    expect(causesOf(unread)).toContain('undecided sg.no-egress-443 likely')
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
describe('an instance whose interface is listed without security groups', () => {
  const without = (account: Account): Account => ({
    ...account,
    Instances: itemsOf(account.Instances).map((one) => ({
      ...one,
      SecurityGroups: [],
      NetworkInterfaces: one.NetworkInterfaces.map((each) => ({...each, Groups: []})),
    })),
  })

  it.each([
    ['a NAT gateway', behindNat],
    ['endpoints', behindEndpoints],
  ])('is not proven to be blocked behind %s', (_, account) => {
    const {causes, paths} = examine(without(account), INSTANCE)
    expect(causes.filter(({severity}) => severity !== 'symptom')).toEqual([])
    expect(paths[0]?.verdict).toBe('unknown')
    expect(paths[0]?.hops.find(({at}) => at === 'security-group')?.because).toMatch(
      /^Cannot determine whether i-\w+ allows outbound TCP 443 .* every network interface of an instance has one\.$/,
    )
  })

  it('still shows what else blocks it', () => {
    const cutOff = {...without(behindNat), RouteTables: [table(1, VPC, [1], [local('10.0.0.0/16')])]}
    expect(examine(cutOff, INSTANCE).causes).toContainEqual(
      expect.objectContaining({id: 'route.none', certainty: 'proven'}),
    )
  })
})
