import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route} from '../../../src/model/account.ts'
import {
  behindNat,
  eni,
  IGW,
  INSTANCE,
  id,
  inPublicSubnet,
  instance,
  local,
  pathOf,
  table,
  to,
  VPC,
} from '../../support/network.ts'

const APPLIANCE = id('i', 7)
const APPLIANCE_INTERFACE = id('eni', 7)

/** A route table associated with the internet gateway itself. https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html */
const withEdgeTable = (account: Account, ...routes: readonly Route[]): Account => ({
  ...account,
  RouteTables: [
    ...itemsOf(account.RouteTables),
    {
      ...table(5, VPC, [], [local('10.0.0.0/16'), ...routes]),
      Associations: [{Main: false, RouteTableId: id('rtb', 5), GatewayId: IGW}],
    },
  ],
})

const withAppliance = (account: Account, Name: 'running' | 'stopped'): Account => ({
  ...account,
  Instances: [
    ...itemsOf(account.Instances),
    instance({
      InstanceId: APPLIANCE,
      State: {Name},
      NetworkInterfaces: [{...instance().NetworkInterfaces[0]!, NetworkInterfaceId: APPLIANCE_INTERFACE}],
    }),
  ],
})

const edgeHop = (account: Account) => pathOf(account).hops.find(({resource}) => resource === id('rtb', 5))

describe('a route table of the internet gateway', () => {
  it('with a blackhole route for the subnet drops the replies', () => {
    const gone = to('10.0.1.0/24', {NetworkInterfaceId: id('eni', 99), State: 'blackhole'})
    expect(edgeHop(withEdgeTable(inPublicSubnet, gone))).toMatchObject({
      direction: 'reply',
      verdict: 'blocked',
      because: `Route table ${id('rtb', 5)} of internet gateway ${IGW} routes replies to 10.0.1.0/24 through ${id('eni', 99)}, and it is a blackhole route.`,
      fault: {cause: 'route.blackhole'},
    })
  })

  it('is repaired by deleting the route, which costs nothing, before endpoints that are paid for', () => {
    const gone = to('10.0.1.0/24', {NetworkInterfaceId: id('eni', 99), State: 'blackhole'})
    const [first] = examine({...withEdgeTable(inPublicSubnet, gone), InstanceInformationList: []}, INSTANCE).checklist
    expect(first).toMatchObject({
      title: `Delete the route of 10.0.1.0/24 in route table ${id('rtb', 5)}, whose target no longer exists`,
      effect: `Route table ${id('rtb', 5)} routes what enters VPC ${VPC} through ${IGW}, to every instance there.`,
      alternatives: [{cost: expect.stringContaining('billed by the hour')}],
    })
  })

  it('drops the replies at an appliance that is stopped', () => {
    const account = withEdgeTable(inPublicSubnet, to('10.0.1.0/24', {NetworkInterfaceId: APPLIANCE_INTERFACE}))
    expect(edgeHop(withAppliance(account, 'stopped'))).toMatchObject({
      verdict: 'blocked',
      because: expect.stringContaining(`and instance ${APPLIANCE}, which it belongs to, is stopped.`),
    })
  })

  it('drops the replies at a network interface that is attached to nothing', () => {
    const account = withEdgeTable(inPublicSubnet, to('10.0.1.0/24', {NetworkInterfaceId: APPLIANCE_INTERFACE}))
    const detached = {...eni(7, 1, '10.0.1.7', []), Status: 'available' as const}
    expect(edgeHop({...account, NetworkInterfaces: [...itemsOf(account.NetworkInterfaces), detached]})).toMatchObject({
      verdict: 'blocked',
      because: expect.stringContaining(`through ${APPLIANCE_INTERFACE}, which is not attached to any instance.`),
    })
  })

  it('leaves unknown whether a running appliance forwards the replies', () => {
    const account = withEdgeTable(inPublicSubnet, to('10.0.1.0/24', {NetworkInterfaceId: APPLIANCE_INTERFACE}))
    expect(edgeHop(withAppliance(account, 'running'))?.verdict).toBe('unknown')
    expect(edgeHop(withAppliance(account, 'hibernating' as never))?.verdict).toBe('unknown')
  })

  it('does not affect an instance of another subnet', () => {
    const gone = to('10.0.9.0/24', {NetworkInterfaceId: id('eni', 99), State: 'blackhole'})
    expect(pathOf(withEdgeTable(inPublicSubnet, gone)).verdict).toBe('open')
  })

  it('affects the NAT gateway, whose address the replies have', () => {
    const gone = to('10.0.9.0/24', {NetworkInterfaceId: id('eni', 99), State: 'blackhole'})
    expect(edgeHop(withEdgeTable(behindNat, gone))?.verdict).toBe('blocked')
    const elsewhere = to('10.0.1.0/24', {NetworkInterfaceId: id('eni', 99), State: 'blackhole'})
    expect(pathOf(withEdgeTable(behindNat, elsewhere)).verdict).toBe('open')
  })

  it('leaves the reply unknown if its routes could not be read', () => {
    const account = withEdgeTable(inPublicSubnet)
    const RouteTables = itemsOf(account.RouteTables).map((one) =>
      one.RouteTableId === id('rtb', 5) ? {...one, Routes: {unreadable: 'refused'}} : one,
    )
    expect(edgeHop({...account, RouteTables})).toMatchObject({verdict: 'unknown', unread: 'RouteTables'})
  })
})
