import {commandsFor} from '../../../agent/commands.ts'
import {imageNameOf} from '../../../agent/image.ts'
import {nodeOf, systemOf} from '../../../agent/node.ts'
import {CONSOLE} from '../../../agent/output/console.ts'
import {lineEvidence, ofKind, type Signal, type SignalKind} from '../../../agent/output/signal.ts'
import {repairFor} from '../../../agent/repairs.ts'
import {isHybrid} from '../../../model/hybrid.ts'
import {rebootInstance} from '../../../remedies/changes/instances.ts'
import {runOnInstance} from '../../../remedies/core/on-instance.ts'
import {type Certainty, inMessage} from '../../check.ts'
import {
  from,
  hasExpired,
  isWindows,
  isWithoutNetwork,
  linesOf,
  type Rule,
  repair,
  restart,
  type SystemContext,
  whenOffline,
} from './context.ts'

/** Findings about the machine itself: boot, disk, memory, clock, sysprep. */

const bootLines = (context: SystemContext) => {
  const broken = ofKind(context.signals, 'boot-failure')
  return broken.length > 0 ? broken : ofKind(context.signals, 'file-system')
}

/** A file system of /etc/fstab that is not there keeps the system from booting, unless it is marked nofail. */
const isNotMounted = ({facts, instance}: SystemContext, lines: readonly Signal[]): boolean =>
  systemOf(facts, instance) !== 'bottlerocket' && lines.some(({isMount}) => isMount)

export const bootFailure = from(whenOffline(bootLines), (context, signals) => {
  const isMount = isNotMounted(context, signals)
  const commands = onRescue(context, isMount ? 'mounts' : 'boot')
  const named = commands.some((command) => command.includes('ROOT_PARTITION')) ? ' (replace ROOT_PARTITION)' : ''
  return {
    cause: 'os.boot-failure',
    certainty: signals[0]?.kind === 'boot-failure' ? 'proven' : 'possible',
    message: `The operating system of ${context.instance.InstanceId} did not boot cleanly, so the agent is not running${isMount ? ': a file system of /etc/fstab could not be mounted' : ''}.`,
    fix: `${isMount ? 'Mark the file systems of /etc/fstab as nofail, and repair them,' : 'Repair the operating system'} from a rescue instance or the serial console${named}`,
    commands,
  }
})

/** A reboot by EC2 restarts it: what does not shut down in time is reset. */
export const halted: Rule = (context) => {
  const {instance, online, signals} = context
  const lines = online || isHybrid(instance) || bootLines(context).length > 0 ? [] : ofKind(signals, 'halted')
  if (lines.length === 0) return []
  return [
    {
      cause: 'os.boot-failure',
      resource: instance.InstanceId,
      message: `The operating system of ${instance.InstanceId} was halted, so nothing runs on it, although EC2 shows the instance as running.`,
      evidence: lines.map(lineEvidence),
      remedies: [rebootInstance(instance)],
    },
  ]
}

/** The system is not up, so there is no agent to restart. */
const onRescue = ({facts, instance}: SystemContext, fault: 'boot' | 'mounts' | 'network'): readonly string[] => {
  const {look, change} = repairFor(fault, facts, instance)
  return [...look, ...change]
}

const withoutNetworkLines = (context: SystemContext) =>
  isWithoutNetwork(context) ? ofKind(context.signals, 'network-down') : []

/** An image that was created from another instance may keep that one's network settings. */
export const networkDown = from(whenOffline(withoutNetworkLines), (context) => ({
  cause: 'os.boot-failure',
  certainty: 'likely',
  message: `The operating system of ${context.instance.InstanceId} booted without a network: its interface got no address.`,
  fix: 'Repair the network settings from a rescue instance or the serial console',
  commands: onRescue(context, 'network'),
}))

/**
 * What another program or a command writes may concern a volume of its own, such as that of containers, and root may
 * use the blocks that `df` does not count as available.
 */
