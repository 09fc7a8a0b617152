import {expect, it} from 'vitest'
import {subjectsOf} from '../../src/history/subjects.ts'
import type {Account} from '../../src/model/account.ts'
import {anInstance, aRole, healthy, PROFILE, ROLE, WEB} from '../support/healthy.ts'

const POLICY = 'arn:aws:iam::111122223333:policy/guard'
const BOUNDARY = 'arn:aws:iam::111122223333:policy/boundary'
const account: Account = {
  ...healthy,
  Roles: [
    aRole({
      AttachedManagedPolicies: [...aRole().AttachedManagedPolicies, {PolicyArn: POLICY, PolicyName: 'guard'}],
      PermissionsBoundary: {PermissionsBoundaryArn: BOUNDARY},
    }),
  ],
}

it('the history of a policy that denies is also that of the role, of its boundary and of the profile of the instance', () => {
  const {resources, global} = subjectsOf(account, anInstance(), [], {cause: 'iam.explicit-deny', resource: POLICY})
  expect(resources).toEqual([POLICY, 'web', ROLE, PROFILE, WEB, BOUNDARY])
  expect([...global]).toEqual([POLICY, 'web', ROLE, PROFILE, BOUNDARY])
})

it('the history of a role is also that of the customer managed policies that it has', () => {
  const {resources} = subjectsOf(account, anInstance(), [], {cause: 'iam.no-registration-permission', resource: ROLE})
  expect(resources).toEqual(['web', ROLE, PROFILE, WEB, BOUNDARY, POLICY])
})
