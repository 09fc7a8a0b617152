import {type Parameters, partIn, textIn} from './parameters.ts'

/** Who made a call. */
export interface Principal {
  readonly type: 'role' | 'user' | 'root' | 'service' | 'federated' | 'identity-center' | 'account' | 'unknown'
  /** The name of the role or user, the service, or the account. */
  readonly name: string | null
  /** The session name of a role, which tools and users choose. */
  readonly session: string | null
  readonly arn: string | null
  readonly account: string | null
}

type Sort = Principal['type']

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
const TYPES: ReadonlyMap<string, Sort> = new Map([
  ['Root', 'root'],
  ['IAMUser', 'user'],
  ['AssumedRole', 'role'],
  ['Role', 'role'],
  ['FederatedUser', 'federated'],
  ['SAMLUser', 'federated'],
  ['WebIdentityUser', 'federated'],
  ['IdentityCenterUser', 'identity-center'],
  ['AWSAccount', 'account'],
  ['AWSService', 'service'],
])

const ROLE_SESSION = /:assumed-role\/(.+)\/([^/]+)$/

/** `username` is the value of LookupEvents, used if the event itself has none. */
export function principalOf(identity: Parameters | undefined, username?: string): Principal {
  const type = TYPES.get(textIn(identity, 'type') ?? '') ?? 'unknown'
  const arn = textIn(identity, 'arn') ?? null
  const issuer = partIn(partIn(identity, 'sessionContext'), 'sessionIssuer')
  const [, role, session] = ROLE_SESSION.exec(arn ?? '') ?? []
  const names: Readonly<Record<Sort, string | undefined>> = {
    role: textIn(issuer, 'userName') ?? role,
    user: textIn(identity, 'userName'),
    root: undefined,
    service: textIn(identity, 'invokedBy'),
    federated: textIn(identity, 'userName') ?? textIn(issuer, 'userName'),
    'identity-center': textIn(partIn(identity, 'onBehalfOf'), 'userId'),
    account: textIn(identity, 'accountId'),
    unknown: undefined,
  }
  return {
    type,
    name: names[type] ?? (type === 'root' ? null : (username ?? null)),
    session: type === 'role' ? (session ?? null) : null,
    arn,
    account: textIn(identity, 'accountId') ?? textIn(issuer, 'accountId') ?? null,
  }
}

/** `role deploy (session ci-42)`. */
export function principalInWords({type, name, session}: Principal): string {
  if (type === 'root') return 'the root user'
  if (name === null) return 'an unknown principal'
  const sorts: Readonly<Record<Exclude<Sort, 'root'>, string>> = {
    role: 'role ',
    user: 'user ',
    service: 'AWS service ',
    federated: 'federated user ',
    'identity-center': 'IAM Identity Center user ',
    account: 'account ',
    unknown: '',
  }
  return `${sorts[type]}${name}${session === null ? '' : ` (session ${session})`}`
}
