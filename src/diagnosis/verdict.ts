import type {Certainty} from '../checks/check.ts'
import type {Severity} from '../checks/severity.ts'
import type {Instance} from '../model/account.ts'
import type {Registration} from './registration.ts'
import type {Verdict} from './report.ts'

const NOT_RUNNING = new Set(['stopped', 'stopping', 'terminated', 'shutting-down'])

export const isNotRunning = ({State}: Instance): boolean => NOT_RUNNING.has(State.Name ?? '')

/**
 * Agents use host management up to 30 minutes after it was enabled: until then a node that is not listed has no fault.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
 */
export const JUST_ENABLED = 'dhmc.just-enabled'

interface VerdictFacts {
  readonly id: string
  readonly severity: Severity
  readonly certainty: Certainty
}

/** The first match. Established connections outlive the rules that allowed them, hence "at risk". */
export function verdictOf(
  instance: Instance,
  {status, connected}: Registration,
  causes: readonly VerdictFacts[],
  isStarting: boolean,
): Verdict {
  const blocks = causes.filter(({severity}) => severity === 'blocks')
  if (isNotRunning(instance)) return 'unmanaged'
  if (status === 'unknown') return 'undecided'
  if (status === 'online') {
    if (blocks.some(({certainty}) => certainty === 'proven')) return 'at-risk'
    const degrades = causes.filter(({severity}) => severity === 'degrades')
    if (connected === false || degrades.some(({certainty}) => certainty === 'proven')) return 'degraded'
    // An open channel, which was not read, may contradict what is only likely.
    return degrades.length === 0 ? 'managed' : connected === null ? 'undecided' : 'degraded'
  }
  const isWaiting = isStarting || causes.some(({id}) => id === JUST_ENABLED)
  return blocks.length === 0 && isWaiting ? 'undecided' : 'unmanaged'
}
