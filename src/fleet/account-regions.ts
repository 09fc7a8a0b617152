import type {Aws} from '../collect/client/aws.ts'
import type {Connection} from '../collect/client/credentials.ts'
import {whyNot} from '../collect/client/errors.ts'
import type {CallCount} from '../collect/client/instrument.ts'
import type {Account} from '../model/account.ts'
import {isRegionName, UNKNOWN_REGION} from '../model/ids.ts'
import {usageError} from '../util/usage-error.ts'
import {type AccountsChoice, accountsOf, FLAGS, type Open} from './accounts.ts'

/** One account and Region: what is read, examined and stored together. */
export interface AccountRegion {
  /** Its name in messages and in stored results. */
  readonly name: string
  readonly account: string | null
  readonly region: string
  /** The time in its file when it was read; live, it is read now. */
  readonly readAt?: string
  readonly read: () => Promise<ConnectionResult>
}

/** The network of the instances of a unit, and the instances themselves. */
export interface ConnectionResult {
  readonly account: Account
  readonly own: Account['Instances']
}

/** An account, or a part of it, that cannot be examined, and why. */
interface Unreachable {
  readonly account: string | null
  readonly region: string
  readonly why: string
}

/** The parts of the fleet, and messages for the user. */
export interface Fleet {
  readonly units: readonly AccountRegion[]
  readonly notes: readonly string[]
  /** Accounts whose Regions could not even be listed. */
  readonly unreachable: readonly Unreachable[]
}

/** Which accounts and Regions of AWS are examined. */
export interface LiveFleet extends AccountsChoice {
  /** `all`: those that each account has enabled; undefined: the one of the connection. */
  readonly regions?: readonly string[] | 'all' | undefined
  readonly excludedRegions?: readonly string[] | undefined
}

/** `connect` replaces credentials and the network in tests. */
export interface LiveOptions {
  readonly count: CallCount
  readonly inspector?: boolean
  /** Also read how hybrid nodes are registered. */
  readonly hybrid?: boolean
  readonly connect?: (connection: Connection) => Promise<Aws>
  /** Receives the Regions of an account before any of them is read. */
  readonly resolved?: (account: string | null, regions: readonly string[]) => Promise<void>
}

/** The rate limiter is ours, shared by all clients of the same account; a call that is throttled anyway is retried. */
const PATIENT = {maxAttempts: 12} as const

/** Opens connections to AWS whose calls are counted and rate-limited. */
export async function openerFor({count, connect}: Pick<LiveOptions, 'count' | 'connect'>): Promise<Open> {
  const [{connect: connectInAws}, {counted, sharedPaces}] = await Promise.all([
    import('../collect/client/aws.ts'),
    import('../collect/client/instrument.ts'),
  ])
  const paces = sharedPaces()
  return async (connection) =>
    counted(
      await (connect ?? ((one: Connection) => connectInAws(one, PATIENT)))(connection),
      count,
      paces,
      `${connection.profile} ${connection.roleArn}`,
    )
}

export async function fleetInAws(fleet: LiveFleet, options: LiveOptions): Promise<Fleet> {
  const {inspector = false, hybrid = false, resolved} = options
  const [open, {collectRegion, identitiesFor}, {organizationReader}] = await Promise.all([
    openerFor(options),
    import('../collect/whole-region.ts'),
    import('../collect/organization-reader.ts'),
  ])
  const {accounts, inactive, notes} = await accountsOf(fleet, open)
  const units: AccountRegion[] = []
  const errors: unknown[] = []
  const unreachable: Unreachable[] = inactive.map(({account, why}) => ({account, region: UNKNOWN_REGION, why}))
  for (const {name, account, connection} of accounts) {
    try {
      const regions = await regionsOf(fleet, connection, open)
      await resolved?.(account, regions)
      const shared = {identities: identitiesFor(regions.length), organization: organizationReader()}
      const connectIn = async (region: string): Promise<ConnectionResult> => {
        const read = await collectRegion(await open({...connection, region}), {inspector, hybrid, ...shared})
        return {account: read, own: read.Instances}
      }
      for (const region of regions)
        units.push({name: `${name}.${region}`, account, region, read: () => connectIn(region)})
    } catch (error) {
      errors.push(error)
      unreachable.push({account, region: connection.region ?? UNKNOWN_REGION, why: whyNot(error)})
    }
  }
  const [only] = unreachable.slice(inactive.length)
  if (units.length === 0 && only) throw Object.assign(usageError(only.why), {cause: errors[0]})
  return {units, notes, unreachable}
}

async function regionsOf(fleet: LiveFleet, connection: Connection, open: Open): Promise<readonly string[]> {
  const {regions = [(await open(connection)).region]} = fleet
  if (regions !== 'all') return withoutExcluded(regions, fleet)
  const {listedRegions} = await import('../collect/regions.ts')
  return withoutExcluded(await listedRegions(await open(connection)), fleet)
}

/** Each once. A misspelled Region would otherwise be examined without notice. */
export function withoutExcluded(
  regions: readonly string[],
  {excludedRegions = [], names = FLAGS}: Pick<LiveFleet, 'excludedRegions' | 'names'>,
): readonly string[] {
  const odd = excludedRegions.find((region) => !isRegionName(region))
  if (odd !== undefined)
    throw usageError(`"${odd}" is not the name of an AWS Region; use one such as ${names.excludedRegions} eu-west-1.`)
  return [...new Set(regions)].filter((region) => !excludedRegions.includes(region))
}
