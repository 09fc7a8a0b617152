import {commandsFor} from '../../agent/commands.ts'
import {imageNameOf} from '../../agent/image.ts'
import {nodeOf} from '../../agent/node.ts'
import {repairFor} from '../../agent/repairs.ts'
import {ofKind} from '../../agent/signal.ts'
import {isHybrid} from '../../model/hybrid.ts'
import {runOnInstance} from '../../remedies/core/on-instance.ts'
import {inMessage} from '../check.ts'
import {
  finding,
  from,
  hasExpired,
  isWindows,
  isWithoutNetwork,
  type Rule,
  repair,
  restart,
  type Scene,
  whenOffline,
} from './scene.ts'

/** Findings about the machine itself: boot, disk, memory, clock, sysprep. */

const CLOCK = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html'

export const bootFailure = whenOffline((scene) => {
  const broken = ofKind(scene.signals, 'boot-failure')
  const signals = broken.length > 0 ? broken : ofKind(scene.signals, 'file-system')
  if (signals.length === 0) return []
  return [
    finding(scene, signals, {
      cause: 'os.boot-failure',
      certainty: broken.length > 0 ? 'proven' : 'possible',
      message: `The operating system of ${scene.instance.InstanceId} did not boot cleanly, so the agent is not running.`,
      remedy: runOnInstance(
        'Repair the operating system from a rescue instance or the serial console (replace ROOT_PARTITION)',
        onRescue(scene, 'boot'),
      ),
    }),
  ]
})

/** The system is not up, so there is no agent to restart. */
const onRescue = ({facts, instance}: Scene, fault: 'boot' | 'network'): readonly string[] => {
  const {look, change} = repairFor(fault, facts, instance)
  return [...look, ...change]
}

/** An image that was created from another instance may keep that one's network settings. */
export const networkDown = whenOffline((scene) => {
  if (!isWithoutNetwork(scene)) return []
  return [
    finding(scene, ofKind(scene.signals, 'network-down'), {
      cause: 'os.boot-failure',
      certainty: 'likely',
      message: `The operating system of ${scene.instance.InstanceId} booted without a network: its interface got no address.`,
      remedy: runOnInstance(
        'Repair the network settings from a rescue instance or the serial console',
        onRescue(scene, 'network'),
      ),
    }),
  ]
})

/** The same message means a full disk or exhausted inotify watches. */
export const diskFull = from(['disk-full', 'too-many-files', 'plugin-missing', 'vault-denied'], (scene) => ({
  cause: 'os.disk-full',
  ...(scene.online && {severity: 'advises' as const, certainty: 'possible' as const}),
  ...(!scene.online && ofKind(scene.signals, 'disk-full').length === 0 && {certainty: 'possible' as const}),
  message: `The agent on ${scene.instance.InstanceId} cannot create files or watches: the disk is full or read-only, its own folders are not writable, or the limit on open files, inotify instances or inotify watches is reached.`,
  remedy: runOnInstance('Free disk space, or extend the volume', repair(scene, 'disk')),
}))

export const outOfMemory = from(['out-of-memory'], (scene) => ({
  cause: 'os.oom',
  ...(scene.online && {severity: 'advises' as const, certainty: 'possible' as const}),
  message: `The kernel of ${scene.instance.InstanceId} ran out of memory and killed processes; the agent may have been among them.`,
  remedy: runOnInstance(
    'Find the process that uses the memory, or choose a larger instance type',
    repair(scene, 'memory'),
  ),
}))

export const timeSkew = whenOffline((scene) => {
  const signals = ofKind(scene.signals, 'clock', 'signature').filter((signal) => !hasExpired(scene, signal))
  if (signals.length === 0) return []
  const {clock, setClock} = commandsFor(scene.facts, scene.instance)
  const isOutside = isHybrid(scene.instance)
  const isCertain = signals.some(({kind}) => kind === 'clock')
  return [
    finding(scene, signals, {
      cause: 'os.time-skew',
      ...(isCertain
        ? {
            message: `The clock of ${scene.instance.InstanceId} is off, so AWS rejects its signatures or it rejects AWS’s certificates.`,
          }
        : {
            certainty: 'possible',
            message: `AWS rejects the signatures of ${scene.instance.InstanceId}: its clock is off, its secret key is wrong, or a proxy changes the requests.`,
          }),
      remedy: runOnInstance(
        isOutside
          ? 'Set the clock by a time server'
          : 'Set the clock by the Amazon Time Sync Service at 169.254.169.123',
        [clock, isOutside && isWindows(scene) ? 'w32tm /resync /force' : setClock, restart(scene)],
        {docs: CLOCK},
      ),
    }),
  ]
})

export const sysprep = whenOffline(
  from(['sysprep'], ({instance}) => ({
    cause: 'os.windows-sysprep',
    message: `Windows on ${instance.InstanceId} has not finished its setup, so the agent does not start its work.`,
    remedy: runOnInstance('Finish sysprep', [
      'Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State -Name ImageState',
      'Get-Content "$env:SystemRoot\\Panther\\UnattendGC\\setuperr.log" -Tail 50',
      'Restart-Computer',
    ]),
  })),
)

export const unsupported: Rule = (scene) => {
  const {facts, instance, online} = scene
  const name = nodeOf(facts, instance)?.PlatformName ?? imageNameOf(facts, instance) ?? ''
  if (!/Windows[ _]Server[- ]20(?:03|08)/.test(name)) return []
  return [
    {
      cause: 'os.unsupported',
      ...(online && {severity: 'advises' as const}),
      resource: instance.InstanceId,
      message: `${instance.InstanceId} runs ${name}, which SSM Agent no longer supports.`,
      evidence: [inMessage(name, 'ec2:DescribeInstanceImageMetadata, ssm:DescribeInstanceInformation')],
      remedies: [runOnInstance('Move to Windows Server 2016 or later', ['Get-ComputerInfo OsName, OsVersion'])],
    },
  ]
}
