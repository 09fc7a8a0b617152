import {describe, expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {operatingSystem} from '../../../src/checks/node/operating-system.ts'
import {examine} from '../../../src/diagnosis/examine.ts'
import {healthyAccount, ID, online, web} from '../../agent/fixtures.ts'
import {causesOf, findingsOf, notesOf} from '../examine.ts'
import {away, printed} from './operating-system-output.ts'

it('reports that a denial came over an open network, without a cause of its own', () => {
  const line =
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60010 is not authorized to perform: ssm:UpdateInstanceInformation'
  expect(notesOf(operatingSystem, printed(line))).toEqual([
    {fact: `The service answered the agent, so the network allowed it at that time: ${line}`},
  ])
})

it('reports that a call which was throttled came over an open network', () => {
  const line = 'Health ping failed with error - ThrottlingException: Rate exceeded'
  expect(notesOf(operatingSystem, printed(line))).toEqual([
    {fact: `The service answered the agent, so the network allowed it at that time: ${line}`},
  ])
})

it.each(['assumed-role/web', 'assumed-role/web/', 'assumed-role/web/i-XXXXXXXX', 'assumed-role/web/i-xxx'])(
  'does not take a log without ids for that of another principal: %s',
  (session) => {
    const line = `AccessDeniedException: User: arn:aws:sts::111122223333:${session} is not authorized to perform: ssm:UpdateInstanceInformation`
    expect(causesOf(operatingSystem, printed(line))).toEqual([])
  },
)

it("reports root's credentials that override the instance role", () => {
  const line =
    'AccessDeniedException: User: arn:aws:iam::111122223333:user/admin is not authorized to perform: ssm:UpdateInstanceInformation'
  expect(findingsOf(operatingSystem, printed(line))).toMatchObject([
    {
      cause: 'os.root-credentials',
      message: `The agent on ${ID} signs with arn:aws:iam::111122223333:user/admin instead of the instance role: root's credentials file takes precedence.`,
    },
  ])
  expect(causesOf(operatingSystem, {...printed(line), InstanceInformationList: [online]})).toEqual([])
})

it.each([
  ['keep the node from registering if AWS refuses them that call', 'ssm:UpdateInstanceInformation', 'blocks'],
  ['only degrade it if AWS refuses them another call', 'ssm:PutInventory', 'degrades'],
])('credentials of another principal %s', (_, action, severity) => {
  const line = `AccessDeniedException: User: arn:aws:iam::111122223333:user/admin is not authorized to perform: ${action} on resource: *`
  const {causes} = examine({...healthyAccount, ...printed(line)}, ID)
  expect(causes).toContainEqual(expect.objectContaining({id: 'os.root-credentials', severity}))
})

describe('an agent that finds no identity', () => {
  const NO_IDENTITY = 'ERROR failed to find identity, retrying: failed to find agent identity'

  it('most likely had no answer of the metadata service, unless its log shows why', () => {
    expect(findingsOf(operatingSystem, printed(NO_IDENTITY))).toMatchObject([
      {cause: 'imds.unreachable', certainty: 'likely', message: expect.stringContaining('finds no identity')},
    ])
    const timeout = 'Put "http://169.254.169.254/latest/api/token": dial tcp 169.254.169.254:80: i/o timeout'
    const [found] = findingsOf(operatingSystem, printed(`${timeout}\n${NO_IDENTITY}`))
    expect(found).toMatchObject({cause: 'imds.unreachable', evidence: [{fact: timeout}]})
    expect(found).not.toHaveProperty('certainty', 'likely')
  })

  it('is the agent itself, not its worker, which reads a file of the agent', () => {
    const worker = 'ERROR [ssm-agent-worker] failed to find identity, retrying: failed to find agent identity'
    expect(causesOf(operatingSystem, printed(worker))).toEqual([])
  })
})

it('a test that does not reach the metadata service makes that likely, because a firewall may allow it to root alone', () => {
  const test = {kind: 'metadata', host: '169.254.169.254', source: 'a', line: 'x', isTest: true} as const
  const found = (...signals: readonly Signal[]) =>
    findingsOf(operatingSystem, away, web, [], signals).map(({cause, certainty}) => `${cause} ${certainty}`)
  expect(found(test)).toEqual(['imds.unreachable likely'])
  expect(found(test, {kind: 'metadata', source: 'a', line: 'x'})).toEqual(['imds.unreachable undefined'])
  const reached = {...test, kind: 'reached'} as const
  expect(found({kind: 'metadata', source: 'a', line: 'x'}, reached)).toEqual(['imds.unreachable possible'])
})

describe('a denial whose message names the policy type', () => {
  const refused = (reason: string) =>
    printed(
      `AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/${ID} is not authorized to perform: ssm:UpdateInstanceInformation on resource: * ${reason}`,
    )

  it.each([
    ['with an explicit deny in a service control policy', 'iam.scp-blocks'],
    ['because no VPC endpoint policy allows the ssm:UpdateInstanceInformation action', 'endpoint.policy-denies'],
    ['with an explicit deny in a permissions boundary', 'iam.boundary-blocks'],
  ])('is evidence for a policy that is not visible: %s', (reason, cause) => {
    const found = findingsOf(operatingSystem, refused(reason))
    expect(found).toMatchObject([{cause, severity: 'blocks', certainty: 'likely'}])
    expect(found[0]?.evidence[0]?.fact).toContain(reason)
  })

  it('is not a separate finding if the role lacks the permission', () => {
    expect(causesOf(operatingSystem, refused('because no identity-based policy allows the action'))).toEqual([])
  })
})

describe('a denial that only a log shows', () => {
  const refused = (reason: string) =>
    printed(
      `AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/${ID} is not authorized to perform: ssm:UpdateInstanceInformation on resource: arn:aws:ec2:us-east-1:111122223333:instance/${ID} ${reason}`,
    )

  it.each([
    [
      'with an explicit deny in a service control policy',
      '"operation":"ListPoliciesForTarget","input":{"TargetId":"111122223333"',
    ],
    ['because no VPC endpoint policy allows the ssm:UpdateInstanceInformation action', 'DescribeVpcEndpoints'],
    ['with an explicit deny in a permissions boundary', '{"RoleName":"web"}'],
  ])('comes with where to change it: %s', (reason, step) => {
    const [found] = findingsOf(operatingSystem, refused(reason))
    expect(found?.remedies?.[0]?.title).toContain('ssm:UpdateInstanceInformation')
    expect(JSON.stringify(found?.remedies?.[0]?.steps)).toContain(step)
  })
})

/** https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns */
describe('a denial whose message names the policy itself', () => {
  const refused = (reason: string) =>
    findingsOf(
      operatingSystem,
      printed(
        `AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/${ID} is not authorized to perform: ssm:UpdateInstanceInformation on resource: * with an explicit deny in ${reason}`,
      ),
    )

  it.each(['service', 'resource'])('is fixed in that %s control policy', (type) => {
    const arn = `arn:aws:organizations::444455556666:policy/o-qv5af4abcd/${type}_control_policy/p-2kgnabcd`
    const policy = `${type} control policy p-2kgnabcd`
    expect(refused(`a ${type} control policy: ${arn}`)).toMatchObject([
      {
        cause: 'iam.scp-blocks',
        message: expect.stringContaining(`names ${policy}.`),
        remedies: [
          {
            title: expect.stringContaining(`in ${policy}`),
            steps: [{operation: 'DescribePolicy', input: {PolicyId: 'p-2kgnabcd'}}],
          },
        ],
      },
    ])
  })

  it('is fixed in the policies of the organization if the messages name several', () => {
    const denial = (action: string, policyId: string) =>
      `AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/${ID} is not authorized to perform: ${action} on resource: * with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-qv5af4abcd/service_control_policy/${policyId}`
    const lines = [
      denial('ssm:UpdateInstanceInformation', 'p-2kgnabcd'),
      denial('ssmmessages:CreateControlChannel', 'p-3kgnabcd'),
    ]
    const [found] = findingsOf(operatingSystem, printed(lines.join('\n')))
    expect(found?.message).toContain('names a service control policy.')
    expect(found?.remedies?.[0]?.title).toContain('in its service control policies')
  })

  it('is fixed in that permissions boundary, whose document is shown', () => {
    const PolicyArn = 'arn:aws:iam::111122223333:policy/team/bounds'
    expect(refused(`a permissions boundary: ${PolicyArn}`)).toMatchObject([
      {
        cause: 'iam.boundary-blocks',
        message: expect.stringContaining('names permissions boundary bounds.'),
        remedies: [
          {
            title: expect.stringContaining('in permissions boundary bounds of the role'),
            steps: [
              {operation: 'GetPolicy', input: {PolicyArn}},
              {operation: 'GetPolicyVersion', input: {PolicyArn}},
            ],
          },
        ],
      },
    ])
  })
})

describe('a vault that the agent cannot write', () => {
  it.each([
    'failed to store instance info in vault: open /var/lib/amazon/ssm/Vault/Manifest: permission denied',
    'ERROR Failed to create vault folder, error: mkdir /var/lib/amazon/ssm/Vault: read-only file system',
  ])('keeps it from working: %s', (line) => {
    expect(findingsOf(operatingSystem, printed(line))).toContainEqual(
      expect.objectContaining({cause: 'os.disk-full', certainty: 'possible'}),
    )
  })

  it('is made writable, which free disk space does not do', () => {
    const [found] = findingsOf(
      operatingSystem,
      printed('unable to save registration information. open /var/lib/amazon/ssm/Vault/Store: permission denied'),
    )
    const lines = found?.remedies?.[0]?.steps.flatMap((step) => ('line' in step ? step.line : []))
    expect(lines).toContain('sudo chmod -R u+rwX /var/lib/amazon/ssm')
    expect(lines?.join()).not.toContain('vacuum')
  })

  it('is not the fault if only a key is missing from it', () => {
    const line = 'Failed to load instance info from vault. RegistrationKey does not exist.'
    expect(causesOf(operatingSystem, printed(line))).toEqual([])
  })
})

it('does not report the credentials of a hybrid node as those of root', () => {
  const line =
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/hybrid/mi-0a1b2c3d4e5f60077 is not authorized to perform: ssm:UpdateInstanceInformation'
  expect(causesOf(operatingSystem, printed(line))).toEqual([])
})

describe('a denial by a policy that is not visible, on a node that is online', () => {
  const REASON = 'with an explicit deny in a service control policy'
  const denied = (action: string): Signal => ({
    kind: 'access-denied',
    service: action.split(':')[0] ?? '',
    action,
    refusedBy: 'service-control-policy',
    source: 'errors.log',
    line: `is not authorized to perform: ${action} ${REASON}`,
  })
  const status = (Status: string) => ({ConnectionStatuses: [{Target: ID, Status}]})

  it('counts if the channel that it closes is closed', () => {
    const found = findingsOf(
      operatingSystem,
      status('notconnected'),
      web,
      [],
      [denied('ssmmessages:CreateControlChannel')],
    )
    expect(found).toMatchObject([{cause: 'iam.scp-blocks', severity: 'degrades', certainty: 'likely'}])
  })

  it('counts if it denies the data channel of each session, which an open control channel does not show', () => {
    const inState = (Status: string, action: string) =>
      causesOf(operatingSystem, {InstanceInformationList: [online], ...status(Status)}, web, [], [denied(action)])
    expect(inState('connected', 'ssmmessages:CreateDataChannel')).toEqual(['iam.scp-blocks'])
    expect(inState('connected', 'ssmmessages:CreateControlChannel')).toEqual([])
  })

  it('may name a resource control policy, which is not a service control policy', () => {
    const signal: Signal = {...denied('ssmmessages:CreateControlChannel'), refusedBy: 'resource-control-policy'}
    expect(findingsOf(operatingSystem, status('notconnected'), web, [], [signal])).toMatchObject([
      {
        cause: 'iam.scp-blocks',
        message: expect.stringContaining('names a resource control policy'),
        remedies: [{title: expect.stringContaining('resource control policies')}],
      },
    ])
    const ofSession: Signal = {...denied('kms:Decrypt'), refusedBy: 'resource-control-policy'}
    expect(causesOf(operatingSystem, {InstanceInformationList: []}, web, [], [ofSession])).toEqual([])
  })

  it.each([
    ['connected', 'ssmmessages:CreateControlChannel'],
    ['notconnected', 'ssm:UpdateInstanceInformation'],
  ])('is past if the node is %s and %s was denied', (connection, action) => {
    expect(causesOf(operatingSystem, status(connection), web, [], [denied(action)])).toEqual([])
  })
})

it('does not need the registration for host management where that is disabled', () => {
  const denied: Signal = {
    kind: 'access-denied',
    service: 'ssm',
    action: 'ssm:RegisterManagedInstance',
    refusedBy: 'endpoint-policy',
    source: 'errors.log',
    line: 'because no VPC endpoint policy allows the ssm:RegisterManagedInstance action',
  }
  const setting = (SettingValue: string) => ({
    ...away,
    ServiceSettings: [{SettingId: '/ssm/managed-instance/default-ec2-instance-management-role', SettingValue}],
  })
  expect(causesOf(operatingSystem, setting('$None'), web, [], [denied])).toEqual([])
  expect(causesOf(operatingSystem, setting('service-role/Host'), web, [], [denied])).toEqual(['endpoint.policy-denies'])
})
