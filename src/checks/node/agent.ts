import {commandsFor} from '../../agent/commands.ts'
import {imageNameOf, isAgentPreinstalled} from '../../agent/image.ts'
import {installCommands} from '../../agent/install.ts'
import {hybridNodeOf, isOnline, nodeOf, systemOf} from '../../agent/node.ts'
import {CONSOLE, consoleSignals} from '../../agent/output/console.ts'
import {DIAGNOSTICS} from '../../agent/output/diagnostics.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {AGENT_INSTALLED} from '../../agent/output/start.ts'
import {type Context, type Facts, type Instance, isUnreadable} from '../../model/account.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {called, withoutAgentBy} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import {runOnInstance} from '../../remedies/core/on-instance.ts'
import type {Remedy} from '../../remedies/core/remedy.ts'
import {withoutEscapeSequences} from '../../util/plain-text.ts'
import {blocks, defineCheck, type Finding, type Note} from '../check.ts'
import {namedPolicy} from '../identity/refused-by.ts'
import {agentStateOf, certaintyOfAbsence, withoutPast} from './machine.ts'
import {isOfRegistration} from './operating-system/credentials.ts'

type AgentFacts = Facts<never, 'InstanceInformationList' | 'InstanceImageMetadata' | 'ConsoleOutputs'>

/** The remaining cause if AWS's API shows no other: the agent itself. */
export const agent = defineCheck({
  id: 'agent',
  title: 'SSM Agent',
  why: 'Without a running agent the instance makes no Systems Manager calls.',
  causes: {
    'os.agent-not-installed': blocks('a missing agent', ssmGuide('ami-preinstalled-agent')),
    'os.agent-not-running': blocks('an agent that is not running', ssmGuide('troubleshooting-ssm-agent')),
  },
  fallback: true,
  dependsOn: ['machine'],
  optionalKinds: ['InstanceInformationList', 'InstanceImageMetadata', 'ConsoleOutputs'],
  run: (facts, instance, _paths, signals) => {
    const evidence = [...consoleSignals(facts, instance), ...signals]
    const online = isOnline(facts, instance)
    // A log may be from before the agent was installed or enabled.
    const current = withoutPast(online ? evidence.filter(({source}) => source === DIAGNOSTICS) : evidence)
    const signal = ofKind(current, 'agent-absent', 'agent-stopped', 'agent-removed')[0]
    if (online && !signal) return [{fact: `The agent on ${instance.InstanceId} runs: it is online.`}]
    if (signal)
      return [signal.kind === 'agent-stopped' ? stopped(facts, instance, signal) : absent(facts, instance, signal)]
    const operator = withoutAgentBy(instance)
    if (operator) return [{fact: `${operator} operates ${instance.InstanceId}, and no agent can be installed on it.`}]
    const broken = ofKind(current, ...BROKEN)[0]
    if (broken)
      return [
        {
          ...notRunning(facts, instance, 'it reports why'),
          message: brokenWords(broken, instance),
          evidence: [lineEvidence(broken)],
          remedies: [repairStart(facts, instance, broken)],
        },
      ]
    const refused = refusedLast(signals)
    const service = ofKind(signals, 'agent-running')[0]
    const running = ofKind(signals, 'hybrid-registration', 'fingerprint')[0] ?? (refused ? undefined : service)
    if (running) return [{fact: `The agent on ${instance.InstanceId} runs: ${running.line}`}]
    const hybrid = hybridNodeOf(facts.InstanceInformationList, instance)
    // It is this host by its source, or most likely by its address and name: its ping is the ping of this agent.
    if (hybrid?.PingStatus === 'Online')
      return [{fact: `The agent on ${instance.InstanceId} runs: ${hybrid.InstanceId} is online.`}]
    if (refused) return [waiting(facts, instance, refused, service !== undefined)]
    const observed = evidenceOfAgent(facts, instance, signals)
    return observed === undefined
      ? [notInstalled(facts, instance), ...imageUnread(facts)]
      : [notRunning(facts, instance, observed)]
  },
})

/** Evidence of the agent: on the list of nodes, in the console output, or in an image that includes it. */
function evidenceOfAgent(facts: AgentFacts, instance: Instance, evidence: readonly Signal[]): string | undefined {
  if (nodeOf(facts, instance) !== undefined) return 'Systems Manager lists it'
  const own = evidence.find(
    ({kind, isOfAgent, isTest, localTime}) => (isOfAgent || localTime || !OF_ANY_MACHINE.has(kind)) && !isTest,
  )
  if (own) return own.kind === 'agent-installed' ? `${own.source} shows that it is installed` : `it wrote ${own.source}`
  const hybrid = hybridNodeOf(facts.InstanceInformationList, instance)
  if (hybrid) return `the host is registered as ${hybrid.InstanceId}`
  if (hasReported(facts, instance)) return 'its agent logged to the console'
  if (AGENT_INSTALLED.test(consoleOf(facts, instance))) return 'the console shows that the agent was installed'
  return isAgentPreinstalled(facts, instance) === 'yes'
    ? `its image ${imageNameOf(facts, instance)} has the agent preinstalled`
    : undefined
}

