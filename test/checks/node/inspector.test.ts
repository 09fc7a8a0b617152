import {describe, expect, it} from 'vitest'
import {inspector} from '../../../src/checks/node/inspector.ts'
import type {Account, CoveredResource} from '../../../src/model/account.ts'
import type {Path} from '../../../src/network/path.ts'
import {healthyAccount, ID, online, web} from '../../agent/fixtures.ts'
import {causesAfterRemedy, causesOf, findingsOf, notesOf} from '../examine.ts'

type Reason = NonNullable<NonNullable<CoveredResource['scanStatus']>['reason']>

const row = (reason: string, change: Partial<CoveredResource> = {}): CoveredResource => ({
  resourceId: ID,
  resourceType: 'AWS_EC2_INSTANCE',
  accountId: '111122223333',
  scanType: 'PACKAGE',
  scanStatus: {statusCode: 'INACTIVE', reason: reason as Reason},
  ...change,
})
const covered = (...CoveredResources: readonly CoveredResource[]) => ({CoveredResources})
const away = {InstanceInformationList: [{...online, PingStatus: 'ConnectionLost' as const}]}
const status = (state: 'ENABLED' | 'DISABLED', ec2: object) => ({
  Caller: {Account: '111122223333'},
  AccountStatuses: [
    {
      accountId: '111122223333',
      state: {status: state, errorCode: undefined, errorMessage: undefined},
      resourceState: {
        ec2: {status: 'ENABLED' as const, errorCode: undefined, errorMessage: undefined, ...ec2},
        ecr: undefined,
      },
    },
  ],
})

describe('not applicable', () => {
  it.each([
    ['nothing is covered and the account does not use Inspector', status('DISABLED', {status: 'DISABLED'})],
    ['nothing was read', {CoveredResources: {unreadable: 'no'}, AccountStatuses: {unreadable: 'no'}}],
    ['only the network is scanned', covered(row('UNMANAGED_EC2_INSTANCE', {scanType: 'NETWORK'}))],
  ])('when %s', (_, change) => {
    expect(notesOf(inspector, change)).toMatchObject([{skip: expect.any(String)}])
  })
})

it.each([
  ['UNMANAGED_EC2_INSTANCE', 'inspector.unmanaged'],
  ['RESOURCE_UNMANAGED', 'inspector.unmanaged'],
  ['NO_INVENTORY', 'inspector.no-inventory'],
  ['STALE_INVENTORY', 'inspector.stale-inventory'],
  ['EXCLUDED_BY_TAG', 'inspector.excluded'],
  ['UNSUPPORTED_OS', 'inspector.unsupported-os'],
])('%s is %s', (reason, cause) => {
  expect(causesOf(inspector, {...away, ...covered(row(reason))})).toEqual([cause])
})

it('is only advice while Inspector has not detected yet that the node is online', () => {
  expect(findingsOf(inspector, covered(row('UNMANAGED_EC2_INSTANCE')))).toMatchObject([{severity: 'advises'}])
})

it('is likely where the list of nodes, which may be newer, could not be read', () => {
  const unread = {InstanceInformationList: {unreadable: 'no'}, ...covered(row('UNMANAGED_EC2_INSTANCE'))}
  expect(findingsOf(inspector, unread)).toMatchObject([{cause: 'inspector.unmanaged', certainty: 'likely'}])
  expect(findingsOf(inspector, {...away, ...covered(row('UNMANAGED_EC2_INSTANCE'))})[0]?.certainty).toBeUndefined()
})

it.each(['SUCCESSFUL', 'PENDING_INITIAL_SCAN', 'A_REASON_OF_TOMORROW'])('passes %s on as it is', (reason) => {
  expect(notesOf(inspector, covered(row(reason)))).toEqual([{fact: `Amazon Inspector: INACTIVE, ${reason}.`}])
})

it('reports nothing where Inspector scans snapshots, whatever keeps it from scanning through Systems Manager', () => {
  for (const reason of ['UNMANAGED_EC2_INSTANCE', 'NO_INVENTORY', 'STALE_INVENTORY']) {
    const scanStatus = {statusCode: 'ACTIVE' as const, reason: reason as Reason}
    expect(causesOf(inspector, covered(row(reason, {scanMode: 'EC2_AGENTLESS', scanStatus})))).toEqual([])
    expect(causesOf(inspector, covered(row(reason, {scanMode: 'EC2_AGENTLESS'})))).toHaveLength(1)
  }
})

