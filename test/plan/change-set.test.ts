// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this
import {loadAwsServiceSpecSync} from '@aws-cdk/aws-service-spec'
import {describe, expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {changeSetPlan, changesIn} from '../../src/plan/cloudformation/change-set.ts'
import {REPLACED_BY} from '../../src/plan/cloudformation/properties.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {stackChange} from '../../src/plan/cloudformation/stack-change.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {UNKNOWN} from '../../src/plan/resource.ts'
import {healthy, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {STACK} from './plans.ts'

const SOURCE = {file: 'changes.json', language: 'cloudformation'} as const
const HTTPS_PORT = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443}
const HTTPS = {...HTTPS_PORT, CidrIp: '0.0.0.0/0'}
const OPEN = [{IpProtocol: '-1', CidrIp: '0.0.0.0/0'}]
const LATER = '{{changeSet:KNOWN_AFTER_APPLY}}'

const contextOf = (Properties: object) => JSON.stringify({Properties})
const change = (fields: object) => ({Type: 'Resource', ResourceChange: fields})
const modified = (fields: object) =>
  change({
    Action: 'Modify',
    LogicalResourceId: 'Web',
    PhysicalResourceId: WEB_GROUP,
    ResourceType: 'AWS::EC2::SecurityGroup',
    Replacement: 'False',
    ...fields,
  })
const planOf = (...Changes: readonly object[]) => changeSetPlan(changesIn({Changes}), STACK)
const report = (plan: ReturnType<typeof planOf>) => comparePlan(healthy, plan, SOURCE)

describe('a change set with property values', () => {
  it('disconnects an instance and names the responsible property', () => {
    const plan = planOf(
      modified({
        BeforeContext: contextOf({GroupDescription: 'web', SecurityGroupEgress: OPEN}),
        AfterContext: contextOf({GroupDescription: 'web', SecurityGroupEgress: []}),
      }),
    )
    expect(report(plan).instances).toMatchObject([
      {id: WEB, change: 'lost', causes: [{by: [{address: 'Web', attributes: ['SecurityGroupEgress']}]}]},
    ])
  })

  it('leaves undetermined what CloudFormation knows only after execution', () => {
    const Properties = {SecurityGroupEgress: [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: LATER}]}
    const plan = planOf(modified({BeforeContext: contextOf({}), AfterContext: contextOf(Properties)}))
    expect(report(plan).instances).toMatchObject([{id: WEB, change: 'unknown'}])
  })

  it('removes a resource, and not one that is retained', () => {
    const removed = (PolicyAction: string) =>
      change({
        Action: 'Remove',
        PolicyAction,
        LogicalResourceId: 'Node',
        PhysicalResourceId: WEB,
        ResourceType: 'AWS::EC2::Instance',
      })
    expect(report(planOf(removed('Delete'))).totals.removed).toBe(1)
    expect(report(planOf(removed('Retain'))).totals).toMatchObject({removed: 0, unchanged: 1})
  })

  it('creates a replaced resource under a new id that others refer to', () => {
    const {resources} = planOf(
      modified({Replacement: 'True', BeforeContext: contextOf({}), AfterContext: contextOf({GroupName: 'new'})}),
      modified({
        LogicalResourceId: 'Rule',
        PhysicalResourceId: 'sgr-1',
        ResourceType: 'AWS::EC2::SecurityGroupEgress',
        BeforeContext: contextOf({GroupId: WEB_GROUP}),
        AfterContext: contextOf({GroupId: LATER}),
        Details: [
          {
            ChangeSource: 'ResourceAttribute',
            CausingEntity: 'Web.GroupId',
            Target: {Path: '/Properties/GroupId', AfterValue: LATER},
          },
        ],
      }),
    )
    expect(resources.map(({address, action, id}) => [address, action, id])).toEqual([
      ['Web', 'delete', WEB_GROUP],
      ['Web', 'create', 'sg-Web'],
      ['Rule', 'update', 'sgr-1'],
    ])
    expect(resources[2]?.after).toMatchObject({GroupId: 'sg-Web'})
  })

  it('changes each record of a record set group', () => {
    const recordsOf = (...names: readonly string[]) =>
      contextOf({
        HostedZoneId: 'Z1',
        RecordSets: names.map((Name) => ({Name, Type: 'A', ResourceRecords: ['10.0.0.1']})),
      })
    const {resources} = planOf(
      modified({
        ResourceType: 'AWS::Route53::RecordSetGroup',
        BeforeContext: recordsOf('a.example.', 'b.example.'),
        AfterContext: recordsOf('b.example.'),
      }),
    )
    expect(resources.map(({action, before, after}) => [action, (before ?? after)?.Name])).toEqual([
      ['delete', 'a.example.'],
      ['delete', 'b.example.'],
      ['create', 'b.example.'],
    ])
  })

  it('lists unmodeled kinds by name', () => {
    const plan = planOf(change({Action: 'Add', LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue'}))
    expect(report(plan).ignored).toEqual([{address: 'Queue', type: 'AWS::SQS::Queue', relevant: false}])
  })
})

describe('a change set without property values', () => {
  it('shows how to get them', () => {
    expect(() => planOf(modified({}))).toThrow(/--include-property-values/)
  })

  it('is enough with the template that it was created from', () => {
    const template = {
      Resources: {
        Web: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: VPC, SecurityGroupEgress: []}},
        Other: {Type: 'AWS::EC2::Instance', Properties: {SubnetId: SUBNET}},
      },
    }
    const plan = changeSetPlan(changesIn({Changes: [modified({})]}), STACK, template)
    expect(report(plan).totals).toMatchObject({lost: 1, new: 0})
  })
})

describe('a change set with its template', () => {
  it('provides the imported values, and the template the new references', () => {
    const template = {
      Resources: {
        Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: '10.9.0.0/16'}},
        Subnet: {
          Type: 'AWS::EC2::Subnet',
          Properties: {VpcId: {Ref: 'Vpc'}, CidrBlock: {'Fn::ImportValue': 'range'}},
        },
      },
    }
    const added = (LogicalResourceId: string, ResourceType: string, Properties: object) =>
      change({Action: 'Add', LogicalResourceId, ResourceType, AfterContext: contextOf(Properties)})
    const Changes = [
      added('Vpc', 'AWS::EC2::VPC', {CidrBlock: '10.9.0.0/16'}),
      added('Subnet', 'AWS::EC2::Subnet', {VpcId: LATER, CidrBlock: '10.9.1.0/24'}),
    ]
    const {resources} = changeSetPlan(changesIn({Changes}), STACK, template)
    expect(resources.find(({address}) => address === 'Subnet')?.after).toEqual({
      VpcId: 'vpc-Vpc',
      CidrBlock: '10.9.1.0/24',
    })
  })
})

