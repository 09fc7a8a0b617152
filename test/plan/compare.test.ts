import {describe, expect, it} from 'vitest'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {type PlannedResource, type Properties, UNKNOWN} from '../../src/plan/resource.ts'
import {markdownPlan} from '../../src/render/formats/plan-formats.ts'
import {textPlan} from '../../src/render/text/plan.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {healthy, OWNER, REGION, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {STACK} from './plans.ts'

const change = (type: string, id: string, after: Properties, action: 'create' | 'update'): PlannedResource => ({
  address: 'planned',
  type,
  id,
  action,
  attributes: [],
  after,
})

const source = {file: 'plan.json', language: 'terraform'} as const
const compared = (...resources: readonly PlannedResource[]) =>
  comparePlan(healthy, {resources, ignored: []}, source).instances.map(({id, change: what, after, unknown}) => ({
    id,
    what,
    after,
    isSaid: unknown.length > 0,
  }))

const ofTemplate = (Resources: object, account: Account = healthy) =>
  comparePlan(account, templatePlan({Resources} as never, STACK), source).instances.map(({address, after, causes}) => ({
    address,
    after,
    causes: causes.map(({id}) => id),
  }))

describe('an instance about which too little is known before apply', () => {
  it('is listed as undetermined if its subnet is not known', () => {
    expect(compared(change('AWS::EC2::Instance', 'i-planned', {SubnetId: UNKNOWN}, 'create'))).toEqual([
      {id: 'i-planned', what: 'new', after: 'undecided', isSaid: true},
    ])
  })

  it('is listed as unknown, and not as removed, if its new groups are not known', () => {
    expect(compared(change('AWS::EC2::Instance', WEB, {SecurityGroupIds: [WEB_GROUP, UNKNOWN]}, 'update'))).toEqual([
      {id: WEB, what: 'unknown', after: 'undecided', isSaid: true},
    ])
  })

  it('is listed as undetermined if a launch template outside the plan has the rest', () => {
    const outside = {SubnetIds: [SUBNET], LaunchTemplate: 'lt-0aaaaaaaaaaaaaa01'}
    expect(compared(change('AWS::AutoScaling::AutoScalingGroup', 'asg-planned', outside, 'create'))).toEqual([
      {id: 'asg-planned', what: 'new', after: 'undecided', isSaid: true},
    ])
    const Instance = {
      Type: 'AWS::EC2::Instance',
      Properties: {SubnetId: SUBNET, LaunchTemplate: {LaunchTemplateId: 'lt-0aaaaaaaaaaaaaa01', Version: '1'}},
    }
    expect(ofTemplate({Instance})).toEqual([{address: 'Instance', after: 'undecided', causes: []}])
  })

  it('has the groups and the profile of a launch template of the plan', () => {
    const Template = {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {LaunchTemplateData: {SecurityGroupIds: [WEB_GROUP], IamInstanceProfile: {Name: 'web'}}},
    }
    const LaunchTemplate = {LaunchTemplateId: {Ref: 'Template'}, Version: '1'}
    const Instance = {Type: 'AWS::EC2::Instance', Properties: {SubnetId: SUBNET, LaunchTemplate}}
    const Group = {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {VPCZoneIdentifier: [SUBNET], LaunchTemplate},
    }
    expect(ofTemplate({Template, Instance, Group}).map(({address, after}) => [address, after])).toEqual([
      ['Instance', 'degraded'],
      ['Group', 'degraded'],
    ])
  })
})

