import {describe, expect, it} from 'vitest'
import type {Account, Instance, Policy} from '../../src/model/account.ts'
import {extendEndpointPolicy, resetEndpointPolicy} from '../../src/remedies/changes/endpoint-policies.ts'
import {createInstanceProfile} from '../../src/remedies/changes/instance-profiles.ts'
import {enableMetadataService, startInstance, stopStartInstance} from '../../src/remedies/changes/instances.ts'
import {
  enableHostManagement,
  registerHostManagement,
  restoreHostManagementRole,
} from '../../src/remedies/changes/new-roles.ts'
import {narrowPolicy} from '../../src/remedies/changes/policies.ts'
import {
  allowActions,
  attachRolePolicy,
  deleteRolePermissionsBoundary,
  detachRolePolicy,
  putRolePolicy,
  updateAssumeRolePolicy,
} from '../../src/remedies/changes/roles.ts'
import {commandLine} from '../../src/remedies/core/command-line.ts'
import {editRole} from '../../src/remedies/core/role.ts'
import {allow, anEndpoint, anInstance, aRole, healthy, OWNER, ROLE} from '../support/healthy.ts'

const statements = (...Statement: readonly object[]) => ({Version: '2012-10-17', Statement})
const denySsm = {Effect: 'Deny', Action: 'ssm:*', Resource: '*'}

describe('ARNs', () => {
  it.each(['aws', 'aws-cn', 'aws-us-gov'])('are those of partition %s', (Partition) => {
    const [step] = attachRolePolicy({Partition}, aRole(), 'AmazonSSMManagedInstanceCore', '').steps
    expect(step).toMatchObject({input: {PolicyArn: `arn:${Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore`}})
  })
})

describe('a new version of a policy', () => {
  const policy = (versions: number): Policy => ({
    Arn: `arn:aws:iam::${OWNER}:policy/edge`,
    PolicyName: 'edge',
    DefaultVersionId: `v${versions + 7}`,
    PolicyVersionList: Array.from({length: versions}, (_, i) => ({
      VersionId: `v${i + 8}`,
      IsDefaultVersion: i === versions - 1,
      Document: statements(...allow('s3:*').Statement, denySsm),
    })),
  })
  const operations = (versions: number) =>
    narrowPolicy(policy(versions), [{index: 1, actions: ['ssm:PutInventory']}], '')?.steps.map(
      (step) => 'operation' in step && step,
    )

  it('is added while there are fewer than five', () => {
    expect(operations(4)).toMatchObject([{operation: 'CreatePolicyVersion'}])
  })

  it('replaces the oldest if there are five', () => {
    expect(operations(5)).toMatchObject([
      {operation: 'DeletePolicyVersion', input: {VersionId: 'v8'}},
      {operation: 'CreatePolicyVersion', input: {SetAsDefault: true}},
    ])
  })

  it('is undone by the earlier default version', () => {
    expect(narrowPolicy(policy(2), [{index: 1, actions: ['ssm:PutInventory']}], '')?.undo).toMatchObject([
      {operation: 'SetDefaultPolicyVersion', input: {VersionId: 'v9'}},
      {operation: 'DeletePolicyVersion', input: {VersionId: {variable: 'NEW_VERSION'}}},
    ])
  })

  it('is not created if nothing would be left of the policy', () => {
    const only = {
      ...policy(1),
      PolicyVersionList: [{IsDefaultVersion: true, Document: statements({...denySsm, Action: 'ssm:PutInventory'})}],
    }
    expect(narrowPolicy(only, [{index: 0, actions: ['ssm:PutInventory']}], '')).toBeUndefined()
  })
})

