import {describe, expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import type {Account, Role} from '../../src/model/account.ts'
import {deny, inline} from '../checks/identity-accounts.ts'
import {allow, anInstance, aRole, healthy} from '../support/healthy.ts'
import {planned} from '../support/planned.ts'

/** Not registered, with this role. */
const withRole = (role: Role): Account => ({
  ...healthy,
  InstanceInformationList: [],
  ConnectionStatuses: [],
  Roles: [role],
})

function planOf(account: Account) {
  const {steps, verified} = planned(account, anInstance(), diagnose(account, anInstance()))
  return {fixes: steps.filter(({part}) => part === 'fix').map(({remedy}) => remedy.title), verified}
}

describe('a call that several statements deny', () => {
  it('is allowed again in every policy', () => {
    const denies = ['first', 'second', 'third'].map((name) => inline(name, deny('ssm:UpdateInstanceInformation')))
    const {fixes} = planOf(withRole(aRole({RolePolicyList: denies})))
    expect(fixes.filter((title) => title.startsWith('Remove '))).toEqual([
      'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy first of role web',
      'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy second of role web',
      'Remove ssm:UpdateInstanceInformation from statement 1 of inline policy third of role web',
    ])
  })

  it('is allowed again in both statements of one policy, by one call', () => {
    const {Version, Statement} = deny('ssm:UpdateInstanceInformation')
    const document = {Version, Statement: [...Statement, ...allow('s3:GetObject').Statement, ...Statement]}
    const account = withRole(aRole({RolePolicyList: [inline('guard', document)]}))
    expect(planOf(account).fixes.filter((title) => title.startsWith('Remove '))).toHaveLength(1)
    const [role] = planned(account, anInstance(), diagnose(account, anInstance())).account.Roles as readonly Role[]
    expect(role?.RolePolicyList[0]).toMatchObject({
      PolicyDocument: {Statement: allow('s3:GetObject').Statement},
    })
  })

  it('is not verified where a policy that may deny it was not read', () => {
    const Roles = aRole({
      RolePolicyList: [inline('first', deny('ssm:UpdateInstanceInformation'))],
      AttachedManagedPolicies: [...aRole().AttachedManagedPolicies, {PolicyName: 'unread'}],
    })
    expect(planOf(withRole(Roles)).verified).not.toBe(true)
  })
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
