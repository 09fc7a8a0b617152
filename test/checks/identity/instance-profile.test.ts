import {describe, expect, it} from 'vitest'
import {instanceProfile} from '../../../src/checks/identity/instance-profile.ts'
import type {Account, InstanceProfile, Role} from '../../../src/model/account.ts'
import {inProfile} from '../../../src/remedies/changes/instance-profiles.ts'
import {allow, anInstance, aRole, healthy, OWNER, PROFILE, REGION, WEB} from '../../support/healthy.ts'
import {
  associated,
  causes,
  causesAfter,
  findings,
  lost,
  noProfile,
  onHostManagement,
  roles,
  unknown,
} from './identity-accounts.ts'

const [profile] = healthy.InstanceProfiles as readonly InstanceProfile[]
const faults: readonly (readonly [string, Partial<Account>])[] = [
  ['iam.no-profile', {Instances: [noProfile()]}],
  ['iam.profile-missing', {InstanceProfiles: []}],
  ['iam.profile-recreated', {InstanceProfiles: [{...profile!, InstanceProfileId: 'AIPAANOTHER'}]}],
  ['iam.profile-empty', {InstanceProfiles: [{...profile!, Roles: []}]}],
]

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
it('associates the profile that has the name of the deleted one under another path, because the name is taken', () => {
  const moved = `arn:aws:iam::${OWNER}:instance-profile/app/web`
  const change = {InstanceProfiles: [{...profile!, Arn: moved, Path: '/app/', InstanceProfileId: 'AIPAANOTHER'}]}
  const [found] = findings(instanceProfile, change)
  expect(found).toMatchObject({cause: 'iam.profile-recreated', resource: moved})
  expect(found?.message).toContain(
    'holds instance profile AIPAEXAMPLEWEB, which was deleted; the profile now named web is AIPAANOTHER',
  )
  expect(found?.remedies?.[0]?.title).toContain('Associate instance profile web')
  expect(found?.remedies?.map(({title}) => title).join()).not.toContain('again')
  expect(causesAfter(instanceProfile, change)[0]).toMatchObject({left: []})
})

it('passes with a profile that contains a role', () => {
  expect(causes(instanceProfile)).toEqual([])
})

describe.each(faults)('%s', (cause, change) => {
  it('is found', () => {
    expect(causes(instanceProfile, change)).toEqual([cause])
  })

  it('is fixed by every proposed change', () => {
    const after = causesAfter(instanceProfile, change)
    expect(after.length).toBeGreaterThan(0)
    for (const {title, left} of after) expect({title, left}).toEqual({title, left: []})
  })

  it('does not matter where host management is used instead', () => {
    expect(causes(instanceProfile, {...onHostManagement(), ...change})).toEqual([])
  })

  it('is only likely if it is unknown whether host management is used instead', () => {
    const [finding] = findings(instanceProfile, {...change, ServiceSettings: {unreadable: 'AccessDenied'}})
    expect(finding).toMatchObject({cause, certainty: 'likely'})
  })
})

it('proposes a profile of the account before a new one', () => {
  const [first] = findings(instanceProfile, {Instances: [noProfile()]})[0]?.remedies ?? []
  expect(first?.title).toBe(`Associate instance profile web with ${anInstance().InstanceId}`)
})

it('proposes the profile whose role has the fewest policies, not that of another workload', () => {
  const payments = aRole({
    RoleName: 'payments',
    Arn: 'arn:aws:iam::111122223333:role/payments',
    RolePolicyList: [{PolicyName: 'own', PolicyDocument: allow('dynamodb:*')}],
  })
  const other = {...profile!, Arn: `${PROFILE}-payments`, InstanceProfileName: 'payments', Roles: [inProfile(payments)]}
  const [first] =
    findings(instanceProfile, {
      Instances: [noProfile()],
      ...roles(payments, aRole()),
      InstanceProfiles: [other, profile!],
    })[0]?.remedies ?? []
  expect(first?.title).toBe(`Associate instance profile web with ${anInstance().InstanceId}`)
})

it('creates a deleted profile again with the role of its name, if EC2 can assume it', () => {
  const first = (role: Role) => findings(instanceProfile, {InstanceProfiles: [], ...roles(role)})[0]?.remedies?.[0]
  const again = first(aRole())
  expect(again?.title).toBe(
    `Create instance profile web again with role web and associate it with ${anInstance().InstanceId}`,
  )
  expect(JSON.stringify(again?.steps)).toContain('ReplaceIamInstanceProfileAssociation')
  const trust = allow('sts:AssumeRole', {Principal: {Service: 'lambda.amazonaws.com'}})
  expect(first(aRole({AssumeRolePolicyDocument: trust}))?.title).toContain('Create role and instance profile')
})

