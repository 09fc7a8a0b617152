import {describe, expect, it} from 'vitest'
import {
  type Account,
  type InstanceProfile,
  itemsOf,
  type NetworkAcl,
  type NetworkAclEntry,
  type RouteTable,
} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {outcomeOf, withoutObservations} from '../../src/plan/outcome.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {laterOf, type PlannedResource, type Properties, UNKNOWN} from '../../src/plan/resource.ts'
import {ENDPOINT_GROUP, healthy, healthyBehindNat, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {behindTransitGateway, INSTANCE, id, VPC as SPOKE, TGW} from '../support/network.ts'
import {planned} from './planned.ts'

const outcomeAfter = (account: Account, instanceId: string, ...resources: readonly PlannedResource[]) => {
  const after = applyResources(withoutObservations(account), resources)
  const outcome = outcomeOf(after, find(after.Instances, 'InstanceId', instanceId)!)
  return {verdict: outcome.verdict, causes: outcome.causes.map((cause) => cause.id)}
}

describe('a network ACL', () => {
  const [acl] = itemsOf(healthyBehindNat.NetworkAcls)
  const own: NetworkAcl = {...acl!, NetworkAclId: 'acl-0eeeeeeeeeeeeeee1', IsDefault: false}
  const denying: NetworkAcl = {
    ...acl!,
    NetworkAclId: 'acl-0dddddddddddddd1',
    IsDefault: true,
    Associations: [],
    Entries: (acl!.Entries as readonly NetworkAclEntry[]).filter(({RuleAction}) => RuleAction === 'deny'),
  }
  const account = {...healthyBehindNat, NetworkAcls: [denying, own]}
  const subnets = (...SubnetIds: readonly unknown[]) => ({VpcId: VPC, SubnetIds})

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl
  it('no longer filters a subnet that is removed from its list: that gets the default one', () => {
    const removed = planned('AWS::EC2::NetworkAcl', own.NetworkAclId, subnets(SUBNET), subnets())
    expect(outcomeAfter(account, WEB, removed).causes).toContain('nacl.egress-443')
    const same = planned('AWS::EC2::NetworkAcl', own.NetworkAclId, subnets(SUBNET), subnets(SUBNET))
    expect(outcomeAfter(account, WEB, same).causes).not.toContain('nacl.egress-443')
  })

  it('filters any subnet if its subnets are known only after apply', () => {
    const uncertain = planned('AWS::EC2::NetworkAcl', own.NetworkAclId, subnets(SUBNET), subnets(UNKNOWN))
    expect(outcomeAfter(account, WEB, uncertain).verdict).toBe('undecided')
  })
})

it('a setting that is known only after apply is not off: private DNS, and the type of a NAT gateway', () => {
  const [endpoint] = itemsOf(healthy.VpcEndpoints)
  const dns = planned('AWS::EC2::VPCEndpoint', endpoint!.VpcEndpointId, {}, {PrivateDnsEnabled: UNKNOWN})
  expect(applyResources(healthy, [dns]).VpcEndpoints).toHaveProperty('unreadable')
  const nat = {SubnetId: 'subnet-0aaaaaaaaaaaaaa2', ConnectivityType: UNKNOWN}
  const replaced = [
    planned('AWS::EC2::NatGateway', 'nat-0aaaaaaaaaaaaaa01', {}),
    planned('AWS::EC2::NatGateway', 'nat-new', undefined, nat),
    planned('AWS::EC2::Route', 'r', undefined, {
      RouteTableId: 'rtb-0aaaaaaaaaaaaaa01',
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: 'nat-new',
    }),
  ]
  expect(outcomeAfter(healthyBehindNat, WEB, ...replaced).verdict).toBe('undecided')
})

describe('a route table', () => {
  const SECOND = '100.64.0.0/16'
  const [first, ...vpcs] = itemsOf(healthy.Vpcs)
  const blocks = [{CidrBlock: first!.CidrBlock}, {CidrBlock: SECOND}]
  const account = {...healthy, Vpcs: [{...first!, CidrBlockAssociationSet: blocks}, ...vpcs]}
  const destinations = (model: Account, tableId: string) =>
    itemsOf(find(model.RouteTables, 'RouteTableId', tableId)!.Routes as readonly {DestinationCidrBlock?: string}[]).map(
      ({DestinationCidrBlock}) => DestinationCidrBlock,
    )

  // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
  it('that is new routes every block of the VPC locally, also after another change of the VPC', () => {
    const after = applyResources(account, [
      planned('AWS::EC2::VPC', VPC, {CidrBlock: first!.CidrBlock}, {CidrBlock: first!.CidrBlock}),
      planned('AWS::EC2::RouteTable', 'rtb-new', undefined, {VpcId: VPC}),
    ])
    expect(destinations(after, 'rtb-new')).toEqual([first!.CidrBlock, SECOND])
  })

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table
  it('keeps the route of a gateway endpoint, which is not in its list', () => {
    const [table] = itemsOf(healthy.RouteTables)
    const toS3 = {DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-0eeeeeeeeeeeeee01', Origin: 'CreateRoute'} as const
    const Routes = [...(table!.Routes as readonly object[]), toS3]
    const model = {...healthy, RouteTables: [{...table!, Routes} as RouteTable]}
    const listed = planned('AWS::EC2::RouteTable', table!.RouteTableId, {VpcId: VPC}, {VpcId: VPC, Routes: []})
    expect(itemsOf(applyResources(model, [listed]).RouteTables)[0]?.Routes).toContainEqual(toS3)
  })
})

describe('a new subnet behind a transit gateway', () => {
  const zoned: Account = {
    ...behindTransitGateway,
    Subnets: itemsOf(behindTransitGateway.Subnets).map((one) => ({
      ...one,
      OwnerId: '111122223333',
      AvailabilityZone: 'eu-west-1a',
      AvailabilityZoneId: 'euw1-az2',
    })),
  }
  const [table] = itemsOf(behindTransitGateway.RouteTables)
  const launched = (zone: Properties) =>
    outcomeAfter(
      zoned,
      'i-new',
      planned('AWS::EC2::Subnet', 'subnet-new', undefined, {VpcId: SPOKE, CidrBlock: '10.0.9.0/24', ...zone}),
      planned('AWS::EC2::SubnetRouteTableAssociation', 'a', undefined, {
        SubnetId: 'subnet-new',
        RouteTableId: table!.RouteTableId,
      }),
      planned('AWS::EC2::Instance', 'i-new', undefined, {SubnetId: 'subnet-new', SecurityGroupIds: [id('sg', 1)]}),
    ).causes

  // https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
  it.each<[what: string, zone: Properties]>([
    ['by name', {AvailabilityZone: 'eu-west-1a'}],
    ['by id', {AvailabilityZoneId: 'euw1-az2'}],
  ])('is in the zone of the attachment, which is given %s', (_, zone) => {
    expect(launched(zone)).not.toContain('tgw.no-subnet-in-az')
  })

  it('is in another zone', () => {
    expect(launched({AvailabilityZone: 'eu-west-1b'})).toContain('tgw.no-subnet-in-az')
  })

  it('is in a zone that AWS chooses, so whether the attachment serves it is not known', () => {
    const after = applyResources(zoned, [
      planned('AWS::EC2::Subnet', 'subnet-new', undefined, {VpcId: SPOKE, CidrBlock: '10.0.9.0/24'}),
      planned('AWS::EC2::SubnetRouteTableAssociation', 'a', undefined, {
        SubnetId: 'subnet-new',
        RouteTableId: table!.RouteTableId,
      }),
      planned('AWS::EC2::Instance', 'i-new', undefined, {SubnetId: 'subnet-new', SecurityGroupIds: [id('sg', 1)]}),
    ])
    const {unknown} = outcomeOf(after, find(after.Instances, 'InstanceId', 'i-new')!)
    expect(unknown).toContain(`The subnets of attachment ${id('tgw-attach', 1)} could not be read.`)
  })
})

describe('a transit gateway', () => {
  const table = (n: number) => id('tgw-rtb', n)
  const account: Account = {
    ...behindTransitGateway,
    TransitGateways: itemsOf(behindTransitGateway.TransitGateways).map((one) => ({
      ...one,
      Options: {
        DefaultRouteTableAssociation: 'enable',
        AssociationDefaultRouteTableId: table(1),
        DefaultRouteTablePropagation: 'enable',
        PropagationDefaultRouteTableId: table(2),
      },
    })),
  }
  const attachment = (DefaultAssociation: boolean, DefaultPropagation: boolean) => ({
    ...{VpcId: SPOKE, SubnetIds: [id('subnet', 3)], TransitGatewayId: TGW},
    DefaultAssociation,
    DefaultPropagation,
  })
  const changed = (to: Properties) =>
    planned('AWS::EC2::TransitGatewayAttachment', id('tgw-attach', 1), attachment(true, true), to)

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_transit_gateway_vpc_attachment
  it('no longer routes an attachment that leaves its default route table, and routes it again when it is back', () => {
    const off = changed(attachment(false, true))
    expect(outcomeAfter(account, INSTANCE, off).causes).toContain('tgw.no-route')
    const back = planned('AWS::EC2::TransitGatewayAttachment', id('tgw-attach', 1), off.after, attachment(true, true))
    expect(outcomeAfter(applyResources(account, [off]), INSTANCE, back).causes).not.toContain('tgw.no-route')
    expect(outcomeAfter(account, INSTANCE, changed(attachment(true, true))).causes).not.toContain('tgw.no-route')
  })

  it('no longer has the routes that an attachment propagated to its default route table', () => {
    const propagated: Account = {
      ...account,
      TransitGatewayRouteTables: itemsOf(account.TransitGatewayRouteTables).map((one) => ({
        ...one,
        Routes: (one.Routes as readonly object[]).map((route) => ({...route, Type: 'propagated' as const})),
      })),
    }
    const off = changed(attachment(true, false))
    expect(outcomeAfter(propagated, INSTANCE, off).causes).toContain('tgw.no-return')
    expect(outcomeAfter(propagated, INSTANCE, changed(attachment(true, true))).causes).not.toContain('tgw.no-return')
  })

  // https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
  it.each([
    ['AWS::EC2::TransitGatewayAttachment', id('tgw-attach', 1)],
    ['AWS::EC2::TransitGateway', TGW],
  ])('leaves blackhole routes when it is deleted: %s', (type, resourceId) => {
    expect(outcomeAfter(account, INSTANCE, planned(type, resourceId, {})).causes).toContain('route.blackhole')
  })
})

/**
 * A role in an instance profile cannot be deleted: the provider removes it from the profile first, and one that replaces
 * it under its name is not added again. https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 */
describe('an instance profile is empty once its role is deleted', () => {
  const gone = planned('AWS::IAM::Role', 'web', {RoleName: 'web'})

  it('also if a role with its name is created', () => {
    const [role] = itemsOf(healthy.Roles)
    const created = planned('AWS::IAM::Role', 'web', undefined, {
      RoleName: 'web',
      AssumeRolePolicyDocument: Reflect.get(role!, 'AssumeRolePolicyDocument'),
    })
    expect(outcomeAfter(healthy, WEB, gone).causes).toContain('iam.profile-empty')
    expect(outcomeAfter(healthy, WEB, gone, created).causes).toContain('iam.profile-empty')
  })

  it('but not if the plan adds the role again', () => {
    const [profile] = itemsOf(healthy.InstanceProfiles)
    const {InstanceProfileName: name = ''} = profile as InstanceProfile
    const added = planned(
      'AWS::IAM::InstanceProfile',
      name,
      {Roles: ['web']},
      {InstanceProfileName: name, Roles: ['x']},
    )
    const created = planned('AWS::IAM::Role', 'x', undefined, {RoleName: 'x'})
    expect(outcomeAfter(healthy, WEB, gone, created, added).causes).not.toContain('iam.profile-empty')
  })
})

describe('an interface', () => {
  const [web] = itemsOf(healthy.Instances)
  const interfaceId = web!.NetworkInterfaces[0]!.NetworkInterfaceId!
  const closed = {GroupId: 'sg-0ccccccccccccccc1', VpcId: VPC, IpPermissions: [], IpPermissionsEgress: []}
  const account: Account = {...healthy, SecurityGroups: [...itemsOf(healthy.SecurityGroups), closed]}
  const change = (after: Properties) => planned('AWS::EC2::NetworkInterface', interfaceId, {}, after)

  it('that is a resource of its own gives its groups to the instance that it is attached to', () => {
    const group = change({SecurityGroupIds: [closed.GroupId]})
    expect(outcomeAfter(account, WEB, group).causes).toContain('sg.no-egress-443')
  })

  it('whose groups are known only after apply leaves the instance undetermined', () => {
    const after = applyResources(account, [change({SecurityGroupIds: UNKNOWN})])
    expect(after.Instances).toMatchObject({unreadable: expect.any(String), known: []})
  })

  // https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html
  it.each([
    ['as a setting of the instance', planned('AWS::EC2::Instance', WEB, {}, {SourceDestCheck: false})],
    ['as a setting of its interface', change({SourceDestCheck: false})],
  ])('forwards the packets of others without the source/destination check, %s', (_, resource) => {
    const [after] = itemsOf(applyResources(account, [resource]).Instances)
    expect(after).toMatchObject({SourceDestCheck: false, NetworkInterfaces: [{SourceDestCheck: false}]})
    const [known] = itemsOf(applyResources(account, [{...resource, after: {SourceDestCheck: UNKNOWN}}]).Instances)
    expect(known).toMatchObject({NetworkInterfaces: web!.NetworkInterfaces})
  })

  it('of a new instance has the check unless the plan disables it', () => {
    const launched = (more: Properties) => {
      const after = {SubnetId: SUBNET, SecurityGroupIds: ['sg-1'], ...more}
      const {Instances} = applyResources(account, [planned('AWS::EC2::Instance', 'i-new', undefined, after)])
      return find(Instances, 'InstanceId', 'i-new')
    }
    expect(launched({})).toMatchObject({SourceDestCheck: true, NetworkInterfaces: [{SourceDestCheck: true}]})
    expect(launched({SourceDestCheck: false})).toMatchObject({NetworkInterfaces: [{SourceDestCheck: false}]})
  })

  it.each([
    ['the instance', 'AWS::EC2::Instance', 'i-0ddddddddddddddd1'],
    ['it', 'AWS::EC2::NetworkInterface', interfaceId],
  ])('that routes lead to leaves blackhole routes when %s is deleted', (_, type, resourceId) => {
    const [table] = itemsOf(healthyBehindNat.RouteTables)
    const Routes = [{DestinationCidrBlock: '0.0.0.0/0', NetworkInterfaceId: interfaceId, State: 'active'}] as const
    const routed: Account = {
      ...account,
      Instances: [...itemsOf(account.Instances), {...web!, InstanceId: 'i-0ddddddddddddddd1'}],
      RouteTables: [{...table!, Routes}],
    }
    const [after] = itemsOf(applyResources(routed, [planned(type, resourceId, {})]).RouteTables)
    expect(after!.Routes).toMatchObject([{State: 'blackhole'}])
  })
})

// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint_security_group_association
it('a group of an endpoint can replace the default group of the VPC, which is restored without it', () => {
  const [endpoint] = itemsOf(healthy.VpcEndpoints)
  const usual = {GroupId: 'sg-0ddddddddddddddd1', GroupName: 'default', VpcId: VPC, IpPermissions: []}
  const account: Account = {
    ...healthy,
    SecurityGroups: [...itemsOf(healthy.SecurityGroups), {...usual, IpPermissionsEgress: []}],
    VpcEndpoints: [{...endpoint!, Groups: [{GroupId: usual.GroupId}]}],
  }
  const association = {
    ...{VpcEndpointId: endpoint!.VpcEndpointId, SecurityGroupId: 'sg-0eeeeeeeeeeeeeee1'},
    ReplaceDefaultAssociation: true,
  }
  const groups = ({VpcEndpoints}: Account) => itemsOf(VpcEndpoints)[0]!.Groups.map(({GroupId}) => GroupId)
  const replaced = applyResources(account, [planned('ssm-doctor::EndpointSecurityGroup', 'a', undefined, association)])
  expect(groups(replaced)).toEqual(['sg-0eeeeeeeeeeeeeee1'])
  const restored = applyResources(replaced, [planned('ssm-doctor::EndpointSecurityGroup', 'a', association)])
  expect(groups(restored)).toEqual([usual.GroupId])
})

describe('an internet gateway', () => {
  const [{InternetGatewayId: gateway = ''} = {}] = itemsOf(healthyBehindNat.InternetGateways)
  const change = (after: Properties) => planned('AWS::EC2::InternetGateway', gateway, {VpcId: VPC}, after)

  it('that leaves its VPC is attached to none', () => {
    expect(outcomeAfter(healthyBehindNat, WEB, change({})).causes).toContain('igw.detached')
    expect(outcomeAfter(healthyBehindNat, WEB, change({VpcId: VPC})).causes).not.toContain('igw.detached')
  })

  it('may be attached to any VPC if that is known only after apply', () => {
    expect(outcomeAfter(healthyBehindNat, WEB, change({VpcId: UNKNOWN})).verdict).toBe('undecided')
  })
})

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
it('a record that a routing policy chooses among others is removed alone', () => {
  const record = (SetIdentifier?: string) => ({
    ...{HostedZoneId: 'Z1', Name: 'ssm.eu-west-1.amazonaws.com', Type: 'A', ResourceRecords: ['10.0.1.5']},
    ...(SetIdentifier !== undefined && {SetIdentifier}),
  })
  const zoned = applyResources(healthy, [
    planned('AWS::Route53::HostedZone', 'Z1', undefined, {Name: 'eu-west-1.amazonaws.com', VPCs: [{VPCId: VPC}]}),
    ...['a', 'b'].map((one) => planned('AWS::Route53::RecordSet', one, undefined, record(one))),
  ])
  const records = (model: Account) => itemsOf(model.HostedZones)[0]?.ResourceRecordSets
  expect(records(zoned)).toMatchObject([{SetIdentifier: 'a'}, {SetIdentifier: 'b'}])
  const left = applyResources(zoned, [planned('AWS::Route53::RecordSet', 'a', record('a'))])
  expect(records(left)).toMatchObject([{SetIdentifier: 'b'}])
})

/** `before` and `after` of an aws_security_group or aws_iam_role list what resources of their own add to it. */
describe('what changes with tags alone', () => {
  const [group] = itemsOf(healthyBehindNat.SecurityGroups)
  const GroupId = group!.GroupId
  const everything = {IpProtocol: '-1', CidrIp: '0.0.0.0/0'}
  const rules = {SecurityGroupIngress: [], SecurityGroupEgress: [everything]}

  it('is a security group whose rule is removed all the same', () => {
    const causes = outcomeAfter(
      healthyBehindNat,
      WEB,
      planned('AWS::EC2::SecurityGroup', GroupId, rules, rules),
      planned('AWS::EC2::SecurityGroupEgress', 'sgr-1', {GroupId, ...everything}),
    ).causes
    expect(causes).toContain('sg.no-egress-443')
  })

  it('is a route table whose route is removed all the same', () => {
    const RouteTableId = 'rtb-0aaaaaaaaaaaaaa01'
    const route = {DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-0aaaaaaaaaaaaaa01'}
    const {causes} = outcomeAfter(
      healthyBehindNat,
      WEB,
      planned('AWS::EC2::RouteTable', RouteTableId, {Routes: [route]}, {Routes: [route]}),
      planned('AWS::EC2::Route', 'r-1', {RouteTableId, ...route}),
    )
    expect(causes).toContain('route.none')
  })

  it('is a role whose policy is detached all the same', () => {
    const RoleName = 'web'
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
    const attached = {RoleName, ManagedPolicyArns: [PolicyArn]}
    const {causes} = outcomeAfter(
      healthyBehindNat,
      WEB,
      planned('AWS::IAM::Role', RoleName, attached, attached),
      planned('ssm-doctor::RolePolicyAttachment', 'a-1', {RoleName, PolicyArn}),
    )
    expect(causes).toContain('iam.no-registration-permission')
  })
})

/** https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html: rules only allow, and are added up. */
describe('a rule of a security group whose peer is known only after apply', () => {
  const rule = (port: number, peer: unknown) => ({IpProtocol: 'tcp', FromPort: port, ToPort: port, ...Object(peer)})
  const web = rule(443, {SourceSecurityGroupId: WEB_GROUP})
  const later = (port: number) => rule(port, {SourceSecurityGroupId: laterOf('bastion')})
  const rules = (...SecurityGroupIngress: readonly object[]) => ({SecurityGroupIngress})
  const after = (type: string, ...versions: readonly [before: Properties, after?: Properties]) =>
    outcomeAfter(healthy, WEB, planned(type, ENDPOINT_GROUP, ...versions))
  const changed = (before: Properties, now: Properties) => after('AWS::EC2::SecurityGroup', before, now)
  const {verdict: asBefore} = outcomeAfter(healthy, WEB)

  it('leaves what the other rules allow, and what they do not', () => {
    expect(changed(rules(web), rules(web, later(22))).verdict).toBe(asBefore)
    expect(changed(rules(web, later(22)), rules(later(22))).causes).toContain('endpoint.sg-blocks')
    expect(changed(rules(web), rules(later(443))).verdict).toBe('undecided')
    expect(changed(rules(web), {SecurityGroupIngress: UNKNOWN}).verdict).toBe('undecided')
    expect(changed({}, {SecurityGroupEgress: UNKNOWN}).verdict).toBe(asBefore)
    expect(changed({SecurityGroupIngress: UNKNOWN}, rules(web)).verdict).toBe(asBefore)
    expect(changed(rules(web), rules(rule(443, {SourceSecurityGroupName: 'web'}))).verdict).toBe('undecided')
  })

  it('may be any of those for its ports once it is removed', () => {
    expect(changed(rules(later(22)), rules()).verdict).toBe(asBefore)
    expect(changed(rules(later(443)), rules()).verdict).toBe('undecided')
    const removed = (properties: Properties) => after('AWS::EC2::SecurityGroupIngress', properties).verdict
    expect(removed({GroupId: ENDPOINT_GROUP, ...later(443)})).toBe('undecided')
    expect(removed({GroupId: UNKNOWN, ...web})).toBe('undecided')
    expect(removed({GroupId: UNKNOWN, ...rule(443, {CidrIp: '192.0.2.0/24'})})).toBe(asBefore)
  })
})
