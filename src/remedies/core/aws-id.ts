/** `i-0123456789abcdef0`, `tgw-rtb-…`, `rslvr-frg-…`: 17 hexadecimal digits, 8 in ids from before 2018. */
const RESOURCE_ID = /^[a-z]+(?:-[a-z0-9]+)*-[0-9a-f]{8,17}$/

/** The pattern of the values of a parameter, by the parameter's own name. The first match counts. */
const PATTERNS: readonly (readonly [parameter: RegExp, value: RegExp])[] = [
  [/^CreatorRequestId$/, /^/],
  [/^VersionId$/, /^v\d+$/],
  [/^SettingId$/, /^(?:arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:servicesetting)?\/[\w/-]+$/],
  [/^DhcpOptionsId$/, /^(?:default|dopt-[0-9a-f]{8,17})$/],
  [/^HostedZoneId$/, /^(?:\/hostedzone\/)?[A-Z0-9]{1,32}$/],
  [/^TargetId$|(?:Account|Owner)Ids?$/i, /^\d{12}$/],
  [/^AssociationIds?$/, new RegExp(`${RESOURCE_ID.source}|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)],
  [/Arns?$/i, /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:[\w+=,.@:/*-]+$/],
  [/(?:[a-z]|VPC)Ids?$/, RESOURCE_ID],
]

/** Whether a value matches the pattern of its parameter. Parameters without ids accept anything. */
export const fitsParameter = (parameter: string, value: string): boolean =>
  PATTERNS.find(([name]) => name.test(parameter))?.[1].test(value) ?? true
