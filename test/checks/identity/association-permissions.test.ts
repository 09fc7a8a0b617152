import {describe, expect, it} from 'vitest'
import {type Finding, isFinding} from '../../../src/checks/check.ts'
import {associationPermissions} from '../../../src/checks/identity/association-permissions.ts'
import type {Account, CoveredResource, Facts, InstanceAssociation, Kind} from '../../../src/model/account.ts'
import {allow, aNode, anInstance, aRole, OWNER, WEB} from '../../support/healthy.ts'
import {absent, causes, causesAfter, findings, inline, only, roles, run} from './identity-accounts.ts'

const ESSENTIAL = ['ssm:UpdateInstanceInformation', 'ssmmessages:*']
const ASSOCIATING = [
  'ssm:ListInstanceAssociations',
  'ssm:ListAssociations',
  'ssm:DescribeAssociation',
  'ssm:GetDocument',
  'ssm:DescribeDocument',
  'ssm:PutInventory',
  'ssm:PutComplianceItems',
  'ssm:UpdateAssociationStatus',
  'ssm:UpdateInstanceAssociationStatus',
]
const allBut = (...left: readonly string[]) =>
  only(...ESSENTIAL, ...ASSOCIATING.filter((action) => !left.includes(action)))
const association = (change: Partial<InstanceAssociation> = {}): Partial<Account> => ({
  InstanceAssociations: [{InstanceId: WEB, AssociationId: 'a-1', Name: 'AWS-RunPatchBaseline', ...change}],
})
const covered = (reason: string, change: Partial<CoveredResource> = {}): Partial<Account> => ({
  CoveredResources: [
    {
      resourceId: WEB,
      resourceType: 'AWS_EC2_INSTANCE',
      accountId: OWNER,
      scanType: 'PACKAGE',
      scanStatus: {statusCode: 'INACTIVE', reason: reason as 'NO_INVENTORY'},
      ...change,
    },
  ],
})
const severityAfter = (change: Partial<Account>) => findings(associationPermissions, change)[0]?.severity ?? 'degrades'

it('passes with the managed policy', () => {
  expect(causes(associationPermissions)).toEqual([])
})

describe('claims of no role that it allows the calls', () => {
  const besides = (Statement: object) =>
    roles(aRole({RolePolicyList: [{PolicyName: 'own', PolicyDocument: {Statement: [Statement]}}]}))
  const deny = {Effect: 'Deny', Action: 'ssm:PutInventory', Resource: '*'}
  it('that is denied one of them, which the check of role permissions reports', () => {
    expect(run(associationPermissions, besides(deny))).toEqual([
      {skip: 'Role web is denied ssm:PutInventory, as role permissions show.'},
    ])
  })
  it('that may be denied one of them', () => {
    const Condition = {StringNotEquals: {'aws:PrincipalOrgID': 'o-1'}}
    expect(run(associationPermissions, besides({...deny, Condition}))).toMatchObject([
      {unknown: expect.stringMatching(/^Cannot determine whether role web allows what State Manager.*o-1/)},
    ])
  })
  it('one of whose policies could not be read', () => {
    const PolicyArn = `arn:aws:iam::${OWNER}:policy/own`
    const change = {
      ...roles(aRole({AttachedManagedPolicies: [{PolicyName: 'own', PolicyArn}]})),
      Policies: [{Arn: PolicyArn, unreadable: 'AccessDenied'}],
    }
    expect(run(associationPermissions, {...change, InstanceInformationList: []})).toMatchObject([
      {unknown: expect.stringContaining('policy own could not be read'), kind: 'Policies'},
    ])
  })
})

it('is advice if the role has the essential permissions and nothing on the node needs more', () => {
  expect(findings(associationPermissions, only(...ESSENTIAL))).toMatchObject([
    {cause: 'iam.no-association-permission', severity: 'advises', resource: aRole().Arn},
  ])
})

it('leaves a role without the essential permissions to the check of role permissions', () => {
  expect(run(associationPermissions, only('ssm:UpdateInstanceInformation'))).toMatchObject([{skip: expect.any(String)}])
})

