import {vpcGuide} from '../../model/documentation.ts'
import {blocks} from '../check.ts'
import {hopCheck} from './hops.ts'

export const natInstance = hopCheck({
  id: 'nat-instance',
  title: 'NAT instance',
  why: 'A NAT instance must run, forward packets of others, and allow them in its security groups.',
  causes: {
    'nat-instance.src-dst-check': blocks(
      'source/destination checking at the NAT instance',
      vpcGuide('VPC_NAT_Instance'),
    ),
    'nat-instance.stopped': blocks('a NAT instance that is not running', vpcGuide('VPC_NAT_Instance')),
    'nat-instance.sg': blocks('security groups of the NAT instance', vpcGuide('VPC_NAT_Instance')),
  },
  decidedBy: ['Instances', 'SecurityGroups', 'ManagedPrefixLists', 'NetworkInterfaces'],
  matches: ({at, resource, leg}) => leg === 'nat' && (at === 'security-group' || /^(?:i|eni)-/.test(resource)),
})
