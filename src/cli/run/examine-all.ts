import type {Aws} from '../../collect/aws.ts'
import type {ExamineOptions} from '../../diagnosis/examine-options.ts'
import type {Account} from '../../model/account.ts'
import {isUnreadable} from '../../model/account.ts'
import {isHybridId, subjectOf} from '../../model/hybrid.ts'
import {groupBy} from '../../util/group-by.ts'
import {usageError} from '../../util/usage-error.ts'
import {inAws} from '../input/connection.ts'
import type {AccountFlags, EvidenceFlags, FlowLogFlags, RemedyFlags, SinceWhenFlags} from '../input/flags.ts'
import type {FlowLogReader} from '../input/flow-logs.ts'
import {flowLogReaderFor} from '../input/load-flow-log.ts'
import {assertAccount, distinctTargets, regionOf, type Target} from '../input/target.ts'
import type {InstanceExamination} from './examination.ts'
import {examineOptionsOf} from './examine-options.ts'

type ExamineFlags = AccountFlags & EvidenceFlags & FlowLogFlags & RemedyFlags & SinceWhenFlags

/** What the flags name besides the account: read, or at least found, before AWS is queried. */
interface Inputs {
  readonly options: ExamineOptions
  readonly readFlowLog: FlowLogReader
  readonly examinerFor: (aws?: Aws) => Promise<Examiner>
}

/** Examines each target once, in the order given, in account files or in AWS. */
export async function examineAll(
  targets: readonly Target[],
  flags: ExamineFlags,
): Promise<readonly InstanceExamination[]> {
  const distinct = distinctTargets(targets)
  if (flags['since-when'] && distinct.length > 1) throw usageError('--since-when takes one instance; specify one.')
  const options = await examineOptionsOf(
    flags,
    distinct.map(({id}) => id),
  )
  const inputs = {options, readFlowLog: await flowLogReaderFor(flags), examinerFor: await examinersFor(flags)}
  return flags.account ? inFiles(distinct, flags.account, flags, inputs) : inRegions(distinct, flags, inputs)
}

async function inFiles(
  targets: readonly Target[],
  sources: readonly string[],
  {region}: ExamineFlags,
  {options, readFlowLog, examinerFor}: Inputs,
): Promise<readonly InstanceExamination[]> {
  const [{examineInFiles}, examine] = await Promise.all([import('./examine-files.ts'), examinerFor()])
  return examineInFiles(targets, sources, region, async (account, id) =>
    examine(account, id, {...options, flowLog: await readFlowLog(account, id)}),
  )
}

type Examiner = (
  account: Account,
  id: string,
  examineOptions: ExamineOptions,
) => InstanceExamination | Promise<InstanceExamination>

/** How an instance is examined: with its history only on request. */
async function examinersFor({'since-when': isAsked, cloudtrail}: SinceWhenFlags): Promise<Inputs['examinerFor']> {
  if (!isAsked) return async () => (await import('./examination.ts')).examineInstance
  const events = cloudtrail && (await (await import('../input/history-files.ts')).cloudTrailEventsIn(cloudtrail))
  return async (aws) => {
    const {examineSinceWhen} = await import('./since-when.ts')
    return (account, id, options) => examineSinceWhen(account, id, options, events, aws)
  }
}

async function inRegions(
  targets: readonly Target[],
  flags: ExamineFlags,
  inputs: Inputs,
): Promise<readonly InstanceExamination[]> {
  if (targets.length === 0)
    throw usageError(
      'Specify an instance: ssm-doctor i-0123456789abcdef0, or an account file: ssm-doctor --account FILE',
    )
  const byRegion = groupBy(targets, (target) => regionOf(target, flags.region))
  const found = new Map<string, InstanceExamination>()
  for (const [region, group] of byRegion)
    for (const each of await inRegion(group, {...flags, region}, inputs)) found.set(each.report.instance.id, each)
  return targets.flatMap(({id}) => found.get(id) ?? [])
}

async function inRegion(
  targets: readonly Target[],
  flags: ExamineFlags,
  {options, readFlowLog, examinerFor}: Inputs,
): Promise<readonly InstanceExamination[]> {
  const ids = targets.map(({id}) => id)
  const what = `Querying AWS for ${ids.length === 1 ? ids[0] : `${ids.length} instances`}`
  return inAws(what, flags, async (aws, progress) => {
    const {collect} = await import('../../collect/collect.ts')
    // The examination is loaded while AWS responds.
    const [account, examine] = await Promise.all([collect(aws, ids), examinerFor(aws)])
    assertAccount(targets, account, true)
    if (flags['flow-logs']) progress.say('Reading flow logs')
    if (flags['since-when']) progress.say('Querying CloudTrail and AWS Config')
    return Promise.all(
      ids.map(async (id) => {
        const flowLog = await readFlowLog(account, id, aws)
        const elsewhere = await otherRegionOf(aws, account, id, progress.say)
        return examine(account, id, {...options, flowLog, ...(elsewhere !== undefined && {elsewhere})})
      }),
    )
  })
}

/** The Region of the account that has the instance, if this one does not. */
export async function otherRegionOf(
  aws: Aws,
  account: Account,
  id: string,
  say?: (what: string) => void,
): Promise<string | undefined> {
  const kind = isHybridId(id) ? 'InstanceInformationList' : 'Instances'
  if (isUnreadable(account[kind]) || subjectOf(account, id)) return undefined
  say?.(`Searching other Regions for ${id}`)
  const {regionOfInstance} = await import('../../collect/regions.ts')
  return regionOfInstance(aws, id)
}
