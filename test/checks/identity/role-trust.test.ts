import {describe, expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {roleTrust} from '../../../src/checks/identity/role-trust.ts'
import {examine} from '../../../src/diagnosis/examine.ts'
import {itemsOf} from '../../../src/model/account.ts'
import {allow, aRole, healthy, WEB} from '../../support/healthy.ts'
import {findingsOf} from '../examine.ts'
import {causes, causesAfter, findings, noProfile, onHostManagement, roles, run, unknown} from './identity-accounts.ts'

const trusting = (document: object) => roles(aRole({AssumeRolePolicyDocument: {...document}}))
const rds = trusting(allow('sts:AssumeRole', {Principal: {Service: 'rds.amazonaws.com'}}))
const [ec2 = {}] = allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}).Statement
const denied = trusting({Statement: [ec2, {...ec2, Effect: 'Deny', Sid: 'Shut'}]})

it('passes with a role that EC2 can assume', () => {
  expect(causes(roleTrust)).toEqual([])
})

it.each([
  ['names another service', rds],
  ['denies', denied],
  [
    'denies everybody but an administrator',
    trusting({
      Statement: [
        ec2,
        {Effect: 'Deny', NotPrincipal: {AWS: 'arn:aws:iam::111122223333:role/admin'}, Action: 'sts:AssumeRole'},
      ],
    }),
  ],
])('fails for a trust policy that %s, and fixes it', (_, change) => {
  expect(causes(roleTrust, change)).toEqual(['iam.trust-missing-ec2'])
  expect(causesAfter(roleTrust, change)).toMatchObject([{left: []}])
})

it('names the statement that denies', () => {
  expect(findings(roleTrust, denied)[0]?.message).toContain('statement Shut of the trust policy of role web')
})

// https://github.com/terraform-aws-modules/terraform-aws-iam/issues/535
it('names the condition that EC2 does not meet, such as MFA, which Terraform modules require of every principal', () => {
  const Condition = {Bool: {'aws:MultiFactorAuthPresent': 'true'}, NumericLessThan: {'aws:MultiFactorAuthAge': 86400}}
  const withMfa = trusting({Statement: [{...ec2, Condition}]})
  expect(findings(roleTrust, withMfa)[0]?.message).toContain(
    'statement 1 of the trust policy of role web allows it only when Bool aws:MultiFactorAuthPresent true and NumericLessThan aws:MultiFactorAuthAge 86400.',
  )
  expect(causesAfter(roleTrust, withMfa)).toMatchObject([{left: []}])
})

it('keeps what the trust policy already allows', () => {
  const [step] = findings(roleTrust, rds)[0]?.remedies?.[0]?.steps ?? []
  expect(JSON.stringify(step)).toContain('rds.amazonaws.com')
})

it('keeps a Deny that does not apply, and repeats no Allow', () => {
  const expired = {...ec2, Effect: 'Deny', Condition: {DateLessThan: {'aws:CurrentTime': '2020-01-01T00:00:00Z'}}}
  const bob = {...ec2, Effect: 'Deny', Principal: {AWS: 'arn:aws:iam::111122223333:user/bob'}}
  const left = (...statements: readonly object[]) => {
    const change = trusting({Statement: statements})
    const after = findings(roleTrust, change)[0]?.remedies?.[0]?.apply?.({...healthy, ...change})
    const [role] = itemsOf(after!.Roles)
    return role && 'RoleName' in role && (role.AssumeRolePolicyDocument as {Statement: readonly object[]}).Statement
  }
  expect(left(expired, bob)).toEqual([expired, bob, ec2])
  expect(left(ec2, {...ec2, Effect: 'Deny'}, bob)).toEqual([ec2, bob])
})

