import type {Audit, AuditedInstance, Changed} from './report.ts'

/** What an earlier audit must still tell. */
export type Baseline = Pick<Audit, 'readAt' | 'instances' | 'changes'>

export const isBroken = ({verdict, rootCause}: Pick<AuditedInstance, 'verdict' | 'rootCause'>): boolean =>
  rootCause !== null && verdict !== 'managed'

/** What an instance is broken by; null where it is not. */
export type BrokenBy = (instance: AuditedInstance) => string | null
const brokenBy: BrokenBy = (instance) => (isBroken(instance) ? instance.rootCause : null)

/** How every instance fared since the earlier audit. An instance that was not examined now is not told of. */
export function changesSince(
  before: Baseline,
  now: Pick<Audit, 'readAt' | 'instances'>,
  whyOf: BrokenBy = brokenBy,
): NonNullable<Audit['changes']> {
  const earlier = new Map(before.instances.map((instance) => [instance.id, instance]))
  const since = new Map((before.changes?.instances ?? []).map((changed) => [changed.id, changed.since]))
  const instances = now.instances.flatMap((instance): readonly Changed[] => {
    const old = earlier.get(instance.id)
    const [then, today] = [old === undefined ? null : whyOf(old), whyOf(instance)]
    const told = (change: Changed['change'], when: string): readonly Changed[] => [
      {id: instance.id, change, before: then, now: today, since: when},
    ]
    if (today === null) return then === null ? [] : told('fixed', now.readAt)
    if (then === null) return told('newly-broken', now.readAt)
    return told(then === today ? 'still-broken' : 'changed-cause', since.get(instance.id) ?? before.readAt)
  })
  return {baseline: before.readAt, instances}
}
