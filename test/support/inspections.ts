import type {Audit} from '../../src/audit/report.ts'
import type {Suppression} from '../../src/audit/suppressions.ts'
import {inspectAccount} from '../../src/inspector/inspector.ts'
import {inspectionOf} from '../../src/inspector/total.ts'
import type {Account, CoveredResource, InstanceAssociation} from '../../src/model/account.ts'
import {well} from './audits.ts'
import {aNode, anInstance, OWNER} from './healthy.ts'

type Reason = NonNullable<NonNullable<CoveredResource['scanStatus']>['reason']>
type Mode = NonNullable<CoveredResource['scanMode']>

const MEMBER = '111122223334'
export const ids = (n: number): string => `i-0aaaaaaaaaaaaaa${String(n).padStart(2, '0')}`

/** A row of ListCoverage. */
export const row = (n: number, reason: string, change: Partial<CoveredResource> = {}): CoveredResource => ({
  resourceId: ids(n),
  resourceType: 'AWS_EC2_INSTANCE',
  accountId: OWNER,
  scanType: 'PACKAGE',
  scanStatus: {statusCode: reason === 'SUCCESSFUL' ? 'ACTIVE' : 'INACTIVE', reason: reason as Reason},
  scanMode: 'EC2_SSM_AGENT_BASED' as Mode,
  lastScannedAt: '2026-11-19T10:00:00.000Z',
  ...change,
})

const association = (n: number, AssociationName: string, change: Partial<InstanceAssociation> = {}) => ({
  InstanceId: ids(n),
  Name: 'AmazonInspector2-ManageInspectorPlugin',
  AssociationId: '0a1b2c3d-0000-0000-0000-000000000001',
  AssociationName,
  Status: 'Success',
  ...change,
})

const numbered = (n: number, name: string) => anInstance({InstanceId: ids(n), Tags: [{Key: 'Name', Value: name}]})

/** One instance for each coverage state of Inspector. */
export const inspectedAccount: Account = {
  ...well,
  Instances: [
    numbered(1, 'scanned'),
    {...numbered(2, 'unmanaged'), IamInstanceProfile: undefined},
    numbered(3, 'no-inventory'),
    numbered(4, 'stale'),
    {...numbered(5, 'excluded'), Tags: [{Key: 'inspectorEC2exclusion', Value: ''}]},
    numbered(6, 'unsupported'),
    {...numbered(7, 'stopped'), State: {Code: 80, Name: 'stopped'}},
    {...numbered(8, 'agentless'), IamInstanceProfile: undefined},
    numbered(9, 'deep'),
    {...numbered(10, 'too-large'), IamInstanceProfile: undefined},
    numbered(11, 'of-tomorrow'),
    numbered(12, 'unlisted'),
    numbered(13, 'managed-since'),
    {...numbered(14, 'stopped-unlisted'), State: {Code: 80, Name: 'stopped'}},
  ],
  InstanceInformationList: [1, 3, 4, 5, 6, 9, 11, 12, 13].map((n) => aNode({InstanceId: ids(n)})),
  InstanceAssociations: [
    association(3, 'InspectorInventoryCollection-do-not-delete', {
      Name: 'AWS-GatherSoftwareInventory',
      Status: 'Failed',
      DetailedStatus: 'Failed',
      ErrorCode: 'AgentError',
    }),
    association(3, 'InspectorLinuxDistributor-do-not-delete'),
    association(3, 'nightly', {Name: 'AWS-RunPatchBaseline'}),
    {InstanceId: ids(4), unreadable: 'AccessDeniedException: no'},
  ],
  CoveredResources: [
    row(1, 'SUCCESSFUL'),
    row(1, 'UNMANAGED_EC2_INSTANCE', {scanType: 'NETWORK'}),
    row(2, 'UNMANAGED_EC2_INSTANCE'),
    row(3, 'NO_INVENTORY'),
    row(4, 'STALE_INVENTORY'),
    row(5, 'EXCLUDED_BY_TAG'),
    row(6, 'UNSUPPORTED_OS'),
    row(7, 'EC2_INSTANCE_STOPPED'),
    row(8, 'SUCCESSFUL', {scanMode: 'EC2_AGENTLESS'}),
    row(9, 'DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED'),
    row(10, 'AGENTLESS_INSTANCE_STORAGE_LIMIT_EXCEEDED', {scanMode: 'EC2_AGENTLESS'}),
    row(11, 'A_REASON_OF_TOMORROW'),
    row(13, 'UNMANAGED_EC2_INSTANCE'),
    row(20, 'UNMANAGED_EC2_INSTANCE', {
      accountId: MEMBER,
      resourceMetadata: {
        ec2: {tags: {Name: 'theirs', Owner: 'data'}, amiId: undefined, platform: undefined},
      } as never,
    }),
    row(21, 'SUCCESSFUL'),
    row(22, 'SUCCESSFUL', {resourceType: 'AWS_ECR_CONTAINER_IMAGE'}),
  ],
}

interface Asked {
  readonly suppressions?: readonly Suppression[]
  readonly tags?: readonly string[]
  readonly vpcs?: readonly string[]
}

export const inspectedPart = (account: Account, {suppressions = [], tags = [], vpcs}: Asked = {}) =>
  inspectAccount(account, account.Instances, {
    ownerTag: 'Owner',
    suppressions,
    chosen: {
      ids: undefined,
      tags,
      vpcs,
      instance: ({State, VpcId = ''}, isCovered) =>
        (State.Name === 'running' || isCovered) && (vpcs === undefined || vpcs.includes(VpcId)),
    },
  })

export const inspection = (account: Account, asked: Asked = {}): Audit =>
  inspectionOf([inspectedPart(account, asked)], account.ReadAt)
