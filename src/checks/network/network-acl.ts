import {privateLinkGuide, ssmGuide, vpcGuide} from '../../model/documentation.ts'
import {blocks, degrades} from '../check.ts'
import {hopCheck} from './hops.ts'

const CATEGORIES = ssmGuide('diagnosing-ec2-category-types')

export const networkAcl = hopCheck({
  id: 'network-acl',
  title: 'Network ACLs',
  why: 'Network ACLs are stateless: the request and its return traffic must each be allowed, in every subnet that they cross.',
  causes: {
    'nacl.egress-443': blocks('a network ACL that does not allow outbound TCP 443', CATEGORIES),
    'nacl.ingress-ephemeral': blocks('a network ACL that does not allow inbound replies', CATEGORIES),
    'nacl.endpoint-subnet': blocks(
      "the network ACL of the endpoint's subnet",
      privateLinkGuide('create-interface-endpoint'),
    ),
    'nacl.nat-subnet': blocks("the network ACL of the NAT device's subnet", vpcGuide('nat-gateway-basics')),
    'nacl.partial-ephemeral': degrades('a network ACL that allows only some replies', vpcGuide('vpc-network-acls')),
  },
  decidedBy: ['NetworkAcls'],
  matches: ({at}) => at === 'network-acl',
})
