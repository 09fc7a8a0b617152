import {
  hybridNodesLike,
  instancesLike,
  isInGracePeriod,
  LONGEST_REPORT_MINUTES,
  nodeOf,
  SHOWN_MINUTES,
  systemOf,
} from '../agent/node.ts'
import {lineEvidence, ofKind, type Signal} from '../agent/signal.ts'
import {inWords, minutesBetween} from '../agent/time.ts'
import {isAtLeast, MINIMUMS, type Minimum} from '../agent/version.ts'
import {
  type ConnectionStatus,
  type Context,
  type Facts,
  type Instance,
  type InstanceAssociation,
  type InstanceInformation,
  isNotAsked,
  isUnreadable,
  type Unreadable,
} from '../model/account.ts'
import {isHybrid} from '../model/hybrid.ts'
import {allWith, find, isWindows, lookup} from '../model/joins.ts'
import {deregisterManagedInstance, updateAgent} from '../remedies/changes/systems-manager.ts'
import {onInstance, runOnInstance} from '../remedies/core/on-instance.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {type Certainty, defineCheck, type Evidence, type Finding, type Note} from './check.ts'

const TROUBLESHOOTING =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html'
const SOURCE = 'ssm:DescribeInstanceInformation'

type RegistrationFacts = Facts<
  'InstanceInformationList',
  'ConnectionStatuses' | 'InstanceAssociations' | 'Instances' | 'InstanceImageMetadata'
>

export const registration = defineCheck({
  id: 'registration',
  title: 'Registration',
  why: 'A managed node is one that registered and still reports.',
  subject: 'both',
  causes: {
    'registration.never-registered': {
      title: 'a node that Systems Manager does not list',
      severity: 'symptom',
      docs: TROUBLESHOOTING,
    },
    'registration.connection-lost': {title: 'a lost connection', severity: 'symptom', docs: TROUBLESHOOTING},
    'registration.stale-30d': {
      title: 'a node that has been silent for 30 days',
      severity: 'symptom',
      docs: TROUBLESHOOTING,
    },
    'registration.session-notconnected': {
      title: 'a node without a connection for sessions',
      severity: 'symptom',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html',
    },
    'registration.hybrid-shadow': {
      title: 'a hybrid registration on the same host',
      severity: 'degrades',
      docs: TROUBLESHOOTING,
    },
    'registration.outdated-agent': {
      title: 'an outdated agent',
      severity: 'advises',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html',
    },
    'registration.associations-failing': {
      title: 'failing associations',
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceAssociationsStatus.html',
    },
  },
  dependsOn: ['machine'],
  requiredKinds: ['InstanceInformationList'],
  optionalKinds: ['ConnectionStatuses', 'InstanceAssociations', 'Instances', 'InstanceImageMetadata'],
  run: (facts, instance, _paths, evidence: readonly Signal[] = []) => {
    const node = nodeOf(facts, instance)
    if (node && isHybrid(instance))
      return [
        ...presence(facts, instance, node),
        ...shadowed(facts, node),
        ...agentAge(node, instance),
        ...associations(facts, node),
      ]
    const shadows = hybridShadows(facts, instance, node, ofKind(evidence, 'hybrid-registration', 'fingerprint'))
    if (!node) return [...absence(facts, instance), ...shadows]
    return [...presence(facts, instance, node), ...shadows, ...agentAge(node, instance), ...associations(facts, node)]
  },
})

const absence = (context: Context, instance: Instance): readonly Note[] =>
  isInGracePeriod(context, instance)
    ? [{unknown: `${instance.InstanceId} is not listed yet and has not had time to register.`}]
    : [
        {
          cause: 'registration.never-registered',
          resource: instance.InstanceId,
          message: `Systems Manager does not list ${instance.InstanceId}.`,
          evidence: [{fact: `No node ${instance.InstanceId} is listed`, source: SOURCE}],
        },
      ]

