import type {Account} from '../../model/account.ts'
import {isInstanceId} from '../../model/hybrid.ts'
import {uniqueBy} from '../../util/group-by.ts'
import {didYouMean} from '../../util/nearest.ts'
import {usageError} from '../../util/usage-error.ts'
import {notice} from '../output/notice.ts'

/** A requested instance or hybrid node: its id, and the Region and account if an ARN was given. */
export interface Target {
  readonly id: string
  readonly region?: string
  readonly account?: string
}

const ARN = /^arn:aws[a-z-]*:(?:ec2|ssm):([a-z0-9-]+):(\d{12}):(?:instance|managed-instance)\/(.+)$/

/** An instance id, an ARN of one, or an error that says what was expected. */
export function targetOf(text: string, commands: readonly string[] = []): Target {
  const arn = ARN.exec(text)
  const [, region, account, id = text] = arn ?? []
  if (isInstanceId(id)) return region === undefined || account === undefined ? {id} : {id, region, account}
  throw usageError(`Unknown command or instance id "${text}".${hint(text, commands)}`)
}

/** Each instance once, in the order of the arguments. */
export const distinctTargets = (targets: readonly Target[]): readonly Target[] => uniqueBy(targets, ({id}) => id)

/** The Region of the ARN; `--region` is for ids. A notice says so if they differ. */
export function regionOf({id, region}: Target, flag: string | undefined): string | undefined {
  if (region !== undefined && flag !== undefined && region !== flag)
    notice(`${id} is in ${region} according to its ARN; --region ${flag} does not apply to it.`)
  return region ?? flag
}

/** A file of another account or Region does not have the instance, and would lead to a wrong diagnosis. */
export function assertFile(target: Target, account: Pick<Account, 'Caller' | 'Partition' | 'Region'>): void {
  assertAccount([target], account, false)
  const {id, region} = target
  if (region !== undefined && region !== account.Region)
    throw usageError(
      `${id} is in ${region} according to its ARN, but the account file is of ${account.Region}. Use the file of that Region.`,
    )
}

/** Another account does not have the instance, and its responses would lead to a wrong diagnosis. */
export function assertAccount(
  targets: readonly Target[],
  {Caller, Partition}: Pick<Account, 'Caller' | 'Partition'>,
  isLive: boolean,
): void {
  const other = targets.find(({account}) => account !== undefined && account !== Caller?.Account)
  if (!other || Caller === undefined) return
  const source = isLive ? 'the credentials are' : 'the account file is'
  const instead = isLive
    ? `Use --profile, or --role-arn arn:${Partition}:iam::${other.account}:role/NAME.`
    : 'Use the file of that account.'
  throw usageError(`${other.id} is in account ${other.account}, but ${source} of account ${Caller.Account}. ${instead}`)
}

const hint = (text: string, commands: readonly string[]): string =>
  /^m?i-/.test(text)
    ? ' Instance ids are i- followed by 17 hexadecimal digits (8 for old ones), those of hybrid nodes mi- followed by 17: ssm-doctor i-0123456789abcdef0'
    : /^(?!arn:).*[/\\]|\.json(?:\.gz)?$/.test(text)
      ? ` An account file is examined with: ssm-doctor --account ${text}`
      : didYouMean(text, commands) ||
        ' Run ssm-doctor i-0123456789abcdef0 to examine an instance, or ssm-doctor --help.'
