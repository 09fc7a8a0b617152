import {hopCheck} from './hops.ts'

export const internetGateway = hopCheck({
  id: 'internet-gateway',
  title: 'Internet gateway',
  why: 'An internet gateway routes for the VPC it is attached to, and only for network interfaces with a public address.',
  causes: {
    'igw.no-public-ip': {
      title: 'a missing public address',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html',
    },
    'igw.detached': {
      title: 'an internet gateway that is not attached',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html',
    },
  },
  decidedBy: ['InternetGateways', 'EgressOnlyInternetGateways', 'NetworkInterfaces'],
  matches: ({at, resource}) => at === 'gateway' && /^e?igw-/.test(resource),
})
