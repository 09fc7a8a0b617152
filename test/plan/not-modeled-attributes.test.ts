import {describe, expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {changeSetPlan, changesIn} from '../../src/plan/cloudformation/change-set.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {stackChange} from '../../src/plan/cloudformation/stack-change.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {planExitCode} from '../../src/plan/exit-code.ts'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {textPlan} from '../../src/render/text/plan.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {healthy, healthyBehindNat, REGION, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {applied, read, report} from './odd-plan.ts'
import {planOf, STACK} from './plans.ts'

const constant = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, {constant_value: value}]))

const updated = (address: string, before: object, after: object) =>
  planOf({address, actions: ['update'], before: {...before}, after: {...after}, expressions: constant(after)})

const created = (address: string, after: object) =>
  planOf({address, actions: ['create'], after: {...after}, expressions: constant(after)})

const notModeled = (plan: ReturnType<typeof planOf>) => read(plan).ignored.flatMap(({attributes}) => attributes ?? [])

describe('an attribute of a modeled resource that is not modeled', () => {
  const subnet = {id: SUBNET, vpc_id: VPC, outpost_arn: null, tags: null}
  const moved = updated('aws_subnet.a', subnet, {...subnet, outpost_arn: 'arn:aws:outposts:x', tags: {a: 'b'}})

  it('makes the effect of its change unknown, and is named', () => {
    const plan = report(moved)
    expect(planExitCode(plan)).toBe(3)
    expect(plan.ignored).toEqual([
      {address: 'aws_subnet.a', type: 'aws_subnet', attributes: ['outpost_arn'], relevant: true},
    ])
    expect(textPlan(plan, PIPE).replaceAll('\n', ' ')).toContain(
      'Not modeled, although an instance depends on it, in plan.json: aws_subnet.a (outpost_arn).',
    )
  })

  it.each([
    ['aws_route_table.a', {vpc_id: VPC, propagating_vgws: ['vgw-0a']}, ['propagating_vgws']],
    ['aws_instance.a', {ami: 'ami-0a', security_groups: ['web']}, ['security_groups']],
    ['aws_launch_template.a', {security_group_names: ['web'], user_data: 'eA=='}, ['security_group_names']],
    ['aws_eip.a', {associate_with_private_ip: '10.0.1.9', domain: 'vpc'}, ['associate_with_private_ip']],
    ['aws_route53_record.a', {ttl: 60, latency_routing_policy: [{region: 'x'}]}, ['latency_routing_policy.region']],
    ['aws_vpc.a', {ipv6_cidr_block: '2001:db8::/56', instance_tenancy: 'default'}, []],
    ['aws_iam_role.a', {description: 'x', path: '/ec2/', max_session_duration: 3600, tags: {a: 'b'}}, []],
    ['aws_instance.a', {key_name: 'x', root_block_device: [{volume_size: 30}], user_data: 'x'}, []],
    ['aws_security_group.a', {ingress: [{description: 'x', protocol: '-1'}], revoke_rules_on_delete: true}, []],
    ['aws_iam_role.a', {inline_policy: [{name: 'p', policy: '{"Statement":[]}'}]}, []],
    ['aws_ec2_instance_metadata_defaults.a', {http_tokens: 'required', http_put_response_hop_limit: 2}, []],
    [
      'aws_autoscaling_group.a',
      {
        max_size: 4,
        mixed_instances_policy: [{launch_template: [{override: [{instance_type: 't3.micro'}]}]}],
      },
      [],
    ],
  ])('of a new %s with %o: %o', (address, values, attributes) => {
    expect(notModeled(created(address, values))).toEqual(attributes)
  })

  it('is the policy of a record in a private zone, and has no effect in a public one', () => {
    const zone = {
      Id: '/hostedzone/Z0PRIVATE',
      Name: 'example.com.',
      VPCs: [{VPCId: VPC, VPCRegion: REGION}],
      ResourceRecordSets: [],
    }
    const isRelevantIn = (zone_id: string) => {
      const record = {zone_id, name: 'app.example.com', type: 'A', set_identifier: 'a', records: ['192.0.2.1']}
      const plan = created('aws_route53_record.a', {...record, latency_routing_policy: [{region: 'x'}]})
      return report(plan, {...healthy, HostedZones: [zone]}).ignored.map(({relevant}) => relevant)
    }
    expect([isRelevantIn('Z0PUBLIC'), isRelevantIn('Z0PRIVATE')]).toEqual([[false], [true]])
  })

  // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-launch-template-overrides.html
  it('is the launch template of one type of an Auto Scaling group', () => {
    const override = [{launch_template_specification: [{launch_template_id: 'lt-0a'}]}]
    const policy = [{launch_template: [{override}]}]
    expect(notModeled(created('aws_autoscaling_group.a', {mixed_instances_policy: policy}))).toEqual([
      'mixed_instances_policy.launch_template.override.launch_template_specification.launch_template_id',
    ])
  })
})

