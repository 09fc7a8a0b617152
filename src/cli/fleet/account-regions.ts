import type {Aws, Connection} from '../../collect/aws.ts'
import type {CallCount} from '../../collect/instrument.ts'
import type {Account} from '../../model/account.ts'
import {usageError} from '../../util/usage-error.ts'
import type {FleetFlags} from './flags.ts'
import {linesIn} from './instance-filter.ts'

/** One account and Region: what is read, examined and kept together. */
export interface AccountRegion {
  /** Names it in messages and in the folder of --resume. */
  readonly name: string
  readonly account: string | null
  readonly region: string
  /** When its file says that it was read; live, it is read now. */
  readonly readAt?: string
  readonly read: () => Promise<ConnectionResult>
}

/** What is known around the instances of a unit, and the instances themselves. */
export interface ConnectionResult {
  readonly account: Account
  readonly own: Account['Instances']
}

/** What the fleet is made of, and sentences for the person who asked. */
export interface Fleet {
  readonly units: readonly AccountRegion[]
  readonly notes: readonly string[]
  /** Accounts whose Regions could not even be listed. */
  readonly unreachable: readonly {readonly account: string | null; readonly region: string; readonly why: string}[]
}

export async function fleetInFiles(
  sources: readonly string[],
  regions: readonly string[] | undefined,
  say?: (what: string) => void,
): Promise<Fleet> {
  const {fleetFilesIn} = await import('../../account-file/fleet-files.ts')
  const only = regions?.length === 1 ? regions[0] : undefined
  const {homes, notes, damaged} = await fleetFilesIn(sources, {region: only, ...(say && {say})})
  const chosen = homes.filter(({region}) => regions === undefined || regions.includes(region))
  const nowhere = (regions ?? []).filter((region) => !homes.some((home) => home.region === region))
  if (chosen.length === 0) {
    const there = [...new Set(homes.map(({region}) => region))].join(', ')
    throw usageError(`No account file is of Region ${regions?.join(' or ')}; they are of ${there}.`)
  }
  const names = new Map<string, number>()
  const units = chosen.map((home): AccountRegion => {
    const base = `${home.account ?? 'account'}.${home.region}`
    const count = (names.get(base) ?? 0) + 1
    names.set(base, count)
    return {name: count === 1 ? base : `${base}.${count}`, ...home}
  })
  const absent = nowhere.map((region) => `No account file is of Region ${region}.`)
  return {
    units,
    notes: [...notes, ...absent],
    unreachable: damaged.map((why) => ({account: null, region: 'unknown', why})),
  }
}

/** An account of the fleet before its Regions are known. */
interface AccountConnection {
  readonly name: string
  readonly account: string | null
  readonly connection: Connection
}

/** `tests` stands in the place of credentials and the network. */
export interface LiveOptions {
  readonly count: CallCount
  readonly inspector?: boolean
  readonly connect?: (connection: Connection) => Promise<Aws>
}

/** The pace is ours, shared by all who ask the same account; a call that is throttled all the same is made again. */
const PATIENT = {retryMode: 'standard', maxAttempts: 12} as const

export async function fleetInAws(flags: FleetFlags, {count, inspector = false, connect}: LiveOptions): Promise<Fleet> {
  const [{connect: real}, {counted, sharedPaces}, {collectRegion, identitiesFor}, {enabledRegions}] = await Promise.all(
    [
      import('../../collect/aws.ts'),
      import('../../collect/instrument.ts'),
      import('../../collect/collect-region.ts'),
      import('../../collect/regions.ts'),
    ],
  )
  const paces = sharedPaces()
  const open = async (connection: Connection) =>
    counted(
      await (connect ?? ((one: Connection) => real(one, PATIENT)))(connection),
      count,
      paces,
      `${connection.profile} ${connection.roleArn}`,
    )
  const units: AccountRegion[] = []
  const unreachable: Fleet['unreachable'][number][] = []
  for (const {name, account, connection} of await entrancesOf(flags, open)) {
    try {
      const regions = await regionsOf(flags, connection, open, enabledRegions)
      const identities = identitiesFor(regions.length)
      const look = async (region: string): Promise<ConnectionResult> => {
        const read = await collectRegion(await open({...connection, region}), {inspector, identities})
        return {account: read, own: read.Instances}
      }
      for (const region of regions) units.push({name: `${name}.${region}`, account, region, read: () => look(region)})
    } catch (error) {
      unreachable.push({account, region: connection.region ?? 'unknown', why: whyNot(error)})
    }
  }
  const [only] = unreachable
  if (units.length === 0 && only) throw usageError(only.why)
  return {units, notes: [], unreachable}
}

type Open = (connection: Connection) => Promise<Aws>

async function regionsOf(
  flags: FleetFlags,
  connection: Connection,
  open: Open,
  enabled: (aws: Aws) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (flags.region && !flags['all-regions']) return [...new Set(flags.region)]
  const aws = await open(connection)
  return flags['all-regions'] ? await enabled(aws) : [aws.region]
}

async function entrancesOf(flags: FleetFlags, open: Open): Promise<readonly AccountConnection[]> {
  const {profile = [], 'role-arn': roleArn, 'external-id': externalId} = flags
  const [region] = flags.region ?? []
  const base = {region, roleArn, externalId}
  if (flags.organization || flags['accounts-from'] !== undefined)
    return await accountsOf(flags, {...base, profile: profile[0]}, open)
  if (profile.length === 0) return [{name: 'default', account: null, connection: base}]
  return profile.map((one) => ({name: one, account: null, connection: {...base, profile: one}}))
}

const ROLE = /^arn:[\w-]+:iam::(\d{12}):role\/.+$/

/** A role in each account; one's own account needs none. */
async function accountsOf(flags: FleetFlags, base: Connection, open: Open): Promise<readonly AccountConnection[]> {
  const listed = flags.organization ? undefined : await linesIn(flags['accounts-from'] ?? '')
  const {readCaller} = await import('../../collect/caller.ts')
  const aws = await open(base)
  const caller = await readCaller(aws)
  const [own, partition] = 'unreadable' in caller ? [] : [caller.Account, caller.Arn?.split(':')[1]]
  const named = listed ?? (await (await import('../../collect/organization.ts')).organizationAccounts(aws))
  const roleName = flags['role-name']
  return named.map((line): AccountConnection => {
    const account = ROLE.exec(line)?.[1] ?? line
    if (!/^\d{12}$/.test(account))
      throw usageError(`${flags['accounts-from']}: expected an account id or the ARN of a role, found "${line}".`)
    if (account === own && line === account) return {name: account, account, connection: base}
    if (line === account && roleName === undefined)
      throw usageError(`Account ${account} is another one: say with --role-name which role to assume there.`)
    const roleArn = line === account ? `arn:${partition ?? 'aws'}:iam::${account}:role/${roleName}` : line
    return {name: account, account, connection: {...base, roleArn}}
  })
}

/** What went wrong, in one line; a bug stays a bug. */
export function whyNot(error: unknown): string {
  if (!(error instanceof Error)) throw error
  const isOurs = error.name === 'CannotAsk' || error.name === 'UsageError' || '$metadata' in error || 'code' in error
  if (!isOurs || error.name === 'AbortError') throw error
  return error.message.split('\n', 1)[0] ?? error.name
}
