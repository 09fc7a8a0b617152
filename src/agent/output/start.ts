import {anyOf} from './boot.ts'
import type {Details, MissingPart, ReasonNotStarted} from './signal.ts'

/**
 * What the agent, systemd, launchd, the Service Control Manager and the security modules of Linux print when the agent
 * does not start or ends on its own. A panic that the agent recovers from has text in front of it.
 */
const CRASHED: readonly RegExp[] = [
  /error occurred trying to start core module/,
  /(?:^|\]: |agent: )(?:panic: |fatal error: |SIG[A-Z]{2,4}: )/,
  /(?:ERROR|CRITICAL) .{0,60}Failed to start agent\b|app config could not be loaded/,
  // What it prints as its last line where it is not a service of Windows, unless it finds no identity.
  // https://github.com/aws/amazon-ssm-agent/blob/06804dbcc16998039ef166d23e5afa9a10739dd3/core/agent.go
  /\bcore Agent crashed with message\b|error occurr?ed when starting amazon-ssm-agent: (?!.{0,120}agent identity)/,
]

const NOT_STARTED: readonly RegExp[] = [
  /Failed to start .{0,80}\bamazon-ssm-agent(?!.{0,80} (?:is masked|not found)\.|\.service: (?:Access denied|Interactive authentication))/,
  /\bamazon-ssm-agent\.service(?:: (?:Failed|Start request repeated|Job \S{1,80} failed)| entered failed state| failed\.)/,
  /Dependency failed for .{0,80}\bamazon-ssm-agent/,
  /com\.amazon\.aws\.ssm.{0,40}exited with abnormal code/,
  /fork\/exec \S.{0,200}(?:amazon-ssm-agent|ssm-agent-worker)(?:\.exe)?: /,
  /amazon-ssm-agent: .{0,80}(?:GLIBC_|cannot execute|Exec format error|error while loading shared libraries)/,
  /avc: {1,2}denied(?!.{0,600}permissive=1) {1,2}\{[^}]{0,40}execute.{0,300}="?[^" ]{0,80}(?:amazon-ssm-agent|ssm-agent-worker)\b/,
  /apparmor="DENIED" operation="exec".{0,200} name="[^"]{0,80}(?:amazon-ssm-agent|ssm-agent-worker)"/,
  /dec=deny\w{0,10} perm=execute .{0,200} path=\S{0,80}(?:amazon-ssm-agent|ssm-agent-worker)/,
  // Events of the Service Control Manager in any language, by number, except those about what was requested of a service.
  /\b70(?!35|36|40|42|45)[0-4]\d\b.{0,200}Amazon ?SSM ?Agent/,
  /Amazon ?SSM ?Agent service (?:failed to start|terminated|was unable to log on|hung on starting|could not be started)/,
  // What systemctl and PowerShell answer to the commands that start or restart it, if their user may run them.
  /Job for (?:snap\.amazon-ssm-agent\.)?amazon-ssm-agent\.service failed/,
  /(?:Failed to start service '|Service ')Amazon SSM Agent \(AmazonSSMAgent\)'(?:\.| cannot be started(?!.{0,60} Cannot open))/,
  /failed to rollback amazon-ssm-agent/,
]

/** snapd prints it; a disabled snap has no service to start. https://github.com/canonical/snapd/blob/master/cmd/snap/cmd_snap_op.go */
export const SNAP_DISABLED = /\bamazon-ssm-agent disabled$/

const DISABLED: readonly RegExp[] = [
  /\bUnit (?:file \S{0,80})?amazon-ssm-agent\.service is masked/,
  /Removed (?:symlink )?"?\/etc\/systemd\/system\/\S{1,60}\/(?:snap\.amazon-ssm-agent\.)?amazon-ssm-agent\.service/,
  /Created symlink \S{1,80}amazon-ssm-agent\.service"? (?:→|->) "?\/dev\/null/,
]

export const AGENT_ENABLED =
  /\bamazon-ssm-agent enabled$|Created symlink \S{1,80}amazon-ssm-agent\.service"? (?:→|->) "?\/(?!dev\/null)/

/**
 * How apt, yum, snap, and snapd when it is removed itself, say that they remove or install the agent; an upgrade cleans
 * up the former version. https://github.com/canonical/snapd/blob/master/packaging/ubuntu-16.04/snapd.postrm
 */