describe('an inline policy', () => {
  it('with the same name is replaced, and undone with its earlier content', () => {
    const role = aRole({RolePolicyList: [{PolicyName: 'p', PolicyDocument: statements(denySsm)}]})
    const remedy = putRolePolicy(role, 'p', undefined, '', '')
    expect(remedy.steps).toMatchObject([{operation: 'DeleteRolePolicy', input: {PolicyName: 'p'}}])
    expect(remedy.undo).toMatchObject([
      {operation: 'PutRolePolicy', input: {PolicyDocument: expect.stringContaining('ssm:*')}},
    ])
  })

  it('of least privilege keeps what an earlier step added to it', () => {
    const role = aRole({RolePolicyList: [{PolicyName: 'ssm-agent', PolicyDocument: allow('ssm:PutInventory')}]})
    const [step] = allowActions(role, ['ssm:GetDocument'], '').steps
    expect(JSON.stringify(step)).toMatch(/ssm:PutInventory.*ssm:GetDocument/)
  })
})

describe('host management', () => {
  it('is enabled with a role below /service-role/', () => {
    const {steps, undo} = enableHostManagement(healthy, OWNER, false)
    expect(steps).toMatchObject([
      {operation: 'CreateRole', input: {Path: '/service-role/'}},
      {operation: 'AttachRolePolicy'},
      {
        operation: 'UpdateServiceSetting',
        input: {SettingValue: 'service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole'},
      },
    ])
    expect(undo).toMatchObject([{operation: 'ResetServiceSetting'}])
    expect(enableHostManagement(healthy, OWNER, true).steps).toHaveLength(1)
  })

  it('is enabled in one call, for which Systems Manager creates the role', () => {
    const {steps, undo, apply} = registerHostManagement('aws', OWNER)
    expect(steps).toEqual([
      {
        service: 'ssm',
        operation: 'RegisterDefaultHostManagementConfiguration',
        input: {PermissionModel: 'SERVICE_MANAGED'},
      },
    ])
    expect(undo).toMatchObject([{operation: 'DeregisterDefaultHostManagementConfiguration', input: {}}])
    expect(apply?.(healthy)).toEqual(enableHostManagement(healthy, OWNER, false).apply?.(healthy))
  })

  it('does not reuse a role outside the path of host management', () => {
    expect(restoreHostManagementRole(healthy, `arn:aws:iam::${OWNER}:role/service-role/Default`)).toBeDefined()
    const outside = restoreHostManagementRole(healthy, `arn:aws:iam::${OWNER}:role/Default`)
    expect(outside?.steps).toMatchObject([
      {operation: 'CreateRole', input: {RoleName: 'Default', Path: '/service-role/'}},
      {operation: 'AttachRolePolicy'},
      {operation: 'UpdateServiceSetting', input: {SettingValue: 'service-role/Default'}},
    ])
    expect(outside?.undo?.[0]).toMatchObject({operation: 'UpdateServiceSetting', input: {SettingValue: 'Default'}})
  })

  it('only changes the setting that names its role without the path', () => {
    const RoleName = 'Default'
    const trusting = (service: string) => ({
      ...healthy,
      Roles: [
        aRole({
          RoleName,
          Arn: `arn:aws:iam::${OWNER}:role/service-role/${RoleName}`,
          AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: service}}),
        }),
      ],
    })
    const steps = (account: Account) =>
      restoreHostManagementRole(account, `arn:aws:iam::${OWNER}:role/${RoleName}`)?.steps
    expect(steps(trusting('ssm.amazonaws.com'))).toMatchObject([
      {operation: 'UpdateServiceSetting', input: {SettingValue: 'service-role/Default'}},
    ])
    expect(steps(trusting('ec2.amazonaws.com'))).toMatchObject([
      {operation: 'CreateRole', input: {RoleName: 'Default-2'}},
      {operation: 'AttachRolePolicy'},
      {operation: 'UpdateServiceSetting', input: {SettingValue: 'service-role/Default-2'}},
    ])
  })
})

