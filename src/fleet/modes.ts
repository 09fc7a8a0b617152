import {auditAccount} from '../audit/audit.ts'
import {type Baseline, type BrokenBy, changesSince} from '../audit/changes.ts'
import type {Audit, AuditPart} from '../audit/report.ts'
import {auditOf} from '../audit/total.ts'
import {type Choice, inspectAccount, type SelectionOptions} from '../inspector/inspector.ts'
import {inspectionOf, uncoveredBy} from '../inspector/total.ts'
import type {ConnectionResult} from './account-regions.ts'
import type {Job} from './run.ts'

/** The purpose of a run over a fleet. */
export interface AuditMode {
  readonly schema: Audit['schema']
  readonly inspector: boolean
  readonly part: (connection: ConnectionResult, options: SelectionOptions) => AuditPart
  readonly total: Job['total']
  /** What counts as broken when two reports are compared. */
  readonly brokenBy?: BrokenBy
}

export const AUDIT: AuditMode = {
  schema: 'ssm-doctor/audit/1',
  inspector: false,
  part: ({account, own}, {chosen, ...options}) =>
    auditAccount(account, own, {...options, chosen: (one) => chosen.instance(one, false)}),
  total: auditOf,
}

export const INSPECTION: AuditMode = {
  schema: 'ssm-doctor/inspector/1',
  inspector: true,
  // Amazon Inspector scans no hybrid nodes.
  part: ({account, own}, options) => inspectAccount(account, own, {...options, hybrid: false}),
  total: inspectionOf,
  brokenBy: uncoveredBy,
}

/** The work on one account and Region, and on all of them. */
export const jobOf = ({part, total}: AuditMode, options: SelectionOptions): Job => ({
  part: (connection) => narrowedBy(options.chosen, part(connection, options)),
  total,
})

/** Marks kinds that were not requested at all. */
function narrowedBy({ids, tags, vpcs}: Choice, part: AuditPart): AuditPart {
  const isUnfiltered = ids === undefined && tags.length === 0 && vpcs === undefined
  return isUnfiltered ? part : {...part, scopes: part.scopes.map((scope) => ({...scope, narrowed: true as const}))}
}

/** The merged parts, compared with an earlier report if there is one. */
export function totalOf({total, brokenBy}: AuditMode, parts: readonly AuditPart[], baseline?: Baseline): Audit {
  const audit = total(parts, readAtOf(parts.flatMap(({scopes}) => scopes)))
  return baseline ? {...audit, changes: changesSince(baseline, audit, brokenBy)} : audit
}

const readAtOf = (scopes: Audit['scopes']): string =>
  scopes
    .flatMap(({readAt}) => readAt ?? [])
    .sort()
    .at(-1) ?? new Date().toISOString()
