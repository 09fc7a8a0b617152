import {isPlain} from '../../util/plain-text.ts'
import {type Input, isList, isScalar, isVariable} from './remedy.ts'

/** `i-0123456789abcdef0`, `tgw-rtb-…`, `rslvr-frg-…`: 17 hexadecimal digits, 8 in ids from before 2018. */
const RESOURCE_ID = /^[a-z]+(?:-[a-z0-9]+)*-[0-9a-f]{8,17}$/

/** The pattern of the values of a parameter, by the parameter's own name. The first match counts. */
const PATTERNS: readonly (readonly [parameter: RegExp, value: RegExp])[] = [
  [/^CreatorRequestId$/, /^/],
  [/^VersionId$/, /^v\d+$/],
  [/^PolicyId$/, /^p-\w{8,128}$/],
  [/^SettingId$/, /^(?:arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:servicesetting)?\/[\w/-]+$/],
  [/^DhcpOptionsId$/, /^(?:default|dopt-[0-9a-f]{8,17})$/],
  [/^HostedZoneId$/, /^(?:\/hostedzone\/)?[A-Z0-9]{1,32}$/],
  [/^(?:Target|User)Id$|(?:Account|Owner)Ids?$/i, /^\d{12}$/],
  [/^AssociationIds?$/, new RegExp(`${RESOURCE_ID.source}|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)],
  [/Arns?$/i, /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:[\w+=,.@:/*-]+$/],
  [/(?:[a-z]|VPC)Ids?$/, RESOURCE_ID],
]

/** Whether a value matches the pattern of its parameter. Parameters without ids accept anything. */
const fitsParameter = (parameter: string, value: string): boolean =>
  PATTERNS.find(([name]) => name.test(parameter))?.[1].test(value) ?? true

/**
 * The AWS CLI would open a value that looks like this.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
 */
const OPENS_A_FILE = /^(?:fileb?|https?):\/\//

/** The first value that does not match its parameter, or that would not be passed unchanged. */
export function oddValue(value: Input, parameter: string): readonly [parameter: string, value: string] | undefined {
  if (typeof value === 'string')
    return fitsParameter(parameter, value) && isPlain(value) && !OPENS_A_FILE.test(value)
      ? undefined
      : [parameter, value]
  if (isScalar(value) || isVariable(value)) return undefined
  const members = isList(value)
    ? value.map((item) => oddValue(item, parameter))
    : Object.entries(value).map(([key, member]) => oddValue(member, key))
  return members.find((member) => member !== undefined)
}
