import {createFleetCache} from '../audit/outcome-cache.ts'
import {docsOf} from '../checks/catalog.ts'
import {diagnose} from '../diagnosis/diagnose.ts'
import {type Diagnosis, findingsOf} from '../diagnosis/diagnosis.ts'
import {NEEDED_TO_REGISTER, OF_RUNNING_MACHINE} from '../diagnosis/registration.ts'
import type {Verdict} from '../diagnosis/report.ts'
import type {FleetCache} from '../diagnosis/reuse.ts'
import {type Account, type Instance, isUnreadable, itemsOf} from '../model/account.ts'
import {AGENT_SERVICES} from '../model/partition.ts'
import type {Hop} from '../network/path.ts'
import {memo} from '../util/memo.ts'
import {accountFor} from './scope.ts'

/** A cause that keeps an instance from being managed, or that degrades it. */
export interface OutcomeCause {
  readonly id: string
  readonly resource: string
  readonly severity: 'blocks' | 'degrades'
  readonly message: string
  readonly docs: string
}

/** The outcome of an instance, based on its network, its role and its metadata options only. */
export interface Outcome {
  readonly verdict: Verdict
  readonly causes: readonly OutcomeCause[]
  /** What could not be determined, in sentences. */
  readonly unknown: readonly string[]
}

/** The caches of accounts that only some instances depend on. */
const cacheOf = memo(createFleetCache)

export function outcomeOf(whole: Account, instance: Instance, shared?: FleetCache): Outcome {
  const account = accountFor(whole, instance)
  const fleetCache = shared && account !== whole ? cacheOf(account) : shared
  const diagnosis = diagnose(account, instance, {includeFallback: false, ...(fleetCache && {fleetCache})})
  const causes = findingsOf(diagnosis).flatMap(({check, cause, severity, resource, message}): OutcomeCause[] =>
    !OF_RUNNING_MACHINE.has(check.id) && (severity === 'blocks' || severity === 'degrades')
      ? [{id: cause, severity, resource, message, docs: docsOf(cause)}]
      : [],
  )
  const unknown = unknownOf(diagnosis, account)
  return {verdict: verdictOf(causes, unknown), causes, unknown}
}

function verdictOf(causes: readonly OutcomeCause[], unknown: readonly string[]): Verdict {
  if (causes.some(({severity}) => severity === 'blocks')) return 'unmanaged'
  if (unknown.length > 0) return 'undecided'
  return causes.length > 0 ? 'degraded' : 'managed'
}

function unknownOf({paths, outcomes}: Diagnosis, account: Account): readonly string[] {
  const onPaths = paths
    .filter(({service, verdict}) => AGENT_SERVICES.includes(service) && verdict === 'unknown')
    .flatMap(({hops}) => hops.filter(({verdict}) => verdict === 'unknown').map((hop) => withReason(hop, account)))
  const checks = outcomes
    .filter(({check, status}) => NEEDED_TO_REGISTER.has(check.id) && status === 'unknown')
    .flatMap(({notes, findings}) => [
      ...notes.flatMap((note) => ('unknown' in note ? [note.unknown] : [])),
      ...findings.flatMap(({severity, message}) => (severity === 'undecided' ? [message] : [])),
    ])
  return [...new Set([...onPaths, ...checks])]
}

/** Where no call failed, the plan is the reason, which names its resource. */
function withReason({because, unread}: Hop, account: Account): string {
  const reading: unknown = unread && account[unread]
  return isUnreadable(reading) && reading.action === undefined
    ? `${because.replace(/\.$/, '')} (${reading.unreadable}).`
    : because
}

/** Thirty days: no observation that old applies to the current network. */
const LONG_AGO = 30 * 86_400_000

/**
 * The account without observations: a ping from before the change says nothing about afterwards. The agent,
 * with its version, stays.
 */
export function withoutObservations(account: Account): Account {
  const {InstanceInformationList: nodes} = account
  const longAgo = new Date(Date.parse(account.ReadAt) - LONG_AGO).toISOString()
  const quiet = itemsOf(nodes).map((node) => ({
    ...node,
    PingStatus: 'ConnectionLost' as const,
    LastPingDateTime: longAgo,
  }))
  return {
    ...account,
    InstanceInformationList: isUnreadable(nodes) ? nodes : quiet,
    ConsoleOutputs: [],
    ConnectionStatuses: [],
  }
}

/** The outcome with its causes under the id that the instance has now, which a replacement changes. */
export const sameNamed = (outcome: Outcome, plannedId: string, id: string): Outcome =>
  plannedId === id
    ? outcome
    : {
        ...outcome,
        causes: outcome.causes.map((cause) => (cause.resource === plannedId ? {...cause, resource: id} : cause)),
      }