function presence(facts: RegistrationFacts, {InstanceId}: Instance, node: InstanceInformation): readonly Note[] {
  const silence = node.LastPingDateTime && minutesBetween(node.LastPingDateTime, facts.ReadAt)
  const age = typeof silence === 'number' ? `${inWords(silence)} ago` : 'at an unknown time'
  const isWell = node.PingStatus === 'Online' && typeof silence === 'number' && silence <= LONGEST_REPORT_MINUTES
  const channel = lookup(facts.ConnectionStatuses, 'Target', InstanceId)
  if (isWell && isUnreadable(channel) && !isNotAsked(channel))
    return [
      {
        unknown: `It is online and last answered ${age}; whether it is connected for sessions could not be read.`,
        kind: 'ConnectionStatuses',
      },
    ]
  if (isWell && find(facts.ConnectionStatuses, 'Target', InstanceId) === undefined)
    return [{fact: `It is online and last answered ${age}.`}]
  const evidence = [
    {
      fact: `PingStatus is ${node.PingStatus ?? 'not reported'}, LastPingDateTime ${node.LastPingDateTime ?? 'not reported'}`,
      source: SOURCE,
    },
  ]
  const symptom = (cause: string, message: string): Finding => ({cause, resource: InstanceId, message, evidence})
  const notes: Note[] = []
  if (node.PingStatus === 'ConnectionLost')
    notes.push(symptom('registration.connection-lost', `Systems Manager lost ${InstanceId}; it last answered ${age}.`))
  if (typeof silence === 'number' && silence > SHOWN_MINUTES)
    notes.push(
      symptom('registration.stale-30d', `${InstanceId} last answered ${age}; Fleet Manager may no longer show it.`),
    )
  if (node.PingStatus !== 'Online') return notes
  const connection = find<ConnectionStatus | {Target: string; unreadable: string}>(
    facts.ConnectionStatuses,
    'Target',
    InstanceId,
  )
  if (connection?.Status.toLowerCase() === 'notconnected')
    notes.push({
      cause: 'registration.session-notconnected',
      resource: InstanceId,
      message: `${InstanceId} is online but has no connection on ssmmessages, so sessions and commands fail.`,
      evidence: [...evidence, {fact: `Status is ${connection.Status}`, source: 'ssm:GetConnectionStatus'}],
    })
  notes.push(
    typeof silence === 'number' && silence > LONGEST_REPORT_MINUTES
      ? {unknown: `AWS reports ${InstanceId} as online, but its last ping was ${age}.`}
      : {fact: `It is online and last answered ${age}.`},
  )
  return notes
}

/** Features with names that people know; the rest matters only where other checks need it. */
const FEATURES: readonly Minimum[] = [
  MINIMUMS.sessions,
  MINIMUMS.sessionEncryption,
  MINIMUMS.portForwarding,
  MINIMUMS.sessionStreaming,
  MINIMUMS.hostManagement,
  MINIMUMS.singleChannel,
]

const lackingBy = new Map<string, readonly Minimum[]>()

/** A fleet has many instances and few versions. */
function tooOld(agentVersion: string): readonly Minimum[] {
  const known = lackingBy.get(agentVersion)
  if (known) return known
  const lacking = FEATURES.filter(({version}) => isAtLeast(agentVersion, version) === false)
  lackingBy.set(agentVersion, lacking)
  return lacking
}

function agentAge(
  {AgentVersion, IsLatestVersion, PingStatus}: InstanceInformation,
  instance: Instance,
): readonly Note[] {
  if (AgentVersion === undefined) return []
  const tooOldFor = tooOld(AgentVersion)
  if (IsLatestVersion !== false && tooOldFor.length === 0) return [{fact: `It runs SSM Agent ${AgentVersion}.`}]
  const lacking = tooOldFor.map(({feature, version}) => `${feature} (${version})`).join(', ')
  const finding: Finding = {
    cause: 'registration.outdated-agent',
    resource: instance.InstanceId,
    message: `SSM Agent ${AgentVersion} on ${instance.InstanceId} is not the latest${lacking && `; it does not support ${lacking}`}.`,
    evidence: [
      {fact: `AgentVersion is ${AgentVersion}, IsLatestVersion ${IsLatestVersion ?? 'not reported'}`, source: SOURCE},
    ],
  }
  if (PingStatus !== 'Online') return [finding]
  return [
    {
      ...finding,
      get remedies() {
        return [updateAgent(instance)]
      },
    },
  ]
}

/** Associations of an offline node fail because it is offline; they are informative only while it is online. */
function associations(facts: RegistrationFacts, node: InstanceInformation): readonly Note[] {
  if (node.PingStatus !== 'Online' || node.AssociationStatus !== 'Failed') return []
  const failed = allWith(facts.InstanceAssociations, 'InstanceId', node.InstanceId).filter(isFailed)
  const names = failed.map(({Name, AssociationName}) => AssociationName ?? Name ?? 'without a name')
  return [
    {
      cause: 'registration.associations-failing',
      resource: node.InstanceId,
      message: `State Manager associations fail on ${node.InstanceId}${names.length > 0 ? `: ${names.join(', ')}` : ''}.`,
      evidence: [
        {fact: 'AssociationStatus is Failed', source: SOURCE},
        ...failed.map((each) => ({
          fact: `${each.AssociationName ?? each.Name ?? each.AssociationId ?? 'without a name'}: ${each.ErrorCode ?? each.DetailedStatus ?? each.Status ?? 'failed'}`,
          source: 'ssm:DescribeInstanceAssociationsStatus',
        })),
      ],
      remedies: [
        {
          title: `List the failing associations of ${node.InstanceId}`,
          steps: [
            {
              service: 'ssm',
              operation: 'DescribeInstanceAssociationsStatus',
              input: {InstanceId: node.InstanceId},
            },
          ],
        },
      ],
    },
  ]
}

const isFailed = (item: InstanceAssociation | Unreadable): item is InstanceAssociation =>
  !isUnreadable(item) && item.Status === 'Failed'

/**
 * A hybrid activation on an EC2 instance makes the host appear as `mi-…` and hides it under its own id.
 * A node elsewhere may use the same private address, so the address alone is a hint.
 */
