import {describe, expect, it} from 'vitest'
import {examine} from '../../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type Route} from '../../../src/model/account.ts'
import {behindEndpoints, eni, INSTANCE, id, instance, local, s3Route, table, to, VPC} from '../../support/network.ts'

const APPLIANCE = id('i', 99)
const INTERFACE = id('eni', 99)

/** An appliance in subnet 2, beside the endpoints, and the route tables of subnets 1 and 2. */
const withAppliance = (
  {checks = false, state = 'running' as 'running' | 'stopped'},
  routesOf1: readonly Route[],
  routesOf2: readonly Route[],
): Account => {
  const own = {...eni(99, 2, '10.0.2.99', [id('sg', 1)]), SourceDestCheck: checks}
  return {
    ...behindEndpoints,
    Instances: [
      ...itemsOf(behindEndpoints.Instances),
      instance({
        InstanceId: APPLIANCE,
        State: {Name: state},
        SubnetId: id('subnet', 2),
        PrivateIpAddress: '10.0.2.99',
        SourceDestCheck: checks,
        NetworkInterfaces: [own as never],
      }),
    ],
    NetworkInterfaces: [...itemsOf(behindEndpoints.NetworkInterfaces), own],
    RouteTables: [
      table(1, VPC, [1], [local('10.0.0.0/16'), s3Route, ...routesOf1]),
      table(2, VPC, [2], [local('10.0.0.0/16'), ...routesOf2]),
    ],
  }
}
const via = (destination: string) => to(destination, {NetworkInterfaceId: INTERFACE, InstanceId: APPLIANCE})
const found = (account: Account) =>
  examine(account, INSTANCE)
    .causes.filter(({severity}) => severity === 'blocks' || severity === 'undecided')
    .map(({id, resource, certainty}) => [id, resource, certainty])

// https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
describe('a reply that is routed to an appliance, which the request did not pass', () => {
  it('may be forwarded by it', () => {
    const account = withAppliance({}, [], [via('10.0.1.0/24')])
    expect(found(account)).toEqual([['route.unfollowed', APPLIANCE, 'proven']])
  })
  it('is not if the appliance checks source and destination, or does not run', () => {
    const dropped = [['route.more-specific-hijack', id('rtb', 2), 'proven']]
    expect(found(withAppliance({checks: true}, [], [via('10.0.1.0/24')]))).toEqual(dropped)
    expect(found(withAppliance({state: 'stopped'}, [], [via('10.0.1.0/24')]))).toEqual(dropped)
  })
})

describe('a request that is routed to an appliance inside the VPC', () => {
  it('may be forwarded where it was not read whether the appliance checks source and destination', () => {
    const account = {...withAppliance({}, [via('10.0.2.0/24')], []), NetworkInterfaces: {unreadable: 'denied'}}
    const elsewhere = {...account, Instances: itemsOf(account.Instances).filter((one) => one.InstanceId === INSTANCE)}
    expect(found(elsewhere)).toContainEqual(['route.unfollowed', APPLIANCE, 'proven'])
    expect(found(elsewhere).map(([cause]) => cause)).not.toContain('route.more-specific-hijack')
  })
  it('is not if it does not run', () => {
    expect(found(withAppliance({state: 'stopped'}, [via('10.0.2.0/24')], []))).toEqual([
      ['route.more-specific-hijack', id('rtb', 1), 'proven'],
    ])
  })
})
