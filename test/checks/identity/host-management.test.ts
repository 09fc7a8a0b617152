import {describe, expect, it} from 'vitest'
import {hostManagement} from '../../../src/checks/identity/host-management.ts'
import {examine} from '../../../src/diagnosis/examine.ts'
import {identityOf} from '../../../src/iam/identity.ts'
import {type Account, itemsOf} from '../../../src/model/account.ts'
import type {Path} from '../../../src/network/path.ts'
import {allow, aNode, anEndpoint, anInstance, aRole, healthy, OWNER, REGION, WEB} from '../../support/healthy.ts'
import {
  causes,
  causesAfter,
  deny,
  EDGE,
  findings,
  hostRole,
  inline,
  lost,
  onHostManagement,
  pathTo,
  policy,
  roles,
  run,
  unknown,
  withPolicies,
} from './identity-accounts.ts'

const registersOnly = aRole({
  AttachedManagedPolicies: [],
  RolePolicyList: [inline('own', allow('ssm:UpdateInstanceInformation'))],
})

it('is skipped where it is disabled', () => {
  expect(run(hostManagement)).toMatchObject([{skip: expect.any(String)}])
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
it('uses the network that its role is allowed to call from, rather than an Allow without it', () => {
  const document = allow(['ssm:*', 'ssmmessages:*'], {
    Condition: {StringEquals: {'aws:SourceVpc': 'vpc-0bbbbbbbbbbbbbb09'}},
  })
  const role = hostRole({AttachedManagedPolicies: [], RolePolicyList: [inline('own', document)]})
  const through = ['ssm', 'ssmmessages'].map((service, i) => pathTo(service, anEndpoint(service, i + 1).VpcEndpointId))
  const [finding] = findings(hostManagement, onHostManagement(role), through)
  expect(finding?.remedies).toMatchObject([
    {title: expect.stringContaining('go through vpc-0bbbbbbbbbbbbbb09')},
    {title: expect.stringMatching(/^Attach /), weakens: true},
    {weakens: true},
  ])
})

it('passes where it works', () => {
  expect(causes(hostManagement, onHostManagement())).toEqual([])
})

it('does not matter where the profile registers the node', () => {
  expect(causes(hostManagement, {...onHostManagement(undefined), ...roles(aRole())})).toEqual([])
})

describe.each<readonly [string, string, Partial<Account>]>([
  ['dhmc.role-missing', 'blocks', {...onHostManagement(), ...roles(aRole({AttachedManagedPolicies: []}))}],
  [
    'dhmc.trust',
    'blocks',
    onHostManagement(
      hostRole({AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}})}),
    ),
  ],
  ['dhmc.permissions', 'blocks', onHostManagement(hostRole({AttachedManagedPolicies: []}))],
  [
    'dhmc.permissions',
    'degrades',
    onHostManagement(
      hostRole({...registersOnly, Arn: hostRole().Arn, AssumeRolePolicyDocument: hostRole().AssumeRolePolicyDocument!}),
    ),
  ],
  ['dhmc.shadowed', 'degrades', {...onHostManagement(), ...roles(registersOnly, hostRole())}],
  [
    'dhmc.agent-too-old',
    'blocks',
    {
      ...onHostManagement(),
      InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', AgentVersion: '3.1.1188.0'})],
    },
  ],
])('%s, which %s', (cause, severity, change) => {
  it('is found', () => {
    const [finding, ...more] = findings(hostManagement, change)
    expect([finding?.cause, finding?.severity ?? hostManagement.causes[cause]?.severity, more]).toEqual([
      cause,
      severity,
      [],
    ])
  })

  it('is fixed by every proposed change', () => {
    const after = causesAfter(hostManagement, change)
    expect(after.length).toBeGreaterThan(0)
    for (const {title, left} of after) expect({title, left}).toEqual({title, left: []})
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
it.each([
  ['dhmc.permissions', 'ssm'],
  ['dhmc.trust', 'ec2'],
])('names another role in place of one that only AWS can change: %s', (cause, service) => {
  const named = 'aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM'
  const Arn = `arn:aws:iam::${OWNER}:role/${named}`
  const AssumeRolePolicyDocument = allow('sts:AssumeRole', {Principal: {Service: `${service}.amazonaws.com`}})
  const AttachedManagedPolicies = cause === 'dhmc.trust' ? hostRole().AttachedManagedPolicies : []
  const linked = hostRole({
    Arn,
    RoleName: 'AWSServiceRoleForAmazonSSM',
    AssumeRolePolicyDocument,
    AttachedManagedPolicies,
  })
  const {ServiceSettings, ...others} = onHostManagement(linked)
  const [setting] = itemsOf(ServiceSettings!)
  const change = {...others, ServiceSettings: [{...setting!, SettingValue: named}]}
  expect(causes(hostManagement, change)).toEqual([cause])
  expect(causesAfter(hostManagement, change)).toEqual([
    {
      title: 'Create role service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole for host management',
      left: [],
    },
  ])
})

it('reports a Deny in its role as missing permissions', () => {
  const role = hostRole({RolePolicyList: [inline('no', deny('ssm:UpdateInstanceInformation'))]})
  const [finding] = findings(hostManagement, onHostManagement(role))
  expect(finding?.cause).toBe('dhmc.permissions')
  expect(finding?.evidence[0]?.fact).toContain('inline policy no')
})

it('says that a trust policy which names Systems Manager under a condition does not allow it here', () => {
  const elsewhere = {StringEquals: {'aws:SourceAccount': '999999999999'}}
  const trust = allow('sts:AssumeRole', {Principal: {Service: 'ssm.amazonaws.com'}, Condition: elsewhere})
  const [finding] = findings(hostManagement, onHostManagement(hostRole({AssumeRolePolicyDocument: trust})))
  expect(finding?.cause).toBe('dhmc.trust')
  expect(finding?.message).toContain('allows ssm.amazonaws.com to call sts:AssumeRole here')
})

it('is reported as broken even with an instance profile', () => {
  expect(causes(hostManagement, {...onHostManagement(), ...roles(registersOnly)})).toEqual([])
})

it('is only advice if the disabled metadata service is the fault', () => {
  const Instances = [anInstance({MetadataOptions: {HttpEndpoint: 'disabled'}})]
  expect(findings(hostManagement, {...onHostManagement(), Instances})).toMatchObject([{cause: 'dhmc.imdsv2'}])
  expect(hostManagement.causes['dhmc.imdsv2']?.severity).toBe('advises')
})

it.each([
  ['2026-11-20T11:40:00.000Z', ['dhmc.just-enabled']],
  ['2026-11-20T11:30:00.000Z', []],
])('takes up to 30 minutes: enabled at %s', (at, expected) => {
  expect(causes(hostManagement, onHostManagement(hostRole(), at))).toEqual(expected)
})

it('is not known where the setting could not be read, unless the profile works', () => {
  const ServiceSettings = {unreadable: 'AccessDenied'}
  expect(unknown(hostManagement, {ServiceSettings})).toBe(false)
  expect(unknown(hostManagement, {ServiceSettings, ...roles(aRole({AttachedManagedPolicies: []}))})).toBe(true)
})

it('most likely cannot use a role that trusts everybody and names no service, unless the node is online', () => {
  const wide = hostRole({AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {AWS: '*'}})})
  const offline = {...onHostManagement(wide), InstanceInformationList: []}
  expect(findings(hostManagement, offline)).toMatchObject([{cause: 'dhmc.trust', certainty: 'likely'}])
  const online = {...offline, InstanceInformationList: healthy.InstanceInformationList}
  expect(causes(hostManagement, online)).toEqual(['iam.condition-unknown'])
})

it('is unknown if the role could not be read', () => {
  const Roles = [aRole({AttachedManagedPolicies: []}), {Arn: hostRole().Arn, unreadable: 'AccessDenied'}]
  expect(causes(hostManagement, {...onHostManagement(), Roles})).toEqual([])
  expect(unknown(hostManagement, {...onHostManagement(), Roles})).toBe(true)
})

it('names a condition of its role or of its trust policy that cannot be evaluated, and everything was read', () => {
  const ofOrganization = {Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-example'}}}
  const fromSource = {Condition: {StringEquals: {'aws:SourceArn': 'x'}}}
  const conditional = [
    hostRole({AttachedManagedPolicies: [], RolePolicyList: [inline('own', allow('*', ofOrganization))]}),
    hostRole({
      AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ssm.amazonaws.com'}, ...fromSource}),
    }),
  ]
  for (const role of conditional) {
    const report = examine({...healthy, ...onHostManagement(role), InstanceInformationList: []}, WEB)
    const found = report.causes.find(({id}) => id === 'iam.condition-unknown')
    expect(found).toMatchObject({severity: 'undecided', resource: role.Arn})
    expect(report.unreadable).toEqual([])
  }
})

it('does not fail because of an unknown agent version', () => {
  expect(causes(hostManagement, {...onHostManagement(), ...lost('2026-11-20T10:00:00Z')})).toEqual([])
})

describe('the image of an instance that never registered', () => {
  const {IamInstanceProfile: _, ...bare} = anInstance()
  const from = (Name: string, change: object = {}): Partial<Account> => ({
    ...onHostManagement(),
    Instances: [bare],
    IamInstanceProfileAssociations: [],
    InstanceInformationList: [],
    InstanceImageMetadata: [{InstanceId: WEB, ImageMetadata: {Name, OwnerId: '137112412989', ...change}}],
  })
  const AL2 = 'amzn2-ami-hvm-2.0.20210126.0-x86_64-gp2'
  const NEWER = 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64'

  it('shows an agent too old for host management if it is of an earlier day, unless it was updated since', () => {
    for (const change of [from(AL2), from(NEWER, {CreationDate: '2022-12-12T23:00:00.000Z'})])
      expect(findings(hostManagement, change)).toMatchObject([{cause: 'dhmc.agent-too-old', certainty: 'likely'}])
    expect(findings(hostManagement, from(AL2))[0]?.message).toContain(`Image ${AL2} of ${WEB} is of 2021-01-26`)
  })

  it('does not show it if it is later, of an unknown day, made by others, or comes without the agent', () => {
    const others = [
      from(NEWER),
      from('amzn2-ami-hvm-2.0-x86_64-gp2'),
      from('golden-20210126', {OwnerId: '111122223333'}),
      from('amzn2-ami-minimal-hvm-2.0.20210126.0-x86_64-ebs'),
    ]
    for (const change of others) expect(causes(hostManagement, change)).toEqual([])
  })

  it('does not matter for a node that is online', () => {
    const node = aNode({AgentVersion: undefined})
    expect(causes(hostManagement, {...from(AL2), InstanceInformationList: [node]})).toEqual([])
  })
})

it('gives the role of a workload what an old agent needs, and takes no profile away', () => {
  const held = aRole({AttachedManagedPolicies: [], RolePolicyList: [inline('own', allow('s3:GetObject'))]})
  const change = {
    ...onHostManagement(),
    ...roles(held, hostRole()),
    InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', AgentVersion: '3.1.1188.0'})],
    Instances: [anInstance()],
  }
  const found = findings(hostManagement, change).find(({cause}) => cause === 'dhmc.agent-too-old')
  expect(found?.remedies?.[0]?.steps).toMatchObject([{operation: 'AttachRolePolicy', input: {RoleName: 'web'}}])
})

it('gives an instance without a profile one that an old agent can use, because its agent takes no command', () => {
  const {IamInstanceProfile: _, ...bare} = anInstance()
  const change = {
    ...onHostManagement(),
    InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', AgentVersion: '3.1.1188.0'})],
    Instances: [bare],
    IamInstanceProfileAssociations: [],
    InstanceProfiles: [],
  }
  const [first] = findings(hostManagement, change)[0]?.remedies ?? []
  expect(first?.title).toMatch(/^Create role and instance profile/)
  expect(causesAfter(hostManagement, change)[0]?.left).toEqual([])
})

it('is waited for after it was enabled: the agent is not at fault before 30 minutes have passed', () => {
  const {IamInstanceProfile: _, ...bare} = anInstance()
  const enabled = (changed: string): Account => ({
    ...healthy,
    ...onHostManagement(hostRole(), changed),
    ...lost,
    Instances: [bare],
    IamInstanceProfileAssociations: [],
    InstanceInformationList: [],
  })
  const judged = (changed: string) => {
    const {verdict, causes: found} = examine(enabled(changed), WEB)
    return [verdict, ...found.filter(({severity}) => severity === 'blocks').map(({id}) => id)]
  }
  expect(judged('2026-11-20T11:50:00.000Z')).toEqual(['undecided'])
  expect(judged('2026-11-20T11:20:00.000Z')).toEqual(['unmanaged', expect.stringMatching(/^os\.agent-not/)])
})

it('updates an old agent on the instance, because a node that is away takes no command', () => {
  const away = {
    ...onHostManagement(),
    InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', AgentVersion: '3.1.1188.0'})],
  }
  const remedies = findings(hostManagement, away).find(({cause}) => cause === 'dhmc.agent-too-old')?.remedies ?? []
  expect(remedies.at(-1)).toMatchObject({
    title: expect.stringContaining('Update SSM Agent on'),
    steps: [{on: 'instance'}, {}],
  })
})

describe('a role of host management that is denied', () => {
  const boundary = {
    PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: EDGE},
  } as const
  const bounded = {...onHostManagement(hostRole(boundary)), ...withPolicies(policy(allow('s3:*')))}
  const denied = onHostManagement(hostRole({RolePolicyList: [inline('no', deny('ssm:UpdateInstanceInformation'))]}))

  it.each([
    ['by its boundary', bounded, 'Allow'],
    ['by its own policy', denied, 'Remove'],
  ])('%s is fixed there', (_, change, verb) => {
    expect(causes(hostManagement, change)).toEqual(['dhmc.permissions'])
    const [first] = causesAfter(hostManagement, change)
    expect(first).toMatchObject({title: expect.stringMatching(new RegExp(`^${verb} `)), left: []})
  })
})

describe('a registration that the agent misses', () => {
  const {IamInstanceProfile: _, ...bare} = anInstance()
  const unprofiled = {Instances: [bare], IamInstanceProfileAssociations: [], InstanceProfiles: []}
  const missing: Partial<Account> = {
    ...onHostManagement(),
    ConsoleOutputs: [{InstanceId: WEB, Output: 'ec2 instance not yet registered with Systems Manager'}],
  }
  const path = (verdict: Path['verdict']): readonly Path[] => [
    {service: 'ssm', host: `ssm.${REGION}.amazonaws.com`, port: 443, via: null, verdict, hops: []},
  ]
  const change = {...missing, ...unprofiled}

  it('is missing if the path is open, and a profile replaces it', () => {
    const [found, ...more] = findings(hostManagement, change, path('open'))
    expect(found).toMatchObject({cause: 'dhmc.registration-lost', certainty: 'likely'})
    expect(more).toEqual([])
    const [first] = causesAfter(hostManagement, change, path('open'))
    expect(first).toEqual({title: expect.stringMatching(/^Create role and instance profile/), left: []})
  })

  it('is expected later while the path is blocked, and not expected while host management is disabled', () => {
    expect(causes(hostManagement, change, path('blocked'))).toEqual([])
    const {ServiceSettings: _setting, ...disabled} = change
    expect(causes(hostManagement, disabled, path('open'))).toEqual([])
  })

  it('is not needed by an instance whose profile registers the node', () => {
    expect(causes(hostManagement, {...missing, ...roles(aRole(), hostRole())}, path('open'))).toEqual([])
  })
})

describe('an agent between 3.2.582.0 and 3.2.815.0, which does not fall back where EC2 cannot assume the role', () => {
  const ecs = allow('sts:AssumeRole', {Principal: {Service: 'ecs-tasks.amazonaws.com'}})
  const untrusted = aRole({AssumeRolePolicyDocument: ecs})
  const away = (AgentVersion: string): Partial<Account> => ({
    ...onHostManagement(),
    ...roles(untrusted, hostRole()),
    InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', AgentVersion})],
  })

  it('is too old, and is fixed by the trust policy', () => {
    expect(findings(hostManagement, away('3.2.582.0'))).toMatchObject([
      {cause: 'dhmc.agent-too-old', message: expect.stringContaining('which needs 3.2.815.0')},
    ])
    expect(causesAfter(hostManagement, away('3.2.582.0'))[0]?.left).toEqual([])
  })

  it('falls back from 3.2.815.0 on, and before that where the role is trusted but denied', () => {
    expect(causes(hostManagement, away('3.2.815.0'))).toEqual([])
    const denied = roles(aRole({AttachedManagedPolicies: []}), hostRole())
    expect(causes(hostManagement, {...away('3.2.582.0'), ...denied})).toEqual([])
  })

  it('cannot be judged while the trust policy leaves open whether EC2 can assume the role', () => {
    const AssumeRolePolicyDocument = allow('sts:AssumeRole', {Principal: '*'})
    const open = roles(aRole({AttachedManagedPolicies: [], AssumeRolePolicyDocument}), hostRole())
    const {credentials} = identityOf({...healthy, ...away('3.2.582.0'), ...open}, anInstance())
    expect(credentials).toBe('unknown')
  })
})
