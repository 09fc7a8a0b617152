import type {Account, Instance, NatGateway} from '../model/account.ts'
import {isEndpointId, isInternetGatewayId} from '../model/ids.ts'
import {allWith, find} from '../model/lists.ts'
import {publicAddressOf} from '../network/other-interfaces.ts'
import type {Path} from '../network/path.ts'
import {addressesOf, type NetworkContext} from './policy/context.ts'

export type CallPathFacts = Pick<Account, 'VpcEndpoints' | 'NatGateways'>

/** The path of the calls to a service, as far as condition keys show it. */
export function networkContextTo(
  facts: CallPathFacts,
  instance: Instance,
  paths: readonly Path[],
  service: string,
): NetworkContext {
  const path = paths.find((one) => one.service === service)
  const via = path?.via
  if (via === undefined || via === null) return 'unknown'
  const endpoint = find(facts.VpcEndpoints, 'VpcEndpointId', via)
  // A firewall endpoint forwards the traffic, and is not an endpoint of the call.
  if (isEndpointId(via) && endpoint?.VpcEndpointType !== 'GatewayLoadBalancer') return endpoint ? {endpoint} : 'unknown'
  const gateways = natGatewaysOn(facts, path?.hops ?? [])
  if (gateways.length > 0) return {addresses: gateways.flatMap(addressesOf)}
  const address = publicAddressOf(instance)
  return isInternetGatewayId(via) && address !== undefined ? {addresses: [address]} : 'unknown'
}

/** The NAT gateways that send for the instance, in its own VPC or in a hub. */
function natGatewaysOn({NatGateways}: CallPathFacts, hops: Path['hops']): readonly NatGateway[] {
  const ids = new Set(hops.flatMap(({at, resource}) => (at === 'gateway' ? resource : [])))
  return [...ids].flatMap((id) =>
    allWith(NatGateways, 'NatGatewayId', id).filter(({ConnectivityType}) => ConnectivityType !== 'private'),
  )
}

/** The service that an action is a call to: `ssm` of `ssm:PutInventory`. */
export const serviceOf = (action: string): string => action.split(':')[0] ?? ''
