import {expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route} from '../../../src/model/account.ts'
import {behindNat, IGW, INSTANCE, id, local, NAT, natGateway, table, to, VPC} from '../../support/network.ts'

const OWN_TABLE = 20
const withOwnRoutes = (...routes: readonly Route[]): Account => ({
  ...behindNat,
  NatGateways: [natGateway(9, {SubnetId: undefined, AvailabilityMode: 'regional', RouteTableId: id('rtb', OWN_TABLE)})],
  RouteTables: [
    ...itemsOf(behindNat.RouteTables),
    {
      ...table(OWN_TABLE, VPC, [], [local('10.0.0.0/16'), ...routes]),
      Associations: [{GatewayId: NAT, RouteTableId: id('rtb', OWN_TABLE)}],
    },
  ],
})
const withoutRoute = (account: Account): Account => ({
  ...account,
  RouteTables: itemsOf(account.RouteTables).map((one) =>
    one.RouteTableId === id('rtb', 1) ? {...one, Routes: [local('10.0.0.0/16')]} : one,
  ),
})
const choicesOf = (account: Account) =>
  examine(account, INSTANCE).checklist.flatMap(({title, alternatives}) => [
    title,
    ...alternatives.map((one) => one.title),
  ])
const THERE = `Route 0.0.0.0/0 of route table ${id('rtb', 1)} to NAT gateway ${NAT}`

/** https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html */
it('a regional NAT gateway whose route table leads to the internet is a target', () => {
  expect(choicesOf(withoutRoute(withOwnRoutes(to('0.0.0.0/0', {GatewayId: IGW}))))).toContain(THERE)
})
it('one whose route table does not is none', () => {
  expect(choicesOf(withoutRoute(withOwnRoutes()))).not.toContain(THERE)
})
it('one that lost its route to the internet is not replaced by itself', () => {
  const choices = choicesOf(withOwnRoutes())
  expect(choices).toContain(`Route 0.0.0.0/0 of route table ${id('rtb', OWN_TABLE)} to internet gateway ${IGW}`)
  expect(choices).not.toContain(THERE)
})
