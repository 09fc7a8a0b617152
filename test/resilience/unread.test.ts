import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route, type VpcPeeringConnection} from '../../src/model/account.ts'
import {withItem, withItems} from '../../src/model/edits.ts'
import {routeTableOf} from '../../src/model/joins.ts'
import {
  ANYWHERE,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  group,
  HUB,
  INSTANCE,
  id,
  local,
  NAT,
  online,
  table,
  to,
  VPC,
  withHubEndpoints,
} from '../support/network.ts'

const REFUSED = {
  unreadable: 'UnauthorizedOperation: no (needs ec2:Describe)',
  error: 'UnauthorizedOperation',
  action: 'ec2:Describe',
}
const causesOf = (account: Account) => examine(account, INSTANCE).causes.map(({id: cause}) => cause)
const pathIn = (account: Account, service = 'ssm') =>
  examine(account, INSTANCE).paths.find((path) => path.service === service)
const reportOf = (account: Account) => JSON.stringify(examine(account, INSTANCE))

describe('a plan for a node whose registration could not be read', () => {
  it('does not claim that the node is fixed', () => {
    expect(examine({...behindNat, InstanceInformationList: REFUSED}, INSTANCE).verified).toBe(null)
    expect(examine(online(behindNat), INSTANCE).verified).toBe(true)
  })
})

describe('a group for endpoints in a VPC that could not be read', () => {
  const withoutWayOut = withItems(behindNat, 'RouteTables', (tables) =>
    tables.map((one) => ({...one, Routes: [local('10.0.0.0/16')]})),
  )
  it('allows the subnets, and does not block', () => {
    const {causes, checklist} = examine({...withoutWayOut, Vpcs: REFUSED}, INSTANCE)
    const [command = ''] = checklist.flatMap(({commands}) =>
      commands.filter((one) => one.includes('authorize-security-group-ingress')),
    )
    expect(command).toMatch(/CidrIp=10\.0\.\d+\.0\/24/)
    expect(causes.map(({id: cause}) => cause)).not.toContain('endpoint.sg-blocks')
  })
})

const routed = (account: Account, n: number, routes: readonly Route[]): Account =>
  withItem(account, 'RouteTables', 'RouteTableId', id('rtb', n), (one) => ({...one, Routes: routes}))

describe('a partly read list', () => {
  const subnet = {SubnetId: 'subnet-1', VpcId: 'vpc-1'}
  const main = {RouteTableId: 'rtb-main', VpcId: 'vpc-1', Associations: [{Main: true}], Routes: []}
  const own = {RouteTableId: 'rtb-own', VpcId: 'vpc-1', Associations: [{SubnetId: 'subnet-1'}], Routes: []}

  it('may contain the route table of the subnet, even if the main one is known', () => {
    expect(routeTableOf({RouteTables: [main]}, subnet)).toBe(main)
    expect(routeTableOf({RouteTables: {...REFUSED, known: [main]}}, subnet)).toMatchObject(REFUSED)
    expect(routeTableOf({RouteTables: {...REFUSED, known: [main, own]}}, subnet)).toBe(own)
  })

  it('may contain the table that an attachment is associated with', () => {
    const loose = withItems(behindTransitGateway, 'TransitGatewayRouteTables', (tables) =>
      tables.map((one) => ({...one, Associations: []})),
    )
    expect(causesOf(loose)).toContain('tgw.no-route')
    const known = itemsOf(loose.TransitGatewayRouteTables)
    const partly = {...loose, TransitGatewayRouteTables: {...REFUSED, known}}
    expect(causesOf(partly)).not.toContain('tgw.no-route')
    expect(pathIn(partly)?.verdict).toBe('unknown')
  })
})

