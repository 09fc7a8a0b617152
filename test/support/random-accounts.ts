import fc from 'fast-check'
import type {Account, ConnectionStatus, InstanceInformation, Role} from '../../src/model/account.ts'
import {INSTANCE, network} from '../oracle/arbitrary.ts'
import {bare} from './network.ts'

const REFUSED = {unreadable: 'AccessDenied: no', error: 'AccessDenied', action: 'iam:SimulatePrincipalPolicy'}
const PROFILE = {Arn: 'arn:aws:iam::111122223333:instance-profile/web', Id: 'AIPAWEB'}
const [ROLE] = bare.Roles as readonly [Role]

const node = (change: Partial<InstanceInformation>): readonly InstanceInformation[] => [
  {
    InstanceId: INSTANCE,
    PingStatus: 'Online',
    LastPingDateTime: '2026-11-20T11:58:00.000Z',
    AgentVersion: '3.3.2746.0',
    ...change,
  },
]
const connection = (Status: 'connected' | 'notconnected'): readonly ConnectionStatus[] => [{Target: INSTANCE, Status}]

/** What Systems Manager says of the node. */
const seen = fc.constantFrom<Partial<Account>>(
  {InstanceInformationList: [], ConnectionStatuses: []},
  {InstanceInformationList: node({}), ConnectionStatuses: connection('connected')},
  {InstanceInformationList: node({}), ConnectionStatuses: connection('notconnected')},
  {InstanceInformationList: node({AgentVersion: '3.2.2303.0'}), ConnectionStatuses: connection('connected')},
  {InstanceInformationList: node({AgentVersion: '3.0.1.0'}), ConnectionStatuses: connection('connected')},
  {
    InstanceInformationList: node({PingStatus: 'ConnectionLost', LastPingDateTime: '2026-11-19T11:58:00.000Z'}),
    ConnectionStatuses: connection('notconnected'),
  },
)

const denies = (Action: string): Role => ({
  ...ROLE,
  RolePolicyList: [{PolicyName: 'no', PolicyDocument: {Statement: [{Effect: 'Deny', Action, Resource: '*'}]}}],
})

/** The role, and what can be wrong with it. */
const role = fc.constantFrom<Partial<Account>>(
  {},
  {Roles: [{...ROLE, AttachedManagedPolicies: []}]},
  {Roles: [denies('ssm:*')]},
  {Roles: [denies('ssmmessages:*')]},
  {PolicySimulations: REFUSED},
  {PolicySimulations: [{PolicySourceArn: ROLE.Arn, ...REFUSED}]},
  {InstanceProfiles: [], Roles: []},
)

const IDENTITY = [
  'InstanceStatuses',
  'InstanceImageMetadata',
  'IamInstanceProfileAssociations',
  'ServiceSettings',
  'InstanceProfiles',
  'Roles',
] as const

/** What the support accounts say of their instance, said of this one. */
const identity = JSON.parse(
  JSON.stringify(Object.fromEntries(IDENTITY.map((kind) => [kind, bare[kind]])))
    .replaceAll('i-00000000000000001', INSTANCE)
    .replaceAll('eu-west-1', 'us-east-1'),
) as Partial<Account>

/** A whole account at random: a network around an instance, its role, and what Systems Manager says of the node. */
export const accountAtRandom: fc.Arbitrary<Account> = fc
  .record({account: network, seen, role})
  .map(({account, seen: systemsManager, role: change}) => ({
    ...account,
    ...identity,
    Instances: (account.Instances as readonly object[]).map((one) => ({IamInstanceProfile: PROFILE, ...one})) as never,
    ...systemsManager,
    ...change,
  }))