describe('a launch template that changes alone', () => {
  const TEMPLATE = 'lt-0aaaaaaaaaaaaaa01'
  const launchedFrom = (id: string): Account => ({
    ...healthy,
    Instances: itemsOf(healthy.Instances).map((one) => ({
      ...one,
      Tags: [{Key: 'aws:ec2launchtemplate:id', Value: id}],
    })),
  })
  const Template = (data: object) => ({
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {LaunchTemplateData: {SecurityGroupIds: [WEB_GROUP], ...data}},
    },
  })
  const outcomes = (account: Account, data: object) =>
    comparePlan(
      account,
      templatePlan({Resources: Template(data)} as never, {...STACK, physicalIds: new Map([['Template', TEMPLATE]])}),
      source,
    ).instances.map(({address, after}) => [address, after])

  it('is examined once in each subnet where instances were launched from it', () => {
    const account = launchedFrom(TEMPLATE)
    const [one] = itemsOf(account.Instances)
    const other = 'subnet-0aaaaaaaaaaaaaa9'
    const two: Account = {
      ...account,
      Instances: [
        one!,
        {...one!, InstanceId: 'i-0aaaaaaaaaaaaaa08'},
        {...one!, InstanceId: 'i-0aaaaaaaaaaaaaa09', SubnetId: other},
      ],
      Subnets: [
        ...itemsOf(account.Subnets),
        {...itemsOf(account.Subnets)[0]!, SubnetId: other, CidrBlock: '10.0.9.0/24'},
      ],
    }
    expect(outcomes(account, {IamInstanceProfile: {Name: 'web'}})).toEqual([['Template', 'degraded']])
    expect(outcomes(two, {})).toEqual([
      ['Template', 'unmanaged'],
      ['Template', 'unmanaged'],
    ])
  })

  it('is undetermined where none was launched from it', () => {
    expect(outcomes(launchedFrom('lt-0aaaaaaaaaaaaaa02'), {})).toEqual([['Template', 'undecided']])
  })
})

describe('a resource that CloudFormation replaces', () => {
  const isolated: Account = {
    ...healthy,
    Subnets: [
      ...itemsOf(healthy.Subnets),
      {...itemsOf(healthy.Subnets)[0]!, SubnetId: 'subnet-0aaaaaaaaaaaaaa9', CidrBlock: '10.0.9.0/24'},
    ],
  }

  it('is in its new subnet: an instance', () => {
    const after = applyResources(isolated, [
      change('AWS::EC2::Instance', WEB, {SubnetId: 'subnet-0aaaaaaaaaaaaaa9'}, 'update'),
    ])
    expect(itemsOf(after.Instances).map(({SubnetId}) => SubnetId)).toEqual(['subnet-0aaaaaaaaaaaaaa9'])
  })

  it('is in its new subnet: a NAT gateway', () => {
    const nat = (SubnetId: string, action: 'create' | 'update') =>
      change('AWS::EC2::NatGateway', 'nat-planned', {SubnetId}, action)
    const after = [nat(SUBNET, 'create'), nat('subnet-0aaaaaaaaaaaaaa9', 'update')].reduce(
      (account, one) => applyResources(account, [one]),
      isolated,
    )
    expect(itemsOf(after.NatGateways).map(({SubnetId}) => SubnetId)).toEqual(['subnet-0aaaaaaaaaaaaaa9'])
  })
})

describe('a peering connection of the plan', () => {
  const peering = (properties: Properties) => {
    const after = applyResources(healthy, [
      change(
        'AWS::EC2::VPCPeeringConnection',
        'pcx-planned',
        {VpcId: VPC, PeerVpcId: 'vpc-peer', ...properties},
        'create',
      ),
    ])
    return itemsOf(after.VpcPeeringConnections)
  }

  it('is active once it is accepted, and pending until then', () => {
    expect(peering({IsAccepted: true})).toMatchObject([{Status: {Code: 'active'}}])
    expect(peering({IsAccepted: false})).toMatchObject([{Status: {Code: 'pending-acceptance'}}])
  })

  it('is with the account and the Region of the peer, or with the same', () => {
    const requester = {VpcId: VPC, OwnerId: OWNER, Region: REGION}
    expect(peering({PeerOwnerId: '999999999999', PeerRegion: 'us-west-2'})).toMatchObject([
      {
        RequesterVpcInfo: requester,
        AccepterVpcInfo: {VpcId: 'vpc-peer', OwnerId: '999999999999', Region: 'us-west-2'},
      },
    ])
    expect(peering({})).toMatchObject([{AccepterVpcInfo: {VpcId: 'vpc-peer', OwnerId: OWNER, Region: REGION}}])
  })

  it('keeps the state that it has', () => {
    const pending = {VpcPeeringConnectionId: 'pcx-planned', Status: {Code: 'pending-acceptance' as const}}
    const account = {...healthy, VpcPeeringConnections: [pending]} as Account
    const after = applyResources(account, [
      change('AWS::EC2::VPCPeeringConnection', 'pcx-planned', {VpcId: VPC, PeerVpcId: 'vpc-peer'}, 'update'),
    ])
    expect(itemsOf(after.VpcPeeringConnections).map(({Status}) => Status?.Code)).toEqual(['pending-acceptance'])
  })
})

