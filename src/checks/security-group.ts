import type {Instance} from '../model/account.ts'
import {find, groupIdsOf} from '../model/joins.ts'
import {inMessage, type Note} from './check.ts'
import {hopCheck, type NetworkFacts} from './hops.ts'

export const securityGroup = hopCheck({
  id: 'security-group',
  title: 'Instance security groups',
  why: 'The agent opens every connection itself, to port 443; no inbound rule is needed.',
  causes: {
    'sg.no-egress-443': {
      title: 'security groups that do not allow outbound TCP 443',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/diagnosing-ec2-category-types.html',
    },
    'sg.egress-prefix-list-only': {
      title: 'security groups that allow outbound TCP 443 to prefix lists only',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html',
    },
    'sg.ref-over-tgw-egress': {
      title: 'an outbound reference to a group across a transit gateway',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
    },
    'sg.stale-reference': {
      title: 'a rule that refers to a group of a deleted peering connection',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html',
    },
    'sg.custom-dns-blocked': {
      title: 'security groups that do not allow traffic to the name servers',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
    },
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
  extraNotes: (facts, instance) => staleReferences(facts, instance),
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
