import {hopCheck} from './hops.ts'

export const names = hopCheck({
  id: 'names',
  title: 'DNS',
  why: 'The agent connects to its services by name; if a name does not resolve, or resolves to the wrong address, no connection succeeds.',
  causes: {
    'dns.support-off': {
      title: 'DNS support disabled in the VPC',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-ssm-agent.html',
    },
    'dns.hostnames-off': {
      title: 'DNS hostnames disabled in the VPC',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-ssm-agent.html',
    },
    'dns.custom-servers': {
      title: 'custom DNS servers',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html',
    },
    'dns.none': {
      title: 'a missing name server',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html',
    },
    'dns.resolver-rule': {
      title: 'a resolver rule that forwards the names',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html',
    },
    'dns.phz-shadow': {
      title: 'a private hosted zone that owns the name and has no usable record for it',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html',
    },
    'dns.phz-not-associated': {
      title: 'a private hosted zone that is not associated with the VPC',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html',
    },
    'dns.firewall-block': {
      title: 'a DNS Firewall rule that blocks the names',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-configuration.html',
    },
    'dns.private-dns-off': {
      title: 'an endpoint with private DNS disabled',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html',
    },
    'endpoint.shadows-internet': {
      title: 'an endpoint whose private DNS replaces a working internet path',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html',
    },
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
