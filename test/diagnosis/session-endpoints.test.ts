import {expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf, type SessionPreferences, type VpcEndpoint} from '../../src/model/account.ts'
import {checklistWithModel} from '../support/checklist-with-model.ts'
import {
  behindEndpoints,
  behindNat,
  endpoint,
  eni,
  INSTANCE,
  id,
  OWNER,
  online,
  REGION,
  s3Gateway,
} from '../support/network.ts'

/**
 * Sessions make the agent call KMS, CloudWatch Logs and S3, so the policies of their endpoints apply.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */

const KEY = `arn:aws:kms:${REGION}:${OWNER}:key/0a1b2c3d-0000-0000-0000-000000000000`
const LOGS = `arn:aws:logs:${REGION}:${OWNER}:log-group:/sessions`
const MAY_ALL = {Effect: 'Allow', Action: ['kms:Decrypt', 'logs:*', 's3:*'], Resource: '*'}

const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*', more: object = {}) => ({
  Statement: [{Effect: 'Allow', Principal: '*', Action, Resource, ...more}],
})

/** A node that is online behind endpoints, whose sessions use what the preferences say. */
const node = (inputs: SessionPreferences['inputs'], ...endpoints: readonly VpcEndpoint[]): Account => ({
  ...online(behindEndpoints),
  SessionPreferences: [{inputs: inputs!}],
  Roles: itemsOf(behindEndpoints.Roles).map((role) =>
    'RoleName' in role
      ? {...role, RolePolicyList: [{PolicyName: 'sessions', PolicyDocument: {Statement: [MAY_ALL]}}]}
      : role,
  ),
  VpcEndpoints: [...itemsOf(behindEndpoints.VpcEndpoints).slice(0, 3), ...endpoints],
  NetworkInterfaces: [
    ...itemsOf(behindEndpoints.NetworkInterfaces),
    eni(402, 2, '10.0.2.40', [id('sg', 2)]),
    eni(502, 2, '10.0.2.50', [id('sg', 2)]),
  ],
})

const kms = (PolicyDocument: object) => endpoint(4, 'kms', [2], {PolicyDocument} as Partial<VpcEndpoint>)
const logs = (PolicyDocument: object) => endpoint(5, 'logs', [2], {PolicyDocument} as Partial<VpcEndpoint>)
const s3 = (PolicyDocument: object) => s3Gateway([1], {PolicyDocument} as Partial<VpcEndpoint>)
const bucketsOfAws = allow('s3:GetObject', 'arn:aws:s3:::*')

const seen = (account: Account) => {
  const {verdict, causes} = examine(account, INSTANCE)
  const shown = causes.filter(({severity}) => ['blocks', 'degrades'].includes(severity))
  return [verdict, ...shown.map(({id: cause, severity, resource}) => `${severity} ${cause} ${resource}`)]
}

const key = {kmsKeyId: KEY}
const group = {cloudWatchLogGroupName: '/sessions'}
const bucket = {s3BucketName: 'session-logs', s3EncryptionEnabled: true}
const denied = (n: number) => ['degraded', `degrades endpoint.policy-denies ${id('vpce', n)}`]