function certaintyOfDisk({online, signals}: SystemContext): Certainty {
  const full = ofKind(signals, 'disk-full')
  if (online) return ofAgent(signals, 'disk-full', 'too-many-files').length > 0 ? 'likely' : 'possible'
  if (full.length === 0 || isBeforeStart(signals, full)) return 'possible'
  return full.every(({isOfOther, isOfDf}) => isOfOther || isOfDf) ? 'likely' : 'proven'
}

/** An agent that started later had the space for its files, its log among them. */
const isBeforeStart = (signals: readonly Signal[], lines: readonly Signal[]): boolean =>
  lines.every(({localTime = ''}) =>
    ofKind(signals, 'agent-started').some((start) => localTime !== '' && (start.localTime ?? '') > localTime),
  )

/** What the agent wrote since it started. The console shows the boot. */
const ofAgent = (signals: readonly Signal[], ...kinds: readonly SignalKind[]): readonly Signal[] =>
  ofKind(signals, ...kinds).filter((one) => one.source !== CONSOLE && !one.isOfOther && !isBeforeStart(signals, [one]))

/**
 * An agent that cannot write still sends pings, but opens no session.
 * https://github.com/aws/amazon-ssm-agent/issues/225
 */
const endsSessions = (signals: readonly Signal[]): boolean =>
  ofAgent(signals, 'disk-full', 'too-many-files', 'plugin-missing').length > 0

/** Bottlerocket keeps what its containers write in /local. https://github.com/bottlerocket-os/bottlerocket#default-volumes */
const fileLines = ({facts, instance, signals}: SystemContext) =>
  ofKind(signals, 'disk-full', 'too-many-files', 'plugin-missing', 'vault-denied').filter(
    ({mount}) => mount !== '/local' || systemOf(facts, instance) === 'bottlerocket',
  )

/** Where no line says more than one thing. */
const FIXES_OF_FILES = [
  {only: 'too-many-files', fix: 'Raise the limits on inotify instances and open files', fault: 'disk'},
  {
    only: 'vault-denied',
    fix: 'Make the folders of the agent writable for the user of its service, or free disk space',
    fault: 'folders',
  },
] as const
const FREE_DISK = {fix: 'Free disk space, or extend the volume', fault: 'disk'} as const

/** The same message means a full disk or exhausted inotify watches; another one names the limits alone. */
export const diskFull = from(fileLines, (context, signals) => {
  const {fix, fault} = FIXES_OF_FILES.find(({only}) => signals.every(({kind}) => kind === only)) ?? FREE_DISK
  const sessionsFail = context.online && endsSessions(signals)
  return {
    cause: 'os.disk-full',
    certainty: certaintyOfDisk(context),
    ...(context.online && {severity: sessionsFail ? ('degrades' as const) : ('advises' as const)}),
    sessionsFail,
    message: `The agent on ${context.instance.InstanceId} cannot create files or watches${sessionsFail ? ', so sessions and commands fail' : ''}: the disk is full or read-only, its own folders are not writable, or the limit on open files, inotify instances or inotify watches is reached.${isBeforeStart(context.signals, signals) ? ' It has started since, so this may have been fixed.' : ''}`,
    fix,
    commands: repair(context, fault),
  }
})

export const outOfMemory = from(linesOf('out-of-memory'), (context) => ({
  cause: 'os.oom',
  ...(context.online && {severity: 'advises' as const, certainty: 'possible' as const}),
  message: `The memory of ${context.instance.InstanceId} ran out, so its kernel killed processes or did not start them; the agent may have been among them.`,
  fix: 'Find the process that uses the memory, or choose a larger instance type',
  commands: repair(context, 'memory'),
}))

const clockLines = (context: SystemContext) =>
  ofKind(context.signals, 'clock', 'signature').filter((signal) => !hasExpired(context, signal))