describe('a name whose possible owner was not read', () => {
  const DEAD: Route = {...to('0.0.0.0/0', {NatGatewayId: NAT}), State: 'blackhole'}
  const besides = (account: Account): Account =>
    withItem(account, 'RouteTables', 'RouteTableId', id('rtb', 1), (one) => ({
      ...one,
      Routes: [...(one.Routes as readonly Route[]), DEAD],
    }))
  const blocking = (account: Account) =>
    examine(account, INSTANCE).causes.flatMap(({id: cause, severity, check}) =>
      severity === 'blocks' && check !== 'agent' ? [cause] : [],
    )

  it('does not use a broken path to the internet if there may be an endpoint', () => {
    const account = besides(behindEndpoints)
    expect(blocking(account)).toEqual([])
    expect(blocking({...account, VpcEndpoints: REFUSED})).toEqual([])
    expect(pathIn({...account, VpcEndpoints: REFUSED})?.verdict).toBe('unknown')
    expect(blocking({...account, VpcEndpoints: []})).toEqual(['route.blackhole'])
  })
  it('nor if a zone may resolve to a hub', () => {
    const account = besides(withHubEndpoints)
    expect(blocking(account)).toEqual([])
    expect(blocking({...account, HostedZones: REFUSED})).toEqual([])
    const recordless = withItems(account, 'HostedZones', (zones) =>
      zones.map((zone) => ({...zone, ResourceRecordSets: REFUSED})),
    )
    expect(blocking(recordless)).toEqual([])
    expect(pathIn(recordless)?.verdict).toBe('unknown')
    expect(blocking({...account, HostedZones: []})).toEqual(['route.blackhole'])
  })
  it('may resolve to an endpoint without private DNS through a zone', () => {
    const idle = withItems(behindEndpoints, 'VpcEndpoints', (endpoints) =>
      endpoints.map((one) =>
        one.VpcEndpointType === 'Interface' ? {...one, PrivateDnsEnabled: false, DnsEntries: []} : one,
      ),
    )
    expect(blocking(idle)).toEqual(expect.arrayContaining(['dns.private-dns-off']))
    expect(blocking({...idle, HostedZones: REFUSED})).toEqual([])
    expect(examine({...idle, HostedZones: REFUSED}, INSTANCE).checks).toContainEqual(
      expect.objectContaining({id: 'names', status: 'unknown'}),
    )
  })
  it('is blocked on every path by a group that allows nothing out', () => {
    const shut = {...besides(behindEndpoints), SecurityGroups: [group(1, [], []), group(2, [ANYWHERE], [])]}
    for (const kind of ['VpcEndpoints', 'HostedZones', 'ResolverRules'] as const)
      expect(blocking({...shut, [kind]: REFUSED})).toEqual(['sg.no-egress-443'])
  })
})

describe('a route to a target of an unknown kind', () => {
  const odd = (cidr: string, target: Partial<Route> = {}) => to(cidr, target)
  it('may or may not deliver addresses of the VPC', () => {
    const longer = routed(behindEndpoints, 1, [local('10.0.0.0/16'), odd('10.0.2.0/24')])
    expect(causesOf(longer)).not.toContain('route.more-specific-hijack')
    expect(pathIn(longer)?.verdict).toBe('unknown')
    expect(reportOf(longer)).toContain('to a target of an unknown kind')
    const named = routed(behindEndpoints, 1, [local('10.0.0.0/16'), odd('10.0.2.0/24', {GatewayId: 'new-0a1b2c3d'})])
    expect(pathIn(named)?.verdict).toBe('unknown')
    const gone = routed(behindEndpoints, 1, [local('10.0.0.0/16'), {...odd('10.0.2.0/24'), State: 'blackhole'}])
    expect(causesOf(gone)).toContain('route.more-specific-hijack')
  })
  it('may bring the reply back', () => {
    const back = {
      ...behindEndpoints,
      RouteTables: [
        table(1, VPC, [1], [local('10.0.0.0/16')]),
        table(2, VPC, [2], [local('10.0.0.0/16'), odd('10.0.1.0/24')]),
      ],
    }
    expect(pathIn(back)?.verdict).toBe('unknown')
    expect(causesOf(back)).not.toContain('route.more-specific-hijack')
  })
  it('may connect a NAT gateway to the internet', () => {
    const nat = routed(behindNat, 9, [local('10.0.0.0/16'), odd('0.0.0.0/0')])
    expect(causesOf(nat)).not.toContain('nat.subnet-no-igw')
    expect(pathIn(nat)?.verdict).toBe('unknown')
  })
})

