import type {Account, Instance} from '../model/account.ts'
import {find, primaryInterfaceOf} from '../model/joins.ts'
import type {Path} from '../network/path.ts'
import {addressesOf, type NetworkContext} from './context.ts'

export type WayFacts = Pick<Account, 'VpcEndpoints' | 'NatGateways'>

/** How the calls to a service leave, as far as condition keys tell of it. */
export function networkContextTo(
  facts: WayFacts,
  instance: Instance,
  paths: readonly Path[],
  service: string,
): NetworkContext {
  const via = paths.find((path) => path.service === service)?.via
  if (via === undefined || via === null) return 'unknown'
  if (via.startsWith('vpce-')) {
    const endpoint = find(facts.VpcEndpoints, 'VpcEndpointId', via)
    return endpoint ? {endpoint} : 'unknown'
  }
  if (via.startsWith('nat-')) {
    const gateway = find(facts.NatGateways, 'NatGatewayId', via)
    return gateway ? {addresses: addressesOf(gateway)} : 'unknown'
  }
  const address = primaryInterfaceOf(instance)?.Association?.PublicIp ?? instance.PublicIpAddress
  return via.startsWith('igw-') && address !== undefined ? {addresses: [address]} : 'unknown'
}

/** The service that an action is a call to: `ssm` of `ssm:PutInventory`. */
export const serviceOf = (action: string): string => action.split(':')[0] ?? ''