/** What the kernel and commands show of a machine, whether or not it has the agent, whose own lines have a time. */
const OF_ANY_MACHINE: ReadonlySet<Signal['kind']> = new Set([
  ...(['network-up', 'other-instance', 'out-of-memory', 'proxy-exempt', 'proxy-set'] as const),
])

const consoleOf = ({ConsoleOutputs}: AgentFacts, {InstanceId}: Instance): string =>
  withoutEscapeSequences(find(ConsoleOutputs, 'InstanceId', InstanceId)?.Output ?? '')

const hasReported = (facts: AgentFacts, instance: Instance): boolean =>
  /SSM Agent (?:v\d|unable to acquire credentials)/.test(consoleOf(facts, instance))

const NOTHING_ELSE = 'No network, permission or identity fault blocks this node'

const notRunning = (facts: AgentFacts, instance: Instance, observed: string): Finding => ({
  cause: 'os.agent-not-running',
  certainty: 'likely',
  resource: instance.InstanceId,
  message: `${NOTHING_ELSE}, and ${observed}, so the agent on ${called(instance)} is probably not running, or is backing off after an earlier failure.`,
  evidence: [imageEvidence(facts, instance), ...consoleSignals(facts, instance).map(lineEvidence)],
  remedies: [startAgent(facts, instance)],
})

/** For an instance whose image comes without the agent, where nothing shows that something installed it. */
export const installUnlessPresent = (facts: AgentFacts & Context, instance: Instance): readonly Remedy[] =>
  isAgentPreinstalled(facts, instance) === 'no' &&
  withoutAgentBy(instance) === undefined &&
  evidenceOfAgent(facts, instance, consoleSignals(facts, instance)) === undefined
    ? [
        {
          ...installAgent(facts, instance),
          title: `Find out whether SSM Agent is installed on ${called(instance)}, and install it if not: ${imageWords(facts, instance)}`,
          docs: ssmGuide('ami-preinstalled-agent'),
        },
      ]
    : []

/** The last call that would have registered the node was refused, so the agent ran and its network was open. */
function refusedLast(signals: readonly Signal[]): Signal | undefined {
  const last = ofKind(
    signals,
    'access-denied',
    'throttled',
    'no-role',
    'host-management-off',
    'not-registered',
    'connected',
  ).findLast(
    (signal) =>
      signal.kind === 'connected' ||
      (signal.source !== CONSOLE && (signal.kind === 'no-role' || isOfRegistration(signal))),
  )
  return last?.kind === 'connected' ? undefined : last
}

const WITHOUT_CREDENTIALS =
  'had no credentials that Systems Manager accepts: the instance profile, its permissions or host management came later'
const REFUSALS: Readonly<Partial<Record<Signal['kind'], string>>> = {
  throttled: 'was throttled',
  'no-role': WITHOUT_CREDENTIALS,
  'host-management-off': WITHOUT_CREDENTIALS,
}

/** Its policies allow that call now, as far as they were read. */
function waiting(facts: AgentFacts, instance: Instance, refused: Signal, isRunning: boolean): Finding {
  const {restart, log} = commandsFor(facts, instance)
  const {InstanceId} = instance
  const why =
    REFUSALS[refused.kind] ??
    `was refused${namedPolicy(refused)}, so either the permission or host management came later, or a policy that could not be read denies it`
  return {
    ...notRunning(facts, instance, ''),
    message: `${NOTHING_ELSE}, but the last call of the agent on ${called(instance)} ${why}; it waits before it calls again${isRunning ? '' : ', or has stopped'}.`,
    evidence: [lineEvidence(refused)],
    remedies: [
      runOnInstance(`Restart SSM Agent on ${InstanceId}, and see whether its call is still refused`, [restart, log]),
    ],
  }
}

const notInstalled = (facts: AgentFacts, instance: Instance): Finding => ({
  cause: 'os.agent-not-installed',
  certainty: isUnreadable(facts.InstanceImageMetadata) ? 'possible' : 'likely',
  resource: instance.InstanceId,
  message: `${NOTHING_ELSE}, and ${imageWords(facts, instance)}, so the agent is ${isUnreadable(facts.InstanceImageMetadata) ? 'perhaps' : 'most likely'} not installed on ${called(instance)}.`,
  evidence: [imageEvidence(facts, instance)],
  remedies: [installAgent(facts, instance)],
})

