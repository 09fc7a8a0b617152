import {type Audit, type AuditedCause, type AuditedInstance, groupIdOf} from '../../audit/report.ts'
import {isImpairing, type Severity} from '../../checks/severity.ts'
import {isHybridId, nodeArn} from '../../model/hybrid.ts'
import {partitionOf} from '../../model/partition.ts'
import {inChunks} from '../../util/chunks.ts'
import {groupBy} from '../../util/group-by.ts'
import {plain} from '../../util/plain-text.ts'
import {adviceOf, catalogEntryOf, causesIn, FINDING_TYPES, isInspection, sentenceOf} from '../audit-facts.ts'
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
  const known = new Map(audit.instances.map(({id, verdict}) => [id, verdict]))
  const active = causesIn(audit).map(({instance, cause, group}) => {
    return findingOf(audit, {
      ...instance,
      cause,
      description: sentenceOf(instance, cause, group),
      advice: adviceOf(group),
    })
  })
  const over = (audit.changes?.resolved ?? []).map(({instance: id, account, region, cause, resource}) => {
    const {title, severity} = catalogEntryOf(cause)
    const finding = findingOf(audit, {
      id,
      account,
      region,
      verdict: known.get(id) ?? 'managed',
      cause: {id: cause, resource, severity, certainty: 'proven'},
      description: `${id}: no longer found: ${title}.`,
      advice: 'Nothing is left to do.',
    })
    return {...finding, ...RESOLVED}
  })
  return [...active, ...over].filter(({AwsAccountId}) => AwsAccountId !== '')
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/finding-workflow-status.html */
const RESOLVED = {Compliance: {Status: 'PASSED'}, RecordState: 'ARCHIVED'} as const

/** Neither advice, nor what is undecided, nor a cause on an instance that Inspector scans is said to impair it. */
function titleOf(audit: Audit, {id, cause, inspector}: Found): string {
  const {title} = catalogEntryOf(cause.id)
  if (!isImpairing(cause) || inspector?.coverage === 'covered') return `${id}: ${title}`
  return `${id} is not ${isInspection(audit) ? 'scanned through Systems Manager' : 'a healthy managed node'}: ${title}`
}

/** The limits of the format, in characters. */
const MAX = {title: 256, description: 1024, recommendation: 512} as const

const cut = (text: string, most: number): string => {
  const line = plain(text)
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}

const complianceOf = (severity: Severity): 'WARNING' | 'PASSED' | 'FAILED' =>
  severity === 'undecided' ? 'WARNING' : severity === 'advises' ? 'PASSED' : 'FAILED'

interface Found extends Pick<AuditedInstance, 'id' | 'account' | 'region' | 'verdict' | 'inspector'> {
  readonly cause: AuditedCause
  readonly description: string
  readonly advice: string
}

function findingOf(audit: Audit, found: Found) {
  const {id, region, verdict, cause, description, advice} = found
  const account = found.account ?? ''
  const {docs} = catalogEntryOf(cause.id)
  const partition = partitionOf(region)
  const severity = {Label: LABELS[cause.severity], Original: cause.severity}
  return {
    SchemaVersion: '2018-10-08',
    Id: `ssm-doctor/${account}/${region}/${id}/${groupIdOf(cause)}`.slice(0, 512),
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'ssm-doctor',
    GeneratorId: `ssm-doctor/${cause.id}`,
    AwsAccountId: account,
    Types: FINDING_TYPES,
    CreatedAt: audit.readAt,
    UpdatedAt: audit.readAt,
    Severity: severity,
    // https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
    FindingProviderFields: {Severity: severity, Types: FINDING_TYPES},
    Title: cut(titleOf(audit, found), MAX.title),
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
        // https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resourcedetails-other.html
        Type: isHybridId(id) ? 'Other' : 'AwsEc2Instance',
        Id: nodeArn({Partition: partition, Region: region}, account, id),
        Partition: partition,
        Region: region,
      },
    ],
    Compliance: {Status: complianceOf(cause.severity)},
    Workflow: {Status: 'NEW'},
    RecordState: 'ACTIVE' as 'ACTIVE' | 'ARCHIVED',
  }
}
