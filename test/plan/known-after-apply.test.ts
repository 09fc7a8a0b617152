import {describe, expect, it} from 'vitest'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {outcomeOf} from '../../src/plan/outcome.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {type PlannedResource, type Properties, UNKNOWN} from '../../src/plan/resource.ts'
import {allow, aRole, healthy, healthyBehindNat, SUBNET, VPC, WEB} from '../support/healthy.ts'

const planned = (type: string, after: Properties, id = 'new'): PlannedResource => ({
  address: 'planned',
  type,
  id,
  action: 'update',
  attributes: [],
  before: {},
  after,
})

const verdictAfter = (account: Account, resources: readonly PlannedResource[]) => {
  const after = applyResources(account, resources)
  return outcomeOf(after, itemsOf(after.Instances)[0]!).verdict
}

const [acl, ...others] = itemsOf(healthyBehindNat.NetworkAcls)
const behindNat: Account = {
  ...healthyBehindNat,
  NetworkAcls: [
    {
      ...acl!,
      Associations: [...acl!.Associations, {NetworkAclId: acl!.NetworkAclId, SubnetId: 'subnet-0aaaaaaaaaaaaaa2'}],
    },
    ...others,
  ],
}

const [ENDPOINT] = itemsOf(healthy.VpcEndpoints).map(({VpcEndpointId}) => VpcEndpointId)
const PARTLY = {Statement: [{Effect: 'Allow', Principal: UNKNOWN, Action: '*', Resource: '*'}]}

const DOUBTS: readonly (readonly [what: string, account: Account, resource: PlannedResource])[] = [
  ['the instance profile', healthy, planned('AWS::EC2::Instance', {IamInstanceProfile: UNKNOWN}, WEB)],
  ['the policy of an endpoint', healthy, planned('AWS::EC2::VPCEndpoint', {PolicyDocument: UNKNOWN}, ENDPOINT)],
  ['a part of the policy', healthy, planned('AWS::EC2::VPCEndpoint', {PolicyDocument: PARTLY}, ENDPOINT)],
  [
    'the policy of an endpoint as a separate resource',
    healthy,
    planned('ssm-doctor::EndpointPolicy', {VpcEndpointId: ENDPOINT, PolicyDocument: UNKNOWN}),
  ],
  [
    'the endpoint that a policy is for',
    healthy,
    planned('ssm-doctor::EndpointPolicy', {VpcEndpointId: UNKNOWN, PolicyDocument: {Statement: []}}),
  ],
  [
    'the network ACL of a subnet',
    behindNat,
    planned('AWS::EC2::SubnetNetworkAclAssociation', {NetworkAclId: UNKNOWN, SubnetId: SUBNET}),
  ],
  [
    'the network ACL of a rule',
    behindNat,
    planned('AWS::EC2::NetworkAclEntry', {NetworkAclId: UNKNOWN, RuleNumber: 1, RuleAction: 'deny', Egress: true}),
  ],
  [
    'the route table of a subnet',
    behindNat,
    planned('AWS::EC2::SubnetRouteTableAssociation', {RouteTableId: UNKNOWN, SubnetId: SUBNET}),
  ],
  [
    'the main route table',
    behindNat,
    planned('ssm-doctor::MainRouteTableAssociation', {RouteTableId: UNKNOWN, VpcId: VPC}),
  ],
  [
    'the route table of a route',
    behindNat,
    planned('AWS::EC2::Route', {RouteTableId: UNKNOWN, DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-new'}),
  ],
  [
    'the DHCP options of a VPC',
    healthy,
    planned('AWS::EC2::VPCDHCPOptionsAssociation', {VpcId: VPC, DhcpOptionsId: UNKNOWN}),
  ],
  ['the DHCP options in the VPC itself', healthy, planned('AWS::EC2::VPC', {DhcpOptionsId: UNKNOWN}, VPC)],
  [
    'the zone of a record',
    behindNat,
    planned('AWS::Route53::RecordSet', {HostedZoneId: UNKNOWN, Name: 'ssm.eu-west-1.amazonaws.com', Type: 'A'}),
  ],
  [
    'the role of a policy',
    healthy,
    planned('AWS::IAM::RolePolicy', {PolicyName: 'deny', PolicyDocument: {Statement: []}, Roles: [UNKNOWN]}),
  ],
  [
    'the role that a policy is attached to',
    healthy,
    planned('ssm-doctor::RolePolicyAttachment', {
      RoleName: UNKNOWN,
      PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll',
    }),
  ],
  [
    'the policy that is attached to a role',
    healthy,
    planned('ssm-doctor::RolePolicyAttachment', {RoleName: 'web', PolicyArn: UNKNOWN}),
  ],
]

describe('what is known only after apply leaves the instance undetermined', () => {
  it.each(DOUBTS)('%s', (_, account, resource) => {
    expect(verdictAfter(account, [])).not.toBe('undecided')
    expect(verdictAfter(account, [resource])).toBe('undecided')
  })
})

it('a condition of a trust policy that cannot be evaluated leaves it undetermined as well', () => {
  const Condition = {StringEquals: {'aws:SourceArn': 'x'}}
  const AssumeRolePolicyDocument = allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}, Condition})
  const account = {...healthy, InstanceInformationList: [], Roles: [aRole({AssumeRolePolicyDocument})]}
  const {verdict, unknown} = outcomeOf(account, itemsOf(account.Instances)[0]!)
  expect(verdict).toBe('undecided')
  expect(unknown).toEqual([expect.stringContaining('Cannot determine whether EC2 can assume role web')])
})
