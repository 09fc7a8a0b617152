import type {Account} from './account.ts'
import {withOtherAddresses} from './redact-addresses.ts'
import {isObject, type Loose} from './shape.ts'

/** Every value of a sort gets one number, in the order in which values are met. */
function numbering(): (value: string) => number {
  const known = new Map<string, number>()
  return (value) => {
    const number = known.get(value) ?? known.size + 1
    known.set(value, number)
    return number
  }
}

/** Names that AWS gives and that mean something to AWS: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
const OF_AWS = /^(?:AWS[A-Z]|Amazon[A-Z]|aws:|default$)/
const TAGS_OF_AWS = new Set(['Name', 'InspectorEc2Exclusion'])

const NAME_FIELDS: Readonly<Record<string, string>> = {
  RoleName: 'role',
  SourcePolicyId: 'policy',
  InstanceProfileName: 'profile',
  PolicyName: 'policy',
  GroupName: 'group',
  KeyName: 'key',
  ComputerName: 'computer',
  Name: 'name',
  AssociationName: 'association',
  PrefixListName: 'prefix-list',
  s3BucketName: 'bucket',
  s3KeyPrefix: 'prefix',
  cloudWatchLogGroupName: 'log-group',
}
const IAM_SORTS: Readonly<Record<string, string>> = {'instance-profile': 'profile'}
const FREE_TEXT = new Set([
  'Description',
  'Comment',
  'StatusMessage',
  'OutputUrl',
  'ClientToken',
  'Reason',
  'ExecutionSummary',
])
const DOMAIN_FIELDS = new Set([
  'DomainName',
  'DNSName',
  'DnsName',
  'PrivateDnsName',
  'PublicDnsName',
  'PublicIpv6DnsName',
])
/** Parts of names that AWS and the registries own: whether a zone covers an AWS name must stay decidable. */
const PUBLIC_LABELS =
  /^(?:|\*|com|net|org|io|cn|gov|ic|eu|uk|api|aws|amazon|amazonaws|internal|compute|ec2|vpce|c2s|sc2s|sgov|adc-e|cloud|csp|hci|on|dualstack|ssm|ssmmessages|ec2messages|s3|kms|logs|monitoring|sts|in-addr|arpa|[a-z]{2,4}(?:-[a-z]+)+-\d[a-z]?)$/
const OF_VPC_ENDPOINT = /^vpce-/

