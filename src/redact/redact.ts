import {type Account, isNotAsked, itemsOf} from '../model/account.ts'
import {describedBy, KINDS} from '../model/kinds.ts'
import {entryOf} from '../util/entry-of.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import {lastPart} from '../util/last-part.ts'
import {guardStackOverflow} from '../util/usage-error.ts'
import {type Pseudonyms, pseudonyms} from './pseudonyms.ts'
import {accountsIn, foldersIn, NODE_ID, pathPartsIn, type Replacement, redactorOf} from './redact-text.ts'

/** Tags with a meaning to AWS or to the reader of a report. The value of a name is still a name. */
const TAGS_OF_AWS = new Set(['Name', 'InspectorEc2Exclusion'])

const NAMES: Readonly<Record<string, string>> = {
  RoleName: 'role',
  InstanceProfileName: 'profile',
  PolicyName: 'policy',
  SourcePolicyId: 'policy',
  GroupName: 'group',
  KeyName: 'key',
  ComputerName: 'computer',
  DefaultInstanceName: 'node',
  AssociationName: 'association',
  PrefixListName: 'prefix-list',
  runAsDefaultUser: 'user',
}
const CHOSEN = new Set(['s3BucketName', 's3KeyPrefix', 'cloudWatchLogGroupName'])
const PROSE = new Set([
  ...['Description', 'Comment', 'StatusMessage', 'OutputUrl', 'ClientToken', 'Reason', 'ExecutionSummary', 'UserData'],
  // Of session preferences: what shells run.
  ...['description', 'linux', 'windows'],
])
const DOMAINS = new Set([
  'DomainName',
  'DNSName',
  'DnsName',
  'PrivateDnsName',
  'PublicDnsName',
  'PublicIpv6DnsName',
  'Domains',
])
const TAG_CONDITION = /((?:Resource|Principal|Request)Tag\/)(.+)$/i
/**
 * Condition keys whose values name people, repositories and secrets. No request of a node has them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
const PERSONAL_CONDITION =
  /^(?:aws:(?:username|SourceIdentity|Referer|UserAgent)|sts:(?:ExternalId|RoleSessionName|SourceIdentity))$|\..*:/i
/** A claim of an identity provider: token.actions.githubusercontent.com:sub. */
const PROVIDER_CONDITION = /^([^:/]+\.[^:/]+)((?:\/.*)?:\w+)$/

interface Redaction {
  readonly names: Pseudonyms
  readonly replace: Replacement
}

/**
 * The account without what identifies its owner: account ids, names, tags, descriptions and public addresses become
 * pseudonyms, the same one for the same thing everywhere, so that the examination finds the same causes. Ids of
 * resources, private addresses and what belongs to AWS stay. `salt` prevents computing the addresses back.
 */
export function redact(whole: Account, salt = ''): Account {
  const account = withoutHistory(whole)
  const names = pseudonyms()
  const all = collectNames(account, names)
  const redaction = {names, replace: redactorOf(names, {all, vendors: vendorsIn(account)}, salt)}
  return guardStackOverflow(() => ({...account, ...fieldsOf(redaction, {...account})}))
}

/** Events and recorded configurations are JSON text that names people, tools and addresses: none of it is kept. */
function withoutHistory(account: Account): Account {
  const left = HISTORY_KINDS.filter((kind) => !isNotAsked(account[kind]))
  return {...account, ...Object.fromEntries(left.map((kind) => [kind, {unreadable: 'left out by --redact'}]))}
}

const HISTORY_KINDS = KINDS.filter((kind) => describedBy(kind).optIn === 'since-when')

const vendorsIn = ({InstanceImageMetadata}: Account): ReadonlySet<string> =>
  new Set(
    itemsOf(InstanceImageMetadata).flatMap(({ImageMetadata}) =>
      ImageMetadata?.ImageOwnerAlias === 'amazon' ? (ImageMetadata.OwnerId ?? []) : [],
    ),
  )

/** Names occur in ARNs and conditions before they occur alone, so all of them are collected first; and all accounts. */
function collectNames(account: Account, names: Pseudonyms): ReadonlySet<string> {
  const accounts = new Set<string>()
  const open: unknown[] = [account]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') {
      for (const id of accountsIn(next)) accounts.add(id)
      for (const part of pathPartsIn(next)) names.nameOf('path', part)
    }
    for (const part of partsOf(names, next)) open.push(part ?? 0)
  }
  return accounts
}

function partsOf(names: Pseudonyms, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const fields = isObject(value) ? Object.entries(value) : []
  return fields.flatMap(([key, one]) => (isCollected(names, key, one) ? [] : [one]))
}

/** Collects a name or tags; other lists and objects contain further names. */
function isCollected(names: Pseudonyms, key: string, value: unknown): boolean {
  if (key === 'Tags' && Array.isArray(value)) {
    for (const tag of value.filter(isObject)) tagOf(names, tag)
    return true
  }
  if (typeof value !== 'string') return typeof value !== 'object'
  const sort = entryOf(NAMES, key)
  if (sort !== undefined) names.nameOf(sort, value)
  else if (key === 'IamRole') {
    names.nameOf('role', lastPart(value))
    for (const part of foldersIn(value)) names.nameOf('path', part)
  }
  return sort !== undefined
}

function tagOf(names: Pseudonyms, tag: JsonObject): JsonObject {
  const {Key, Value} = tag
  const other = typeof Key === 'string' && !TAGS_OF_AWS.has(Key) ? {Key: names.nameOf('tag', Key)} : {}
  if (typeof Value !== 'string' || Key === 'InspectorEc2Exclusion') return {...tag, ...other}
  return {...tag, ...other, Value: names.nameOf('value', Value)}
}

