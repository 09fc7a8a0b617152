import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type RouteTable} from '../../../src/model/account.ts'
import {bare, behindNat, INSTANCE, id, natGateway, REGION, subnet, table, VPC} from '../../support/network.ts'

const titlesOf = (account: Account) => {
  const [first] = examine(account, INSTANCE).checklist
  return [first?.title, ...(first?.alternatives ?? []).map(({title}) => title)]
}
const callsOf = (account: Account) => JSON.stringify(examine(account, INSTANCE).checklist)

/** A private VPC without endpoints; subnets 2 and 3 are in the zone of the instance and in another one. */
const withoutEgress = (own: number | undefined, neighbor: number | undefined): Account => ({
  ...bare,
  Subnets: [
    subnet(1, '10.0.1.0/24', own === undefined ? {} : {AvailableIpAddressCount: own}),
    subnet(2, '10.0.2.0/24', neighbor === undefined ? {} : {AvailableIpAddressCount: neighbor}),
    subnet(3, '10.0.3.0/24', {AvailabilityZone: `${REGION}b`}),
  ],
  RouteTables: [table(1, VPC, [1, 2, 3], itemsOf(itemsOf<RouteTable>(bare.RouteTables)[0]!.Routes))],
})

// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
describe('new endpoints, which take an address of each of their subnets', () => {
  it('are in the subnet of the instance', () => {
    expect(callsOf(withoutEgress(undefined, undefined))).toContain(`${id('subnet', 1)} ${id('subnet', 3)}`)
  })

  it('are in another subnet of its zone if it has too few free addresses for all of them', () => {
    expect(callsOf(withoutEgress(2, 3))).toContain(`${id('subnet', 2)} ${id('subnet', 3)}`)
    expect(callsOf(withoutEgress(3, 3))).toContain(`${id('subnet', 1)} ${id('subnet', 3)}`)
  })

  it('are in other zones only if no subnet there has free addresses', () => {
    expect(callsOf(withoutEgress(0, 0))).not.toContain(`${id('subnet', 1)} `)
    expect(callsOf(withoutEgress(0, 0))).toContain(`--subnet-ids ${id('subnet', 3)}`)
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html#nat-gateway-troubleshooting-failed
describe('a NAT gateway that failed because its subnet has no free address', () => {
  const failed: Account = {
    ...behindNat,
    NatGateways: [natGateway(9, {State: 'failed', FailureCode: 'InsufficientFreeAddressesInSubnet'})],
  }
  const withSubnet9 = (AvailableIpAddressCount: number): Account => ({
    ...failed,
    Subnets: [subnet(1, '10.0.1.0/24'), subnet(9, '10.0.9.0/24', {AvailableIpAddressCount})],
  })

  it('is not replaced in that subnet, where AWS would refuse it again', () => {
    for (const account of [failed, withSubnet9(0)])
      expect(titlesOf(account).join()).not.toContain('a new NAT gateway in public subnet')
    expect(titlesOf(failed)[0]).toContain('Create interface endpoints')
  })

  it('is replaced there if addresses are free by now', () => {
    expect(titlesOf(withSubnet9(12))[0]).toContain(`a new NAT gateway in public subnet ${id('subnet', 9)}`)
  })

  it('is replaced nowhere, and neither are there endpoints, if no subnet has free addresses', () => {
    const Subnets = [1, 9].map((n) => subnet(n, `10.0.${n}.0/24`, {AvailableIpAddressCount: 0}))
    expect(titlesOf({...failed, Subnets})).toEqual([
      `Free IPv4 addresses in ${id('subnet', 1)} and ${id('subnet', 9)}, or create a subnet: a new endpoint or NAT gateway takes an address of its subnet, and too few are free`,
    ])
  })
})
