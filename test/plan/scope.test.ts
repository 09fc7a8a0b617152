import {describe, expect, it} from 'vitest'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {type PlannedResource, type Properties, UNKNOWN} from '../../src/plan/resource.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {healthy, healthyBehindNat, VPC} from '../support/healthy.ts'
import {planOf} from './plans.ts'

const created = (type: string, id: string, after: Properties): PlannedResource => ({
  address: id,
  type,
  id,
  action: 'create',
  attributes: [],
  after,
})

const OTHER = created('AWS::EC2::VPC', 'vpc-other', {CidrBlock: '10.99.0.0/16'})
const totals = (resources: readonly PlannedResource[], account: Account = healthy) =>
  comparePlan(account, {resources, ignored: []}, {file: 'p', language: 'terraform'}).totals

const [acl, ...others] = itemsOf(healthyBehindNat.NetworkAcls)
const ofNat = {NetworkAclId: acl!.NetworkAclId, SubnetId: 'subnet-0aaaaaaaaaaaaaa2'}
const behindNat: Account = {
  ...healthyBehindNat,
  NetworkAcls: [{...acl!, Associations: [...acl!.Associations, ofNat]}, ...others],
}
const peering = {
  VpcPeeringConnectionId: 'pcx-0aaaaaaaaaaaaaa1',
  Status: {Code: 'active'},
  RequesterVpcInfo: {VpcId: VPC},
  AccepterVpcInfo: {VpcId: 'vpc-other'},
}

const DOUBTS: readonly (readonly [what: string, type: string, properties: Properties])[] = [
  ['an endpoint', 'AWS::EC2::VPCEndpoint', {ServiceName: 'com.amazonaws.eu-west-1.ssm', PolicyDocument: UNKNOWN}],
  ['a security group', 'AWS::EC2::SecurityGroup', {SecurityGroupEgress: UNKNOWN}],
  ['a subnet', 'AWS::EC2::Subnet', {CidrBlock: UNKNOWN}],
]

describe('what is known only after apply of another VPC', () => {
  it.each(DOUBTS)('does not affect an instance whose traffic cannot reach it: %s', (_, type, properties) => {
    expect(totals([OTHER, created(type, 'new', {...properties, VpcId: 'vpc-other'})], behindNat)).toMatchObject({
      unchanged: 1,
    })
  })

  it.each([
    ['of its own VPC', VPC, [], {unknown: 1}],
    ['of a VPC that is not known', UNKNOWN, [], {unknown: 1}],
    ['of a VPC that it is peered with', 'vpc-other', [peering], {unknown: 1}],
    ['of another VPC', 'vpc-other', [], {unchanged: 1}],
  ] as const)('an endpoint %s', (_, VpcId, VpcPeeringConnections, expected) => {
    const endpoint = {ServiceName: 'com.amazonaws.eu-west-1.ssm', PolicyDocument: UNKNOWN, VpcId}
    const account = {...behindNat, VpcPeeringConnections} as Account
    expect(totals([OTHER, created('AWS::EC2::VPCEndpoint', 'new', endpoint)], account)).toMatchObject(expected)
  })

  // https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html: its private DNS is for its service alone.
  it.each([
    ['of a service that the agent does not call', 'ecr.api', {unchanged: 1}],
    ['of a service that the agent calls', 'ssmmessages', {unknown: 1}],
  ])('an endpoint %s, also of its own VPC', (_, service, expected) => {
    const ServiceName = `com.amazonaws.eu-west-1.${service}`
    const endpoint = {ServiceName, VpcEndpointType: 'Interface', VpcId: VPC, SubnetIds: UNKNOWN}
    expect(totals([created('AWS::EC2::VPCEndpoint', 'new', endpoint)], behindNat)).toMatchObject(expected)
  })

  it('also for the new VPC of a Terraform module', () => {
    const ref = (address: string) => ({references: [`${address}.id`, address]})
    const plan = planOf(
      {address: 'aws_vpc.new', actions: ['create'], after: {cidr_block: '10.99.0.0/16'}},
      {
        address: 'aws_vpc_endpoint.new',
        actions: ['create'],
        after: {service_name: 'com.amazonaws.eu-west-1.ssm', vpc_endpoint_type: 'Interface'},
        unknown: {vpc_id: true, policy: true},
        expressions: {vpc_id: ref('aws_vpc.new'), policy: {references: ['data.aws_iam_policy_document.p.json']}},
      },
    )
    const report = comparePlan(behindNat, terraformPlan('p', plan), {file: 'p', language: 'terraform'})
    expect(report.totals).toMatchObject({unchanged: 1, unknown: 0})
  })
})
