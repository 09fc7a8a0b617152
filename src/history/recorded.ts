import {ITEMS} from '../account-file/kinds.ts'
import {type Account, type ConfigurationItem, type Instance, itemsOf, type Kind} from '../model/account.ts'
import {edit, type KeyedKind, put} from '../model/effect.ts'
import type {RecordedResource} from '../model/history-lookups.ts'
import {withGroups} from '../model/instance.ts'
import {KIND} from '../model/kinds.ts'
import {find} from '../model/lists.ts'
import {entryOf} from '../util/entry-of.ts'
import {isObject, type JsonObject, parsedJson} from '../util/json.ts'
import {capital} from '../util/list-in-words.ts'

interface RecordedType {
  readonly kind: KeyedKind
  /** What its id or its ARN begins with. */
  readonly id: RegExp
  /** Only settings of an instance are restored: its state and addresses are the current ones. */
  readonly only?: readonly string[]
}

/** https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html */
const TYPES: Readonly<Record<string, RecordedType>> = {
  'AWS::EC2::SecurityGroup': {kind: 'SecurityGroups', id: /^sg-/},
  'AWS::EC2::NetworkAcl': {kind: 'NetworkAcls', id: /^acl-/},
  'AWS::EC2::RouteTable': {kind: 'RouteTables', id: /^rtb-/},
  'AWS::EC2::VPCEndpoint': {kind: 'VpcEndpoints', id: /^vpce-/},
  'AWS::EC2::InternetGateway': {kind: 'InternetGateways', id: /^igw-/},
  'AWS::EC2::NatGateway': {kind: 'NatGateways', id: /^nat-/},
  'AWS::EC2::VPC': {kind: 'Vpcs', id: /^vpc-/, only: ['DhcpOptionsId']},
  'AWS::EC2::NetworkInterface': {kind: 'NetworkInterfaces', id: /^eni-/, only: ['Groups', 'SourceDestCheck']},
  'AWS::EC2::Instance': {
    kind: 'Instances',
    id: /^i-/,
    only: ['IamInstanceProfile', 'MetadataOptions', 'SourceDestCheck', 'SecurityGroups', 'State'],
  },
  'AWS::IAM::Role': {kind: 'Roles', id: /^arn:[^:]+:iam::\d*:role\//},
  'AWS::IAM::Policy': {kind: 'Policies', id: /^arn:[^:]+:iam::\d+:policy\//},
}

const typeOf = ({resourceType}: ConfigurationItem): RecordedType | undefined => entryOf(TYPES, resourceType)

export function recordedResourceOf(account: Account, resource: string): RecordedResource | undefined {
  const type = Object.keys(TYPES).find((one) => TYPES[one]?.id.test(resource))
  const id =
    type === 'AWS::IAM::Role'
      ? find(account.Roles, 'Arn', resource)?.RoleId
      : type === 'AWS::IAM::Policy'
        ? find(account.Policies, 'Arn', resource)?.PolicyId
        : resource
  return type === undefined || id === undefined ? undefined : {type, id}
}

/** What was recorded after the account was read shows nothing about the time before. */
const isUsable = ({ReadAt}: Account, item: ConfigurationItem): boolean =>
  typeOf(item) !== undefined &&
  !item.configurationItemStatus?.startsWith('ResourceDeleted') &&
  item.configurationItemCaptureTime <= ReadAt

/** The configurations that AWS Config recorded of a resource, newest first. */
export const recordingsOf = (account: Account, resource: string): readonly ConfigurationItem[] =>
  itemsOf(account.ConfigurationItems)
    .filter((item) => [item.resourceId, item.arn].includes(resource) && isUsable(account, item))
    .toSorted((a, b) => b.configurationItemCaptureTime.localeCompare(a.configurationItemCaptureTime))

/** The account in which the resource is as it was recorded; undefined if the recording cannot be used. */
export function withRecorded(account: Account, item: ConfigurationItem): Account | undefined {
  const type = typeOf(item)
  const given = configurationOf(item)
  if (!type || !given) return undefined
  const {kind, only} = type
  const key = KIND[kind].key
  const id = given[key]
  if (typeof id !== 'string') return undefined
  const known = find(account[kind] as never, key as never, id) as JsonObject | undefined
  if (only && !known) return undefined
  const kept = only ? Object.fromEntries(Object.entries(given).filter(([field]) => only.includes(field))) : given
  const changed = fitting(kind, {...known, ...kept})
  if (!changed) return undefined
  if (kind !== 'Instances') return put(kind, changed as never)(account)
  const instance = changed as unknown as Instance
  return edit('Instances', id, () => withGroups(instance, instance.SecurityGroups))(account)
}

function fitting(kind: Kind, item: JsonObject): JsonObject | undefined {
  try {
    return ITEMS[kind](item) as JsonObject
  } catch {
    return undefined
  }
}

function configurationOf({configuration = ''}: ConfigurationItem): JsonObject | undefined {
  const plain = capitalized(parsedJson(configuration), 0)
  return isObject(plain) ? plain : undefined
}

const DEEPEST = 24

/**
 * AWS Config writes the fields of the API in lower camel case, and the IPv4 ranges of a group twice.
 * https://docs.aws.amazon.com/config/latest/developerguide/example-sns-notification.html
 */
function capitalized(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) return undefined
  if (Array.isArray(value)) return value.map((item) => capitalized(item, depth + 1))
  if (!isObject(value)) return value
  const {ipRanges, ipv4Ranges, ...rest} = value
  const ranges = ipv4Ranges ?? ipRanges
  const entries = Object.entries({...rest, ...(ranges !== undefined && {ipRanges: ranges})})
  return Object.fromEntries(
    entries
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [capital(name), capitalized(inner, depth + 1)]),
  )
}
