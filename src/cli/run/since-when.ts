import type {Aws} from '../../collect/aws.ts'
import {diagnose} from '../../diagnosis/diagnose.ts'
import type {ExamineOptions} from '../../diagnosis/examine-options.ts'
import {planFor} from '../../diagnosis/plan/plan.ts'
import {type HistoryLookups, lookupsFor} from '../../history/lookups.ts'
import {sinceWhen} from '../../history/since-when.ts'
import {keyOf} from '../../history/timeline.ts'
import type {Account} from '../../model/account.ts'
import {find} from '../../model/joins.ts'
import type {SinceWhenFlags} from '../input/flags.ts'
import {withEventsIn} from '../input/history-files.ts'
import {examineInstance, type InstanceExamination} from './examination.ts'

/**
 * The examination with the time since when each proven cause exists: from AWS, or from the account file and the files
 * given.
 */
export async function examineSinceWhen(
  account: Account,
  id: string,
  options: ExamineOptions,
  {cloudtrail}: SinceWhenFlags,
  aws?: Aws,
): Promise<InstanceExamination> {
  const instance = find(account.Instances, 'InstanceId', id)
  if (!instance) return examineInstance(account, id, options)
  const {evidence = [], flowLog} = options
  const diagnosis = diagnose(account, instance, {includeFallback: true, evidence, flowLog})
  const given = cloudtrail ? await withEventsIn(account, cloudtrail) : account
  const {revealed} = planFor(given, instance, diagnosis, options.prefer)
  const past = aws ? await collected(aws, given, lookupsFor(given, instance, diagnosis, revealed), cloudtrail) : given
  const history = sinceWhen(past, instance, diagnosis, revealed)
  const undo: ExamineOptions['undo'] = (finding) => {
    const remedy = history.undo.get(keyOf(finding))
    return remedy ? [remedy] : []
  }
  const examined = examineInstance(past, id, {...options, undo})
  return {...examined, report: {...examined.report, sinceWhen: history.sinceWhen}}
}

/** Events that were passed in are not looked up again. */
async function collected(
  aws: Aws,
  account: Account,
  lookups: HistoryLookups,
  given: SinceWhenFlags['cloudtrail'],
): Promise<Account> {
  const {collectHistory} = await import('../../collect/history.ts')
  return collectHistory(aws, account, given ? {...lookups, events: []} : lookups)
}
