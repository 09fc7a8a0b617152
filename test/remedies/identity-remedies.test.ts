import {describe, expect, it} from 'vitest'
import type {Policy} from '../../src/model/account.ts'
import {extendEndpointPolicy, resetEndpointPolicy} from '../../src/remedies/changes/endpoints.ts'
import {
  enableHostManagement,
  registerHostManagement,
  restoreHostManagementRole,
} from '../../src/remedies/changes/new-roles.ts'
import {narrowPolicy} from '../../src/remedies/changes/policies.ts'
import {allowActions, attachRolePolicy, putRolePolicy} from '../../src/remedies/changes/roles.ts'
import {editRole} from '../../src/remedies/core/role.ts'
import {allow, anEndpoint, aRole, healthy, OWNER, ROLE} from '../support/healthy.ts'

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
    narrowPolicy(policy(versions), 1, ['ssm:PutInventory'], '')?.steps.map((step) => 'operation' in step && step)

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
    expect(narrowPolicy(policy(2), 1, ['ssm:PutInventory'], '')?.undo).toMatchObject([
      {operation: 'SetDefaultPolicyVersion', input: {VersionId: 'v9'}},
      {operation: 'DeletePolicyVersion', input: {VersionId: {answer: 'NEW_VERSION'}}},
    ])
  })

  it('is not created if nothing would be left of the policy', () => {
    const only = {
      ...policy(1),
      PolicyVersionList: [{IsDefaultVersion: true, Document: statements({...denySsm, Action: 'ssm:PutInventory'})}],
    }
    expect(narrowPolicy(only, 0, ['ssm:PutInventory'], '')).toBeUndefined()
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
    const {steps, undo} = enableHostManagement('aws', OWNER, false)
    expect(steps).toMatchObject([
      {operation: 'CreateRole', input: {Path: '/service-role/'}},
      {operation: 'AttachRolePolicy'},
      {
        operation: 'UpdateServiceSetting',
        input: {SettingValue: 'service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole'},
      },
    ])
    expect(undo).toMatchObject([{operation: 'ResetServiceSetting'}])
    expect(enableHostManagement('aws', OWNER, true).steps).toHaveLength(1)
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
    expect(apply?.(healthy)).toEqual(enableHostManagement('aws', OWNER, false).apply?.(healthy))
  })

  it('does not reuse a role outside the path of host management', () => {
    expect(restoreHostManagementRole('aws', `arn:aws:iam::${OWNER}:role/service-role/Default`)).toBeDefined()
    expect(restoreHostManagementRole('aws', `arn:aws:iam::${OWNER}:role/Default`)).toBeUndefined()
  })
})

describe('the policy of an endpoint', () => {
  const endpoint = {...anEndpoint('ssm', 1), PolicyDocument: statements(denySsm)}

  it('is extended, and undone with its earlier content', () => {
    const remedy = extendEndpointPolicy(endpoint, {actions: ['ssm:PutInventory'], resources: ['*']})
    expect(JSON.stringify(remedy?.steps)).toContain('ssm:PutInventory')
    expect(JSON.stringify(remedy?.undo)).toContain('Deny')
  })

  it('requires the account of the node if there is no principal', () => {
    const remedy = extendEndpointPolicy(endpoint, {
      actions: ['ssm:RegisterManagedInstance'],
      resources: ['*'],
      nodeAccount: OWNER,
    })
    expect(JSON.stringify(remedy?.steps)).toContain('ssm:NodeAccountId')
  })

  it('can only be reset if it is not valid JSON', () => {
    const broken = {...endpoint, PolicyDocument: '{'}
    expect(extendEndpointPolicy(broken, {actions: [], resources: []})).toBeUndefined()
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
