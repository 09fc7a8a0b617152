import type {Severity} from '../checks/check.ts'
import {checks} from '../checks/index.ts'
import type {Audit, AuditedCause, AuditedInstance, Group} from '../doctor/audit-report.ts'
import type {Verdict} from '../doctor/report.ts'

/** A cause as the catalogue knows it. */
export interface Entry {
  readonly title: string
  readonly docs: string
  readonly check: string
  readonly severity: Severity
}

const catalogue: ReadonlyMap<string, Entry> = new Map(
  checks.flatMap(({id: check, causes}) =>
    Object.entries(causes).map(([id, {title, docs, severity}]) => [id, {title, docs, severity, check}] as const),
  ),
)

export const entryOf = (cause: string): Entry =>
  catalogue.get(cause) ?? {title: cause, docs: '', check: '', severity: 'undecided'}

export const causeIds: readonly string[] = [...catalogue.keys()]

export const VERDICTS: readonly Verdict[] = ['managed', 'degraded', 'at-risk', 'unmanaged', 'undecided']

/** The first cause that holds the instance back, and how it is told of: the sentence of its group. */
export const rootOf = ({causes, rootCause}: AuditedInstance): AuditedCause | undefined =>
  causes.find(({id}) => id === rootCause)

export const groupsById = ({groups}: Audit): ReadonlyMap<string, Group> => new Map(groups.map((one) => [one.id, one]))

export const groupIdOf = ({id, resource}: AuditedCause): string => `${id}@${resource}`

/** One sentence on a cause of one instance. */
export const sentenceOf = (instance: AuditedInstance, {id, resource}: AuditedCause): string =>
  resource === instance.id
    ? `${instance.id}: ${entryOf(id).title}.`
    : `${instance.id}: ${entryOf(id).title} (${resource}).`

/** "heals 338 of 340", or why that is not known. */
export function gainOf({change, held}: Group): string {
  if (!change) return 'no change is known'
  return change.heals === null ? 'by hand' : `heals ${change.heals} of ${held.length}`
}

/** What those that the change does not heal also need. */
export function othersOf({change, held}: Group): string {
  if (!change || change.heals === null || change.others.length === 0) return ''
  const left = held.length - change.heals
  const needs = change.others.slice(0, 3).map(({cause, resource, instances}) => `${instances} × ${cause} (${resource})`)
  const more = change.others.length > 3 ? ` and ${change.others.length - 3} more` : ''
  return `the other ${left} also need: ${needs.join(', ')}${more}`
}

/** Owners in order of how many of theirs are held back. */
export const ownersIn = ({owners}: Group): string =>
  owners
    .slice(0, 3)
    .map(({owner, instances}) => `${owner ?? 'nobody'} ${instances}`)
    .join(', ') + (owners.length > 3 ? ` and ${owners.length - 3} more` : '')

export const placeOf = ({account, region}: {readonly account: string | null; readonly region: string}): string =>
  `${account ?? 'unknown account'} ${region}`
