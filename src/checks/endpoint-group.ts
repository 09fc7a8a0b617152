import {hopCheck} from './hops.ts'

export const endpointGroup = hopCheck({
  id: 'endpoint-group',
  title: 'Endpoint security groups',
  why: 'An interface endpoint accepts connections that its security groups allow on port 443.',
  causes: {
    'endpoint.sg-blocks': {
      title: 'a security group of the endpoint that does not allow the instance',
      severity: 'blocks',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html',
    },
  },
  decidedBy: ['SecurityGroups', 'ManagedPrefixLists', 'NetworkInterfaces'],
  matches: ({at}) => at === 'endpoint-group',
})
