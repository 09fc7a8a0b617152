import {commandsFor} from '../../agent/commands.ts'
import {installCommands} from '../../agent/install.ts'
import {needsEc2Messages} from '../../agent/legacy-channel.ts'
import {nodeOf, type MachineFacts as SystemFacts, successorOf, systemOf} from '../../agent/node.ts'
import {DIAGNOSTICS} from '../../agent/output/diagnostics.ts'
import {lineEvidence, ofKind, type Signal} from '../../agent/output/signal.ts'
import {registerLines} from '../../agent/registration-commands.ts'
import {IDENTITY_KINDS, identityOf} from '../../iam/identity.ts'
import type {Context, Facts, Instance, InstanceInformation, Kind} from '../../model/account.ts'
import {ssmGuide} from '../../model/documentation.ts'
import {agentBucketOf, bucketHostOf, hostOf} from '../../model/partition.ts'
import {runOnMachine} from '../../remedies/core/on-instance.ts'
import {type Remedy, ssm} from '../../remedies/core/remedy.ts'
import {blocks, defineCheck, type Finding} from '../check.ts'

const OPTIONAL_KINDS = [...IDENTITY_KINDS, 'InstanceImageMetadata', 'ServiceNames'] as const satisfies readonly Kind[]
type MachineFacts = Facts<never, (typeof OPTIONAL_KINDS)[number]>
export type NetworkFacts = Facts<'InstanceInformationList', 'InstanceImageMetadata' | 'ServiceNames'>

/** The remaining cause of a hybrid node if AWS shows no other: the machine, its agent and its network. */
export const machine = defineCheck({
  id: 'machine',
  title: 'Machine and its agent',
  why: 'A machine outside EC2 is managed only while it is on, runs the agent and reaches Systems Manager; AWS sees none of the three.',
  subject: 'hybrid',
  causes: {
    'hybrid.machine-unreachable': blocks(
      'a machine, agent or network outside AWS',
      ssmGuide('troubleshooting-ssm-agent'),
    ),
  },
  fallback: true,
  dependsOn: ['credentials', 'machine'],
  optionalKinds: OPTIONAL_KINDS,
  run: (facts, instance, _paths, evidence) => {
    const running = ofKind(evidence, 'agent-running')[0]
    const signal = ofKind(withoutPast(evidence), ...OF_THE_AGENT)[0] ?? unreachedOf('ssm', evidence)
    if (running && !signal) return [{fact: `The agent on ${instance.InstanceId} runs: ${running.line}`}]
    return [unreachable(facts, instance, signal)]
  },
})

const OF_THE_AGENT = [
  ...(['agent-absent', 'agent-removed', 'agent-stopped', 'agent-crashed', 'agent-not-started'] as const),
  ...(['agent-disabled', 'agent-ended', 'fingerprint', 'no-identity', 'activation-rejected'] as const),
  'unknown-instance' as const,
]

/** What is past where get-diagnostics or the service manager shows that the service runs; its worker may still crash. */
export const withoutPast = (evidence: readonly Signal[]): readonly Signal[] =>
  ofKind(evidence, 'agent-running').length === 0
    ? evidence
    : evidence.filter(({kind, isOfWorker}) => !PAST.has(kind) || isOfWorker)

const PAST: ReadonlySet<Signal['kind']> = new Set([
  ...(['agent-absent', 'agent-disabled', 'agent-ended', 'agent-not-started', 'agent-removed'] as const),
])

/** A connection to the service that failed; a node registers and pings with `ssm` alone. */
export const unreachedOf = (name: string, evidence: readonly Signal[]): Signal | undefined =>
  ofKind(evidence, 'timeout', 'refused', 'unresolved').find(({service = 'ssm'}) => service === name)

