import {entryOf} from '../util/entry-of.ts'
import type {Pseudonyms} from './pseudonyms.ts'
import {withOtherAddresses} from './redact-addresses.ts'

const ACCOUNT = /(?<![\w-])\d{12}(?![\w-])/g
/** With the id in a group where it is no part of a name. */
const ACCOUNT_OR_PART = /(?<![\w-])(\d{12})(?![\w-])|(?<!\d)\d{12}(?!\d)/g
const UNIQUE_ID = /\b(AROA|AIPA|ANPA|AIDA|AGPA)([A-Z0-9]{4,})(?::([\w+=,.@-]+))?/g
const ARN = /\barn:[\w-]+:[\w-]*:[\w-]*:[\w-]*:[^\s"'<>\\]+/g
const WORD = /[\w+=,.@-]+/g
const IAM_CATEGORIES: Readonly<Record<string, string>> = {'instance-profile': 'profile'}

/** Labels that AWS and the registries own: whether a zone covers an AWS name must stay decidable. */
const PUBLIC_LABELS = new Set([
  ...['', '*', 'com', 'net', 'org', 'io', 'cn', 'gov', 'ic', 'eu', 'uk', 'api', 'aws', 'amazon', 'amazonaws'],
  ...['internal', 'compute', 'ec2', 'vpce', 'c2s', 'sc2s', 'sgov', 'adc-e', 'cloud', 'csp', 'hci', 'on', 'dualstack'],
  ...['ssm', 'ssmmessages', 'ec2messages', 's3', 'kms', 'logs', 'monitoring', 'sts', 'in-addr', 'arpa'],
])
const PUBLIC_LABEL = /^(?:\d+|vpce-.*|(?:ip|ec2)-\d.*|[a-z]{2,4}(?:-[a-z]+)+-\d[a-z]?|compute-\d)$/

/** How the texts of an account are redacted. */
export interface Replacement {
  /** Account ids, unique ids, ARNs and public addresses in any text. */
  readonly text: (value: string) => string
  /** The same, and every word that is a known name: for prose such as console output. */
  readonly prose: (value: string) => string
  readonly path: (value: string) => string
  readonly domain: (value: string) => string
}

/** The session of a role is an instance's id, or often a person's name. */
const sessionOf = (names: Pseudonyms, session: string): string =>
  session.startsWith('i-') ? session : names.nameOf('session', session)

/** In an IAM resource the last part is the name; in `assumed-role` the session follows it. */
function identity(names: Pseudonyms, resource: string): string {
  const [sort = '', ...parts] = resource.split('/')
  const last = parts.at(-1)
  if (last === undefined || /[*?$]/.test(last)) return pathOf(names, resource)
  const before = parts.slice(0, -1)
  if (sort !== 'assumed-role')
    return [sort, ...before.map(names.knownAs), names.nameOf(entryOf(IAM_CATEGORIES, sort) ?? sort, last)].join('/')
  return [sort, ...before.map((name) => names.nameOf('role', name)), sessionOf(names, last)].join('/')
}

const pathOf = (names: Pseudonyms, path: string): string => path.split('/').map(names.knownAs).join('/')

function arnOf(names: Pseudonyms, arn: string): string {
  const [head, partition, service, region, owner, ...rest] = arn.split(':')
  if (owner === 'aws') return arn
  const resource = rest.join(':')
  const other = service === 'iam' || service === 'sts' ? identity(names, resource) : pathOf(names, resource)
  return [head, partition, service, region, owner, other].join(':')
}

function labelOf(names: Pseudonyms, label: string): string {
  const isPublic = PUBLIC_LABELS.has(label) || PUBLIC_LABEL.test(label)
  return isPublic ? label : `label-${names.numberOf('label', label)}`
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const IAM_PATH = /:iam::\d{12}:(?:role|instance-profile|policy|user)\/([^\s"'<>\\*?$]+)\//g
const PATH_OF_AWS =
  /^(?:service-role|aws-service-role|aws-reserved|role|policy|user|.*\.amazonaws\.com)$|^[a-z]{2,4}(?:-[a-z]+)+-\d$/

/** The folders of the customer's own in the paths of roles, profiles and policies. */
export const pathPartsIn = (text: string): readonly string[] =>
  [...text.matchAll(IAM_PATH)].flatMap(([, path = '']) => path.split('/').filter((part) => !PATH_OF_AWS.test(part)))

/** The ids of accounts that stand alone in a text, or in an ARN. */
export const accountsIn = (text: string): readonly string[] => text.match(ACCOUNT) ?? []

/** Names often contain the id of their account: those of buckets, for example. */
interface Accounts {
  readonly all: ReadonlySet<string>
  /** Verified accounts whose ids identify images. */
  readonly vendors: ReadonlySet<string>
}

export function redactorOf(names: Pseudonyms, {all, vendors}: Accounts, salt: string): Replacement {
  const account = (id: string) => (vendors.has(id) ? id : String(names.numberOf('account', id)).padStart(12, '0'))
  const uniqueId = (_: string, sort: string, id: string, session?: string) => {
    const other = `${sort}${String(names.numberOf(sort, id)).padStart(16, '0')}`
    return session === undefined ? other : `${other}:${sessionOf(names, session)}`
  }
  const text = (value: string) => {
    const renamed = value.replace(UNIQUE_ID, uniqueId).replace(ARN, (arn) => arnOf(names, arn))
    const other = (id: string, alone?: string) => (alone !== undefined || all.has(id) ? account(id) : id)
    return withOtherAddresses(renamed.replace(ACCOUNT_OR_PART, other), salt)
  }
  return {
    text,
    prose: (value) => text(value).replace(WORD, names.knownAs),
    path: (value) => pathOf(names, value),
    domain: (value) =>
      text(value)
        .split('.')
        .map((label) => labelOf(names, label))
        .join('.'),
  }
}
