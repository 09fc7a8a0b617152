import {expect, it} from 'vitest'
import {sortedById} from '../../src/collect/validate-account.ts'
import {healthy} from '../support/healthy.ts'

const subnet = (SubnetId: string) => ({SubnetId, VpcId: 'vpc-1'})

it('puts each list in the order of its ids, whatever order AWS returned', () => {
  const account = {...healthy, Subnets: [subnet('subnet-b'), subnet('subnet-c'), subnet('subnet-a')]}
  expect(sortedById(account)).toEqual({
    ...sortedById(healthy),
    Subnets: [subnet('subnet-a'), subnet('subnet-b'), subnet('subnet-c')],
  })
})

it('leaves as it is what was not read, and what has no ids', () => {
  const account = {...healthy, Subnets: {unreadable: 'access denied'}, ServiceNames: ['b', 'a']}
  expect(sortedById(account)).toMatchObject({Subnets: {unreadable: 'access denied'}, ServiceNames: ['b', 'a']})
})
