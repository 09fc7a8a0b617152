import type {Instance} from '../../model/account.ts'
import {ec2Api, ssmGuide, vpcGuide} from '../../model/documentation.ts'
import {groupIdsOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {advises, blocks, inMessage, type Note} from '../check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

export const securityGroup = hopCheck({
  id: 'security-group',
  title: 'Instance security groups',
  why: 'The agent opens every connection itself, to port 443; no inbound rule is needed.',
  causes: {
    'sg.no-egress-443': blocks(
      'security groups that do not allow outbound TCP 443',
      ssmGuide('diagnosing-ec2-category-types'),
    ),
    'sg.egress-prefix-list-only': blocks(
      'security groups that allow outbound TCP 443 to prefix lists only',
      vpcGuide('working-with-aws-managed-prefix-lists'),
    ),
    'sg.ref-over-tgw-egress': blocks(
      'an outbound reference to a group across a transit gateway',
      vpcGuide('security-group-rules'),
    ),
    'sg.stale-reference': advises(
      'a rule that refers to a group of a deleted peering connection',
      ec2Api('API_DescribeStaleSecurityGroups'),
    ),
    'sg.custom-dns-blocked': blocks(
      'security groups that do not allow traffic to the name servers',
      vpcGuide('security-group-rules'),
    ),
  },
  decidedBy: [
    'SecurityGroups',
    'ManagedPrefixLists',
    'NetworkInterfaces',
    'RouteTables',
    'VpcPeeringConnections',
    'TransitGatewayVpcAttachments',
    'TransitGatewayRouteTables',
  ],
  matches: ({at, leg}) => at === 'security-group' && leg === 'instance',
  extraNotes: staleReferences,
})

/** A rule keeps referring to a security group after its peering connection is deleted. */
function staleReferences(facts: NetworkFacts, instance: Instance): readonly Note[] {
  const groups = groupIdsOf(instance)
  return groups.flatMap((id): Note[] => {
    const pairs = (find(facts.SecurityGroups, 'GroupId', id)?.IpPermissionsEgress ?? []).flatMap(
      ({UserIdGroupPairs}) => UserIdGroupPairs ?? [],
    )
    const stale = pairs.find(({PeeringStatus}) => PeeringStatus !== undefined && PeeringStatus !== 'active')
    if (!stale) return []
    const fact = `Its outbound rules refer to ${stale.GroupId} over ${stale.VpcPeeringConnectionId}, which is ${stale.PeeringStatus}.`
    return [
      {
        cause: 'sg.stale-reference',
        severity: 'advises',
        resource: id,
        message: `Security group ${id} has a stale rule that matches nothing. ${fact}`,
        evidence: [inMessage(fact, 'ec2:DescribeSecurityGroups')],
      },
    ]
  })
}