const ACCOUNT = /(?<![\w-])\d{12}(?![\w-])/g
const UNIQUE_ID = /\b(AROA|AIPA|ANPA|AIDA|AGPA)([A-Z0-9]{4,})(:[\w+=,.@-]+)?/g
const ARN = /\barn:[\w-]+:[\w-]*:[\w-]*:[\w-]*:[^\s"'<>\\]+/g

/**
 * The account without what tells whose it is: account ids, names, tags, descriptions and public addresses become
 * pseudonyms, the same one wherever the same thing stands, so that it examines to the same causes. Ids of resources,
 * private addresses and what belongs to AWS stay. `salt` keeps addresses from being computed back.
 */
export function redact(account: Account, salt = ''): Account {
  const numbers = new Map<string, (value: string) => number>()
  const numberOf = (sort: string, value: string): number => {
    const number = numbers.get(sort) ?? numbering()
    numbers.set(sort, number)
    return number(value)
  }
  const names = new Map<string, string>()
  const nameOf = (sort: string, value: string): string => {
    if (value === '' || OF_AWS.test(value)) return value
    const known = names.get(value) ?? `${sort}-${numberOf(sort, value)}`
    names.set(value, known)
    return known
  }
  const accounts = (text: string) =>
    text.replace(ACCOUNT, (id) => (vendors.has(id) ? id : String(numberOf('account', id)).padStart(12, '0')))
  const vendors = vendorsIn(account)

  const addresses = (text: string) => withOtherAddresses(text, salt)

  const domain = (text: string) =>
    addresses(text)
      .split('.')
      .map((label) => {
        const plain = PUBLIC_LABELS.test(label) || OF_VPC_ENDPOINT.test(label) || /^(?:ip|ec2)-\d/.test(label)
        return plain || /^\d+$/.test(label) ? label : `label-${numberOf('label', label)}`
      })
      .join('.')

  const path = (resource: string) =>
    resource
      .split('/')
      .map((part) => (names.has(part) ? nameOf('name', part) : part))
      .join('/')
  const arn = (text: string) => {
    const [head, partition, service, region, owner, ...rest] = text.split(':')
    if (owner === 'aws') return text
    const resource = rest.join(':')
    const other = service === 'iam' || service === 'sts' ? identity(resource) : path(resource)
    return [head, partition, service, region, owner, other].join(':')
  }
  /** The last part is the name; in `assumed-role` the session stands behind it, which often is a person. */
  const identity = (resource: string) => {
    const [sort = '', ...parts] = resource.split('/')
    const last = parts.at(-1) ?? ''
    if (parts.length === 0 || /[*?$]/.test(last)) return path(resource)
    if (sort !== 'assumed-role') return [sort, ...parts.slice(0, -1), nameOf(IAM_SORTS[sort] ?? sort, last)].join('/')
    const session = last.startsWith('i-') ? last : nameOf('session', last)
    return [sort, ...parts.slice(0, -1).map((name) => nameOf('role', name)), session].join('/')
  }
  const text = (value: string) => {
    const ids = value.replace(UNIQUE_ID, (_, sort: string, id: string, session?: string) => {
      const other = `${sort}${String(numberOf(sort, id)).padStart(16, '0')}`
      return session === undefined
        ? other
        : `${other}:${session.startsWith(':i-') ? session.slice(1) : nameOf('session', session.slice(1))}`
    })
    return addresses(accounts(ids.replace(ARN, arn)))
  }
  const words = (value: string) =>
    text(value).replace(/[\w+=,.@-]+/g, (word) => (names.has(word) ? nameOf('name', word) : word))

  const tag = (item: Loose): Loose => {
    const {Key, Value} = item
    const key = typeof Key === 'string' && !TAGS_OF_AWS.has(Key) ? nameOf('tag', Key) : Key
    const isPlain =
      typeof Value !== 'string' || Value === '' || (typeof Key === 'string' && Key === 'InspectorEc2Exclusion')
    return {...item, Key: key, ...(Value === undefined ? {} : {Value: isPlain ? Value : nameOf('value', Value)})}
  }

  const field = (key: string, value: string, holder: Loose): string => {
    if (FREE_TEXT.has(key)) return value === '' ? value : `text-${numberOf('text', value)}`
    if (DOMAIN_FIELDS.has(key)) return domain(value)
    if (key === 'Output') return words(value)
    if (key === 'SettingValue') return path(value)
    if (key === 'UserId' && !UNIQUE_ID.test(value)) return accounts(value)
    if (key === 'Name' && ('ResourceRecordSets' in holder || 'AliasTarget' in holder || 'ResourceRecords' in holder))
      return domain(value)
    if (key === 'Name' && 'ImageId' in holder)
      return holder.ImageOwnerAlias === 'amazon' ? value : nameOf('image', value)
    if (key === 'Name' && !isNamed(holder)) return value
    const sort = NAME_FIELDS[key]
    if (sort === undefined || value.startsWith('com.amazonaws.')) return text(value)
    return nameOf(sort, value)
  }

  /** Conditions compare tags and names; elsewhere in a document only ARNs, accounts and addresses tell anything. */
  const document = (value: unknown, inCondition = false): unknown => {
    if (typeof value === 'string') return inCondition && names.has(value) ? nameOf('name', value) : text(value)
    if (Array.isArray(value)) return value.map((item) => document(item, inCondition))
    if (!isObject(value)) return value
    const entries = Object.entries(value).map(([key, one]) => {
      const deep = inCondition || key === 'Condition'
      return [
        deep ? conditionKey(key) : key,
        key === 'Sid' ? `sid${numberOf('sid', String(one))}` : document(one, deep),
      ]
    })
    return Object.fromEntries(entries)
  }
  const conditionKey = (key: string) =>
    key.replace(
      /((?:Resource|Principal|Request)Tag\/)(.+)$/i,
      (_, head: string, name: string) => `${head}${names.get(name) ?? name}`,
    )

  const walk = (value: unknown, key: string, holder: Loose): unknown => {
    if (typeof value === 'string') return key.endsWith('Document') ? document(value) : field(key, value, holder)
    if (Array.isArray(value)) return value.map((item) => walk(item, key, holder))
    if (!isObject(value)) return value
    if (key === 'Tags' || key === 'TagSet') return tag(value)
    if (key.endsWith('Document') || key === 'Document') return document(value)
    if (key === 'tags') return Object.fromEntries(Object.entries(value).map(([name, one]) => [...tagPair(name, one)]))
    if (key === 'DhcpConfigurations' && value.Key === 'domain-name') return {...value, Values: values(value.Values)}
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name, value)]))
  }
  const values = (given: unknown) =>
    Array.isArray(given)
      ? given.map((one: unknown) =>
          isObject(one) && typeof one.Value === 'string' ? {...one, Value: domain(one.Value)} : one,
        )
      : given
  const tagPair = (Key: string, Value: unknown): readonly [string, unknown] => {
    const other = tag({Key, Value})
    return [String(other.Key), other.Value]
  }

  collectNames(account, nameOf, tag)
  return walk(domains(account, domain), '', {}) as Account
}

