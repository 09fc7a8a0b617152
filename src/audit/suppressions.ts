import type {ResolvedFinding} from '../diagnosis/diagnosis.ts'
import type {Instance} from '../model/account.ts'
import type {Suppressed} from './report.ts'

/** An accepted risk, until a date. All given fields of cause, resource and tag must match. */
export interface Suppression {
  readonly cause?: string
  readonly resource?: string
  /** `Key=Value`, or `Key` for any value. */
  readonly tag?: string
  readonly owner: string
  readonly reason: string
  /** ISO time when it expires; null: never. */
  readonly expires: string | null
}

type Named = Pick<ResolvedFinding, 'cause' | 'resource'>
type Tagged = Pick<Instance, 'InstanceId' | 'Tags'>

/** The findings that count, and what happened to the others. */
export interface SuppressionResult<F extends Named> {
  readonly findings: readonly F[]
  readonly suppressed: readonly Suppressed[]
  /** Findings that count again because their suppression has expired. */
  readonly expired: readonly Suppressed[]
}

export function applySuppressions<F extends Named>(
  findings: readonly F[],
  instance: Tagged,
  suppressions: readonly Suppression[],
  now: string,
): SuppressionResult<F> {
  if (suppressions.length === 0) return {findings, suppressed: [], expired: []}
  const kept: F[] = []
  const suppressed: Suppressed[] = []
  const expired: Suppressed[] = []
  for (const finding of findings) {
    const fitting = suppressions.filter((one) => fits(one, finding, instance))
    const inForce = fitting.find(({expires}) => expires === null || now < expires)
    if (inForce) suppressed.push(suppressedOf(inForce, finding, instance))
    else kept.push(finding)
    const [over] = fitting
    if (!inForce && over) expired.push(suppressedOf(over, finding, instance))
  }
  return {findings: kept, suppressed, expired}
}

const fits = ({cause, resource, tag}: Suppression, finding: Named, instance: Tagged): boolean =>
  (cause === undefined || cause === finding.cause) &&
  (resource === undefined || resource === finding.resource || resource === instance.InstanceId) &&
  (tag === undefined || hasTag(instance, tag))

/** `Key=Value`, or `Key` for any value; keys cannot contain an equals sign here. */
export function hasTag({Tags}: Pick<Instance, 'Tags'>, tag: string): boolean {
  const at = tag.indexOf('=')
  const [key, value] = at < 0 ? [tag, undefined] : [tag.slice(0, at), tag.slice(at + 1)]
  return Tags.some(({Key, Value}) => Key === key && (value === undefined || value === (Value ?? '')))
}

const suppressedOf = (
  {owner, reason, expires}: Suppression,
  {cause, resource}: Named,
  {InstanceId}: Tagged,
): Suppressed => ({
  instance: InstanceId,
  cause,
  resource,
  owner,
  reason,
  expires,
})
