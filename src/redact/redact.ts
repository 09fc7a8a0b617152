import {isPublicImage} from '../agent/image.ts'
import {matches} from '../iam/policy/wildcard.ts'
import {type Account, isNotAsked, itemsOf} from '../model/account.ts'
import {describedBy, KINDS} from '../model/kinds.ts'
import {entryOf} from '../util/entry-of.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import {lastPart} from '../util/last-part.ts'
import {remembered} from '../util/memo.ts'
import {guardStackOverflow} from '../util/usage-error.ts'
import {isOfAws, type Pseudonyms, pseudonyms} from './pseudonyms.ts'
import {accountsIn, foldersIn, NODE_ID, pathPartsIn, type Replacement, redactorOf} from './text.ts'

/** Tags with a meaning to AWS or to the reader of a report. The value of a name is still a name. */
const TAG_OF_AWS = /^(?:Name$|InspectorEc2Exclusion$|eks:)/
/** Those whose values are ids and numbers. */
const PUBLIC_TAG = /^aws:ec2launchtemplate:/
/** https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html */
const CLUSTER_TAG = /^(kubernetes\.io\/cluster\/)(.+)$/

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
  SetIdentifier: 'record',
  runAsDefaultUser: 'user',
}
/** A host name that EC2 assigns. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html */
const ASSIGNED = /^(?:ip-\d+-\d+-\d+-\d+|i-[0-9a-f]{8,})(?=\.|$)/i
const CHOSEN = new Set(['s3BucketName', 's3KeyPrefix', 'cloudWatchLogGroupName'])
const PROSE = new Set([
  ...['Description', 'Comment', 'StatusMessage', 'OutputUrl', 'Reason', 'ExecutionSummary', 'UserData'],
  ...['ClientToken', 'CallerReference', 'CreatorRequestId'],
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
  'BlockOverrideDomain',
  'ServerNameIndication',
])
const TAG_CONDITION = /(tag\/|kms:EncryptionContext:(?!aws:))(.+)$/i
/**
 * Condition keys whose values name people, repositories, secrets and resources, and all of services that the examination
 * does not compare. No request of a node has them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
const PERSONAL_CONDITION =
  /^(?:(?:aws:(?:username|SourceIdentity|Referer|UserAgent|TagKeys)|s3:prefix|kms:(?:RequestAlias|ResourceAliases)|ec2:KeyPairName)$|(?!(?:aws|ec2|ssm|s3|kms|iam|logs):)[^:]+:)/i
const IDENTITY = /^arn:[\w-]+:iam::\d{12}:[\w+=,.@/-]+$/
/** A pattern of such ARNs with a part of a name: role/prod-*. */
const PARTIAL = /^arn:[^/]*\/.*?(?:[\w-][*?]|[*?][\w-])/
/** A claim of an identity provider: token.actions.githubusercontent.com:sub. */
const PROVIDER_CONDITION = /^([^:/]+\.[^:/]+(?:\/.*)?)(:\w+)$/

interface Redaction {
  readonly names: Pseudonyms
  /** The ARNs of roles, users and policies in the account that a pattern matches. */
  readonly identitiesLike: (pattern: string) => readonly string[]
  /** The pseudonyms of the names that a pattern matches. */
  readonly namesLike: (pattern: string) => readonly string[]
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
  const {accounts, identities} = collectNames(account, names)
  const replace = redactorOf(names, {all: accounts, vendors: vendorsIn(account)}, salt)
  const redaction = {
    ...{names, replace},
    identitiesLike: remembered((pattern: string) => [...identities].filter((arn) => matches(pattern, arn))),
    namesLike: remembered((pattern: string) => names.pseudonymsOf((name) => matches(pattern, name))),
  }
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
      isPublicImage(ImageMetadata) ? (ImageMetadata?.OwnerId ?? []) : [],
    ),
  )

/** Names occur in ARNs and conditions before they occur alone, so all of them are collected first; and all accounts. */
function collectNames(account: Account, names: Pseudonyms) {
  const accounts = new Set<string>()
  const identities = new Set<string>()
  const open: unknown[] = [account]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') {
      for (const id of accountsIn(next)) accounts.add(id)
      for (const part of pathPartsIn(next)) names.nameOf('path', part)
      if (IDENTITY.test(next)) identities.add(next)
    }
    for (const part of partsOf(names, next)) open.push(part ?? 0)
  }
  return {accounts, identities}
}

function partsOf(names: Pseudonyms, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const fields = isObject(value) ? Object.entries(value) : []
  return fields.flatMap(([key, one]) => (isCollected(names, key, one, value as JsonObject) ? [] : [one]))
}

/** The role of a hybrid node, or of Default Host Management Configuration. */
const isRole = (key: string, value: string, {SettingId}: JsonObject): boolean =>
  key === 'IamRole' || (key === 'SettingValue' && value !== '$None' && /-management-role$/.test(String(SettingId)))

/** Collects a name or tags; other lists and objects contain further names. */
function isCollected(names: Pseudonyms, key: string, value: unknown, parent: JsonObject): boolean {
  if (key === 'Tags' && Array.isArray(value)) {
    for (const tag of value.filter(isObject)) tagOf(names, tag)
    return true
  }
  if (typeof value !== 'string') return typeof value !== 'object'
  const sort = entryOf(NAMES, key)
  if (key === 'ComputerName' && ASSIGNED.test(value)) return true
  if (sort !== undefined) names.nameOf(sort, value)
  else if (isRole(key, value, parent)) {
    names.nameOf('role', lastPart(value))
    for (const part of foldersIn(value)) names.nameOf('path', part)
  }
  return sort !== undefined
}

