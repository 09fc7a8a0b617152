import {isHostOfOthers, isMetadataHost} from './hosts.ts'
import type {Details, Signal, SignalKind} from './signal.ts'

/** `[   40.1] kubelet[2210]: …`, `Nov 20 08:00:01 ip-10-0-1-10 kubelet[2210]: …`: the program that wrote the line. */
const PROGRAM = /^(?:\[\s{0,8}\d{1,9}\.\d{1,9}\] )?(?:\S{1,40}\s{1,2}){0,4}?([\w.@/-]{1,80})\[\d{1,10}\]: /
/** `Nov 20 08:00:01 ip-10-0-1-10 kubelet: …`, from a syslog without process ids. */
const IN_SYSLOG = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,80} ([\w.@/-]{1,80}): /

/** What shows the state of the machine, whichever program writes it. */
const OF_THE_MACHINE: ReadonlySet<SignalKind> = new Set([
  'agent-absent',
  'agent-disabled',
  'agent-enabled',
  'agent-installed',
  'agent-not-started',
  'agent-removed',
  'agent-started',
  'boot-failure',
  'control-container',
  'disk-full',
  'file-system',
  'halted',
  'metadata-answered',
  'network-down',
  'network-up',
  'out-of-memory',
  'outbound-allowed',
  'outbound-blocked',
  'sysprep',
  'windows-ready',
])

/** A shell or PowerShell that shows the command it runs, whatever text that command contains; not why it failed. */
const SHOWN_COMMAND = /(?:^\s{0,8}|\]: )\++ (?!CategoryInfo )/
/** How the AWS CLI and Python scripts report a call of their own; the SDK of the agent prints another form. */
const OF_AWS_CLI = /An error occurred \(\w{1,80}\) when calling the \w{1,80} operation/
/** A row or a note of get-diagnostics, which is read as a whole: it also tests what a node does not need. */
const OF_DIAGNOSTICS = /│|\\?"Note\\?": ?\\?"/

/**
 * The processes in which a session or the step of a command runs. What a plugin connects to, prints or crashes on says
 * nothing about the agent, except where it calls a service of AWS itself.
 */
const OF_A_PLUGIN = /\[ssm-(session|document)-worker\]/
const ALSO_OF_PLUGINS: ReadonlySet<SignalKind> = new Set([
  'agent-crashed',
  'file-system',
  'metadata',
  'refused',
  'timeout',
  'tls-trust',
  'too-many-files',
  'unresolved',
  'vault-denied',
])

/**
 * What such a process prints before it runs anything.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-troubleshooting.html
 */
const OF_ITS_CHANNEL = /failed to create channel|filewatcher/i
const OF_ITS_FILES = /\bamazon[/\\]ssm[/\\]|Plugin with name/i

/** Whether a line of such a process is what it ran, not about its own channel and files. */
export const isOutputOfPlugin = (line: string): boolean => !OF_ITS_CHANNEL.test(line) && !OF_ITS_FILES.test(line)

const COMPONENTS: readonly (readonly [RegExp, string])[] = [
  [/\[(?:MessageGatewayService|MGSInteractor)\]/, 'ssmmessages'],
  [/\[(?:MDSInteractor|MessageProcessor)\]|\[MessagingDeliveryService\](?! \[Association\])/, 'ec2messages'],
]

/** `2026-11-20T08:00:31Z E! …`: the log of the CloudWatch agent, not of this one. */
const OF_OTHER_AGENT = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}Z [A-Z]! /

export const startsOtherLog = (line: string): boolean => OF_OTHER_AGENT.test(line)

/** The part of the agent that wrote a message, by its first line: those after it have no mark. */
export interface Writer {
  readonly isOther: boolean
  readonly plugin: Signal['plugin']
  /** The service that this part of the agent calls. */
  readonly service: string | undefined
}

export const writerOf = (line: string): Writer => ({
  isOther: startsOtherLog(line),
  plugin: OF_A_PLUGIN.exec(line)?.[1] as Signal['plugin'],
  service: COMPONENTS.find(([pattern]) => pattern.test(line))?.[1],
})

/** How cloud-init itself reports the metadata service: it also writes what the scripts print that it runs. */
const OF_CLOUD_INIT = /Giving up on md from |IMDS's HTTP endpoint is probably disabled/

const programOf = (line: string): string | undefined => (PROGRAM.exec(line) ?? IN_SYSLOG.exec(line))?.[1]

/**
 * Bottlerocket writes what its control container prints, which is the agent's log, to the journal under the name of the
 * program or the unit that runs it, and lines of that program as `time="…" level=…`. So it does with what bootstrap
 * containers print, before the agent starts.
 * https://github.com/bottlerocket-os/bottlerocket/issues/599
 */
const OF_CONTROL_CONTAINER = /\b(?:host-ctr|host-containers@control)\[\d{1,10}\]: (?!time=)/

/** A line that names its program, which is not the agent; the agent's own log and the kernel name none. */
export const isOfOtherProgram = (line: string, isDated: boolean): boolean => {
  const program = programOf(line)
  return program !== undefined && !program.includes('ssm') && !(isDated && OF_CONTROL_CONTAINER.test(line))
}

/**
 * Whether the agent wrote it. Consoles and journals contain lines of every program: a kubelet that does not reach its
 * API server, or a script whose call is denied, shows nothing about the agent.
 */
export function isWrittenByAgent(
  line: string,
  {kind, host, service}: Details & {readonly kind: SignalKind},
  isDated: boolean,
  {isOther, plugin}: Writer,
): boolean {
  if (isOther || [SHOWN_COMMAND, OF_AWS_CLI, OF_DIAGNOSTICS].some((pattern) => pattern.test(line))) return false
  if (plugin && ALSO_OF_PLUGINS.has(kind) && service === undefined && !OF_ITS_CHANNEL.test(line)) return false
  if (OF_THE_MACHINE.has(kind)) return true
  const program = programOf(line)
  if (program === 'cloud-init' && kind === 'metadata') return OF_CLOUD_INIT.test(line)
  if (isOfOtherProgram(line, isDated) && !/amazon-ssm-agent|SSM Agent/.test(line)) return false
  if (host === undefined || isMetadataHost(host) || kind === 'proxy-set') return true
  return !isHostOfOthers(host) && (service !== undefined || isDated || program !== undefined)
}
