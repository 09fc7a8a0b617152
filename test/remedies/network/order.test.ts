import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type Route} from '../../../src/model/account.ts'
import * as a from './account.ts'
import {behindNat, HUB, NAT, PRIVATE_A, PRIVATE_TABLE, VPC} from './account.ts'
import {apiRemediesFor, faultsWithRemedies, verdicts, withRemedies} from './apply-remedies.ts'

const withoutRoute = {
  ...behindNat,
  RouteTables: itemsOf(behindNat.RouteTables).map((table) =>
    table.RouteTableId === PRIVATE_TABLE && Array.isArray(table.Routes)
      ? {...table, Routes: table.Routes.filter(({NatGatewayId}) => NatGatewayId === undefined)}
      : table,
  ),
}
const titles = (account: typeof behindNat) => (apiRemediesFor(account, 'route.none')[0] ?? []).map(({title}) => title)

describe('without a route to public addresses', () => {
  it('the route to a NAT gateway that exists is proposed before endpoints that are paid for', () => {
    expect(titles(withoutRoute)).toEqual([
      `Route 0.0.0.0/0 of route table ${PRIVATE_TABLE} to NAT gateway ${NAT}`,
      expect.stringMatching(/^Create interface endpoints for /),
      expect.stringMatching(/ to internet gateway .* and give .* a public address$/),
    ])
  })

  it('endpoints instead of that route come with the gateway endpoint for S3, where the route leads as well', () => {
    expect(titles(withoutRoute)[1]).toMatch(/, and a gateway endpoint for S3$/)
    expect(titles({...withoutRoute, NatGateways: []})[0]).not.toMatch(/S3/)
  })

  it('endpoints are proposed before a new NAT gateway', () => {
    expect(titles({...withoutRoute, NatGateways: []})).toEqual([
      expect.stringMatching(/^Create interface endpoints for /),
      expect.stringMatching(/ to a new NAT gateway in public subnet /),
      expect.stringMatching(/ to internet gateway .* and give .* a public address$/),
    ])
  })
})

describe('an instance with a public address whose table does not route to the internet gateway', () => {
  const Instances = [{...a.web, PublicIpAddress: '203.0.113.10'}]

  it('needs the route, which costs nothing, and no other address', () => {
    expect(apiRemediesFor({...withoutRoute, Instances}, 'route.none')[0]?.[0]).toMatchObject({
      title: `Route 0.0.0.0/0 of route table ${PRIVATE_TABLE} to internet gateway ${a.IGW}`,
      cost: 'No charge',
      steps: [{operation: 'CreateRoute'}],
    })
  })

  it('gets the route last where VPC Block Public Access blocks it, and not the NAT gateway', () => {
    const Subnets = itemsOf(behindNat.Subnets).map((subnet) => ({
      ...subnet,
      BlockPublicAccessStates: {InternetGatewayBlockMode: 'block-ingress' as const},
    }))
    expect(titles({...withoutRoute, Instances, Subnets})).toEqual([
      `Route 0.0.0.0/0 of route table ${PRIVATE_TABLE} to NAT gateway ${NAT}`,
      expect.stringMatching(/^Create interface endpoints for /),
      `Route 0.0.0.0/0 of route table ${PRIVATE_TABLE} to internet gateway ${a.IGW}`,
    ])
  })

  it('is reached by inbound traffic, as the effect of the route says', () => {
    expect(apiRemediesFor({...withoutRoute, Instances}, 'route.none')[0]?.[0]?.effect).toMatch(
      /^Every subnet of the table becomes public: inbound traffic .* then reaches the instances there that have public /,
    )
  })

  it('is offered endpoints if the VPC has no internet gateway', () => {
    const account = {...withoutRoute, Instances, InternetGateways: [], NatGateways: []}
    expect(titles(account)[0]).toMatch(/^Create interface endpoints for /)
  })
})

