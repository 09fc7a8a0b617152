import {hopCheck} from './hops.ts'

export const transitGateway = hopCheck({
  id: 'transit-gateway',
  title: 'Transit gateway',
  why: 'A transit gateway routes by the route table of the attachment, only from Availability Zones in which the attachment has a subnet, and needs a route for the return traffic.',
  causes: {
    'tgw.attachment-state': {
      title: 'a transit gateway attachment that is not available',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayVpcAttachment.html',
    },
    'tgw.no-subnet-in-az': {
      title: 'a transit gateway attachment without a subnet in the zone',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html',
    },
    'tgw.no-route': {
      title: 'a transit gateway route table without the route',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html',
    },
    'tgw.opaque': {
      title: 'a transit gateway whose route tables are not visible',
      severity: 'undecided',
      docs: 'https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html',
    },
    'tgw.no-return': {
      title: 'a transit gateway route table without the return route',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html',
    },
  },
  decidedBy: ['TransitGateways', 'TransitGatewayVpcAttachments', 'TransitGatewayRouteTables', 'ManagedPrefixLists'],
  matches: ({at, resource}) => at === 'gateway' && resource.startsWith('tgw-'),
})
