import type {Audit, AuditedCause, AuditedInstance, Group} from '../../audit/report.ts'
import type {Certainty, Severity} from '../../checks/check.ts'
import {partitionOf} from '../../model/partition.ts'
import {plain} from '../../util/plain-text.ts'
import {causesOf, entryOf, gainOf, groupIdOf, OTHER_STATUS} from './audit-facts.ts'
import {jsonText} from './json.ts'

/** One cause of one resource in an account and Region, with the instances that have it. */
interface Shared {
  readonly uid: string
  readonly cause: AuditedCause
  readonly account: string | null
  readonly region: string
  readonly members: {readonly instance: AuditedInstance; readonly cause: AuditedCause}[]
}

/** For tools that take an array. https://schema.ocsf.io/1.6.0/classes/compliance_finding?profiles=cloud,datetime */
export const ocsfAudit = (audit: Audit, version: string): string => jsonText(findingsOf(audit, version))

/** One finding on each line, for log pipelines. */
export const ocsfLines = (audit: Audit, version: string): string =>
  findingsOf(audit, version)
    .map((finding) => jsonText(finding, 0))
    .join('\n')

function findingsOf(audit: Audit, version: string): readonly object[] {
  const groups = new Map(audit.groups.map((group) => [uidOf(group, group.id), group]))
  return sharedCauses(audit).map((shared) => findingOf(audit, shared, groups.get(shared.uid), version))
}

/** Two accounts can have resources of the same name. */
const uidOf = ({account, region}: Pick<Group, 'account' | 'region'>, key: string): string =>
  `ssm-doctor/${account ?? 'unknown'}/${region}/${key}`

function sharedCauses({instances}: Audit): readonly Shared[] {
  const found = new Map<string, Shared>()
  for (const instance of instances)
    for (const cause of causesOf(instance)) {
      const {account, region} = instance
      const uid = uidOf(instance, groupIdOf(cause))
      const known = found.get(uid)
      if (known) known.members.push({instance, cause})
      else found.set(uid, {uid, cause, account, region, members: [{instance, cause}]})
    }
  return [...found.values()]
}

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

function findingOf(audit: Audit, shared: Shared, group: Group | undefined, version: string) {
  const {uid, account, region, members} = shared
  const {id, resource} = shared.cause
  const {title, docs, check} = entryOf(id)
  const causes = members.map(({cause}) => cause)
  const worst = causes.toSorted((a, b) => SEVERITIES[b.severity].id - SEVERITIES[a.severity].id)[0] ?? shared.cause
  const leastCertain = causes.toSorted((a, b) => CONFIDENCE[a.certainty].id - CONFIDENCE[b.certainty].id)[0] ?? worst
  const severity = SEVERITIES[worst.severity]
  const compliance = COMPLIANCE[worst.severity]
  const confidence = CONFIDENCE[leastCertain.certainty]
  const message = plain(group?.message ?? descriptionOf(shared, title))
  const time = Date.parse(audit.readAt)
  return {
    ...CLASS,
    time,
    time_dt: audit.readAt,
    severity_id: severity.id,
    severity: severity.caption,
    confidence_id: confidence.id,
    confidence: confidence.caption,
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
      uid,
      title: plain(title),
      desc: message,
      last_seen_time: time,
      last_seen_time_dt: audit.readAt,
      types: ['Software and Configuration Checks/AWS Security Best Practices'],
    },
    compliance: {
      control: id,
      ...(check && {category: check}),
      status_id: compliance.id,
      status: compliance.caption,
      status_code: worst.severity,
    },
    remediation: remediationOf(group, title, docs),
    resources: members.map(({instance}) => resourceOf(instance)),
    unmapped: {'ssm-doctor': {cause: id, resource, certainty: leastCertain.certainty, severity: worst.severity}},
  }
}

const descriptionOf = ({cause, members}: Shared, title: string): string => {
  const inspected = members[0]?.instance.inspector
  return cause.id === OTHER_STATUS && inspected
    ? `${inspected.reason ?? ''} ${inspected.meaning}`.trim()
    : `${title} (${cause.resource}).`
}

/** The commands are text for the reader of the finding. */
function remediationOf(group: Group | undefined, title: string, docs: string) {
  const change = group?.change
  const desc =
    group && change ? [`${plain(change.title)} (${gainOf(group)}).`, ...change.commands].join('\n') : plain(title)
  return {desc, ...(docs && {references: [docs]})}
}

function resourceOf({id, name, account, region, owner, verdict}: AuditedInstance) {
  const partition = partitionOf(region)
  return {
    uid: account === null ? id : `arn:${partition}:ec2:${region}:${account}:instance/${id}`,
    uid_alt: id,
    ...(name !== null && {name: plain(name)}),
    type: 'AWS::EC2::Instance',
    cloud_partition: partition,
    region,
    ...(owner !== null && {owner: {name: plain(owner)}}),
    labels: [`verdict: ${verdict}`],
  }
}
