import {commandsFor} from '../../../agent/commands.ts'
import {CONSOLE} from '../../../agent/output/console.ts'
import {isMetadataHost} from '../../../agent/output/hosts.ts'
import {lineEvidence, ofKind, type Signal} from '../../../agent/output/signal.ts'
import {NODE_ACTIONS} from '../../../iam/capabilities.ts'
import {isUnreadable} from '../../../model/account.ts'
import {iamGuide, privateLinkGuide} from '../../../model/documentation.ts'
import {isHybrid} from '../../../model/hybrid.ts'
import {isEndpointId} from '../../../model/ids.ts'
import {isMetadataDisabled} from '../../../model/instance.ts'
import {HOST_MANAGEMENT_SETTING, NO_ROLE} from '../../../model/kinds.ts'
import {AGENT_SERVICES} from '../../../model/partition.ts'
import {type Call, ec2, fromVariable, iam, type Remedy} from '../../../remedies/core/remedy.ts'
import {actionsIn, boundaryInWords, denialOf, namedPolicy, remedyOfOrganization} from '../../identity/refused-by.ts'
import {
  from,
  isChannelClosed,
  isMetadataProxied,
  isWithoutNetwork,
  linesOf,
  type Rule,
  repair,
  type SystemContext,
  whenOffline,
} from './context.ts'

/** Findings about the credentials that the agent uses, and about denials that only its log shows. */

/**
 * EC2 names the session of an instance's credentials after the instance. For an online node, errors at boot are past.
 */
const linesOfOthers = ({instance: {InstanceId}, online, signals}: SystemContext) =>
  signals.filter(
    ({principal, source}) =>
      principal !== undefined &&
      (principal.includes(':user/') || (namesSession(principal) && !principal.endsWith(`/${InstanceId}`))) &&
      !isOfHybridNode(principal) &&
      !(online && source === CONSOLE),
  )

/** Where the id is left out, as in a log that was made anonymous, it may be that of this instance. */
const namesSession = (principal: string): boolean =>
  !/:assumed-role\/[^/]{1,64}(?:\/(?:i-(?![0-9a-f]{8,17}$).{0,64})?)?$/.test(principal)

/** A node that is online registers: the calls that it is denied are others. */
const isRegistrationDenied = ({online}: SystemContext, signals: readonly Signal[]): boolean =>
  !online && ofKind(signals, 'access-denied').some(isOfRegistration)

export const rootCredentials = from(linesOfOthers, (context, signals) => ({
  cause: 'os.root-credentials',
  ...(isRegistrationDenied(context, signals) && {severity: 'blocks' as const}),
  message: `The agent on ${context.instance.InstanceId} signs with ${signals[0]?.principal} instead of the instance role: root's credentials file takes precedence.`,
  fix: "Rename root's credentials file",
  commands: repair(context, 'credentials'),
}))

/** Systems Manager names the session of a hybrid node after it: such an agent does not use the instance role at all. */
const isOfHybridNode = (principal: string): boolean => /\/mi-[0-9a-f]{8,17}$/.test(principal)

/** A machine outside EC2 has none. A disabled metadata service, and a proxy that takes its calls, have their own causes. */
const metadataLines = (context: SystemContext) =>
  isHybrid(context.instance) ||
  isMetadataDisabled(context.instance) ||
  isWithoutNetwork(context) ||
  isMetadataProxied(context) ||
  ofKind(context.signals, 'proxy-failed').length > 0
    ? []
    : onlyOneOf(ofKind(context.signals, 'metadata'), ofKind(context.signals, 'no-identity'))

/** The line that shows why there is no identity is the better evidence. */
const onlyOneOf = (reasons: readonly Signal[], others: readonly Signal[]): readonly Signal[] =>
  reasons.length > 0 ? reasons : others

const isMetadataReached = ({signals}: SystemContext): boolean =>
  ofKind(signals, 'reached').some(({host}) => isMetadataHost(host))

/** A firewall may allow the metadata service to root alone, and another user may run a test. */
function certaintyOfMetadata(context: SystemContext, signals: readonly Signal[]) {
  if (isMetadataReached(context)) return {certainty: 'possible' as const}
  return signals.every(({kind, isTest}) => kind === 'no-identity' || isTest) && {certainty: 'likely' as const}
}

function metadataInWords(context: SystemContext, signals: readonly Signal[]): string {
  const {InstanceId} = context.instance
  if (isMetadataReached(context))
    return `The agent on ${InstanceId} did not reach the metadata service, and a test on the instance reaches it: it was fixed since, or what blocks the calls of the agent does not apply to the test.`
  return signals[0]?.kind === 'no-identity'
    ? `The agent on ${InstanceId} finds no identity: it has no hybrid registration, and the metadata service did not answer it.`
    : `${InstanceId} does not reach its metadata service: a route, a firewall or a proxy on the instance takes 169.254.169.254.`
}

export const metadata = from(whenOffline(metadataLines), (context, signals) => ({
  cause: 'imds.unreachable',
  ...certaintyOfMetadata(context, signals),
  message: metadataInWords(context, signals),
  fix: 'Allow traffic to 169.254.169.254 on the instance',
  commands: repair(context, 'metadata'),
}))

