import {hopCheck} from './hops.ts'

export const natInstance = hopCheck({
  id: 'nat-instance',
  title: 'NAT instance',
  why: 'A NAT instance must run, forward packets of others, and allow them in its security groups.',
  causes: {
    'nat-instance.src-dst-check': {
      title: 'source/destination checking at the NAT instance',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html',
    },
    'nat-instance.stopped': {
      title: 'a NAT instance that is not running',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html',
    },
    'nat-instance.sg': {
      title: 'security groups of the NAT instance',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html',
    },
  },
  decidedBy: ['Instances', 'SecurityGroups', 'ManagedPrefixLists', 'NetworkInterfaces'],
  matches: ({at, resource, leg}) => leg === 'nat' && (at === 'security-group' || /^(?:i|eni)-/.test(resource)),
})
