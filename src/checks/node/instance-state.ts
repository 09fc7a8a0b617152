import {ageOf, graceMinutesOf, isInGracePeriod, isOnline} from '../../agent/node.ts'
import type {Instance} from '../../model/account.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {isStateKnown} from '../../model/instance.ts'
import {launchFailureOf} from '../../model/launch-failure.ts'
import {startInstance} from '../../remedies/changes/instances.ts'
import {inWords} from '../../util/time.ts'
import {advises, blocks, defineCheck, type Evidence} from '../check.ts'

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
    const {InstanceId: resource, State, LaunchTime} = instance
    const state = State.Name ?? 'unknown'
    const stateEvidence = {fact: `State.Name is ${state}`, source: 'ec2:DescribeInstances'}
    const evidence = [stateEvidence, ...reasonsOf(instance)]
    const failure = launchFailureOf(instance)
    if (TERMINATED.has(state))
      return [
        {
          cause: 'instance.terminated',
          resource,
          message:
            failure === undefined
              ? `Instance ${resource} is ${state.replace('-', ' ')}; it cannot be recovered. Launch a replacement.`
              : `Instance ${resource} is ${state}, because EC2 could not launch it, with ${failure}. A replacement fails too until that is changed.`,
          evidence,
        },
      ]
    if (AT_REST.has(state))
      return [
        {
          cause: 'instance.not-running',
          resource,
          message:
            failure === undefined
              ? `Instance ${resource} is ${state}, so no agent is running on it; Systems Manager does not list stopped instances.`
              : `Instance ${resource} is ${state}, because EC2 could not start it, with ${failure}. It stops again until that is changed.`,
          evidence,
          remedies: [startInstance(instance)],
        },
      ]
    if (!isStateKnown(instance) && !isOnline(facts, instance))
      return [
        {
          unknown:
            State.Name === undefined
              ? 'The state of the instance is not listed, so whether it is running is not known.'
              : `This version does not know the state "${state}", so whether the instance is running is not known.`,
        },
      ]
    const age = ageOf(facts, instance)
    if (!isInGracePeriod(facts, instance) || isOnline(facts, instance))
      return [{fact: age === undefined ? `It is ${state}.` : `It is ${state}, for ${inWords(age)}.`}]
    return [
      {
        cause: 'instance.too-young',
        resource,
        message: `Instance ${resource} is ${state} and was launched ${inWords(age ?? 0)} ago; a node can take up to ${graceMinutesOf(instance)} minutes to register, so check again then.`,
        evidence: [stateEvidence, {fact: `LaunchTime is ${LaunchTime ?? 'unknown'}`, source: 'ec2:DescribeInstances'}],
      },
    ]
  },
})

/** What EC2 says about the last change of the state: why it changed, and in the older field who changed it and when. */
const reasonsOf = ({StateReason, StateTransitionReason}: Instance): readonly Evidence[] =>
  [...new Set([StateReason?.Message, StateTransitionReason])].flatMap((fact) =>
    fact ? [{fact, source: 'ec2:DescribeInstances'}] : [],
  )