describe('a default route that is written as one for each half of all addresses', () => {
  const withHalves = (tableId: string, route: Partial<Route>): Account => ({
    ...behindNat,
    RouteTables: itemsOf(behindNat.RouteTables).map((table) =>
      table.RouteTableId === tableId
        ? a.table(tableId, tableId === PRIVATE_TABLE ? [PRIVATE_A, a.PRIVATE_B] : [a.PUBLIC_A], [
            {DestinationCidrBlock: '0.0.0.0/1', State: 'active', ...route},
            {DestinationCidrBlock: '128.0.0.0/1', State: 'active', ...route},
          ])
        : table,
    ),
  })

  it('targets a NAT gateway that exists if its own no longer does', () => {
    const account = withHalves(PRIVATE_TABLE, {NatGatewayId: a.id('nat', 99), State: 'blackhole'})
    expect(apiRemediesFor(account, 'route.blackhole')[0]?.[0]).toMatchObject({
      title: `Route 0.0.0.0/1 and 128.0.0.0/1 of route table ${PRIVATE_TABLE} to NAT gateway ${NAT}`,
      effect: `Route table ${PRIVATE_TABLE} is associated with 2 subnets (no other instance).`,
    })
  })

  it('targets no NAT gateway with IPv6 addresses, of which it translates only those of DNS64', () => {
    const dead = {NetworkInterfaceId: a.id('eni', 99), State: 'blackhole'} as const
    const routes = [
      {DestinationCidrBlock: '0.0.0.0/0', ...dead},
      {DestinationIpv6CidrBlock: '::/0', ...dead},
    ]
    const RouteTables = itemsOf(behindNat.RouteTables).map((table) =>
      table.RouteTableId === PRIVATE_TABLE ? a.table(PRIVATE_TABLE, [PRIVATE_A, a.PRIVATE_B], routes) : table,
    )
    expect(apiRemediesFor({...behindNat, RouteTables}, 'route.blackhole')[0]?.[0]?.title).toBe(
      `Route 0.0.0.0/0 of route table ${PRIVATE_TABLE} to NAT gateway ${NAT}`,
    )
  })

  it('makes a subnet public, whose NAT gateway is used', () => {
    const {RouteTables} = withHalves(a.PUBLIC_TABLE, {GatewayId: a.IGW})
    const tables = itemsOf(RouteTables).map((table) =>
      table.RouteTableId === PRIVATE_TABLE ? {...table, Routes: []} : table,
    )
    expect(titles({...behindNat, RouteTables: tables})[0]).toBe(
      `Route 0.0.0.0/0 of route table ${PRIVATE_TABLE} to NAT gateway ${NAT}`,
    )
  })
})

it('a NAT gateway whose own subnet routes to it gets the route to the internet gateway, which no other subnet uses', () => {
  const looped = (subnetIds: readonly string[]): Account => ({
    ...behindNat,
    RouteTables: itemsOf(behindNat.RouteTables).map((table) =>
      table.RouteTableId === a.PUBLIC_TABLE
        ? a.table(a.PUBLIC_TABLE, subnetIds, [a.to('0.0.0.0/0', {NatGatewayId: NAT})])
        : {...table, Associations: table.Associations.filter(({SubnetId}) => !subnetIds.includes(SubnetId ?? ''))},
    ),
  })
  const fix = `Route 0.0.0.0/0 of route table ${a.PUBLIC_TABLE} to internet gateway ${a.IGW}`
  const fixesOf = (account: Account) => apiRemediesFor(account, 'nat.subnet-no-igw')[0]?.map(({title}) => title) ?? []
  expect(fixesOf(looped([a.PUBLIC_A]))[0]).toBe(fix)
  expect(fixesOf(looped([a.PUBLIC_A, a.PRIVATE_B]))).not.toContain(fix)
})

