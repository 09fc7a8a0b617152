import {describe, expect, it} from 'vitest'
import {type Account, itemsOf, type Role} from '../../src/model/account.ts'
import {withoutSecrets} from '../../src/plan/secrets.ts'
import {healthy, REGION, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {applied, group, type Plan, type Row, ref, report, totals, withFields} from './odd-plan.ts'
import {planOf} from './plans.ts'

const withChange = (plan: Plan, fields: object): unknown => ({
  ...plan,
  resource_changes: plan.resource_changes.map((row: Row) => ({...row, change: {...row.change, ...fields}})),
})

const web = {id: WEB, subnet_id: SUBNET, vpc_security_group_ids: [WEB_GROUP], iam_instance_profile: 'web', ami: 'ami-1'}

const GROUP = 'aws_security_group.web'

const NODE = 'aws_instance.web'

describe('what changes only Terraform state or code changes nothing', () => {
  it('a moved block', () => {
    const same = planOf({address: GROUP, actions: ['no-op'], before: group, after: group})
    expect(totals(withFields(same, {previous_address: 'aws_security_group.old'}))).toMatchObject({unchanged: 1})
  })

  it('an import block', () => {
    const same = planOf({address: GROUP, actions: ['no-op'], before: group, after: group})
    expect(totals(withChange(same, {importing: {id: WEB_GROUP}}))).toMatchObject({unchanged: 1})
  })

  it('a removed block, which forgets the resource', () => {
    expect(totals(planOf({address: NODE, actions: ['forget'], before: web}))).toMatchObject({unchanged: 1, removed: 0})
  })

  it('drift, which the plan reports separately from its changes', () => {
    const same = planOf({address: GROUP, actions: ['no-op'], before: group, after: group})
    const drift = planOf({address: GROUP, actions: ['update'], before: group, after: {...group, egress: []}})
    expect(totals({...same, resource_drift: drift.resource_changes})).toMatchObject({unchanged: 1})
  })
})

describe('a change', () => {
  it('that an import block includes counts', () => {
    const plan = planOf({address: GROUP, actions: ['update'], before: group, after: {...group, egress: []}})
    expect(totals(withChange(plan, {importing: {id: WEB_GROUP}}))).toMatchObject({lost: 1})
  })

  it.each([
    ['written out', 'us-east-1'],
    ['as a variable', ''],
  ])('of a provider for another Region does not count: %s', (_, constant) => {
    const plan = planOf({address: GROUP, actions: ['update'], before: group, after: {...group, egress: []}})
    const region = constant === '' ? ref('var.other') : {constant_value: constant}
    const configuration = {
      provider_config: {'aws.other': {name: 'aws', alias: 'other', expressions: {region}}},
      root_module: {
        resources: plan.configuration.root_module.resources.map((one) => ({...one, provider_config_key: 'aws.other'})),
      },
    }
    const other = report({...plan, configuration, variables: {other: {value: 'us-east-1'}}})
    expect(other.totals).toMatchObject({lost: 0, unchanged: 1})
    expect(other.elsewhere).toEqual([GROUP])
  })

  it('in another account does not count, as shown by its ARN or the role of its provider', () => {
    const arn = `arn:aws:ec2:${REGION}:999988887777:security-group/${WEB_GROUP}`
    const plan = planOf({
      address: GROUP,
      actions: ['update'],
      before: {...group, arn},
      after: {...group, arn, egress: []},
    })
    expect(report(plan)).toMatchObject({totals: {lost: 0}, elsewhere: [GROUP]})
  })

  it('of a managed policy of AWS is in every account', () => {
    const plan = planOf({
      address: 'aws_iam_role_policy_attachment.core',
      actions: ['delete'],
      before: {role: 'web', policy_arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'},
    })
    expect(report(plan).elsewhere).toEqual([])
  })

  it('of a deposed object leaves the current one', () => {
    const plan = planOf(
      {address: GROUP, actions: ['no-op'], before: group, after: group},
      {address: GROUP, actions: ['delete'], before: {...group, id: 'sg-0ddddddddddddddd1'}},
    )
    expect(totals(withFields(plan, {deposed: 'a1b2c3d4'}, 1))).toMatchObject({unchanged: 1})
  })
})

describe('a resource that is replaced', () => {
  const replaced = (actions: readonly string[], more: object = {}) =>
    planOf({
      address: NODE,
      actions,
      before: web,
      after: {...web, id: undefined, ami: 'ami-2', ...more},
      unknown: {id: true},
    })

  it.each([
    ['destroyed first', ['delete', 'create']],
    ['created first', ['create', 'delete']],
  ])('stays the same instance: %s', (_, actions) => {
    expect(totals(replaced(actions))).toMatchObject({unchanged: 1, removed: 0, new: 0})
  })

  it('becomes unmanaged if its replacement is not managed', () => {
    const {instances} = report(replaced(['delete', 'create'], {iam_instance_profile: ''}))
    expect(instances).toMatchObject([
      {id: WEB, change: 'lost', causes: [{id: 'iam.no-profile', by: [{address: NODE}]}]},
    ])
  })

  it('is launched in addition to the forgotten one', () => {
    expect(totals(replaced(['create', 'forget']))).toMatchObject({unchanged: 1, new: 1})
  })

  it('passes its new id to its references', () => {
    const plan = planOf(
      {
        address: GROUP,
        actions: ['create', 'delete'],
        before: group,
        after: {...group, id: undefined},
        unknown: {id: true},
      },
      {
        address: NODE,
        actions: ['update'],
        before: web,
        after: {...web, vpc_security_group_ids: undefined},
        unknown: {vpc_security_group_ids: true},
        expressions: {vpc_security_group_ids: ref(`${GROUP}.id`, GROUP)},
      },
    )
    expect(itemsOf(applied(plan).Instances)[0]?.SecurityGroups).toEqual([{GroupId: `sg-${GROUP}`}])
  })
})

describe('kinds that are rarely used alone', () => {
  it('an Elastic IP address is the public address of its instance', () => {
    const plan = planOf({address: 'aws_eip.e', actions: ['create'], after: {instance: WEB, domain: 'vpc'}})
    expect(itemsOf(healthy.Instances)[0]?.PublicIpAddress).toBeUndefined()
    expect(itemsOf(applied(plan).Instances)[0]?.PublicIpAddress).toBeDefined()
  })

  it('a group that is attached to the interface of an instance is one of its groups', () => {
    const [eni] = itemsOf(healthy.Instances)[0]!.NetworkInterfaces
    const plan = planOf({
      address: 'aws_network_interface_sg_attachment.a',
      actions: ['create'],
      after: {network_interface_id: eni!.NetworkInterfaceId, security_group_id: 'sg-0eeeeeeeeeeeeeee1'},
    })
    expect(itemsOf(applied(plan).Instances)[0]?.SecurityGroups).toHaveLength(2)
  })

  it('an additional CIDR block is routed locally', () => {
    const plan = planOf({
      address: 'aws_vpc_ipv4_cidr_block_association.a',
      actions: ['create'],
      after: {vpc_id: VPC, cidr_block: '100.64.0.0/16'},
    })
    const [table] = itemsOf(applied(plan).RouteTables).filter(({VpcId}) => VpcId === VPC)
    expect(JSON.stringify(table?.Routes)).toContain('100.64.0.0/16')
  })

  it('an exclusive list of attachments removes the others', () => {
    const plan = planOf({
      address: 'aws_iam_role_policy_attachments_exclusive.a',
      actions: ['create'],
      after: {role_name: 'web', policy_arns: []},
    })
    expect(totals(plan)).toMatchObject({lost: 1})
  })

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_policy_attachment
  it.each([
    [['batch'], {lost: 1}],
    [['batch', 'web'], {lost: 0}],
    [undefined, {lost: 0, unknown: 1}],
  ] as const)('a policy that is attached to %j and no other role is detached from the rest', (roles, expected) => {
    const plan = planOf({
      address: 'aws_iam_policy_attachment.core',
      actions: ['create'],
      after: {name: 'core', policy_arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore', ...(roles && {roles})},
      ...(!roles && {unknown: {roles: true}, expressions: {roles: ref('local.roles')}}),
    })
    expect(totals(plan)).toMatchObject(expected)
  })

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
  it('an empty block of inline policies removes all of them', () => {
    const policy = JSON.stringify({Statement: [{Effect: 'Allow', Action: ['ssm:*', 'ssmmessages:*'], Resource: '*'}]})
    const role = (inline_policy: readonly object[]) => ({name: 'web', managed_policy_arns: [], inline_policy})
    const own = planOf({address: 'aws_iam_role.web', actions: ['create'], after: role([{name: 'agent', policy}])})
    const before = applied(own)
    for (const empty of [
      {name: '', policy: ''},
      {name: null, policy: null},
    ]) {
      const plan = planOf({
        address: 'aws_iam_role.web',
        actions: ['update'],
        before: role([{name: 'agent', policy}]),
        after: role([empty]),
      })
      const [changed] = itemsOf(applied(plan, before).Roles).filter(
        (one) => 'RoleName' in one && one.RoleName === 'web',
      )
      expect(changed).toMatchObject({RolePolicyList: []})
    }
  })

  it.each([
    [['agent'], {lost: 0}],
    [['other'], {lost: 1}],
  ] as const)('an exclusive list of the inline policies %j removes the others', (policy_names, expected) => {
    const plan = planOf({
      address: 'aws_iam_role_policies_exclusive.a',
      actions: ['create'],
      after: {role_name: 'web', policy_names},
    })
    const [role] = itemsOf(healthy.Roles).filter((one) => 'RoleName' in one && one.RoleName === 'web')
    const statement = {Effect: 'Allow', Action: ['ssm:*', 'ssmmessages:*'], Resource: '*'}
    const RolePolicyList = [{PolicyName: 'agent', PolicyDocument: {Statement: [statement]}}]
    const withInline = {...healthy, Roles: [{...role, AttachedManagedPolicies: [], RolePolicyList} as Role]}
    expect(totals(plan, withInline)).toMatchObject(expected)
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
describe('tags that conditions name', () => {
  const statement = (key: string) => [
    {
      Effect: 'Allow',
      Action: 'ssm:*',
      Resource: '*',
      Condition: {StringEquals: {[`aws:${key}/ssm`]: 'on'}},
    },
    {Effect: 'Allow', Action: ['ssmmessages:*', 'logs:*'], Resource: '*'},
  ]
  const ssm = [{Key: 'ssm', Value: 'on'}]
  const tagged = (key: string): Account => ({
    ...healthy,
    Instances: itemsOf(healthy.Instances).map((one) => ({...one, Tags: [...one.Tags, ...ssm]})),
    Roles: itemsOf(healthy.Roles).map((one) => ({
      ...one,
      Tags: ssm,
      AttachedManagedPolicies: [],
      RolePolicyList: [{PolicyName: 'own', PolicyDocument: {Statement: statement(key)}}],
    })) as Account['Roles'],
  })
  const now = {tags: {ssm: 'on'}, tags_all: {ssm: 'on', team: 'web'}}
  const without = {tags: null, tags_all: {team: 'web'}}
  const changes = (address: string, own: object, after: object) =>
    planOf({address, actions: ['update'], before: {...own, ...now}, after: {...own, ...after}})

  it.each([
    ['ResourceTag', NODE, web],
    ['PrincipalTag', 'aws_iam_role.web', {name: 'web'}],
  ])('%s: an instance is lost that loses its tag', (key, address, own) => {
    expect(totals(changes(address, own, without), tagged(key))).toMatchObject({lost: 1})
    expect(totals(changes(address, own, {...now, tags_all: {ssm: 'on'}}), tagged(key))).toMatchObject({lost: 0})
    expect(totals(changes(address, own, {tags: {}, tags_all: {ssm: 'off'}}), tagged(key))).toMatchObject({lost: 1})
  })

  it('stay if they are known only after apply', () => {
    const plan = planOf({
      address: NODE,
      actions: ['update'],
      before: {...web, ...now},
      after: {...web, tags: {}, tags_all: {}},
      unknown: {tags: {ssm: true}, tags_all: {ssm: true}},
      expressions: {tags: ref('local.tags')},
    })
    expect(totals(plan, tagged('ResourceTag'))).toMatchObject({lost: 0})
  })

  it('of a new instance count', () => {
    const isUnmanaged = (tags_all: object) =>
      report(
        planOf({
          address: 'aws_instance.new',
          actions: ['create'],
          after: {...web, id: null, tags_all, associate_public_ip_address: true},
        }),
        tagged('ResourceTag'),
      ).instances.map(({after}) => after === 'unmanaged')
    expect(isUnmanaged({ssm: 'on'})).toEqual([false])
    expect(isUnmanaged({ssm: 'off'})).toEqual([true])
  })
})

describe('rules and policies that are separate resources', () => {
  it('stay if another rule of the group changes', () => {
    const rule = {protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['192.0.2.0/24']}
    const plan = planOf({
      address: GROUP,
      actions: ['update'],
      before: {...group, egress: [rule]},
      after: {...group, egress: []},
    })
    expect(totals(plan)).toMatchObject({unchanged: 1})
  })

  it('stay if another policy of the role changes', () => {
    const plan = planOf({
      address: 'aws_iam_role.web',
      actions: ['update'],
      before: {name: 'web', managed_policy_arns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']},
      after: {name: 'web', managed_policy_arns: ['arn:aws:iam::aws:policy/PowerUserAccess']},
    })
    expect(totals(plan)).toMatchObject({lost: 0})
  })
})

describe('a hostile plan', () => {
  it('whose kinds and addresses are JavaScript property names does no harm', () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
    const plan = planOf(
      ...names.map((name) => ({
        address: `${name}.${name}`,
        actions: ['create'],
        after: {[name]: name},
        unknown: {id: true},
      })),
      {
        address: 'aws_subnet.a',
        actions: ['create'],
        after: {},
        unknown: {vpc_id: true},
        expressions: {vpc_id: ref('aws_vpc.b.constructor', 'module.constructor.toString', 'var.__proto__')},
      },
    )
    expect(report(plan).totals).toMatchObject({unchanged: 1})
  })

  it.each([
    ['before is a list', {before: []}],
    ['all is unknown', {after_unknown: true}],
    ['blocks are texts', {after: {egress: 'x', ingress: 7, vpc_id: {}}}],
    ['sensitivity marks are malformed', {before_sensitive: 'x', after_sensitive: [true]}],
  ])('with wrong types is still read: %s', (_, fields) => {
    const plan = planOf({address: GROUP, actions: ['update'], before: group, after: group})
    expect(() => report(withChange(plan, fields))).not.toThrow()
  })

  it('that ended with an error is rejected', () => {
    expect(() => report({...planOf(), errored: true})).toThrow(/not complete/)
  })
})

describe('a value that the plan marks as sensitive', () => {
  it('is used and never printed', () => {
    const secret = '198.51.100.77/32'
    const plan = planOf({
      address: GROUP,
      actions: ['update'],
      before: group,
      after: {...group, egress: [{protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: [secret]}]},
    })
    const marked = withChange(plan, {after_sensitive: {egress: true}})
    expect(JSON.stringify(report(plan).instances).includes(secret) || report(plan).totals.lost === 1).toBe(true)
    expect(report(marked).totals).toMatchObject({lost: 1})
    expect(JSON.stringify(report(marked))).not.toContain(secret)
  })

  it.each([
    ['a policy, in parts', 'policy', {name: 'agent'}],
    ['a name, in the name of a resource', 'name', {name: 'Top-Secret.7'}],
  ])('is masked in what is derived from it: %s', (_, sensitive, names) => {
    const Statement = [{Sid: 'TopSecret7', Effect: 'Deny', Action: 'ssm:*', Resource: '*'}]
    const policy = JSON.stringify({Version: '2012-10-17', Statement})
    const after = {role: 'web', policy, ...names}
    const plan = planOf({address: 'aws_iam_role_policy.deny', actions: ['create'], after})
    expect(JSON.stringify(report(plan)).match(/top.?secret/i)).not.toBeNull()
    const shown = report(withChange(plan, {after_sensitive: {[sensitive]: true}}))
    expect(shown.totals).toMatchObject({lost: 1})
    expect(shown.instances[0]?.fixes.length).toBeGreaterThan(0)
    const hidden = sensitive === 'policy' ? /TopSecret7/ : /top-secret\.7|top_secret_7|TopSecret7(?!",)/
    expect(JSON.stringify(shown.instances).replaceAll('\\"', '')).not.toMatch(hidden)
  })

  it('is masked in the quotes of code', () => {
    const secret = 'say "friend"\nand enter'
    const hidden = withoutSecrets(
      {
        instances: [
          {name: null, causes: [], unknown: [], fixes: [{title: 'x', text: JSON.stringify(JSON.stringify(secret))}]},
        ],
      } as never,
      [secret],
    )
    expect(hidden.instances[0]?.fixes[0]?.text).not.toContain('friend')
  })

  it('is masked wherever a sentence, a fix or a resource would show it', () => {
    const plan = planOf({
      address: 'aws_iam_role_policy_attachment.core',
      actions: ['delete'],
      before: {role: 'web', policy_arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'},
    })
    const shown = JSON.stringify(report(plan).instances)
    expect(shown).toContain('AmazonSSMManagedInstanceCore')
    const hidden = JSON.stringify(report(withChange(plan, {before_sensitive: {policy_arn: true}})).instances)
    expect(hidden).not.toContain('arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore')
  })
})

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
it('records of Terraform keep their weight, their health check and whether the target of an alias must be healthy', () => {
  const zoned = {
    ...healthy,
    HostedZones: [
      {Id: '/hostedzone/Z1', Name: 'eu-west-1.amazonaws.com.', VPCs: [{VPCId: VPC}], ResourceRecordSets: []},
    ],
  }
  const record = (label: string, after: object) => ({
    address: `aws_route53_record.${label}`,
    actions: ['create'],
    after: {zone_id: 'Z1', name: 'ssm.eu-west-1.amazonaws.com', type: 'A', set_identifier: label, ...after},
  })
  const plan = planOf(
    record('a', {records: ['10.0.1.5'], weighted_routing_policy: [{weight: 0}], health_check_id: ''}),
    record('b', {alias: [{name: 'lb.example.com', evaluate_target_health: true}], health_check_id: 'abc'}),
    record('c', {records: ['10.0.1.6'], multivalue_answer_routing_policy: true}),
  )
  const common = (SetIdentifier: string) => ({Name: 'ssm.eu-west-1.amazonaws.com.', Type: 'A', SetIdentifier})
  expect(itemsOf(applied(plan, zoned).HostedZones)[0]?.ResourceRecordSets).toEqual([
    {...common('a'), Weight: 0, ResourceRecords: [{Value: '10.0.1.5'}]},
    {
      ...common('b'),
      HealthCheckId: 'abc',
      AliasTarget: {DNSName: 'lb.example.com.', EvaluateTargetHealth: true},
    },
    {...common('c'), MultiValueAnswer: true, ResourceRecords: [{Value: '10.0.1.6'}]},
  ])
})
