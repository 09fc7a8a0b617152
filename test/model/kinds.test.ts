import {describe, expect, it} from 'vitest'
import {isUnreadable, itemsOf, type Kind} from '../../src/model/account.ts'
import {describedBy, KINDS} from '../../src/model/kinds.ts'
import {behindNat, id, natGateway} from '../support/network.ts'
import {breakages, healthy} from '../support/network-breakages.ts'

const inTwoZones = {...behindNat, NatGateways: [natGateway(9), natGateway(8, {NatGatewayId: id('nat', 8)})]}
const accounts = [...[...healthy, ...breakages].map(({account}) => account), inTwoZones]

const itemsIn = (kind: Kind): readonly (readonly object[])[] =>
  accounts.map((account) => itemsOf<unknown>(account[kind]).filter((item) => typeof item === 'object' && item !== null))

const severalOf = KINDS.filter(
  (kind) => describedBy(kind).key !== undefined && itemsIn(kind).some((items) => items.length > 1),
)

describe('the key of a kind', () => {
  it.each(severalOf)('is different for each item of %s', (kind) => {
    const key = describedBy(kind).key ?? ''
    for (const items of itemsIn(kind)) {
      const keys = items.filter((item) => !isUnreadable(item)).map((item) => Reflect.get(item, key))
      expect(keys).not.toContain(undefined)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('is tested on the resources that a path uses', () => {
    expect(severalOf).toEqual(
      expect.arrayContaining([
        'Subnets',
        'RouteTables',
        'NetworkAcls',
        'SecurityGroups',
        'VpcEndpoints',
        'NatGateways',
      ]),
    )
  })
})

it('what is read item by item keeps the field that names the item', () => {
  const byItem = KINDS.flatMap((kind) => describedBy(kind).itemKey ?? [])
  expect(byItem).toEqual(expect.arrayContaining(['Arn', 'VpcId', 'Target', 'InstanceId', 'PolicySourceArn']))
})