it('removes the exclusion tag in its original case', () => {
  const tagged = {...web, Tags: [{Key: 'inspectorEC2Exclusion', Value: ''}]}
  const [found] = findingsOf(inspector, covered(row('EXCLUDED_BY_TAG')), tagged)
  expect(found?.remedies?.[0]?.steps).toMatchObject([
    {operation: 'DeleteTags', input: {Tags: [{Key: 'inspectorEC2Exclusion'}]}},
  ])
})

it('does not say that a tag excludes an instance that has none', () => {
  const [found] = findingsOf(inspector, covered(row('EXCLUDED_BY_TAG')), {
    ...web,
    Tags: [{Key: 'Name', Value: 'web-1'}],
  })
  expect(found?.message).toBe(
    `Amazon Inspector reports that a tag excludes ${ID} from its scans, and the instance has no tag InspectorEc2Exclusion.`,
  )
  expect(found?.remedies).toEqual([])
})

it('runs the inventory association of the node, when it has one', () => {
  const InstanceAssociations = [
    {InstanceId: ID, Name: 'AWS-GatherSoftwareInventory', AssociationId: '0a1b2c3d-0000-0000-0000-000000000001'},
    {InstanceId: ID, Name: 'AWS-RunPatchBaseline', AssociationId: '0a1b2c3d-0000-0000-0000-000000000002'},
  ]
  expect(
    findingsOf(inspector, {...covered(row('NO_INVENTORY')), InstanceAssociations})[0]?.remedies?.[0]?.steps,
  ).toMatchObject([
    {operation: 'StartAssociationsOnce', input: {AssociationIds: ['0a1b2c3d-0000-0000-0000-000000000001']}},
  ])
})

describe('an outdated inventory', () => {
  const lastPing = (LastPingDateTime: string) => ({
    InstanceInformationList: [{...online, PingStatus: 'ConnectionLost' as const, LastPingDateTime}],
  })
  const found = (change: Partial<Account>) => findingsOf(inspector, {...change, ...covered(row('STALE_INVENTORY'))})[0]

  it('follows from a node that has been silent for as long, whose associations need no look', () => {
    for (const change of [lastPing('2026-11-13T11:59:00.000Z'), {InstanceInformationList: []}]) {
      expect(found(change)).toMatchObject({message: expect.stringContaining('because the node is not online')})
      expect(found(change)?.remedies).toBeUndefined()
    }
  })

  it('has another reason where the node was online since then, or may have been', () => {
    const unread = {InstanceInformationList: {unreadable: 'no'}}
    for (const change of [{}, lastPing('2026-11-13T12:01:00.000Z'), unread]) {
      expect(found(change)?.message).toMatch(/for seven days\.$/)
      expect(found(change)?.remedies).toHaveLength(1)
    }
  })
})

describe('the account', () => {
  it('advises to enable EC2 scanning where Inspector is in use', () => {
    expect(causesOf(inspector, status('ENABLED', {status: 'DISABLED'}))).toEqual(['inspector.ec2-disabled'])
    expect(causesAfterRemedy(inspector, status('ENABLED', {status: 'DISABLED'}))).toEqual([])
  })

  /** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inspector_syntax.html */
  it('asks the administrator of the organization where its policy disables scans', () => {
    const blocked = status('ENABLED', {status: 'DISABLED', errorCode: 'BLOCKED_BY_ORGANIZATION_POLICY'})
    expect(findingsOf(inspector, blocked)).toMatchObject([
      {
        cause: 'inspector.ec2-disabled',
        remedies: [{steps: [{operation: 'ListPoliciesForTarget', input: {Filter: 'INSPECTOR_POLICY'}}]}],
      },
    ])
  })

  it('reports that Inspector has reached a quota of Systems Manager', () => {
    const errorCode = 'EC2_SSM_RESOURCE_DATA_SYNC_LIMIT_EXCEEDED'
    expect(causesOf(inspector, status('ENABLED', {errorCode}))).toEqual(['inspector.ssm-limit'])
  })
})

