import type {Context, SessionPreferences} from '../model/account.ts'
import {accountOf, regionOf} from '../model/arn.ts'
import {bucketArn} from './capabilities.ts'
import type {Decision} from './policy/evaluate.ts'

type Inputs = NonNullable<SessionPreferences['inputs']>

/** Something that the preferences require of the agent. */
export interface SessionRequirement {
  readonly service: 'kms' | 'logs' | 's3'
  /** With its name, as it fits into a sentence. */
  readonly what: string
  readonly denied: string
  readonly unreachable?: string
  /** What users see when these calls are denied. */
  readonly whenDenied: (actions: readonly string[]) => string
  readonly whenUnreachable: string
  readonly calls: (context: Context, account: string) => readonly Needed[]
  /** The policy of the resource, which is not read: whether it `may` allow the role by itself, or `must` allow it too. */
  readonly ownPolicy: (account: string) => 'may' | 'must' | undefined
  /** The Region in its ARN. */
  readonly region?: string
  /** The minimal statements that allow it. */
  readonly grant: (context: Context, account: string) => readonly Statement[]
}

interface Statement {
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: {readonly [operator: string]: {readonly [key: string]: string}}
}

/** The resources of the statements that allow one of the actions. */
export const grantedFor = (statements: readonly Statement[], actions: readonly string[]): readonly string[] =>
  statements.flatMap(({Action, Resource}) => (Action.some((action) => actions.includes(action)) ? Resource : []))

const isOn = (value: boolean | string | undefined): boolean => String(value).toLowerCase() === 'true'

/** Whether the preferences require that the logs which the service keeps are encrypted. */
export const mustBeEncrypted = (inputs: Inputs, service: string | undefined): boolean =>
  service === 's3'
    ? Boolean(inputs.s3BucketName) && isOn(inputs.s3EncryptionEnabled)
    : Boolean(inputs.cloudWatchLogGroupName) && isOn(inputs.cloudWatchEncryptionEnabled)

/**
 * Where encryption is required, the agent asks for it before a session starts.
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/plugins/shell/shell.go
 */
const cannotVerify = (what: string): string =>
  `every shell session fails immediately, because the agent cannot verify that the ${what} is encrypted`

/** An action on its resource, and other ARNs by which policies refer to it. */
interface Needed {
  readonly action: string
  readonly resource: string
  readonly referredToBy?: readonly string[]
}

/** What only an Allow of another ARN would allow is most likely denied, and not certainly. */
export function decisionOn(
  {resource, referredToBy = []}: Pick<Needed, 'resource' | 'referredToBy'>,
  decide: (resource: string) => Decision,
): Decision {
  const decision = decide(resource)
  if (decision.decision !== 'denied' || decision.explicit) return decision
  const {layer} = decision
  const [allowed] = referredToBy.flatMap((arn) => {
    const other = decide(arn)
    return other.decision === 'allowed' ? {arn, because: other.because} : []
  })
  if (allowed === undefined) return decision
  const because = `${allowed.because} on ${allowed.arn}, and AWS documents that it needs ${resource}`
  return {decision: 'unknown', layer, indeterminates: [{kind: 'condition', because}], because}
}

export function requirementsOf(inputs: Inputs): readonly SessionRequirement[] {
  return [key(inputs), logGroup(inputs), bucket(inputs)].filter((requirement) => requirement !== undefined)
}

const key = ({kmsKeyId}: Inputs): SessionRequirement | undefined =>
  kmsKeyId
    ? {
        service: 'kms',
        what: `KMS key ${kmsKeyId}`,
        denied: 'session.kms-denied',
        unreachable: 'session.kms-unreachable',
        whenDenied: () => 'every shell session fails during the encryption handshake; port forwarding may still work',
        whenUnreachable: 'every shell session ends in the encryption handshake',
        calls: (context, account) => [{action: 'kms:Decrypt', resource: keyArn(kmsKeyId, context, account)}],
        ownPolicy: (account) => (ownerOf(kmsKeyId, account) === account ? 'may' : 'must'),
        region: regionOf(kmsKeyId),
        grant: (context, account) => [keyGrant(kmsKeyId, context, account)],
      }
    : undefined

/**
 * A key of another account needs a policy of the role and its own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
 */
const ownerOf = (keyId: string, account: string): string => accountOf(keyId) || account

