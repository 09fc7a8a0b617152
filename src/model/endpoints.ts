/** Endpoints of other types, such as those of VPC Lattice, are for a resource, and their service has no name. */
const OF_SERVICES: readonly string[] = ['Interface', 'Gateway', 'GatewayLoadBalancer']

export const ENDPOINT_TYPES: readonly string[] = [...OF_SERVICES, 'Resource', 'ServiceNetwork', 'Tunnel']
export const ENDPOINT_STATES: readonly string[] = [
  ...['available', 'pending', 'pendingAcceptance', 'deleting', 'deleted', 'rejected', 'failed', 'expired', 'partial'],
]

interface OfService {
  readonly VpcEndpointType?: string | undefined
  readonly ServiceName?: string | undefined
}

/** The name of its service: empty if it is for a resource, a service network or a network segment. */
export const serviceNameOf = ({ServiceName, VpcEndpointType: type}: OfService): string | undefined =>
  ServiceName ?? (type === undefined || OF_SERVICES.includes(type) ? undefined : '')
