import {vpcGuide} from '../../model/documentation.ts'
import {undecided} from '../check.ts'
import {hopCheck} from './hops.ts'

export const onwardNetwork = hopCheck({
  id: 'onward-network',
  title: 'Networks beyond AWS',
  why: 'Firewalls, appliances and networks outside AWS apply their own rules, which are not visible to this tool.',
  causes: {
    'vgw.onprem-egress': undecided('outbound traffic through a network outside AWS', vpcGuide('VPC_Route_Tables')),
    'gwlb.inspection': undecided('a firewall on the path', vpcGuide('security-vpc-bpa-basics')),
  },
  decidedBy: ['RouteTables', 'VpcEndpoints'],
  matches: ({at, resource}) => at === 'gateway' && /^(vgw|vpce|cagw|lgw|arn)/.test(resource),
})