// https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
it('the profile of a launch template is unknown where the items of its dynamic block are, and not none', () => {
  const after = {image_id: 'ami-0a', network_interfaces: [{subnet_id: SUBNET, security_groups: [WEB_GROUP]}]}
  const unknown = {id: true, iam_instance_profile: true}
  const plan = planOf({
    address: 'aws_launch_template.a',
    actions: ['create'],
    after,
    unknown,
    expressions: constant(after),
  })
  expect(report(plan).instances).toMatchObject([{change: 'new', after: 'undecided'}])
})

describe('what a plan changes of addresses', () => {
  const subnet = {id: SUBNET, vpc_id: VPC, enable_dns64: false, ipv6_native: false}

  it('is DNS64 of a subnet', () => {
    const plan = updated('aws_subnet.a', subnet, {...subnet, enable_dns64: true, ipv6_cidr_block: '2001:db8::/64'})
    const own = itemsOf(applied(plan, healthyBehindNat).Subnets).find(({SubnetId}) => SubnetId === SUBNET)
    expect(own).toMatchObject({EnableDns64: true, Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: '2001:db8::/64'}]})
  })

  it('is the family of addresses of an endpoint: agents with IPv4 no longer reach one with IPv6 only', () => {
    const {VpcEndpointId, ServiceName} = itemsOf(healthy.VpcEndpoints).find(
      ({VpcEndpointType}) => VpcEndpointType === 'Interface',
    )!
    const endpoint = {id: VpcEndpointId, vpc_id: VPC, service_name: ServiceName, vpc_endpoint_type: 'Interface'}
    const before = {...endpoint, ip_address_type: 'ipv4', dns_options: [{dns_record_ip_type: 'ipv4'}]}
    const after = {...endpoint, ip_address_type: 'ipv6', dns_options: [{dns_record_ip_type: 'ipv6'}]}
    const expressions = {...constant(endpoint), ...constant({ip_address_type: 'ipv6'})}
    const plan = planOf({address: 'aws_vpc_endpoint.a', actions: ['update'], before, after, expressions})
    expect(report(plan).totals).toMatchObject({lost: itemsOf(healthy.Instances).length})
  })
})

// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint
it('private DNS of an endpoint in the code is enabled by its argument, not by a resource beside it', () => {
  const steps = [
    {service: 'ec2', operation: 'ModifyVpcEndpoint', input: {VpcEndpointId: 'vpce-0a', PrivateDnsEnabled: true}},
  ] as const
  const reference = {address: 'aws_vpc_endpoint.a', reference: 'aws_vpc_endpoint.a.id'}
  const place = {region: 'us-east-1', step: 1}
  const code = snippet(steps, 'terraform', {...place, codeReferences: new Map([['vpce-0a', reference]])})
  expect(code).not.toContain('aws_vpc_endpoint_private_dns')
  expect(code).toContain('private_dns_enabled = true')
  expect(snippet(steps, 'terraform', place)).toContain('aws_vpc_endpoint_private_dns')
})