describe('what a response omits', () => {
  it('of a NAT gateway, its subnet, is reported in a sentence', () => {
    const nowhere = withItem(behindNat, 'NatGateways', 'NatGatewayId', NAT, ({SubnetId: _, ...one}) => one)
    expect(reportOf(nowhere)).toContain(`In which subnet NAT gateway ${NAT} is could not be read.`)
    expect(reportOf(nowhere)).not.toContain('undefined')
  })
  it('of a subnet, its Availability Zone, gives no advice about zones', () => {
    const zoneless = (account: Account) =>
      withItem(account, 'Subnets', 'SubnetId', id('subnet', 1), ({AvailabilityZone: _, ...one}) => one)
    for (const account of [behindNat, behindEndpoints, behindTransitGateway, withHubEndpoints])
      expect(reportOf(zoneless(account))).not.toMatch(/undefined|no-subnet-in-az|single-az/)
  })

  const PEERING = id('pcx', 1)
  const peered = (more: Partial<VpcPeeringConnection>): Account => ({
    ...routed(withHubEndpoints, 1, [local('10.0.0.0/16'), to('10.8.0.0/16', {VpcPeeringConnectionId: PEERING})]),
    VpcPeeringConnections: [
      {
        VpcPeeringConnectionId: PEERING,
        Status: {Code: 'active'},
        RequesterVpcInfo: {VpcId: VPC, CidrBlock: '10.0.0.0/16'},
        AccepterVpcInfo: {VpcId: HUB, CidrBlock: '10.8.0.0/16'},
        ...more,
      },
    ],
  })
  it('of a peering connection, its state or its blocks, is not a cause', () => {
    expect(causesOf(peered({Status: {Code: 'expired'}}))).toContain('pcx.not-active')
    expect(causesOf(peered({Status: {}}))).not.toContain('pcx.not-active')
    expect(pathIn(peered({Status: {}}))?.verdict).toBe('unknown')
    const blockless = peered({AccepterVpcInfo: {VpcId: HUB}})
    expect(causesOf(blockless)).not.toContain('pcx.edge-to-edge')
    expect(pathIn(blockless)?.verdict).toBe('unknown')
    expect(causesOf(peered({AccepterVpcInfo: {VpcId: HUB, CidrBlock: '10.99.0.0/16'}}))).toContain('pcx.edge-to-edge')
  })

  const listed = (Routes: readonly object[], more: Partial<Account> = {}): Account =>
    ({
      ...withItems(withHubEndpoints, 'TransitGatewayRouteTables', (tables) =>
        tables.map((one) => ({...one, Routes: Routes as never})),
      ),
      ...more,
    }) as Account
  it('of a transit gateway, the entries of a prefix list or the target of a route, drops nothing', () => {
    const byList = listed([{PrefixListId: id('pl', 3), State: 'active', Type: 'static'}])
    expect(causesOf(byList)).not.toContain('tgw.no-route')
    expect(pathIn(byList)?.verdict).toBe('unknown')
    const nowhere = listed([{DestinationCidrBlock: '10.0.0.0/8', State: 'active', Type: 'static'}])
    expect(causesOf(nowhere)).not.toContain('tgw.no-route')
    expect(pathIn(nowhere)?.verdict).toBe('unknown')
    expect(causesOf(listed([{DestinationCidrBlock: '10.0.0.0/8', State: 'blackhole'}]))).toContain('tgw.no-route')
  })
})