function hybridShadows(
  facts: RegistrationFacts,
  instance: Instance,
  node: InstanceInformation | undefined,
  instanceSignals: readonly Signal[],
): readonly Finding[] {
  const own = instanceSignals.find(({nodeId}) => nodeId !== undefined) ?? instanceSignals[0]
  if (own) return [hostRegistration(facts, own, instance)]
  return hybridNodesLike(facts.InstanceInformationList, instance).flatMap((other) => {
    const certainty = shadowCertainty(other, instance)
    if (certainty === undefined || (node?.PingStatus === 'Online' && certainty !== 'proven')) return []
    const fact = `${other.InstanceId} reports ${other.IPAddress ?? 'no address'}, ${other.ComputerName ?? 'no name'}`
    const likeness = likenessOf(other, instance)
    return [shadow(facts, instance, {nodeId: other.InstanceId, likeness, certainty, evidence: {fact, source: SOURCE}})]
  })
}

/** The same for the hybrid node: the instance that it hides. An address or a name alone is common among sites. */
const shadowed = (facts: RegistrationFacts, node: InstanceInformation): readonly Finding[] =>
  instancesLike(facts.Instances, node).flatMap((instance) => {
    const certainty = shadowCertainty(node, instance)
    if (certainty === undefined || certainty === 'possible') return []
    const fact = `${instance.InstanceId} has ${instance.PrivateIpAddress ?? 'no address'}, ${instance.PrivateDnsName ?? 'no name'}`
    const evidence = {fact, source: 'ec2:DescribeInstances'}
    const finding = shadow(facts, instance, {
      nodeId: node.InstanceId,
      likeness: likenessOf(node, instance),
      certainty,
      evidence,
    })
    return [certainty === 'proven' ? finding : {...finding, severity: 'advises' as const}]
  })

/**
 * The host itself names the registration. For a node of another account only its id is known, and it cannot be removed
 * here.
 */
function hostRegistration(facts: RegistrationFacts, own: Signal, instance: Instance): Finding {
  const isListed = find(facts.InstanceInformationList, 'InstanceId', own.nodeId) !== undefined
  if (own.nodeId !== undefined && isListed)
    return shadow(facts, instance, {
      nodeId: own.nodeId,
      likeness: 'is registered on the host',
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

interface Shadow {
  readonly nodeId: string
  readonly likeness: string
  readonly certainty: Certainty
  readonly evidence: Evidence
}

const shadow = (
  facts: RegistrationFacts,
  instance: Instance,
  {nodeId, likeness, certainty, evidence}: Shadow,
): Finding => ({
  cause: 'registration.hybrid-shadow',
  certainty,
  resource: nodeId,
  message: `Hybrid node ${nodeId} ${likeness} and is listed instead of ${instance.InstanceId}.`,
  evidence: [evidence],
  remedies:
    certainty === 'proven'
      ? [deregisterManagedInstance(nodeId, onInstance(...clearLines(facts, instance)))]
      : [identifyHost(nodeId, instance)],
})

/** A shared private address or host name does not prove identity, so nothing is removed because of it. */
const identifyHost = (nodeId: string, instance: Instance): Remedy =>
  runOnInstance(`Check whether ${instance.InstanceId} is registered as ${nodeId} before changing either`, [
    isWindows(instance)
      ? '& "$env:ProgramFiles\\Amazon\\SSM\\ssm-cli.exe" get-instance-information'
      : 'sudo ssm-cli get-instance-information',
  ])

function shadowCertainty(other: InstanceInformation, instance: Instance): Certainty | undefined {
  if (other.SourceId === instance.InstanceId) return 'proven'
  const sameAddress = other.IPAddress !== undefined && other.IPAddress === instance.PrivateIpAddress
  const sameName = isSameHost(other, instance)
  if (sameAddress && sameName) return 'likely'
  return sameAddress || sameName ? 'possible' : undefined
}

const isSameHost = ({ComputerName}: InstanceInformation, {PrivateDnsName}: Instance): boolean =>
  Boolean(ComputerName) && ComputerName?.toLowerCase() === PrivateDnsName?.toLowerCase()

function likenessOf(other: InstanceInformation, instance: Instance): string {
  if (other.SourceId === instance.InstanceId) return 'names the instance as its source'
  const sameAddress = other.IPAddress === instance.PrivateIpAddress && 'address'
  return `has the same ${[sameAddress, isSameHost(other, instance) && 'host name'].filter(Boolean).join(' and ')}`
}

const clearLines = (facts: RegistrationFacts, instance: Instance): readonly string[] =>
  isWindows(instance)
    ? [
        'Stop-Service AmazonSSMAgent',
        '& "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.exe" -register -clear',
        'Start-Service AmazonSSMAgent',
      ]
    : systemOf(facts, instance) === 'ubuntu'
      ? [
          'sudo snap stop amazon-ssm-agent',
          'sudo /snap/amazon-ssm-agent/current/amazon-ssm-agent -register -clear',
          'sudo snap start amazon-ssm-agent',
        ]
      : [
          'sudo systemctl stop amazon-ssm-agent',
          'sudo amazon-ssm-agent -register -clear',
          'sudo systemctl start amazon-ssm-agent',
        ]
