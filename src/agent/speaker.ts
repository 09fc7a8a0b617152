import {isHostOfOthers, isMetadataHost} from './hosts.ts'
import type {Details, SignalKind} from './signal.ts'

/** `[   40.1] kubelet[2210]: …`, `Nov 20 08:00:01 ip-10-0-1-10 kubelet[2210]: …`: the program that wrote the line. */
const PROGRAM = /^(?:\[\s{0,8}\d{1,9}\.\d{1,9}\] )?(?:\S{1,40}\s{1,2}){0,4}?([\w.@/-]{1,80})\[\d{1,10}\]: /

/** What shows the state of the machine, whichever program writes it. */
const OF_THE_MACHINE: ReadonlySet<SignalKind> = new Set([
  'agent-crashed',
  'agent-started',
  'boot-failure',
  'control-container',
  'disk-full',
  'file-system',
  'network-down',
  'network-up',
  'out-of-memory',
  'sysprep',
])

/**
 * Whether the agent wrote it. Consoles and journals contain lines of every program: a kubelet that does not reach its
 * API server, or a script whose call is denied, shows nothing about the agent.
 */
export function isSpokenByAgent(
  line: string,
  {kind, host, service}: Details & {readonly kind: SignalKind},
  isDated: boolean,
): boolean {
  if (OF_THE_MACHINE.has(kind)) return true
  const program = PROGRAM.exec(line)?.[1]
  if (program !== undefined && !program.includes('ssm') && !/amazon-ssm-agent|SSM Agent/.test(line)) return false
  if (host === undefined || isMetadataHost(host) || kind === 'proxy-set') return true
  return !isHostOfOthers(host) && (service !== undefined || isDated || program !== undefined)
}
