import type {Audit, AuditedCause, AuditedInstance} from '../../audit/report.ts'
import type {Severity} from '../../checks/check.ts'
import {partitionOf} from '../../model/partition.ts'
import {plain} from '../../util/plain-text.ts'
import {causesOf, entryOf, gainOf, groupIdOf, groupsById, sentenceOf} from './audit-facts.ts'

const LABELS: Readonly<Record<Severity, 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL'>> = {
  blocks: 'HIGH',
  degrades: 'MEDIUM',
  undecided: 'LOW',
  advises: 'INFORMATIONAL',
  symptom: 'INFORMATIONAL',
}

/**
 * Findings for `aws securityhub batch-import-findings`, which takes a hundred findings of one account and Region.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 */
export function asffAudit(audit: Audit): string {
  const groups = groupsById(audit)
  const findings = audit.instances.flatMap((instance) =>
    instance.account === null
      ? []
      : causesOf(instance).map((cause) => {
          const group = groups.get(groupIdOf(cause))
          const advice = group?.change ? `${group.change.title} (${gainOf(group)}).` : entryOf(cause.id).title
          return findingOf(audit, instance, instance.account ?? '', cause, advice)
        }),
  )
  return JSON.stringify(findings, undefined, 2)
}

const TITLES: Readonly<Record<Audit['schema'], string>> = {
  'ssm-doctor/audit/1': 'is not a healthy managed node',
  'ssm-doctor/inspector/1': 'is not scanned through Systems Manager',
}

const TYPES = ['Software and Configuration Checks/AWS Security Best Practices']

/** The limits of the format, in characters. */
const MOST = {title: 256, description: 1024, recommendation: 512} as const

const cut = (text: string, most: number): string => {
  const line = plain(text)
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}

function findingOf(audit: Audit, instance: AuditedInstance, account: string, cause: AuditedCause, advice: string) {
  const {region, id} = instance
  const {title, docs} = entryOf(cause.id)
  const partition = partitionOf(region)
  const severity = {Label: LABELS[cause.severity], Original: cause.severity}
  return {
    SchemaVersion: '2018-10-08',
    Id: `ssm-doctor/${account}/${region}/${id}/${cause.id}@${cause.resource}`.slice(0, 512),
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
    Title: cut(`${id} ${TITLES[audit.schema]}: ${title}`, MOST.title),
    Description: cut(sentenceOf(instance, cause), MOST.description),
    Remediation: {Recommendation: {Text: cut(advice, MOST.recommendation), ...(docs && {Url: docs})}},
    ProductFields: {
      'ssm-doctor/cause': cause.id,
      'ssm-doctor/resource': cause.resource,
      'ssm-doctor/certainty': cause.certainty,
      'ssm-doctor/verdict': instance.verdict,
    },
    Resources: [
      {
        Type: 'AwsEc2Instance',
        Id: `arn:${partition}:ec2:${region}:${account}:instance/${id}`,
        Partition: partition,
        Region: region,
      },
    ],
    Compliance: {
      Status: cause.severity === 'undecided' ? 'WARNING' : cause.severity === 'advises' ? 'PASSED' : 'FAILED',
    },
    Workflow: {Status: 'NEW'},
    RecordState: 'ACTIVE',
  }
}
