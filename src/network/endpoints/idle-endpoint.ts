import type {VpcEndpoint} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {type Flow, hop} from '../context.ts'
import type {Hop} from '../path.ts'
import {claims, isAvailable, notAvailableHop} from './endpoint.ts'

/**
 * An interface endpoint for the service exists and yet does not own the name. `noOtherPath` says why the public addresses
 * are no alternative, as the end of a sentence.
 */
export function idleEndpointHop({readings, host, subnet}: Flow, endpoint: VpcEndpoint, noOtherPath: string): Hop {
  const {VpcEndpointId: id, State} = endpoint
  if (!isAvailable(endpoint))
    return notAvailableHop(
      endpoint,
      `Endpoint ${id} for ${endpoint.ServiceName} is in the ${State} state, and ${noOtherPath}.`,
    )
  const hostnames = find(readings.VpcAttributes, 'VpcId', subnet.VpcId)?.EnableDnsHostnames.Value
  if (claims(endpoint, host, readings) && hostnames === false) {
    const because = `DNS hostnames of VPC ${subnet.VpcId} are disabled, so ${host} does not resolve to endpoint ${id}, and ${noOtherPath}.`
    return hop('name', subnet.VpcId, 'blocked', because, {fault: {cause: 'dns.hostnames-off'}})
  }
  const because = `Private DNS of endpoint ${id} is disabled, so ${host} resolves to public addresses, and ${noOtherPath}.`
  return hop('name', id, 'blocked', because, {
    fault: {cause: 'dns.private-dns-off', detail: {hostnames: String(hostnames ?? 'unknown'), vpcId: subnet.VpcId}},
  })
}
