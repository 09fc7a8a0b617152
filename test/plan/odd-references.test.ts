import {describe, expect, it} from 'vitest'
import {isUnreadable, itemsOf} from '../../src/model/account.ts'
import {UNKNOWN} from '../../src/plan/resource.ts'
import {CORE, healthy, PROFILE, REGION, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {applied, OPEN, read, ref, report, totals, withFields} from './odd-plan.ts'
import {type Change, planOf} from './plans.ts'

describe('groups that the plan shows only as references', () => {
  const extra = {
    address: 'aws_security_group.extra',
    actions: ['create'],
    after: {name: 'extra', vpc_id: VPC, egress: OPEN},
  }
  const other = {
    address: 'aws_security_group.other',
    actions: ['create'],
    after: {name: 'other', vpc_id: VPC, egress: OPEN},
  }
  const groupsOf = (references: readonly string[], variables: object = {}) => {
    const node = {
      address: 'aws_instance.new',
      actions: ['create'],
      after: {subnet_id: SUBNET, iam_instance_profile: 'web'},
      unknown: {vpc_security_group_ids: true},
      expressions: {vpc_security_group_ids: {references}},
    }
    const after = applied({...planOf(extra, other, node), variables})
    return itemsOf(after.Instances).find(({InstanceId}) => InstanceId === 'i-aws_instance.new')?.SecurityGroups
  }
  const ids = (...names: readonly string[]) => names.map((GroupId) => ({GroupId}))

  it('are those', () => {
    expect(groupsOf(['aws_security_group.extra.id', 'aws_security_group.extra'])).toEqual(
      ids('sg-aws_security_group.extra'),
    )
  })

  it('are those and what a variable adds', () => {
    const references = ['aws_security_group.extra.id', 'aws_security_group.extra', 'var.more']
    expect(groupsOf(references, {more: {value: [WEB_GROUP]}})).toEqual(ids('sg-aws_security_group.extra', WEB_GROUP))
  })

  it.each([
    ['a condition may choose among them', ['var.which', 'aws_security_group.extra.id', 'aws_security_group.other.id']],
    ['a local value is in between', ['local.groups']],
    ['a data source adds to them', ['aws_security_group.extra.id', 'data.aws_security_groups.more.ids']],
  ])('are unknown if %s', (_, references) => {
    expect(groupsOf(references, {which: {value: 'a'}})).toBeUndefined()
  })
})

describe('an attribute of another resource', () => {
  const S3 = `com.amazonaws.${REGION}.s3`

  it('is followed through further references', () => {
    const plan = planOf(
      {address: 'aws_vpc.v', actions: ['create'], after: {cidr_block: '10.9.0.0/16'}},
      {
        address: 'aws_subnet.s',
        actions: ['create'],
        after: {cidr_block: '10.9.1.0/24'},
        unknown: {vpc_id: true},
        expressions: {vpc_id: ref('aws_vpc.v.id', 'aws_vpc.v')},
      },
      {
        address: 'aws_security_group.g',
        actions: ['create'],
        after: {name: 'g', egress: OPEN},
        unknown: {vpc_id: true},
        expressions: {vpc_id: ref('aws_subnet.s.vpc_id', 'aws_subnet.s')},
      },
    )
    const made = itemsOf(applied(plan).SecurityGroups).find(({GroupName}) => GroupName === 'g')
    expect(made?.VpcId).toBe('vpc-aws_vpc.v')
  })

  it('is that of the same module, however deep it is', () => {
    const [inner, vpc] = ['module.net.module.inner', {address: 'aws_vpc.v', actions: ['create']}]
    const group = {
      address: 'aws_security_group.g',
      actions: ['create'],
      after: {name: 'g', egress: OPEN},
      unknown: {vpc_id: true},
      expressions: {vpc_id: ref('aws_vpc.v.id', 'aws_vpc.v')},
    }
    const {configuration, resource_changes, ...rest} = planOf({...vpc, after: {cidr_block: '10.9.0.0/16'}}, group)
    const {root_module: module, ...providers} = configuration
    const plan = {
      ...rest,
      resource_changes: resource_changes.map((one) => ({
        ...one,
        address: `${inner}.${one.address}`,
        module_address: inner,
      })),
      configuration: {
        ...providers,
        root_module: {module_calls: {net: {module: {module_calls: {inner: {module}}}}}},
      },
    }
    const made = itemsOf(applied(plan).SecurityGroups).find(({GroupName}) => GroupName === 'g')
    expect(made?.VpcId).toBe(`vpc-${inner}.aws_vpc.v`)
  })

  it.each([
    [
      'that AWS manages in the account',
      [{PrefixListId: 'pl-0123abcd', PrefixListName: S3, Entries: []}],
      'pl-0123abcd',
    ],
    ['that the account does not list', [], `pl-${S3}`],
  ])('can be the prefix list of a new gateway endpoint, %s', (_, ManagedPrefixLists, id) => {
    const endpoint = {address: 'aws_vpc_endpoint.s3', actions: ['create'], after: {vpc_id: VPC, service_name: S3}}
    const rule = {
      address: 'aws_vpc_security_group_egress_rule.s3',
      actions: ['create'],
      after: {security_group_id: WEB_GROUP, ip_protocol: 'tcp', from_port: 443, to_port: 443},
      unknown: {prefix_list_id: true},
      expressions: {prefix_list_id: ref('aws_vpc_endpoint.s3.prefix_list_id', 'aws_vpc_endpoint.s3')},
    }
    const {SecurityGroups} = applied(planOf(endpoint, rule), {...healthy, ManagedPrefixLists})
    const web = itemsOf(SecurityGroups).find(({GroupId}) => GroupId === WEB_GROUP)
    expect(web?.IpPermissionsEgress.at(-1)?.PrefixListIds).toMatchObject([{PrefixListId: id}])
  })

  it('that refers to itself has no value', () => {
    const plan = planOf(
      {
        address: 'aws_subnet.a',
        actions: ['create'],
        after: {},
        unknown: {vpc_id: true},
        expressions: {vpc_id: ref('aws_vpc.b.vpc_id')},
      },
      {
        address: 'aws_vpc.b',
        actions: ['create'],
        after: {},
        unknown: {vpc_id: true},
        expressions: {vpc_id: ref('aws_vpc.b.vpc_id')},
      },
    )
    expect(() => report(plan)).not.toThrow()
  })
})

describe('a local value of a module, which plans do not show', () => {
  const vpc = {address: 'aws_vpc.v', actions: ['create'], after: {cidr_block: '10.9.0.0/16'}}
  const subnet = (key: number) => ({
    address: `aws_subnet.s[${key}]`,
    actions: ['create'],
    after: {cidr_block: `10.9.${key}.0/24`},
    unknown: {vpc_id: true},
    expressions: {vpc_id: ref('local.vpc_id')},
  })
  const {configuration, resource_changes} = planOf(vpc, subnet(0), subnet(1))
  const output = {expression: ref('aws_subnet.s')}
  const moduleOf = (expressions = {}) => ({
    expressions,
    module: {...configuration.root_module, outputs: {subnets: output}},
  })
  const node = {
    address: 'aws_instance.node',
    actions: ['create'],
    after: {vpc_security_group_ids: [WEB_GROUP], iam_instance_profile: 'web'},
    unknown: {subnet_id: true},
    expressions: {subnet_id: ref('module.b.subnets[1]', 'module.b.subnets')},
  }
  const planWith = (calls: object) => {
    const {configuration: root, resource_changes: nodes} = planOf(node)
    return {
      ...planOf(),
      resource_changes: [
        ...nodes,
        ...['module.a', 'module.b'].flatMap((module_address) =>
          resource_changes.map((one) => ({
            ...one,
            ...(one.type === 'aws_subnet' && {index: Number(/\d/.exec(one.address)![0])}),
            module_address,
            address: `${module_address}.${one.address}`,
          })),
        ),
      ],
      configuration: {...root, root_module: {...root.root_module, module_calls: calls}},
    }
  }
  const network = (calls: object) => {
    const {Subnets, Instances} = applied(planWith(calls))
    const made = itemsOf(Subnets).filter(({SubnetId}) => SubnetId.startsWith('subnet-module.b'))
    return {
      vpcs: made.map(({VpcId}) => VpcId),
      node: itemsOf(Instances).find(({InstanceId}) => InstanceId === 'i-aws_instance.node')?.SubnetId,
    }
  }

  it('leads to what the module creates, and an index to one of the list that it returns', () => {
    expect(network({a: moduleOf(), b: moduleOf({cidr: {constant_value: '10.9.0.0/16'}})})).toEqual({
      vpcs: ['vpc-module.b.aws_vpc.v', 'vpc-module.b.aws_vpc.v'],
      node: 'subnet-module.b.aws_subnet.s[1]',
    })
  })

  it('does not hide what a module with a key refers to itself', () => {
    const module = {
      ...configuration.root_module,
      resources: configuration.root_module.resources.map((one) =>
        one.type === 'aws_subnet' ? {...one, expressions: {vpc_id: ref('aws_vpc.v')}} : one,
      ),
    }
    const rows = ['module.net["a"]', 'module.net["b"]'].flatMap((own) =>
      resource_changes.map((one) => ({...one, module_address: own, address: `${own}.${one.address}`})),
    )
    const counted = rows.map((one) => (one.type === 'aws_vpc' ? {...one, index: 0, address: `${one.address}[0]`} : one))
    const plan = {
      ...planOf(),
      resource_changes: counted,
      configuration: {root_module: {module_calls: {net: {module}}}},
    }
    const made = itemsOf(applied(plan).Subnets).filter(({SubnetId}) => SubnetId.startsWith('subnet-module.net["b"]'))
    const vpc = 'vpc-module.net["b"].aws_vpc.v[0]'
    expect(made.map(({VpcId}) => VpcId)).toEqual([vpc, vpc])
  })

  it('does not lead to what a data source of another module reads during apply', () => {
    const plan = planWith({a: moduleOf(), b: moduleOf()})
    const data = {mode: 'data', type: 'aws_vpc', name: 'x', change: {actions: ['read'], before: null, after: null}}
    const vpcsWith = (module: string) => {
      const row = {...data, address: `${module}.data.aws_vpc.x`, module_address: module}
      const {Subnets} = applied({...plan, resource_changes: [...plan.resource_changes, row]})
      return itemsOf(Subnets).filter(({SubnetId}) => SubnetId.startsWith('subnet-module.b')).length
    }
    expect([vpcsWith('module.a'), vpcsWith('module.b')]).toEqual([2, 0])
  })

  it('may lead to what a variable passes on to the module', () => {
    const passed = {a: moduleOf(), b: moduleOf({vpc_id: ref('module.a.vpc_id')})}
    expect(network(passed).vpcs).toEqual([])
  })

  it('of the root module may lead to any', () => {
    expect(network({a: moduleOf(), b: moduleOf({vpc_id: ref('local.vpc_id')})}).vpcs).toEqual([])
  })
})

it('element continues with the first of a list after the last', () => {
  const associated = (key: number) => ({
    address: `aws_route_table_association.a[${key}]`,
    actions: ['create'],
    after: {subnet_id: SUBNET},
    unknown: {route_table_id: true},
    expressions: {route_table_id: ref('aws_route_table.t', 'count.index')},
  })
  const table = {address: 'aws_route_table.t[0]', actions: ['create'], after: {vpc_id: VPC}}
  const plan = planOf(table, associated(2))
  const indexed = {...plan, resource_changes: plan.resource_changes.map((one, at) => ({...one, index: [0, 2][at]}))}
  const made = itemsOf(applied(indexed).RouteTables).find(({RouteTableId}) => RouteTableId.startsWith('rtb-aws'))
  expect(made?.Associations.map(({SubnetId}) => SubnetId)).toEqual([SUBNET])
})

describe('a route table that is known only after apply', () => {
  const table = {address: 'aws_route_table.new', actions: ['create'], after: {vpc_id: VPC}}
  const route = {
    address: 'aws_route.out',
    actions: ['create'],
    after: {destination_cidr_block: '0.0.0.0/0', gateway_id: 'igw-0aaaaaaaaaaaaaa01'},
    unknown: {route_table_id: true},
    expressions: {route_table_id: ref('local.table')},
  }

  it('is one of those that the plan creates', () => {
    expect(totals(planOf(table, route))).toMatchObject({unchanged: 1, unknown: 0})
  })

  const withData = (type: string) =>
    totals(withFields(planOf(table, route, {address: `data.${type}.any`, actions: ['read']}), {mode: 'data'}, 2))

  it('may be any if a data source is read during apply', () => {
    expect(withData('aws_route_table')).toMatchObject({unknown: 1})
  })

  it('is one of them also if the document of a policy is read during apply, which holds no ids', () => {
    expect(withData('aws_iam_policy_document')).toMatchObject({unknown: 0})
  })
})

describe('what instances are launched from', () => {
  const template = {address: 'aws_launch_template.t', actions: ['update'], before: {id: 'lt-1', name: 't'}}
  const bad = {id: 'lt-1', name: 't', vpc_security_group_ids: [WEB_GROUP]}
  const fleet = (values: object) => ({
    address: 'aws_autoscaling_group.g',
    actions: ['no-op'],
    before: {id: 'g', vpc_zone_identifier: [SUBNET], ...values},
    after: {id: 'g', vpc_zone_identifier: [SUBNET], ...values},
  })

  it('is examined in a group that uses it, even if the group itself does not change', () => {
    const {instances} = report(planOf({...template, after: bad}, fleet({launch_template: [{id: 'lt-1'}]})))
    expect(instances).toMatchObject([{address: 'aws_autoscaling_group.g', change: 'new', after: 'unmanaged'}])
  })

  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
  it.each([
    ['the latest version', '$Latest', {}, 1],
    ['a version by its number', '3', {}, 0],
    ['the default version, which stays what it is', '$Default', {}, 0],
    ['the default version, which the template changes', '$Default', {default_version: 4}, 1],
  ])('is launched by a group that names %s only if that is the new one', (_, version, change, launched) => {
    const [before, after] = [
      {...template.before, default_version: 3},
      {...bad, default_version: 3, ...change},
    ]
    const {instances} = report(planOf({...template, before, after}, fleet({launch_template: [{id: 'lt-1', version}]})))
    expect(instances).toHaveLength(launched)
  })

  it('is launched by a group whose version changes, and that of a group that keeps it is undetermined', () => {
    const group = (version: string) => fleet({launch_template: [{id: 'lt-1', version}]})
    const changed = (from: string, to: string) =>
      report(planOf({...template, after: bad}, {...group(to), actions: ['update'], before: group(from).before}))
    expect(changed('3', '4').instances).toMatchObject([{after: 'unmanaged'}])
    expect(changed('3', '3').instances).toMatchObject([{after: 'undecided'}])
  })

  it('is found in a policy of mixed instances', () => {
    const mixed = [{launch_template: [{launch_template_specification: [{launch_template_id: 'lt-1'}]}]}]
    const {instances} = report(planOf({...template, after: bad}, fleet({mixed_instances_policy: mixed})))
    expect(instances).toMatchObject([{address: 'aws_autoscaling_group.g', after: 'unmanaged'}])
  })

  it('is examined on its own in the subnet that it names', () => {
    const own = {...bad, iam_instance_profile: [{name: 'web'}], network_interfaces: [{subnet_id: SUBNET}]}
    const {instances} = report(planOf({...template, after: own}))
    expect(instances).toMatchObject([{address: 'aws_launch_template.t', change: 'new'}])
    expect(instances[0]?.after).not.toBe('undecided')
  })

  it('is undetermined if the plan does not include a subnet', () => {
    expect(report(planOf({...template, after: bad})).instances).toMatchObject([{after: 'undecided'}])
  })

  it('can be a launch configuration', () => {
    const plan = planOf(
      {
        address: 'aws_launch_configuration.c',
        actions: ['create'],
        after: {image_id: 'ami-1', security_groups: [WEB_GROUP]},
        unknown: {name: true},
      },
      {
        ...fleet({}),
        actions: ['update'],
        after: {id: 'g', vpc_zone_identifier: [SUBNET]},
        unknown: {launch_configuration: true},
        expressions: {launch_configuration: ref('aws_launch_configuration.c.name', 'aws_launch_configuration.c')},
      },
    )
    expect(report(plan).instances).toMatchObject([
      {after: 'unmanaged', causes: expect.arrayContaining([expect.objectContaining({id: 'iam.no-profile'})])},
    ])
  })

  it.each([
    [
      'a launch template, by its name',
      {
        address: 'aws_launch_template.t',
        after: {
          name: 'web',
          image_id: 'ami-1',
          iam_instance_profile: [{arn: PROFILE}],
          network_interfaces: [{associate_public_ip_address: 'true', security_groups: [WEB_GROUP]}],
        },
      },
      {launch_template: [{name: 'web'}]},
    ],
    [
      'a launch configuration, by its name',
      {
        address: 'aws_launch_configuration.c',
        after: {
          name: 'web',
          image_id: 'ami-1',
          iam_instance_profile: PROFILE,
          associate_public_ip_address: 'true',
          security_groups: [WEB_GROUP],
        },
      },
      {launch_configuration: 'web'},
    ],
  ])('gives a group its image, profile, groups and public address: %s', (_, source, reference) => {
    const {resources} = read(planOf({...source, actions: ['create']}, fleet(reference)))
    expect(resources.map(({after}) => after)).toEqual([
      {
        ImageId: 'ami-1',
        IamInstanceProfile: PROFILE,
        AssociatePublicIpAddress: 'true',
        SecurityGroupIds: [WEB_GROUP],
        SubnetIds: [SUBNET],
      },
    ])
  })

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance
  it.each(['network_interface', 'primary_network_interface'])('can be a network interface: %s', (block) => {
    const plan = planOf(
      {
        address: 'aws_network_interface.n',
        actions: ['create'],
        after: {subnet_id: SUBNET, security_groups: [WEB_GROUP]},
      },
      {
        address: 'aws_instance.new',
        actions: ['create'],
        after: {iam_instance_profile: 'web', [block]: [block === 'network_interface' ? {device_index: 0} : {}]},
        unknown: {subnet_id: true, [block]: [{network_interface_id: true}]},
        expressions: {
          [block]: [
            {
              ...(block === 'network_interface' && {device_index: {constant_value: 0}}),
              network_interface_id: ref('aws_network_interface.n.id', 'aws_network_interface.n'),
            },
          ],
        },
      },
    )
    const made = itemsOf(applied(plan).Instances).find(({InstanceId}) => InstanceId === 'i-aws_instance.new')
    expect(made).toMatchObject({SubnetId: SUBNET, SecurityGroups: [{GroupId: WEB_GROUP}]})
  })

  it('removes its instances when the group is deleted', () => {
    const account = {
      ...healthy,
      Instances: itemsOf(healthy.Instances).map((one) => ({
        ...one,
        Tags: [{Key: 'aws:autoscaling:groupName', Value: 'g'}],
      })),
    }
    expect(totals(planOf({...fleet({}), actions: ['delete'], after: undefined as never}), account).removed).toBe(1)
  })
})

it('a part of an endpoint that is not in the account leaves the endpoints undetermined, for it may be newer', () => {
  const part = planOf({
    address: 'aws_vpc_endpoint_security_group_association.new',
    actions: ['create'],
    after: {vpc_endpoint_id: 'vpce-0ffffffffffffffff', security_group_id: WEB_GROUP},
  })
  expect(applied(part).VpcEndpoints).toEqual({
    unreadable: 'aws_vpc_endpoint_security_group_association.new: known only after the plan is applied',
  })
  expect(totals(part)).toMatchObject({unknown: 1, unchanged: 0})
})

it('a main route table that is not in the account leaves the route tables undetermined, for it may be newer', () => {
  const main = planOf({
    address: 'aws_main_route_table_association.new',
    actions: ['create'],
    after: {vpc_id: VPC, route_table_id: 'rtb-0ffffffffffffffff'},
  })
  expect(applied(main).RouteTables).toMatchObject({
    unreadable: 'aws_main_route_table_association.new: known only after the plan is applied',
  })
  expect(totals(main)).toMatchObject({lost: 0, unknown: 1})
})

describe('what the provider fills in', () => {
  const profile = {address: 'aws_iam_instance_profile.p', actions: ['create'], after: {name: 'p', role: 'web'}}
  const node = (...references: readonly string[]) => ({
    address: 'aws_instance.new',
    actions: ['create'],
    after: {subnet_id: SUBNET, vpc_security_group_ids: [WEB_GROUP]},
    unknown: {iam_instance_profile: true},
    expressions: {iam_instance_profile: ref(...references)},
  })
  const profileOf = (...references: readonly string[]) =>
    itemsOf(applied(planOf(profile, node(...references))).Instances).find(
      ({InstanceId}) => InstanceId === 'i-aws_instance.new',
    )?.IamInstanceProfile

  it('is no profile where the source refers to one with a count of 0', () => {
    expect(profileOf('aws_iam_instance_profile.none[0].name', 'aws_iam_instance_profile.none', 'var.profile')).toBe(
      undefined,
    )
    expect(profileOf('aws_iam_instance_profile.p.name', 'aws_iam_instance_profile.p')).toBeDefined()
  })

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group_rule
  it('is no second peer of a rule with CIDR blocks, whose source group is left out by a condition', () => {
    const rule = {
      address: 'aws_security_group_rule.https',
      actions: ['create'],
      after: {type: 'ingress', protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['10.0.0.0/16']},
      unknown: {source_security_group_id: true, security_group_id: true},
      expressions: {
        source_security_group_id: ref('each.value'),
        security_group_id: ref('aws_security_group.new.id', 'aws_security_group.new'),
      },
    }
    const group = {address: 'aws_security_group.new', actions: ['create'], after: {name: 'new', vpc_id: VPC}}
    const made = itemsOf(applied(planOf(group, rule)).SecurityGroups).find(({GroupName}) => GroupName === 'new')
    expect(made?.IpPermissions).toMatchObject([{IpRanges: [{CidrIp: '10.0.0.0/16'}]}])
  })

  it('is the id of a new group, which allows traffic within itself', () => {
    const self = {protocol: 'tcp', from_port: 443, to_port: 443, self: true}
    const group = {
      address: 'aws_security_group.new',
      actions: ['create'],
      after: {name: 'new', vpc_id: VPC, ingress: [self]},
      unknown: {id: true},
      expressions: {vpc_id: {constant_value: VPC}},
    }
    const made = itemsOf(applied(planOf(group)).SecurityGroups).find(({GroupName}) => GroupName === 'new')
    expect(made?.IpPermissions).toMatchObject([{UserIdGroupPairs: [{GroupId: made?.GroupId}]}])
  })

  it('is not among the attributes that a replacement changes', () => {
    const plan = planOf({
      address: 'aws_security_group_rule.out',
      actions: ['delete', 'create'],
      before: {id: 'sgrule-1', type: 'egress', from_port: 443, to_port: 443, protocol: 'tcp'},
      after: {type: 'egress', from_port: 80, to_port: 443, protocol: 'tcp'},
      unknown: {id: true},
      expressions: {from_port: {constant_value: 80}},
    })
    expect(read(plan).resources.flatMap(({attributes}) => attributes)).not.toContain('id')
  })
})

it('a dynamic block, which the configuration of a plan leaves out, refers to what its module creates', () => {
  const template = {
    address: 'aws_launch_template.t',
    actions: ['create'],
    after: {vpc_security_group_ids: [WEB_GROUP], iam_instance_profile: [{name: 'web'}]},
  }
  const group = {
    address: 'aws_autoscaling_group.g',
    actions: ['create'],
    after: {vpc_zone_identifier: [SUBNET], launch_template: [{}]},
    unknown: {launch_template: [{id: true, name: true, version: true}]},
    expressions: {vpc_zone_identifier: {constant_value: [SUBNET]}},
  }
  const outcomes = report(planOf(template, group)).instances.map(({address, after}) => [address, after !== 'undecided'])
  expect(outcomes).toEqual([['aws_autoscaling_group.g', true]])
})

// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/spot_instance_request
describe('a Spot Instance request', () => {
  const own = {subnet_id: SUBNET, vpc_security_group_ids: [WEB_GROUP]}

  it('launches an instance, which is examined', () => {
    const request = {address: 'aws_spot_instance_request.s', actions: ['create'], after: own}
    const [launched] = report(planOf(request)).instances
    expect(launched).toMatchObject({address: 'aws_spot_instance_request.s', change: 'new', after: 'unmanaged'})
    expect(launched?.causes.map(({id}) => id)).toContain('iam.no-profile')
  })

  it('that is removed terminates its instance', () => {
    const before = {...own, id: 'sir-1', spot_instance_id: WEB}
    const request = {address: 'aws_spot_instance_request.s', actions: ['delete'], before}
    expect(report(planOf(request)).instances).toMatchObject([{id: WEB, change: 'removed'}])
  })
})

// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role#name_prefix-1
it('a role whose name the provider completes is known all the same', () => {
  const assume_role_policy = JSON.stringify({
    Statement: [{Effect: 'Allow', Action: 'sts:AssumeRole', Principal: {Service: 'ec2.amazonaws.com'}}],
  })
  const named = {name: ref('var.use_name_prefix', 'local.role_name')}
  const launch = planOf(
    {
      address: 'aws_iam_role.this',
      actions: ['create'],
      after: {name_prefix: 'node-', assume_role_policy},
      unknown: {id: true, arn: true, name: true},
      expressions: named,
    },
    {
      address: 'aws_iam_instance_profile.this',
      actions: ['create'],
      after: {name_prefix: 'node-'},
      unknown: {id: true, arn: true, name: true, role: true},
      expressions: {...named, role: ref('aws_iam_role.this.name', 'aws_iam_role.this')},
    },
    {
      address: 'aws_iam_role_policy_attachment.this',
      actions: ['create'],
      after: {policy_arn: CORE},
      unknown: {id: true, role: true},
      expressions: {role: ref('aws_iam_role.this.name', 'aws_iam_role.this')},
    },
    {
      address: 'aws_instance.this',
      actions: ['create'],
      after: {subnet_id: SUBNET, vpc_security_group_ids: [WEB_GROUP]},
      unknown: {id: true, iam_instance_profile: true},
      expressions: {iam_instance_profile: ref('aws_iam_instance_profile.this.name', 'aws_iam_instance_profile.this')},
    },
  )
  expect(report(launch).instances).toMatchObject([{change: 'new', after: 'degraded'}])
  const {resource_changes: changes} = launch
  const denied = report({...launch, resource_changes: changes.filter(({type}) => !/attachment/.test(type))})
  expect(denied.instances[0]?.causes[0]?.id).toBe('iam.no-registration-permission')
})

// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
describe('a policy whose document is read during apply', () => {
  const of = ref('data.aws_iam_policy_document.d.json', 'data.aws_iam_policy_document.d')
  const verdictWith = (statement: object, unknown: object = {}, more: object = {}, policy: object = of) => {
    const plan = planOf(
      {
        address: 'data.aws_iam_policy_document.d',
        actions: ['read'],
        after: {version: null, statement: [{effect: null, ...statement}], ...more},
        unknown: {id: true, json: true, statement: [unknown]},
      },
      {
        address: 'aws_iam_role_policy.own',
        actions: ['create'],
        after: {role: 'web', name: 'own'},
        unknown: {policy: true},
        expressions: {policy},
      },
    )
    const {instances, totals} = report(withFields(plan, {mode: 'data'}), {...healthy, SessionPreferences: []})
    return instances[0]?.causes[0]?.id ?? (totals.unknown > 0 ? 'unknown' : 'unchanged')
  }
  const ofBucket = {actions: ['s3:GetObject'], resources: [null]}
  const LATER = {resources: [true]}

  it('is known as far as its arguments are', () => {
    expect(verdictWith(ofBucket, LATER)).toBe('unchanged')
    expect(verdictWith({effect: 'Deny', actions: ['ssm:*', 'ssmmessages:*'], resources: ['*']})).toBe(
      'iam.explicit-deny',
    )
  })

  it('is unknown where the agent may depend on what is known only later, and where it is made of others', () => {
    expect(verdictWith({effect: 'Deny', actions: ['ssm:*'], resources: [null]}, LATER)).toBe('unknown')
    expect(verdictWith({...ofBucket, actions: [null]}, {actions: [true]})).toBe('unknown')
    expect(verdictWith(ofBucket, LATER, {source_policy_documents: ['{}']})).toBe('unknown')
    expect(verdictWith(ofBucket, LATER, {}, ref('aws_s3_bucket.b.arn', 'aws_s3_bucket.b'))).toBe('unknown')
  })

  it('has policy variables as IAM writes them', () => {
    const condition = [{test: 'StringEquals', variable: 'aws:PrincipalAccount', values: ['&{aws:ResourceAccount}']}]
    const statement = {effect: 'Deny', actions: ['ssm:*'], resources: ['*'], condition}
    expect(verdictWith(statement)).toBe('iam.explicit-deny')
  })

  it('has the principals and the conditions of all of its blocks', () => {
    const principals = [
      {type: 'Service', identifiers: ['ec2.amazonaws.com']},
      {type: 'Service', identifiers: ['ssm.amazonaws.com']},
    ]
    const condition = [
      {test: 'StringEquals', variable: 'aws:SourceAccount', values: ['111122223333']},
      {test: 'StringEquals', variable: 'aws:SourceAccount', values: ['444455556666']},
      {test: 'Bool', variable: 'aws:SecureTransport', values: ['true']},
    ]
    const plan = planOf(
      {
        address: 'data.aws_iam_policy_document.trust',
        actions: ['read'],
        after: {statement: [{actions: ['sts:AssumeRole'], principals, condition}]},
        unknown: {json: true},
      },
      {
        address: 'aws_iam_role.new',
        actions: ['create'],
        after: {name: 'new'},
        unknown: {assume_role_policy: true},
        expressions: {assume_role_policy: ref('data.aws_iam_policy_document.trust.json')},
      },
    )
    const role = itemsOf(applied(withFields(plan, {mode: 'data'})).Roles).find(({Arn}) => Arn.endsWith('/new'))
    const Principal = {Service: ['ec2.amazonaws.com', 'ssm.amazonaws.com']}
    const Condition = {
      StringEquals: {'aws:SourceAccount': ['111122223333', '444455556666']},
      Bool: {'aws:SecureTransport': ['true']},
    }
    expect(role).toMatchObject({AssumeRolePolicyDocument: {Statement: [{Effect: 'Allow', Principal, Condition}]}})
  })
})

// The structure of https://github.com/terraform-aws-modules, whose examples have several of these in one plan.
describe('two instances of a module with local values', () => {
  const later = (address: string, references: Record<string, string>, after: object = {}, more: object = {}) => ({
    address,
    actions: ['create'],
    after: {...after},
    unknown: {id: true, ...Object.fromEntries(Object.keys(references).map((name) => [name, true])), ...more},
    expressions: Object.fromEntries(Object.entries(references).map(([name, one]) => [name, ref(one)])),
  })
  const calls = (names: readonly string[], expressions: object, resources: readonly Change[], each = {}) => {
    const {configuration, resource_changes} = planOf(...resources)
    const own = configuration.root_module.resources.map((one) => ({...one, ...each}))
    return {
      ...planOf(),
      resource_changes: names.flatMap((name) =>
        resource_changes.map((one) => ({
          ...one,
          module_address: `module.${name}`,
          address: `module.${name}.${one.address}`,
        })),
      ),
      configuration: {
        ...configuration,
        root_module: {
          module_calls: Object.fromEntries(names.map((name) => [name, {expressions, module: {resources: own}}])),
        },
      },
    }
  }
  const texts = {name: ref('local.name'), tags: ref('local.tags'), azs: ref('local.azs')}

  it('have their own resources, whatever names and tags are passed to them', () => {
    const group = later('aws_security_group.this', {}, {name: 'node', vpc_id: VPC})
    const rule = {type: 'egress', from_port: 0, to_port: 0, protocol: '-1', cidr_blocks: ['0.0.0.0/0']}
    const both = (expressions: object) => {
      const rules = later('aws_security_group_rule.all', {security_group_id: 'local.this_sg_id'}, rule)
      const {SecurityGroups} = applied(calls(['a', 'b'], expressions, [group, rules]))
      return itemsOf(SecurityGroups)
        .filter(({GroupId}) => GroupId.startsWith('sg-module'))
        .map(({IpPermissionsEgress}) => IpPermissionsEgress.map(({unreadable}) => unreadable === undefined))
    }
    expect(both(texts)).toEqual([[true], [true]])
    expect(both({...texts, group: ref('local.group')})).toEqual([
      [false, false],
      [false, false],
    ])
  })

  it('have lists of what they create, unless ids that exist can be beside them: a set shows neither', () => {
    const group = later('aws_security_group.this', {}, {name: 'node', vpc_id: VPC})
    const node = later('aws_instance.this', {vpc_security_group_ids: 'local.groups'}, {subnet_id: SUBNET})
    const groupsIn = (plan: object) =>
      read(plan)
        .resources.filter(({type}) => type === 'AWS::EC2::Instance')
        .flatMap(({after}) => after?.SecurityGroupIds)
    const groupsWith = (expressions: object, ...resources: readonly Change[]) =>
      groupsIn(calls(['a'], {...texts, ...expressions}, [node, ...resources]))
    expect(groupsWith({}, group)).toEqual(['sg-module.a.aws_security_group.this'])
    expect(groupsIn(planOf(group, node))).toEqual([UNKNOWN])
    expect(groupsWith({more: {constant_value: [WEB_GROUP]}}, group)).toEqual([UNKNOWN])
    expect(groupsWith({more: ref('data.aws_security_group.default.id')}, group)).toEqual([UNKNOWN])
    const known = {address: 'aws_security_group.known', actions: ['no-op'], before: {id: WEB_GROUP}}
    expect(groupsWith({}, group, {...known, after: known.before})).toEqual([UNKNOWN])
    // The local value can be its default group, and the group that Amazon EKS creates with a cluster.
    expect(groupsWith({}, later('aws_vpc.this', {}, {cidr_block: '10.9.0.0/16'}))).toEqual([UNKNOWN])
    expect(groupsWith({}, later('aws_eks_cluster.this', {}, {name: 'nodes'}))).toEqual([UNKNOWN])
  })

  it('have groups, tables and ACLs that AWS creates with their VPC, which may be what a local value is', () => {
    const vpc = later('aws_vpc.this', {}, {cidr_block: '10.9.0.0/16'})
    const mine = {vpc_id: 'aws_vpc.this.id'}
    const port = {type: 'ingress', from_port: 443, to_port: 443, protocol: 'tcp', cidr_blocks: ['10.9.0.0/16']}
    const {SecurityGroups, RouteTables} = applied(
      calls(['a'], texts, [
        vpc,
        later('aws_security_group.this', mine, {name: 'node'}),
        later('aws_security_group_rule.this', {security_group_id: 'local.group'}, port),
        later('aws_route_table.this', mine),
        later('aws_route.this', {route_table_id: 'local.table'}, {destination_cidr_block: '0.0.0.0/0'}),
      ]),
    )
    const isNew = ({VpcId}: {readonly VpcId?: string | undefined}) => VpcId === 'vpc-module.a.aws_vpc.this'
    const groups = itemsOf(SecurityGroups).filter(isNew)
    expect(groups.map(({IpPermissions}) => IpPermissions.some(({unreadable}) => unreadable))).toEqual([true, true])
    const tables = itemsOf(RouteTables).filter(isNew)
    expect(tables.map(({Routes}) => isUnreadable(Routes))).toEqual([true, true])
  })

  it('launch what their own templates do, with the profile of a dynamic block', () => {
    const profile = later('aws_iam_instance_profile.this', {}, {name: 'node', role: 'web'})
    const template = later(
      'aws_launch_template.this',
      {},
      {vpc_security_group_ids: [WEB_GROUP]},
      {
        iam_instance_profile: true,
      },
    )
    const fleet = {
      ...later('aws_autoscaling_group.this', {}, {vpc_zone_identifier: [SUBNET], launch_template: [{}]}),
      unknown: {id: true, launch_template: [{id: true, version: true}]},
    }
    const {instances} = report(calls(['a', 'b'], texts, [profile, template, fleet]))
    expect(instances.map(({after}) => after)).toEqual(['degraded', 'degraded'])
  })

  it('have endpoints whose policy is left out, as is what their type does not have', () => {
    const values = {vpc_id: VPC, service_name: `com.amazonaws.${REGION}.ssm`, vpc_endpoint_type: 'Interface'}
    const each = {policy: 'each.value.policy', route_table_ids: 'each.value.route_table_ids'}
    const endpoint = later('aws_vpc_endpoint.this', each, {...values, subnet_ids: [SUBNET], private_dns_enabled: true})
    const policiesWith = (endpoints: object) => {
      const plan = calls(['a'], {...texts, endpoints}, [endpoint], {for_each_expression: ref('local.endpoints')})
      return read(plan).resources.map(({after}) => after?.PolicyDocument)
    }
    expect(policiesWith({constant_value: {}})).toEqual([undefined])
    expect(policiesWith(ref('data.aws_iam_policy_document.d.json'))).not.toEqual([undefined])
    expect(policiesWith(ref('local.endpoints'))).not.toEqual([undefined])
    const own = later('aws_vpc_endpoint.this', {policy: 'local.policy'}, {...values, subnet_ids: [SUBNET]})
    const written = read(calls(['a'], {vpc_id: ref('aws_vpc.new.id')}, [own]))
    expect(written.resources.map(({after}) => after?.PolicyDocument)).toEqual([UNKNOWN])
  })
})
