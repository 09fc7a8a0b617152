import type {Diagnosis} from '../diagnosis/diagnosis.ts'
import type {Account, Instance} from '../model/account.ts'
import type {EventLookup, HistoryLookups} from '../model/history-lookups.ts'
import {homeRegionOf} from '../model/partition.ts'
import {uniqueBy} from '../util/group-by.ts'
import {recordedResourceOf} from './recorded.ts'
import {provenCauses, provenRevealed, type Revealed} from './since-when.ts'
import {subjectsOf} from './subjects.ts'

/** What to look up for the proven causes of an instance, those of the root cause first, and what is revealed last. */
export function lookupsFor(
  account: Account,
  instance: Instance,
  diagnosis: Diagnosis,
  revealed: Revealed = [],
): HistoryLookups {
  const homeRegion = homeRegionOf(account.Partition)
  const subjects = [
    ...provenCauses(diagnosis).map((finding) => subjectsOf(account, instance, diagnosis.paths, finding)),
    ...provenRevealed(revealed).map((one) => subjectsOf(one.account, instance, one.diagnosis.paths, one.finding)),
  ]
  const events = subjects.flatMap(({resources, global, calls, otherCalls}): readonly EventLookup[] => [
    ...resources.map((value) => ({
      attribute: 'ResourceName' as const,
      value,
      region: global.has(value) ? homeRegion : account.Region,
    })),
    ...[...calls, ...otherCalls].map((value) => ({
      attribute: 'EventName' as const,
      value,
      region: value === 'RemoveRoleFromInstanceProfile' ? homeRegion : account.Region,
    })),
  ])
  const recorded = subjects.flatMap(({resources}) =>
    resources.flatMap((resource) => recordedResourceOf(account, resource) ?? []),
  )
  return {
    events: uniqueBy(events, ({attribute, value, region}) => `${attribute} ${value} ${region}`),
    recorded: uniqueBy(recorded, ({type, id}) => `${type} ${id}`),
  }
}
