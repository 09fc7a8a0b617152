import {needsEc2Messages} from '../../agent/legacy-channel.ts'
import {isConnected, isInGracePeriod, LONGEST_REPORT_MINUTES, nodeOf, SHOWN_MINUTES} from '../../agent/node.ts'
import {ofKind} from '../../agent/output/signal.ts'
import {isAtLeast, MINIMUMS, type Minimum} from '../../agent/version.ts'
import {
  type Context,
  type Facts,
  type Instance,
  type InstanceAssociation,
  type InstanceInformation,
  isNotAsked,
  isUnreadable,
  type Unreadable,
} from '../../model/account.ts'
import {ssmApi, ssmGuide} from '../../model/documentation.ts'
import {isHybrid} from '../../model/hybrid.ts'
import {allWith, find, lookup} from '../../model/lists.ts'
import {updateAgent} from '../../remedies/changes/systems-manager.ts'
import {ssm} from '../../remedies/core/remedy.ts'
import {remembered} from '../../util/memo.ts'
import {inWords, minutesBetween} from '../../util/time.ts'
import {advises, defineCheck, degrades, type Finding, type Note, symptom} from '../check.ts'
import {hiddenInstances, hybridShadows} from './hybrid-shadow.ts'

const TROUBLESHOOTING = ssmGuide('fleet-manager-troubleshooting-managed-nodes')
const SOURCE = 'ssm:DescribeInstanceInformation'

type RegistrationFacts = Facts<
  'InstanceInformationList',
  'ConnectionStatuses' | 'InstanceAssociations' | 'Instances' | 'InstanceImageMetadata' | 'ServiceNames'
>

