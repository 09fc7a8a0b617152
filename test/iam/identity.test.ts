import {describe, expect, it} from 'vitest'
import {identityOf} from '../../src/iam/identity.ts'
import type {Account, Role} from '../../src/model/account.ts'
import {allow, aNode, anInstance, aRole, healthy, OWNER} from '../support/healthy.ts'

const SETTING = '/ssm/managed-instance/default-ec2-instance-management-role'
const HOST_ROLE = `arn:aws:iam::${OWNER}:role/service-role/Default`

const settingOf = (SettingValue: string): Pick<Account, 'ServiceSettings'> => ({
  ServiceSettings: [
    {
      SettingId: SETTING,
      SettingValue,
      LastModifiedDate: '2026-10-01T00:00:00.000Z',
      LastModifiedUser: undefined,
      ARN: undefined,
      Status: 'Customized',
    },
  ],
})
const hostRole: Role = aRole({
  Arn: HOST_ROLE,
  RoleName: 'Default',
  Path: '/service-role/',
  AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'ssm.amazonaws.com'}}),
})
const weak = aRole({AttachedManagedPolicies: []})
const doubtful = aRole({
  AttachedManagedPolicies: [],
  RolePolicyList: [
    {
      PolicyName: 'maybe',
      PolicyDocument: allow('ssm:*', {Resource: '*', Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}}),
    },
  ],
})
const on = (...roles: readonly Role[]): Partial<Account> => ({
  ...settingOf('service-role/Default'),
  Roles: [...roles, hostRole],
})
const identity = (change: Partial<Account>, instance = anInstance()) => identityOf({...healthy, ...change}, instance)
const bare = () => {
  const {IamInstanceProfile: _, ...rest} = anInstance()
  return rest
}

// https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html
describe('the credentials of the agent', () => {
  it.each<readonly [string, Partial<Account>, string]>([
    ['come from the profile if its role is allowed to register', {}, 'profile'],
    ['come from the profile even if host management is enabled', on(aRole()), 'profile'],
    ['come from host management if the profile is not allowed to register', on(weak), 'host-management'],
    ['are those of a profile without permissions if there is no host management', {Roles: [weak]}, 'profile'],
    [
      'do not come from host management if its role no longer exists',
      {...settingOf('service-role/Gone'), Roles: [weak]},
      'profile',
    ],
    [
      'are unknown if the setting could not be read',
      {ServiceSettings: {unreadable: 'AccessDenied'}, Roles: [weak]},
      'unknown',
    ],
    ['are unknown if the profile is unknown and host management is enabled', on(doubtful), 'unknown'],
    ['are those of an unknown profile if there is nothing else', {Roles: [doubtful]}, 'profile'],
    [
      'are shown by Systems Manager if the policies do not decide',
      {...on(doubtful), InstanceInformationList: [aNode({IamRole: 'service-role/Default'})]},
      'host-management',
    ],
  ])('%s', (_, change, credentials) => {
    expect(identity(change).credentials).toBe(credentials)
  })

  it('are none without a profile and without host management', () => {
    expect(identity({}, bare()).credentials).toBe('none')
    expect(identity(on(), bare())).toMatchObject({credentials: 'host-management', role: {Arn: HOST_ROLE}})
  })

  it.each([
    ['an agent that is too old', {InstanceInformationList: [aNode({AgentVersion: '3.2.581.9'})]}],
    ['a role that does not trust Systems Manager', {Roles: [weak, aRole({Arn: HOST_ROLE})]}],
    ['a role that is not allowed to register', {Roles: [weak, {...hostRole, AttachedManagedPolicies: []}]}],
  ])('are not those of host management with %s', (_, change) => {
    expect(identity({...on(weak), ...change}).hostManagement).toMatchObject({state: 'on', works: 'no'})
  })

  it.each(['$None', '', ' '])('know the setting %j as off', (value) => {
    expect(identity(settingOf(value)).hostManagement.state).toBe('off')
    expect(identity({ServiceSettings: []}).hostManagement.state).toBe('off')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html
describe('the instance profile', () => {
  it.each<readonly [string, Partial<Account>]>([
    ['missing', {InstanceProfiles: []}],
    ['unknown', {InstanceProfiles: {unreadable: 'AccessDenied'}}],
    ['unknown', {Roles: {unreadable: 'AccessDenied'}}],
    ['role', {}],
  ])('is %s', (state, change) => {
    expect(identity(change).profile.state).toBe(state)
  })

  it('is a different one if its id differs', () => {
    const instance = anInstance({IamInstanceProfile: {...anInstance().IamInstanceProfile, Id: 'AIPAOTHER'}} as object)
    expect(identity({}, instance).profile.state).toBe('recreated')
  })
})
