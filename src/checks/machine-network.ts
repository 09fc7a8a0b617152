import {isOnline} from '../agent/node.ts'
import {defineCheck} from './check.ts'
import {endpointsOf} from './machine.ts'

/** Routes, firewalls and DNS servers between a hybrid node and AWS are outside AWS, and no AWS API exposes them. */
export const machineNetwork = defineCheck({
  id: 'machine-network',
  title: 'Network of the machine',
  why: 'The agent needs HTTPS to the endpoints of Systems Manager. AWS does not see the network of a machine outside EC2, so it can only be tested there.',
  subject: 'hybrid',
  causes: {},
  dependsOn: ['machine'],
  requiredKinds: ['InstanceInformationList'],
  optionalKinds: ['ServiceNames'],
  run: (facts, instance) => {
    const {InstanceId} = instance
    if (isOnline(facts, instance))
      return [{fact: `${InstanceId} answers, so its network reaches Systems Manager; AWS does not see the path.`}]
    const hosts = endpointsOf(facts, instance).join(', ')
    return [
      {unknown: `AWS does not see the network of ${InstanceId}. It must reach these hosts on TCP port 443: ${hosts}.`},
    ]
  },
})
