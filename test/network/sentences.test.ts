import {expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {walk} from '../../src/network/walk.ts'
import {networkFaults} from '../remedies/network/network-faults.ts'
import {breakages} from '../support/network-breakages.ts'

it.each([...breakages, ...networkFaults])('$name: every hop names its resource, so reports need not', ({account}) => {
  const hops = itemsOf(account.Instances)
    .flatMap((instance) => walk(account, instance))
    .flatMap((path) => path.hops)
  expect(hops.filter(({because, resource}) => !because.includes(resource))).toEqual([])
})

it('names the VPC where what may answer in it could not be read', () => {
  const unreadable = 'UnauthorizedOperation'
  const unknown = breakages.flatMap(({account}) =>
    itemsOf(account.Instances)
      .flatMap((instance) => walk({...account, VpcEndpoints: {unreadable}, HostedZones: {unreadable}}, instance))
      .flatMap((path) => path.hops.filter(({verdict}) => verdict === 'unknown')),
  )
  expect(unknown).not.toEqual([])
  expect(unknown.filter(({because, resource}) => !because.includes(resource))).toEqual([])
})
