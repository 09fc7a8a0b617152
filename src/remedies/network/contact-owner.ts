import {commandsFor} from '../../agent/commands.ts'
import {isEndpointId} from '../../model/ids.ts'
import {called} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {hostOf} from '../../model/partition.ts'
import {dependsOnAddress} from '../../network/context.ts'
import {inList} from '../../util/list-in-words.ts'
import {contactOwner} from '../core/change.ts'
import {runOnInstance} from '../core/on-instance.ts'
import type {Remedy} from '../core/remedy.ts'
import type {FaultContext} from './fault-context.ts'

const hosts = ({facts, services}: FaultContext): string => inList(services.map((service) => hostOf(service, facts)))

type Ask = (fault: FaultContext) => readonly Remedy[]

const asking =
  (title: (fault: FaultContext) => string, docs: string): Ask =>
  (fault) => [contactOwner(title(fault), docs)]

/** What AWS's API does not return cannot be fixed on the model either: who to ask, and what to ask for. */
export const UNDECIDED: Readonly<Record<string, Ask>> = {
  'dns.resolver-rule': asking(
    (fault) =>
      `Verify that the servers of resolver rule ${fault.resource} resolve ${hosts(fault)}, or add a SYSTEM rule for these names`,
    'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html',
  ),
  'endpoint.invisible-shared': asking(
    (fault) =>
      `Ask account ${ownerOf(fault)}, which shares subnet ${fault.subnetId}, for endpoints or a route to ${hosts(fault)}`,
    'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
  ),
  'route.unfollowed': (fault) => {
    if (fault.hops.every(dependsOnAddress)) return []
    return find(fault.facts.Instances, 'InstanceId', fault.resource)
      ? [contactOwner(forwarding(fault), 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html')]
      : [
          contactOwner(
            `Ask the owner of ${fault.resource} to confirm that TCP 443 to ${hosts(fault)} is allowed`,
            'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html',
          ),
        ]
  },
  'vgw.onprem-egress': asking(
    (fault) => `Ask the owner of the network behind ${fault.resource} to allow outbound TCP 443 to ${hosts(fault)}`,
    'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html',
  ),
  'gwlb.inspection': asking(
    (fault) =>
      `Ask the owner of firewall ${isEndpointId(fault.resource) ? 'endpoint ' : ''}${fault.resource} to allow TCP 443 to ${hosts(fault)}`,
    'https://docs.aws.amazon.com/network-firewall/latest/developerguide/what-is-aws-network-firewall.html',
  ),
  'tgw.opaque': asking(
    (fault) =>
      isOwn(fault)
        ? `Verify that transit gateway ${transitGatewayOf(fault)} routes TCP 443 to ${hosts(fault)}, or examine again with permission to read its routes`
        : `Ask the owner of transit gateway ${transitGatewayOf(fault)} whether it routes TCP 443 to ${hosts(fault)}, or examine with the owner's account file`,
    'https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html',
  ),
  'nat.proxy-appliance': asking(
    (fault) => `Allow ${hosts(fault)} in the proxy that is attached to NAT gateway ${fault.resource}`,
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html',
  ),
}

/**
 * The instance shows which of its addresses a service has.
 * https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html
 */
export function checkAddresses(fault: FaultContext): readonly Remedy[] {
  if (!fault.hops.every(dependsOnAddress)) return []
  const {facts, instance, services, resource} = fault
  const {name} = commandsFor(facts, instance)
  const what = find(facts.RouteTables, 'RouteTableId', resource) ? 'where' : 'whether'
  const does = what === 'where' ? 'routes' : 'allows'
  const title = `Resolve ${hosts(fault)} on ${called(instance)}, and check ${what} ${resource} ${does} the addresses`
  const lookUps = services.map((service) => name(hostOf(service, facts)))
  return [
    {...runOnInstance(title, lookUps), docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html'},
  ]
}

/** Then its routes were not read because a permission is missing: there is no other account to ask. */
const isOwn = (fault: FaultContext): boolean =>
  fault.facts.Caller !== undefined &&
  find(fault.facts.TransitGateways, 'TransitGatewayId', transitGatewayOf(fault))?.OwnerId === fault.facts.Caller.Account

/** The transit gateway, or that of the route table. */
const transitGatewayOf = ({facts, resource}: FaultContext): string =>
  find(facts.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', resource)?.TransitGatewayId ?? resource

/** The two settings inside a NAT instance that AWS's page has commands for. */
const forwarding = (fault: FaultContext): string =>
  `Check that NAT instance ${fault.resource} forwards TCP 443 to ${hosts(fault)}; on Linux, sysctl net.ipv4.ip_forward prints 1 and iptables -t nat -S POSTROUTING lists a MASQUERADE rule`

const ownerOf = ({facts, subnetId}: FaultContext): string =>
  find(facts.Subnets, 'SubnetId', subnetId)?.OwnerId ?? 'of the owner'
