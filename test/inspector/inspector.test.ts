import {describe, expect, it} from 'vitest'
import {changesSince} from '../../src/audit/changes.ts'
import {inspectionExitCode} from '../../src/cli/fleet/exit-code.ts'
import {meaningOf} from '../../src/inspector/reasons.ts'
import {inspectionOf, uncoveredBy} from '../../src/inspector/total.ts'
import type {Account} from '../../src/model/account.ts'
import {ids, inspectedAccount, inspectedPart, inspection, row} from '../support/inspections.ts'
import {inspectionFaultsOf} from '../support/report-schemas.ts'

const report = inspection(inspectedAccount)
const of = (n: number) => report.instances.find(({id}) => id === ids(n))
const account = inspectedAccount

describe('the Amazon Inspector coverage of an instance', () => {
  it.each([
    [1, 'covered', null],
    [2, 'uncovered', 'iam.no-profile'],
    [3, 'uncovered', 'inspector.no-inventory'],
    [4, 'uncovered', 'inspector.stale-inventory'],
    [5, 'excluded', null],
    [6, 'unsupported', null],
    [7, 'stopped', 'instance.not-running'],
    [8, 'agentless', 'iam.no-profile'],
    [9, 'limited', null],
    [10, 'uncovered', 'iam.no-profile'],
    [11, 'unknown', null],
    [12, 'unlisted', null],
    [13, 'pending', null],
    [20, 'uncovered', 'inspector.unmanaged'],
    [21, 'terminating', null],
  ])('of number %d: %s, because of %s', (n, coverage, rootCause) => {
    expect(of(n)).toMatchObject({rootCause, inspector: {coverage}})
  })

  it('with several rows for its packages is that of the one by which it is scanned, in any order', () => {
    const rows = [row(2, 'SUCCESSFUL'), row(2, 'UNMANAGED_EC2_INSTANCE')]
    for (const CoveredResources of [rows, rows.toReversed()])
      expect(inspection({...account, CoveredResources}).instances.find(({id}) => id === ids(2))).toMatchObject({
        inspector: {coverage: 'covered'},
      })
  })

  it('is unknown from a file that was written without Inspector coverage', () => {
    const silent = {...account, CoveredResources: [], AccountStatuses: {unreadable: 'not in the account file'}}
    expect(inspection(silent).instances[0]?.inspector).toMatchObject({
      coverage: 'unknown',
      meaning: "The account file does not contain Amazon Inspector's coverage.",
    })
    expect(inspection({...silent, AccountStatuses: []}).instances[0]?.inspector?.coverage).toBe('unlisted')
  })

  it('is excluded by a tag that the instance does not have', () => {
    const CoveredResources = [row(1, 'EXCLUDED_BY_TAG')]
    expect(inspection({...account, CoveredResources}).instances.find(({id}) => id === ids(1))?.inspector).toMatchObject(
      {coverage: 'excluded', meaning: expect.stringContaining('and it has no tag InspectorEc2Exclusion'), change: null},
    )
  })

  it('is pending if the instance was started since Inspector found it stopped', () => {
    const CoveredResources = [row(1, 'EC2_INSTANCE_STOPPED')]
    expect(inspection({...account, CoveredResources}).instances.find(({id}) => id === ids(1))?.inspector).toMatchObject(
      {
        coverage: 'pending',
        meaning: 'It runs; Amazon Inspector updates its coverage automatically.',
      },
    )
  })

  it('shows an unknown reason as it is', () => {
    expect(of(11)?.inspector?.meaning).toBe('Amazon Inspector reports INACTIVE, A_REASON_OF_TOMORROW.')
    expect(meaningOf('ACTIVE', 'SCAN_IN_PROGRESS', 'EC2_SSM_AGENT_BASED').coverage).toBe('covered')
    expect(meaningOf('INACTIVE', null, null)).toEqual({
      coverage: 'unknown',
      sentence: 'Amazon Inspector reports INACTIVE, no reason.',
    })
  })

  it('names the change that fixes the cause, verified on the model', () => {
    expect(of(2)?.inspector?.change).toMatch(/instance profile/i)
    const group = report.groups.find(({cause, affected}) => cause === 'iam.no-profile' && affected.includes(ids(2)))
    expect(group?.change).toMatchObject({fixes: 1})
    expect(report.groups.map(({cause}) => cause)).not.toContain('inspector.unmanaged')
  })

  it('shows how to end an exclusion, in the original case of the tag', () => {
    expect(of(5)?.inspector?.change).toBe(`Remove tag inspectorEC2exclusion from ${ids(5)}`)
  })

  it('covers what a scan of snapshots reaches, regardless of Systems Manager', () => {
    for (const reason of ['SUCCESSFUL', 'UNMANAGED_EC2_INSTANCE', 'STALE_INVENTORY', 'OF_TOMORROW'])
      expect(meaningOf('ACTIVE', reason, 'EC2_AGENTLESS').coverage).toBe('agentless')
    expect(meaningOf('ACTIVE', 'DEEP_INSPECTION_NO_INVENTORY', 'EC2_AGENTLESS').coverage).toBe('limited')
  })

  it('reports stopped instances that Inspector lists, and no others', () => {
    expect(of(14)).toBeUndefined()
  })
})

