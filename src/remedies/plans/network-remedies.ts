import type {Instance} from '../../model/account.ts'
import {find, primaryInterfaceOf} from '../../model/joins.ts'
import type {Hop} from '../../network/path.ts'
import type {NetworkFacts} from '../core/network-facts.ts'
import {withinQuotas} from '../core/quotas.ts'
import type {Remedy} from '../core/remedy.ts'
import {allowInAcl} from './acls.ts'
import {UNDECIDED} from './contact-owner.ts'
import {
  addEndpoint,
  addInRegion,
  addSubnetToEndpoint,
  changeAnswers,
  dualStackAgent,
  recreateEndpoint,
  routeGateway,
} from './endpoints.ts'
import type {FaultContext} from './fault-context.ts'
import {allowEgress, allowInstance, allowNameServers} from './groups.ts'
import {associatePublicAddress, attachGateway, excludeFromBlock, replaceGateway} from './internet.ts'
import {
  allowNames,
  associateHub,
  customServers,
  enableAttribute,
  fixZone,
  nameServer,
  privateDns,
  publicName,
} from './names.ts'
import {
  allowForwarding,
  allowThroughNatInstance,
  replaceNatGateway,
  routeNatToInternet,
  startNatInstance,
} from './nat.ts'
import {
  addNatInZone,
  addReturnRoute,
  addRoute,
  endpointsFor,
  natForHub,
  removeMoreSpecificRoute,
  replaceBlackhole,
} from './routes.ts'
import {addS3GatewayEndpoint} from './s3-gateway.ts'
import {acceptTransit, activatePeering, addReturn, addTransitRoute, addZone, aroundPeering} from './transit.ts'

type RemedyBuilder = (fault: FaultContext) => readonly Remedy[]

const either =
  (...builders: readonly RemedyBuilder[]): RemedyBuilder =>
  (fault) =>
    builders.flatMap((build) => build(fault))

const REMEDIES: Readonly<Record<string, RemedyBuilder>> = {
  'dns.support-off': enableAttribute('EnableDnsSupport'),
  'dns.hostnames-off': enableAttribute('EnableDnsHostnames'),
  'dns.none': nameServer,
  'dns.custom-servers': customServers,
  'dns.phz-shadow': fixZone,
  'dns.phz-not-associated': associateHub,
  'dns.firewall-block': allowNames,
  'dns.private-dns-off': privateDns,

  'endpoint.ssm-missing': addEndpoint,
  'endpoint.ssmmessages-missing': addEndpoint,
  'endpoint.ec2messages-missing': addEndpoint,
  'endpoint.not-available': recreateEndpoint,
  'endpoint.sg-blocks': allowInstance,
  'endpoint.shadows-internet': publicName,
  'endpoint.single-az': addSubnetToEndpoint,
  'endpoint.no-network-interface': addSubnetToEndpoint,
  'endpoint.ip-family': changeAnswers,
  'endpoint.cross-region': addInRegion,

  'sg.no-egress-443': allowEgress,
  'sg.egress-prefix-list-only': allowEgress,
  'sg.ref-over-tgw-egress': allowEgress,
  'sg.custom-dns-blocked': allowNameServers,

  'nacl.egress-443': allowInAcl,
  'nacl.ingress-ephemeral': allowInAcl,
  'nacl.endpoint-subnet': allowInAcl,
  'nacl.nat-subnet': allowInAcl,
  'nacl.partial-ephemeral': allowInAcl,

  'route.none': addRoute,
  'route.blackhole': either(replaceGateway, replaceBlackhole),
  'route.more-specific-hijack': removeMoreSpecificRoute,
  'route.no-return': addReturnRoute,

  'igw.no-public-ip': either(natForHub, associatePublicAddress, endpointsFor),
  'igw.detached': either(attachGateway, endpointsFor),
  'bpa.bidirectional': either(excludeFromBlock, endpointsFor),
  'bpa.ingress-direct-igw': either(excludeFromBlock, endpointsFor),
  'bpa.org-managed': endpointsFor,

  'nat.not-available': replaceNatGateway,
  'nat.private': replaceNatGateway,
  'nat.subnet-no-igw': routeNatToInternet,
  'nat.single-az-loss': addNatInZone,
  'nat-instance.stopped': startNatInstance,
  'nat-instance.src-dst-check': allowForwarding,
  'nat-instance.sg': allowThroughNatInstance,

  'tgw.attachment-state': acceptTransit,
  'tgw.no-subnet-in-az': addZone,
  'tgw.no-route': addTransitRoute,
  'tgw.no-return': addReturn,
  'pcx.not-active': activatePeering,
  'pcx.edge-to-edge': aroundPeering,

  'ipv6.only-no-ipv4-path': either(changeAnswers, dualStackAgent),
  'ipv6.eigw-only': addRoute,

  's3.gateway-not-routed': routeGateway,
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
  const subnetId = primaryInterfaceOf(instance)?.SubnetId ?? instance.SubnetId ?? ''
  const vpcId = find(facts.Subnets, 'SubnetId', subnetId)?.VpcId ?? instance.VpcId ?? ''
  const {resource = hop.resource, detail = {}} = hop.fault
  return build({facts, instance, hops, services, hop, resource, detail, subnetId, vpcId}).map((remedy) =>
    withinQuotas(facts, remedy),
  )
}
