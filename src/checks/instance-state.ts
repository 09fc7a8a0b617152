import {ageOf, isInGracePeriod, isOnline, REGISTRATION_GRACE_MINUTES} from '../agent/node.ts'
import {inWords} from '../agent/time.ts'
import {ssmGuide} from '../model/documentation.ts'
import {startInstance} from '../remedies/changes/instances.ts'
import {advises, blocks, defineCheck} from './check.ts'

const NODES = ssmGuide('review-node-insights')
const TERMINATED = new Set<string>(['terminated', 'shutting-down'])
const AT_REST = new Set<string>(['stopped', 'stopping'])

export const instanceState = defineCheck({
  id: 'instance-state',
  title: 'Instance state',
  why: 'Only a running instance runs the agent, and the agent registers a few minutes after the start.',
  causes: {
    'instance.not-running': blocks('a stopped instance', NODES),
    'instance.terminated': blocks('a terminated instance', NODES),
    'instance.too-young': advises(
      'an instance that has just been launched',
      ssmGuide('fleet-manager-troubleshooting-managed-nodes'),
    ),
  },
  dependsOn: ['machine'],
  optionalKinds: ['InstanceInformationList'],
  run: (facts, instance) => {
    const {InstanceId: resource, State, LaunchTime, StateTransitionReason} = instance
    const state = State.Name ?? 'unknown'
    const stateEvidence = {fact: `State.Name is ${state}`, source: 'ec2:DescribeInstances'}
    const because = StateTransitionReason ? [{fact: StateTransitionReason, source: 'ec2:DescribeInstances'}] : []
    if (TERMINATED.has(state))
      return [
        {
          cause: 'instance.terminated',
          resource,
          message: `Instance ${resource} is ${state}; it cannot be recovered. Launch a replacement.`,
          evidence: [stateEvidence, ...because],
        },
      ]
    if (AT_REST.has(state))
      return [
        {
          cause: 'instance.not-running',
          resource,
          message: `Instance ${resource} is ${state}, so no agent is running on it; Systems Manager does not list stopped instances.`,
          evidence: [stateEvidence, ...because],
          remedies: [startInstance(instance)],
        },
      ]
    const age = ageOf(facts, instance)
    if (!isInGracePeriod(facts, instance) || isOnline(facts, instance))
      return [{fact: age === undefined ? `It is ${state}.` : `It is ${state}, for ${inWords(age)}.`}]
    return [
      {
        cause: 'instance.too-young',
        resource,
        message: `Instance ${resource} is ${state} and was launched ${inWords(age ?? 0)} ago; a node can take up to ${REGISTRATION_GRACE_MINUTES} minutes to register, so check again then.`,
        evidence: [stateEvidence, {fact: `LaunchTime is ${LaunchTime ?? 'unknown'}`, source: 'ec2:DescribeInstances'}],
      },
    ]
  },
})
