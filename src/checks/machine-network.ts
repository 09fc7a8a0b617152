import {isOnline} from '../agent/node.ts'
import {ofKind} from '../agent/signal.ts'
import {defineCheck} from './check.ts'
import {endpointsOf} from './machine.ts'

const REQUIRED = ['ssm', 'ssmmessages'] as const

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
  run: (facts, instance, _paths, evidence) => {
    const {InstanceId} = instance
    if (isOnline(facts, instance))
      return [{fact: `${InstanceId} answers, so its network reaches Systems Manager; AWS does not see the path.`}]
    // Only get-diagnostics shows that the agent runs, and then what it reaches now.
    const reached = ofKind(evidence, 'agent-running').length > 0 ? ofKind(evidence, 'reached') : []
    if (REQUIRED.every((name) => reached.some(({service}) => service === name)))
      return [{fact: `${InstanceId} reaches ${REQUIRED.join(' and ')}.`}]
    const hosts = endpointsOf(facts, instance).join(', ')
    return [
      {unknown: `AWS does not see the network of ${InstanceId}. It must reach these hosts on TCP port 443: ${hosts}.`},
    ]
  },
})
