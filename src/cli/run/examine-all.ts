import type {Aws} from '../../collect/client/aws.ts'
import {type Account, isUnreadable} from '../../model/account.ts'
import {isHybridId, subjectOf} from '../../model/hybrid.ts'
import {groupBy} from '../../util/group-by.ts'
import {usageError} from '../../util/usage-error.ts'
import {inAws} from '../input/connection.ts'
import type {AccountFlags, EvidenceFlags, FlowLogFlags, RemedyFlags, SinceWhenFlags} from '../input/flags.ts'
import {assertAccount, distinctTargets, regionOf, type Target} from '../input/target.ts'
import type {InstanceExamination} from './examination.ts'
import {examineOptionsOf, flowLogReaderFor} from './examine-options.ts'
import type {examineSinceWhen} from './since-when.ts'

type ExamineFlags = AccountFlags & EvidenceFlags & FlowLogFlags & RemedyFlags & SinceWhenFlags

type Examine = (account: Account, id: string, elsewhere?: string) => Promise<InstanceExamination>

/** Loads the examination of instances in AWS or in files. */
type Examiner = (aws?: Aws) => Promise<Examine>

/** Examines each target once, in the order given, in account files or in AWS. */
export async function examineAll(
  targets: readonly Target[],
  flags: ExamineFlags,
): Promise<readonly InstanceExamination[]> {
  const distinct = distinctTargets(targets)
  if (flags['since-when'] && distinct.length > 1) throw usageError('--since-when takes one instance; specify one.')
  if (!flags.account) return inRegions(distinct, flags, await examinerFor(distinct, flags))
  const [{examineEach, targetsIn}, {accountsIn}] = await Promise.all([
    import('./examine-files.ts'),
    import('../input/account-files.ts'),
  ])
  const accounts = await accountsIn(flags.account, flags.region)
  const found = targetsIn(distinct, accounts)
  const examiner = await examinerFor(found, flags)
  return examineEach(found, accounts, await examiner())
}

/** What the flags name besides the account is read, or at least found, before AWS is queried. */
async function examinerFor(targets: readonly Target[], flags: ExamineFlags): Promise<Examiner> {
  const {'since-when': withHistory, cloudtrail} = flags
  const options = await examineOptionsOf(
    flags,
    targets.map(({id}) => id),
  )
  const readFlowLog = await flowLogReaderFor(flags)
  const events = cloudtrail && (await (await import('../input/history-files.ts')).cloudTrailEventsIn(cloudtrail))
  return async (aws) => {
    const examine: (...args: Parameters<typeof examineSinceWhen>) => ReturnType<Examine> | InstanceExamination =
      withHistory
        ? (await import('./since-when.ts')).examineSinceWhen
        : (await import('./examination.ts')).examineInstance
    return async (account, id, elsewhere) => {
      const flowLog = await readFlowLog(account, id, aws)
      return examine(account, id, {...options, flowLog, ...(elsewhere !== undefined && {elsewhere})}, events, aws)
    }
  }
}

async function inRegions(
  targets: readonly Target[],
  flags: ExamineFlags,
  examiner: Examiner,
): Promise<readonly InstanceExamination[]> {
  if (targets.length === 0)
    throw usageError(
      'Specify an instance: ssm-doctor i-0123456789abcdef0, or an account file: ssm-doctor --account FILE',
    )
  const byRegion = groupBy(targets, (target) => regionOf(target, flags.region))
  const found = new Map<string, InstanceExamination>()
  for (const [region, group] of byRegion)
    for (const each of await inRegion(group, {...flags, region}, examiner)) found.set(each.report.instance.id, each)
  return targets.flatMap(({id}) => found.get(id) ?? [])
}

async function inRegion(
  targets: readonly Target[],
  flags: ExamineFlags,
  examiner: Examiner,
): Promise<readonly InstanceExamination[]> {
  const ids = targets.map(({id}) => id)
  const what = `Querying AWS for ${ids.length === 1 ? ids[0] : `${ids.length} instances`}`
  return inAws(what, flags, async (aws, progress) => {
    const {collect} = await import('../../collect/collect.ts')
    // The examination is loaded while AWS responds.
    const [account, examine] = await Promise.all([collect(aws, ids), examiner(aws)])
    assertAccount(targets, account, true)
    if (flags['flow-logs']) progress.say('Reading flow logs')
    if (flags['since-when']) progress.say('Querying CloudTrail and AWS Config')
    return Promise.all(ids.map(async (id) => examine(account, id, await otherRegionOf(aws, account, id, progress.say))))
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
