import type {Account, ItemOf, Kind} from '../../src/model/account.ts'
import {withItems} from '../../src/model/edits.ts'
import {entry, id, local, table, VPC} from './network.ts'

/** One thing that breaks in an account, whatever else is broken. */
export interface Fault {
  readonly name: string
  readonly breaks: (account: Account) => Account
}

const each = <K extends Kind>(account: Account, kind: K, change: (item: ItemOf<K>) => ItemOf<K>): Account =>
  withItems(account, kind, (items) => items.map(change))

const inSubnet = (n: number, entries: readonly ReturnType<typeof entry>[]) => (account: Account) =>
  each(account, 'NetworkAcls', (one) =>
    one.Associations.some(({SubnetId}) => SubnetId === id('subnet', n)) ? {...one, Entries: entries} : one,
  )

/** Faults of identity, machine and the instance's own subnet: they apply to every account. */
const anywhere: readonly Fault[] = [
  {name: 'the profile has no role', breaks: (a) => each(a, 'InstanceProfiles', (p) => ({...p, Roles: []}))},
  {
    name: 'the role trusts another service',
    breaks: (a) =>
      each(a, 'Roles', (role) => ({
        ...role,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{Effect: 'Allow', Principal: {Service: 'rds.amazonaws.com'}, Action: 'sts:AssumeRole'}],
        },
      })),
  },
  {
    name: 'the role allows nothing',
    breaks: (a) => each(a, 'Roles', (role) => ({...role, AttachedManagedPolicies: []})),
  },
  {
    name: 'the role denies messages',
    breaks: (a) =>
      each(a, 'Roles', (role) => ({
        ...role,
        RolePolicyList: [
          ...('RolePolicyList' in role ? role.RolePolicyList : []),
          {
            PolicyName: 'no-messages',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{Sid: 'No', Effect: 'Deny', Action: 'ssmmessages:*', Resource: '*'}],
            },
          },
        ],
      })) as Account,
  },
  {
    name: 'the metadata service is off',
    breaks: (a) =>
      each(a, 'Instances', (one) => ({
        ...one,
        MetadataOptions: {...one.MetadataOptions, HttpEndpoint: 'disabled' as const},
      })),
  },
  {
    name: 'the group allows nothing out',
    breaks: (a) => each(a, 'SecurityGroups', (g) => (g.GroupId === id('sg', 1) ? {...g, IpPermissionsEgress: []} : g)),
  },
  {
    name: 'the ACL of the instance allows no request out',
    breaks: inSubnet(1, [entry(100, false, 'allow'), entry(100, true, 'allow', '0.0.0.0/0', [80, 80])]),
  },
  {
    name: 'the ACL of the instance allows no replies in',
    breaks: inSubnet(1, [
      entry(100, true, 'allow'),
      entry(90, false, 'deny', '0.0.0.0/0', [1024, 65535]),
      entry(100, false, 'allow'),
    ]),
  },
  {
    name: 'the ACL of the instance allows half of the replies in',
    breaks: inSubnet(1, [entry(100, true, 'allow'), entry(100, false, 'allow', '0.0.0.0/0', [49152, 65535])]),
  },
  {
    name: 'DNS support is off',
    breaks: (a) => ({
      ...a,
      VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: false}}],
    }),
  },
]

export const behindEndpointsFaults: readonly Fault[] = [
  ...anywhere,
  {
    name: 'private DNS is off',
    breaks: (a) =>
      each(a, 'VpcEndpoints', (e) =>
        e.VpcEndpointType === 'Interface' ? {...e, PrivateDnsEnabled: false, DnsEntries: []} : e,
      ),
  },
  {
    name: 'there is no endpoint for ssm',
    breaks: (a) => withItems(a, 'VpcEndpoints', (all) => all.filter(({ServiceName}) => !ServiceName.endsWith('.ssm'))),
  },
  {
    name: 'there is no endpoint for messages',
    breaks: (a) =>
      withItems(a, 'VpcEndpoints', (all) => all.filter(({ServiceName}) => !ServiceName.endsWith('.ssmmessages'))),
  },
  {
    name: 'the endpoint for ssm failed',
    breaks: (a) => each(a, 'VpcEndpoints', (e) => (e.ServiceName.endsWith('.ssm') ? {...e, State: 'failed'} : e)),
  },
  {
    name: 'the endpoint group allows no inbound traffic',
    breaks: (a) => each(a, 'SecurityGroups', (g) => (g.GroupId === id('sg', 2) ? {...g, IpPermissions: []} : g)),
  },
  {
    name: 'the endpoint policy allows parameters only',
    breaks: (a) =>
      each(a, 'VpcEndpoints', (e) =>
        e.ServiceName.endsWith('.ssm')
          ? {
              ...e,
              PolicyDocument: {
                Statement: [{Effect: 'Allow', Principal: '*', Action: 'ssm:GetParameter*', Resource: '*'}],
              },
            }
          : e,
      ),
  },
  {
    name: 'the ACL of the endpoints allows no replies out',
    breaks: inSubnet(2, [entry(100, false, 'allow'), entry(100, true, 'allow', '0.0.0.0/0', [443, 443])]),
  },
  {
    name: 'S3 is not in the table',
    breaks: (a) => ({
      ...each(a, 'VpcEndpoints', (e) => ({...e, RouteTableIds: []})),
      RouteTables: [table(1, VPC, [1, 2], [local('10.0.0.0/16')])],
    }),
  },
]

const BOTH_WAYS = 'block-bidirectional' as const

export const behindNatFaults: readonly Fault[] = [
  ...anywhere,
  {name: 'the NAT gateway failed', breaks: (a) => each(a, 'NatGateways', (n) => ({...n, State: 'failed' as const}))},
  {
    name: 'the NAT gateway is private',
    breaks: (a) => each(a, 'NatGateways', (n) => ({...n, ConnectivityType: 'private' as const})),
  },
  {
    name: 'the internet gateway is detached',
    breaks: (a) => each(a, 'InternetGateways', (g) => ({...g, Attachments: []})),
  },
  {
    name: 'the ACL of the NAT gateway does not allow the instance',
    breaks: inSubnet(9, [entry(100, false, 'allow', '0.0.0.0/0', [1024, 65535]), entry(100, true, 'allow')]),
  },
  {
    name: 'the default route is deleted',
    breaks: (a) =>
      withItems(a, 'RouteTables', (all) =>
        all.map((t) => (t.RouteTableId === id('rtb', 1) ? table(1, VPC, [1], [local('10.0.0.0/16')]) : t)),
      ),
  },
  {
    name: 'Block Public Access blocks both ways',
    breaks: (a) =>
      each(
        each(
          {
            ...a,
            VpcBlockPublicAccessOptions: [
              {InternetGatewayBlockMode: BOTH_WAYS, ManagedBy: 'account', ExclusionsAllowed: 'allowed'},
            ],
          },
          'Subnets',
          (s) => ({...s, BlockPublicAccessStates: {InternetGatewayBlockMode: BOTH_WAYS}}),
        ),
        'Vpcs',
        (v) => ({...v, BlockPublicAccessStates: {InternetGatewayBlockMode: BOTH_WAYS}}),
      ),
  },
]
