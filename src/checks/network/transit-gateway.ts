import {ec2Api, transitGatewayGuide} from '../../model/documentation.ts'
import {blocks, undecided} from '../check.ts'
import {hopCheck} from './hops.ts'

const ROUTING = transitGatewayGuide('how-transit-gateways-work')

export const transitGateway = hopCheck({
  id: 'transit-gateway',
  title: 'Transit gateway',
  why: 'A transit gateway routes by the route table of the attachment, only from Availability Zones in which the attachment has a subnet, and needs a route for the return traffic.',
  causes: {
    'tgw.attachment-state': blocks(
      'a transit gateway attachment that is not available',
      ec2Api('API_TransitGatewayVpcAttachment'),
    ),
    'tgw.no-subnet-in-az': blocks('a transit gateway attachment without a subnet in the zone', ROUTING),
    'tgw.no-route': blocks('a transit gateway route table without the route', ROUTING),
    'tgw.opaque': undecided('a transit gateway whose route tables are not visible', ROUTING),
    'tgw.no-return': blocks('a transit gateway route table without the return route', ROUTING),
  },
  decidedBy: ['TransitGateways', 'TransitGatewayVpcAttachments', 'TransitGatewayRouteTables', 'ManagedPrefixLists'],
  matches: ({at, resource}) => at === 'gateway' && resource.startsWith('tgw-'),
})