describe('a name that is taken', () => {
  const named = (RoleName: string, Path = '/') => ({
    ...healthy,
    Roles: [aRole(), aRole({RoleName, Path, Arn: `arn:aws:iam::${OWNER}:role${Path}${RoleName}`})],
  })

  it('is not given to a new role or profile', () => {
    const titleIn = (account: Account) => createInstanceProfile(account, OWNER, anInstance(), undefined).title
    expect(titleIn(healthy)).toContain('profile SSMManagedInstance and')
    expect(titleIn(named('SSMManagedInstance', '/team/'))).toContain('profile SSMManagedInstance-2 and')
    const InstanceProfileName = 'SSMManagedInstance'
    const InstanceProfiles = [
      {InstanceProfileName, Arn: 'x', Path: '/', InstanceProfileId: 'x', CreateDate: '', Roles: []},
    ]
    expect(titleIn({...healthy, InstanceProfiles})).toContain('profile SSMManagedInstance-2 and')
  })

  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
  it('is taken in upper and lower case, and a role of host management that exists in another case is named', () => {
    const {title} = createInstanceProfile(named('ssmmanagedinstance'), OWNER, anInstance(), undefined)
    expect(title).toContain('profile SSMManagedInstance-2 and')
    const arn = `arn:aws:iam::${OWNER}:role/service-role/host`
    expect(restoreHostManagementRole(named('Host', '/service-role/'), arn)?.steps).toMatchObject([
      {operation: 'CreateRole', input: {RoleName: 'host-2'}},
      {operation: 'AttachRolePolicy'},
      {operation: 'UpdateServiceSetting', input: {SettingValue: 'service-role/host-2'}},
    ])
    const trusting = {
      ...healthy,
      Roles: [
        aRole({
          RoleName: 'Host',
          Arn: `arn:aws:iam::${OWNER}:role/service-role/Host`,
          AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ssm.amazonaws.com'}}),
        }),
      ],
    }
    expect(restoreHostManagementRole(trusting, arn)?.steps).toMatchObject([
      {operation: 'UpdateServiceSetting', input: {SettingValue: 'service-role/Host'}},
    ])
  })

  it('of the role of host management belongs to a role with another path, so the setting names a new one', () => {
    const arn = `arn:aws:iam::${OWNER}:role/service-role/Host`
    expect(restoreHostManagementRole(healthy, arn)?.steps).toMatchObject([
      {operation: 'CreateRole', input: {RoleName: 'Host'}},
      {operation: 'AttachRolePolicy'},
    ])
    const {steps, undo} = restoreHostManagementRole(named('Host'), arn) ?? {}
    expect(steps).toMatchObject([
      {operation: 'CreateRole', input: {RoleName: 'Host-2', Path: '/service-role/'}},
      {operation: 'AttachRolePolicy'},
      {operation: 'UpdateServiceSetting', input: {SettingValue: 'service-role/Host-2'}},
    ])
    expect(undo?.[0]).toMatchObject({operation: 'UpdateServiceSetting', input: {SettingValue: 'service-role/Host'}})
    const taken = named('AWSSystemsManagerDefaultEC2InstanceManagementRole')
    expect(enableHostManagement(taken, OWNER, false).steps).toMatchObject([
      {input: {RoleName: 'AWSSystemsManagerDefaultEC2InstanceManagementRole-2'}},
      {},
      {input: {SettingValue: 'service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole-2'}},
    ])
  })
})

it('waits until EC2 may know a new profile', () => {
  const {IamInstanceProfile: _, ...bare} = anInstance()
  const {steps} = createInstanceProfile(healthy, OWNER, bare, undefined)
  expect(
    steps.map((step) => ('operation' in step ? step.operation : commandLine(step, 'sh', {region: 'us-east-1'}))),
  ).toEqual([
    'CreateRole',
    'AttachRolePolicy',
    'CreateInstanceProfile',
    'AddRoleToInstanceProfile',
    expect.stringMatching(/^aws iam wait instance-profile-exists --instance-profile-name SSMManagedInstance; sleep/),
    expect.stringMatching(/IamInstanceProfile/),
  ])
})

