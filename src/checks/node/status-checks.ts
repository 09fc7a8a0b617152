import {isOnline} from '../../agent/node.ts'
import {type Facts, type Instance, type InstanceStatus, isUnreadable, type Unreadable} from '../../model/account.ts'
import {ec2Api, ssmGuide} from '../../model/documentation.ts'
import {find} from '../../model/lists.ts'
import {rebootInstance, stopStartInstance} from '../../remedies/changes/instances.ts'
import {type Remedy, untried} from '../../remedies/core/remedy.ts'
import {advises, blocks, defineCheck, type Finding, type Note} from '../check.ts'

type StatusFacts = Facts<never, 'InstanceStatuses' | 'InstanceInformationList'>

const SOURCE = 'ec2:DescribeInstanceStatus'
const CATEGORIES = ssmGuide('diagnosing-ec2-category-types')

export const statusChecks = defineCheck({
  id: 'status-checks',
  title: 'EC2 status checks',
  why: 'An agent cannot keep its connection while a system status check, an instance status check or a volume fails.',
  causes: {
    'instance.system-check-failed': blocks('a failing system status check', CATEGORIES),
    'instance.instance-check-failed': blocks('a failing instance status check', CATEGORIES),
    'instance.ebs-check-failed': blocks('a failing volume', ec2Api('API_DescribeInstanceStatus')),
    'instance.scheduled-event': advises('a scheduled event', ec2Api('API_InstanceStatusEvent')),
  },
  dependsOn: ['machine'],
  optionalKinds: ['InstanceStatuses', 'InstanceInformationList'],
  run: (facts, instance) => {
    const {InstanceStatuses} = facts
    if (isUnreadable(InstanceStatuses)) return [unread(facts, instance, InstanceStatuses)]
    const status = find(InstanceStatuses, 'InstanceId', instance.InstanceId)
    if (!status) return [{skip: 'EC2 lists no status checks for this instance.'}]
    const notes = [...failures(status, instance), ...events(status, instance)]
    return notes.length > 0 ? notes : [{fact: `Status checks: ${summaryOf(status)}.`}]
  },
})

/** A node that is online is evidently running. */
const unread = (facts: StatusFacts, instance: Instance, {unreadable}: Unreadable): Note =>
  isOnline(facts, instance)
    ? {skip: `The status checks were not read: ${unreadable}`}
    : {unknown: `The status checks could not be read: ${unreadable}`, kind: 'InstanceStatuses'}

interface Subject {
  readonly cause: string
  readonly name: string
  readonly field: 'SystemStatus' | 'InstanceStatus' | 'AttachedEbsStatus'
  readonly meaning: string
  readonly remedy: (instance: Instance) => Remedy
}

/**
 * In this order, a failing check may be the reason for those after it: AWS lists failed system checks first among the
 * reasons for a failed instance check, and an operating system whose volume does not answer stops responding.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
 */
const SUBJECTS: readonly Subject[] = [
  {
    cause: 'instance.system-check-failed',
    name: 'host',
    field: 'SystemStatus',
    meaning: 'the host or its network is failing',
    remedy: stopStartInstance,
  },
  {
    cause: 'instance.ebs-check-failed',
    name: 'volumes',
    field: 'AttachedEbsStatus',
    meaning: 'it cannot read or write a volume',
    // Another host may or may not reach the volume.
    remedy: (instance) => untried(stopStartInstance(instance)),
  },
  {
    cause: 'instance.instance-check-failed',
    name: 'instance',
    field: 'InstanceStatus',
    meaning: 'its operating system does not answer',
    remedy: rebootInstance,
  },
]

const summaryOf = (status: InstanceStatus): string =>
  SUBJECTS.flatMap(({name, field}) => (status[field]?.Status ? [`${name} ${status[field].Status}`] : [])).join(', ')

/** The remedy of the first failing check; what it leaves failing shows afterwards. */
function failures(status: InstanceStatus, instance: Instance): readonly Finding[] {
  const failing = SUBJECTS.filter(({field}) => status[field]?.Status === 'impaired')
  const [first, ...others] = failing
  if (!first) return []
  const remedy = first.remedy(instance)
  const remedies = [others.length > 0 ? untried(remedy) : remedy]
  return failing.map(({cause, field, meaning}) => ({
    cause,
    resource: instance.InstanceId,
    message: `EC2 finds ${instance.InstanceId} impaired: ${meaning}${since(status[field])}.`,
    evidence: [{fact: `${field}.Status is impaired`, source: SOURCE}],
    remedies,
  }))
}

function since(summary: InstanceStatus[Subject['field']]): string {
  const when = summary?.Details?.find(({ImpairedSince}) => ImpairedSince !== undefined)?.ImpairedSince
  return when === undefined ? '' : `, since ${when}`
}

/** EC2 keeps past events in the list for a week and marks them in the description. */
const events = ({Events}: InstanceStatus, instance: Instance): readonly Finding[] =>
  (Events ?? [])
    .filter(({Description}) => !/^\[(?:Completed|Canceled)\]/.test(Description ?? ''))
    .map(({Code, Description, NotBefore}) => ({
      cause: 'instance.scheduled-event',
      resource: instance.InstanceId,
      message: `AWS has scheduled ${Code ?? 'an event'} for ${instance.InstanceId}${NotBefore ? `, not before ${NotBefore}` : ''}; the node is unavailable during the event.`,
      evidence: [{fact: `${Code ?? 'Event'}: ${Description ?? 'no description'}`, source: SOURCE}],
      remedies: [stopStartInstance(instance)],
    }))