describe('the associations that Inspector uses', () => {
  it('are listed for the instance with their failures, and the missing ones', () => {
    expect(of(3)?.inspector?.associations).toEqual([
      {
        name: 'InspectorInventoryCollection-do-not-delete',
        id: '0a1b2c3d-0000-0000-0000-000000000001',
        status: 'Failed',
        error: 'AgentError',
      },
      {
        name: 'InspectorLinuxDistributor-do-not-delete',
        id: '0a1b2c3d-0000-0000-0000-000000000001',
        status: 'Success',
        error: null,
      },
      {name: 'InvokeInspectorLinuxSsmPlugin-do-not-delete', id: null, status: 'missing', error: null},
    ])
  })

  it('differ on Windows', () => {
    const [, , third] = Array.isArray(account.Instances) ? account.Instances : []
    const windows = inspection({...account, Instances: [{...third, Platform: 'windows'}]})
    expect(windows.instances[0]?.inspector?.associations.map(({name}) => name)).toContain(
      'InvokeInspectorSsmPlugin-do-not-delete',
    )
  })

  const missing = (change: Partial<Account>) =>
    inspection({...account, ...change})
      .instances.find(({id}) => id === ids(3))
      ?.inspector?.associations.flatMap(({name, status}) => (status === 'missing' ? [name] : []))

  it("are those of Inspector's own scanner where that scans, which replaces the plugin", () => {
    const CoveredResources = [row(3, 'SUCCESSFUL', {scanMode: 'EC2_INSPECTOR_AGENT_BASED'})]
    const scanner = {InstanceId: ids(3), AssociationName: 'InspectorVmScannerDistributor-do-not-delete'}
    expect(missing({CoveredResources})).toEqual(['InspectorVmScannerDistributor-do-not-delete'])
    expect(missing({CoveredResources, InstanceAssociations: [scanner]})).toEqual([])
  })

  it('are those of the inventory alone on macOS, where the plugin has nothing to inspect', () => {
    const [, , third] = Array.isArray(account.Instances) ? account.Instances : []
    const [inventory] = Array.isArray(account.InstanceAssociations) ? account.InstanceAssociations : []
    const mac = {Instances: [{...third, InstanceType: 'mac2.metal' as const}]}
    expect(missing({...mac, InstanceAssociations: [inventory]})).toEqual([])
  })

  it('that could not be read are reported, with the permission', () => {
    expect(report.unreadable).toContainEqual({
      account: '111122223333',
      region: 'eu-west-1',
      kind: 'InstanceAssociations',
      reason: 'AccessDeniedException: no',
      permission: 'ssm:DescribeInstanceAssociationsStatus',
      instances: 1,
    })
  })

  it('are not reported as missing if they were not read', () => {
    expect(of(9)?.inspector?.associations).toEqual([])
  })
})

describe('instances of other accounts, which a delegated administrator sees', () => {
  it('are reported as such, with the name and the owner that Inspector knows', () => {
    expect(of(20)).toMatchObject({account: '111122223334', name: 'theirs', owner: 'data', verdict: 'undecided'})
    expect(of(20)?.inspector).toMatchObject({
      examined: false,
      meaning: expect.stringContaining('It is in account 111122223334, which was not examined here.'),
    })
  })

  const theirs = inspectedPart({
    ...account,
    Caller: {Account: '111122223334'},
    Instances: [{...(account.Instances as never as readonly [object])[1 as 0], InstanceId: ids(20)} as never],
    InstanceInformationList: [],
    CoveredResources: {unreadable: 'AccessDeniedException: no'},
  })

  it('are examined once their account is, and keep what the administrator sees', () => {
    const both = inspectionOf([inspectedPart(account), theirs], account.ReadAt)
    expect(both.instances.filter(({id}) => id === ids(20))).toMatchObject([
      {
        rootCause: 'iam.no-profile',
        inspector: {examined: true, coverage: 'uncovered', reason: 'UNMANAGED_EC2_INSTANCE'},
      },
    ])
    expect(inspectionFaultsOf(both)).toEqual([])
  })

  it('are unknown if Inspector denied access', () => {
    expect(theirs.instances[0]?.inspector).toMatchObject({
      coverage: 'unknown',
      meaning: 'Amazon Inspector coverage could not be read: AccessDeniedException: no',
    })
  })

  it('are selected by tag, and by nothing that Inspector does not know', () => {
    const ofData = inspection(account, {tags: ['Owner=data']})
    expect(ofData.instances.filter(({inspector}) => !inspector?.examined).map(({id}) => id)).toEqual([ids(20)])
    const inVpc = inspection(account, {vpcs: ['vpc-0aaaaaaaaaaaaaa01']})
    expect(inVpc.instances.every(({inspector}) => inspector?.examined)).toBe(true)
  })
})

