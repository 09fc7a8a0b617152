import type {FixWriter} from '../../audit/groups.ts'
import {counted} from '../../util/counted.ts'
import type {FleetFlags} from './flags.ts'

/** The fixes in the form of `--remedy` and `--script`; each form is loaded on demand. */
export async function fixWriterFor({
  remedy = 'cli',
  script: groupId,
  profile,
}: Pick<FleetFlags, 'remedy' | 'script' | 'profile'>): Promise<FixWriter | undefined> {
  if (groupId !== undefined) {
    const {script} = await import('../../render/remediation/script.ts')
    return (fix, {id, account, region, affected}) =>
      id === groupId
        ? script([fix], {
            subject: counted(affected.length, 'instance'),
            region,
            account: account ?? undefined,
            profile: profile?.length === 1 ? profile[0] : undefined,
          })
        : undefined
  }
  if (remedy === 'cli') return undefined
  const {snippet} = await import('../../render/remediation/snippet.ts')
  return ({steps}, {region, step}) => snippet(steps, remedy, {region, step})
}