describe('a stack whose template changes', () => {
  const physicalIds = new Map([
    ['Vpc', 'vpc-old'],
    ['Subnet', 'subnet-old'],
    ['Kept', WEB_GROUP],
  ])
  const context = {...STACK, physicalIds}
  const changeOf = (before: object, after: object) =>
    stackChange(templatePlan({Resources: before} as never, context), {Resources: after} as never, context)

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
  it.each([
    ['removes the rules of a group that it no longer has', [HTTPS], undefined, []],
    ['and gives none to a group that never had any in it', undefined, undefined, ['tcp']],
    [
      'nor to one that it first gives other rules',
      undefined,
      [{IpProtocol: 'udp', CidrIp: '10.0.0.0/8'}],
      ['tcp', 'udp'],
    ],
  ])('%s', (_, SecurityGroupEgress, egress, protocols) => {
    const group = (rules: readonly object[] | undefined, GroupName: string) => ({
      Kept: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: {VpcId: VPC, Tags: [GroupName], ...(rules && {SecurityGroupEgress: rules})},
      },
    })
    const account = {
      ...healthy,
      SecurityGroups: itemsOf(healthy.SecurityGroups).map((one) =>
        one.GroupId === WEB_GROUP
          ? {...one, IpPermissionsEgress: [{...HTTPS_PORT, IpRanges: [{CidrIp: '0.0.0.0/0'}]}]}
          : one,
      ),
    }
    const {resources} = changeOf(group(SecurityGroupEgress, 'a'), group(egress, 'b'))
    const after = find(applyResources(account, resources).SecurityGroups, 'GroupId', WEB_GROUP)!
    expect(after.IpPermissionsEgress.map(({IpProtocol}) => IpProtocol)).toEqual(protocols)
  })

  it('may remove a resource whose condition is known only when it is deployed', () => {
    const Kept = {Type: 'AWS::EC2::SecurityGroup', Condition: 'On', Properties: {VpcId: VPC}}
    const before = templatePlan({Resources: {Kept: {...Kept, Condition: undefined}}} as never, context)
    const after = {Conditions: {On: {'Fn::Equals': [{Ref: 'AWS::StackId'}, 'a']}}, Resources: {Kept}}
    const {resources} = stackChange(before, after as never, context)
    expect(resources.map(({action, isConditional}) => [action, isConditional])).toEqual([
      ['delete', true],
      ['none', true],
    ])
    expect(applyResources(healthy, resources).SecurityGroups).toHaveProperty('unreadable')
    const retained = {...after, Resources: {Kept: {...Kept, DeletionPolicy: 'Retain'}}}
    const kept = templatePlan(
      {Resources: {Kept: {...Kept, Condition: undefined, DeletionPolicy: 'Retain'}}} as never,
      context,
    )
    expect(stackChange(kept, retained as never, context).resources).toHaveLength(1)
  })

  it.each([
    ['AWS::EC2::VPC', {CidrBlock: '10.0.0.0/16'}, {EnableDnsHostnames: true}],
    ['AWS::EC2::VPCEndpoint', {VpcId: VPC, ServiceName: 'a'}, {PrivateDnsEnabled: true, SecurityGroupIds: ['sg-1']}],
    ['AWS::EC2::Instance', {SubnetId: SUBNET}, {SecurityGroupIds: ['sg-1']}],
  ])('of an %s with a property that it had before leaves open what it is', (Type, Properties, unset) => {
    const one = (properties: object) => ({Kept: {Type, Properties: {...Properties, ...properties}}})
    const [changed] = changeOf(one(unset), one({})).resources
    for (const name of Object.keys(unset)) expect(changed?.after?.[name]).toBe(UNKNOWN)
    const [same] = changeOf(one({}), one({})).resources
    expect(Object.values(same?.after ?? {})).not.toContain(UNKNOWN)
    const [modify] = planOf(
      modified({ResourceType: Type, BeforeContext: contextOf(unset), AfterContext: contextOf(Properties)}),
    ).resources
    for (const name of Object.keys(unset)) expect(modify?.after?.[name]).toBe(UNKNOWN)
  })

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-transitgatewayvpcattachment.html
  it('adds subnets to an attachment and removes others', () => {
    const one = (properties: object) => ({
      Kept: {
        Type: 'AWS::EC2::TransitGatewayVpcAttachment',
        Properties: {VpcId: VPC, SubnetIds: ['a', 'b'], ...properties},
      },
    })
    const subnets = (properties: object) => changeOf(one({}), one(properties)).resources[0]?.after?.SubnetIds
    expect(subnets({AddSubnetIds: ['c'], RemoveSubnetIds: ['a']})).toEqual(['b', 'c'])
    expect(subnets({RemoveSubnetIds: [{Ref: 'AWS::StackId'}]})).toBe(UNKNOWN)
  })

  it('replaces what refers to a replaced resource', () => {
    const resources = (CidrBlock: string) => ({
      Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock}},
      Subnet: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: {Ref: 'Vpc'}, CidrBlock: '10.0.1.0/24'}},
    })
    const plan = changeOf(resources('10.0.0.0/16'), resources('10.0.0.0/8'))
    expect(plan.resources.map(({action, id}) => [action, id])).toEqual([
      ['delete', 'vpc-old'],
      ['create', 'vpc-Vpc'],
      ['delete', 'subnet-old'],
      ['create', 'subnet-Subnet'],
    ])
  })

  it.each([
    ['Delete', ['delete']],
    ['Retain', []],
    ['RetainExceptOnCreate', []],
  ])('with DeletionPolicy %s of a resource that it no longer holds: %j', (DeletionPolicy, actions) => {
    const Kept = {Type: 'AWS::EC2::SecurityGroup', DeletionPolicy, Properties: {VpcId: VPC}}
    expect(changeOf({Kept}, {}).resources.map(({action}) => action)).toEqual(actions)
  })

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
  describe('with the same expression for what is known only after it is deployed', () => {
    const ids = {physicalIds: new Map([['Web', WEB]])}
    const templateOf = (value: unknown, name: string) => ({
      Parameters: {
        Subnet: {Type: 'AWS::EC2::Subnet::Id'},
        Latest: {Type: 'AWS::SSM::Parameter::Value<String>'},
        Dynamic: {Type: 'String', Default: '{{resolve:ssm:/group}}'},
      },
      Resources: {
        Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: VPC}},
        Web: {
          Type: 'AWS::EC2::Instance',
          Properties: {SubnetId: {Ref: 'Subnet'}, SecurityGroupIds: value, Tags: [{Key: 'Name', Value: name}]},
        },
      },
    })
    const changeFrom = (before: unknown, after: unknown) => {
      const own = {...STACK, ...ids}
      const earlier = templatePlan(templateOf(before, 'a') as never, own)
      return report(stackChange(earlier, templateOf(after, 'b') as never, own)).totals.unknown
    }
    const imported = (name: string) => ({
      'Fn::Split': [',', {'Fn::ImportValue': {'Fn::Sub': `\${AWS::Region}-${name}`}}],
    })

    it.each([
      ['an imported value', imported('groups'), 0],
      ['a list with one', [WEB_GROUP, {'Fn::ImportValue': 'group'}], 0],
      ['a parameter without a value', [{Ref: 'Subnet'}], 0],
      ['a parameter of Systems Manager', [{Ref: 'Latest'}], 1],
      ['a dynamic reference', ['{{resolve:ssm:/group}}'], 1],
      ['a parameter whose default is one', [{Ref: 'Dynamic'}], 1],
      ['an attribute that only AWS knows', [{'Fn::GetAtt': ['Group', 'Nothing']}], 1],
      ['a condition', {'Fn::If': ['Nothing', [WEB_GROUP], []]}, 1],
      ['a variable of Systems Manager', [{'Fn::Sub': 'sg-${Latest}'}], 1],
    ])('keeps what it was if that is %s', (_, value, unknown) => {
      expect(changeFrom(value, value)).toBe(unknown)
    })

    it('and not with another value of a parameter that decides what is imported', () => {
      const changeTo = (Network: string) => {
        const earlier = {...STACK, ...ids, parameters: {Network: 'a'}}
        const template = (name: string) => ({
          ...templateOf([{'Fn::ImportValue': {'Fn::Sub': '${Network}-group'}}], name),
          Parameters: {Network: {Type: 'String'}, Subnet: {Type: 'AWS::EC2::Subnet::Id'}},
        })
        const plan = templatePlan(template('a') as never, earlier)
        const later = {...earlier, parameters: {Network}}
        return report(stackChange(plan, template('b') as never, later)).totals.unknown
      }
      expect([changeTo('a'), changeTo('b')]).toEqual([0, 1])
    })

    it('and not with another expression', () => {
      expect(changeFrom(imported('a'), imported('b'))).toBe(1)
      expect(changeFrom([WEB_GROUP], imported('a'))).toBe(1)
    })

    it('keeps the policies of a role of which another property changes', () => {
      const role = (Path: string, policy: string) => ({
        Resources: {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: 'web',
              ManagedPolicyArns: [{'Fn::ImportValue': policy}],
              Tags: [{Key: 'a', Value: Path}],
            },
          },
        },
      })
      const own = {...STACK, physicalIds: new Map([['Role', 'web']])}
      const unknownIn = (policy: string) =>
        report(stackChange(templatePlan(role('a', 'p') as never, own), role('b', policy) as never, own)).totals.unknown
      expect([unknownIn('p'), unknownIn('q')]).toEqual([0, 1])
    })
  })

  it('keeps the earlier one if its UpdateReplacePolicy is Retain', () => {
    const group = (GroupName: string) => ({
      Kept: {Type: 'AWS::EC2::SecurityGroup', UpdateReplacePolicy: 'Retain', Properties: {VpcId: VPC, GroupName}},
    })
    expect(changeOf(group('a'), group('b')).resources.map(({action}) => action)).toEqual(['create'])
  })

  it('lists only those unmodeled kinds that change', () => {
    const queue = (DelaySeconds: number) => ({Queue: {Type: 'AWS::SQS::Queue', Properties: {DelaySeconds}}})
    expect(changeOf(queue(1), queue(1)).ignored).toEqual([])
    expect(changeOf(queue(1), queue(2)).ignored).toHaveLength(1)
  })
})

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
it('a change set of which only the first page was saved is rejected: the others may contain any change', () => {
  expect(() => changesIn({Changes: [], NextToken: 'eyJ'})).toThrow('ends with a NextToken')
  expect(changesIn({Changes: [], NextToken: null})).toEqual([])
})

it('the properties that replace a resource match the CloudFormation schemas', () => {
  const db = loadAwsServiceSpecSync()
  const differing = Object.entries(REPLACED_BY).flatMap(([type, names]) => {
    const [resource] = db.lookup('resource', 'cloudFormationType', 'equals', type)
    return names
      .filter((name) => resource?.properties[name]?.causesReplacement !== 'yes')
      .map((name) => `${type} ${name}`)
  })
  expect(differing).toEqual([])
})

it('a value that is not known stays unknown if the change set does not know it either', () => {
  const plan = planOf(modified({AfterContext: contextOf({VpcId: LATER})}))
  expect(plan.resources[0]?.after?.VpcId).toBe(UNKNOWN)
})