describe('the scanner of Inspector itself', () => {
  const scanner = covered(row('SUCCESSFUL', {scanMode: 'EC2_INSPECTOR_AGENT_BASED'}))
  const endpoint = {
    VpcEndpointId: 'vpce-0a1b2c3d4e5f60014',
    VpcEndpointType: 'Interface' as const,
    VpcId: 'vpc-0a1b2c3d4e5f60001',
    ServiceName: 'com.amazonaws.us-east-1.ssm',
    State: 'Available' as const,
    SubnetIds: ['subnet-0a1b2c3d4e5f60021'],
    RouteTableIds: [],
    Groups: [{GroupId: 'sg-0a1b2c3d4e5f60013'}],
    NetworkInterfaceIds: [],
    DnsEntries: [],
  }
  const paths: readonly Path[] = [
    {
      service: 'ssm',
      host: 'ssm.us-east-1.amazonaws.com',
      port: 443,
      via: endpoint.VpcEndpointId,
      verdict: 'open',
      hops: [],
    },
  ]
  const inVpc = {...web, VpcId: endpoint.VpcId, SubnetId: 'subnet-0a1b2c3d4e5f60021'}
  const spoke = {...web, VpcId: 'vpc-0b1b2c3d4e5f60002', SubnetId: 'subnet-0b1b2c3d4e5f60022'}
  const route = (more: object) => ({Origin: 'CreateRoute' as const, State: 'active' as const, ...more})
  const network = (...Routes: readonly object[]): Partial<Account> => ({
    Vpcs: [inVpc, spoke].map(({VpcId}) => ({VpcId, CidrBlock: '10.0.0.0/16', OwnerId: '111122223333'})),
    VpcAttributes: [inVpc, spoke].map(({VpcId}) => ({
      VpcId,
      EnableDnsSupport: {Value: true},
      EnableDnsHostnames: {Value: true},
    })),
    Subnets: [inVpc, spoke].map(({VpcId, SubnetId}) => ({VpcId, SubnetId, CidrBlock: '10.0.1.0/24'})),
    RouteTables: [inVpc, spoke].map(({VpcId}) => ({
      VpcId,
      RouteTableId: `rtb-${VpcId.slice(4)}`,
      Associations: [{Main: true, RouteTableAssociationId: 'rtbassoc-01', RouteTableId: `rtb-${VpcId.slice(4)}`}],
      Routes: [{DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local'}, ...Routes].map(route),
    })),
    ProfileAssociations: [],
    ProfileResourceAssociations: [],
  })
  const change = {
    ...scanner,
    ...network(),
    VpcEndpoints: [endpoint],
    ServiceNames: ['com.amazonaws.us-east-1.ssm', 'com.amazonaws.us-east-1.inspector2-telemetry'],
  }

  it('needs its own endpoint in a private VPC, which creating it fixes', () => {
    const [found] = findingsOf(inspector, change, inVpc, paths)
    expect(found).toMatchObject({cause: 'inspector.telemetry-endpoint', certainty: 'likely'})
    const after = found!.remedies![0]!.apply!({...healthyAccount, ...change})
    expect(causesOf(inspector, after, inVpc, paths)).toEqual([])
  })

  it('needs no other where the VPC of the endpoints, another one than the instance’s, has it', () => {
    const central = {...endpoint, VpcEndpointId: 'vpce-0b', ServiceName: 'com.amazonaws.us-east-1.inspector2-telemetry'}
    expect(causesOf(inspector, change, spoke, paths)).toEqual(['inspector.telemetry-endpoint'])
    expect(causesOf(inspector, {...change, VpcEndpoints: [endpoint, central]}, spoke, paths)).toEqual([])
  })

  it('needs none in a Region without one, or with a path to the internet beside the endpoints', () => {
    expect(causesOf(inspector, {...change, ServiceNames: []}, inVpc, paths)).toEqual([])
    const withWayOut = network({DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-0a1b2c3d4e5f60071'})
    expect(causesOf(inspector, {...change, ...withWayOut}, inVpc, paths)).toEqual([])
    const throughNat = paths.map((path) => ({...path, via: 'nat-0a1b2c3d4e5f60016'}))
    expect(causesOf(inspector, change, inVpc, throughNat)).toEqual([])
  })
})
