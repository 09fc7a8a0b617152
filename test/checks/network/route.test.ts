import {expect, it} from 'vitest'
import {route} from '../../../src/checks/network/route.ts'
import {behindEndpoints, id, local, table, VPC} from '../../support/network.ts'
import {path, said} from './hops.ts'

it('shows that the table at fault is the main route table, which the subnet uses implicitly', () => {
  const main = {...table(1, VPC, [], [local('10.0.0.0/16')]), Associations: [{Main: true}]}
  const none = {at: 'route', resource: id('rtb', 1), verdict: 'blocked', fault: {cause: 'route.none'}} as const
  expect(said(route, [path('ssm', none)], {...behindEndpoints, RouteTables: [main]})).toContainEqual(
    expect.objectContaining({cause: 'route.main-table-surprise', resource: id('subnet', 1)}),
  )
})
