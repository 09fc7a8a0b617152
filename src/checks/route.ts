import {type Instance, isUnreadable} from '../model/account.ts'
import {find, isAssociatedWith, primaryInterfaceOf, routeTableOf} from '../model/joins.ts'
import type {Path} from '../network/path.ts'
import {inMessage, type Note} from './check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

export const route = hopCheck({
  id: 'route',
  title: 'Routes',
  why: 'Without a route to an internet path or to the endpoints, no agent traffic leaves the subnet.',
  causes: {
    'route.none': {
      title: 'a missing route',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-ssm-agent.html',
    },
    'route.blackhole': {
      title: 'a blackhole route',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html',
    },
    'route.main-table-surprise': {
      title: 'a subnet that falls back to the main route table',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html',
    },
    'route.more-specific-hijack': {
      title: 'a route longer than local',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html',
    },
    'route.no-return': {
      title: 'a missing route for the reply',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html',
    },
    'route.unfollowed': {
      title: 'a next hop that is not visible to this tool',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html',
    },
    'ipv6.only-no-ipv4-path': {
      title: 'an IPv6-only subnet without a path to IPv4',
      severity: 'blocks',
      docs: 'https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0',
    },
    'ipv6.eigw-only': {
      title: 'an egress-only internet gateway as the only outbound path',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html',
    },
  },
  decidedBy: ['Subnets', 'RouteTables', 'ManagedPrefixLists', 'TransitGatewayVpcAttachments'],
  matches: ({at}) => at === 'route',
  extraNotes: (facts, instance, paths) => mainTableSurprise(facts, instance, paths),
})

/** Only mentioned if the main route table is at fault: many default VPCs use it on purpose. */
function mainTableSurprise(facts: NetworkFacts, instance: Instance, paths: readonly Path[]): readonly Note[] {
  const subnet = find(facts.Subnets, 'SubnetId', primaryInterfaceOf(instance)?.SubnetId ?? instance.SubnetId)
  const table = subnet && routeTableOf(facts, subnet)
  if (!table || isUnreadable(table)) return []
  const {RouteTableId: id} = table
  const isAtFault = paths.some(({hops}) =>
    hops.some(
      ({at, leg, resource, fault, verdict}) =>
        at === 'route' && leg === 'instance' && resource === id && fault && verdict === 'blocked',
    ),
  )
  if (isAssociatedWith(table, subnet.SubnetId) || !isAtFault) return []
  const fact = `Subnet ${subnet.SubnetId} has no explicit route table association and uses ${id}, the main table of ${subnet.VpcId}.`
  return [
    {
      cause: 'route.main-table-surprise',
      resource: subnet.SubnetId,
      message: fact,
      evidence: [inMessage(fact, 'ec2:DescribeRouteTables')],
    },
  ]
}
