import {describe, expect, it} from 'vitest'
import type {RouteTable} from '../../src/model/account.ts'
import {routeTableOf} from '../../src/model/joins.ts'

describe('the route table of a subnet', () => {
  const subnet = {SubnetId: 'subnet-1', VpcId: 'vpc-1'}
  const table = (RouteTableId: string, ...Associations: RouteTable['Associations']): RouteTable => ({
    RouteTableId,
    VpcId: 'vpc-1',
    Routes: [],
    Associations,
  })
  const associated = (State: 'associated' | 'associating' | 'disassociating' | 'disassociated' | 'failed') => ({
    SubnetId: 'subnet-1',
    AssociationState: {State},
  })
  const main = table('main', {Main: true, AssociationState: {State: 'associated'}})
  const of = (...RouteTables: readonly RouteTable[]) => {
    const found = routeTableOf({RouteTables}, subnet)
    return found && 'RouteTableId' in found ? found.RouteTableId : undefined
  }

  it.each(['associated', 'associating', 'disassociating'] as const)('is its own while it is %s', (state) => {
    expect(of(main, table('own', associated(state)))).toBe('own')
  })
  it.each(['disassociated', 'failed'] as const)('is not one that is %s', (state) => {
    expect(of(table('old', associated(state)), main)).toBe('main')
    expect(of(table('old', associated(state)), main, table('new', associated('associated')))).toBe('new')
  })
  it('is its own where no state is given, and the main table that still is one', () => {
    expect(of(main, table('own', {SubnetId: 'subnet-1'}))).toBe('own')
    expect(of(table('former', {Main: true, AssociationState: {State: 'disassociated'}}), main)).toBe('main')
    expect(of(table('other', {SubnetId: 'subnet-2'}))).toBeUndefined()
  })
})