/** Conditions name tags in any case. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html */
function tagNameOf(names: Pseudonyms, tag: string): string {
  if (TAG_OF_AWS.test(tag) || isOfAws(tag)) return tag
  const [, head, cluster] = CLUSTER_TAG.exec(tag) ?? []
  return cluster === undefined ? names.nameOf('tag', tag.toLowerCase()) : head + names.nameOf('cluster', cluster)
}

function tagOf(names: Pseudonyms, tag: JsonObject): JsonObject {
  const {Key, Value} = tag
  const other = typeof Key === 'string' ? {Key: tagNameOf(names, Key)} : {}
  if (typeof Value !== 'string' || PUBLIC_TAG.test(String(Key))) return {...tag, ...other}
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
const recordOf = ({replace}: Pick<Redaction, 'replace'>, {Value, ...record}: JsonObject): JsonObject =>
  typeof Value === 'string' ? {...record, Value: (ADDRESS.test(Value) ? replace.text : replace.domain)(Value)} : record

function textOf({names, replace}: Redaction, key: string, value: string, parent: JsonObject): string {
  if (key === 'Name') return replacedName({names, replace}, value, parent)
  if (PROSE.has(key)) return value === '' ? value : `text-${names.numberOf('text', value)}`
  if (DOMAINS.has(key)) return replace.domain(value)
  if (key === 'ComputerName') return ASSIGNED.exec(value)?.[0] ?? names.nameOf('computer', value)
  if (CHOSEN.has(key)) return replace.resource(value)
  if (key === 'kmsKeyId' && value.startsWith('alias/')) return `alias/${replace.resource(value.slice(6))}`
  if (key === 'Output') return replace.prose(value)
  if (key === 'MissingContextValues') return conditionKeyOf({names, replace}, value)
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
function replacedName(
  {names, replace}: Pick<Redaction, 'names' | 'replace'>,
  value: string,
  parent: JsonObject,
): string {
  const has = (field: string) => field in parent
  if (['ResourceRecordSets', 'AliasTarget', 'ResourceRecords'].some(has)) return replace.domain(value)
  if (has('ImageId')) return isPublicImage(parent) ? value : names.nameOf('image', value)
  return FIXED_VALUES.some(has) ? names.nameOf('name', value) : value
}

/** Conditions compare tags and names; elsewhere in a document only ARNs, accounts and addresses identify anyone. */
function documentOf(redaction: Redaction, value: unknown): unknown {
  const {names, replace} = redaction
  if (typeof value === 'string') return replace.text(variablesOf(redaction, value))
  if (Array.isArray(value)) return value.map((item) => documentOf(redaction, item))
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, one]) => {
    if ((key === 'Sid' || key === 'Id') && typeof one === 'string')
      return [key, `${key.toLowerCase()}${names.numberOf(key, one)}`]
    return [key, key === 'Condition' ? conditionOf(redaction, one) : documentOf(redaction, one)]
  })
  return Object.fromEntries(entries)
}

/** Only texts and ARNs are compared with names; other operators compare with true, a number, a date or an address. */
function conditionOf(redaction: Redaction, condition: unknown): unknown {
  if (!isObject(condition)) return documentOf(redaction, condition)
  const entries = Object.entries(condition).map(([operator, keys]) => {
    if (!isObject(keys)) return [operator, documentOf(redaction, keys)]
    const others = Object.entries(keys).map(([key, value]) => {
      const isName = PERSONAL_CONDITION.test(key) || TAG_CONDITION.test(key)
      const values = [value].flat().flatMap((one) => comparedOf(redaction, one, {operator, isName}))
      return [conditionKeyOf(redaction, key), Array.isArray(value) || values.length > 1 ? values : values[0]]
    })
    return [operator, Object.fromEntries(others)]
  })
  return Object.fromEntries(entries)
}

/** The name of a tag, or the host of an identity provider. */
const conditionKeyOf = ({names, replace}: Pick<Redaction, 'names' | 'replace'>, key: string): string =>
  key
    .replace(TAG_CONDITION, (_, head: string, tag: string) => head + tagNameOf(names, tag))
    .replace(PROVIDER_CONDITION, (_, provider: string, claim: string) => replace.provider(provider) + claim)

/** Policy variables have the same keys: ${aws:PrincipalTag/team, 'none'}. */
const variablesOf = (redaction: Redaction, text: string): string =>
  text.replace(/(?<=\$\{)[^},]+/g, (key) => conditionKeyOf(redaction, key))

interface Comparison {
  readonly operator: string
  readonly isName: boolean
}

/** A pattern becomes what it matches in the account: pseudonyms have nothing in common that a pattern could match. */
function comparedOf(redaction: Redaction, value: unknown, {operator, isName}: Comparison): readonly unknown[] {
  const {names, replace} = redaction
  if (typeof value !== 'string' || !/String|Arn/i.test(operator)) return [documentOf(redaction, value)]
  const isPattern = /Like|Arn/i.test(operator) && /[*?]/.test(value)
  const identities = isPattern && PARTIAL.test(value) ? redaction.identitiesLike(value) : []
  if (identities.length > 0) return identities.map(replace.text)
  if (!isName || /^[*?]*$/.test(value)) return [replace.text(names.knownAs(variablesOf(redaction, value)))]
  if (value.includes('${')) return [replace.resource(variablesOf(redaction, value))]
  const found = isPattern ? redaction.namesLike(value) : sameName(names, value, operator)
  return found.length > 0 ? found : [names.nameOf('value', value)]
}

const sameName = (names: Pseudonyms, value: string, operator: string): readonly string[] =>
  /IgnoreCase/i.test(operator) ? names.pseudonymsOf((name) => name.toLowerCase() === value.toLowerCase()) : []
