import {causeKey, findingKey} from '../diagnosis/cause-key.ts'
import type {Audit, AuditedInstance, Changed, Resolved} from './report.ts'

/** What is read from an earlier audit. */
export type Baseline = Pick<Audit, 'readAt' | 'instances'> & {
  readonly changes?: Pick<NonNullable<Audit['changes']>, 'instances'>
}

export const isBroken = ({verdict, rootCause}: Pick<AuditedInstance, 'verdict' | 'rootCause'>): boolean =>
  rootCause !== null && verdict !== 'managed'

/** The cause that breaks an instance; null if it is not broken. */
export type BrokenBy = (instance: AuditedInstance) => string | null
const brokenBy: BrokenBy = (instance) => (isBroken(instance) ? instance.rootCause : null)

/** The change of every instance since the earlier audit. An instance that was not examined now is not listed. */
export function changesSince(
  before: Baseline,
  now: Pick<Audit, 'readAt' | 'instances' | 'scopes' | 'suppressed'>,
  whyOf: BrokenBy = brokenBy,
): NonNullable<Audit['changes']> {
  const earlier = new Map(before.instances.map((instance) => [instance.id, instance]))
  const since = new Map((before.changes?.instances ?? []).map((changed) => [changed.id, changed.since]))
  const instances = now.instances.flatMap((instance): readonly Changed[] => {
    const old = earlier.get(instance.id)
    const [then, today] = [old === undefined ? null : whyOf(old), whyOf(instance)]
    const changed = (change: Changed['change'], when: string): readonly Changed[] => [
      {id: instance.id, change, before: then, now: today, since: when},
    ]
    if (today === null) return then === null ? [] : changed('fixed', now.readAt)
    if (then === null) return changed('newly-broken', now.readAt)
    return changed(then === today ? 'still-broken' : 'changed-cause', since.get(instance.id) ?? before.readAt)
  })
  return {baseline: before.readAt, instances, resolved: resolvedSince(before, now)}
}

/**
 * What was reported before and no longer is. An absent instance no longer exists only if everything was requested and
 * read; what is suppressed still exists.
 */
function resolvedSince(before: Baseline, now: Pick<Audit, 'instances' | 'scopes' | 'suppressed'>): readonly Resolved[] {
  const today = new Map(now.instances.map((instance) => [instance.id, instance]))
  const whole = new Set(now.scopes.filter(({failed, narrowed}) => failed === null && !narrowed).map(placeKey))
  const suppressed = new Set(
    now.suppressed.map(({instance, cause, resource}) => `${instance} ${findingKey({cause, resource})}`),
  )
  return before.instances.flatMap((old): readonly Resolved[] => {
    const {id, account, region, causes} = old
    const same = today.get(id)
    if (causes === undefined || (same === undefined && !whole.has(placeKey(old)))) return []
    const left = new Set(same?.causes.map(causeKey))
    return causes
      .filter((cause) => !left.has(causeKey(cause)))
      .filter((cause) => !suppressed.has(`${id} ${causeKey(cause)}`))
      .map((cause) => ({instance: id, account, region, cause: cause.id, resource: cause.resource}))
  })
}

/** An account and a Region. */
export const placeKey = ({account, region}: {readonly account: string | null; readonly region: string}): string =>
  `${account} ${region}`
