import type {Instance} from '../../model/account.ts'
import {subnetIdOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import type {Hop} from '../../network/path.ts'
import {withinEncryptionControls} from '../core/encryption-controls.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {withinQuotas} from '../core/quotas.ts'
import type {Remedy} from '../core/remedy.ts'
import {allowInAcl} from './acls.ts'
import {checkAddresses, UNDECIDED} from './contact-owner.ts'
import {endpointsFor} from './endpoint-set.ts'
import * as endpoints from './endpoints.ts'
import type {FaultContext} from './fault-context.ts'
import {freeAddresses} from './full-subnets.ts'
import * as groups from './groups.ts'
import * as internet from './internet.ts'
import * as servers from './name-servers.ts'
import * as names from './names.ts'
import * as nat from './nat.ts'
import {completeNat64} from './nat64.ts'
import * as routes from './routes.ts'
import {addS3GatewayEndpoint} from './s3-gateway.ts'
import * as transit from './transit.ts'

type RemedyBuilder = (fault: FaultContext) => readonly Remedy[]

const either =
  (...builders: readonly RemedyBuilder[]): RemedyBuilder =>
  (fault) =>
    builders.flatMap((build) => build(fault))

const REMEDIES: Readonly<Record<string, RemedyBuilder>> = {
  'dns.support-off': names.enableAttribute('EnableDnsSupport'),
  'dns.hostnames-off': names.enableAttribute('EnableDnsHostnames'),
  'dns.none': servers.nameServer,
  'dns.custom-servers': servers.customServers,
  'dns.phz-shadow': names.fixZone,
  'dns.phz-not-associated': names.associateHub,
  'dns.firewall-block': names.allowNames,
  'dns.private-dns-off': names.privateDns,

  'endpoint.ssm-missing': endpoints.addEndpoint,
  'endpoint.ssmmessages-missing': endpoints.addEndpoint,
  'endpoint.ec2messages-missing': endpoints.addEndpoint,
  'endpoint.not-available': endpoints.recreateEndpoint,
  'endpoint.sg-blocks': groups.allowInstance,
  'endpoint.shadows-internet': names.publicName,
  'endpoint.single-az': endpoints.addZoneToEndpoints,
  'endpoint.no-network-interface': endpoints.addSubnetToEndpoint,
  'endpoint.ip-family': endpoints.changeAnswers,
  'endpoint.cross-region': endpoints.addInRegion,

  'sg.no-egress-443': groups.allowEgress,
  'sg.egress-prefix-list-only': groups.allowEgress,
  'sg.ref-over-tgw-egress': groups.allowEgress,
  'sg.custom-dns-blocked': groups.allowNameServers,

  'nacl.egress-443': allowInAcl,
  'nacl.ingress-ephemeral': allowInAcl,
  'nacl.endpoint-subnet': allowInAcl,
  'nacl.nat-subnet': allowInAcl,
  'nacl.partial-ephemeral': allowInAcl,

  'route.none': routes.addRoute,
  'route.blackhole': either(internet.replaceGateway, routes.replaceBlackhole),
  'route.more-specific-hijack': routes.removeMoreSpecificRoute,
  'route.no-return': routes.addReturnRoute,

  'igw.no-public-ip': either(routes.natForHub, internet.associatePublicAddress, endpointsFor),
  'igw.detached': either(internet.attachGateway, endpointsFor),
  'bpa.bidirectional': either(internet.excludeFromBlock, endpointsFor),
  'bpa.ingress-direct-igw': either(internet.excludeFromBlock, endpointsFor),
  'bpa.org-managed': either(endpointsFor, internet.excludeFromPolicy),

  'nat.not-available': nat.replaceNatGateway,
  'nat.private': nat.replaceNatGateway,
  'nat.subnet-no-igw': nat.routeNatToInternet,
  'nat.single-az-loss': routes.addNatInZone,
  'nat-instance.stopped': nat.startNatInstance,
  'nat-instance.src-dst-check': nat.allowForwarding,
  'nat-instance.sg': nat.allowThroughNatInstance,

  'tgw.attachment-state': transit.acceptTransit,
  'tgw.no-subnet-in-az': transit.addZone,
  'tgw.no-route': transit.addTransitRoute,
  'tgw.no-return': transit.addReturn,
  'pcx.not-active': transit.activatePeering,
  'pcx.edge-to-edge': transit.aroundPeering,

  'ipv6.only-no-ipv4-path': either(completeNat64, endpoints.changeAnswers, endpoints.dualStackAgent),
  'ipv6.eigw-only': routes.addRoute,

  's3.gateway-not-routed': endpoints.routeGateway,
  's3.unreachable': addS3GatewayEndpoint,

  ...UNDECIDED,
}

/**
 * What fixes the fault that these hops share: the recommended change first, then the alternatives.
 * The hops are all those of one cause on one resource, on the paths to `services`.
 */
export function networkRemedies(
  facts: NetworkFacts,
  instance: Instance,
  hops: readonly Hop[],
  services: readonly string[],
): readonly Remedy[] {
  const hop = hops.find(({verdict}) => verdict === 'blocked') ?? hops[0]
  const build = REMEDIES[hop?.fault?.cause ?? '']
  if (!hop?.fault || !build) return []
  const subnetId = subnetIdOf(instance) ?? ''
  const vpcId = find(facts.Subnets, 'SubnetId', subnetId)?.VpcId ?? instance.VpcId ?? ''
  const {resource = hop.resource, detail = {}} = hop.fault
  const fault: FaultContext = {facts, instance, hops, services, hop, resource, detail, subnetId, vpcId}
  const remedies = [...checkAddresses(fault), ...build(fault)].map((remedy) =>
    withinQuotas(facts, withinEncryptionControls(facts, remedy)),
  )
  return remedies.length > 0 ? remedies : freeAddresses(fault)
}
