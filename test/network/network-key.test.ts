import {describe, expect, it} from 'vitest'
import type {Account, Instance} from '../../src/model/account.ts'
import {networkKeyOf} from '../../src/network/network-key.ts'
import {
  ANYWHERE,
  behindNat,
  eni,
  group,
  INSTANCE,
  id,
  instance,
  local,
  rule,
  table,
  to,
  VPC,
} from '../support/network.ts'

const at = (address: string): Instance => ({
  ...instance({PrivateIpAddress: address}),
  NetworkInterfaces: [{...eni(1, 1, address, [id('sg', 1)]), Attachment: {DeviceIndex: 0}} as never],
})

describe('the position of an instance', () => {
  it('is shared by two instances that no rule distinguishes', () => {
    expect(networkKeyOf(behindNat, at('10.0.1.10'))).toBe(networkKeyOf(behindNat, at('10.0.1.20')))
  })

  it('is that of the narrowest block of a rule that contains the address', () => {
    const ingress = ['10.0.1.0/25', '10.0.1.0/28'].map((cidr) => rule(443, {cidr}))
    const account: Account = {...behindNat, SecurityGroups: [group(1, ingress, [ANYWHERE])]}
    const keyOf = (address: string) => networkKeyOf(account, at(address))
    expect(keyOf('10.0.1.10')).not.toBe(keyOf('10.0.1.20'))
    expect(keyOf('10.0.1.20')).toBe(keyOf('10.0.1.30'))
    expect(keyOf('10.0.1.20')).not.toBe(keyOf('10.0.1.200'))
  })

  it.each([{InstanceId: INSTANCE}, {NetworkInterfaceId: id('eni', 1)}])(
    'is its own where a route leads to it: %j',
    (target) => {
      const routes = [local('10.0.0.0/16'), to('0.0.0.0/0', target)]
      const account: Account = {...behindNat, RouteTables: [table(1, VPC, [1], routes)]}
      expect(networkKeyOf(account, at('10.0.1.10'))).toBeUndefined()
    },
  )
})
