import {describe, expect, it} from 'vitest'
import type {Signal} from '../../src/agent/output/signal.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {findingsOf} from '../../src/diagnosis/diagnosis.ts'
import {type Account, itemsOf, type Policy, type PolicyDocument, type Role} from '../../src/model/account.ts'
import {deny, hostRole, inline, onHostManagement, policy} from '../checks/identity/identity-accounts.ts'
import {checklistWithModel} from '../support/checklist-with-model.ts'
import {allow, anInstance, aRole, healthy} from '../support/healthy.ts'
import {behindEndpoints} from '../support/network.ts'

/** Not registered, with this role. */
const withRole = (role: Role): Account => ({
  ...healthy,
  InstanceInformationList: [],
  ConnectionStatuses: [],
  Roles: [role],
})

function planOf(account: Account) {
  const {steps, verified} = checklistWithModel(account, anInstance(), diagnose(account, anInstance()))
  return {fixes: steps.filter(({part}) => part === 'fix').map(({remedy}) => remedy.title), verified}
}

const removals = (account: Account) => planOf(account).fixes.filter((title) => title.startsWith('Remove '))

describe('a call that several statements deny', () => {
  it('is allowed again in every policy', () => {
    const denies = ['first', 'second', 'third'].map((name) => inline(name, deny('ssm:UpdateInstanceInformation')))
    expect(removals(withRole(aRole({RolePolicyList: denies})))).toEqual([
      'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy first of role web',
      'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy second of role web',
      'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy third of role web',
    ])
  })

  it('is allowed again in both statements of one policy, by one call', () => {
    const {Version, Statement} = deny('ssm:UpdateInstanceInformation')
    const document = {Version, Statement: [...Statement, ...allow('s3:GetObject').Statement, ...Statement]}
    const account = withRole(aRole({RolePolicyList: [inline('guard', document)]}))
    expect(removals(account)).toEqual([
      'Remove ssm:UpdateInstanceInformation from statements 1 and 3 of inline policy guard of role web',
    ])
    const [role] = checklistWithModel(account, anInstance(), diagnose(account, anInstance())).account
      .Roles as readonly Role[]
    expect(role?.RolePolicyList[0]).toMatchObject({
      PolicyDocument: {Statement: allow('s3:GetObject').Statement},
    })
  })

  it('is allowed again in two equal statements of one policy', () => {
    const {Version, Statement} = deny('ssm:UpdateInstanceInformation')
    const document = {Version, Statement: [...allow('s3:GetObject').Statement, ...Statement, ...Statement]}
    const account = withRole(aRole({RolePolicyList: [inline('guard', document)]}))
    expect(removals(account)).toEqual([
      'Remove ssm:UpdateInstanceInformation from statements 2 and 3 of inline policy guard of role web',
    ])
  })

  it('is removed from statements that have a Sid by that name', () => {
    const [statement] = deny('ssm:UpdateInstanceInformation').Statement
    const document = {
      Version: '2012-10-17',
      Statement: [...allow('s3:GetObject').Statement, {...statement, Sid: 'NoRegistration'}, statement],
    }
    expect(removals(withRole(aRole({RolePolicyList: [inline('guard', document)]})))).toEqual([
      'Remove ssm:UpdateInstanceInformation from statements NoRegistration and 3 of inline policy guard of role web',
    ])
  })

  it('is removed from a customer managed policy by one new version', () => {
    const {Version, Statement} = deny('ssm:UpdateInstanceInformation')
    const document = {Version, Statement: [...Statement, ...allow('s3:GetObject').Statement, ...Statement]}
    const Arn = 'arn:aws:iam::111122223333:policy/guard'
    const role = aRole({
      AttachedManagedPolicies: [...aRole().AttachedManagedPolicies, {PolicyArn: Arn, PolicyName: 'guard'}],
    })
    const Policies = [
      ...(healthy.Policies as readonly Policy[]),
      {Arn, PolicyName: 'guard', PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document: document}]},
    ]
    expect(removals({...withRole(role), Policies})).toEqual([
      'Remove ssm:UpdateInstanceInformation from statements 1 and 3 of policy guard',
    ])
  })

  it('is not verified where a policy that may deny it was not read', () => {
    const Roles = aRole({
      RolePolicyList: [inline('first', deny('ssm:UpdateInstanceInformation'))],
      AttachedManagedPolicies: [...aRole().AttachedManagedPolicies, {PolicyName: 'unread'}],
    })
    expect(planOf(withRole(Roles)).verified).not.toBe(true)
  })
})

it('calls that two statements of one policy deny are allowed again by one change that names both', () => {
  const denied = (action: string) => deny(action).Statement
  const Statement = [...denied('ssm:UpdateInstanceInformation'), ...denied('ssmmessages:OpenControlChannel')]
  const document = {Version: '2012-10-17', Statement: [...Statement, ...allow('s3:GetObject').Statement]}
  const account = withRole(aRole({RolePolicyList: [inline('guard', document)]}))
  expect(removals(account)).toEqual([
    'Remove ssm:UpdateInstanceInformation and ssmmessages:OpenControlChannel from statements 1 and 2 of inline policy guard of role web',
  ])
})

it('a statement beside a data perimeter is narrowed without weakening the perimeter', () => {
  const [statement] = deny('ssm:UpdateInstanceInformation').Statement
  const perimeter = {...statement, Condition: {StringNotEquals: {'aws:SourceVpc': 'vpc-0000000000000dead'}}}
  const document = {Version: '2012-10-17', Statement: [statement, perimeter]}
  const role = aRole({RolePolicyList: [inline('guard', document)]})
  const found = diagnose(withRole(role), anInstance()).outcomes.flatMap(({findings}) => findings)
  const finding = found.find(({cause}) => cause === 'iam.explicit-deny')
  expect(finding?.remedies?.map(({title}) => title)).toEqual([
    'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy guard of role web',
  ])
})

