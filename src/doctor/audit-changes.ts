import type {Audit, AuditedInstance, Changed} from './audit-report.ts'

/** What an earlier audit must still tell. */
export type Baseline = Pick<Audit, 'readAt' | 'instances' | 'changes'>

export const isBroken = ({verdict, rootCause}: Pick<AuditedInstance, 'verdict' | 'rootCause'>): boolean =>
  rootCause !== null && verdict !== 'managed'

/** How every instance fared since the earlier audit. An instance that was not examined now is not told of. */
export function changesSince(
  before: Baseline,
  now: Pick<Audit, 'readAt' | 'instances'>,
): NonNullable<Audit['changes']> {
  const earlier = new Map(before.instances.map((instance) => [instance.id, instance]))
  const since = new Map((before.changes?.instances ?? []).map((changed) => [changed.id, changed.since]))
  const instances = now.instances.flatMap((instance): readonly Changed[] => {
    const old = earlier.get(instance.id)
    const wasBroken = old !== undefined && isBroken(old)
    if (!isBroken(instance)) return wasBroken ? [changed('healed', instance, old, now.readAt)] : []
    if (!wasBroken) return [changed('newly-broken', instance, old, now.readAt)]
    const first = since.get(instance.id) ?? before.readAt
    return [changed(old.rootCause === instance.rootCause ? 'still-broken' : 'changed-cause', instance, old, first)]
  })
  return {baseline: before.readAt, instances}
}

const changed = (
  change: Changed['change'],
  now: AuditedInstance,
  before: AuditedInstance | undefined,
  since: string,
): Changed => ({id: now.id, change, before: before?.rootCause ?? null, now: now.rootCause, since})
