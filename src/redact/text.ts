import {entryOf} from '../util/entry-of.ts'
import {withOtherAddresses} from './addresses.ts'
import type {Pseudonyms} from './pseudonyms.ts'
import {chosenName, resourceOf} from './resource.ts'

const ACCOUNT = /(?<![\w-])\d{12}(?![\w-])/g
/** With the id in a group where it is no part of a name. */
const ACCOUNT_OR_PART = /(?<![\w-])(\d{12})(?![\w-])|(?<!\d)\d{12}(?!\d)/g
const UNIQUE_ID = /\b(AROA|AIPA|ANPA|AIDA|AGPA)([A-Z0-9]{4,})(?::([\w+=,.@-]+))?/g
/** Each part of the ARN in a policy may have wildcards and variables. */
const ARN =
  /\b(arn:[\w*?-]+):((?:[\w*?-]|\$\{[^}]*\})*):((?:[\w*?-]|\$\{[^}]*\})*):((?:[\w*?-]|\$\{[^}]*\})*):([^\s"'<>\\]+)/g
const WORD = /[\w+=,.@-]+/g
/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
const ORGANIZATION = /(?<![\w-])o-([a-z0-9]{10,32})(?![\w-])/g
/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html */
const ROOT = /(?<=\/r-|(?<![\w-])ou-)[a-z0-9]{4,32}(?!\w)/g
const ORGANIZATIONAL_UNIT = /(?<=(?<![\w-])ou-[a-z0-9]{4,32}-)[a-z0-9]{8,32}(?![\w-])/g
const IAM_CATEGORIES: Readonly<Record<string, string>> = {'instance-profile': 'profile'}

/** Labels that AWS and the registries own: whether a zone covers an AWS name must stay decidable. */
const PUBLIC_LABELS = new Set([
  ...['', '*', 'com', 'net', 'org', 'io', 'cn', 'gov', 'ic', 'eu', 'uk', 'api', 'aws', 'amazon', 'amazonaws'],
  ...['internal', 'compute', 'ec2', 'vpce', 'c2s', 'sc2s', 'sgov', 'adc-e', 'cloud', 'csp', 'hci', 'on', 'dualstack'],
  ...['ssm', 'ssmmessages', 'ec2messages', 's3', 'kms', 'logs', 'monitoring', 'sts', 'in-addr', 'arpa', 'localhost'],
  ...['instance-data'],
])
const PUBLIC_LABEL = /^(?:\d+|vpce-.*|(?:ip|ec2)-\d.*|i-[0-9a-f]{8,}|[a-z]{2,4}(?:-[a-z]+)+-\d[a-z]?|compute-\d)$/

/** The name of a machine before the prompt of its console, as systemd or Windows reports it, or in a line of syslog. */
const HOST_NAME =
  /^(\S+) login:|hostname (?:set )?to <(\S+)>|^\w{3} [ \d]\d [\d:]{8} (\S+) [\w.-]+(?:\[\d+\])?:|RDPCERTIFICATE-SUBJECTNAME: (\S+)/gim
const HOST =
  /(?<![\w.-])(?:[\w-]+\.)+(?:com|net|org|edu|gov|io|local|internal|corp|lan|intranet)(?![\w-]|\.\w)|(?<=https?:\/\/(?:[^\s/@]*@)?)(?:[\w-]+\.)*[\w-]+/gi
const BUCKET = /(?<=\bs3:\/\/)[\w./-]+/g
const HOST_OF_AWS = /\.(?:amazonaws\.com|api\.aws|internal)$/i
/** A mail address, or a user on a machine. */
const USER = /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*/g
const MAIL = /(?<![\w.+*-])[\w.+*-]+@[\w-]+(?:\.[\w-]+)+/g
/**
 * What systemd, PAM, sshd, sudo and useradd print before the name of a user, or after it.
 * https://github.com/systemd/systemd/blob/main/src/login/logind-session.c
 * https://github.com/openssh/openssh-portable/blob/master/auth.c
 */
const BEFORE_USER = [
  String.raw`\bsession (?:(?:opened|closed) for|'?\w+'? of) user '?`,
  String.raw`\b(?:password|publickey|interactive(?:/pam)?) for `,
  String.raw`\b(?:invalid|Disconnected from|authenticating) user `,
  String.raw`\bnew user: name=|\buser=|/home/|\\Users\\`,
]
const AFTER_USER = String.raw`\(uid=\d| : TTY=`
const OF_IMAGES =
  'root|ec2-user|ssm-user|ubuntu|admin|centos|debian|fedora|rocky|core|cloud-user|Administrator|Default|Public'
/** Who logged in, or tried to, but for the users that images have. */
const LOGIN = new RegExp(
  String.raw`(?:(?<=${BEFORE_USER.join('|')})|(?<![\w.-])(?=[\w.-]+(?:${AFTER_USER})))(?!(?:${OF_IMAGES})(?![\w-])|invalid user )[\w-]+(?:\.[\w-]+)*`,
  'gi',
)
/** What IAM's messages name without an ARN: on resource: role worker. */
const NAMED = /(?<=\bon resource: (role|user|policy|instance profile) )(?!arn:)[\w+=,.@/-]+/g
/** Units of systemd are no users: getty@tty1.service, and host-containers@control of Bottlerocket. */
const UNIT = /\.(?:service|socket|slice|timer|path|target|mount)$|^host-containers@/

/** How the texts of an account are redacted. */
export interface Replacement {
  /** Account ids, unique ids, ARNs, mail addresses and public addresses in any text. */
  readonly text: (value: string) => string
  /** The same, and every word that is a known name, a host or a user: for prose such as console output. */
  readonly prose: (value: string) => string
  readonly path: (value: string) => string
  readonly domain: (value: string) => string
  /** The host of an identity provider with its path, as in its ARN. */
  readonly provider: (value: string) => string
  /** The name of a bucket, a log group or a key, as in its ARN. */
  readonly resource: (value: string) => string
}

/** Ids of nodes that AWS assigned; those of another cloud include its subscription or project. */
export const NODE_ID = /^m?i-[0-9a-f]+$/

/** The session of a role is a node's id, or often a person's name. */
const sessionOf = (names: Pseudonyms, session: string): string =>
  NODE_ID.test(session) ? session : names.nameOf('session', session)

/** In an IAM resource the last part is the name; in `assumed-role` the session follows it. */
function identity(names: Pseudonyms, resource: string): string {
  const [sort = '', ...parts] = resource.split('/')
  if (sort === 'oidc-provider') return `${sort}/${providerOf(names, parts.join('/'))}`
  const category = entryOf(IAM_CATEGORIES, sort) ?? sort
  const others = parts.map((part, i) => {
    if (/[*?$]/.test(part)) return chosenName(names, part)
    if (sort === 'assumed-role') return i === 0 ? names.nameOf('role', part) : sessionOf(names, part)
    return i === parts.length - 1 ? names.nameOf(category, part) : names.knownAs(part)
  })
  return [sort, ...others].join('/')
}

const pathOf = (names: Pseudonyms, path: string): string => path.split('/').map(names.knownAs).join('/')

function providerOf(names: Pseudonyms, provider: string): string {
  const [host = '', ...path] = provider.split('/')
  return [domainOf(names, host), ...path.map((part) => chosenName(names, part))].join('/')
}

function namedAs(names: Pseudonyms, path: string, sort: string): string {
  const [name = '', ...folders] = path.split('/').reverse()
  const category = sort.replace('instance ', '')
  return [names.nameOf(category, name), ...folders.map(names.knownAs)].reverse().join('/')
}

function arnOf(names: Pseudonyms, [arn, head, service = '', region, owner, resource = '']: readonly string[]): string {
  if (owner === 'aws') return arn ?? ''
  const isIdentity = service === 'iam' || service === 'sts'
  const other = isIdentity ? identity(names, resource) : resourceOf(names, service, resource)
  return [head, service, region, owner, other].join(':')
}

function labelOf(names: Pseudonyms, label: string): string {
  const isPublic = PUBLIC_LABELS.has(label) || PUBLIC_LABEL.test(label)
  return isPublic ? label : `label-${names.numberOf('label', label)}`
}

const domainOf = (names: Pseudonyms, domain: string): string =>
  domain
    .split('.')
    .map((label) => labelOf(names, label))
    .join('.')

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const IAM_PATH = /:iam::[\d*?]+:(?:role|instance-profile|policy|user)\/([^\s"'<>\\*?$]+)\//g
const PATH_OF_AWS =
  /^(?:service-role|aws-service-role|aws-reserved|role|policy|user|.*\.amazonaws\.com)$|^[a-z]{2,4}(?:-[a-z]+)+-\d$/

/** The folders of the customer's own in the paths of roles, profiles and policies. */
export const pathPartsIn = (text: string): readonly string[] =>
  [...text.matchAll(IAM_PATH)].flatMap(([, path = '']) => path.split('/').filter((part) => !PATH_OF_AWS.test(part)))

/** The same of the name of a role with its path. */
export const foldersIn = (role: string): readonly string[] => pathPartsIn(`:iam::000000000000:role/${role}`)

/** The ids of accounts that stand alone in a text, or in an ARN. */
export const accountsIn = (text: string): readonly string[] => text.match(ACCOUNT) ?? []

/** Names often contain the id of their account: those of buckets, for example. */
interface Accounts {
  readonly all: ReadonlySet<string>
  /** Verified accounts whose ids identify images. */
  readonly vendors: ReadonlySet<string>
}

export function redactorOf(names: Pseudonyms, {all, vendors}: Accounts, salt: string): Replacement {
  const numbered = (category: string, id: string, digits: number) =>
    String(names.numberOf(category, id)).padStart(digits, '0')
  const account = (id: string) => (vendors.has(id) ? id : numbered('account', id, 12))
  const uniqueId = (_: string, sort: string, id: string, session?: string) => {
    const other = `${sort}${numbered(sort, id, 16)}`
    return session === undefined ? other : `${other}:${sessionOf(names, session)}`
  }
  const user = (found: string) => (UNIT.test(found) ? found : `user-${names.numberOf('user', found)}`)
  const text = (value: string) => {
    const renamed = value
      .replace(UNIQUE_ID, uniqueId)
      .replace(ARN, (...parts) => arnOf(names, parts.slice(0, 6)))
      .replace(NAMED, (path, sort: string) => namedAs(names, path, sort))
      .replace(ORGANIZATION, (_, id: string) => `o-${numbered('organization', id, 10)}`)
      .replace(ROOT, (id) => numbered('root', id, 4))
      .replace(ORGANIZATIONAL_UNIT, (id) => numbered('unit', id, 8))
    const other = (id: string, alone?: string) => (alone !== undefined || all.has(id) ? account(id) : id)
    return withOtherAddresses(renamed.replace(ACCOUNT_OR_PART, other).replace(MAIL, user), salt)
  }
  const domain = (value: string) => domainOf(names, text(value))
  return {
    text,
    prose: (value) => {
      for (const [, ...found] of value.matchAll(HOST_NAME)) names.nameOf('computer', found.find(Boolean) ?? '')
      return text(value)
        .replace(USER, user)
        .replace(LOGIN, user)
        .replace(BUCKET, (bucket) => chosenName(names, bucket))
        .replace(HOST, (host) => (HOST_OF_AWS.test(host) ? host : domain(host)))
        .replace(WORD, names.knownAs)
    },
    path: (value) => pathOf(names, value),
    resource: (value) => text(chosenName(names, value)),
    domain,
    provider: (value) => providerOf(names, value),
  }
}
