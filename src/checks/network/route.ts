import {type Instance, isUnreadable} from '../../model/account.ts'
import {ec2Api, ssmGuide, transitGatewayGuide, vpcGuide} from '../../model/documentation.ts'
import {subnetIdOf} from '../../model/instance.ts'
import {isAssociatedWith, routeTableOf} from '../../model/joins.ts'
import {find} from '../../model/lists.ts'
import type {Path} from '../../network/path.ts'
import {advises, blocks, type Note, statedFinding, undecided} from '../check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

export const route = hopCheck({
  id: 'route',
  title: 'Routes',
  why: 'Without a route to the internet or to the endpoints, no agent traffic leaves the subnet.',
  causes: {
    'route.none': blocks('a missing route', ssmGuide('troubleshooting-ssm-agent')),
    'route.blackhole': blocks('a blackhole route', ec2Api('API_Route')),
    'route.main-table-surprise': advises(
      'a subnet that falls back to the main route table',
      vpcGuide('VPC_Route_Tables'),
    ),
    'route.more-specific-hijack': blocks(
      'a route that is more specific than the local route',
      vpcGuide('route-tables-priority'),
    ),
    'route.no-return': blocks('a missing route for the reply', transitGatewayGuide('how-transit-gateways-work')),
    'route.unfollowed': undecided('a next hop that is not visible to this tool', vpcGuide('VPC_Route_Tables')),
    'ipv6.only-no-ipv4-path': blocks(
      'an IPv6-only subnet without a path to IPv4',
      'https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.3270.0',
    ),
    'ipv6.eigw-only': blocks(
      'an egress-only internet gateway as the only outbound path',
      vpcGuide('egress-only-internet-gateway'),
    ),
  },
  decidedBy: ['Subnets', 'RouteTables', 'ManagedPrefixLists', 'TransitGatewayVpcAttachments'],
  matches: ({at}) => at === 'route',
  extraNotes: mainTableSurprise,
})

/** Only mentioned if the main route table is at fault: many default VPCs use it on purpose. */
function mainTableSurprise(facts: NetworkFacts, instance: Instance, paths: readonly Path[]): readonly Note[] {
  const subnet = find(facts.Subnets, 'SubnetId', subnetIdOf(instance))
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
    statedFinding({cause: 'route.main-table-surprise', resource: subnet.SubnetId}, fact, 'ec2:DescribeRouteTables'),
  ]
}