/** What a line shows of the agent, as it fits after its name. */
const AGENT_STATES: Readonly<Record<string, string>> = {
  'agent-absent': 'is not installed',
  'agent-stopped': 'is installed and does not run',
  'agent-removed': 'was removed, and nothing shows that it was installed again',
  'agent-crashed': 'crashes when it starts',
  'agent-not-started': 'is installed, and the operating system cannot start it or keep it running',
  'agent-disabled': 'is installed, and its service is disabled',
  'agent-ended': 'was stopped, and its log shows no start since',
  fingerprint:
    'no longer matches its registration, because the machine id or the hardware of the machine has changed; register the machine again with a new activation',
  'no-identity': 'finds no registration on the machine; register the machine again with a new activation',
  'activation-rejected':
    'was not registered, because its activation has expired, has been used up or is not valid; register the machine again with a new activation',
  'unknown-instance':
    'uses a registration that Systems Manager does not have: the node was deregistered, or the machine was restored from before its last registration; register the machine again with a new activation',
  timeout: 'gets no answer from Systems Manager',
  refused: 'cannot connect to Systems Manager: something in the path ends or refuses the connection',
  unresolved: 'cannot resolve the name of Systems Manager',
}

/** The same, with the reason where the line of an agent that was not started has it. */
export function agentStateOf({kind, reason}: Signal): string {
  if (reason === 'memory') return 'was killed or could not be started, because the memory of the machine ran out'
  if (reason === 'dependency') return 'was not started, because a unit that its service requires failed'
  return AGENT_STATES[kind] ?? 'does not work'
}

/** What did not connect: a test shows the machine alone. */
export const testedBy = ({isTest}: Signal): string => (isTest ? '' : 'The agent on ')

/**
 * Ubuntu has the agent as a snap, whose unit has another name than that of the package. There, on macOS and outside the
 * control container of Bottlerocket a shell finds `ssm-cli` only by its path.
 */
export function certaintyOfAbsence(
  facts: SystemFacts,
  instance: Instance,
  {kind, isByPath, snap, source}: Signal,
): Pick<Finding, 'certainty'> {
  if (kind === 'agent-absent' && source === DIAGNOSTICS) return {}
  const system = systemOf(facts, instance)
  const isOtherUnit = system === 'ubuntu' && snap === undefined
  const isOtherPath = (system === 'macos' && !isByPath) || system === 'bottlerocket'
  return {certainty: kind === 'agent-absent' && (isOtherUnit || isOtherPath) ? 'possible' : 'likely'}
}

function unreachable(facts: MachineFacts & Context, instance: Instance, signal: Signal | undefined): Finding {
  const {InstanceId} = instance
  const isRoleKnown = identityOf(facts, instance).credentials === 'activation'
  const node = nodeOf(facts, instance)
  const successor = signal || !node ? undefined : successorOf(facts.InstanceInformationList, node)
  const finding = {cause: 'hybrid.machine-unreachable', resource: InstanceId}
  if (signal)
    return {
      ...finding,
      // AWS lists this node: the line is about another id, Region or account. A test may lack the proxy of the agent.
      ...((signal.kind === 'unknown-instance' || signal.isTest) && {certainty: 'likely' as const}),
      ...(signal.kind === 'agent-absent' && certaintyOfAbsence(facts, instance, signal)),
      message: `${testedBy(signal)}${InstanceId} ${agentStateOf(signal)}.`,
      evidence: [lineEvidence(signal)],
      remedies: [repairAgent(facts, instance, signal)],
    }
  if (successor)
    return {
      ...finding,
      certainty: 'likely',
      message: `${successor.InstanceId} has the address and host name of ${InstanceId}, registered after its last ping and is online: the machine was most likely registered again, and ${InstanceId} remains from its earlier registration.`,
      evidence: [
        {
          fact: `${successor.InstanceId} and ${InstanceId} report ${successor.IPAddress}, ${successor.ComputerName}`,
          source: 'ssm:DescribeInstanceInformation',
        },
      ],
      remedies: [removeFormer(facts, instance, successor)],
    }
  const noFault = isRoleKnown ? 'AWS shows no fault of' : 'Its role is not known, and AWS shows no other fault of'
  return {
    ...finding,
    certainty: isRoleKnown ? 'likely' : 'possible',
    message: `${noFault} ${InstanceId}: the machine is off, its agent does not run, or its network does not reach Systems Manager.`,
    evidence: [],
    remedies: [inspectMachine(facts, instance)],
  }
}