it('counts every instance once, as the schema requires', () => {
  expect(inspectionFaultsOf(report)).toEqual([])
  expect(report.totals.instances).toBe(13)
  expect(report.totals.coverage).toEqual({
    covered: 1,
    agentless: 1,
    limited: 1,
    pending: 1,
    stopped: 1,
    terminating: 1,
    excluded: 1,
    unsupported: 1,
    uncovered: 5,
    unlisted: 1,
    disabled: 0,
    unknown: 1,
  })
})

it('reports that Inspector is disabled', () => {
  const off = inspection({
    ...account,
    CoveredResources: [],
    AccountStatuses: [
      {accountId: '111122223333', resourceState: {ec2: {status: 'DISABLED'}}, state: {status: 'ENABLED'}} as never,
    ],
  })
  expect(off.instances[0]?.inspector).toMatchObject({
    coverage: 'disabled',
    meaning: 'Amazon Inspector is DISABLED for EC2 in account 111122223333 in eu-west-1.',
  })
})

describe('an account in which Inspector does not scan EC2', () => {
  const off = inspection({
    ...account,
    CoveredResources: [],
    AccountStatuses: [
      {accountId: '111122223333', resourceState: {ec2: {status: 'DISABLED'}}, state: {status: 'DISABLED'}} as never,
    ],
  })

  it('is one finding with the change that enables it', () => {
    const groups = off.groups.filter(({cause}) => cause === 'inspector.ec2-disabled')
    expect(groups).toMatchObject([{resource: '111122223333', severity: 'advises'}])
    expect(groups[0]?.affected).toHaveLength(off.instances.length)
    expect(groups[0]?.change?.commands).toEqual([expect.stringContaining('aws inspector2 enable')])
  })

  it('is not a failure of each instance, and still not full coverage', () => {
    expect(off.instances.map(uncoveredBy).filter((by) => by !== null)).toEqual([])
    expect(off.totals.coverage).toMatchObject({disabled: off.instances.length, unlisted: 0})
    expect(inspectionExitCode(off)).toBe(1)
    expect(inspectionExitCode(off, {failOn: 'advises'})).toBe(1)
    expect(inspectionExitCode(off, {failOn: 'blocks'})).toBe(0)
    expect(inspectionFaultsOf(off)).toEqual([])
  })
})

// https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html
describe('rows of ListCoverage', () => {
  it('use RESOURCE_UNMANAGED and UNMANAGED_EC2_INSTANCE in the same sense', () => {
    const one = inspection({...account, CoveredResources: [row(2, 'RESOURCE_UNMANAGED')]})
    expect(one.instances.find(({id}) => id === ids(2))).toMatchObject({
      inspector: {coverage: 'uncovered', reason: 'RESOURCE_UNMANAGED', meaning: expect.stringMatching(/managed node/)},
    })
    expect(meaningOf('ACTIVE', 'RESOURCE_UNMANAGED', 'EC2_AGENTLESS').coverage).toBe('agentless')
  })

  it.each(['AWS_LAMBDA_FUNCTION', 'AWS_ECR_REPOSITORY', 'AZURE_VIRTUAL_MACHINE', 'CODE_REPOSITORY'])(
    'of %s are no instances',
    (resourceType) => {
      const rows = [row(30, 'RESOURCE_UNMANAGED', {resourceType: resourceType as 'AWS_LAMBDA_FUNCTION'})]
      expect(inspection({...account, CoveredResources: rows}).instances.map(({id}) => id)).not.toContain(ids(30))
    },
  )
})

it('does not count accepted risks', () => {
  const suppressions = [
    {resource: ids(3), owner: 'web', reason: 'known', expires: null},
    {resource: ids(20), owner: 'web', reason: 'known', expires: null},
  ]
  const {instances, suppressed} = inspection(account, {suppressions})
  const broken = instances.filter((one) => uncoveredBy(one) !== null).map(({id}) => id)
  expect(broken).not.toContain(ids(3))
  expect(broken).not.toContain(ids(20))
  expect(suppressed.map(({instance}) => instance)).toEqual(expect.arrayContaining([ids(3), ids(20)]))
})

it('compares with an earlier report by what leaves an instance unscanned', () => {
  const before = inspection({
    ...account,
    CoveredResources: [row(1, 'NO_INVENTORY'), row(2, 'SUCCESSFUL'), row(9, 'STALE_INVENTORY')],
  })
  const {instances} = changesSince({...before, readAt: '2026-11-13T12:00:00.000Z'}, report, uncoveredBy)
  expect(instances).toEqual(
    expect.arrayContaining([
      expect.objectContaining({id: ids(1), change: 'fixed', before: 'inspector.no-inventory', now: null}),
      expect.objectContaining({id: ids(2), change: 'newly-broken', now: 'iam.no-profile'}),
      expect.objectContaining({
        id: ids(9),
        change: 'changed-cause',
        now: 'DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED',
      }),
      expect.objectContaining({id: ids(12), change: 'still-broken', since: '2026-11-13T12:00:00.000Z'}),
    ]),
  )
})
