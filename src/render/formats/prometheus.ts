import type {Audit} from '../../audit/report.ts'
import {VERDICTS} from './audit-facts.ts'

type Labels = Readonly<Record<string, string | null>>
type Sample = readonly [Labels, number]

/**
 * For the text file collector. No per-instance labels: each would be a separate time series.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusAudit(audit: Audit): string {
  const {totals, scopes, groups, readAt, instances, suppressed} = audit
  const placed = new Map<string, {labels: Labels; count: number}>()
  const causes = new Map<string, {labels: Labels; count: number}>()
  const count = (into: typeof placed, labels: Labels) => {
    const key = JSON.stringify(labels)
    const known = into.get(key)
    if (known) known.count += 1
    else into.set(key, {labels, count: 1})
  }
  const covered = new Map<string, {labels: Labels; count: number}>()
  for (const {account, region, verdict, causes: all, inspector} of instances) {
    if (inspector?.examined ?? true) count(placed, {account, region, verdict})
    if (inspector) count(covered, {account, region, coverage: inspector.coverage})
    for (const {id, severity} of new Map(all.map((cause) => [cause.id, cause])).values())
      count(causes, {account, region, cause: id, severity})
  }
  const samples = (of: typeof placed): readonly Sample[] => [...of.values()].map(({labels, count: n}) => [labels, n])
  return [
    ...metric('ssm_doctor_instances', 'Instances by verdict.', samples(placed)),
    ...metric(
      'ssm_doctor_fleet_instances',
      'Instances of the whole audit by verdict.',
      VERDICTS.map((verdict) => [{verdict}, totals.verdicts[verdict]]),
    ),
    ...metric('ssm_doctor_inspector_instances', 'Instances by Amazon Inspector coverage.', samples(covered)),
    ...metric('ssm_doctor_cause_instances', 'Instances that have the cause.', samples(causes)),
    ...metric('ssm_doctor_fixable_instances', 'Instances fixed by the single best fix.', [
      [{}, Math.max(0, ...groups.map(({change}) => change?.fixes ?? 0))],
    ]),
    ...metric('ssm_doctor_suppressed_findings', 'Suppressed findings.', [[{}, suppressed.length]]),
    ...metric(
      'ssm_doctor_scope_examined',
      '1 if the account and Region was examined.',
      scopes.map(({account, region, failed}) => [{account, region}, failed === null ? 1 : 0]),
    ),
    ...metric('ssm_doctor_audit_timestamp_seconds', 'Unix time of the data.', [[{}, Date.parse(readAt) / 1000]]),
  ].join('\n')
}

function metric(name: string, help: string, samples: readonly Sample[]): readonly string[] {
  if (samples.length === 0) return []
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => `${name}${inBraces(labels)} ${value}`),
  ]
}

const inBraces = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value ?? '')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
