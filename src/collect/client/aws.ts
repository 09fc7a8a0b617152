import {setMaxListeners} from 'node:events'
import {isRegionName, regionIn} from '../../model/ids.ts'
import {ALLOWED_CALLS, guard} from './allowed-calls.ts'
import {ATTEMPTS, type Connection, type Credentials, credentialsFor, named, usable} from './credentials.ts'
import {accessError} from './errors.ts'
import {refuseHtml} from './html-answer.ts'
import {
  type Configured,
  caBundle,
  configuredRegion,
  endpointKind,
  endpointOf,
  useEndpointOf,
} from './profile-settings.ts'
import {isProxySet} from './proxy-variables.ts'
import {type Retries, retriesOf} from './retries.ts'

const NETWORK_TIMEOUT = 30_000

/** Timeouts: a call that hangs must not hang the run. */
async function handlerFor(networkTimeout: number, profile: string | undefined) {
  const wait = Math.ceil(networkTimeout / 3)
  // The request ends with the headers of its response; the socket's timeout applies to the rest of the response.
  const timeouts = {
    connectionTimeout: Math.min(3000, networkTimeout),
    requestTimeout: wait,
    socketTimeout: wait,
    throwOnRequestTimeout: true,
    httpsAgent: await caBundle(profile),
  }
  return isProxySet() ? (await import('./proxy.ts')).throughProxy(timeouts) : timeouts
}

interface ClientConfig {
  readonly region: string
  readonly credentials: Credentials
  readonly maxAttempts: number
  // biome-ignore lint/suspicious/noExplicitAny: each client of the SDK names the type of its own handler
  readonly requestHandler: any
  readonly profile?: string
  readonly endpoint?: string
}

interface Client extends Configured {
  readonly middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: the stacks of the clients share no type that could be named here
    use(plugin: any): void
  }
  send(command: never, options: Aws['until']): Promise<unknown>
}

export interface Aws {
  readonly region: string
  /** The settings of every call. */
  readonly until: {readonly abortSignal: AbortSignal}
  /** The one guarded client of its class for this Region. */
  readonly client: <C extends Client>(Client: new (config: ClientConfig & {readonly retryStrategy: Retries}) => C) => C
  /** The same credentials and settings in another Region. */
  readonly inRegion: (region: string) => Aws
}

/** Determines credentials and Region; nothing is read from the account yet. `overrides` are for tests. */
export async function connect(options: Connection, overrides: Partial<ClientConfig> = {}): Promise<Aws> {
  if (options.profile === '') throw accessError('The name of the profile is empty; name one, or leave out --profile.')
  const region = options.region ?? (await configuredRegion(options.profile))
  if (region === undefined) throw noRegion(options.profile)
  if (region.startsWith('fips-'))
    throw accessError(
      `"${region}" stands for the FIPS endpoints of a Region; use --region ${region.slice(5)} with AWS_USE_FIPS_ENDPOINT=true.`,
    )
  if (!isRegionName(region)) {
    const example = regionIn(region.toLowerCase()) ?? 'eu-west-1'
    throw accessError(`"${region}" is not the name of an AWS Region; use one such as --region ${example}.`)
  }
  const {networkTimeout = NETWORK_TIMEOUT, profile} = options
  const requestHandler = await handlerFor(networkTimeout, profile)
  const endpoint = await endpointOf('STS', profile)
  const own = overrides.credentials ?? credentialsFor({...options, networkTimeout, requestHandler, endpoint}, region)
  const credentials = named(own, {...options, region})
  await usable(credentials)
  const signal = options.signal ?? new AbortController().signal
  // Every call in flight adds a listener, which is more than the ten that Node.js treats as a leak.
  setMaxListeners(0, signal)
  const ofProfile = profile === undefined ? {} : {profile, ...endpointKind(profile)}
  const config = {maxAttempts: ATTEMPTS, requestHandler, ...ofProfile, region, ...overrides, credentials}
  const retries = () => retriesOf({throttled: config.maxAttempts, networkTimeout}, options.retried)
  return clientsIn(region, config, {abortSignal: signal}, retries)
}

function clientsIn(region: string, config: ClientConfig, until: Aws['until'], retries: () => Retries): Aws {
  const clients = new Map<unknown, unknown>()
  return {
    region,
    until,
    client: (Client) => {
      const known = clients.get(Client)
      if (known instanceof Client) return known
      const fresh = new Client({...config, region, retryStrategy: retries()})
      useEndpointOf(config.profile, fresh)
      fresh.middlewareStack.use(guard(ALLOWED_CALLS))
      fresh.middlewareStack.use(refuseHtml)
      clients.set(Client, fresh)
      return fresh
    },
    inRegion: (other) => clientsIn(other, config, until, retries),
  }
}

/** Any Region of the partition lists the enabled ones. */
const REGION_FROM = 'specify one with --region, or set AWS_REGION, also for --all-regions'

function noRegion(profile: string | undefined): Error {
  if (profile === undefined) return accessError(`No AWS Region is configured; ${REGION_FROM}.`)
  return accessError(
    `Profile ${profile} does not exist or sets no Region; \`aws configure list-profiles\` lists the profiles; ${REGION_FROM}.`,
  )
}