describe('degrades', () => {
  it('where the associations of the node fail, and which ones target it was not asked for', () => {
    const failing = {InstanceInformationList: [aNode({AssociationStatus: 'Failed'})], InstanceAssociations: []}
    expect(severityAfter({...only(...ESSENTIAL), ...failing})).toBe('degrades')
    expect(severityAfter({...allBut('ssm:PutInventory'), ...failing})).toBe('advises')
  })
  it.each([
    ['Inspector has no inventory', covered('NO_INVENTORY')],
    ['Inspector has a stale inventory', covered('STALE_INVENTORY')],
    ['an association targets the node', association()],
  ])('where %s', (_, change) => {
    expect(severityAfter({...only(...ESSENTIAL), ...change})).toBe('degrades')
  })

  it('where the agent logs that it was denied', () => {
    const signal = {
      kind: 'access-denied',
      action: 'ssm:ListInstanceAssociations',
      source: 'errors.log',
      line: 'AccessDeniedException',
    } as const
    const account = {...absent, ...only(...ESSENTIAL)} as Facts<Kind, Kind>
    const [found] = associationPermissions.run(account, anInstance(), [], [signal]).filter(isFinding) as Finding[]
    expect(found?.severity).toBeUndefined()
    expect(found?.evidence).toContainEqual({fact: 'AccessDeniedException', source: 'errors.log'})
  })

  it.each([
    ['only PutInventory is missing, for a patch association', 'ssm:PutInventory', association(), 'advises'],
    [
      'only PutInventory is missing, for an inventory association',
      'ssm:PutInventory',
      association({Name: 'AWS-GatherSoftwareInventory'}),
      'degrades',
    ],
    ['GetDocument is missing', 'ssm:GetDocument', association(), 'degrades'],
    ['the other call that lists associations is left', 'ssm:ListAssociations', association(), 'advises'],
    ['DescribeDocument is missing', 'ssm:DescribeDocument', covered('NO_INVENTORY'), 'advises'],
  ])('or is only advice: %s', (_, missing, change, expected) => {
    expect(severityAfter({...allBut(missing), ...change})).toBe(expected)
  })

  it.each([
    ['scans snapshots', covered('NO_INVENTORY', {scanMode: 'EC2_AGENTLESS'})],
    ['refers to the network', covered('NO_INVENTORY', {scanType: 'NETWORK'})],
    ['scans it', covered('SUCCESSFUL')],
  ])('not where Inspector %s', (_, change) => {
    expect(severityAfter({...only(...ESSENTIAL), ...change})).toBe('advises')
  })

  it('is only likely if every association has succeeded', () => {
    expect(
      findings(associationPermissions, {...only(...ESSENTIAL), ...association({Status: 'Success'})}),
    ).toMatchObject([{certainty: 'likely'}])
  })
})

it('is fixed by either remedy', () => {
  expect(causesAfter(associationPermissions, {...only(...ESSENTIAL), ...covered('NO_INVENTORY')})).toEqual([
    {title: 'Attach AmazonSSMManagedInstanceCore to role web', left: []},
    {title: 'Allow role web exactly the 9 actions that are missing', left: []},
  ])
})

it('does not depend on whether the node is online', () => {
  expect(severityAfter({...only(...ESSENTIAL), ...association(), InstanceInformationList: [aNode()]})).toBe('degrades')
})

describe('where Amazon Inspector gets no packages of programming languages', () => {
  const deep = covered('DEEP_INSPECTION_NO_INVENTORY')

  it('the role is not allowed to read the parameter with their paths, which the managed policy allows', () => {
    const [found] = findings(associationPermissions, {...only(...ESSENTIAL, ...ASSOCIATING), ...deep})
    expect(found?.message).toMatch(
      /^No policy of role web allows ssm:GetParameter, so Amazon Inspector gets no packages/,
    )
    expect(found?.severity).toBeUndefined()
    expect(causesAfter(associationPermissions, {...only(...ESSENTIAL, ...ASSOCIATING), ...deep})).toMatchObject([
      {title: 'Attach AmazonSSMManagedInstanceCore to role web', left: []},
      {left: []},
    ])
  })

  it('that is not the reason if the role may read this parameter alone', () => {
    const path = `arn:aws:ssm:*:*:parameter/inspector-aws/service/inspector-linux-application-paths`
    const own = aRole({
      AttachedManagedPolicies: [],
      RolePolicyList: [
        inline('own', allow([...ESSENTIAL, ...ASSOCIATING])),
        inline('deep', {
          Version: '2012-10-17',
          Statement: [{Effect: 'Allow', Action: 'ssm:GetParameter', Resource: path}],
        }),
      ],
    })
    expect(causes(associationPermissions, {...roles(own), ...deep})).toEqual([])
  })

  it('nothing else needs that permission', () => {
    expect(causes(associationPermissions, only(...ESSENTIAL, ...ASSOCIATING))).toEqual([])
  })
})
