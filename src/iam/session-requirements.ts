import type {Context, SessionPreferences} from '../model/account.ts'
import {bucketArn} from './capabilities.ts'
import type {Decision} from './evaluate.ts'

type Inputs = NonNullable<SessionPreferences['inputs']>

/** Something that the preferences require of the agent. */
export interface SessionRequirement {
  readonly service: 'kms' | 'logs' | 's3'
  /** With its name, as it fits into a sentence. */
  readonly what: string
  readonly denied: string
  readonly unreachable?: string
  /** What users see. */
  readonly whenDenied: string
  readonly whenUnreachable: string
  readonly calls: (context: Context, account: string) => readonly Needed[]
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

/** An action, and the forms in which policies name its resource. */
interface Needed {
  readonly action: string
  readonly resources: readonly string[]
}

/** Policies refer to the same resource in several forms; one match is enough. */
export const mostPermissive = (decisions: readonly Decision[]): Decision =>
  decisions.find(({decision}) => decision === 'allowed') ??
  decisions.find(({decision}) => decision === 'unknown') ??
  decisions[0]!

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
        whenDenied: 'every shell session fails during the encryption handshake; port forwarding may still work',
        whenUnreachable: 'every shell session ends in the encryption handshake',
        calls: (context, account) => [{action: 'kms:Decrypt', resources: [keyArn(kmsKeyId, context, account)]}],
        grant: (context, account) => [keyGrant(kmsKeyId, context, account)],
      }
    : undefined

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
    Resource: `arn:${context.Partition}:kms:${context.Region}:${account}:key/*`,
    Condition: {'ForAnyValue:StringEquals': {'kms:ResourceAliases': alias}},
  }
}

const groupArn = (name: string, {Partition, Region}: Context, account: string): string =>
  `arn:${Partition}:logs:${Region}:${account}:log-group:${name}`

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
        whenDenied: encrypted
          ? 'every session fails immediately, because the log group is not encrypted'
          : 'sessions are not logged',
        whenUnreachable: 'a session takes about two minutes to open, and is not logged',
        calls: (context, account) =>
          LOG_ACTIONS.map((action) => {
            const group = groupArn(name, context, account)
            return {action, resources: [group, `${group}:*`, `${group}:log-stream:session`]}
          }),
        // Log groups can only be described all at once.
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
        whenDenied: encrypted ? 'sessions fail immediately: the bucket is not encrypted' : 'session logs are lost',
        whenUnreachable: '',
        calls: ({Partition}) => [
          {action: 's3:PutObject', resources: [`${bucketArn(Partition, name)}/${folder(prefix)}session`]},
          ...(encrypted ? [{action: 's3:GetEncryptionConfiguration', resources: [bucketArn(Partition, name)]}] : []),
        ],
        grant: ({Partition}) => [
          {Effect: 'Allow', Action: ['s3:PutObject'], Resource: `${bucketArn(Partition, name)}/${folder(prefix)}*`},
          ...(encrypted
            ? [
                {
                  Effect: 'Allow' as const,
                  Action: ['s3:GetEncryptionConfiguration'],
                  Resource: bucketArn(Partition, name),
                },
              ]
            : []),
        ],
      }
    : undefined

const folder = (prefix: string | undefined): string => (prefix ? `${prefix}/` : '')
