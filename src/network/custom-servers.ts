import {byFamily} from './address.ts'
import {type Flow, hop, only, type PathSegment} from './context.ts'
import type {Answer} from './dns/answer.ts'
import {NO_SERVER, peersServerHop} from './dns/peers-server.ts'
import type {Fault, Hop} from './path.ts'
import {isEmpty} from './ranges.ts'
import {toAddresses} from './routing/target-addresses.ts'

/** The DNS servers, other than the Amazon DNS server, that a query for the name goes to; empty if they are not known. */
export const customServers = ({why}: Answer): readonly string[] | undefined => {
  const fault = why.find(
    ({fault}) => fault?.cause === 'dns.custom-servers' || fault?.cause === 'dns.resolver-rule',
  )?.fault
  const servers = fault?.detail?.servers
  return fault && (Array.isArray(servers) ? servers : [])
}

/** The same, unless the Amazon DNS server is one of the servers: it answers where the others do not. */
export const onlyCustomServers = (answer: Answer): readonly string[] | undefined =>
  answer.why.every(({fault}) => fault?.detail?.besides !== 'Amazon') ? customServers(answer) : undefined

const DNS = 53

/** Custom DNS servers that no query reaches, by UDP or by TCP, through the routes and network ACLs. */
export function unreachableServers(
  flow: Flow,
  {why}: Answer,
  servers: readonly string[] = [],
): PathSegment | undefined {
  const options = why.find(({fault}) => fault?.cause === 'dns.custom-servers')
  if (!options || servers.length === 0) return undefined
  const stops = servers.map((server) => blockedHopTo(flow, server))
  const [stop] = stops
  if (!stop || stops.some((one) => one === undefined)) return undefined
  const because = `DHCP options ${options.resource} configure the custom DNS servers ${servers.join(', ')}, and none can be reached: ${stop.because}`
  const fault: Fault = {
    cause: 'dns.custom-servers',
    blocks: true,
    detail: {servers, ...(stops.every((one) => one?.fault?.cause === NO_SERVER) && {state: 'absent'})},
  }
  return only(hop('name', options.resource, 'blocked', because, {fault}))
}

function blockedHopTo(flow: Flow, server: string): Hop | undefined {
  const addresses = byFamily([server])
  if (isEmpty(addresses[4]) && isEmpty(addresses[6])) return undefined
  const blockedHopOver = (protocol: 'tcp' | 'udp') => {
    const query: Flow = {...flow, service: 'dns', host: server, port: DNS, protocol}
    const {request, reply, via} = toAddresses(query, addresses, server)
    const blocked = [...request, ...reply].find(
      ({at, leg, verdict}) => verdict === 'blocked' && (at !== 'security-group' || leg === 'endpoint'),
    )
    return blocked ?? peersServerHop(query, server, via)
  }
  return blockedHopOver('tcp') && blockedHopOver('udp')
}