describe('a property of CloudFormation that nothing reads', () => {
  const SOURCE = {file: 't.yaml', language: 'cloudformation'} as const
  const template = (type: string, Properties: object) => ({Resources: {X: {Type: type, Properties}}})
  const LATER = {'Fn::ImportValue': 'x'}
  const overridden = (LaunchTemplateSpecification: object) => ({
    VPCZoneIdentifier: [SUBNET],
    MixedInstancesPolicy: {LaunchTemplate: {Overrides: [{LaunchTemplateSpecification}]}},
  })

  // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-launch-template-overrides.html
  it.each([
    [
      'AWS::AutoScaling::AutoScalingGroup',
      overridden({LaunchTemplateId: 'lt-0a', Version: '1'}),
      'MixedInstancesPolicy.LaunchTemplate.Overrides.LaunchTemplateSpecification',
    ],
    ['AWS::AutoScaling::LaunchConfiguration', {InstanceId: WEB}, 'InstanceId'],
    ['AWS::EC2::Instance', {SubnetId: SUBNET, MetadataOptions: {HttpEndpoint: LATER}}, 'MetadataOptions.HttpEndpoint'],
    ['AWS::EC2::Instance', {SubnetId: SUBNET, MetadataOptions: LATER}, 'MetadataOptions.HttpEndpoint'],
    ['AWS::EC2::EIPAssociation', {InstanceId: WEB, PrivateIpAddress: '10.0.1.9'}, 'PrivateIpAddress'],
  ])('makes the effect of %s with %o unknown: %s', (type, properties, path) => {
    const plan = comparePlan(healthy, templatePlan(template(type, properties), STACK), SOURCE)
    expect(plan.ignored).toEqual([{address: 'X', type, attributes: [path], relevant: true}])
    expect(planExitCode({...plan, instances: []})).toBe(3)
  })

  it('is named in a group of records as in a record, and not where no agent depends on it', () => {
    const ignored = (type: string, properties: object) =>
      templatePlan(template(type, properties), STACK).ignored.flatMap(({attributes}) => attributes)
    const record = {Name: 'ssm.us-east-1.amazonaws.com', Type: 'A', SetIdentifier: 'a', Failover: 'PRIMARY'}
    expect(ignored('AWS::Route53::RecordSet', {HostedZoneId: 'Z1', ...record})).toEqual(['Failover'])
    expect(ignored('AWS::Route53::RecordSetGroup', {HostedZoneId: 'Z1', RecordSets: [record]})).toEqual([
      'RecordSets.Failover',
    ])
    expect(ignored('AWS::EC2::Instance', {SubnetId: SUBNET, MetadataOptions: {HttpTokens: LATER}})).toEqual([])
  })

  it('is named where it changes, and not where it stays as it was', () => {
    const group = (version: string, size: string) =>
      template('AWS::AutoScaling::AutoScalingGroup', {
        ...overridden({LaunchTemplateId: 'lt-0a', Version: version}),
        MaxSize: size,
      })
    const context = {...STACK, physicalIds: new Map([['X', 'web']])}
    const ignored = (later: object) => stackChange(templatePlan(group('1', '2'), context), {...later}, context).ignored
    expect(ignored(group('1', '3'))).toEqual([])
    expect(ignored(group('2', '2'))).toMatchObject([{address: 'X'}])
    expect(ignored({Resources: {}})).toEqual([])
    const contextOf = (version: string) => JSON.stringify(group(version, '2').Resources.X)
    const fields = {LogicalResourceId: 'X', ResourceType: 'AWS::AutoScaling::AutoScalingGroup', Action: 'Modify'}
    const changeSet = (BeforeContext: string, AfterContext: string) =>
      changeSetPlan(changesIn({Changes: [{ResourceChange: {...fields, BeforeContext, AfterContext}}]}), STACK).ignored
    expect(changeSet(contextOf('1'), contextOf('1'))).toEqual([])
    expect(changeSet(contextOf('1'), contextOf('2'))).toMatchObject([{address: 'X'}])
  })

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
  it('is none of the security groups of an instance by name, nor an interface before its primary one', () => {
    const launched = (properties: object) =>
      comparePlan(
        healthy,
        templatePlan(template('AWS::EC2::Instance', {IamInstanceProfile: 'web', ...properties}), STACK),
        SOURCE,
      ).instances[0]
    expect(launched({SubnetId: SUBNET, SecurityGroups: ['web']})).toMatchObject({after: 'undecided'})
    const NetworkInterfaces = [
      {DeviceIndex: '1', SubnetId: 'subnet-0b'},
      {DeviceIndex: '0', SubnetId: SUBNET, GroupSet: [WEB_GROUP]},
    ]
    expect(launched({NetworkInterfaces})).toMatchObject({after: 'degraded'})
    expect(launched({NetworkInterfaces: LATER})).toMatchObject({after: 'undecided'})
  })
})