describe('a responsible change', () => {
  it('is each of two if either alone would create the cause', () => {
    const detach = (address: string): PlannedResource => ({
      address,
      type: 'AWS::EC2::Instance',
      id: WEB,
      action: 'update',
      attributes: [address],
      before: {},
      after: {IamInstanceProfile: ''},
    })
    const plan = {resources: [detach('first'), detach('second')], ignored: []}
    const [instance] = comparePlan(healthy, plan, source).instances
    expect(instance?.causes.map(({id, by}) => [id, by.map(({address}) => address)])).toEqual([
      ['iam.no-profile', ['first', 'second']],
    ])
  })
})

describe('the fixes of a plan', () => {
  it('name each instance itself, even if others lose the same', () => {
    const [web] = itemsOf(healthy.Instances)
    const twin = {...web!, InstanceId: 'i-0aaaaaaaaaaaaaa02', PrivateIpAddress: '10.0.1.99'}
    const two: Account = {...healthy, Instances: [web!, twin]}
    const detach = (id: string) => change('AWS::EC2::Instance', id, {IamInstanceProfile: ''}, 'update')
    const plan = {resources: [detach(WEB), detach(twin.InstanceId)], ignored: []}
    const fixes = comparePlan(two, plan, source).instances.map(({fixes: [first]}) => first?.text)
    expect(fixes).toEqual([expect.stringContaining(WEB), expect.stringContaining(twin.InstanceId)])
  })

  it('name the association of each, even if all lose one profile', () => {
    const [web] = itemsOf(healthy.Instances)
    const [association] = itemsOf(healthy.IamInstanceProfileAssociations)
    const second = 'iip-assoc-0aaaaaaaaaaaaaa02'
    const twin = {...web!, InstanceId: 'i-0aaaaaaaaaaaaaa02', PrivateIpAddress: '10.0.1.99'}
    const two: Account = {
      ...healthy,
      Instances: [web!, twin],
      InstanceProfiles: [
        ...itemsOf(healthy.InstanceProfiles),
        {
          ...itemsOf(healthy.InstanceProfiles)[0]!,
          Arn: `arn:aws:iam::${OWNER}:instance-profile/spare`,
          InstanceProfileName: 'spare',
        } as never,
      ],
      IamInstanceProfileAssociations: [
        association!,
        {...association!, AssociationId: second, InstanceId: twin.InstanceId},
      ],
    }
    const deletion: PlannedResource = {
      ...change('AWS::IAM::InstanceProfile', 'web', {}, 'update'),
      action: 'delete',
      before: {InstanceProfileName: 'web'},
    }
    const fixes = comparePlan(two, {resources: [deletion], ignored: []}, source).instances.map(
      ({fixes: [first]}) => first?.text,
    )
    expect(fixes).toEqual([expect.stringContaining(association!.AssociationId!), expect.stringContaining(second)])
    const comment = markdownPlan(comparePlan(two, {resources: [deletion], ignored: []}, source))
    expect(comment).toContain(association!.AssociationId!)
    expect(comment).toContain(second)
  })

  it('are the same for instances in the same position', () => {
    const [web] = itemsOf(healthy.Instances)
    const two: Account = {...healthy, Instances: [web!, {...web!, InstanceId: 'i-0aaaaaaaaaaaaaa02'}]}
    const group = change('AWS::EC2::SecurityGroup', WEB_GROUP, {SecurityGroupEgress: []}, 'update')
    const [one, other] = comparePlan(two, {resources: [group], ignored: []}, source).instances
    expect(one?.fixes.length).toBeGreaterThan(0)
    expect(other?.fixes).toEqual(one?.fixes)
  })
})

