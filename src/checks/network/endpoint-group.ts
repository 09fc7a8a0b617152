import {ssmGuide} from '../../model/documentation.ts'
import {blocks} from '../check.ts'
import {hopCheck} from './hops.ts'

export const endpointGroup = hopCheck({
  id: 'endpoint-group',
  title: 'Endpoint security groups',
  why: 'An interface endpoint accepts connections that its security groups allow on port 443.',
  causes: {
    'endpoint.sg-blocks': blocks(
      'a security group of the endpoint that does not allow the instance',
      ssmGuide('setup-create-vpc'),
    ),
  },
  decidedBy: ['SecurityGroups', 'ManagedPrefixLists', 'NetworkInterfaces'],
  matches: ({at}) => at === 'endpoint-group',
})
