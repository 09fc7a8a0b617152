import type {Account, CloudTrailEvent, NetworkAcl, NetworkAclEntry, Route, RouteTable} from '../../src/model/account.ts'
import {withItem} from '../../src/model/edits.ts'
import {
  aGroup,
  anEndpoint,
  anInstance,
  aRole,
  aRouteTable,
  healthy,
  healthyBehindNat,
  OWNER,
  SUBNET,
  VPC,
  WEB,
} from '../support/healthy.ts'

export const ACL = 'acl-0aaaaaaaaaaaaaa01'
export const OTHER_ACL = 'acl-0aaaaaaaaaaaaaa02'
export const TABLE = 'rtb-0aaaaaaaaaaaaaa01'
export const OTHER_TABLE = 'rtb-0aaaaaaaaaaaaaa03'
export const ENI = 'eni-0aaaaaaaaaaaaaa01'
export const NAT = 'nat-0aaaaaaaaaaaaaa01'
export const IGW = 'igw-0aaaaaaaaaaaaaa01'
export const OTHER_GROUP = 'sg-0aaaaaaaaaaaaaa09'
export const CUSTOM = `arn:aws:iam::${OWNER}:policy/ssm-only`
export const ASSOCIATION = 'iip-assoc-0aaaaaaaaaaaaaa01'

const unregistered = {InstanceInformationList: [], ConnectionStatuses: [], SessionPreferences: []}
export const base: Account = {...healthy, ...unregistered}
/** The instance is in a security group that allows no outbound traffic. */
export const inOtherGroup: Account = {
  ...base,
  Instances: [
    anInstance({
      SecurityGroups: [{GroupId: OTHER_GROUP}] as never,
      NetworkInterfaces: anInstance().NetworkInterfaces.map((one) => ({
        ...one,
        Groups: [{GroupId: OTHER_GROUP}] as never,
      })),
    }),
  ],
  SecurityGroups: [...(healthy.SecurityGroups as readonly never[]), aGroup(OTHER_GROUP, {IpPermissionsEgress: []})],
}

/** The subnet of the NAT gateway has an ACL of its own. */
export const behindNat: Account = {
  ...healthyBehindNat,
  ...unregistered,
  NetworkAcls: [
    ...(healthyBehindNat.NetworkAcls as readonly NetworkAcl[]),
    {
      NetworkAclId: 'acl-0aaaaaaaaaaaaaa0f',
      VpcId: VPC,
      IsDefault: false,
      Associations: [
        {
          NetworkAclAssociationId: 'aclassoc-0aaaaaaaaaaaaaaf',
          NetworkAclId: 'acl-0aaaaaaaaaaaaaa0f',
          SubnetId: 'subnet-0aaaaaaaaaaaaaa2',
        },
      ],
      Entries: [true, false].map((Egress) => ({
        CidrBlock: '0.0.0.0/0',
        Egress,
        Protocol: '-1',
        RuleAction: 'allow',
        RuleNumber: 100,
      })),
    },
  ],
}

export const rule = (
  Egress: boolean,
  RuleNumber: number,
  RuleAction: 'allow' | 'deny',
  Protocol = '-1',
): NetworkAclEntry => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol,
  RuleAction,
  RuleNumber,
})
export const aclWith = (account: Account, ...Entries: readonly NetworkAclEntry[]): Account =>
  withItem(account, 'NetworkAcls', 'NetworkAclId', ACL, (acl) => ({...acl, Entries}))
export const entryRequest = (egress: boolean, ruleNumber: number, ruleAction: string, aclProtocol = '-1') => ({
  networkAclId: ACL,
  ruleNumber,
  egress,
  ruleAction,
  icmpTypeCode: {},
  portRange: {},
  aclProtocol,
  cidrBlock: '0.0.0.0/0',
})
export const anAcl = (
  NetworkAclId: string,
  association: string | undefined,
  ...Entries: readonly NetworkAclEntry[]
): NetworkAcl => ({
  NetworkAclId,
  VpcId: VPC,
  IsDefault: false,
  Associations:
    association === undefined ? [] : [{NetworkAclAssociationId: association, NetworkAclId, SubnetId: SUBNET}],
  Entries,
})

export const LOCAL: Route = {
  DestinationCidrBlock: '10.0.0.0/16',
  GatewayId: 'local',
  Origin: 'CreateRouteTable',
  State: 'active',
}
export const natTables = (...main: readonly Route[]): Account =>
  withItem(behindNat, 'RouteTables', 'RouteTableId', TABLE, (table) => ({...table, Routes: [LOCAL, ...main]}))
export const DEFAULT: Route = {
  DestinationCidrBlock: '0.0.0.0/0',
  NatGatewayId: NAT,
  Origin: 'CreateRoute',
  State: 'active',
}
export const withTable = (account: Account, table: RouteTable): Account => ({
  ...account,
  RouteTables: [...(account.RouteTables as readonly RouteTable[]), table],
})
export const isolated = (...Associations: RouteTable['Associations'][number][]) =>
  aRouteTable({RouteTableId: OTHER_TABLE, Associations})

export const role = (change: Parameters<typeof aRole>[0]): Account => ({...base, Roles: [aRole(change)]})
export const deny = (Action: string) => ({Version: '2012-10-17', Statement: [{Effect: 'Deny', Action, Resource: '*'}]})
export const inline = (PolicyName: string, PolicyDocument: object) => ({
  PolicyName,
  PolicyDocument: PolicyDocument as {readonly [key: string]: unknown},
})
export const policy = (Document: object, VersionId: string) => ({
  PolicyName: 'ssm-only',
  PolicyId: 'ANPAEXAMPLE',
  Arn: CUSTOM,
  DefaultVersionId: VersionId,
  PolicyVersionList: [{VersionId, IsDefaultVersion: true, Document: Document as {readonly [key: string]: unknown}}],
})
export const AGENT = ['ssm:*', 'ssmmessages:*', 'ec2messages:*']
export const iam = {service: 'iam', response: null}
const withoutProfile = anInstance()
const {IamInstanceProfile: _, ...rest} = withoutProfile
export const noProfile = rest
export const association = (arn: string, id = ASSOCIATION) => ({
  iamInstanceProfileAssociation: {associationId: id, instanceId: WEB, iamInstanceProfile: {arn, id: 'AIPAEXAMPLEWEB'}},
})

export const endpoints = (change: Partial<ReturnType<typeof anEndpoint>>): Account => ({
  ...base,
  VpcEndpoints: [{...anEndpoint('ssm', 1), ...change}, anEndpoint('ssmmessages', 2), anEndpoint('ec2messages', 3)],
})
export const SSM = 'vpce-0aaaaaaaaaaaaaa01'

export interface Row {
  readonly name: string
  readonly account: Account
  readonly events: readonly CloudTrailEvent[]
  /** The cause, and the call that is responsible for it. */
  readonly cause: string
  readonly by: string
  /** What had to be assumed. */
  readonly likely?: true
}

export const AT = '14:02'
/** What came before the change that broke it. */
export const isEarlier = ({EventTime = ''}: CloudTrailEvent) => EventTime.includes('T09:00')
/** Accounts that a change broke, with the change and what came before it. */
