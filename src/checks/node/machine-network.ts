import {isConnected, isOnline} from '../../agent/node.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import type {Context, Instance} from '../../model/account.ts'
import {defineCheck, type Finding} from '../check.ts'
import {endpointsOf, inspectMachine, type NetworkFacts, unreachedOf} from './machine.ts'

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
  optionalKinds: ['ConnectionStatuses', 'InstanceImageMetadata', 'ServiceNames'],
  run: (facts, instance, _paths, evidence) => {
    const {InstanceId} = instance
    const signal = unreachedOf('ssmmessages', evidence)
    if (isOnline(facts, instance) && isConnected(facts, instance) === false && signal)
      return [withoutChannel(facts, instance, signal)]
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

/** The node pings `ssm`; sessions and commands need the other service. */
const withoutChannel = (facts: NetworkFacts & Context, instance: Instance, signal: Signal): Finding => ({
  cause: 'hybrid.machine-unreachable',
  severity: 'degrades',
  certainty: 'likely',
  resource: instance.InstanceId,
  message: `${instance.InstanceId} reaches ssm and does not reach ssmmessages, so sessions and commands fail.`,
  evidence: [lineEvidence(signal)],
  remedies: [inspectMachine(facts, instance)],
})