const tagMapOf = (names: Pseudonyms, tags: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(tags).map(([key, value]) => {
      const {Key, Value} = tagOf(names, {Key: key, Value: value})
      return [String(Key), Value]
    }),
  )

const fieldsOf = (redaction: Redaction, item: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(item).map(([key, value]) => [key, redacted(redaction, key, value, item)]))

function redacted(redaction: Redaction, key: string, value: unknown, parent: JsonObject): unknown {
  if (key.endsWith('Document')) return documentOf(redaction, value)
  if (Array.isArray(value)) return value.map((item) => redacted(redaction, key, item, parent))
  if (typeof value === 'string') return textOf(redaction, key, value, parent)
  if (!isObject(value)) return value
  if (key === 'ResourceRecords') return recordOf(redaction, value)
  if (key === 'Tags' || key === 'TagSet') return tagOf(redaction.names, value)
  if (key === 'tags') return tagMapOf(redaction.names, value)
  if (key === 'Values' && parent.Key !== 'domain-name-servers') return recordOf(redaction, value)
  return fieldsOf(redaction, value)
}

const ADDRESS = /^(?:[\d.]+|[\da-f:]*:[\da-f:.]*)$/i

/** An address, or a domain name, of a record or of DHCP options. */
const recordOf = ({replace}: Redaction, {Value, ...record}: JsonObject): JsonObject =>
  typeof Value === 'string' ? {...record, Value: (ADDRESS.test(Value) ? replace.text : replace.domain)(Value)} : record

function textOf({names, replace}: Redaction, key: string, value: string, parent: JsonObject): string {
  if (key === 'Name') return replacedName({names, replace}, value, parent)
  if (PROSE.has(key)) return value === '' ? value : `text-${names.numberOf('text', value)}`
  if (DOMAINS.has(key)) return replace.domain(value)
  if (CHOSEN.has(key)) return replace.resource(value)
  if (key === 'kmsKeyId' && value.startsWith('alias/')) return `alias/${replace.resource(value.slice(6))}`
  if (key === 'Output') return replace.prose(value)
  if (key === 'SettingValue' || key === 'IamRole' || key === 'Path') return replace.path(value)
  if (key === 'SourceId' && !NODE_ID.test(value)) return names.nameOf('machine', value)
  const sort = entryOf(NAMES, key)
  return sort === undefined ? replace.text(value) : names.nameOf(sort, value)
}

const FIXED_VALUES = [
  'VpcId',
  'AssociationId',
  'ProfileId',
  'DomainName',
  'FirewallRuleGroupId',
  'FirewallDomainListId',
  'IPAddress',
  'PingStatus',
]

/** States, events and documents of AWS have a `Name` too; that of a zone or a record is a domain. */
function replacedName({names, replace}: Redaction, value: string, parent: JsonObject): string {
  const has = (field: string) => field in parent
  if (['ResourceRecordSets', 'AliasTarget', 'ResourceRecords'].some(has)) return replace.domain(value)
  if (has('ImageId')) return parent.ImageOwnerAlias === 'amazon' ? value : names.nameOf('image', value)
  return FIXED_VALUES.some(has) ? names.nameOf('name', value) : value
}

/** Conditions compare tags and names; elsewhere in a document only ARNs, accounts and addresses identify anyone. */
function documentOf(redaction: Redaction, value: unknown): unknown {
  const {names, replace} = redaction
  if (typeof value === 'string') return replace.text(value)
  if (Array.isArray(value)) return value.map((item) => documentOf(redaction, item))
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, one]) => {
    if (key === 'Sid' && typeof one === 'string') return [key, `sid${names.numberOf('sid', one)}`]
    return [key, key === 'Condition' ? conditionOf(redaction, one) : documentOf(redaction, one)]
  })
  return Object.fromEntries(entries)
}

/** Only texts and ARNs are compared with names; other operators compare with true, a number, a date or an address. */
function conditionOf(redaction: Redaction, condition: unknown): unknown {
  if (!isObject(condition)) return documentOf(redaction, condition)
  const entries = Object.entries(condition).map(([operator, keys]) => {
    if (!isObject(keys)) return [operator, documentOf(redaction, keys)]
    const isText = /String|Arn/i.test(operator)
    const others = Object.entries(keys).map(([key, value]) => [
      conditionKeyOf(redaction, key),
      comparedOf(redaction, value, {
        isText,
        isName: isText && (PERSONAL_CONDITION.test(key) || TAG_CONDITION.test(key)),
      }),
    ])
    return [operator, Object.fromEntries(others)]
  })
  return Object.fromEntries(entries)
}

/** The name of a tag, or the host of an identity provider. */
const conditionKeyOf = ({names, replace}: Redaction, key: string): string =>
  key
    .replace(
      TAG_CONDITION,
      (_, head: string, tag: string) => head + (TAGS_OF_AWS.has(tag) ? tag : names.nameOf('tag', tag)),
    )
    .replace(PROVIDER_CONDITION, (_, host: string, claim: string) => replace.domain(host) + claim)

interface Comparison {
  readonly isText: boolean
  readonly isName: boolean
}

function comparedOf(redaction: Redaction, value: unknown, comparison: Comparison): unknown {
  const {names, replace} = redaction
  if (Array.isArray(value)) return value.map((one) => comparedOf(redaction, one, comparison))
  if (typeof value !== 'string') return documentOf(redaction, value)
  if (comparison.isName && !/[*?]|\$\{/.test(value)) return names.nameOf('value', value)
  return replace.text(comparison.isText ? names.knownAs(value) : value)
}
