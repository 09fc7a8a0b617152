import {peeringGuide} from '../../model/documentation.ts'
import {blocks} from '../check.ts'
import {hopCheck} from './hops.ts'

export const peering = hopCheck({
  id: 'peering',
  title: 'VPC peering',
  why: 'Peering joins two VPCs; nothing behind the peer can be reached through it.',
  causes: {
    'pcx.not-active': blocks('a peering connection that is not active', peeringGuide('vpc-peering-basics')),
    'pcx.edge-to-edge': blocks('a peering connection that ends at the peer', peeringGuide('vpc-peering-basics')),
  },
  decidedBy: ['VpcPeeringConnections'],
  matches: ({at, resource}) => at === 'gateway' && resource.startsWith('pcx-'),
})
