import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {findingsOf} from '../../src/diagnosis/diagnosis.ts'
import type {Account, Instance, Role} from '../../src/model/account.ts'
import {changeAclEntry} from '../../src/remedies/changes/filters.ts'
import {deleteTag} from '../../src/remedies/changes/instances.ts'
import {createServiceRole} from '../../src/remedies/changes/new-roles.ts'
import {
  activateAdvancedTier,
  deregisterManagedInstance,
  scanInstances,
  startAssociationsOnce,
} from '../../src/remedies/changes/systems-manager.ts'
import {type Call, ec2, type Remedy, type Step} from '../../src/remedies/core/remedy.ts'
import {
  absent,
  deny,
  EDGE,
  hostRole,
  inline,
  noProfile,
  onHostManagement,
  policy,
  roles,
  withPolicies,
} from '../checks/identity/identity-accounts.ts'
import {withAttachment} from '../remedies/network/fault-accounts.ts'
import {networkFaults} from '../remedies/network/network-faults.ts'
import {allow, aNode, anEndpoint, anInstance, aRole, healthy, OWNER, REGION, WEB} from './healthy.ts'
import {breakages} from './network-breakages.ts'

const fiveVersions = {
  ...policy(deny('ssm:*')),
  PolicyVersionList: [1, 2, 3, 4, 5].map((n) => ({
    VersionId: `v${n}`,
    IsDefaultVersion: n === 5,
    Document: {
      Version: '2012-10-17',
      Statement: [...allow('s3:*').Statement, {Effect: 'Deny', Action: 'ssm:*', Resource: '*'}],
    },
  })),
  DefaultVersionId: 'v5',
}
const attachedTo = (PolicyArn: string, change: Partial<Role> = {}) =>
  roles(
    aRole({AttachedManagedPolicies: [...aRole().AttachedManagedPolicies, {PolicyArn, PolicyName: 'edge'}], ...change}),
  )
const legacy = 'arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM'
const bounded = (PermissionsBoundaryArn: string) =>
  roles(aRole({PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn}}))
const metadata = (MetadataOptions: Instance['MetadataOptions']) => ({Instances: [anInstance({MetadataOptions})]})
const online = {InstanceInformationList: [aNode()], ConnectionStatuses: [{Target: WEB, Status: 'connected'}]}