/** Image owners that AWS vouches for, by whose ids images are recognised. */
function vendorsIn({InstanceImageMetadata}: Account): ReadonlySet<string> {
  const items = Array.isArray(InstanceImageMetadata) ? InstanceImageMetadata : []
  return new Set(
    items.flatMap(({ImageMetadata}: {ImageMetadata?: {OwnerId?: string; ImageOwnerAlias?: string}}) =>
      ImageMetadata?.ImageOwnerAlias === 'amazon' && ImageMetadata.OwnerId !== undefined ? [ImageMetadata.OwnerId] : [],
    ),
  )
}

/** Whether `Name` is a name that someone gave: states, events, images and documents of AWS have one too. */
const isNamed = (holder: Loose): boolean =>
  ['VpcId', 'DomainName', 'FirewallRuleGroupId', 'FirewallDomainListId', 'IPAddress', 'RuleType', 'PingStatus'].some(
    (key) => key in holder,
  ) && !('DocumentVersion' in holder)

/** Names stand in ARNs before they stand alone, so all of them are known first. */
function collectNames(
  value: unknown,
  nameOf: (sort: string, value: string) => string,
  tag: (item: Loose) => Loose,
): void {
  const open: unknown[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) for (const item of next) open.push(item ?? 0)
    else if (isObject(next))
      for (const [key, one] of Object.entries(next)) {
        const sort = key === 'Name' ? undefined : NAME_FIELDS[key]
        if (typeof one === 'string' && sort !== undefined && !one.startsWith('com.amazonaws.')) nameOf(sort, one)
        else if (key === 'Tags' && Array.isArray(one)) one.filter(isObject).forEach(tag)
        else if (typeof one === 'object' && one !== null) open.push(one)
      }
  }
}

/** Lists of bare domain names, which have no field to be known by. */
function domains(account: Account, domain: (text: string) => string): Account {
  const {FirewallRuleGroupAssociations: groups} = account
  if (!Array.isArray(groups)) return account
  const rule = (one: Loose) =>
    Array.isArray(one.Domains) ? {...one, Domains: one.Domains.map((name) => domain(String(name)))} : one
  const group = (one: Loose) =>
    Array.isArray(one.FirewallRules) ? {...one, FirewallRules: one.FirewallRules.map(rule)} : one
  return {...account, FirewallRuleGroupAssociations: groups.map(group) as typeof groups}
}
