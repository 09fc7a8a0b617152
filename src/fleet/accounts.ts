import type {Aws} from '../collect/client/aws.ts'
import type {Connection} from '../collect/client/credentials.ts'
import {ROLE_ARN, roleArnIn} from '../model/arn.ts'
import {isAccountId} from '../model/ids.ts'
import {usageError} from '../util/usage-error.ts'

/** What settings are called where a person makes them, for messages: flags, or parameters of a template. */
export interface SettingNames {
  readonly accounts: string
  readonly excludedAccounts: string
  readonly excludedRegions: string
}

export const FLAGS: SettingNames = {
  accounts: '--accounts-from FILE',
  excludedAccounts: '--exclude-account',
  excludedRegions: '--exclude-region',
}

/** Which accounts, and how they are reached. */
export interface AccountsChoice extends Pick<Connection, 'networkTimeout' | 'retried'> {
  /** Undefined: the account of the credentials, or of each profile. */
  readonly accounts?: ListedAccounts | OrganizationAccounts | undefined
  readonly excludedAccounts?: readonly string[] | undefined
  readonly region?: string | undefined
  readonly profiles?: readonly string[] | undefined
  readonly roleArn?: string | undefined
  readonly externalId?: string | undefined
  /** The role in each account of the organization or of the list. */
  readonly roleName?: string | undefined
  /** By default, the flags. */
  readonly names?: SettingNames | undefined
  /** Ends every call. */
  readonly signal?: AbortSignal | undefined
}

/** Account ids or the ARNs of roles. */
interface ListedAccounts {
  readonly listed: readonly string[]
  /** The source of the list, for messages. */
  readonly source: string
}

/** The accounts of the organization, or of some of its units with all units below them. */
interface OrganizationAccounts {
  readonly units: readonly string[]
  /** Report accounts that are not active as not examined; otherwise they are omitted. */
  readonly suspended: boolean
}

/** An account of the fleet before its Regions are known. */
interface AccountConnection {
  readonly name: string
  readonly account: string | null
  readonly connection: Connection
}

interface FoundAccounts {
  readonly accounts: readonly AccountConnection[]
  /** Accounts of the organization that are not active, if they are to be reported. */
  readonly inactive: readonly {readonly account: string; readonly why: string}[]
  readonly notes: readonly string[]
}

export type Open = (connection: Connection) => Promise<Aws>

export async function accountsOf(choice: AccountsChoice, open: Open): Promise<FoundAccounts> {
  const {region, profiles = [], roleArn, externalId, signal, networkTimeout, retried, accounts} = choice
  const base = {region, roleArn, externalId, networkTimeout, retried, ...(signal && {signal})}
  if (accounts && profiles.length > 1)
    throw usageError('The accounts are listed and their roles assumed with one --profile; name one.')
  if (accounts) return await membersOf(choice, accounts, {...base, profile: profiles[0]}, open)
  const own: readonly AccountConnection[] =
    profiles.length === 0
      ? [{name: 'default', account: null, connection: base}]
      : profiles.map((one) => ({name: one, account: null, connection: {...base, profile: one}}))
  return {accounts: own, inactive: [], notes: []}
}

/** A role in each account; the caller's own account needs none. */
async function membersOf(
  {roleName, excludedAccounts = [], names = FLAGS}: AccountsChoice,
  choice: ListedAccounts | OrganizationAccounts,
  base: Connection,
  open: Open,
): Promise<FoundAccounts> {
  const odd = excludedAccounts.find((id) => !isAccountId(id))
  if (odd !== undefined)
    throw usageError(`${names.excludedAccounts}: expected an account id of 12 digits, found "${odd}".`)
  const {readCaller} = await import('../collect/caller.ts')
  const aws = await open(base)
  const caller = await readCaller(aws)
  const [own, partition] = 'unreadable' in caller ? [] : [caller.Account, caller.Arn?.split(':')[1]]
  const {active, inactive} = await namedIn(choice, aws, names)
  const isExcluded = (account: string) => excludedAccounts.includes(account)
  const accounts = active.flatMap((line): readonly AccountConnection[] => {
    const account = ROLE_ARN.exec(line)?.[1] ?? line
    if (isExcluded(account)) return []
    if (account === own && line === account) return [{name: account, account, connection: base}]
    if (line === account && roleName === undefined)
      throw usageError(`Account ${account} differs from yours; specify the role to assume there with --role-name.`)
    const roleArn = line === account ? roleArnIn(partition ?? 'aws', account, roleName ?? '') : line
    return [{name: account, account, connection: {...base, roleArn}}]
  })
  const known = new Set([...active.map((line) => ROLE_ARN.exec(line)?.[1] ?? line), ...inactive.map(({id}) => id)])
  return {
    accounts,
    inactive: inactive
      .filter(({id}) => !isExcluded(id))
      .map(({id, state}) => ({account: id, why: `The account is not active in the organization (${state}).`})),
    notes: excludedAccounts
      .filter((id) => !known.has(id))
      .map((id) => `${names.excludedAccounts} ${id}: this account is not among those to be examined.`),
  }
}

async function namedIn(choice: ListedAccounts | OrganizationAccounts, aws: Aws, names: SettingNames) {
  if ('listed' in choice) {
    const odd = choice.listed.find((line) => !isAccountId(ROLE_ARN.exec(line)?.[1] ?? line))
    if (odd !== undefined)
      throw usageError(`${choice.source}: expected an account id or the ARN of a role, found "${odd}".`)
    return {active: [...new Set(choice.listed)], inactive: []}
  }
  const {organizationAccounts} = await import('../collect/organization.ts')
  const all = await organizationAccounts(aws, choice.units, names.accounts)
  return {
    active: all.filter(({state}) => state === 'ACTIVE').map(({id}) => id),
    inactive: choice.suspended ? all.filter(({state}) => state !== 'ACTIVE') : [],
  }
}
