import {describe, expect, it} from 'vitest'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {stackChange} from '../../src/plan/cloudformation/stack-change.ts'
import {planExitCode} from '../../src/plan/exit-code.ts'
import {junitPlan, markdownPlan, sarifPlan} from '../../src/render/formats/plan-formats.ts'
import {htmlPlan} from '../../src/render/html/plan-page.ts'
import {textPlan} from '../../src/render/text/plan.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {healthy, healthyBehindNat, VPC} from '../support/healthy.ts'
import {group, report} from './odd-plan.ts'
import {planOf, STACK} from './plans.ts'

const GROUP = 'aws_security_group.web'

const open: Account = {
  ...healthyBehindNat,
  Vpcs: itemsOf(healthyBehindNat.Vpcs).map((one) => ({
    ...one,
    BlockPublicAccessStates: {InternetGatewayBlockMode: 'off' as const},
  })),
  Subnets: itemsOf(healthyBehindNat.Subnets).map((one) => ({
    ...one,
    BlockPublicAccessStates: {InternetGatewayBlockMode: 'off' as const},
  })),
}

const created = (type: string) => planOf({address: `${type}.x`, actions: ['create'], after: {}})
const addresses = (type: string, account: Account) =>
  report(created(type), account).ignored.flatMap(({address, relevant}) => (relevant ? [address] : []))

describe('a resource that is not modeled, although an instance depends on it', () => {
  const blocked = report(created('aws_vpc_block_public_access_options'), open)

  it('is not called harmless: what it does cannot be determined', () => {
    expect(planExitCode(blocked)).toBe(3)
    const [headline, ...rest] = textPlan(blocked, PIPE).split('\n')
    expect(headline).toBe('? This plan: the effect of 1 unmodeled resource is unknown.')
    expect(rest.join(' ')).toContain('aws_vpc_block_public_access_options.x')
    expect(markdownPlan(blocked)).toContain('the effect of 1 unmodeled resource is unknown')
    expect(htmlPlan(blocked)).toContain('Not modeled, although an instance depends on it')
    expect(junitPlan(blocked)).toContain('<skipped>Not modeled.</skipped>')
    const [{results}] = JSON.parse(sarifPlan(blocked, '1.0.0')).runs
    expect(results).toMatchObject([{ruleId: 'plan.undetermined', kind: 'open'}])
  })

  // https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
  it('can be VPC Block Public Access, whose mode each VPC and subnet has, unless no traffic passes a gateway', () => {
    expect(addresses('aws_vpc_block_public_access_exclusion', open)).toHaveLength(1)
    expect(addresses('aws_vpc_block_public_access_options', healthy)).toEqual([])
  })

  it.each([
    'aws_vpc_endpoint_private_dns',
    'aws_vpn_gateway_route_propagation',
    'aws_route53_resolver_rule_association',
    'aws_route53profiles_association',
    'aws_vpc_route_server_propagation',
    'aws_organizations_policy',
  ])('can be %s', (type) => {
    expect(addresses(type, {...healthy})).toHaveLength(1)
  })

  it.each([
    'aws_vpc_endpoint_service',
    'aws_vpc_endpoint_connection_notification',
    'aws_vpc_ipam_pool',
    'aws_vpn_gateway',
    'aws_ec2_client_vpn_endpoint',
    'aws_route53_health_check',
    'aws_route53_resolver_query_log_config',
    'aws_iam_user_policy',
    'AWS::IAM::GroupPolicy',
    'Custom::S3AutoDeleteObjects',
  ])('is not %s, which changes nothing that an instance depends on', (type) => {
    const plan = report(created(type), healthy)
    expect(plan.ignored).toMatchObject([{relevant: false}])
    expect(planExitCode(plan)).toBe(0)
  })
})

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
// https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
// https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/concepts-webserver.html
// https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html
it.each([
  ...['aws_eks_node_group', 'aws_ec2_fleet', 'aws_spot_fleet_request'],
  ...['aws_elastic_beanstalk_environment', 'aws_emr_cluster'],
])(
  'a new %s, also in place of another, launches instances that are not examined; one that is updated launches those that it did before',
  (type) => {
    expect(planExitCode(report(created(type)))).toBe(3)
    for (const actions of [
      ['delete', 'create'],
      ['create', 'delete'],
    ])
      expect(planExitCode(report(planOf({address: `${type}.x`, actions, before: {id: 'x'}, after: {}})))).toBe(3)
    const updated = planOf({address: `${type}.x`, actions: ['update'], before: {id: 'x'}, after: {id: 'x'}})
    expect(planExitCode(report(updated))).toBe(0)
  },
)

it('a virtual private gateway that is removed may have had routes to it', () => {
  const plan = planOf({address: 'aws_vpn_gateway.x', actions: ['delete'], before: {vpc_id: VPC}})
  expect(report(plan, healthyBehindNat).ignored).toMatchObject([{relevant: true}])
})

describe('a resource that is not modeled, in a stack that no longer has it', () => {
  const stackWith = (...policies: readonly object[]) => ({
    Resources: Object.fromEntries(
      policies.map((policy, at) => [`Rule${at}`, {Type: 'AWS::Route53Resolver::ResolverRuleAssociation', ...policy}]),
    ),
  })
  const ignoredAfter = (policy: object) =>
    stackChange(templatePlan(stackWith({}, policy), STACK), stackWith({}), STACK).ignored

  it('is removed', () => {
    expect(ignoredAfter({})).toMatchObject([{address: 'Rule1'}])
  })
  it('stays where its deletion policy retains it', () => {
    expect(ignoredAfter({DeletionPolicy: 'Retain'})).toEqual([])
  })
})

/** https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
it('a change that Terraform defers to a later plan is known only then', () => {
  const change = planOf({address: GROUP, actions: ['update'], before: group, after: {...group, egress: []}})
  const [now] = change.resource_changes
  const deferred = {...change, resource_changes: [], deferred_changes: [{reason: 'unknown', resource_change: now}]}
  expect(report(change).totals).toMatchObject({lost: 1, unknown: 0})
  expect(report(deferred).totals).toMatchObject({lost: 0, unknown: 1})
})