it('does not promise to attach a policy beyond the quota', () => {
  const AttachedManagedPolicies = Array.from({length: 10}, (_, i) => ({PolicyName: `p${i}`, PolicyArn: `arn:p${i}`}))
  const at = (count: number) =>
    attachRolePolicy(healthy, aRole({AttachedManagedPolicies: AttachedManagedPolicies.slice(0, count)}), 'X', 'All.')
  expect(at(9).apply).toBeDefined()
  expect(at(10)).toMatchObject({
    effect: 'All. Role web has 10 managed policies: the quota is 10 and can be raised.',
  })
  expect(at(10)).not.toHaveProperty('apply')
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
it.each([
  'aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM',
  'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Operators_0123456789abcdef',
])('does not promise to change a role that only AWS can change: %s', (name) => {
  const role = aRole({Arn: `arn:aws:iam::${OWNER}:role/${name}`, RoleName: name.slice(name.lastIndexOf('/') + 1)})
  for (const remedy of [
    attachRolePolicy(healthy, role, 'X', 'All.'),
    detachRolePolicy(role, 'arn:aws:iam::aws:policy/X', 'All.'),
    putRolePolicy(role, 'own', statements(denySsm), 'Deny', 'All.'),
    deleteRolePermissionsBoundary(role, 'arn:aws:iam::aws:policy/X', 'All.'),
    updateAssumeRolePolicy({role, trust: {effect: 'nothing'}}, 'ec2', 'All.'),
  ]) {
    expect(remedy).not.toHaveProperty('apply')
    expect(remedy.effect).toContain(`Only AWS can change role ${role.RoleName}: use another role.`)
  }
})

it('says that an Auto Scaling group replaces an instance that stops', () => {
  const effect = (Tags: Instance['Tags']) => stopStartInstance(anInstance({Tags})).effect
  expect(effect([{Key: 'aws:autoscaling:groupName', Value: 'web'}])).toContain('Auto Scaling group web terminates')
  expect(effect([])).not.toContain('Auto Scaling')
})

it('says that an Auto Scaling group launches its next instances as its launch template says', () => {
  const group = {Key: 'aws:autoscaling:groupName', Value: 'web'}
  const template = {Key: 'aws:ec2launchtemplate:id', Value: 'lt-0aaaaaaaaaaaaaa01'}
  const effect = (...Tags: Instance['Tags']) => enableMetadataService(anInstance({Tags})).effect
  expect(effect(group, template)).toBe(
    'Auto Scaling group web launches its next instances without this change, unless launch template lt-0aaaaaaaaaaaaaa01 has it too.',
  )
  expect(effect(group)).toContain('unless its launch template or launch configuration has it too')
  expect(effect(template)).toBeUndefined()
})

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html */
describe('an instance that cannot simply be stopped and started', () => {
  const group = [{Key: 'aws:autoscaling:groupName', Value: 'web'}]

  it('is replaced if its root device is an instance store volume', () => {
    const remedy = stopStartInstance(anInstance({RootDeviceType: 'instance-store'}))
    expect(remedy).toMatchObject({
      title: expect.stringMatching(/^Launch a replacement for i-.*data stays on its host$/),
    })
    expect(remedy).toMatchObject({steps: []})
    expect(remedy).not.toHaveProperty('apply')
  })

  it('is not promised to stop if it is a Spot Instance, whose request may be a one-time one', () => {
    const remedy = stopStartInstance(anInstance({InstanceLifecycle: 'spot'}))
    expect(remedy).not.toHaveProperty('apply')
    expect(remedy.effect).toContain('A Spot Instance of a one-time request cannot be stopped')
    expect(stopStartInstance(anInstance())).toHaveProperty('apply')
  })

  it('is not promised to start if EC2 may have interrupted it', () => {
    const remedy = startInstance(anInstance({InstanceLifecycle: 'spot'}))
    expect(remedy).not.toHaveProperty('apply')
    expect(remedy.effect).toBe('Only EC2 starts a Spot Instance that it interrupted.')
  })

  it('is started by its warm pool, or replaced, if it belongs to an Auto Scaling group', () => {
    expect(startInstance(anInstance({Tags: group})).effect).toContain('in a warm pool, which starts it itself')
    expect(startInstance(anInstance())).not.toHaveProperty('effect')
  })
})

describe('the policy of an endpoint', () => {
  const endpoint = {...anEndpoint('ssm', 1), PolicyDocument: statements(denySsm)}

  it('is extended, and undone with its earlier content', () => {
    const [remedy] = extendEndpointPolicy(endpoint, {actions: ['ssm:PutInventory'], resources: ['*']})
    expect(JSON.stringify(remedy?.steps)).toContain('ssm:PutInventory')
    expect(JSON.stringify(remedy?.undo)).toContain('Deny')
  })

  it('requires the account of the node if there is no principal', () => {
    const [remedy] = extendEndpointPolicy(endpoint, {
      actions: ['ssm:RegisterManagedInstance'],
      resources: ['*'],
      nodeAccount: OWNER,
    })
    expect(JSON.stringify(remedy?.steps)).toContain('ssm:NodeAccountId')
  })

  it('keeps what it requires of every call, and offers the account where the calls do not meet that', () => {
    const Condition = {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}
    const PolicyDocument = statements({Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*', Condition})
    const given = {actions: ['ssm:PutInventory'], resources: ['*'], role: ROLE}
    const [kept, ofAccount] = extendEndpointPolicy({...endpoint, PolicyDocument}, given)
    const added = (remedy = kept) => {
      const document = remedy?.apply?.({...healthy, VpcEndpoints: [{...endpoint, PolicyDocument}]}).VpcEndpoints
      return JSON.parse(JSON.stringify(document))[0].PolicyDocument.Statement.at(-1)
    }
    expect(added()).toMatchObject({Action: ['ssm:PutInventory'], Condition})
    expect(added(ofAccount)).toMatchObject({Condition: {StringEquals: {'aws:PrincipalAccount': OWNER}}})
    expect(extendEndpointPolicy(endpoint, given)).toHaveLength(1)
    expect(resetEndpointPolicy(endpoint).weakens).toBe(true)
  })

  it('is extended by a statement unless one for everybody allows the calls without what denies them', () => {
    const narrowed = (Principal: unknown) => {
      const PolicyDocument = statements({Effect: 'Allow', Principal, Action: '*', Resource: '*'}, denySsm)
      const access = {actions: ['ssm:PutInventory'], resources: ['*'], denying: [1]}
      const [remedy] = extendEndpointPolicy({...endpoint, PolicyDocument}, access)
      const after = remedy?.apply?.({...healthy, VpcEndpoints: [{...endpoint, PolicyDocument}]}).VpcEndpoints
      return JSON.parse(JSON.stringify(after))[0].PolicyDocument.Statement.filter(({Effect = ''}) => Effect === 'Allow')
    }
    expect(narrowed('*')).toHaveLength(1)
    expect(narrowed({AWS: `arn:aws:iam::${OWNER}:role/other`})).toHaveLength(2)
  })

  // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
  it('is not promised to become longer than AWS accepts, white space included', () => {
    const longer = (characters: number) => {
      const Sid = 'x '.repeat(characters / 2)
      const PolicyDocument = statements({...denySsm, Sid, Action: 'ec2:*'})
      return extendEndpointPolicy({...endpoint, PolicyDocument}, {actions: ['ssm:PutInventory'], resources: ['*']})[0]
    }
    expect(longer(20_000)).toHaveProperty('apply')
    expect(longer(20_400)).not.toHaveProperty('apply')
    expect(longer(20_400)?.effect).toMatch(
      /would then have 20,\d{3} characters: the quota is 20,480 and cannot be raised/,
    )
  })

  it('can only be reset if it is not valid JSON', () => {
    const broken = {...endpoint, PolicyDocument: '{'}
    expect(extendEndpointPolicy(broken, {actions: [], resources: []})).toEqual([])
    expect(resetEndpointPolicy(broken).steps).toMatchObject([{input: {ResetPolicy: true}}])
  })
})

it('simulation results of a role are dropped with its change, but not the decision of the organization', () => {
  const before = {
    ...healthy,
    PolicySimulations: [
      {
        PolicySourceArn: ROLE,
        EvaluationResults: [
          {
            EvalActionName: 'ssm:PutInventory',
            EvalDecision: 'implicitDeny' as const,
            OrganizationsDecisionDetail: {AllowedByOrganizations: false},
          },
        ],
      },
    ],
  }
  expect(editRole(ROLE, (role) => role)(before).PolicySimulations).toMatchObject([
    {EvaluationResults: [{EvalDecision: undefined, OrganizationsDecisionDetail: {AllowedByOrganizations: false}}]},
  ])
})