const BROKEN = ['agent-crashed', 'agent-not-started', 'agent-disabled', 'control-container', 'agent-ended'] as const

function brokenWords(signal: Signal, {InstanceId}: Instance): string {
  const {kind} = signal
  if (kind === 'agent-disabled') return `The service of the agent on ${InstanceId} is disabled.`
  if (kind === 'control-container')
    return `Bottlerocket on ${InstanceId} cannot pull the control container, which runs the agent.`
  return `The agent on ${InstanceId} ${agentStateOf(signal)}.`
}

const stopped = (facts: AgentFacts, instance: Instance, signal: Signal): Finding => ({
  cause: 'os.agent-not-running',
  resource: instance.InstanceId,
  message: `The agent is installed on ${called(instance)} and does not run.`,
  evidence: [lineEvidence(signal)],
  remedies: [startAgent(facts, instance)],
})

const absent = (facts: AgentFacts, instance: Instance, signal: Signal): Finding => ({
  cause: 'os.agent-not-installed',
  ...certaintyOfAbsence(facts, instance, signal),
  resource: instance.InstanceId,
  message: absenceInWords(instance, signal),
  evidence: [lineEvidence(signal)],
  remedies: [installAgent(facts, instance, signal.snap === 'snapd' ? ['sudo apt-get install -y snapd'] : [])],
})

function absenceInWords({InstanceId}: Instance, {kind, missing = 'service', source}: Signal): string {
  if (kind === 'agent-removed')
    return `The agent was removed from ${InstanceId}, and nothing shows that it was installed again.`
  return source === DIAGNOSTICS
    ? `The agent is not installed on ${InstanceId}.`
    : `The operating system of ${InstanceId} finds no ${MISSING_IN_WORDS[missing]} the agent.`
}

const MISSING_IN_WORDS = {
  'ssm-cli': 'ssm-cli, which is installed with',
  package: 'package of',
  service: 'service of',
} as const

function startAgent(facts: AgentFacts, instance: Instance): Remedy {
  const {status, start, restart, log} = commandsFor(facts, instance)
  return runOnInstance(`Start SSM Agent on ${instance.InstanceId}`, [status, start, restart, log])
}

/**
 * A service that is masked does not start, and one that cannot be started is installed again, unless its files are not
 * the reason.
 */
function repairStart(facts: AgentFacts & Context, instance: Instance, {kind, reason, snap}: Signal): Remedy {
  const {status, start, journal, unmask} = commandsFor(facts, instance)
  const {InstanceId} = instance
  if (kind === 'agent-disabled')
    return runOnInstance(`Enable SSM Agent on ${InstanceId}`, [
      status,
      ...(snap ? ['sudo snap enable amazon-ssm-agent'] : []),
      ...(unmask ? [unmask] : []),
      start,
    ])
  if (kind !== 'agent-not-started' || reason === 'memory') return startAgent(facts, instance)
  if (reason === 'dependency')
    return runOnInstance(`Start what the service of SSM Agent on ${InstanceId} requires, then the agent`, [
      status,
      'sudo systemctl list-units --failed',
      start,
    ])
  if (systemOf(facts, instance) === 'windows' && reason === 'logon')
    return runOnInstance(`Run the service of SSM Agent on ${InstanceId} as LocalSystem`, [
      status,
      'sc.exe config AmazonSSMAgent obj= LocalSystem',
      start,
    ])
  return runOnInstance(`Allow SSM Agent on ${InstanceId} to run, or install it again if its files are damaged`, [
    ...new Set([status, journal, ...installCommands(facts, instance), start]),
  ])
}

const installAgent = (facts: AgentFacts & Context, instance: Instance, before: readonly string[] = []): Remedy =>
  runOnInstance(`Install SSM Agent on ${called(instance)}`, [...before, ...installCommands(facts, instance)])

function imageWords(facts: AgentFacts, instance: Instance): string {
  const name = imageNameOf(facts, instance) ?? instance.ImageId
  const image = name === undefined ? 'its image' : `image ${name}`
  return isAgentPreinstalled(facts, instance) === 'no'
    ? `${image} comes without the agent`
    : `${image} is not known to include the agent`
}

/** An image that was not read may include the agent. */
const imageUnread = ({InstanceImageMetadata}: AgentFacts): readonly Note[] =>
  isUnreadable(InstanceImageMetadata)
    ? [
        {
          unknown: `The image could not be read, so the agent may be installed but stopped: ${InstanceImageMetadata.unreadable}`,
          kind: 'InstanceImageMetadata',
        },
      ]
    : []

const imageEvidence = (facts: AgentFacts, instance: Instance) => ({
  fact: `Image ${imageNameOf(facts, instance) ?? instance.ImageId ?? 'unknown'}, ${systemOf(facts, instance)}`,
  source: 'ec2:DescribeInstanceImageMetadata',
})
