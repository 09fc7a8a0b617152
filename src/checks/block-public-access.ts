import {hopCheck} from './hops.ts'

export const blockPublicAccess = hopCheck({
  id: 'block-public-access',
  title: 'VPC Block Public Access',
  why: 'Block Public Access stops traffic at the internet gateway, regardless of routes, security groups and network ACLs.',
  causes: {
    'bpa.bidirectional': {
      title: 'VPC Block Public Access in both directions',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html',
    },
    'bpa.ingress-direct-igw': {
      title: 'VPC Block Public Access for ingress, on a direct path',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-example.html',
    },
    'bpa.org-managed': {
      title: 'VPC Block Public Access that the organization manages',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html',
    },
  },
  decidedBy: ['Vpcs', 'Subnets', 'VpcBlockPublicAccessOptions'],
  matches: ({at, resource}) => at === 'gateway' && /^(subnet|vpc)-/.test(resource),
})