describe('what is no longer set', () => {
  const update = (type: string, id: string, before: Properties, after: Properties): PlannedResource => ({
    ...change(type, id, after, 'update'),
    before,
  })
  const causesAfter = (resource: PlannedResource) =>
    comparePlan(healthy, {resources: [resource], ignored: []}, source).instances.flatMap(({causes}) =>
      causes.map(({id}) => id),
    )
  const [role] = itemsOf(healthy.Roles) as readonly {AttachedManagedPolicies: readonly {PolicyArn?: string}[]}[]
  const arns = role!.AttachedManagedPolicies.map(({PolicyArn}) => PolicyArn)

  it('is removed: the profile of an instance', () => {
    expect(causesAfter(update('AWS::EC2::Instance', WEB, {IamInstanceProfile: 'web'}, {}))).toEqual(['iam.no-profile'])
  })

  it('is removed: the policies of a role', () => {
    const before = {RoleName: 'web', ManagedPolicyArns: arns}
    expect(causesAfter(update('AWS::IAM::Role', 'web', before, {RoleName: 'web'}))).toContain(
      'iam.no-registration-permission',
    )
  })

  it('is removed: a role from those that a managed policy names', () => {
    const policy = {
      ManagedPolicyName: 'core',
      PolicyDocument: {Statement: [{Effect: 'Deny', Action: 'ssm:UpdateInstanceInformation', Resource: '*'}]},
    }
    const attached = applyResources(healthy, [
      change('AWS::IAM::ManagedPolicy', 'core', {...policy, Roles: ['web']}, 'create'),
    ])
    const after = comparePlan(
      attached,
      {
        resources: [update('AWS::IAM::ManagedPolicy', 'core', {...policy, Roles: ['web']}, {...policy, Roles: []})],
        ignored: [],
      },
      source,
    )
    expect(after.totals.fixed).toBe(1)
  })

  it('stays if it was not set before either', () => {
    expect(causesAfter(update('AWS::EC2::Instance', WEB, {}, {}))).toEqual([])
  })
})

describe('the text of a plan', () => {
  it('shows how many it omits, and labels undetermined ones', () => {
    const launches = Array.from({length: 12}, (_, n) => ({
      ...change('AWS::EC2::Instance', `i-planned-${n}`, {SubnetId: UNKNOWN}, 'create'),
      address: `web[${n}]`,
    }))
    const text = textPlan(comparePlan(healthy, {resources: launches, ignored: []}, source), PIPE)
    expect(text).toContain('This plan: 12 cannot be determined before the plan is applied.')
    expect(text).toContain('and 2 more; --json lists them all')
  })
})

describe('a plan alone', () => {
  it('routes to Amazon S3 through the gateway endpoint that it creates', () => {
    const endpoint = {ServiceName: `com.amazonaws.${REGION}.s3`, RouteTableIds: [{Ref: 'Table'}], VpcId: {Ref: 'Vpc'}}
    const plan = templatePlan(
      {
        Resources: {
          Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: '10.0.0.0/16'}},
          Table: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: {Ref: 'Vpc'}}},
          Endpoint: {Type: 'AWS::EC2::VPCEndpoint', Properties: endpoint},
        },
      },
      STACK,
    )
    const after = applyResources(emptyAccount(REGION, '2026-11-20T12:00:00.000Z'), plan.resources)
    const [list] = itemsOf(after.ManagedPrefixLists)
    const table = itemsOf(after.RouteTables).find(({RouteTableId}) => RouteTableId === 'rtb-Table')
    expect(table?.Routes).toContainEqual(
      expect.objectContaining({DestinationPrefixListId: list?.PrefixListId, GatewayId: 'vpce-Endpoint'}),
    )
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html
it('a subnet that the plan removes with an instance in it is not one that could not be read', () => {
  const removed: PlannedResource = {...change('AWS::EC2::Subnet', SUBNET, {}, 'update'), action: 'delete', before: {}}
  const {instances} = comparePlan(healthy, {resources: [removed], ignored: []}, source)
  expect(instances).toMatchObject([{change: 'unknown', unknown: [expect.stringContaining('does not delete planned')]}])
})

it('what is known only after apply is named where it could not be read', () => {
  const [own] = itemsOf(healthy.VpcEndpoints)
  const endpoint = change('AWS::EC2::VPCEndpoint', own!.VpcEndpointId, {PolicyDocument: UNKNOWN}, 'update')
  const {instances} = comparePlan(healthy, {resources: [endpoint], ignored: []}, source)
  expect(instances[0]?.unknown[0]).toMatch(/\(planned: known only after the plan is applied\)\.$/)
})
