import {describe, expect, it} from 'vitest'
import {itemsOf} from '../../../src/model/account.ts'
import {behindNat, NAT, PRIVATE_TABLE} from './account.ts'
import {apiRemediesFor} from './apply-remedies.ts'

const withoutRoute = {
  ...behindNat,
  RouteTables: itemsOf(behindNat.RouteTables).map((table) =>
    table.RouteTableId === PRIVATE_TABLE && Array.isArray(table.Routes)
      ? {...table, Routes: table.Routes.filter(({NatGatewayId}) => NatGatewayId === undefined)}
      : table,
  ),
}
const titles = (account: typeof behindNat) => (apiRemediesFor(account, 'route.none')[0] ?? []).map(({title}) => title)

describe('without a route to public addresses', () => {
  it('the route to a NAT gateway that exists is proposed before endpoints that are paid for', () => {
    expect(titles(withoutRoute)).toEqual([
      `Route 0.0.0.0/0 of route table ${PRIVATE_TABLE} to NAT gateway ${NAT}`,
      expect.stringMatching(/^Create interface endpoints for /),
      expect.stringMatching(/ to internet gateway .* and give .* a public address$/),
    ])
  })

  it('endpoints are proposed before a new NAT gateway', () => {
    expect(titles({...withoutRoute, NatGateways: []})).toEqual([
      expect.stringMatching(/^Create interface endpoints for /),
      expect.stringMatching(/ to a new NAT gateway in public subnet /),
      expect.stringMatching(/ to internet gateway .* and give .* a public address$/),
    ])
  })
})
