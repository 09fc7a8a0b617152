import {describe, expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import {CHANNEL_TIMEOUT, DENIED, kinds, log, post} from './log-lines.ts'

it('reads that EC2 could not assume the role, and the account of a resource', () => {
  expect(log('ERROR EC2RoleRequestError: AssumeRoleUnauthorizedAccess')).toMatchObject([
    {kind: 'no-role', action: 'sts:AssumeRole'},
  ])
  expect(log('ERROR EC2RoleRequestError: no EC2 instance role found')[0]).not.toHaveProperty('action')
  const line =
    'ERROR [ssm-session-worker] User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:444455556666:key/1 with an explicit deny in a resource control policy'
  expect(log(line)).toMatchObject([{action: 'kms:Decrypt', resourceAccount: '444455556666'}])
})

it.each(['ERROR [ssm-agent-worker] Agent failed to assume any identity', 'ERROR failed to find agent identity'])(
  'does not report the metadata service for %s',
  (line) => {
    expect(log(line)).toEqual([])
  },
)

// https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/common/identity/identity_selector.go
it('reads that the agent found no identity, from the first line that says so', () => {
  expect(kinds('ERROR [newAgentIdentityInner @ identity_selector.go.99] Agent failed to assume any identity')).toEqual([
    'no-identity',
  ])
})

describe('a log that another instance wrote', () => {
  const OTHER = DENIED.replaceAll('i-0a1b2c3d4e5f60010', 'i-0aaaaaaaaaaaaaaaa')
  const STARTED = '2026-11-20 09:00:00 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.2746.0'
  const of = (...lines: readonly string[]) =>
    logSignals([{text: lines.join('\n'), file: 'errors.log'}], 'i-0a1b2c3d4e5f60010')

  it('is reported and proves nothing for this instance', () => {
    expect(of(OTHER)).toMatchObject([{kind: 'other-instance', nodeId: 'i-0aaaaaaaaaaaaaaaa'}])
  })

  it('counts again from the lines of an instance that was launched from its image', () => {
    expect(of(OTHER, STARTED, DENIED).map(({kind}) => kind)).toEqual([
      'agent-started',
      'access-denied',
      'other-instance',
    ])
    expect(of(OTHER, STARTED).map(({kind}) => kind)).toEqual(['agent-started', 'other-instance'])
  })
})

it('does not report an activation that was not accepted before an agent that runs', () => {
  const rejected = 'ERROR Registration failed due to error registering the instance with AWS SSM. ActivationExpired: '
  expect(kinds(rejected)).toEqual(['activation-rejected'])
  expect(kinds(rejected, '2026-11-20 09:00:00 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.2746.0')).toEqual([
    'agent-started',
  ])
})

it('reads that the metadata service denied a call without a token', () => {
  expect(kinds('EC2MetadataError: failed to make EC2Metadata request', '', '\tstatus code: 401, request id: ')).toEqual(
    ['metadata-token'],
  )
})

// https://github.com/aws/amazon-ssm-agent/releases/tag/3.3.5068.0
describe('an error of version 2 of the SDK', () => {
  const METADATA = 'operation error ec2imds: GetMetadata,'
  const STATUS = (status: number) => `http response error StatusCode: ${status}, request to EC2 IMDS failed`
  const CREDENTIALS =
    'WARN EC2RoleProvider Failed to connect to Systems Manager with instance profile role credentials. Err: retrieved credentials failed to report to ssm. Error: operation error SSM: UpdateInstanceInformation, get identity: get credentials: failed to refresh cached credentials,'
  const IDENTITY =
    'ERROR [EC2Identity] Failed to get instance info from IMDS. Err: failed to get identity instance id. Error:'
  const API =
    'ERROR operation error SSM: UpdateInstanceInformation, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "https://ssm.us-east-1.amazonaws.com/":'

  it.each([
    [`${CREDENTIALS} no EC2 IMDS role found, ${METADATA} ${STATUS(404)}`, 'no-role'],
    [`${CREDENTIALS} failed to get web EC2 IMDS role credentials, ${METADATA} ${STATUS(404)}`, 'no-role'],
    [
      `${CREDENTIALS} failed to get web EC2 IMDS role credentials, api error AssumeRoleUnauthorizedAccess: x`,
      'no-role',
    ],
    [`${CREDENTIALS} unexpected empty EC2 IMDS role list`, 'no-role'],
    ['ERROR EmptyEC2RoleList: empty EC2 Role list', 'no-role'],
    [`${CREDENTIALS} no EC2 IMDS role found, ${METADATA} request canceled, context deadline exceeded`, 'metadata'],
    [`${IDENTITY} ${METADATA} failed to get API token, operation error ec2imds: getToken, ${STATUS(403)}`, 'metadata'],
    [`${IDENTITY} ${METADATA} ${STATUS(401)}`, 'metadata-token'],
    [`${API} dial tcp 10.0.3.9:443: i/o timeout`, 'timeout'],
    [
      'ERROR Registration failed due to error registering the instance with AWS SSM. operation error SSM: RegisterManagedInstance, https response error StatusCode: 400, RequestID: 5f020efe-47da-444d-ac8a-c86f767c7eda, ActivationExpired: ',
      'activation-rejected',
    ],
    [
      `ERROR operation error S3: GetBucketEncryption, https response error StatusCode: 403, RequestID: ${'A'.repeat(16)}, HostID: ${'b'.repeat(130)}, api error AccessDenied: Access Denied`,
      'access-denied',
    ],
    ['ERROR operation error SSM: UpdateInstanceInformation, api error AccessDeniedException: x', 'access-denied'],
  ])('%s', (line, kind) => expect(kinds(`2026-11-20 08:14:42.1234 ${line}`)).toEqual([kind]))

  it.each([404, 429, 500])('is an answer of the metadata service with status %d', (status) =>
    expect(kinds(`${IDENTITY} ${METADATA} ${STATUS(status)}`)).toEqual([]),
  )

  it('is of one line: the status of another one does not count', () =>
    expect(
      kinds(
        `${IDENTITY} ${METADATA} request canceled, context deadline exceeded`,
        `ERROR x ${METADATA} ${STATUS(404)}`,
      ),
    ).toEqual(['metadata']))

  it('is shown with its end, which has the reason', () =>
    expect(log(`2026-11-20 08:14:42.1234 ${CREDENTIALS} ${API} dial tcp 10.0.3.9:443: i/o timeout`)[0]?.line).toMatch(
      /^2026-11-20 08:14:42\.1234 WARN .{100,200} … .{100,200} dial tcp 10\.0\.3\.9:443: i\/o timeout$/,
    ))
})

describe('whose credentials were denied', () => {
  const denied = (principal: string, action: string) =>
    log(`AccessDeniedException: User: ${principal} is not authorized to perform: ${action} on resource: *`)
  const OTHER = 'arn:aws:sts::444455556666:assumed-role/deploy/bootstrap'

  it.each([
    ...[
      'ssm:UpdateInstanceInformation',
      'ssm:ListInstanceAssociations',
      'ssm:ListAssociations',
      'ssm:DescribeAssociation',
    ],
    ...['ssm:UpdateAssociationStatus', 'ssm:PutInventory', 'ssm:PutComplianceItems', 'ssm:PutConfigurePackageResult'],
    ...['ssm:GetManifest', 'ssm:GetDeployablePatchSnapshotForInstance', 'ssm:RegisterManagedInstance'],
    ...['ssm:RequestManagedInstanceRoleToken', 'ssmmessages:CreateControlChannel', 'ec2messages:GetMessages'],
  ])('are those of the agent if it makes the call itself: %s', (action) =>
    expect(denied(OTHER, action)).toMatchObject([{action, principal: OTHER}]),
  )

  it.each(['ssm:GetParameter', 's3:GetObject', 'kms:Decrypt'])('may be those of a script: %s', (action) => {
    expect(denied(OTHER, action)[0]).not.toHaveProperty('principal')
  })

  it('are not read from calls to services that the agent does not use', () => {
    expect(denied(OTHER, 'ec2:CreateTags')).toEqual([])
  })
})

describe('the identity of the agent', () => {
  const HYBRID = '2026-11-20 08:00:00 INFO Agent will take identity from OnPrem'
  const EC2 = '2026-11-20 09:00:00 INFO Agent will take identity from EC2'
  const CHANGED = '2026-11-20 09:00:01 WARN fingerprint has changed'

  it('is the one of its last start', () => {
    expect(kinds(HYBRID, EC2)).toEqual([])
    expect(kinds(EC2, HYBRID)).toEqual(['hybrid-registration'])
  })

  it('has no fingerprint on EC2', () => {
    expect(kinds(EC2, CHANGED)).toEqual([])
    expect(kinds(HYBRID, CHANGED)).toEqual(['hybrid-registration', 'fingerprint'])
  })
})

it('takes the renewal of credentials as the success of a hybrid node', () => {
  const failed = `2026-11-18 06:14:50 ERROR [CredentialRefresher] ${post('EOF')}`
  const renewed = '2026-11-18 11:19:31 INFO [CredentialRefresher] Next credential rotation will be in 29.99 minutes'
  expect(kinds(failed, renewed)).toEqual(['connected'])
})

it('ignores the agent that ECS Exec runs in a container', () => {
  const of = (...lines: readonly string[]) =>
    logSignals([{text: lines.join('\n'), file: 'errors.log'}], 'i-0a1b2c3d4e5f60010')
  const task = '2026-11-20 08:00:00 INFO Agent will take identity from ECS'
  const host = '2026-11-20 09:00:00 INFO Agent will take identity from EC2'
  expect(of(task, DENIED)).toMatchObject([{kind: 'other-instance', line: 'an ECS task'}])
  expect(of(task, DENIED, host, CHANNEL_TIMEOUT).map(({kind}) => kind)).toEqual(['timeout', 'other-instance'])
})

it('ignores the log of the CloudWatch agent', () => {
  expect(
    kinds(
      '2026-11-20T08:00:31Z E! WriteToCloudWatch failure, err: RequestError: send request failed',
      'caused by: Post "https://monitoring.us-east-1.amazonaws.com/": dial tcp 52.94.1.9:443: i/o timeout',
      '2026-11-20T08:00:32Z E! EC2MetadataError: failed to make EC2Metadata request',
    ),
  ).toEqual([])
})

it('takes the last state of the setup of Windows that the registry shows', () => {
  const at = (state: string) => `ImageState   : IMAGE_STATE_${state}`
  expect(kinds(at('UNDEPLOYABLE'), at('COMPLETE'))).toEqual([])
  expect(kinds(at('COMPLETE'), at('UNDEPLOYABLE'))).toEqual(['sysprep'])
})
