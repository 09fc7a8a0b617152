import {vpcGuide} from '../../model/documentation.ts'
import {blocks} from '../check.ts'
import {hopCheck} from './hops.ts'

export const internetGateway = hopCheck({
  id: 'internet-gateway',
  title: 'Internet gateway',
  why: 'An internet gateway routes for the VPC it is attached to, and only for network interfaces with a public address.',
  causes: {
    'igw.no-public-ip': blocks('a missing public address', vpcGuide('VPC_Internet_Gateway')),
    'igw.detached': blocks('an internet gateway that is not attached', vpcGuide('VPC_Internet_Gateway')),
  },
  decidedBy: ['InternetGateways', 'EgressOnlyInternetGateways', 'NetworkInterfaces'],
  matches: ({at, resource}) => at === 'gateway' && /^e?igw-/.test(resource),
})
