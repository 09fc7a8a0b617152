import {type Audit, type AuditedCause, type AuditedInstance, type Group, groupIdOf} from '../../audit/report.ts'
import type {Certainty} from '../../checks/check.ts'
import type {Severity} from '../../checks/severity.ts'
import {isHybridId, nodeArn} from '../../model/hybrid.ts'
import {partitionOf} from '../../model/partition.ts'
import {groupBy} from '../../util/group-by.ts'
import {plain} from '../../util/plain-text.ts'
import {adviceOf, catalogEntryOf, causesIn, FINDING_TYPES, OTHER_STATUS, reasonFor} from '../audit-facts.ts'
import {jsonText} from './json.ts'

type Found = ReturnType<typeof causesIn>[number]

/** For tools that take an array. https://schema.ocsf.io/1.6.0/classes/compliance_finding?profiles=cloud,datetime */
export const ocsfAudit = (audit: Audit, version: string): string => jsonText(findingsOf(audit, version))

/** One finding on each line, for log pipelines. */
export const ocsfLines = (audit: Audit, version: string): string =>
  findingsOf(audit, version)
    .map((finding) => jsonText(finding, 0))
    .join('\n')

/** One finding for each cause of a resource in an account and Region, with the instances that have it. */
function findingsOf(audit: Audit, version: string): readonly object[] {
  const shared = groupBy(causesIn(audit), ({instance, cause}) => uidOf(instance, groupIdOf(cause)))
  return [...shared.values()].map((found) => findingOf(audit, found, version))
}

/** Two accounts can have resources of the same name. */
const uidOf = ({account, region}: Pick<Group, 'account' | 'region'>, key: string): string =>
  `ssm-doctor/${account ?? 'unknown'}/${region}/${key}`

const CLASS = {
  activity_id: 1,
  activity_name: 'Create',
  category_uid: 2,
  category_name: 'Findings',
  class_uid: 2003,
  class_name: 'Compliance Finding',
  type_uid: 200301,
  type_name: 'Compliance Finding: Create',
  status_id: 1,
  status: 'New',
} as const

interface Level {
  readonly id: number
  readonly caption: string
}

const levelIn = (field: string, {id, caption}: Level) => ({[`${field}_id`]: id, [field]: caption})

const SEVERITIES: Readonly<Record<Severity, Level>> = {
  blocks: {id: 4, caption: 'High'},
  degrades: {id: 3, caption: 'Medium'},
  undecided: {id: 2, caption: 'Low'},
  advises: {id: 1, caption: 'Informational'},
  symptom: {id: 1, caption: 'Informational'},
}

/** Warning: the check had no result because information is missing. */
const COMPLIANCE: Readonly<Record<Severity, Level>> = {
  blocks: {id: 3, caption: 'Fail'},
  degrades: {id: 3, caption: 'Fail'},
  undecided: {id: 2, caption: 'Warning'},
  advises: {id: 1, caption: 'Pass'},
  symptom: {id: 3, caption: 'Fail'},
}

const CONFIDENCE: Readonly<Record<Certainty, Level>> = {
  proven: {id: 3, caption: 'High'},
  likely: {id: 2, caption: 'Medium'},
  possible: {id: 1, caption: 'Low'},
}

function findingOf(audit: Audit, found: readonly Found[], version: string) {
  const {instance, cause, group} = found[0]!
  const {account, region} = instance
  const {id, resource} = cause
  const {title, docs, check} = catalogEntryOf(id)
  const causes = found.map((one) => one.cause)
  const worst = causes.toSorted((a, b) => SEVERITIES[b.severity].id - SEVERITIES[a.severity].id)[0] ?? cause
  const leastCertain = causes.toSorted((a, b) => CONFIDENCE[a.certainty].id - CONFIDENCE[b.certainty].id)[0] ?? worst
  const message = plain(group ? reasonFor(group) : descriptionOf(instance, cause))
  const time = Date.parse(audit.readAt)
  return {
    ...CLASS,
    time,
    time_dt: audit.readAt,
    ...levelIn('severity', SEVERITIES[worst.severity]),
    ...levelIn('confidence', CONFIDENCE[leastCertain.certainty]),
    message,
    metadata: {
      version: '1.6.0',
      profiles: ['cloud', 'datetime'],
      product: {name: 'ssm-doctor', vendor_name: 'ssm-doctor', version},
    },
    cloud: {
      provider: 'AWS',
      cloud_partition: partitionOf(region),
      region,
      ...(account !== null && {account: {uid: account, type: 'AWS Account', type_id: 10}}),
    },
    finding_info: {
      uid: uidOf(instance, groupIdOf(cause)),
      title: plain(title),
      desc: message,
      last_seen_time: time,
      last_seen_time_dt: audit.readAt,
      types: FINDING_TYPES,
    },
    compliance: {
      control: id,
      ...(check && {category: check}),
      ...levelIn('status', COMPLIANCE[worst.severity]),
      status_code: worst.severity,
    },
    remediation: remediationOf(group, docs),
    resources: found.map((one) => resourceOf(one.instance)),
    unmapped: {'ssm-doctor': {cause: id, resource, certainty: leastCertain.certainty, severity: worst.severity}},
  }
}

const descriptionOf = ({inspector}: AuditedInstance, {id, resource}: AuditedCause): string =>
  id === OTHER_STATUS && inspector
    ? `${inspector.reason ?? ''} ${inspector.meaning}`.trim()
    : `${catalogEntryOf(id).title} (${resource}).`

/** The commands are text for the reader of the finding. */
const remediationOf = (group: Group | undefined, docs: string) => ({
  desc: [plain(adviceOf(group)), ...(group?.change?.commands ?? [])].join('\n'),
  ...(docs && {references: [docs]}),
})

function resourceOf({id, name, account, region, owner, verdict}: AuditedInstance) {
  const partition = partitionOf(region)
  return {
    uid: account === null ? id : nodeArn({Partition: partition, Region: region}, account, id),
    uid_alt: id,
    ...(name !== null && {name: plain(name)}),
    // The names of Systems Manager: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
    type: isHybridId(id) ? 'AWS::SSM::ManagedInstance' : 'AWS::EC2::Instance',
    cloud_partition: partition,
    region,
    ...(owner !== null && {owner: {name: plain(owner)}}),
    labels: [`verdict: ${verdict}`],
  }
}
