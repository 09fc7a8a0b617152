import {expect, it} from 'vitest'
import {roleTrust} from '../../src/checks/role-trust.ts'
import {allow, aRole} from '../support/healthy.ts'
import {causes, causesAfter, findings, noProfile, onHostManagement, roles, run, unknown} from './identity-accounts.ts'

const trusting = (document: object) => roles(aRole({AssumeRolePolicyDocument: {...document}}))
const rds = trusting(allow('sts:AssumeRole', {Principal: {Service: 'rds.amazonaws.com'}}))
const [ec2] = allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}).Statement
const denied = trusting({Statement: [ec2, {...ec2, Effect: 'Deny', Sid: 'Shut'}]})

it('passes with a role that EC2 can assume', () => {
  expect(causes(roleTrust)).toEqual([])
})

it.each([
  ['names another service', rds],
  ['denies', denied],
])('fails for a trust policy that %s, and fixes it', (_, change) => {
  expect(causes(roleTrust, change)).toEqual(['iam.trust-missing-ec2'])
  expect(causesAfter(roleTrust, change)).toMatchObject([{left: []}])
})

it('names the statement that denies', () => {
  expect(findings(roleTrust, denied)[0]?.message).toContain('statement Shut of trust policy of role web')
})

it('keeps what the trust policy already allows', () => {
  const [step] = findings(roleTrust, rds)[0]?.remedies?.[0]?.steps ?? []
  expect(JSON.stringify(step)).toContain('rds.amazonaws.com')
})

it('is unknown for a condition that cannot be evaluated', () => {
  expect(unknown(roleTrust, trusting({Statement: [{...ec2, Condition: {StringEquals: {'aws:SourceArn': 'x'}}}]}))).toBe(
    true,
  )
})

it('leaves it to host management where that is enabled', () => {
  const {Roles, ...setting} = onHostManagement()
  expect(causes(roleTrust, {...setting, Roles: [...(rds.Roles as []), ...(Roles as [])]})).toEqual([])
})

it('is skipped without a role', () => {
  expect(run(roleTrust, {Instances: [noProfile()]})).toMatchObject([{skip: expect.any(String)}])
})
