import {hopCheck} from './hops.ts'

export const networkAcl = hopCheck({
  id: 'network-acl',
  title: 'Network ACLs',
  why: 'Network ACLs are stateless: the request and its return traffic must each be allowed, in every subnet that they cross.',
  causes: {
    'nacl.egress-443': {
      title: 'a network ACL that does not allow outbound TCP 443',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/diagnosing-ec2-category-types.html',
    },
    'nacl.ingress-ephemeral': {
      title: 'a network ACL that does not allow inbound replies',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/diagnosing-ec2-category-types.html',
    },
    'nacl.endpoint-subnet': {
      title: "the network ACL of the endpoint's subnet",
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    },
    'nacl.nat-subnet': {
      title: "the network ACL of the NAT device's subnet",
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html',
    },
    'nacl.partial-ephemeral': {
      title: 'a network ACL that allows only some replies',
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html',
    },
  },
  decidedBy: ['NetworkAcls'],
  matches: ({at}) => at === 'network-acl',
})
