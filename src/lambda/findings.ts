import {changesSince} from '../audit/changes.ts'
import type {Audit} from '../audit/report.ts'
import {whyNot} from '../collect/errors.ts'
import {asffFindings} from '../render/formats/asff.ts'
import {importerAs, type MemberRole, type Store} from './aws.ts'
import {jsonAt, keysOf, type Run} from './run-store.ts'

/**
 * Imports the findings of an account and Region there, through the role in the account, and archives what the last run
 * imported and this one no longer finds. If Security Hub rejects them, the run records why and continues.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
export function findingsTo(store: Store, {run, before}: Run, role: MemberRole) {
  const importAs = importerAs(role)
  return async (name: string, audit: Audit): Promise<void> => {
    const [{region} = {region: ''}] = audit.scopes
    const earlier = before === null ? undefined : await jsonAt<Audit>(store, keysOf(before).part(name))
    const all = asffFindings(earlier ? {...audit, changes: changesSince(earlier, audit)} : audit)
    try {
      const taken = await importAs(region, all)
      if (taken < all.length) await report(`Security Hub took ${taken} of ${all.length} findings.`)
    } catch (error) {
      await report(whyNot(error))
    }
    async function report(why: string): Promise<void> {
      await store.write(keysOf(run).notImported(name), JSON.stringify({region, why}))
    }
  }
}