it.each<[string, Account, readonly string[]]>([
  ['kms without Decrypt', node(key, kms(allow('kms:GenerateDataKey')), s3Gateway([1])), denied(4)],
  ['kms for another key', node(key, kms(allow('kms:*', KEY.replace('0a1b', 'ffff'))), s3Gateway([1])), denied(4)],
  ['kms for this key', node(key, kms(allow('kms:Decrypt', KEY)), s3Gateway([1])), ['managed']],
  ['kms without restriction', node(key, kms(allow('*')), s3Gateway([1])), ['managed']],
  [
    'kms for another role',
    node(key, kms(allow('*', '*', {Principal: {AWS: `arn:aws:iam::${OWNER}:role/other`}})), s3Gateway([1])),
    denied(4),
  ],
  [
    'kms for an organization that is not known',
    node(key, kms(allow('*', '*', {Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}})), s3Gateway([1])),
    ['managed'],
  ],
  ['logs without PutLogEvents', node(group, logs(allow('logs:Describe*')), s3Gateway([1])), denied(5)],
  [
    'logs of this group by its streams',
    node(group, logs(allow('logs:*', [LOGS, `${LOGS}:*`])), s3Gateway([1])),
    ['managed'],
  ],
  ['S3 for reading only', node(bucket, s3(bucketsOfAws)), denied(9)],
  [
    'S3 for another bucket too',
    node(bucket, s3({Statement: [...bucketsOfAws.Statement, ...allow('s3:*', 'arn:aws:s3:::mine/*').Statement]})),
    denied(9),
  ],
  ['S3 for the bucket of the sessions', node(bucket, s3(allow('s3:*', ['arn:aws:s3:::*']))), ['managed']],
  [
    'S3 without a look at the encryption, which is not required',
    node(
      {s3BucketName: 'session-logs'},
      s3({Statement: [...bucketsOfAws.Statement, ...allow('s3:PutObject', 'arn:aws:s3:::session-logs/*').Statement]}),
    ),
    ['managed'],
  ],
  ['S3 for reading only, and sessions are not logged', node({}, s3(bucketsOfAws)), ['managed']],
])('a policy of %s', (_, account, expected) => {
  expect(seen(account)).toEqual(expected)
})

it('says what the sessions lack, and allows exactly that', () => {
  const account = node({...bucket, s3KeyPrefix: 'web'}, s3(bucketsOfAws))
  const [finding] = examine(account, INSTANCE).causes.filter(({severity}) => severity === 'degrades')
  expect(finding?.message).toBe(
    `The policy of ${id('vpce', 9)} does not allow s3:PutObject or s3:GetEncryptionConfiguration on bucket session-logs. As a result, every shell session fails immediately, because the agent cannot verify that the bucket is encrypted.`,
  )
  const [instance] = itemsOf(account.Instances)
  const changed = checklistWithModel(account, instance!, diagnose(account, instance!)).account
  expect(seen(changed)).toEqual(['managed'])
  const gateway = itemsOf(changed.VpcEndpoints).find(({VpcEndpointType}) => VpcEndpointType === 'Gateway')
  expect(gateway?.PolicyDocument).toMatchObject({
    Statement: [
      bucketsOfAws.Statement[0],
      {
        Action: ['s3:PutObject', 's3:GetEncryptionConfiguration'],
        Resource: ['arn:aws:s3:::session-logs/web/*', 'arn:aws:s3:::session-logs'],
      },
    ],
  })
})

it('does not concern sessions that go through a NAT gateway', () => {
  const account = {...node(key, kms(allow('kms:GenerateDataKey'))), ...online(behindNat), VpcEndpoints: []}
  expect(seen({...account, SessionPreferences: [{inputs: key}], Roles: node(key).Roles})).toEqual(['managed'])
})

it.each([
  ['kms:ViaService', {'kms:ViaService': `s3.${REGION}.amazonaws.com`}, 'degraded'],
  ['kms:CallerAccount', {'kms:CallerAccount': OWNER}, 'managed'],
  ['another kms:CallerAccount', {'kms:CallerAccount': '999988887777'}, 'degraded'],
  ['this instance as context', {'kms:EncryptionContext:aws:ssm:TargetId': INSTANCE}, 'managed'],
  ['another instance as context', {'kms:EncryptionContext:aws:ssm:TargetId': id('i', 7)}, 'degraded'],
])('a role that may decrypt with %s', (_, StringEquals, verdict) => {
  const account = node(key, kms(allow('*')), s3Gateway([1]))
  const PolicyDocument = {
    Statement: [{Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY, Condition: {StringEquals}}],
  }
  const Roles = itemsOf(account.Roles).map((role) => ({...role, RolePolicyList: [{PolicyName: 'key', PolicyDocument}]}))
  expect(examine({...account, Roles} as Account, INSTANCE).verdict).toBe(verdict)
})
