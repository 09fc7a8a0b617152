import type {Route} from './account.ts'

export const DESTINATIONS = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'] as const

/** The fields for the target of a route; a route to an instance also has its interface. */
export const TARGETS = [
  'GatewayId',
  'NatGatewayId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'EgressOnlyInternetGatewayId',
  'NetworkInterfaceId',
  'InstanceId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
] as const

/** The destination, under the name of its parameter. */
export function destinationInput(destination: string): {readonly [parameter: string]: string} {
  if (destination.startsWith('pl-')) return {DestinationPrefixListId: destination}
  return destination.includes(':') ? {DestinationIpv6CidrBlock: destination} : {DestinationCidrBlock: destination}
}

export const hasDestination = (route: Route, destination: string): boolean =>
  DESTINATIONS.some((field) => route[field] === destination)

/** A route from fields with the names of the API, whatever the format. The API lists an endpoint among gateways. */
export function routeFrom(textOf: (field: string) => string | undefined): Route {
  const fields = [...DESTINATIONS, ...TARGETS].map((field) => [
    field,
    ((field === 'GatewayId' && textOf('VpcEndpointId')) || textOf(field)) ?? '',
  ])
  return {
    ...Object.fromEntries(fields.filter(([, value]) => value !== '')),
    Origin: 'CreateRoute',
    State: 'active',
  }
}

/** The local route of a VPC, which AWS creates with the route table. */
export const localRoute = (destination: string): Route => ({
  ...destinationInput(destination),
  GatewayId: 'local',
  Origin: 'CreateRouteTable',
  State: 'active',
})
