import type {Audit, AuditedCause} from '../../audit/report.ts'
import type {Severity} from '../../checks/check.ts'
import type {Verdict} from '../../diagnosis/report.ts'
import {partitionOf} from '../../model/partition.ts'
import {inChunks} from '../../util/chunks.ts'
import {groupBy} from '../../util/group-by.ts'
import {plain} from '../../util/plain-text.ts'
import {causesOf, entryOf, gainOf, groupIdOf, groupsById, sentenceOf} from './audit-facts.ts'
import {jsonText} from './json.ts'
import type {ReportFile} from './report-file.ts'

const LABELS: Readonly<Record<Severity, 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL'>> = {
  blocks: 'HIGH',
  degrades: 'MEDIUM',
  undecided: 'LOW',
  advises: 'INFORMATIONAL',
  symptom: 'INFORMATIONAL',
}

/**
 * Findings for `aws securityhub batch-import-findings`, active ones and those that are resolved since the baseline.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 */
export const asffAudit = (audit: Audit): string => jsonText(asffFindings(audit))

/** A call accepts findings of one account, and an account imports them in each Region separately. */
const MAX_FINDINGS = 100

/**
 * A file for each account and Region and each hundred findings, as `batch-import-findings --findings file://` expects
 * it.
 */
export function asffFiles(audit: Audit): readonly ReportFile[] {
  const places = groupBy(asffFindings(audit), (one) => `${one.AwsAccountId}.${one.Resources[0]?.Region}`)
  return [...places].flatMap(([place, findings]) =>
    inChunks(findings, MAX_FINDINGS).map((chunk, at) => ({
      name: `${place}${at === 0 ? '' : `.${at + 1}`}.json`,
      text: jsonText(chunk),
    })),
  )
}

type Finding = ReturnType<typeof findingOf>

export function asffFindings(audit: Audit): readonly Finding[] {
  const groups = groupsById(audit)
  const known = new Map(audit.instances.map((instance) => [instance.id, instance]))
  const active = audit.instances.flatMap((instance) =>
    causesOf(instance).map((cause) => {
      const group = groups.get(groupIdOf(cause))
      const advice = group?.change ? `${group.change.title} (${gainOf(group)}).` : entryOf(cause.id).title
      const {verdict, account, region, id} = instance
      const description = sentenceOf(instance, cause)
      return findingOf(audit, {instance: id, account: account ?? '', region, verdict, cause, description, advice})
    }),
  )
  const over = (audit.changes?.resolved ?? []).map(({instance, account, region, cause: id, resource}) => {
    const cause = {id, resource, severity: entryOf(id).severity, certainty: 'proven'} as const
    const verdict = known.get(instance)?.verdict ?? 'managed'
    const description = `${instance}: no longer found: ${entryOf(id).title}.`
    const advice = 'Nothing is left to do.'
    const finding = {instance, account: account ?? '', region, verdict, cause, description, advice}
    return {...findingOf(audit, finding), ...RESOLVED}
  })
  return [...active, ...over].filter(({AwsAccountId}) => AwsAccountId !== '')
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/finding-workflow-status.html */
const RESOLVED = {Compliance: {Status: 'PASSED'}, RecordState: 'ARCHIVED'} as const

const TITLES: Readonly<Record<Audit['schema'], string>> = {
  'ssm-doctor/audit/1': 'is not a healthy managed node',
  'ssm-doctor/inspector/1': 'is not scanned through Systems Manager',
}

const TYPES = ['Software and Configuration Checks/AWS Security Best Practices']

/** The limits of the format, in characters. */
const MAX = {title: 256, description: 1024, recommendation: 512} as const

const cut = (text: string, most: number): string => {
  const line = plain(text)
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}

const complianceOf = (severity: Severity): 'WARNING' | 'PASSED' | 'FAILED' =>
  severity === 'undecided' ? 'WARNING' : severity === 'advises' ? 'PASSED' : 'FAILED'

interface Found {
  readonly instance: string
  readonly account: string
  readonly region: string
  readonly verdict: Verdict
  readonly cause: AuditedCause
  readonly description: string
  readonly advice: string
}

function findingOf(audit: Audit, {instance: id, account, region, verdict, cause, description, advice}: Found) {
  const {title, docs} = entryOf(cause.id)
  const partition = partitionOf(region)
  const severity = {Label: LABELS[cause.severity], Original: cause.severity}
  return {
    SchemaVersion: '2018-10-08',
    Id: `ssm-doctor/${account}/${region}/${id}/${groupIdOf(cause)}`.slice(0, 512),
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'ssm-doctor',
    GeneratorId: `ssm-doctor/${cause.id}`,
    AwsAccountId: account,
    Types: TYPES,
    CreatedAt: audit.readAt,
    UpdatedAt: audit.readAt,
    Severity: severity,
    // https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
    FindingProviderFields: {Severity: severity, Types: TYPES},
    Title: cut(`${id} ${TITLES[audit.schema]}: ${title}`, MAX.title),
    Description: cut(description, MAX.description),
    Remediation: {Recommendation: {Text: cut(advice, MAX.recommendation), ...(docs && {Url: docs})}},
    ProductFields: {
      'ssm-doctor/cause': cause.id,
      'ssm-doctor/resource': cause.resource,
      'ssm-doctor/certainty': cause.certainty,
      'ssm-doctor/verdict': verdict,
    },
    Resources: [
      {
        Type: 'AwsEc2Instance',
        Id: `arn:${partition}:ec2:${region}:${account}:instance/${id}`,
        Partition: partition,
        Region: region,
      },
    ],
    Compliance: {Status: complianceOf(cause.severity)},
    Workflow: {Status: 'NEW'},
    RecordState: 'ACTIVE' as 'ACTIVE' | 'ARCHIVED',
  }
}