export const AGENT_REMOVED =
  /(?:Removing|Erasing {0,20}:) amazon-ssm-agent\b|amazon-ssm-agent removed\b|(?:Removing|Stopping unit) snap\.amazon-ssm-agent\.|Removing snap amazon-ssm-agent and revision/
/**
 * What systemctl, rpm, dpkg, snap, Upstart and PowerShell answer where there is no such service or no `ssm-cli`, which is installed
 * with the agent, PowerShell in any language.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-status-and-restart.html
 */
export const AGENT_ABSENT =
  /\bUnit (?:file )?(?:snap\.amazon-ssm-agent\.)?amazon-ssm-agent\.service (?:(?:could not be|not) found|does not exist)|\bpackage '?amazon-ssm-agent'? is not installed|\bno packages found matching amazon-ssm-agent\b|^rc {2}amazon-ssm-agent\s|\bssm-cli: (?:command )?not found|ObjectNotFound: \(\S.{0,80}\\ssm-cli\.exe:String\)|\bsnap "amazon-ssm-agent" (?:not found|is not installed)|\b(?:status|restart): Unknown job: amazon-ssm-agent\b|ObjectNotFound: \(AmazonSSMAgent:String\)|\bany service with service name '?AmazonSSMAgent\b/
/** The agent went with snapd, which installs it. */
const SNAPD_REMOVED = /\bsnap\.amazon-ssm-agent\.|Removing snap amazon-ssm-agent and revision/
/** Also what `rpm -q`, `dpkg -l` and `snap list` answer; yum indents the same name, and lists with it what it removed. The agent itself reports to the console. */
export const AGENT_INSTALLED =
  /^(?:amazon-ssm-agent-\d[\w.]{1,40}-\d\S{0,40}\.(?:x86_64|aarch64|i386)$|ii {2}amazon-ssm-agent\s|amazon-ssm-agent {1,40}\d[\d.]{2,30} {1,40}\d{1,9} )|\bStarted .{0,80}\bamazon-ssm-agent(?:\.amazon-ssm-agent)?(?:\.service|\.?(?:\s|$))|Created symlink \S{1,60}wants\/\S{0,20}amazon-ssm-agent\.service|(?:Setting up|Installing {0,20}:|Reinstalling {0,20}:) amazon-ssm-agent\b|amazon-ssm-agent[- ](?!.{0,60}\b(?:not|be installed)\b)\S{1,60} .{0,40}\binstalled\b|\bSSM Agent unable to acquire credentials\b/

/** Memory that the kernel takes from the agent, or does not give it. */
export const AGENT_WITHOUT_MEMORY =
  /\bamazon-ssm-agent\.service: .{0,80}(?:OOM killer|oom-kill|Cannot allocate memory)|(?:amazon-ssm-agent|ssm-[a-z]{5,8}-worker).{0,80}cannot allocate memory/

const REASONS: readonly (readonly [RegExp, ReasonNotStarted])[] = [
  [AGENT_WITHOUT_MEMORY, 'memory'],
  // What systemd says of a unit that needs another one, which failed.
  [/Dependency failed for |failed with result .dependency/, 'dependency'],
  // The Service Control Manager could not log on as the account of the service. The agent runs as SYSTEM.
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
  [/\b70(?:38|41)\b|logon failure|was unable to log on/i, 'logon'],
]

export function notStarted(line: string): Details {
  const reason = REASONS.find(([pattern]) => pattern.test(line))?.[1]
  return {...(reason && {reason}), ...(line.includes('worker') && {isOfWorker: true})}
}

export const absence = (line: string): Details => ({
  ...ofSnap(line),
  missing: missingIn(line),
  ...(line.includes('/ssm-cli') && {isByPath: true}),
})

export function ofSnap(line: string): Details {
  if (SNAPD_REMOVED.test(line)) return {snap: 'snapd'}
  return line.includes('snap') ? {snap: 'agent'} : {}
}

function missingIn(line: string): MissingPart {
  if (line.includes('ssm-cli')) return 'ssm-cli'
  return /is not installed|no packages found|^rc /.test(line) ? 'package' : 'service'
}

export const AGENT_CRASHED = anyOf(CRASHED)
export const AGENT_NOT_STARTED = anyOf(NOT_STARTED)
export const AGENT_DISABLED = anyOf(DISABLED)
