import {vpcGuide} from '../../model/documentation.ts'
import {blocks} from '../check.ts'
import {hopCheck} from './hops.ts'

export const blockPublicAccess = hopCheck({
  id: 'block-public-access',
  title: 'VPC Block Public Access',
  why: 'Block Public Access stops traffic at the internet gateway, regardless of routes, security groups and network ACLs.',
  causes: {
    'bpa.bidirectional': blocks('VPC Block Public Access in both directions', vpcGuide('security-vpc-bpa-basics')),
    'bpa.ingress-direct-igw': blocks(
      'VPC Block Public Access for ingress, on a direct path',
      vpcGuide('security-vpc-bpa-example'),
    ),
    'bpa.org-managed': blocks(
      'VPC Block Public Access that the organization manages',
      vpcGuide('security-vpc-bpa-basics'),
    ),
  },
  decidedBy: ['Vpcs', 'Subnets', 'VpcBlockPublicAccessOptions'],
  matches: ({at, resource}) => at === 'gateway' && /^(subnet|vpc)-/.test(resource),
})
