import type {Account, Audit, Report} from './types.ts'

export type {Account, Audit, Report}

/** Where the data comes from. Credentials and Region default to those of the environment. */
export interface CollectOptions {
  /** EC2 instances (`i-…`) and hybrid nodes (`mi-…`); without any, the whole Region. */
  readonly instances?: readonly string[]
  readonly region?: string
  /** A named profile of the AWS configuration. */
  readonly profile?: string
  /** A role to assume. */
  readonly roleArn?: string
  readonly externalId?: string
  /** Also read Amazon Inspector. */
  readonly inspector?: boolean
  /** Ends the collection; the promise is rejected with an `AbortError`. */
  readonly signal?: AbortSignal
}

/** The AWS data of some instances or a Region, in the format of an account file. Read-only. */
export async function collect(options: CollectOptions = {}): Promise<Account> {
  const [{connect}, {writeAccount}] = await Promise.all([
    import('../collect/client/aws.ts'),
    import('../account-file/write-account.ts'),
  ])
  const {instances = [], inspector = false, ...connection} = options
  if (!Array.isArray(instances))
    throw (await import('../util/usage-error.ts')).usageError('instances: expected a list of ids.')
  for (const id of instances) await assertId(id)
  const aws = await connect(connection)
  return JSON.parse(writeAccount(await collected())) as Account

  async function collected() {
    if (instances.length > 0) return (await import('../collect/collect.ts')).collect(aws, instances, {inspector})
    return (await import('../collect/whole-region.ts')).collectRegion(aws, {inspector, hybrid: true})
  }
}

export interface ExamineOptions {
  /** Which fix to prefer when several would work. */
  readonly prefer?: 'private' | 'cheapest' | 'least-change'
}

/**
 * Why one instance or hybrid node is not a healthy managed node, and how to fix it: what `ssm-doctor --json` prints.
 */
export async function examine(account: Account, id: string, options: ExamineOptions = {}): Promise<Report> {
  await assertId(id)
  await assertPreference(options.prefer)
  const [[ownAccount], {examine: report}] = await Promise.all([
    accountsFrom([account]),
    import('../diagnosis/examine.ts'),
  ])
  return report(ownAccount!, id, {prefer: options.prefer})
}

async function assertPreference(prefer: unknown): Promise<void> {
  const [{PREFERENCES}, {usageError}] = await Promise.all([
    import('../remedies/core/remedy.ts'),
    import('../util/usage-error.ts'),
  ])
  if (prefer !== undefined && !(PREFERENCES as readonly unknown[]).includes(prefer))
    throw usageError(`prefer: expected ${PREFERENCES.join(', ')}, found ${JSON.stringify(prefer)}.`)
}

export interface AuditOptions {
  /** The tag that holds the owner of an instance; `Owner` without it. */
  readonly ownerTag?: string
  readonly includeStopped?: boolean
  /** Also hybrid nodes (`mi-…`). */
  readonly includeHybrid?: boolean
}

/**
 * Every instance of the accounts, grouped by the fix with the largest impact: what `ssm-doctor audit --json` prints.
 */
export async function audit(accounts: Account | readonly Account[], options: AuditOptions = {}): Promise<Audit> {
  const {ownerTag = 'Owner', includeStopped = false, includeHybrid = false} = options
  const [found, {AUDIT, totalOf}, {choiceFor}, {viewsOf}] = await Promise.all([
    accountsFrom(isList(accounts) ? accounts : [accounts]),
    import('../fleet/modes.ts'),
    import('../fleet/choice.ts'),
    import('../account-file/views.ts'),
  ])
  const settings = {chosen: choiceFor({includeStopped}), ownerTag, hybrid: includeHybrid}
  const parts = viewsOf(found).views.map((view) => AUDIT.part(view, settings))
  return totalOf(AUDIT, parts)
}

const isList = (value: Account | readonly Account[]): value is readonly Account[] => Array.isArray(value)

/** With anything but an id, the report would say that the instance does not exist. */
async function assertId(id: unknown): Promise<void> {
  const [{isInstanceId}, {usageError}] = await Promise.all([
    import('../model/hybrid.ts'),
    import('../util/usage-error.ts'),
  ])
  if (typeof id !== 'string' || !isInstanceId(id))
    throw usageError(
      `${typeof id === 'object' ? JSON.stringify(id) : `"${id}"`} is not the id of an EC2 instance (i-…) or a hybrid node (mi-…).`,
    )
}

/** Data from any source is validated first; what is invalid is reported with its path. */
async function accountsFrom(files: readonly Account[]) {
  if (files.length === 0)
    throw (await import('../util/usage-error.ts')).usageError('accounts: expected at least one account.')
  const {parseAccounts} = await import('../account-file/parse-accounts.ts')
  return parseAccounts(files.map((json, at) => ({name: `account ${at + 1}`, json}))).accounts
}
