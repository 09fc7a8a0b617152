import type {Aws} from '../../collect/client/aws.ts'
import {findingKey} from '../../diagnosis/cause-key.ts'
import {checklistFor} from '../../diagnosis/checklist/checklist.ts'
import {diagnose} from '../../diagnosis/diagnose.ts'
import type {ExamineOptions} from '../../diagnosis/examine-options.ts'
import {lookupsFor} from '../../history/lookups.ts'
import {sinceWhen} from '../../history/since-when.ts'
import {type Account, type CloudTrailEvent, isNotAsked, notAsked, type Reading} from '../../model/account.ts'
import type {HistoryLookups} from '../../model/history-lookups.ts'
import {find} from '../../model/lists.ts'
import {withEvents} from '../input/history-files.ts'
import {examineInstance, type InstanceExamination} from './examination.ts'

/**
 * The examination with the time since when each proven cause exists: from AWS, or from the account file and the events
 * of other files.
 */
export async function examineSinceWhen(
  account: Account,
  id: string,
  options: ExamineOptions,
  events: Reading<CloudTrailEvent> | undefined,
  aws?: Aws,
): Promise<InstanceExamination> {
  const instance = find(account.Instances, 'InstanceId', id)
  if (!instance) return examineInstance(account, id, options)
  const {evidence = [], flowLog} = options
  const diagnosis = diagnose(account, instance, {includeFallback: true, evidence, flowLog})
  const withOthers = events ? withEvents(account, events) : aws ? account : withoutEvents(account)
  const {revealed} = checklistFor(withOthers, instance, diagnosis, options.prefer)
  // Events that files contain are not looked up again.
  const lookups = lookupsFor(withOthers, instance, diagnosis, revealed)
  const past = aws ? await collected(aws, withOthers, events ? {...lookups, events: []} : lookups) : withOthers
  const history = sinceWhen(past, instance, diagnosis, revealed)
  const undo: ExamineOptions['undo'] = (finding) => {
    const remedy = history.undo.get(findingKey(finding))
    return remedy ? [remedy] : []
  }
  const examined = examineInstance(past, id, {...options, undo})
  return {...examined, report: {...examined.report, sinceWhen: history.sinceWhen}}
}

/** An account file rarely has events: the report says how to give them. */
const withoutEvents = (account: Account): Account =>
  isNotAsked(account.CloudTrailEvents)
    ? {...account, CloudTrailEvents: {...notAsked(), unreadable: 'pass its events with --cloudtrail FILE'}}
    : account

async function collected(aws: Aws, account: Account, lookups: HistoryLookups): Promise<Account> {
  const {collectHistory} = await import('../../collect/history.ts')
  return collectHistory(aws, account, lookups)
}