describe('a condition that cannot be evaluated', () => {
  const conditional = trusting({Statement: [{...ec2, Condition: {StringEquals: {'aws:SourceArn': 'x'}}}]})
  it('is named, and everything was read', () => {
    const report = examine({...healthy, ...conditional, InstanceInformationList: []}, WEB)
    expect(report.checks.find(({id}) => id === 'role-trust')?.status).toBe('unknown')
    const found = report.causes.find(({id}) => id === 'iam.condition-unknown')
    expect(found?.severity).toBe('undecided')
    expect(found?.message).toContain('only when StringEquals aws:SourceArn x')
    expect(report.unreadable).toEqual([])
  })

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html
  it('is decided by the log of the agent, which the checklist asks for', () => {
    const offline = {...conditional, InstanceInformationList: []}
    expect(findings(roleTrust, offline)).toMatchObject([
      {
        remedies: [
          {title: expect.stringMatching(/^Check in the log of SSM Agent whether EC2 assumes role .*--agent-log$/)},
        ],
      },
    ])
    const line = 'AssumeRoleUnauthorizedAccess'
    const refusal = {kind: 'no-role', action: 'sts:AssumeRole', source: 'errors.log', line} as const
    expect(findings(roleTrust, offline, [], [refusal])).toMatchObject([
      {
        cause: 'iam.trust-missing-ec2',
        certainty: 'likely',
        message: expect.stringContaining('only when StringEquals aws:SourceArn x'),
      },
    ])
  })

  it('does not matter while the node has credentials, unless they may be those of host management', () => {
    const online = {InstanceInformationList: healthy.InstanceInformationList}
    expect(causes(roleTrust, {...conditional, ...online})).toEqual([])
    const {Roles, ...setting} = onHostManagement()
    const both = {...setting, ...online, Roles: [...(conditional.Roles as []), ...(Roles as [])]}
    expect(causes(roleTrust, both)).toEqual(['iam.condition-unknown'])
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe.each([
  ['"*"', '*'],
  ['{"AWS": "*"}', {AWS: '*'}],
])('a trust policy that allows %s and names no service', (_, Principal) => {
  const wide = trusting(allow('sts:AssumeRole', {Principal}))
  const offline = {...wide, InstanceInformationList: []}

  it('most likely does not allow EC2, which the fix names', () => {
    expect(findings(roleTrust, offline)).toMatchObject([
      {
        cause: 'iam.trust-missing-ec2',
        certainty: 'likely',
        message: expect.stringContaining('names "*" as its principal, and no service'),
      },
    ])
    expect(causesAfter(roleTrust, offline)).toMatchObject([{left: []}])
  })

  it('is no fault of a node that has credentials', () => {
    expect(causes(roleTrust, {...wide, InstanceInformationList: healthy.InstanceInformationList})).toEqual([])
  })

  it('is undetermined where host management may give the credentials', () => {
    const {Roles, ...setting} = onHostManagement()
    const both = {...offline, ...setting, Roles: [...(wide.Roles as []), ...(Roles as [])]}
    expect(causes(roleTrust, both)).toEqual(['iam.condition-unknown'])
  })

  it('may have a condition as well, which then counts', () => {
    const Condition = {StringEquals: {'aws:SourceArn': 'x'}}
    const conditional = trusting(allow('sts:AssumeRole', {Principal, Condition}))
    expect(causes(roleTrust, {...conditional, InstanceInformationList: []})).toEqual(['iam.condition-unknown'])
  })
})

it('is unknown if the trust policy was not read', () => {
  const {AssumeRolePolicyDocument: _, ...role} = aRole()
  expect(unknown(roleTrust, {...roles(role), InstanceInformationList: []})).toBe(true)
})

it('leaves it to host management where that is enabled', () => {
  const {Roles, ...setting} = onHostManagement()
  expect(causes(roleTrust, {...setting, Roles: [...(rds.Roles as []), ...(Roles as [])]})).toEqual([])
})

it('is skipped without a role', () => {
  expect(run(roleTrust, {Instances: [noProfile()]})).toMatchObject([{skip: expect.any(String)}])
})

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html */
describe('a role that EC2 cannot assume although its trust policy allows it', () => {
  const signal = (more: Partial<Signal> = {}): Signal => ({
    kind: 'no-role',
    action: 'sts:AssumeRole',
    source: 'amazon-ssm-agent.log',
    line: 'EC2RoleRequestError: failed to get credentials, AssumeRoleUnauthorizedAccess',
    ...more,
  })
  const found = (evidence: Signal, change = {}) => {
    const account = {...healthy, InstanceInformationList: [], ...change}
    return findingsOf(roleTrust, account, itemsOf(account.Instances)[0], [], [evidence])
  }

  it('is likely denied by a resource control policy, which only the organization can read', () => {
    expect(found(signal())).toMatchObject([
      {
        cause: 'iam.scp-blocks',
        severity: 'blocks',
        certainty: 'likely',
        message: expect.stringContaining('a resource control policy of the organization denies sts:AssumeRole'),
        remedies: [{steps: [{operation: 'ListPoliciesForTarget', input: {Filter: 'RESOURCE_CONTROL_POLICY'}}]}],
      },
    ])
  })

  it('is not shown by a profile that had no role', () => {
    expect(found(signal({action: undefined as never}))).toEqual([])
  })

  it('is past where the profile was associated later', () => {
    const [association] = itemsOf(healthy.IamInstanceProfileAssociations)
    const later = {IamInstanceProfileAssociations: [{...association!, Timestamp: '2026-11-20T09:00:00.000Z'}]}
    expect(found(signal({at: '2026-11-20T08:00:00.000Z'}), later)).toEqual([])
    expect(found(signal({at: '2026-11-20T10:00:00.000Z'}), later)).toHaveLength(1)
  })

  it('is past for a node that is online', () => {
    expect(found(signal(), {InstanceInformationList: healthy.InstanceInformationList})).toEqual([])
  })
})
