import {hopCheck} from './hops.ts'

export const onwardNetwork = hopCheck({
  id: 'onward-network',
  title: 'Networks beyond AWS',
  why: 'Firewalls, appliances and networks outside AWS apply their own rules, which are not visible to this tool.',
  causes: {
    'vgw.onprem-egress': {
      title: 'outbound traffic through a network outside AWS',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html',
    },
    'gwlb.inspection': {
      title: 'a firewall on the path',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html',
    },
  },
  decidedBy: ['RouteTables', 'VpcEndpoints'],
  matches: ({at, resource}) => at === 'gateway' && /^(vgw|vpce|cagw|lgw|arn)/.test(resource),
})
