import {imageNameOf} from '../../agent/image.ts'
import {agentVersionOf, isOnline, nodeOf, systemOf} from '../../agent/node.ts'
import {consoleSignals} from '../../agent/output/console.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {isAtLeast, MINIMUMS, RELEASE_NOTES} from '../../agent/version.ts'
import type {Facts, Instance} from '../../model/account.ts'
import {ec2Api, ec2Guide} from '../../model/documentation.ts'
import {isMetadataDisabled} from '../../model/instance.ts'
import {allowMetadataWithoutToken, enableMetadataService, raiseHopLimit} from '../../remedies/changes/instances.ts'
import {updateAgent} from '../../remedies/changes/systems-manager.ts'
import {advises, blocks, defineCheck, type Finding, type Note} from '../check.ts'

const OPTIONS = ec2Guide('configuring-instance-metadata-options')
const SOURCE = 'ec2:DescribeInstances'

type MetadataFacts = Facts<never, 'InstanceInformationList' | 'InstanceImageMetadata' | 'ConsoleOutputs'>

export const metadataService = defineCheck({
  id: 'metadata-service',
  title: 'Instance metadata (IMDS)',
  why: 'The agent learns its instance id, its Region and its credentials from the instance metadata service.',
  causes: {
    'imds.disabled': blocks('a disabled metadata service', OPTIONS),
    'imds.token-required-old-agent': blocks('an agent too old for IMDSv2', RELEASE_NOTES),
    'imds.hop-limit': advises('a metadata hop limit of one', OPTIONS),
    'imds.pending': advises(
      'metadata options that are still being applied',
      ec2Api('API_InstanceMetadataOptionsResponse'),
    ),
  },
  dependsOn: ['machine'],
  optionalKinds: ['InstanceInformationList', 'InstanceImageMetadata', 'ConsoleOutputs'],
  run: (facts, instance, _paths, evidence) => {
    const notes = [
      ...disabled(instance),
      ...tokens(facts, instance, [...consoleSignals(facts, instance), ...evidence]),
      ...hopLimit(facts, instance),
      ...pending(instance),
    ]
    return notes.length > 0 ? notes : [{fact: optionsInWords(instance)}]
  },
})

function optionsInWords({MetadataOptions}: Instance): string {
  if (!MetadataOptions) return 'EC2 reports no metadata options, so the defaults apply.'
  return `The metadata service is ${MetadataOptions.HttpEndpoint ?? 'enabled'}, tokens are ${MetadataOptions.HttpTokens ?? 'optional'}.`
}

const disabled = (instance: Instance): readonly Finding[] =>
  isMetadataDisabled(instance)
    ? [
        {
          cause: 'imds.disabled',
          resource: instance.InstanceId,
          message: `The metadata service of ${instance.InstanceId} is disabled, so the agent cannot get its identity or credentials.`,
          evidence: [{fact: 'MetadataOptions.HttpEndpoint is disabled', source: SOURCE}],
          remedies: [enableMetadataService(instance)],
        },
      ]
    : []

/** Systems Manager knows the version of a registered agent; one that never registered prints it, or the denied call. */
function tokens(facts: MetadataFacts, instance: Instance, signals: readonly Signal[]): readonly Finding[] {
  if (instance.MetadataOptions?.HttpTokens !== 'required') return []
  const registered = agentVersionOf(facts, instance)
  const started = signals.findLast(({kind}) => kind === 'agent-started')
  const version = registered ?? started?.version
  const node = nodeOf(facts, instance)
  const online = node?.PingStatus === 'Online'
  const denied = online ? undefined : ofKind(signals, 'metadata-token')[0]
  if (isAtLeast(version, MINIMUMS.metadataTokens.version) !== false && denied === undefined) return []
  const agent = version === undefined ? 'the agent' : `SSM Agent ${version}`
  return [
    {
      cause: 'imds.token-required-old-agent',
      resource: instance.InstanceId,
      message: `The metadata service of ${instance.InstanceId} requires IMDSv2 tokens, which ${agent} does not use; versions ${MINIMUMS.metadataTokens.version} and later do.`,
      evidence: [
        {fact: 'MetadataOptions.HttpTokens is required', source: SOURCE},
        ...(denied ? [lineEvidence(denied)] : []),
        ...(registered === undefined
          ? [started].flatMap((signal) => (signal ? [lineEvidence(signal)] : []))
          : [{fact: `AgentVersion is ${registered}`, source: 'ssm:DescribeInstanceInformation'}]),
      ],
      remedies: [
        ...(online ? [updateAgent(facts, instance, MINIMUMS.metadataTokens.version)] : []),
        allowMetadataWithoutToken(instance),
      ],
    },
  ]
}

/**
 * With a hop limit of 1, responses do not reach containers behind a bridge; an agent on the host, or in a container on its
 * network such as Bottlerocket's, is not affected. https://github.com/bottlerocket-os/bottlerocket/issues/4151
 */
function hopLimit(facts: MetadataFacts, instance: Instance): readonly Note[] {
  if (instance.MetadataOptions?.HttpPutResponseHopLimit !== 1 || !runsContainers(facts, instance)) return []
  if (isOnline(facts, instance) || systemOf(facts, instance) === 'bottlerocket') return []
  return [
    {
      cause: 'imds.hop-limit',
      certainty: 'possible',
      resource: instance.InstanceId,
      message: `The metadata hop limit of ${instance.InstanceId} is 1, so an agent inside a container cannot reach the metadata service; an agent on the host is not affected.`,
      evidence: [{fact: 'MetadataOptions.HttpPutResponseHopLimit is 1', source: SOURCE}],
      remedies: [raiseHopLimit(instance)],
    },
  ]
}

const runsContainers = (facts: MetadataFacts, instance: Instance): boolean =>
  /ecs|eks/i.test(imageNameOf(facts, instance) ?? '') ||
  instance.Tags.some(({Key}) => Key?.startsWith('kubernetes.io/cluster/') || Key?.startsWith('eks:'))

const pending = (instance: Instance): readonly Finding[] =>
  instance.MetadataOptions?.State === 'pending'
    ? [
        {
          cause: 'imds.pending',
          resource: instance.InstanceId,
          message: `EC2 is still applying the metadata options of ${instance.InstanceId}.`,
          evidence: [{fact: 'MetadataOptions.State is pending', source: SOURCE}],
        },
      ]
    : []
