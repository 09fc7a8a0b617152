import {dnsSuffix, hostOf} from '../../model/partition.ts'
import {byFamily, PUBLIC} from '../../network/address.ts'
import type {Hop} from '../../network/path.ts'
import {isStop} from '../../network/path-segment.ts'
import {overlaps} from '../../network/ranges.ts'
import {pathTo} from '../../network/walk.ts'
import {groupBy} from '../../util/group-by.ts'
import {decapitalized, inList} from '../../util/list-in-words.ts'
import {useAmazonNameServer} from '../changes/names.ts'
import {canBeTried, changeOf, contactOwner, inSequence, remedyOf} from '../core/change.ts'
import {NO_COST} from '../core/prices.ts'
import type {Remedy} from '../core/remedy.ts'
import {allowInAcl} from './acls.ts'
import {vpcEffect} from './blast-radius.ts'
import {type FaultContext, proposed, textsOf} from './fault-context.ts'
import {allowInstance} from './groups.ts'

export function nameServer(fault: FaultContext): readonly Remedy[] {
  const {facts, vpcId} = fault
  const title = `Associate VPC ${vpcId} with a DHCP option set that uses AmazonProvidedDNS`
  return proposed(title, useAmazonNameServer(facts, vpcId), {
    docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html',
    cost: NO_COST,
    effect: `${vpcEffect(fault, vpcId)} Instances take the change when they renew their lease.`,
  })
}

const CUSTOM_DNS_DOCS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html'

/**
 * Servers that the DHCP options name. Where no query reaches them, the network comes first; otherwise only they show what
 * they answer. The Amazon DNS server instead answers for AWS, and for none of the names that only those servers know.
 */
export function customServers(fault: FaultContext): readonly Remedy[] {
  const {facts, hop, detail, services, subnetId, vpcId} = fault
  const servers = Array.isArray(detail.servers) ? detail.servers.join(', ') : 'of the VPC'
  const hosts = inList(services.map((service) => hostOf(service, facts)))
  const title =
    hop.verdict === 'blocked'
      ? `Allow queries (TCP and UDP 53) from subnet ${subnetId} to reach name servers ${servers}`
      : `Configure name servers ${servers} to forward ${dnsSuffix(facts.Partition)} to the VPC's resolver, and verify that they resolve ${hosts}`
  const lost = `Names that only ${servers} know then no longer resolve in VPC ${vpcId}.`
  const amazon = nameServer(fault).map((one) => ({
    ...one,
    effect: `${lost} ${one.effect ?? ''}`,
    weakens: true as const,
  }))
  // Those on the internet cannot be configured to forward to the VPC's resolver, and that of a peer VPC answers no other one.
  if (detail.state === 'absent' || textsOf(fault, 'servers').every(isOnInternet))
    return amazon.map(({weakens: _, ...one}) => one)
  const opened = hop.verdict === 'blocked' ? allowQueries(fault) : undefined
  return [opened ?? contactOwner(title, CUSTOM_DNS_DOCS), ...amazon]
}

function isOnInternet(server: string): boolean {
  const {4: v4, 6: v6} = byFamily([server])
  return overlaps(PUBLIC[4], v4) || overlaps(PUBLIC[6], v6)
}

/** In every network ACL and group of a name server on the way; undefined if anything else is in the way. */
function allowQueries(fault: FaultContext): Remedy | undefined {
  const stops = groupBy(stopsOfQueries(fault), ({resource}) => resource)
  const parts = [...stops.values()].map((hops) => openingOf(fault, hops))
  if (parts.length === 0 || !parts.every(canBeTried)) return undefined
  const title = parts.map((one, at) => (at === 0 ? one.title : decapitalized(one.title))).join(', and ')
  const effect = [...new Set(parts.map((one) => one.effect))].join(' ')
  return remedyOf(title, inSequence(...parts.map(changeOf)), {docs: parts[0]?.docs, effect})
}

function openingOf(fault: FaultContext, hops: readonly Hop[]): Remedy | undefined {
  const [hop] = hops
  const part = hop && {...fault, hops, hop, resource: hop.resource, detail: hop.fault?.detail ?? {}}
  if (part && hop.at === 'network-acl') return allowInAcl(part)[0]
  return part && hop.fault?.cause === 'endpoint.sg-blocks' ? allowInstance(part)[0] : undefined
}

/** What stops queries to the name servers, other than the groups of the instance, which are a cause of their own. */
function stopsOfQueries(fault: FaultContext): readonly Hop[] {
  const {facts, instance} = fault
  const queries = textsOf(fault, 'servers').flatMap((host) =>
    (['udp', 'tcp'] as const).map((protocol) => ({service: 'dns', host, port: 53, protocol})),
  )
  return queries
    .flatMap((query) => pathTo(facts, instance, query).hops)
    .filter((hop) => isStop(hop) && (hop.at !== 'security-group' || hop.leg === 'endpoint'))
}
