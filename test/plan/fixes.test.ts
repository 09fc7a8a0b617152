import {describe, expect, it} from 'vitest'
import {parseTemplate} from '../../src/plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'
import {referencesTo} from '../../src/plan/references.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {healthy, REGION, SUBNET, WEB, WEB_GROUP} from '../support/healthy.ts'
import {parametersFor, TEMPLATE} from './network-template.ts'
import {planOf, STACK} from './plans.ts'

const OPEN = [{protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0']}]
const group = (egress: readonly object[]) => ({id: WEB_GROUP, name: 'web', egress})

const reportOn = (json: unknown, account = healthy) =>
  comparePlan(
    account,
    terraformPlan('plan.json', json),
    {file: 'plan.json', language: 'terraform'},
    {snippet: (steps, place) => snippet(steps, 'terraform', place)},
  )
const fixesOf = (...given: Parameters<typeof reportOn>) => reportOn(...given).instances.flatMap(({fixes}) => fixes)

describe('the fix of a Terraform plan', () => {
  it('is a block of the group if its rules are inline', () => {
    const address = 'aws_security_group.web'
    const [fix] = fixesOf(planOf({address, actions: ['update'], before: group(OPEN), after: group([])}))
    expect(fix?.text).toContain('# In aws_security_group.web set:')
    expect(fix?.text).toContain('egress {')
    expect(fix?.text).not.toContain('resource "aws_vpc_security_group_egress_rule"')
    expect(fix?.text).not.toContain(WEB_GROUP)
  })

  it('is a separate rule for a group whose rules are resources', () => {
    const rule = {security_group_id: WEB_GROUP, ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0', id: 'sgr-1'}
    const [fix] = fixesOf(
      planOf(
        {address: 'module.net.aws_security_group.web', actions: ['no-op'], before: group(OPEN), after: group(OPEN)},
        {address: 'aws_vpc_security_group_egress_rule.out', actions: ['delete'], before: rule},
      ),
    )
    expect(fix?.text).toContain('security_group_id = module.net.aws_security_group.web.id')
    expect(fix?.text).toContain('# Inside module.net, leave out its prefix')
  })
})

describe('what the plan creates', () => {
  const vpc = {address: 'module.net.aws_vpc.v[0]', actions: ['create'], after: {cidr_block: '10.9.0.0/16'}}
  const subnet = {
    address: 'aws_subnet.s',
    actions: ['create'],
    after: {cidr_block: '10.9.1.0/24', vpc_id: 'vpc-module.net.aws_vpc.v[0]'},
  }
  const node = {
    address: 'aws_instance.node',
    actions: ['create'],
    after: {subnet_id: 'subnet-aws_subnet.s', iam_instance_profile: 'web'},
  }
  const adopted = {
    address: 'aws_default_security_group.none',
    actions: ['create'],
    after: {vpc_id: 'vpc-module.net.aws_vpc.v[0]'},
  }
  it('is called by its address', () => {
    const table = {address: 'aws_route_table.t', actions: ['create'], after: {vpc_id: 'vpc-module.net.aws_vpc.v[0]'}}
    const used = {subnet_id: 'subnet-aws_subnet.s', route_table_id: 'rtb-aws_route_table.t'}
    const association = {address: 'aws_route_table_association.s', actions: ['create'], after: used}
    const {instances} = reportOn(planOf(vpc, subnet, table, association, node))
    const [cause] = instances[0]!.causes
    expect(instances[0]).toMatchObject({id: 'i-aws_instance.node', address: 'aws_instance.node'})
    expect(cause).toMatchObject({
      resource: 'aws_route_table.t',
      message: expect.stringContaining('oute table aws_route_table.t'),
    })
    const texts = instances.flatMap(({causes, fixes}) => [
      ...causes.map(({message}) => message),
      ...fixes.map(({title}) => title),
    ])
    expect(texts.filter((text) => /(?:rtb|vpc|subnet|sg|i)-(?:aws|module)/.test(text))).toEqual([])
  })

  it('has its rules as blocks if it is a default group, which keeps no others', () => {
    const [fix] = reportOn(planOf(vpc, adopted, subnet, node))
      .instances.flatMap(({fixes}) => fixes)
      .filter(({title}) => /443 in security group/.test(title))
    expect(fix?.text).toContain('# In aws_default_security_group.none set:')
    expect(fix?.text).not.toContain('resource "aws_vpc_security_group_egress_rule"')
  })
})

// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
it('a fix refers to the prefix list of a new gateway endpoint, whose id is not known yet, by the endpoint', () => {
  const after = {vpc_id: 'vpc-1', vpc_endpoint_type: 'Gateway', service_name: `com.amazonaws.${REGION}.s3`}
  const {resources} = terraformPlan('plan.json', planOf({address: 'aws_vpc_endpoint.s3', actions: ['create'], after}))
  const references = referencesTo(resources, 'terraform')
  expect(references.get(`pl-com.amazonaws.${REGION}.s3`)?.reference).toBe('aws_vpc_endpoint.s3.prefix_list_id')
  expect(references.get('vpce-aws_vpc_endpoint.s3')?.reference).toBe('aws_vpc_endpoint.s3.id')
})

// The provider lists in `managed_policy_arns` what other resources attach, also where the source does not set it.
it('a fix attaches a policy to a role whose source lists none, although its state does', () => {
  const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
  const state = {name: 'web', managed_policy_arns: [CORE]}
  const [fix] = fixesOf(
    planOf(
      {address: 'aws_iam_role.web', actions: ['no-op'], before: state, after: state},
      {
        address: 'aws_iam_role_policy_attachment.core',
        actions: ['delete'],
        before: {id: 'a', role: 'web', policy_arn: CORE},
      },
    ),
  )
  expect(fix?.text).toContain('resource "aws_iam_role_policy_attachment"')
})

it('a fix does not confuse a role with the instance profile of the same name', () => {
  const profile = {name: 'web', role: 'web'}
  const role = {address: 'aws_iam_role.r', actions: ['no-op'], before: {name: 'web'}, after: {name: 'web'}}
  const sameProfile = {address: 'aws_iam_instance_profile.p', actions: ['no-op'], before: profile, after: profile}
  const attachment = {role: 'web', policy_arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore', id: 'a'}
  const detached = {address: 'aws_iam_role_policy_attachment.core', actions: ['delete'], before: attachment}
  const node = (iam_instance_profile: string) => ({id: WEB, iam_instance_profile})
  const withoutProfile = {address: 'aws_instance.web', actions: ['update'], before: node('web'), after: node('')}
  const texts = (plan: ReturnType<typeof planOf>) => JSON.stringify(fixesOf(plan))
  expect(texts(planOf(role, sameProfile, detached))).toContain('role       = aws_iam_role.r.name')
  expect(texts(planOf(role, sameProfile, withoutProfile))).toContain('profile = aws_iam_instance_profile.p.name')
})

describe('the fix of a plan that lists policies or roles exclusively', () => {
  const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
  const role = (managed_policy_arns: readonly string[]) => ({name: 'web', managed_policy_arns})

  it.each([
    [
      {address: 'aws_iam_role.web', actions: ['update'], before: role([CORE]), after: role([])},
      `managed_policy_arns = concat(<the existing items>, ["${CORE}"])`,
    ],
    [
      {
        address: 'aws_iam_role_policy_attachments_exclusive.web',
        actions: ['create'],
        after: {role_name: 'web', policy_arns: []},
      },
      `policy_arns = concat(<the existing items>, ["${CORE}"])`,
    ],
    [
      {address: 'aws_iam_policy_attachment.core', actions: ['create'], after: {policy_arn: CORE, roles: ['batch']}},
      'roles = concat(<the existing items>, ["web"])',
    ],
  ])('is an item of that list: %o', (change, code) => {
    const [fix] = fixesOf(planOf(change))
    expect(fix?.text).toContain(`# In ${change.address} set:`)
    expect(fix?.text).toContain(code)
    expect(fix?.text).not.toContain('resource "aws_iam_role_policy_attachment"')
  })
})

describe('the fix of a template', () => {
  const fixes = (variables: Readonly<Record<string, string>>) => {
    const context = {...STACK, account: '000000000000', parameters: parametersFor(variables)}
    const plan = templatePlan(parseTemplate('t.yaml', TEMPLATE), context)
    const account = emptyAccount(REGION, '2026-11-20T12:00:00.000Z')
    return comparePlan(
      account,
      plan,
      {file: 't.yaml', language: 'cloudformation'},
      {
        snippet: (steps, place) => snippet(steps, 'cloudformation', place),
      },
    ).instances.flatMap((one) => one.fixes)
  }

  it('refers to the logical ids of the template', () => {
    const [fix] = fixes({group_port: '80'}).filter(({title}) => title.includes('TwoGroup'))
    expect(fix?.text).toContain('GroupId:\n        Ref: TwoGroup')
    expect(fix?.title).not.toContain('sg-TwoGroup')
  })

  it('names the resource to change', () => {
    const [fix] = fixes({metadata: 'disabled'}).filter(({title}) => /metadata/i.test(title))
    expect(fix?.text).toContain('PrivateInstance')
    expect(fix?.text).not.toContain('i-PrivateInstance exists')
  })
})

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html
describe('the fix of instances of an Auto Scaling group', () => {
  const data = {ImageId: 'ami-0a', SecurityGroupIds: [WEB_GROUP]}
  const reportOfGroup = (source: object, reference: object) =>
    comparePlan(
      healthy,
      templatePlan(
        {
          Resources: {
            Source: source,
            Fleet: {
              Type: 'AWS::AutoScaling::AutoScalingGroup',
              Properties: {VPCZoneIdentifier: [SUBNET, SUBNET], ...reference},
            },
          },
        } as never,
        STACK,
      ),
      {file: 't.yaml', language: 'cloudformation'},
      {snippet: (steps, place) => snippet(steps, 'cloudformation', place)},
    )
  const inTemplate = (change: object) =>
    reportOfGroup(
      {Type: 'AWS::EC2::LaunchTemplate', Properties: {LaunchTemplateData: {...data, ...change}}},
      {LaunchTemplate: {LaunchTemplateId: {Ref: 'Source'}}},
    )
  const textsOf = ({instances}: ReturnType<typeof comparePlan>) =>
    instances.map(({fixes}) => fixes[0]?.text.replaceAll('# ', ''))

  it('is in its launch template, for those of each subnet', () => {
    const report = inTemplate({})
    const profile = {id: 'iam.no-profile', resource: 'Fleet', by: [{address: 'Fleet', attributes: []}]}
    expect(report.instances.map(({causes}) => causes[0])).toMatchObject([profile, profile])
    const text = 'In Source set:\nProperties:\n  LaunchTemplateData:\n    IamInstanceProfile:\n      Name: web'
    expect(textsOf(report)).toEqual([text, text])
  })

  it('is in its launch configuration', () => {
    const {SecurityGroupIds: SecurityGroups, ImageId} = data
    const report = reportOfGroup(
      {Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: {ImageId, SecurityGroups}},
      {LaunchConfigurationName: {Ref: 'Source'}},
    )
    expect(textsOf(report)[0]).toBe('In Source set:\nProperties:\n  IamInstanceProfile: web')
  })

  it('is in the launch template of Terraform', () => {
    const address = 'aws_launch_template.t'
    const template = {vpc_security_group_ids: [WEB_GROUP], metadata_options: [{http_endpoint: 'disabled'}]}
    const group = {vpc_zone_identifier: [SUBNET], launch_template: [{id: 'lt-aws_launch_template.t'}]}
    const [fix] = fixesOf(
      planOf(
        {address, actions: ['create'], after: {...template, iam_instance_profile: [{name: 'web'}]}},
        {address: 'aws_autoscaling_group.g', actions: ['create'], after: group},
      ),
    ).filter(({title}) => /metadata/.test(title))
    expect(fix?.text).toContain('# In aws_launch_template.t set:')
    expect(fix?.text).toContain('http_endpoint = "enabled"')
  })
})

it('a public address of a new instance refers to the instance, whose interface has no id yet', () => {
  const {SubnetId, Properties} = {SubnetId: SUBNET, Properties: {ImageId: 'ami-0a', SecurityGroupIds: [WEB_GROUP]}}
  const Node = {Type: 'AWS::EC2::Instance', Properties: {...Properties, SubnetId, IamInstanceProfile: 'web'}}
  const plan = templatePlan({Resources: {Node}} as never, STACK)
  const references = referencesTo(plan.resources, 'cloudformation')
  const steps = [
    {
      service: 'ec2',
      operation: 'AssociateAddress',
      input: {AllocationId: 'eipalloc-0a', NetworkInterfaceId: 'eni-i-Node'},
    },
  ] as const
  expect(snippet(steps, 'cloudformation', {region: REGION, step: 1, codeReferences: references})).toContain(
    'InstanceId:\n        Ref: Node',
  )
})
