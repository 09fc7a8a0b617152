import {boolean, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {inAws} from '../cli/input/connection.ts'
import {type AccountFlags, accountFlags} from '../cli/input/flags.ts'
import {assertAccount, regionOf, type Target, targetOf} from '../cli/input/target.ts'
import {notice} from '../cli/output/notice.ts'
import {mustBeWritable, writeAtomically} from '../cli/output/write-file.ts'
import {type Account, canRead, isNotAsked, isUnreadable} from '../model/account.ts'
import {KINDS} from '../model/kinds.ts'
import {isRefusalName} from '../model/refusals.ts'
import {firstOf} from '../util/list-in-words.ts'
import {usageError} from '../util/usage-error.ts'

export default class Snapshot extends BaseCommand {
  static override summary = 'Save an account file for one or more instances, or for a whole Region.'
  static override description =
    'Saves the responses of AWS, to examine them later with --account, elsewhere and without credentials. Read-only.'
  static override usage = ['snapshot [INSTANCE-ID...] [FLAGS]']
  static override examples = [
    '<%= config.bin %> snapshot i-0123456789abcdef0 -o account.json',
    '<%= config.bin %> snapshot --region eu-west-1 --redact -o region.json',
  ]
  static override strict = false
  static override flags = {
    ...accountFlags,
    output: string({char: 'o', summary: 'File to write; without it, standard output.', helpValue: 'FILE'}),
    redact: boolean({summary: 'Replace account ids, names, tags and public addresses with placeholders.'}),
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(Snapshot)
    const targets = argv.map((word) => targetOf(String(word), this.config.commandIDs))
    if (flags.output !== undefined && flags.output !== '-') await mustBeWritable(flags.output)
    const account = await accountOf(targets, flags)
    const [{accountLines}, {redact}] = await Promise.all([
      import('../account-file/write-account.ts'),
      import('../redact/redact.ts'),
    ])
    const lines = accountLines(flags.redact ? redact(account, crypto.randomUUID()) : account)
    if (flags.output === undefined || flags.output === '-') for (const line of lines) this.print(line)
    else await writeAtomically(flags.output, lines)
  }
}

async function accountOf(targets: readonly Target[], flags: AccountFlags): Promise<Account> {
  if (flags.account) return accountInFiles(targets, flags.account, flags)
  const regions = new Set(targets.map((target) => regionOf(target, flags.region)))
  if (regions.size > 1)
    throw usageError(`The instances are in ${[...regions].join(' and ')}; an account file covers one Region.`)
  const [region = flags.region] = regions
  const account = await inAws('Querying AWS', {...flags, region}, async (aws) => {
    if (targets.length === 0)
      return (await import('../collect/collect-region.ts')).collectRegion(aws, {inspector: true, hybrid: true})
    const {collect} = await import('../collect/collect.ts')
    const ids = targets.map(({id}) => id)
    return collect(aws, ids, {inspector: true})
  })
  assertAccount(targets, account, true)
  const unread = unreadIn(account)
  const absent = absentIn(account, targets)
  if (unread.length > 0) notice(`Missing from the account file, because it could not be read: ${firstOf(unread, 10)}.`)
  if (absent.length > 0)
    notice(`Missing from the account file, because Region ${account.Region} does not have it: ${firstOf(absent, 10)}.`)
  return account
}

/** The ids that are neither an instance nor a node, as far as both lists were read. */
function absentIn(account: Account, targets: readonly Target[]): readonly string[] {
  if (!canRead(account, ['Instances', 'InstanceInformationList'])) return []
  const found = new Set([...account.Instances, ...account.InstanceInformationList].map(({InstanceId}) => InstanceId))
  return targets.flatMap(({id}) => (found.has(id) ? [] : [id]))
}

/** What could not be read, or an item of it, with the action that was denied or the error. */
const unreadIn = (account: Account): readonly string[] =>
  KINDS.flatMap((kind) => {
    const reading: unknown = account[kind]
    const why = [reading].flat().find((one) => isUnreadable(one) && !isNotAsked(one))
    if (!isUnreadable(why)) return []
    const {error = '', action = error} = why
    // Without an error it depends on another kind.
    return [error === '' ? kind : `${kind} (${isRefusalName(error) ? action : error})`]
  })

/** AWS CLI responses become one account file, and an existing file can be redacted. */
async function accountInFiles(
  [target]: readonly Target[],
  sources: readonly string[],
  {region}: AccountFlags,
): Promise<Account> {
  if (target) throw usageError(`With --account, the whole file is saved; leave out ${target.id}.`)
  const {accountsIn} = await import('../cli/input/account-files.ts')
  const accounts = await accountsIn(sources, region)
  const [only, ...others] = accounts
  if (only && others.length === 0) return only
  throw usageError(`The files contain ${accounts.length} accounts and Regions; a snapshot covers exactly one.`)
}