export const registration = defineCheck({
  id: 'registration',
  title: 'Registration',
  why: 'A managed node is one that registered and still reports.',
  subject: 'both',
  causes: {
    'registration.never-registered': symptom('a node that Systems Manager does not list', TROUBLESHOOTING),
    'registration.connection-lost': symptom('a lost connection', TROUBLESHOOTING),
    'registration.stale-30d': symptom('a node that has been silent for 30 days', TROUBLESHOOTING),
    'registration.session-notconnected': symptom(
      'a node without a connection for sessions',
      ssmGuide('systems-manager-setting-up-messageAPIs'),
    ),
    'registration.hybrid-shadow': degrades('a hybrid registration on the same host', TROUBLESHOOTING),
    'registration.outdated-agent': advises('an outdated agent', ssmGuide('ssm-agent-technical-details')),
    'registration.associations-failing': degrades(
      'failing associations',
      ssmApi('API_DescribeInstanceAssociationsStatus'),
    ),
  },
  dependsOn: ['machine'],
  requiredKinds: ['InstanceInformationList'],
  optionalKinds: ['ConnectionStatuses', 'InstanceAssociations', 'Instances', 'InstanceImageMetadata', 'ServiceNames'],
  run: (facts, instance, _paths, evidence) => {
    const node = nodeOf(facts, instance)
    const shadows =
      node && isHybrid(instance)
        ? hiddenInstances(facts, node)
        : hybridShadows(facts, instance, node, ofKind(evidence, 'hybrid-registration', 'fingerprint'))
    if (!node) return [...absence(facts, instance), ...shadows]
    return [
      ...presence(facts, instance, node),
      ...shadows,
      ...agentAge(facts, node, instance),
      ...associations(facts, node),
    ]
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

function presence(facts: RegistrationFacts, instance: Instance, node: InstanceInformation): readonly Note[] {
  const {InstanceId} = instance
  const minutesSincePing = minutesBetween(node.LastPingDateTime ?? '', facts.ReadAt)
  const age = minutesSincePing !== undefined ? `${inWords(minutesSincePing)} ago` : 'at an unknown time'
  const isReporting =
    node.PingStatus === 'Online' && minutesSincePing !== undefined && minutesSincePing <= LONGEST_REPORT_MINUTES
  const channel = lookup(facts.ConnectionStatuses, 'Target', InstanceId)
  if (isReporting && isUnreadable(channel) && !isNotAsked(channel))
    return [
      {
        unknown: `It is online and last answered ${age}; whether it is connected for sessions could not be read.`,
        kind: 'ConnectionStatuses',
      },
    ]
  if (isReporting && find(facts.ConnectionStatuses, 'Target', InstanceId) === undefined)
    return [{fact: `It is online and last answered ${age}.`}]
  const evidence = [
    {
      fact: `PingStatus is ${node.PingStatus ?? 'not reported'}, LastPingDateTime ${node.LastPingDateTime ?? 'not reported'}`,
      source: SOURCE,
    },
  ]
  const observed = (cause: string, message: string) => notes.push({cause, resource: InstanceId, message, evidence})
  const notes: Note[] = []
  if (!node.PingStatus)
    notes.push({unknown: `Systems Manager lists ${InstanceId} without its ping status; its last ping was ${age}.`})
  if (node.PingStatus === 'ConnectionLost')
    observed('registration.connection-lost', `Systems Manager lost the connection of ${InstanceId}; last ping ${age}.`)
  if (minutesSincePing !== undefined && minutesSincePing > SHOWN_MINUTES)
    observed('registration.stale-30d', `The last ping of ${InstanceId} was ${age}; Fleet Manager may have removed it.`)
  if (node.PingStatus !== 'Online') return notes
  if (isConnected(facts, instance) === false)
    notes.push({
      cause: 'registration.session-notconnected',
      resource: InstanceId,
      message: `${InstanceId} is online but has no connection on ssmmessages, so ${needsEc2Messages(facts, instance) === true ? 'sessions fail; its agent takes commands from ec2messages' : 'sessions and commands fail'}.`,
      evidence: [...evidence, {fact: 'Status is notconnected', source: 'ssm:GetConnectionStatus'}],
    })
  notes.push(
    minutesSincePing !== undefined && minutesSincePing > LONGEST_REPORT_MINUTES
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

/** A fleet has many instances and few versions. */
const missingFeatures = remembered((agentVersion: string) =>
  FEATURES.filter(({version}) => isAtLeast(agentVersion, version) === false),
)

function agentAge(
  facts: RegistrationFacts,
  {AgentVersion, IsLatestVersion, PingStatus, PlatformType}: InstanceInformation,
  instance: Instance,
): readonly Note[] {
  if (AgentVersion === undefined) return []
  const tooOldFor = missingFeatures(AgentVersion)
  if (IsLatestVersion !== false && tooOldFor.length === 0) return [{fact: `It runs SSM Agent ${AgentVersion}.`}]
  const lacking = tooOldFor.map(({feature, version}) => `${feature} (${version})`).join(', ')
  const finding: Finding = {
    cause: 'registration.outdated-agent',
    // For Windows, AWS does not promise it.
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
    ...(PlatformType === 'Windows' && tooOldFor.length === 0 && {certainty: 'likely' as const}),
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
        return [updateAgent(facts, instance)]
      },
    },
  ]
}

/**
 * Associations of an offline node fail because it is offline; they are informative only while it is online. The status
 * of the node is that of all of them; where it is not reported, or one is pending, those that failed show it.
 */
function associations(facts: RegistrationFacts, node: InstanceInformation): readonly Note[] {
  const {AssociationStatus, PingStatus} = node
  const failed = allWith(facts.InstanceAssociations, 'InstanceId', node.InstanceId).filter(isFailed)
  const isFailing = AssociationStatus === 'Failed' || (AssociationStatus !== 'Success' && failed.length > 0)
  if (PingStatus !== 'Online' || !isFailing) return []
  const names = failed.map(({Name, AssociationName}) => AssociationName ?? Name ?? 'without a name')
  return [
    {
      cause: 'registration.associations-failing',
      resource: node.InstanceId,
      message: `State Manager associations fail on ${node.InstanceId}${names.length > 0 ? `: ${names.join(', ')}` : ''}.`,
      evidence: [
        {fact: `AssociationStatus is ${AssociationStatus ?? 'not reported'}`, source: SOURCE},
        ...failed.map((each) => ({
          fact: `${each.AssociationName ?? each.Name ?? each.AssociationId ?? 'without a name'}: ${each.ErrorCode ?? each.DetailedStatus ?? each.Status ?? 'failed'}`,
          source: 'ssm:DescribeInstanceAssociationsStatus',
        })),
      ],
      remedies: [
        {
          title: `List the failing associations of ${node.InstanceId}`,
          steps: [ssm('DescribeInstanceAssociationsStatus', {InstanceId: node.InstanceId})],
        },
      ],
    },
  ]
}

const isFailed = (item: InstanceAssociation | Unreadable): item is InstanceAssociation =>
  !isUnreadable(item) && item.Status === 'Failed'
