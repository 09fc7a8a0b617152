import {boolean, string} from '@oclif/core/flags'
import {BaseCommand} from '../cli/base-command.ts'
import {inAws} from '../cli/input/connection.ts'
import {type AccountFlags, accountFlags} from '../cli/input/flags.ts'
import {assertAccount, regionOf, type Target, targetOf} from '../cli/input/target.ts'
import {mustBeWritable, writeAtomically} from '../cli/output/write-file.ts'
import type {Account} from '../model/account.ts'
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
      return (await import('../collect/whole-region.ts')).collectRegion(aws, {inspector: true, hybrid: true})
    const {collect} = await import('../collect/collect.ts')
    const ids = targets.map(({id}) => id)
    return collect(aws, ids, {inspector: true})
  })
  assertAccount(targets, account, true)
  const {reportMissing} = await import('../cli/run/missing-data.ts')
  reportMissing(account, targets)
  return account
}

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
