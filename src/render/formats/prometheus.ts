import type {Audit} from '../../audit/report.ts'
import {countBy} from '../../util/count-by.ts'
import {uniqueBy} from '../../util/group-by.ts'
import {visible} from '../../util/usage-error.ts'
import {placeOf, VERDICTS} from '../audit-facts.ts'

type Labels = Readonly<Record<string, string | null>>
type Sample = readonly [Labels, number]

/**
 * For the text file collector. No per-instance labels: each would be a separate time series.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusAudit(audit: Audit): string {
  const {totals, scopes, groups, readAt, instances, suppressed} = audit
  const own = instances.filter(({inspector}) => inspector?.examined ?? true)
  const places = own.map(({account, region, verdict}) => ({account, region, verdict}))
  const causes = instances.flatMap(({account, region, causes: all}) =>
    uniqueBy(all, ({id}) => id).map(({id, severity}) => ({account, region, cause: id, severity})),
  )
  const covered = instances.flatMap(({account, region, inspector}) =>
    inspector ? [{account, region, coverage: inspector.coverage}] : [],
  )
  return [
    ...metric('ssm_doctor_instances', 'Instances by verdict.', numberOf(places)),
    ...metric(
      'ssm_doctor_fleet_instances',
      'Instances of the whole audit by verdict.',
      VERDICTS.map((verdict) => [{verdict}, totals.verdicts[verdict]]),
    ),
    ...metric('ssm_doctor_inspector_instances', 'Instances by Amazon Inspector coverage.', numberOf(covered)),
    ...metric('ssm_doctor_cause_instances', 'Instances that have the cause.', numberOf(causes)),
    ...metric('ssm_doctor_fixable_instances', 'Instances fixed by the single best fix.', [
      [{}, Math.max(0, ...groups.map(({change}) => change?.fixes ?? 0))],
    ]),
    ...metric('ssm_doctor_suppressed_findings', 'Suppressed findings.', [[{}, suppressed.length]]),
    ...metric('ssm_doctor_scope_examined', '1 if the account and Region was examined.', examined(scopes)),
    ...metric('ssm_doctor_audit_timestamp_seconds', 'Unix time of the data.', [[{}, Date.parse(readAt) / 1000]]),
  ].join('\n')
}

/** How many times each combination of labels occurs. */
const numberOf = (all: readonly Labels[]): readonly Sample[] =>
  [...countBy(all, (labels) => JSON.stringify(labels))].map(([labels, count]) => [JSON.parse(labels), count])

/** Several files of an account and Region are one sample: two with the same labels would be an error. */
function examined(scopes: Audit['scopes']): readonly Sample[] {
  const places = new Map<string, Sample>()
  for (const {account, region, failed} of scopes) {
    const key = placeOf({account, region})
    places.set(key, [{account, region}, failed === null ? (places.get(key)?.[1] ?? 1) : 0])
  }
  return [...places.values()]
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

/** An account file may name anything as its account or Region, and two samples with the same labels are an error. */
const escapeLabel = (text: string): string => visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