/** Only the machine itself shows under which id its agent is registered, so the model removes nothing. */
const removeFormer = (facts: MachineFacts, instance: Instance, successor: InstanceInformation): Remedy => ({
  title: `Deregister ${instance.InstanceId}, if the agent of ${successor.InstanceId} shows that id as its own`,
  steps: [
    {on: 'machine', line: commandsFor(facts, instance).identity},
    ssm('DeregisterManagedInstance', {InstanceId: instance.InstanceId}),
  ],
  docs: ssmGuide('fleet-manager-deregister-hybrid-nodes'),
  effect: `Targets, associations and inventory of ${instance.InstanceId} are lost.`,
})

const TO_BE_REGISTERED: ReadonlySet<Signal['kind']> = new Set([
  'fingerprint',
  'no-identity',
  'activation-rejected',
  'unknown-instance',
])
const NOT_INSTALLED: ReadonlySet<Signal['kind']> = new Set(['agent-absent', 'agent-removed'])
const NOT_STARTED: ReadonlySet<Signal['kind']> = new Set(['agent-stopped', 'agent-disabled', 'agent-ended'])

/** What the line shows is changed; where it shows no more than that something fails, the tests narrow it down. */
function repairAgent(facts: MachineFacts & Context, instance: Instance, {kind}: Signal): Remedy {
  const {InstanceId} = instance
  const {status, start, restart, unmask, log} = commandsFor(facts, instance)
  if (TO_BE_REGISTERED.has(kind))
    return {
      ...runOnMachine(
        `Register ${InstanceId} again with a new activation (replace ACTIVATION_CODE and ACTIVATION_ID)`,
        registerLines(facts, instance),
      ),
      docs: ssmGuide('hybrid-activation-managed-nodes'),
      effect: `The machine gets a new id; targets, associations and inventory of ${InstanceId} do not apply to it.`,
    }
  if (NOT_INSTALLED.has(kind))
    return runOnMachine(`Install SSM Agent on ${InstanceId}`, [...installCommands(facts, instance), restart, log])
  if (NOT_STARTED.has(kind))
    return runOnMachine(`Start SSM Agent on ${InstanceId}`, [
      status,
      ...(kind === 'agent-disabled' && unmask ? [unmask] : []),
      start,
      log,
    ])
  return inspectMachine(facts, instance)
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-managed-nodes-using-ssm-cli.html */
export function inspectMachine(facts: MachineFacts | NetworkFacts, instance: Instance): Remedy {
  const {status, restart, log, diagnostics} = commandsFor(facts, instance)
  const isOnWindows = systemOf(facts, instance) === 'windows'
  const probes = endpointsOf(facts, instance).map(isOnWindows ? probeOnWindows : probe)
  const lines = [status, ...probes, diagnostics, log, restart]
  return runOnMachine(`Test the agent and the network on ${instance.InstanceId}`, lines)
}

/** Any response is enough: an HTTP status shows that DNS, route, firewall and certificate are right. `probesIn` reads it. */
const probe = (host: string): string =>
  `curl --silent --show-error --output /dev/null --max-time 10 --write-out '%{url_effective} %{remote_ip} %{http_code}\\n' https://${host}/`

const probeOnWindows = (host: string): string => `Test-NetConnection ${host} -Port 443`

/**
 * The hosts that the agent connects to, in the order in which it needs them.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
 */
export function endpointsOf(facts: MachineFacts | NetworkFacts, instance: Instance): readonly string[] {
  const legacy = needsEc2Messages(facts, instance) === false ? [] : ['ec2messages']
  return [
    ...['ssm', 'ssmmessages', ...legacy].map((service) => hostOf(service, facts)),
    bucketHostOf(agentBucketOf(facts), facts),
  ]
}
