import {type FleetOptions, fleetAccount} from '../../bench/fleet-account.ts'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {type AuditOptions, auditAccount} from '../../src/audit/audit.ts'
import {changesSince} from '../../src/audit/changes.ts'
import type {Audit, AuditPart} from '../../src/audit/report.ts'
import {auditOf} from '../../src/audit/total.ts'
import {type Account, itemsOf, type VpcEndpoint} from '../../src/model/account.ts'
import {aNode, anEndpoint, anInstance, healthy} from './healthy.ts'

const OPTIONS: AuditOptions = {ownerTag: 'Owner', chosen: ({State}) => State.Name === 'running'}

export const partOf = (account: Account, options: Partial<AuditOptions> = {}): AuditPart =>
  auditAccount(account, account.Instances, {...OPTIONS, ...options})

export const audited = (account: Account, options: Partial<AuditOptions> = {}): Audit =>
  auditOf([partOf(account, options)], account.ReadAt)

/** A generated fleet, read as from a file. */
export const fleet = (options: FleetOptions): Account =>
  parseAccounts([{name: 'fleet', json: fleetAccount(options)}]).accounts[0]!

const WEB_2 = 'i-0aaaaaaaaaaaaaa02'
const WEB_3 = 'i-0aaaaaaaaaaaaaa03'

/** Names that a spreadsheet, a browser, a ticket or a metric would interpret. */
const HOSTILE =
  '=cmd|\' /C calc\'!A0 <script>alert(1)</script> **b** "q", \u202e@all \\ {x="1"}\n]]> https://203.0.113.9/'

const s3Gateway: VpcEndpoint = {
  ...anEndpoint('s3', 9),
  VpcEndpointType: 'Gateway',
  RouteTableIds: ['rtb-0aaaaaaaaaaaaaa01'],
  SubnetIds: [],
  NetworkInterfaceIds: [],
  DnsEntries: [],
}

/** An account about which there is nothing to report. */
export const well: Account = {
  ...healthy,
  SessionPreferences: [],
  VpcEndpoints: [...itemsOf(healthy.VpcEndpoints), s3Gateway],
}

/** A healthy one, one without a profile and with a hostile name, and one whose node lost its connection behind a disabled metadata service. */
export const three: Account = {
  ...well,
  Instances: [
    anInstance({
      Tags: [
        {Key: 'Name', Value: 'web-1'},
        {Key: 'Owner', Value: 'web'},
      ],
    }),
    anInstance({
      InstanceId: WEB_2,
      IamInstanceProfile: undefined,
      Tags: [
        {Key: 'Name', Value: HOSTILE},
        {Key: 'Owner', Value: '+SUM(A1)'},
      ],
    }),
    anInstance({
      InstanceId: WEB_3,
      MetadataOptions: {HttpEndpoint: 'disabled', State: 'applied'},
      Tags: [{Key: 'Owner', Value: 'search'}],
    }),
  ],
  InstanceInformationList: [
    aNode(),
    aNode({InstanceId: WEB_3, PingStatus: 'ConnectionLost', LastPingDateTime: '2026-11-01T00:00:00.000Z'}),
  ],
}

/** Everything that an audit can contain, small enough to read: the golden files are generated from it. */
export function fullAudit(): Audit {
  const part = partOf(three, {
    suppressions: [
      {cause: 'imds.disabled', owner: 'search', reason: 'moves in May', expires: '2026-11-01T00:00:00.000Z'},
      {tag: 'Owner=web', cause: 'endpoint.single-az', owner: 'web', reason: 'one zone is enough', expires: null},
    ],
  })
  const lost = {account: '111122223334', region: 'eu-west-1', readAt: null, instances: 0, failed: 'AccessDenied: no'}
  const audit = auditOf(
    [part, {...part, instances: [], groups: [], suppressed: [], expired: [], scopes: [lost]}],
    three.ReadAt,
  )
  const unreadable = [
    {
      account: '111122223333',
      region: 'eu-west-1',
      kind: 'Policies',
      reason: 'AccessDenied',
      permission: 'iam:GetPolicyVersion',
      instances: 2,
    },
  ]
  const before = {
    readAt: '2026-11-13T12:00:00.000Z',
    instances: audit.instances.map((one) => ({
      ...one,
      ...(one.id === WEB_2 && {verdict: 'managed' as const, rootCause: null}),
    })),
  }
  return {...audit, unreadable, changes: changesSince(before, audit)}
}
