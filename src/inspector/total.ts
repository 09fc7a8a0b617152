import type {Audit, AuditedInstance, AuditPart} from '../audit/report.ts'
import {auditOf} from '../audit/total.ts'
import {COVERAGES, type Coverage, causeOf, isUncovered, meaningOf} from './reasons.ts'

const isExamined = ({inspector}: AuditedInstance): boolean => inspector?.examined ?? true

/**
 * The merged results of accounts and Regions, each instance once: an examination takes precedence over a row of
 * Inspector.
 */
export function inspectionOf(parts: readonly AuditPart[], readAt: string): Audit {
  const knownInstances = new Map<string, AuditedInstance>()
  for (const {instances} of parts)
    for (const one of instances) if (!isExamined(one)) knownInstances.set(keyOf(one), one)
  const audit = auditOf(
    parts.map((part) => ({...part, instances: part.instances.filter(isExamined)})),
    readAt,
  )
  const examined = audit.instances.map((one) => withDetail(knownInstances.get(keyOf(one)), one))
  for (const one of examined) knownInstances.delete(keyOf(one))
  const instances = [...examined, ...knownInstances.values()]
  return {
    ...audit,
    schema: 'ssm-doctor/inspector/1',
    totals: {...audit.totals, coverage: coverageTotals(instances)},
    instances,
  }
}

const keyOf = ({id, region}: AuditedInstance): string => `${region} ${id}`

/** What the delegated administrator could read if the account itself could not. */
function withDetail(other: AuditedInstance | undefined, one: AuditedInstance): AuditedInstance {
  if (!other?.inspector || !one.inspector || one.inspector.status !== null) return one
  const {coverage, status, reason, scanMode, lastScanned} = other.inspector
  const meaning = meaningOf(status, reason, scanMode).sentence
  return {...one, inspector: {...one.inspector, coverage, status, reason, scanMode, lastScanned, meaning}}
}

function coverageTotals(instances: readonly AuditedInstance[]): Readonly<Record<Coverage, number>> {
  const totals = Object.fromEntries(COVERAGES.map((coverage) => [coverage, 0])) as Record<Coverage, number>
  for (const {inspector} of instances) if (inspector) totals[inspector.coverage] += 1
  return totals
}

/**
 * What leaves an instance unscanned: its cause, or otherwise Inspector's status. Null if it is scanned or suppressed.
 */
export function uncoveredBy({inspector, rootCause}: AuditedInstance): string | null {
  if (!inspector || !isUncovered(inspector.coverage)) return null
  if (rootCause !== null) return rootCause
  // The cause that the reason stands for was suppressed.
  return causeOf(inspector.reason) ? null : (inspector.reason ?? inspector.coverage)
}
