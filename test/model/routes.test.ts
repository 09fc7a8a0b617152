import {describe, expect, it} from 'vitest'
import {hasDestination, localRoute, routeFrom} from '../../src/model/routes.ts'

const from = (fields: Readonly<Record<string, string>>) => routeFrom((field) => fields[field])
const created = {Origin: 'CreateRoute', State: 'active'}

describe('a route', () => {
  it('has the fields that are given, under the names of the API', () => {
    const fields = {DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-0a'}
    expect(from({...fields, Description: 'egress', InstanceId: ''})).toEqual({...fields, ...created})
  })

  it('to an endpoint is listed as one to a gateway', () => {
    const fields = {DestinationPrefixListId: 'pl-0a', VpcEndpointId: 'vpce-0a'}
    expect(from(fields)).toEqual({DestinationPrefixListId: 'pl-0a', GatewayId: 'vpce-0a', ...created})
  })

  it.each(['10.0.0.0/16', '2001:db8::/56', 'pl-0a'])('to %s has exactly that destination', (destination) => {
    const route = localRoute(destination)
    expect(hasDestination(route, destination)).toBe(true)
    expect(hasDestination(route, '10.0.0.0/8')).toBe(false)
  })
})