const isHostManagementOff = ({facts: {ServiceSettings}}: SystemContext): boolean =>
  !isUnreadable(ServiceSettings) &&
  !ServiceSettings.some(
    ({SettingId, SettingValue}) =>
      SettingId.endsWith(HOST_MANAGEMENT_SETTING) && SettingValue?.trim() && SettingValue !== NO_ROLE,
  )

/**
 * Policies that are not visible to this caller also deny calls, and the error message names their type.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const DENIED_BY_HIDDEN_POLICY = {
  'service-control-policy': 'iam.scp-blocks',
  'resource-control-policy': 'iam.scp-blocks',
  'endpoint-policy': 'endpoint.policy-denies',
  'permissions-boundary': 'iam.boundary-blocks',
} as const

export const denialByHiddenPolicy: Rule = (context) =>
  (Object.keys(DENIED_BY_HIDDEN_POLICY) as (keyof typeof DENIED_BY_HIDDEN_POLICY)[]).flatMap((refusedBy) => {
    const signals = ofKind(context.signals, 'access-denied').filter(
      (signal) => signal.refusedBy === refusedBy && isInEffect(context, signal) && !isOfSessions(signal),
    )
    const signal = denialOf(signals)
    if (signal === undefined) return []
    return [
      {
        cause: DENIED_BY_HIDDEN_POLICY[refusedBy],
        severity: signals.some(isOfRegistration) ? ('blocks' as const) : ('degrades' as const),
        certainty: 'likely' as const,
        resource: signal.principal ?? context.instance.InstanceId,
        message: `AWS refused ${signal.action ?? 'a call of the agent'} on ${context.instance.InstanceId}${namedPolicy(signal)}.`,
        evidence: signals.map(lineEvidence),
        remedies: [remedyOfRefusal(context, signal, actionsIn(signals))],
      },
    ]
  })

/** The check of the session preferences reports what a session may not use. */
const isOfSessions = ({refusedBy, service = ''}: Signal): boolean =>
  refusedBy === 'resource-control-policy' && !AGENT_SERVICES.includes(service)

/** Without these calls no node registers; without others it lacks a feature. */
export const isOfRegistration = ({action, service = 'ssm'}: Signal): boolean =>
  action === undefined ? service === 'ssm' : action === 'ssm:UpdateInstanceInformation' || NODE_ACTIONS.includes(action)

/**
 * Of a node that is online only the message channel can still be denied, and then it is closed, or the data channel of
 * each session.
 */
function isInEffect(context: SystemContext, {action, service, source}: Signal): boolean {
  if (context.online)
    return (
      service === 'ssmmessages' &&
      source !== CONSOLE &&
      (isChannelClosed(context) || action === 'ssmmessages:CreateDataChannel')
    )
  return !(action !== undefined && NODE_ACTIONS.includes(action) && isHostManagementOff(context))
}

const DENIED = iamGuide('troubleshoot_access-denied')

/** Who can change the policy, and where it is: it was not read, so nothing is changed on the model. */
function remedyOfRefusal({facts, instance, paths}: SystemContext, signal: Signal, actions: readonly string[]): Remedy {
  const what = actions.join(', ') || 'the calls of the agent'
  const {refusedBy, policyArn, principal, service = 'ssm'} = signal
  const ofOrganization = remedyOfOrganization(signal, {facts, instance}, actions)
  if (ofOrganization) return ofOrganization
  if (refusedBy === 'endpoint-policy') {
    const via = paths.find((path) => path.service === service)?.via
    const input = isEndpointId(via)
      ? {VpcEndpointIds: [via]}
      : {Filters: [{Name: 'vpc-id', Values: [instance.VpcId ?? '']}]}
    return {
      title: `Allow ${what} in the policy of the VPC endpoint that the call passes`,
      steps: [ec2('DescribeVpcEndpoints', input)],
      docs: privateLinkGuide('vpc-endpoints-access'),
    }
  }
  const role = /assumed-role\/([\w+=,.@-]{1,64})\//.exec(principal ?? '')?.[1]
  const reads = role === undefined ? [] : [iam('GetRole', {RoleName: role})]
  return {
    title: `Allow ${what} in ${boundaryInWords(signal, 'the role')}`,
    steps: policyArn === undefined ? reads : documentOf(policyArn),
    docs: DENIED,
  }
}

const documentOf = (PolicyArn: string): readonly Call[] => [
  iam('GetPolicy', {PolicyArn}, {as: 'VERSION', query: 'Policy.DefaultVersionId'}),
  iam('GetPolicyVersion', {PolicyArn, VersionId: fromVariable('VERSION')}),
]

/** Rejected keys are not those of the role, which the metadata service renews. */
export const rejectedCredentials = from(whenOffline(linesOf('credentials-rejected')), (context) => ({
  cause: 'os.root-credentials',
  severity: 'blocks',
  certainty: 'possible',
  message: `AWS rejected the credentials that the agent on ${context.instance.InstanceId} uses as expired or invalid: a credentials file may come before those of the role, or the clock is wrong.`,
  fix: "Check the clock, and rename root's credentials file",
  commands: [commandsFor(context.facts, context.instance).clock, ...repair(context, 'credentials')],
}))
