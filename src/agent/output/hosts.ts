/** The services that the agent itself calls, by the first label of their names. */
export const SERVICES: ReadonlySet<string> = new Set([
  'ssm',
  'ssmmessages',
  'ec2messages',
  's3',
  'kms',
  'logs',
  'monitoring',
  'sts',
])

/** `ssm.us-east-1.amazonaws.com`, `ssm-fips.us-east-1.amazonaws.com` or `bucket.s3.us-east-1.amazonaws.com`. */
export const serviceOf = (host: string): string | undefined =>
  host
    .split('.')
    .map((label) => label.replace(/-fips$/, ''))
    .find((label) => SERVICES.has(label))

const AWS = /\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|aws\.dev)$/

/** A service of AWS that the agent does not call: another program does. */
export const isHostOfOthers = (host: string): boolean => AWS.test(host) && serviceOf(host) === undefined

export const METADATA_HOST = '169.254.169.254'
export const isMetadataHost = (host: string | undefined): boolean =>
  host === METADATA_HOST || host === '[fd00:ec2::254]'
