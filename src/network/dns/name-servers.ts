import {type Instance, isUnreadable} from '../../model/account.ts'
import {lookup} from '../../model/lists.ts'
import type {Hop} from '../path.ts'
import type {WalkReadings} from '../readings.ts'
import {amazonDnsServerIn} from './amazon-server.ts'
import {nameHop, unknownName} from './answer.ts'

/**
 * Instance families of the Xen hypervisor: without a DHCP option set they get no DNS server, Nitro instances do.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
const XEN = /^(t1|t2|m1|m2|m3|m4|c1|c3|c4|cc2|cr1|r3|r4|x1|x1e|i2|i3|d2|h1|hs1|p2|p3|g2|g3|g3s|f1)\.(?!metal)/

export const isXen = ({InstanceType}: Instance): boolean => XEN.test(InstanceType ?? '')

const AMAZON_SERVERS = new Set(['amazonprovideddns', '169.254.169.253', 'fd00:ec2::253'])

/** The DNS servers from the DHCP options: open for the Amazon DNS server, unknown for others. */
export function nameServers(readings: WalkReadings, instance: Instance, vpcId: string): Hop {
  const vpc = lookup(readings.Vpcs, 'VpcId', vpcId)
  if (vpc === undefined || isUnreadable(vpc)) return unknownName(vpcId, `VPC ${vpcId} could not be read.`, 'Vpcs')
  const id = vpc.DhcpOptionsId
  if (id === undefined || id === 'default') {
    const onXen = `, and an instance of type ${instance.InstanceType} then gets no DNS server.`
    return withoutServers(vpcId, instance, `VPC ${vpcId} has no DHCP option set`, onXen)
  }
  const options = lookup(readings.DhcpOptions, 'DhcpOptionsId', id)
  if (options === undefined || isUnreadable(options))
    return unknownName(id, `DHCP options ${id} could not be read.`, 'DhcpOptions')

  const servers = options.DhcpConfigurations.filter(({Key}) => Key === 'domain-name-servers').flatMap(({Values}) =>
    (Values ?? []).flatMap(({Value}) => Value ?? []),
  )
  const ofVpc = amazonDnsServerIn(vpc.CidrBlock ?? '')
  const own = servers.filter((server) => server !== ofVpc && !AMAZON_SERVERS.has(server.toLowerCase()))
  if (own.length === 0 && servers.length > 0) return nameHop(id, 'open', 'The instance uses the Amazon DNS server.')
  if (own.length === 0) return withoutServers(id, instance, `DHCP options ${id} name no DNS server`, '.')
  const because = `DHCP options ${id} configure the custom DNS servers ${own.join(', ')}; their answers are not visible.`
  const detail = {servers: own, ...(own.length < servers.length && {besides: 'Amazon'})}
  return nameHop(id, 'unknown', because, {cause: 'dns.custom-servers', detail})
}

const withoutServers = (resource: string, instance: Instance, fact: string, onXen: string): Hop =>
  isXen(instance)
    ? nameHop(resource, 'blocked', `${fact}${onXen}`, {cause: 'dns.none'})
    : nameHop(resource, 'open', `${fact}; Nitro instances then use the Amazon DNS server.`)
