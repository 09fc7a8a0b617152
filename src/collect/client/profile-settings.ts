import {readFileSync} from 'node:fs'
import {
  booleanSelector,
  loadConfig,
  NODE_REGION_CONFIG_FILE_OPTIONS,
  NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS,
  NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS,
  SelectorType,
} from '@smithy/core/config'
import {codeOf} from '../../util/error-code.ts'
import {accessError} from './errors.ts'

/** The profile whose settings apply; undefined: the one that the environment names. */
type Profile = string | undefined

const inProfile = (profile: Profile) => (profile === undefined ? {} : {profile})

/**
 * The Region of the environment, also in the AWS CLI's own variable, or of the profile.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
 */
export const configuredRegion = (profile: Profile): Promise<string | undefined> =>
  loadConfig<string | undefined>(
    {
      environmentVariableSelector: ({AWS_REGION, AWS_DEFAULT_REGION}) => AWS_REGION || AWS_DEFAULT_REGION || undefined,
      configFileSelector: ({region}) => region,
      default: undefined,
    },
    {...NODE_REGION_CONFIG_FILE_OPTIONS, ...inProfile(profile)},
  )()

/** The kind of endpoint of every client. The client of Route 53 Resolver looks for it in the profile of the environment. */
export const endpointKind = (profile: Profile) => ({
  useFipsEndpoint: loadConfig(NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS, inProfile(profile)),
  useDualstackEndpoint: loadConfig(NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS, inProfile(profile)),
})

const IGNORE = 'ignore_configured_endpoint_urls'

/**
 * The URL that is configured for a service, such as "Route 53". The SDK's clients look for it in the profile of the
 * environment, whatever profile they are given.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export async function endpointOf(service: string, profile: Profile): Promise<string | undefined> {
  const isIgnored = loadConfig(
    {
      environmentVariableSelector: (env) => booleanSelector(env, `AWS_${IGNORE.toUpperCase()}`, SelectorType.ENV),
      configFileSelector: (settings) => booleanSelector(settings, IGNORE, SelectorType.CONFIG),
      default: false,
    },
    inProfile(profile),
  )
  if (await isIgnored()) return undefined
  const key = service.replaceAll(' ', '_')
  const url = loadConfig<string | undefined>(
    {
      environmentVariableSelector: (env) =>
        env[`AWS_ENDPOINT_URL_${key.toUpperCase()}`] || env.AWS_ENDPOINT_URL || undefined,
      configFileSelector: (settings, sections) =>
        sections?.[`services.${settings.services}`]?.[`${key.toLowerCase()}.endpoint_url`] || settings.endpoint_url,
      default: undefined,
    },
    inProfile(profile),
  )
  return url()
}

/** The option by which the SDK's clients look for their URL, and the name that they look for. */
export interface Configured {
  readonly config?: {readonly serviceId?: string; serviceConfiguredEndpoint?: () => Promise<string | undefined>}
}

export function useEndpointOf(profile: Profile, {config}: Configured): void {
  if (config) config.serviceConfiguredEndpoint = () => endpointOf(config.serviceId ?? '', profile)
}

/**
 * The certificate authorities that AWS_CA_BUNDLE or the profile names instead of those of Node.js, as for the AWS CLI.
 * The SDK reads neither setting. https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
 */
export async function caBundle(profile: Profile): Promise<{readonly ca?: string}> {
  const file = await loadConfig<string | undefined>(
    {
      environmentVariableSelector: (env) => env.AWS_CA_BUNDLE,
      configFileSelector: (settings) => settings.ca_bundle,
      default: undefined,
    },
    inProfile(profile),
  )()
  if (!file) return {}
  const setting = file === process.env.AWS_CA_BUNDLE ? 'AWS_CA_BUNDLE' : 'ca_bundle of the AWS configuration'
  const ca = contentOf(file, setting)
  if (!/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(ca))
    throw accessError(`${setting} names ${file}, which has no certificate in PEM format.`)
  return {ca}
}

function contentOf(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw accessError(`${setting} names ${file}, which cannot be read (${codeOf(error)}).`, error)
  }
}