it('proposes a new role if none qualifies, with its undo', () => {
  const [first] =
    findings(instanceProfile, {
      Instances: [noProfile()],
      ...roles(),
      InstanceProfiles: [],
      IamInstanceProfileAssociations: [],
    })[0]?.remedies ?? []
  expect(first?.steps.map((step) => ('operation' in step ? step.operation : 'wait'))).toEqual([
    'CreateRole',
    'AttachRolePolicy',
    'CreateInstanceProfile',
    'AddRoleToInstanceProfile',
    'wait',
    'AssociateIamInstanceProfile',
  ])
  expect(first?.undo).toHaveLength(5)
})

it('replaces an association that exists', () => {
  const [first] = findings(instanceProfile, {...faults[2]![1], ...associated('associated')})[0]?.remedies ?? []
  expect(first?.steps).toMatchObject([{operation: 'ReplaceIamInstanceProfileAssociation'}])
})

it.each(['disassociating', 'disassociated'] as const)(
  'associates a profile again if its earlier association is %s',
  (State) => {
    const [finding] = findings(instanceProfile, {Instances: [noProfile()], ...associated(State)})
    expect(finding?.remedies?.[0]?.steps).toMatchObject([{operation: 'AssociateIamInstanceProfile'}])
  },
)

it('is unknown if the profile could not be read', () => {
  expect(unknown(instanceProfile, {InstanceProfiles: [{Arn: PROFILE, unreadable: 'AccessDenied'}]})).toBe(true)
  expect(unknown(instanceProfile, {InstanceProfiles: {unreadable: 'AccessDenied'}})).toBe(true)
})

it.each([
  ['whose ARN was not returned', {Instances: [anInstance({IamInstanceProfile: {Id: 'AIPAEXAMPLEWEB'}})]}],
  ['whose role has no ARN', {InstanceProfiles: [{...profile!, Roles: [{...profile!.Roles[0]!, Arn: ''}]}]}],
])('is unknown for a profile %s', (_, change) => {
  expect(causes(instanceProfile, change)).toEqual([])
  expect(unknown(instanceProfile, change)).toBe(true)
})

it('does not take a profile for another one because an id is empty', () => {
  expect(causes(instanceProfile, {Instances: [anInstance({IamInstanceProfile: {Arn: PROFILE, Id: ''}})]})).toEqual([])
})

it('reports an association that is in progress', () => {
  expect(causes(instanceProfile, associated('associating'))).toContain('iam.association-transition')
})

it('waits for a profile that is being associated', () => {
  expect(causes(instanceProfile, {...associated('associating'), Instances: [noProfile()]})).toEqual([
    'iam.association-transition',
  ])
})

describe('a change while the agent was waiting', () => {
  it.each([
    [
      'after the last ping',
      {...associated('associated', '2026-11-20T11:00:00Z'), ...lost('2026-11-20T10:00:00Z')},
      true,
    ],
    [
      'before the last ping',
      {...associated('associated', '2026-11-20T09:00:00Z'), ...lost('2026-11-20T10:00:00Z')},
      false,
    ],
    ['two days after the launch', associated('associated', '2026-11-20T08:00:00Z'), true],
    ['minutes after the launch, when the agent has failed', associated('associated', '2026-11-18T08:03:47Z'), true],
    ['with the launch', associated('associated', '2026-11-18T08:00:01Z'), false],
  ])('%s', (_, change, found) => {
    expect(causes(instanceProfile, change).includes('iam.recent-change')).toBe(found)
  })

  it('does not matter to a node that is online', () => {
    const {InstanceInformationList} = healthy
    expect(
      causes(instanceProfile, {...associated('associated', '2026-11-20T11:59:00Z'), InstanceInformationList}),
    ).toEqual([])
  })
})

describe('a denial in a session that EC2 named after the instance', () => {
  const printed = (role: string): Partial<Account> => ({
    InstanceInformationList: [],
    ConsoleOutputs: [
      {
        InstanceId: WEB,
        Output: `2026/11/20 11:40:00Z: SSM Agent unable to acquire credentials: AccessDeniedException: User: arn:aws:sts::${OWNER}:assumed-role/${role} is not authorized to perform: ssm:UpdateInstanceInformation on resource: arn:aws:ec2:${REGION}:${OWNER}:instance/${WEB} because no identity-based policy allows the ssm:UpdateInstanceInformation action`,
      },
    ],
  })

  it('of another role shows that the role of the profile was replaced since', () => {
    expect(findings(instanceProfile, printed(`earlier/${WEB}`))).toMatchObject([
      {
        cause: 'iam.recent-change',
        certainty: 'likely',
        message: expect.stringContaining('denied ssm:UpdateInstanceInformation'),
      },
    ])
  })

  it.each([
    ['of its own role', printed(`web/${WEB}`)],
    ['of a session that has another name', printed('earlier/deploy')],
    [
      'of a node that is online again',
      {...printed(`earlier/${WEB}`), InstanceInformationList: healthy.InstanceInformationList},
    ],
  ])('shows no change: %s', (_, change) => {
    expect(causes(instanceProfile, change)).toEqual([])
  })
})