it('calls that two policies deny to the role of host management are allowed again in both', () => {
  const host = onHostManagement(
    hostRole({RolePolicyList: ['first', 'second'].map((name) => inline(name, deny('ssm:UpdateInstanceInformation')))}),
  )
  expect(removals({...withRole(aRole()), ...host})).toEqual([
    'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy first of role Default',
    'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy second of role Default',
  ])
})

it('a session key that is denied and not allowed needs both changes', () => {
  const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001'
  const account: Account = {
    ...healthy,
    SessionPreferences: [{inputs: {kmsKeyId: KEY}}],
    Roles: [aRole({RolePolicyList: [inline('no', deny('kms:Decrypt'))]})],
  }
  expect(planOf(account)).toMatchObject({
    fixes: expect.arrayContaining([
      'Remove kms:Decrypt from statement 1 of inline policy no of role web',
      `Allow role web to use KMS key ${KEY}`,
    ]),
    verified: true,
  })
})

it('an improvement of a policy keeps what a fix has changed in it', () => {
  const Statement = ['ssm:UpdateInstanceInformation', 's3:GetObject', 'rds:*'].flatMap((one) => deny(one).Statement)
  const Roles = itemsOf(behindEndpoints.Roles).map((role) => ({
    ...role,
    RolePolicyList: [inline('guard', {Statement})],
  })) as readonly Role[]
  const account = {...behindEndpoints, Roles}
  const [web] = itemsOf(account.Instances)
  const {steps} = checklistWithModel(account, web!, diagnose(account, web!))
  expect(steps.map(({part, remedy: {title}}) => [part, title])).toEqual([
    ['fix', 'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy guard of role web'],
    ['improve', 'Remove s3:GetObject on 4 resources from statement 1 of inline policy guard of role web'],
  ])
  expect(JSON.stringify(steps[1]?.remedy.steps)).toContain('rds:*')
  expect(JSON.stringify(steps[1]?.remedy.steps)).not.toContain('ssm:UpdateInstanceInformation')
})

it('what to find out includes the organization that the policies of endpoints require, once', () => {
  const ofMembers = {StringEquals: {'aws:PrincipalOrgID': 'o-qv5af4abcd'}}
  const VpcEndpoints = itemsOf(behindEndpoints.VpcEndpoints).map((endpoint) => ({
    ...endpoint,
    PolicyDocument: allow('*', {Principal: '*', Condition: ofMembers}),
  }))
  const titles = (change: Partial<Account>) => {
    const account = {...behindEndpoints, VpcEndpoints, ...change}
    const [web] = itemsOf(account.Instances)
    return checklistWithModel(account, web!, diagnose(account, web!)).steps.flatMap(({part, remedy}) =>
      part === 'investigate' ? remedy.title : [],
    )
  }
  expect(titles({InstanceInformationList: [], ConnectionStatuses: []})).toEqual([
    'Compare the id of the organization of the account with the one that the condition names',
  ])
  expect(titles({VpcEndpoints: behindEndpoints.VpcEndpoints})).toEqual([])
})

it('an improvement is a change that has an effect, of several: not an Allow on a condition that the agent does not meet', () => {
  const ofOthers = {StringEquals: {'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/other'}}
  const VpcEndpoints = itemsOf(behindEndpoints.VpcEndpoints).map((endpoint) =>
    endpoint.ServiceName.endsWith('.ec2messages')
      ? {...endpoint, PolicyDocument: allow('*', {Principal: '*', Condition: ofOthers})}
      : endpoint,
  )
  const account = {...behindEndpoints, VpcEndpoints}
  const [web] = itemsOf(account.Instances)
  const {steps} = checklistWithModel(account, web!, diagnose(account, web!))
  const [{remedy, alternatives} = {}] = steps.filter(({part}) => part === 'improve')
  expect(remedy?.title).toMatch(/^Allow the agent's calls by account 111122223333 in the policy of vpce-/)
  expect(alternatives?.map((one) => one.remedy.title)).toMatchObject([
    expect.stringMatching(/^Allow the agent's calls in the policy/),
    expect.stringMatching(/^Reset the policy/),
  ])
})

it('a refusal in the log is a symptom of the boundary that the account shows, and no second cause', () => {
  const Arn = 'arn:aws:iam::111122223333:policy/edge'
  const bounded = aRole({
    PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: Arn},
  })
  const found = (document: PolicyDocument) => {
    const account = {...withRole(bounded), Policies: [...itemsOf(healthy.Policies), policy(document, Arn)] as Policy[]}
    const signal: Signal = {
      kind: 'access-denied',
      service: 'ssm',
      action: 'ssm:UpdateInstanceInformation',
      refusedBy: 'permissions-boundary',
      source: 'errors.log',
      line: 'with an explicit deny in a permissions boundary',
    }
    return findingsOf(diagnose(account, anInstance(), {includeFallback: true, evidence: [signal]}))
      .filter(({cause}) => cause === 'iam.boundary-blocks')
      .map(({check, severity}) => [check.id, severity])
  }
  expect(found(allow('rds:*'))).toEqual([
    ['role-permissions', 'blocks'],
    ['operating-system', 'symptom'],
  ])
  expect(found(allow('*'))).toEqual([['operating-system', 'blocks']])
})
