import {hopCheck} from './hops.ts'

export const peering = hopCheck({
  id: 'peering',
  title: 'VPC peering',
  why: 'Peering joins two VPCs; nothing behind the peer can be reached through it.',
  causes: {
    'pcx.not-active': {
      title: 'a peering connection that is not active',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html',
    },
    'pcx.edge-to-edge': {
      title: 'a peering connection that ends at the peer',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html',
    },
  },
  decidedBy: ['VpcPeeringConnections'],
  matches: ({at, resource}) => at === 'gateway' && resource.startsWith('pcx-'),
})