describe('custom DNS servers', () => {
  const addressed = (PrivateIpAddress: string) => ({
    PrivateIpAddress,
    PrivateIpAddresses: [{PrivateIpAddress, Primary: true}],
    Groups: [{GroupId: a.ENDPOINT_GROUP}],
  })
  const servedBy = (server: string) => ({
    ...behindNat,
    DhcpOptions: [
      {DhcpOptionsId: 'dopt-1', DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: server}]}]},
    ],
    Vpcs: itemsOf(behindNat.Vpcs).map((vpc) => ({...vpc, DhcpOptionsId: 'dopt-1'})),
  })
  const remediesOf = (server: string) =>
    faultsWithRemedies(servedBy(server)).find(({cause}) => cause === 'dns.custom-servers')?.remedies ?? []

  it('that no query reaches need a path first, those that answer need a forwarder', () => {
    expect(remediesOf('172.31.255.10')[0]?.title).toBe(
      `Allow queries (TCP and UDP 53) from subnet ${PRIVATE_A} to reach name servers 172.31.255.10`,
    )
    expect(remediesOf('198.51.100.53')[0]?.title).toMatch(
      /^Configure name servers 198\.51\.100\.53 to forward amazonaws\.com /,
    )
  })

  it('that the group of the instance blocks too get the rules of the network ACL: the group is a cause of its own', () => {
    const https = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '0.0.0.0/0'}]}
    const closed = {
      ...servedBy('10.0.2.53'),
      NetworkAcls: [
        a.acl(a.ACL, [PRIVATE_A], [a.rule(true, 100, 'allow', [443, 443]), a.rule(false, 100, 'allow', [1024, 65535])]),
        a.acl(a.PUBLIC_ACL, [a.PRIVATE_B, a.PUBLIC_A], a.OPEN),
      ],
      SecurityGroups: [{...a.group(a.GROUP), IpPermissionsEgress: [https]}],
    }
    expect(faultsWithRemedies(closed).map(({cause, remedies}) => [cause, remedies[0]?.title])).toEqual([
      ['dns.custom-servers', expect.stringMatching(/^Allow outbound UDP and TCP 53 to .* in network ACL /)],
      ['sg.custom-dns-blocked', expect.stringMatching(/^Allow outbound DNS \(UDP and TCP 53\) in security group /)],
    ])
  })

  it('behind network ACLs and a group without their port get rules for UDP and TCP', () => {
    const closed = {
      ...servedBy('10.0.2.53'),
      NetworkAcls: [
        a.acl(a.ACL, [PRIVATE_A], [a.rule(true, 100, 'allow', [443, 443]), a.rule(false, 100, 'allow', [1024, 65535])]),
        a.acl(a.PUBLIC_ACL, [a.PRIVATE_B, a.PUBLIC_A], a.OPEN),
      ],
      SecurityGroups: [...itemsOf(behindNat.SecurityGroups), a.group(a.ENDPOINT_GROUP)],
      NetworkInterfaces: [
        ...itemsOf(behindNat.NetworkInterfaces),
        {...a.eni, NetworkInterfaceId: a.id('eni', 9), SubnetId: a.PRIVATE_B, ...addressed('10.0.2.53')},
      ],
    }
    expect(apiRemediesFor(closed, 'dns.custom-servers')[0]?.[0]?.title).toBe(
      `Allow outbound UDP and TCP 53 to 10.0.2.0/24 and inbound UDP 32768-60999 from 10.0.2.0/24 in network ACL ${a.ACL}, and allow inbound UDP and TCP 53 from security group ${a.GROUP} in security group ${a.ENDPOINT_GROUP}`,
    )
    expect(verdicts(closed)).toMatchObject({ssm: 'blocked'})
    expect(verdicts(withRemedies(closed, 'dns.custom-servers'))).toMatchObject({ssm: 'unknown'})
  })

  it('on the internet, which cannot forward, are replaced by the Amazon DNS server', () => {
    for (const server of ['8.8.8.8', '2001:4860:4860::8888'])
      expect(remediesOf(server).map(({title, weakens}) => [title, weakens])).toEqual([
        [`Associate VPC ${VPC} with a DHCP option set that uses AmazonProvidedDNS`, undefined],
      ])
    expect(remediesOf('fd00:1::53')[0]?.title).toMatch(/ name servers fd00:1::53( |$)/)
  })

  it('are replaced by the Amazon DNS server only as an alternative, which says what is lost', () => {
    for (const server of ['172.31.255.10', '198.51.100.53'])
      expect(remediesOf(server)[1]).toMatchObject({
        title: `Associate VPC ${VPC} with a DHCP option set that uses AmazonProvidedDNS`,
        effect: expect.stringMatching(
          new RegExp(`^Names that only ${server} know then no longer resolve in VPC ${VPC}\\.`),
        ),
        weakens: true,
      })
  })
})

describe('a private zone without records', () => {
  const zoneOf = (...vpcIds: readonly string[]) =>
    faultsWithRemedies({
      ...behindNat,
      HostedZones: [
        {
          Id: 'ZEMPTY',
          Name: 'ssm.us-east-1.amazonaws.com.',
          VPCs: vpcIds.map((VPCId) => ({VPCId})),
          ResourceRecordSets: [],
        },
      ],
    })
      .flatMap(({remedies}) => remedies)
      .map(({title}) => title)

  it('is deleted if only this VPC uses it', () => {
    expect(zoneOf(VPC)[0]).toBe('Delete private zone ZEMPTY, which has no records')
  })

  it('is disassociated, and never deleted, if another VPC uses it too', () => {
    expect(zoneOf(VPC, HUB)[0]).toBe(`Disassociate private zone ZEMPTY from VPC ${VPC}`)
    expect(zoneOf(VPC, HUB).join('; ')).not.toContain('Delete')
  })
})