export const timeSkew = from(whenOffline(clockLines), (context, signals) => {
  const {InstanceId} = context.instance
  const {clock, setClock} = commandsFor(context.facts, context.instance)
  const isOutside = isHybrid(context.instance)
  return {
    cause: 'os.time-skew',
    ...(signals.some(({kind}) => kind === 'clock')
      ? {
          message: `The clock of ${InstanceId} is wrong, so AWS rejects its signatures or it rejects AWS's certificates.`,
        }
      : {
          certainty: 'possible',
          message: `AWS rejects the signatures of ${InstanceId}: its clock is wrong, its secret key is wrong, or a proxy changes the requests.`,
        }),
    fix: isOutside
      ? 'Set the clock by a time server'
      : 'Set the clock by the Amazon Time Sync Service at 169.254.169.123',
    commands: [clock, isOutside && isWindows(context) ? 'w32tm /resync /force' : setClock, restart(context)],
  }
})

export const sysprep = from(whenOffline(linesOf('sysprep')), ({instance}) => ({
  cause: 'os.windows-sysprep',
  message: `Windows on ${instance.InstanceId} has not finished its setup, so the agent does not start its work.`,
  fix: 'Finish sysprep',
  commands: [
    'Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State -Name ImageState',
    'Get-Content "$env:SystemRoot\\Panther\\UnattendGC\\setuperr.log" -Tail 50',
    'Restart-Computer',
  ],
}))

const runAsLines = ({signals}: SystemContext) => ofKind(signals, 'run-as-user').slice(-1)

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html */
export const runAsUser = from(runAsLines, (context, [signal]) => {
  const {InstanceId} = context.instance
  const user = signal?.user
  const cause = {cause: 'os.run-as-user', certainty: 'likely'} as const
  if (user === OWN_USER)
    return {
      ...cause,
      message: `Sessions on ${InstanceId} run as ${user} and end, because it does not exist there: the agent creates it for the first session, unless Run As is enabled or a policy of the operating system, such as that for passwords, prevents it.`,
      fix: `Create ${user} as an administrator, or name a user that exists in the session preferences`,
      commands: createOwnUser(context, user),
    }
  return user === undefined
    ? {
        ...cause,
        message: `Run As is enabled in the session preferences, and neither they nor the tag SSMSessionRunAs of the user or role that starts a session names an operating system user, so sessions on ${InstanceId} end.`,
        fix: 'Name an operating system user in the session preferences, or disable Run As there',
        commands: [],
      }
    : {
        ...cause,
        message: `Sessions on ${InstanceId} run as operating system user ${user}, named by the session preferences or by the tag SSMSessionRunAs of the user or role that starts them, and ${user} does not exist there, so they end.`,
        fix: `Create ${user}, or name a user that exists in the session preferences or in the tag`,
        commands: isPlainName(user) ? [`id ${user}`, createUser(context, user)] : [],
      }
})

/**
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-ssm-user-permissions.html
 * https://github.com/aws/amazon-ssm-agent/issues/176
 */
const OWN_USER = 'ssm-user'

/** The agent sets another password for each session. */
const createOwnUser = (context: SystemContext, user: string): readonly string[] =>
  isWindows(context)
    ? [`net user ${user} "$([guid]::NewGuid())Aa1" /add /y`, `net localgroup Administrators ${user} /add`]
    : [`id ${user}`, createUser(context, user)]

const isPlainName = (user: string): boolean => /^[a-z_][a-z0-9_-]{0,31}$/.test(user)

const createUser = ({facts, instance}: SystemContext, user: string): string =>
  systemOf(facts, instance) === 'macos' ? `sudo sysadminctl -addUser ${user}` : `sudo useradd --create-home ${user}`

export const unsupported: Rule = (context) => {
  const {facts, instance, online} = context
  const name = nodeOf(facts, instance)?.PlatformName ?? imageNameOf(facts, instance) ?? ''
  if (!/Windows[ _]Server[- ]20(?:03|08)/.test(name)) return []
  return [
    {
      cause: 'os.unsupported',
      ...(online && {severity: 'advises' as const}),
      resource: instance.InstanceId,
      message: `${instance.InstanceId} runs ${name}, which SSM Agent no longer supports.`,
      evidence: [inMessage(name, 'ec2:DescribeInstanceImageMetadata, ssm:DescribeInstanceInformation')],
      remedies: [runOnInstance('Move to Windows Server 2016 or later', ['systeminfo'])],
    },
  ]
}
