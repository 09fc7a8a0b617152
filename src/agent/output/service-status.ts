import {linesIn} from '../../util/decode-text.ts'
import {withoutEscapeSequences} from '../../util/plain-text.ts'
import {lineWithoutSecrets} from './lines.ts'
import type {SignalKind} from './signal.ts'

/** What the service manager of the machine says of the agent, and the line that says it. */
interface ServiceStatus {
  readonly kind: SignalKind
  readonly line: string
}

/**
 * `● amazon-ssm-agent.service - amazon-ssm-agent`: what `systemctl status`, `sc query` and `Get-Service | Format-List`
 * print first of each service.
 */
const OF_UNIT =
  /^\s{0,8}(?:[●○×↻*] )?[\w@.-]{1,120}\.(?:service|socket|timer|mount|target)(?: - |\s{0,8}$)|^SERVICE_NAME: |^Name {1,40}: /
const OF_AGENT = /\bamazon-ssm-agent\.service|: AmazonSSMAgent\b/

/** Lines below that one. A service that is not loaded does not run either, and systemd says so after the reason. */
const IN_UNIT: readonly (readonly [RegExp, SignalKind])[] = [
  [/^\s{0,12}Loaded: not-found\b/, 'agent-absent'],
  [/^\s{0,12}Loaded: masked\b/, 'agent-disabled'],
  [/^\s{0,12}Active: active \(running\)/, 'agent-running'],
  [/^\s{0,12}Active: (?:failed\b|activating \(auto-restart\))/, 'agent-not-started'],
  [/^\s{0,12}Active: (?:inactive|deactivating)\b/, 'agent-stopped'],
  // The number is the same in every language: SERVICE_RUNNING is 4, SERVICE_STOPPED 1 and SERVICE_PAUSED 7.
  // https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status
  [/^\s{0,12}STATE\s{1,40}: 4\b|^Status {1,40}: Running\b/, 'agent-running'],
  [/^\s{0,12}STATE\s{1,40}: [17]\b|^Status {1,40}: Stopped\b/, 'agent-stopped'],
]

/** Tables and lines of snapd, Upstart, PowerShell and ps, whose words for a status are the same in every language. */
const OF_SERVICE: readonly (readonly [RegExp, SignalKind])[] = [
  [/^amazon-ssm-agent\.amazon-ssm-agent\s{1,40}(?:enabled|disabled)\s{1,20}active\b/, 'agent-running'],
  [/^amazon-ssm-agent\.amazon-ssm-agent\s{1,40}(?:enabled|disabled)\s{1,20}inactive\b/, 'agent-stopped'],
  [/^amazon-ssm-agent start\/running\b/, 'agent-running'],
  [/^amazon-ssm-agent stop\/waiting\b/, 'agent-stopped'],
  [/^Running\s{1,20}AmazonSSMAgent\b/, 'agent-running'],
  [/^(?:Stopped|StopPending)\s{1,20}AmazonSSMAgent\b/, 'agent-stopped'],
  [
    /^\S{1,32}\s{1,20}\d{1,10}(?:\s{1,20}[\d.]{1,12}){2}\s.{0,80}\d:\d\d\s{1,4}\/(?:usr|snap\/amazon-ssm-agent|opt\/aws\/ssm)\/\S{1,20}amazon-ssm-agent$/,
    'agent-running',
  ],
]

/** `apiclient get settings.host-containers.control` on Bottlerocket, over several lines. */
const CONTROL_CONTAINER = /"control": ?\{[^{}]{0,2000}?"enabled": ?(true|false)/g

const LONGEST = 400

/**
 * The last status in the text, which may be the output of the command that the checklist shows.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-status-and-restart.html
 */
export function serviceStatusIn(text: string): ServiceStatus | undefined {
  let status: ServiceStatus | undefined
  let isOfAgent = false
  for (const whole of linesIn(withoutEscapeSequences(text))) {
    const line = whole.slice(0, LONGEST)
    if (OF_UNIT.test(line)) isOfAgent = OF_AGENT.test(line)
    const kind = kindOf(line, isOfAgent ? [...IN_UNIT, ...OF_SERVICE] : OF_SERVICE)
    if (kind === undefined) continue
    if (line.includes('Loaded: ')) isOfAgent = false
    status = {kind, line: lineWithoutSecrets(line)}
  }
  return status ?? (isContainerDisabled(text) ? CONTAINER_DISABLED : undefined)
}

const CONTAINER_DISABLED: ServiceStatus = {kind: 'agent-stopped', line: 'host-containers.control.enabled is false'}

const isContainerDisabled = (text: string): boolean =>
  text.includes('"host-containers"') && [...text.matchAll(CONTROL_CONTAINER)].at(-1)?.[1] === 'false'

const kindOf = (line: string, patterns: readonly (readonly [RegExp, SignalKind])[]): SignalKind | undefined =>
  patterns.find(([pattern]) => pattern.test(line))?.[1]
