import {commandsFor} from '../../agent/commands.ts'
import {hybridNodesLike, instancesLike, isSameHost, isSource, nodeOf} from '../../agent/node.ts'
import {lineEvidence, type Signal} from '../../agent/output/signal.ts'
import {clearLines} from '../../agent/registration-commands.ts'
import type {Facts, Instance, InstanceInformation} from '../../model/account.ts'
import {isOfOtherCloud} from '../../model/hybrid.ts'
import {isWindows} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {deregisterManagedInstance} from '../../remedies/changes/systems-manager.ts'
import {onInstance, runOnInstance} from '../../remedies/core/on-instance.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import type {Certainty, Evidence, Finding} from '../check.ts'

const SOURCE = 'ssm:DescribeInstanceInformation'

type ShadowFacts = Facts<'InstanceInformationList', 'Instances' | 'InstanceImageMetadata'>

/**
 * A hybrid activation on an EC2 instance makes the host appear as `mi-…` and hides it under its own id.
 * A node elsewhere may use the same private address, so the address alone is a hint.
 */
export function hybridShadows(
  facts: ShadowFacts,
  instance: Instance,
  node: InstanceInformation | undefined,
  instanceSignals: readonly Signal[],
): readonly Finding[] {
  const own = instanceSignals.find(({nodeId}) => nodeId !== undefined) ?? instanceSignals[0]
  if (own) return [hostRegistration(facts, own, instance)]
  return hybridNodesLike(facts.InstanceInformationList, instance).flatMap((other) => {
    const certainty = shadowCertainty(other, instance)
    if (certainty === undefined || (certainty !== 'proven' && node !== undefined && isLaterThan(node, other))) return []
    const fact = `${other.InstanceId} reports ${other.IPAddress ?? 'no address'}, ${other.ComputerName ?? 'no name'}`
    const similarity = similarityOf(other, instance)
    return [
      shadow(facts, instance, {nodeId: other.InstanceId, similarity, certainty, evidence: {fact, source: SOURCE}}),
    ]
  })
}

/** For the hybrid node: the instances that it hides. An address or a name alone is common among sites. */
export const hiddenInstances = (facts: ShadowFacts, node: InstanceInformation): readonly Finding[] =>
  instancesLike(facts.Instances, node).flatMap((instance) => {
    const certainty = shadowCertainty(node, instance)
    if (certainty === undefined || certainty === 'possible') return []
    const fact = `${instance.InstanceId} has ${instance.PrivateIpAddress ?? 'no address'}, ${instance.PrivateDnsName ?? 'no name'}`
    const evidence = {fact, source: 'ec2:DescribeInstances'}
    const finding = shadow(facts, instance, {
      nodeId: node.InstanceId,
      similarity: similarityOf(node, instance),
      certainty,
      evidence,
    })
    return [certainty === 'proven' ? finding : {...finding, severity: 'advises' as const}]
  })

/**
 * The host itself names the registration. For a node of another account only its id is known, and it cannot be removed
 * here.
 */
function hostRegistration(facts: ShadowFacts, own: Signal, instance: Instance): Finding {
  const isListed = find(facts.InstanceInformationList, 'InstanceId', own.nodeId) !== undefined
  if (own.nodeId !== undefined && isListed)
    return shadow(facts, instance, {
      nodeId: own.nodeId,
      similarity: 'is registered on the host',
      certainty: 'proven',
      evidence: lineEvidence(own),
    })
  return {
    cause: 'registration.hybrid-shadow',
    certainty: own.kind === 'fingerprint' ? 'likely' : 'proven',
    resource: own.nodeId ?? instance.InstanceId,
    message: `The agent on ${instance.InstanceId} uses ${own.nodeId === undefined ? 'a hybrid registration' : `hybrid registration ${own.nodeId}, which this account and Region do not list`}, so it does not register under its EC2 instance id.`,
    evidence: [lineEvidence(own)],
    remedies: [runOnInstance(`Clear the hybrid registration on ${instance.InstanceId}`, clearLines(facts, instance))],
  }
}

/** The instance is online under its own id, or was so after the hybrid node was. */
const isLaterThan = (own: InstanceInformation, hybrid: InstanceInformation): boolean =>
  own.PingStatus === 'Online' || Date.parse(own.LastPingDateTime ?? '') > Date.parse(hybrid.LastPingDateTime ?? '')

/** The host is listed under its own id, and answered under that one last. */
function isLeft(facts: ShadowFacts, instance: Instance, nodeId: string): boolean {
  const own = nodeOf(facts, instance)
  const hybrid = find(facts.InstanceInformationList, 'InstanceId', nodeId)
  return own !== undefined && hybrid !== undefined && hybrid.PingStatus !== 'Online' && isLaterThan(own, hybrid)
}

interface Shadow {
  readonly nodeId: string
  readonly similarity: string
  readonly certainty: Certainty
  readonly evidence: Evidence
}

const shadow = (
  facts: ShadowFacts,
  instance: Instance,
  {nodeId, similarity, certainty, evidence}: Shadow,
): Finding => ({
  cause: 'registration.hybrid-shadow',
  certainty,
  resource: nodeId,
  message: isLeft(facts, instance, nodeId)
    ? `Hybrid node ${nodeId} ${similarity}, and ${instance.InstanceId} has answered under its own id since: the hybrid node most likely remains from an earlier registration of the host.`
    : `Hybrid node ${nodeId} ${similarity} and is listed instead of ${instance.InstanceId}.`,
  evidence: [evidence],
  remedies:
    certainty === 'proven'
      ? [deregisterManagedInstance(nodeId, onInstance(...clearLines(facts, instance)))]
      : [identifyHost(facts, nodeId, instance)],
})

/** A shared private address or host name does not prove identity, so nothing is removed because of it. */
const identifyHost = (facts: ShadowFacts, nodeId: string, instance: Instance): Remedy =>
  runOnInstance(`Check whether ${instance.InstanceId} is registered as ${nodeId} before changing either`, [
    commandsFor(facts, instance).identity,
  ])

function shadowCertainty(other: InstanceInformation, instance: Instance): Certainty | undefined {
  if (isSource(other, instance)) return 'proven'
  if (isOfOtherCloud(other)) return undefined
  if (other.PlatformType !== undefined && (other.PlatformType === 'Windows') !== isWindows(instance)) return undefined
  const sameAddress = other.IPAddress !== undefined && other.IPAddress === instance.PrivateIpAddress
  const sameName = isSameHost(other, instance)
  if (sameAddress && sameName) return 'likely'
  return sameAddress || sameName ? 'possible' : undefined
}

function similarityOf(other: InstanceInformation, instance: Instance): string {
  if (other.SourceId === instance.InstanceId) return 'names the instance as its source'
  if (isSource(other, instance)) return 'has the id of the instance as its host name'
  const sameAddress = other.IPAddress === instance.PrivateIpAddress && 'address'
  return `has the same ${[sameAddress, isSameHost(other, instance) && 'host name'].filter(Boolean).join(' and ')}`
}
