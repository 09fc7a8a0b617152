export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text)

/** The Region that a name begins with, as that of an Availability Zone or a Local Zone does. */
export const regionIn = (text: string): string | undefined => /^[a-z]{2,}(?:-[a-z]+)+-\d+/.exec(text)?.[0]

/** Whether the text is like the name of a Region, such as eu-west-1. */
export const isRegionName = (text: string): boolean => regionIn(text) === text

/** In the place of a Region: all of those of an account that could not be listed. */
export const UNKNOWN_REGION = 'unknown'

export const isEndpointId = (id: string | null | undefined): id is `vpce-${string}` => id?.startsWith('vpce-') === true

export const isInternetGatewayId = (id: string | null | undefined): id is `igw-${string}` =>
  id?.startsWith('igw-') === true

/** Whether a name is that of the service in the Region. Partitions have different prefixes. */
export const isNameOfService = (name: string | undefined, service: string, region: string): boolean =>
  name?.endsWith(`.${region}.${service}`) === true
