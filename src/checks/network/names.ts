import {privateLinkGuide, route53Guide, ssmGuide, vpcGuide} from '../../model/documentation.ts'
import {advises, blocks, undecided} from '../check.ts'
import {hopCheck} from './hops.ts'

const PRIVATE_ZONES = route53Guide('hosted-zone-private-considerations')
const PRIVATE_NAMES = privateLinkGuide('privatelink-access-aws-services')

export const names = hopCheck({
  id: 'names',
  title: 'DNS',
  why: 'The agent connects to its services by name; if a name does not resolve, or resolves to the wrong address, no connection succeeds.',
  causes: {
    'dns.support-off': blocks('DNS support disabled in the VPC', ssmGuide('troubleshooting-ssm-agent')),
    'dns.hostnames-off': blocks('DNS hostnames disabled in the VPC', ssmGuide('troubleshooting-ssm-agent')),
    'dns.custom-servers': undecided('custom DNS servers', ssmGuide('setup-create-vpc')),
    'dns.none': blocks('a missing name server', vpcGuide('DHCPOptionSetConcepts')),
    'dns.resolver-rule': undecided('a resolver rule that forwards the names', PRIVATE_ZONES),
    'dns.phz-shadow': blocks('a private hosted zone that owns the name and has no usable record for it', PRIVATE_ZONES),
    'dns.phz-not-associated': blocks('a private hosted zone that is not associated with the VPC', PRIVATE_NAMES),
    'dns.firewall-block': blocks(
      'a DNS Firewall rule that blocks the names',
      route53Guide('resolver-dns-firewall-vpc-configuration'),
    ),
    'dns.private-dns-off': blocks('an endpoint with private DNS disabled', privateLinkGuide('interface-endpoints')),
    'endpoint.shadows-internet': advises(
      'an endpoint whose private DNS replaces a working internet path',
      PRIVATE_NAMES,
    ),
  },
  decidedBy: [
    'Vpcs',
    'VpcAttributes',
    'DhcpOptions',
    'VpcEndpoints',
    'HostedZones',
    'ProfileAssociations',
    'ProfileResourceAssociations',
    'ResolverRules',
    'FirewallRuleGroupAssociations',
  ],
  matches: ({at}) => at === 'name',
})
