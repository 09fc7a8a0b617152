import {isOnline} from '../agent/node.ts'
import {type Facts, type Instance, type InstanceStatus, isUnreadable, type Unreadable} from '../model/account.ts'
import {ec2Api, ssmGuide} from '../model/documentation.ts'
import {find} from '../model/joins.ts'
import {rebootInstance, stopStartInstance} from '../remedies/changes/instances.ts'
import type {Remedy} from '../remedies/core/remedy.ts'
import {advises, blocks, defineCheck, type Finding, type Note} from './check.ts'

type StatusFacts = Facts<never, 'InstanceStatuses' | 'InstanceInformationList'>

const SOURCE = 'ec2:DescribeInstanceStatus'
const CATEGORIES = ssmGuide('diagnosing-ec2-category-types')

export const statusChecks = defineCheck({
  id: 'status-checks',
  title: 'EC2 status checks',
  why: 'An agent on a failing system status check, a failing instance status check or a failing volume cannot keep its connection.',
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
    return notes.length > 0 ? notes : [{fact: `Status checks: ${summaries(status)}.`}]
  },
})

/** A node that is online is evidently running. */
const unread = (facts: StatusFacts, instance: Instance, {unreadable}: Unreadable): Note =>
  isOnline(facts, instance)
    ? {skip: `The status checks were not read: ${unreadable}`}
    : {unknown: `The status checks could not be read: ${unreadable}`, kind: 'InstanceStatuses'}

const summaries = ({SystemStatus, InstanceStatus, AttachedEbsStatus}: InstanceStatus): string =>
  [summary('host', SystemStatus), summary('instance', InstanceStatus), summary('volumes', AttachedEbsStatus)]
    .filter(Boolean)
    .join(', ')

const summary = (subject: string, {Status}: NonNullable<Summary> = {}): string => (Status ? `${subject} ${Status}` : '')

type Summary = InstanceStatus['SystemStatus'] | InstanceStatus['AttachedEbsStatus']

interface Subject {
  readonly cause: string
  readonly field: string
  readonly summary: Summary
  readonly meaning: string
  readonly remedies: readonly Remedy[]
}

const subjects = (status: InstanceStatus, instance: Instance): readonly Subject[] => [
  {
    cause: 'instance.system-check-failed',
    field: 'SystemStatus',
    summary: status.SystemStatus,
    meaning: 'the host or its network is failing',
    remedies: [stopStartInstance(instance)],
  },
  {
    cause: 'instance.instance-check-failed',
    field: 'InstanceStatus',
    summary: status.InstanceStatus,
    meaning: 'its operating system does not answer',
    remedies: [rebootInstance(instance)],
  },
  {
    cause: 'instance.ebs-check-failed',
    field: 'AttachedEbsStatus',
    summary: status.AttachedEbsStatus,
    meaning: 'it cannot read or write a volume',
    remedies: [unproven(stopStartInstance(instance))],
  },
]

/** Another host may or may not reach the volume: only a user can find out. */
const unproven = ({apply: _, ...remedy}: Remedy): Remedy => remedy

const isImpaired = (summary: Summary): boolean => summary?.Status === 'impaired'

/** Nearly every instance of a fleet is healthy, and then its fix is not computed. */
const failures = (status: InstanceStatus, instance: Instance): readonly Finding[] =>
  [status.SystemStatus, status.InstanceStatus, status.AttachedEbsStatus].some(isImpaired)
    ? impairments(status, instance)
    : []

const impairments = (status: InstanceStatus, instance: Instance): readonly Finding[] =>
  subjects(status, instance).flatMap(({cause, field, summary, meaning, remedies}) =>
    isImpaired(summary)
      ? [
          {
            cause,
            resource: instance.InstanceId,
            message: `EC2 finds ${instance.InstanceId} impaired: ${meaning}${since(summary)}.`,
            evidence: [{fact: `${field}.Status is impaired`, source: SOURCE}],
            remedies,
          },
        ]
      : [],
  )

function since(summary: Summary): string {
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
      message: `AWS has scheduled ${Code ?? 'an event'} for ${instance.InstanceId}${NotBefore ? `, not before ${NotBefore}` : ''}; the node is unavailable in the meantime.`,
      evidence: [{fact: `${Code ?? 'Event'}: ${Description ?? 'no description'}`, source: SOURCE}],
      remedies: [stopStartInstance(instance)],
    }))
