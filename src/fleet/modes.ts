import {type AuditOptions, auditAccount} from '../audit/audit.ts'
import {type Baseline, type BrokenBy, changesSince} from '../audit/changes.ts'
import type {Audit, AuditPart} from '../audit/report.ts'
import type {Suppression} from '../audit/suppressions.ts'
import {auditOf} from '../audit/total.ts'
import {type Choice, inspectAccount} from '../inspector/inspector.ts'
import {inspectionOf, uncoveredBy} from '../inspector/total.ts'
import type {Job} from './run.ts'

/** The purpose of a run over a fleet. */
export interface AuditMode {
  readonly schema: Audit['schema']
  readonly inspector: boolean
  readonly task: (
    choice: Choice,
    ownerTag: string,
    suppressions: readonly Suppression[],
    options?: Pick<Partial<AuditOptions>, 'write' | 'hybrid'>,
  ) => Job
  /** What counts as broken when two reports are compared. */
  readonly brokenBy?: BrokenBy
}

export const AUDIT: AuditMode = {
  schema: 'ssm-doctor/audit/1',
  inspector: false,
  task: (choice, ownerTag, suppressions, options = {}) => ({
    part: ({account, own}) =>
      narrowedBy(
        choice,
        auditAccount(account, own, {...options, ownerTag, suppressions, chosen: (one) => choice.instance(one, false)}),
      ),
    total: auditOf,
  }),
}

export const INSPECTION: AuditMode = {
  schema: 'ssm-doctor/inspector/1',
  inspector: true,
  task: (chosen, ownerTag, suppressions, {write} = {}) => ({
    part: ({account, own}) => narrowedBy(chosen, inspectAccount(account, own, {ownerTag, suppressions, write, chosen})),
    total: inspectionOf,
  }),
  brokenBy: uncoveredBy,
}

/** Marks kinds that were not requested at all. */
function narrowedBy({ids, tags, vpcs}: Choice, part: AuditPart): AuditPart {
  const isUnfiltered = ids === undefined && tags.length === 0 && vpcs === undefined
  return isUnfiltered ? part : {...part, scopes: part.scopes.map((scope) => ({...scope, narrowed: true as const}))}
}

/** The merged parts, compared with an earlier report if there is one. */
export function totalOf(
  {total}: Pick<Job, 'total'>,
  parts: readonly AuditPart[],
  baseline?: Baseline,
  brokenBy?: BrokenBy,
): Audit {
  const audit = total(parts, readAtOf(parts.flatMap(({scopes}) => scopes)))
  return baseline ? {...audit, changes: changesSince(baseline, audit, brokenBy)} : audit
}

const readAtOf = (scopes: Audit['scopes']): string =>
  scopes
    .flatMap(({readAt}) => readAt ?? [])
    .sort()
    .at(-1) ?? new Date().toISOString()