/** Accounts in which something is wrong with the role or the machine. */
const others: readonly {readonly name: string; readonly change: Partial<Account>}[] = [
  {name: 'no profile', change: {Instances: [noProfile()], IamInstanceProfileAssociations: []}},
  {
    name: 'no profile anywhere',
    change: {Instances: [noProfile()], IamInstanceProfileAssociations: [], InstanceProfiles: [], Roles: []},
  },
  {
    name: 'an empty profile',
    change: {
      InstanceProfiles: (healthy.InstanceProfiles as readonly object[]).map((one) => ({...one, Roles: []})) as never,
    },
  },
  {
    name: 'an empty profile whose association could not be read',
    change: {
      IamInstanceProfileAssociations: {unreadable: 'UnauthorizedOperation'},
      InstanceProfiles: (healthy.InstanceProfiles as readonly object[]).map((one) => ({...one, Roles: []})) as never,
      Roles: [],
    },
  },
  {
    name: 'a role of another service',
    change: roles(
      aRole({AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: 'rds.amazonaws.com'}})}),
    ),
  },
  {name: 'a role without policies', change: roles(aRole({AttachedManagedPolicies: []}))},
  {
    name: 'a legacy policy',
    change: roles(aRole({AttachedManagedPolicies: [{PolicyArn: legacy, PolicyName: 'AmazonEC2RoleforSSM'}]})),
  },
  {name: 'an inline Deny', change: roles(aRole({RolePolicyList: [inline('no', deny('ssm:*'))]}))},
  {
    name: 'an inline Deny beside a policy variable',
    change: roles(
      aRole({
        RolePolicyList: [
          inline('no', {
            Version: '2012-10-17',
            Statement: [
              // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM
              {Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::home/${aws:username}/*'},
              {Effect: 'Deny', Action: 'ssm:*', Resource: '*'},
            ],
          }),
        ],
      }),
    ),
  },
  {
    name: 'an inline Deny from other addresses',
    change: roles(
      aRole({
        RolePolicyList: [
          {
            PolicyName: 'perimeter',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Deny',
                  Action: '*',
                  Resource: '*',
                  Condition: {NotIpAddress: {'aws:SourceIp': '203.0.113.0/24'}},
                },
              ],
            },
          },
        ],
      }),
    ),
  },
  {name: 'a managed Deny', change: {...attachedTo(EDGE), ...withPolicies(policy(deny('ssmmessages:*')))}},
  {name: 'a managed Deny with five versions', change: {...attachedTo(EDGE), ...withPolicies(fiveVersions)}},
  {name: 'a boundary', change: {...bounded(EDGE), ...withPolicies(policy(allow('s3:*')))}},
  {name: 'a boundary of AWS', change: bounded('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess')},
  {name: 'host management without its role', change: {...onHostManagement(undefined), Instances: [noProfile()]}},
  {
    name: 'host management with a role that may nothing',
    change: onHostManagement(hostRole({AttachedManagedPolicies: []})),
  },
  {
    name: 'an endpoint policy that denies',
    change: {
      VpcEndpoints: ['ssm', 'ssmmessages', 'ec2messages'].map((service, at) => ({
        ...anEndpoint(service, at + 1),
        PolicyDocument: deny('ssm:*'),
      })),
    },
  },
  {name: 'the metadata service off', change: metadata({State: 'applied', HttpEndpoint: 'disabled'})},
  {
    name: 'tokens that an old agent does not know',
    change: {
      ...metadata({State: 'applied', HttpEndpoint: 'enabled', HttpTokens: 'required'}),
      InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', AgentVersion: '2.3.50.0'})],
    },
  },
  {
    name: 'one hop',
    change: metadata({State: 'applied', HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1}),
  },
  {name: 'stopped', change: {Instances: [anInstance({State: {Name: 'stopped'}})]}},
  {
    name: 'an impaired host',
    change: {
      InstanceStatuses: [
        {InstanceId: WEB, SystemStatus: {Status: 'impaired'}, InstanceStatus: {Status: 'ok'}} as never,
      ],
    },
  },
  {
    name: 'an impaired system',
    change: {
      InstanceStatuses: [
        {InstanceId: WEB, SystemStatus: {Status: 'ok'}, InstanceStatus: {Status: 'impaired'}} as never,
      ],
    },
  },
  {
    name: 'an old agent that answers',
    change: {...online, InstanceInformationList: [aNode({AgentVersion: '2.3.50.0', IsLatestVersion: false})]},
  },
  {
    name: 'associations that fail',
    change: {...online, InstanceInformationList: [aNode({AssociationStatus: 'Failed'})]},
  },
  {
    name: 'Inspector off',
    change: {
      ...online,
      AccountStatuses: [
        {accountId: OWNER, state: {status: 'DISABLED'}, resourceState: {ec2: {status: 'DISABLED'}}} as never,
      ],
    },
  },
]

const first = ({Instances}: Account) => (Instances as readonly Instance[])[0]!

export const accounts: readonly {readonly name: string; readonly account: Account}[] = [
  ...breakages,
  ...networkFaults,
  {name: 'an attachment that is being modified', account: withAttachment({State: 'modifying'})},
  ...others.map(({name, change}) => ({name, account: {...absent, ...change}})),
]

/** Every change that any cause of the account proposes, chosen or not. */
const remediesOf = (account: Account): readonly Remedy[] =>
  findingsOf(diagnose(account, first(account))).flatMap(({remedies = []}) => remedies)

export const isCall = (step: Step): step is Call => 'operation' in step

const anEntry = (PortRange: {readonly From: number; readonly To: number}) =>
  ({RuleNumber: 100, Egress: false, RuleAction: 'allow', Protocol: '6', CidrBlock: '10.0.0.0/16', PortRange}) as const

/** Changes that none of the accounts needs; only the history of an instance reverts entries to what they were. */
const more: readonly Remedy[] = [
  {
    title: 'Associate the route table again',
    steps: [ec2('AssociateRouteTable', {RouteTableId: 'rtb-0a1b2c3d4e5f00031', SubnetId: 'subnet-0a1b2c3d4e5f00021'})],
  },
  {
    title: 'Restore an entry of a network ACL',
    ...changeAclEntry('acl-0a1b2c3d4e5f00041', anEntry({From: 443, To: 443}), [
      anEntry({From: 443, To: 443}),
      anEntry({From: 1024, To: 65535}),
    ]),
  },
  deleteTag(anInstance({Tags: [{Key: 'InspectorEc2Exclusion', Value: ''}]}), 'InspectorEc2Exclusion'),
  deregisterManagedInstance('mi-0123456789abcdef0', []),
  scanInstances(OWNER, undefined),
  scanInstances(OWNER, 'BLOCKED_BY_ORGANIZATION_POLICY'),
  activateAdvancedTier(),
  createServiceRole('aws', `arn:aws:iam::${OWNER}:role/service-role/factory`)!,
  {title: 'Launch with an instance profile', steps: [{launch: {IamInstanceProfile: {Name: 'web'}}}]},
  startAssociationsOnce(['1a2b3c4d-1111-2222-3333-1a2b3c4d5e6f']),
]

/** Every distinct change of all of them. */
export const allRemedies: readonly {readonly remedy: Remedy; readonly region: string}[] = [
  ...new Map(
    [
      ...accounts.flatMap(({account}) => remediesOf(account).map((remedy) => ({remedy, region: account.Region}))),
      ...more.map((remedy) => ({remedy, region: REGION})),
    ].map((one) => [JSON.stringify([one.region, one.remedy.steps, one.remedy.undo]), one]),
  ).values(),
]