/** Policies name keys, not aliases; which key an alias stands for is not read. */
function keyArn(keyId: string, {Partition, Region}: Context, account: string): string {
  if (keyId.startsWith('arn:')) return keyId.includes(':alias/') ? '*' : keyId
  return keyId.startsWith('alias/') ? '*' : `arn:${Partition}:kms:${Region}:${account}:key/${keyId}`
}

/**
 * An alias is granted by the condition key that KMS has for it.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function keyGrant(keyId: string, context: Context, account: string): Statement {
  const Resource = keyArn(keyId, context, account)
  const common = {Effect: 'Allow', Action: ['kms:Decrypt']} as const
  if (Resource !== '*') return {...common, Resource}
  const alias = keyId.slice(keyId.indexOf('alias/'))
  return {
    ...common,
    Resource: `arn:${context.Partition}:kms:${context.Region}:${ownerOf(keyId, account)}:key/*`,
    Condition: {'ForAnyValue:StringEquals': {'kms:ResourceAliases': alias}},
  }
}

const groupArn = (name: string, {Partition, Region}: Context, account: string): string =>
  `arn:${Partition}:logs:${Region}:${account}:log-group:${name}`

/**
 * Actions on a log group and its streams are authorized on the ARN that continues after the name of the group, and
 * groups are only listed all at once.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
 */
function neededFor(action: string, name: string, context: Context, account: string): Needed {
  const group = groupArn(name, context, account)
  return action === 'logs:DescribeLogGroups'
    ? {action, resource: `${groupArn('', context, account)}:log-stream:`, referredToBy: [group, `${group}:*`]}
    : {action, resource: `${group}:log-stream:session`, referredToBy: [group]}
}

const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams']

const logGroup = ({
  cloudWatchLogGroupName: name,
  cloudWatchEncryptionEnabled: encrypted,
}: Inputs): SessionRequirement | undefined =>
  name
    ? {
        service: 'logs',
        what: `log group ${name}`,
        denied: 'session.logs-denied',
        unreachable: 'session.logs-unreachable',
        whenDenied: (actions) =>
          isOn(encrypted) && actions.includes('logs:DescribeLogGroups')
            ? cannotVerify('log group')
            : 'sessions are not logged',
        whenUnreachable: 'a session takes about two minutes to open, and is not logged',
        calls: (context, account) => LOG_ACTIONS.map((action) => neededFor(action, name, context, account)),
        ownPolicy: () => undefined,
        grant: (context, account) => [
          {
            Effect: 'Allow',
            Action: LOG_ACTIONS.filter((action) => action !== 'logs:DescribeLogGroups'),
            Resource: [groupArn(name, context, account), `${groupArn(name, context, account)}:*`],
          },
          {Effect: 'Allow', Action: ['logs:DescribeLogGroups'], Resource: '*'},
        ],
      }
    : undefined

const ENCRYPTION_OF_BUCKET = 's3:GetEncryptionConfiguration'

const bucket = ({
  s3BucketName: name,
  s3KeyPrefix: prefix,
  s3EncryptionEnabled: encrypted,
}: Inputs): SessionRequirement | undefined =>
  name
    ? {
        service: 's3',
        what: `bucket ${name}`,
        denied: 'session.logs-denied',
        whenDenied: (actions) =>
          actions.includes(ENCRYPTION_OF_BUCKET) ? cannotVerify('bucket') : 'session logs are lost',
        whenUnreachable: '',
        calls: ({Partition}) => [
          {action: 's3:PutObject', resource: `${bucketArn(Partition, name)}/${folder(prefix)}session.log`},
          ...(isOn(encrypted) ? [{action: ENCRYPTION_OF_BUCKET, resource: bucketArn(Partition, name)}] : []),
        ],
        ownPolicy: () => 'may',
        grant: ({Partition}) => [
          {Effect: 'Allow', Action: ['s3:PutObject'], Resource: `${bucketArn(Partition, name)}/${folder(prefix)}*`},
          ...(isOn(encrypted)
            ? [{Effect: 'Allow' as const, Action: [ENCRYPTION_OF_BUCKET], Resource: bucketArn(Partition, name)}]
            : []),
        ],
      }
    : undefined

/**
 * The agent joins the prefix and the name of the log as parts of a path.
 * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/agent/fileutil/fileutil.go
 */
const folder = (prefix: string | undefined): string => (prefix ? `${prefix}/`.replaceAll(/\/+/g, '/') : '')
