import {describe, expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {sessionPreferences} from '../../../src/checks/identity/session-preferences.ts'
import type {Account, Role, SessionPreferences} from '../../../src/model/account.ts'
import type {Hop, Path, Verdict} from '../../../src/network/path.ts'
import {inProfile} from '../../../src/remedies/changes/instance-profiles.ts'
import {healthyAccount, web} from '../../agent/fixtures.ts'
import {causesOf, findingsOf, notesOf} from '../examine.ts'

const PROFILE = 'arn:aws:iam::111122223333:instance-profile/web'
const ROLE = 'arn:aws:iam::111122223333:role/web'
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-0000-0000-000000000000'
const node = {...web, IamInstanceProfile: {Arn: PROFILE, Id: 'AIPAEXAMPLEWEB'}}

const REGISTERS = {Effect: 'Allow', Action: ['ssm:*', 'ssmmessages:*'], Resource: '*'}
const allow = (Action: string | readonly string[], Resource = '*') => ({Effect: 'Allow', Action, Resource})

const role = (...statements: readonly object[]): Role => ({
  Arn: ROLE,
  RoleName: 'web',
  AttachedManagedPolicies: [],
  AssumeRolePolicyDocument: {
    Statement: [{Effect: 'Allow', Principal: {Service: 'ec2.amazonaws.com'}, Action: 'sts:AssumeRole'}],
  },
  RolePolicyList: [{PolicyName: 'own', PolicyDocument: {Statement: [REGISTERS, ...statements]}}],
})

const asks = (inputs: SessionPreferences['inputs'], ...statements: readonly object[]): Partial<Account> => ({
  Instances: [node],
  SessionPreferences: [inputs === undefined ? {} : {inputs}],
  IamInstanceProfileAssociations: [],
  InstanceProfiles: [
    {
      Arn: PROFILE,
      InstanceProfileName: 'web',
      InstanceProfileId: 'AIPAEXAMPLEWEB',
      Path: '/',
      CreateDate: '2026-01-01T00:00:00Z',
      Roles: [inProfile(role())],
    },
  ],
  Roles: [role(...statements)],
  Policies: [],
  PolicySimulations: [],
  ServiceSettings: [],
})

const path = (service: string, verdict: Verdict, ...hops: readonly Hop[]): Path => ({
  service,
  host: `${service}.us-east-1.amazonaws.com`,
  port: 443,
  via: null,
  verdict,
  hops,
})
const dead = (cause: string, resource: string): Hop => ({
  at: 'route',
  resource,
  leg: 'instance',
  direction: 'request',
  verdict: 'blocked',
  because: `${resource} leads nowhere.`,
  fault: {cause},
})
const OPEN = path('ssm', 'open')

const findings = (account: Partial<Account>, paths: readonly Path[] = [OPEN], signals: readonly Signal[] = []) =>
  findingsOf(sessionPreferences, account, node, paths, signals)
const causes = (account: Partial<Account>, paths?: readonly Path[]) => findings(account, paths).map(({cause}) => cause)

/** The first change that the first finding proposes, and the causes that are left after it. */
function withFirstRemedy(account: Partial<Account>) {
  const [found] = findings(account)
  const remedy = found?.remedies?.[0]
  if (!remedy?.apply) throw new Error('The first finding has no remedy that the model can apply.')
  return {found, remedy, left: causes(remedy.apply({...healthyAccount, ...account}))}
}

describe('nothing to check', () => {
  it.each([
    ['no preferences', {SessionPreferences: []}],
    ['preferences that require nothing', {SessionPreferences: [{inputs: {kmsKeyId: '', s3BucketName: ''}}]}],
  ])('%s', (_, change) => {
    expect(notesOf(sessionPreferences, change)).toMatchObject([{skip: expect.any(String)}])
  })
})

it('is unknown if the preferences could not be read', () => {
  expect(notesOf(sessionPreferences, {SessionPreferences: {unreadable: 'AccessDeniedException'}})).toEqual([
    {
      unknown: 'Cannot determine what the session preferences require: AccessDeniedException',
      kind: 'SessionPreferences',
    },
  ])
})

describe('the session key', () => {
  const inputs = {kmsKeyId: KEY}

  it('passes with a role that is allowed to decrypt with it', () => {
    expect(causes(asks(inputs, allow('kms:Decrypt', KEY)))).toEqual([])
  })

  it('makes sessions fail if the role is not authorized, which allowing it fixes', () => {
    const {found, left} = withFirstRemedy(asks(inputs))
    expect(found).toMatchObject({
      cause: 'session.kms-denied',
      certainty: 'likely',
      resource: ROLE,
      message: expect.stringContaining('fails during the encryption handshake'),
    })
    expect(left).toEqual([])
  })

  it('is proven to be denied by an explicit deny', () => {
    const denies = {Effect: 'Deny', Action: 'kms:*', Resource: '*'}
    expect(findings(asks(inputs, allow('kms:Decrypt'), denies))).toMatchObject([
      {cause: 'session.kms-denied', certainty: 'proven'},
    ])
  })

  it('of another Region cannot be used, whatever the role may call', () => {
    const ofOther = {kmsKeyId: KEY.replace('us-east-1', 'eu-west-1')}
    for (const change of [asks(ofOther), asks(ofOther, allow('kms:Decrypt'))])
      expect(findingsOf(sessionPreferences, change, node, [OPEN])).toMatchObject([
        {
          cause: 'session.kms-denied',
          certainty: 'likely',
          message: expect.stringContaining('KMS accepts only keys of its own Region'),
          remedies: [
            {
              title: 'Name a key of us-east-1 in the session preferences, document SSM-SessionManagerRunShell',
              steps: [],
            },
          ],
        },
      ])
  })

  /** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html */
  it('is proven to be denied if it belongs to another account, whose key policy alone is not enough', () => {
    const theirs = (name: string) => `arn:aws:kms:us-east-1:444455556666:${name}`
    const found = findings(asks({kmsKeyId: theirs('key/0a1b2c3d')}))
    expect(found).toMatchObject([
      {
        cause: 'session.kms-denied',
        certainty: 'proven',
        remedies: [{effect: expect.stringContaining('its key policy must allow the role too')}],
      },
    ])
    const [byAlias] = findings(asks({kmsKeyId: theirs('alias/sessions')}))
    expect(JSON.stringify(byAlias?.remedies?.[0]?.steps)).toContain(theirs('key/*'))
  })

  it('is allowed again by narrowing the statement that denies it', () => {
    const change = asks(inputs, allow('kms:Decrypt'), {Effect: 'Deny', Action: 'kms:*', Resource: '*'})
    const {remedy, left} = withFirstRemedy(change)
    expect(remedy.title).toBe('Remove kms:Decrypt from statement 3 of inline policy own of role web')
    expect(left).toEqual([])
  })

  it('is exempt from a Deny of all keys but others, which keeps denying the rest', () => {
    const NotResource = 'arn:aws:kms:us-east-1:111122223333:key/other'
    const change = asks(inputs, allow('kms:Decrypt'), {Effect: 'Deny', Action: 'kms:Decrypt', NotResource})
    const {remedy, left} = withFirstRemedy(change)
    expect(remedy.title).toBe(`Remove kms:Decrypt on ${KEY} from statement 3 of inline policy own of role web`)
    expect(JSON.stringify(remedy.steps).replaceAll('\\', '')).toContain(`"NotResource":["${NotResource}","${KEY}"]`)
    expect(left).toEqual([])
  })

  it('is allowed with its bucket alone, where the statement denies every bucket', () => {
    const denies = {Effect: 'Deny', Action: 's3:*', Resource: '*'}
    const change = asks({s3BucketName: 'logs', s3KeyPrefix: 'ssm'}, allow('s3:*'), denies)
    const {remedy, left} = withFirstRemedy(change)
    expect(remedy.title).toBe(
      'Remove s3:PutObject on arn:aws:s3:::logs/ssm/* from statement 3 of inline policy own of role web',
    )
    expect(left).toEqual([])
  })

  it('is known by its bare id, and an alias is not resolved', () => {
    const byId = {kmsKeyId: '0a1b2c3d-0000-0000-0000-000000000000'}
    expect(causes(asks(byId, allow('kms:Decrypt', KEY)))).toEqual([])
    expect(
      notesOf(sessionPreferences, asks({kmsKeyId: 'alias/sessions'}, allow('kms:Decrypt', KEY)), node, [OPEN]),
    ).toMatchObject([{unknown: expect.stringContaining('alias/sessions')}])
  })

  // https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
  it('is not allowed by a policy that names the ARN of its alias', () => {
    const alias = allow('kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:alias/sessions')
    expect(causes(asks({kmsKeyId: 'alias/sessions'}, alias))).toEqual(['session.kms-denied'])
  })

  it('must be reachable', () => {
    const paths = [OPEN, path('kms', 'blocked', dead('route.none', 'rtb-0a1b2c3d4e5f60015'))]
    expect(findings(asks(inputs, allow('kms:Decrypt')), paths)).toMatchObject([
      {
        cause: 'session.kms-unreachable',
        message: expect.stringContaining(`${node.InstanceId} cannot reach kms.us-east-1.amazonaws.com`),
      },
    ])
  })

  it('is not reported for a fault that blocks everything', () => {
    const hop = dead('sg.no-egress-443', 'sg-0a1b2c3d4e5f60012')
    const paths = [path('ssm', 'blocked', hop), path('kms', 'blocked', hop)]
    expect(causes(asks(inputs, allow('kms:Decrypt')), paths)).toEqual([])
  })
})

describe('the logs', () => {
  const WRITES = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams']
  const inputs = {cloudWatchLogGroupName: '/ssm/sessions', cloudWatchEncryptionEnabled: true}

  it.each([
    'arn:aws:logs:us-east-1:111122223333:log-group:/ssm/sessions:*',
    'arn:aws:logs:us-east-1:111122223333:log-group:/ssm/sessions',
    '*',
  ])('pass with %s', (resource) => {
    expect(causes(asks(inputs, allow(WRITES, resource)))).toEqual([])
  })

  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
  it('are not surely written with the ARN of the group alone, nor groups listed with the ARN of one', () => {
    const group = 'arn:aws:logs:us-east-1:111122223333:log-group:/ssm/sessions'
    const [create, put, list, streams] = WRITES
    const notes = (...statements: readonly object[]) =>
      notesOf(sessionPreferences, asks(inputs, ...statements), node, [OPEN]).map((note) => JSON.stringify(note))
    expect(notes(allow([create!, put!, streams!], `${group}:*`), allow(list!))).toEqual([
      expect.stringContaining('The role may use log group /ssm/sessions.'),
    ])
    expect(notes(allow([create!, put!, streams!], `${group}:*`), allow(list!, `${group}:*`))).toEqual([
      expect.stringMatching(
        /is not known: statement 3 .* on .*sessions:\*, and AWS documents .*:log-group::log-stream:/,
      ),
    ])
    expect(notes(allow([put!], group), allow([create!, streams!, list!]))).toEqual([
      expect.stringMatching(/is not known: statement 2 .* logs:PutLogEvents on .*sessions, and AWS documents/),
    ])
    expect(notes(allow('logs:*', 'arn:aws:logs:us-east-1:111122223333:*'))).toEqual([
      expect.stringContaining('The role may use'),
    ])
  })

  it('are denied by a Deny of the streams of the group', () => {
    const streams = 'arn:aws:logs:us-east-1:111122223333:log-group:/ssm/sessions:*'
    const statements = [allow(WRITES), {Effect: 'Deny', Action: 'logs:PutLogEvents', Resource: streams}]
    expect(causes(asks(inputs, ...statements))).toEqual(['session.logs-denied'])
  })

  describe('that a session found not to be encrypted', () => {
    const signal: Signal = {
      kind: 'logs-unencrypted',
      service: 'logs',
      source: 'amazon-ssm-agent.log',
      line: 'encryption is not set up on the selected CloudWatch Logs log group',
    }
    const found = (account: Partial<Account>, paths = [OPEN]) => findings(account, paths, [signal])

    it('end sessions, although the role may write them', () => {
      expect(found(asks(inputs, allow(WRITES)))).toMatchObject([
        {
          cause: 'session.logs-denied',
          certainty: 'likely',
          message: expect.stringContaining('did not find that log group /ssm/sessions is encrypted'),
          evidence: [{fact: signal.line}],
          remedies: [{title: expect.stringContaining('disable the encryption of logs')}],
        },
      ])
      expect(found({...asks(inputs, allow(WRITES)), SessionPreferences: {unreadable: 'AccessDenied'}})).toMatchObject([
        {message: expect.stringContaining('the log group of sessions is encrypted')},
      ])
    })

    it('are no fault of preferences that do not require it any more', () => {
      expect(found(asks({...inputs, cloudWatchEncryptionEnabled: false}, allow(WRITES)))).toEqual([])
      expect(found(asks({s3BucketName: 'logs', s3EncryptionEnabled: true}, allow('s3:*')))).toEqual([])
    })

    it('are explained by a permission that is missing, or a path', () => {
      expect(found(asks(inputs, allow(WRITES.slice(0, 2))))).toMatchObject([{certainty: 'proven'}])
      const blocked = [OPEN, path('logs', 'blocked', dead('route.none', 'rtb-0a1b2c3d4e5f60015'))]
      expect(found(asks(inputs, allow(WRITES)), blocked)).toMatchObject([{cause: 'session.logs-unreachable'}])
    })
  })

  it('name the missing permissions, and what users see', () => {
    const found = findings(asks(inputs, allow(WRITES.slice(0, 2))))
    expect(found).toMatchObject([
      {
        cause: 'session.logs-denied',
        certainty: 'proven',
        message: expect.stringMatching(/logs:DescribeLogGroups or logs:DescribeLogStreams.*fails immediately/),
      },
    ])
  })

  it('take two minutes if they cannot be reached', () => {
    const paths = [OPEN, path('logs', 'blocked', dead('route.none', 'rtb-0a1b2c3d4e5f60015'))]
    expect(findings(asks(inputs, allow(WRITES)), paths)).toMatchObject([
      {cause: 'session.logs-unreachable', message: expect.stringContaining('two minutes')},
    ])
  })

  /** https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/plugins/shell/shell.go */
  it.each([
    ['logs:DescribeLogGroups', 'true', 'cannot verify that the log group is encrypted'],
    ['logs:DescribeLogGroups', 'false', 'sessions are not logged'],
    ['logs:DescribeLogGroups', '', 'sessions are not logged'],
    ['logs:PutLogEvents', true, 'sessions are not logged'],
    ['s3:GetEncryptionConfiguration', 'True', 'cannot verify that the bucket is encrypted'],
    ['s3:PutObject', true, 'session logs are lost'],
  ] as const)('without %s, where encryption is %j: %s', (action, encrypted, words) => {
    const toBoth = {
      ...(action.startsWith('logs') && {cloudWatchLogGroupName: '/ssm/sessions'}),
      ...(action.startsWith('s3') && {s3BucketName: 'session-logs'}),
      cloudWatchEncryptionEnabled: encrypted,
      s3EncryptionEnabled: encrypted,
    }
    const others = [...WRITES, 's3:PutObject', 's3:GetEncryptionConfiguration'].filter((one) => one !== action)
    expect(findings(asks(toBoth, allow(others)))).toMatchObject([
      {cause: 'session.logs-denied', message: expect.stringContaining(words)},
    ])
  })

  it('may go to a bucket, under its prefix', () => {
    const toBucket = {s3BucketName: 'session-logs', s3KeyPrefix: 'prod', s3EncryptionEnabled: false}
    const prefix = allow('s3:PutObject', 'arn:aws:s3:::session-logs/prod/*')
    expect(causes(asks(toBucket, prefix))).toEqual([])
    expect(causes(asks(toBucket))).toEqual(['session.logs-denied'])
    expect(findings(asks({...toBucket, s3EncryptionEnabled: true}, prefix))).toMatchObject([
      {cause: 'session.logs-denied', message: expect.stringContaining('s3:GetEncryptionConfiguration')},
    ])
  })
})

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
it('is granted by a policy for each Region, since a policy of the same name would replace that for the key of another Region', () => {
  const policyOf = (Region: string) => {
    const [found] = findings({...asks({kmsKeyId: KEY.replace('us-east-1', Region)}), Region})
    return found?.remedies?.[0]?.steps.map((step) => 'input' in step && step.input.PolicyName)
  }
  expect(policyOf('us-east-1')).toEqual(['session-kms-us-east-1'])
  expect(policyOf('eu-west-1')).toEqual(['session-kms-eu-west-1'])
})

describe('the name of a session log', () => {
  const toBucket = (s3KeyPrefix: string) => ({s3BucketName: 'session-logs', s3KeyPrefix})

  it('follows the prefix after one slash, whether the prefix ends in one or not', () => {
    for (const prefix of ['prod', 'prod/']) {
      const [found] = findings(asks(toBucket(prefix)))
      const [remedy] = found?.remedies ?? []
      expect(JSON.stringify(remedy?.steps)).toContain('arn:aws:s3:::session-logs/prod/*')
    }
  })

  it('ends in .log', () => {
    const logs = allow('s3:PutObject', 'arn:aws:s3:::session-logs/prod/*.log')
    expect(causes(asks(toBucket('prod/'), logs))).toEqual([])
  })
})

it('shows in the log of a session which service preferences that could not be read require and do not reach', () => {
  const called = (plugin: Signal['plugin']): Signal => ({
    kind: 'timeout',
    plugin,
    service: 'logs',
    source: 'errors.log',
    line: `caused by: Post "https://logs.us-east-1.amazonaws.com/": dial tcp 203.0.113.9:443: i/o timeout`,
  })
  const found = (signal: Signal, SessionPreferences: Account['SessionPreferences'], verdict: Verdict) => {
    const paths = [OPEN, path('logs', verdict, dead('route.none', 'rtb-0a1b2c3d4e5f60022'))]
    return findingsOf(sessionPreferences, {SessionPreferences}, web, paths, [signal])
  }
  const unread = {unreadable: 'AccessDenied'}
  expect(found(called('session'), unread, 'blocked')).toMatchObject([
    {
      cause: 'session.logs-unreachable',
      certainty: 'likely',
      evidence: [{}, {fact: expect.stringContaining('nowhere')}],
    },
  ])
  expect(found(called('session'), unread, 'open')).toEqual([])
  expect(found(called('document'), unread, 'blocked')).toEqual([])
  expect(found(called('session'), [], 'blocked')).toEqual([])
})

describe('a denial in the log of a session', () => {
  const denied = (action: string, plugin: Signal['plugin']): Signal => ({
    kind: 'access-denied',
    plugin,
    service: action.split(':')[0] ?? '',
    action,
    source: 'errors.log',
    line: `[ssm-${plugin}-worker] is not authorized to perform: ${action}`,
  })
  const caused = (signal: Signal, change = {}) => causesOf(sessionPreferences, change, web, [], [signal])

  it.each([
    ['kms:Decrypt', 'session.kms-denied'],
    ['logs:PutLogEvents', 'session.logs-denied'],
    ['s3:GetEncryptionConfiguration', 'session.logs-denied'],
  ])('shows what no policy of the account shows: %s', (action, cause) => {
    expect(caused(denied(action, 'session'))).toEqual([cause])
  })

  /** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html */
  it.each([
    [
      'resource-control-policy',
      'a resource control policy',
      {TargetId: '444455556666', Filter: 'RESOURCE_CONTROL_POLICY'},
    ],
    [
      'service-control-policy',
      'a service control policy',
      {TargetId: '111122223333', Filter: 'SERVICE_CONTROL_POLICY'},
    ],
  ] as const)('names %s, which the organization can change', (refusedBy, words, input) => {
    const principal = 'arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010'
    const own = denied('kms:Decrypt', 'session')
    const signal: Signal = {...own, refusedBy, principal, resourceAccount: '444455556666'}
    expect(findingsOf(sessionPreferences, {}, web, [], [signal])).toMatchObject([
      {
        cause: 'session.kms-denied',
        message: expect.stringContaining(`its error message names ${words}`),
        remedies: [{steps: [{operation: 'ListPoliciesForTarget', input}]}],
      },
    ])
  })

  it.each([
    ['kms:Decrypt', 'identity-policy', 'Allow kms:Decrypt in the policies of role web'],
    ['kms:Decrypt', 'permissions-boundary', 'Allow kms:Decrypt in the permissions boundary of role web'],
    ['kms:Decrypt', 'endpoint-policy', 'Allow kms:Decrypt in the policy of the VPC endpoint for kms'],
    ['logs:PutLogEvents', undefined, 'Allow logs:PutLogEvents in the policies of role web'],
    [
      's3:GetEncryptionConfiguration',
      undefined,
      'Allow s3:GetEncryptionConfiguration for role web, in its policies or in the policy of the bucket that receives the session logs',
    ],
  ] as const)('says where %s is allowed if it was denied by: %s', (action, refusedBy, title) => {
    const signal: Signal = {...denied(action, 'session'), ...(refusedBy && {refusedBy})}
    expect(findings(asks({}), [OPEN], [signal])).toMatchObject([{remedies: [{title}]}])
  })

  it('names the bucket of the preferences, whose own policy may deny the call', () => {
    const toBucket = {s3BucketName: 'session-logs', s3EncryptionEnabled: true}
    const may = {Effect: 'Allow', Action: 's3:*', Resource: '*'}
    const signal = denied('s3:GetEncryptionConfiguration', 'session')
    expect(findings(asks(toBucket, may), [OPEN], [signal])).toMatchObject([
      {remedies: [{title: expect.stringContaining('or in the policy of bucket session-logs')}]},
    ])
  })

  it('is not that of a document, and not reported twice', () => {
    expect(caused(denied('kms:Decrypt', 'document'))).toEqual([])
    expect(caused(denied('kms:Decrypt', 'session'), asks({kmsKeyId: KEY}))).toEqual(['session.kms-denied'])
  })
})
