import {describe, expect, it} from 'vitest'
import {type Account, isUnreadable, itemsOf, type Kind} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {type Properties, UNKNOWN} from '../../src/plan/resource.ts'
import {healthy, SUBNET, VPC, WEB_GROUP} from '../support/healthy.ts'
import {behindTransitGateway, id, VPC as SPOKE, TGW} from '../support/network.ts'
import {planned} from './planned.ts'

const made = (account: Account, type: string, resourceId: string, after: Properties) =>
  applyResources(account, [planned(type, resourceId, undefined, after)])
const unmade = (account: Account, type: string, resourceId: string, before: Properties = {}) =>
  applyResources(account, [planned(type, resourceId, before)])
const without = (account: Account, kind: Kind) => ({...account, [kind]: undefined})

describe('a VPC', () => {
  it('no longer exists once it is removed, and the others stay', () => {
    const other = made(healthy, 'AWS::EC2::VPC', 'vpc-new', {CidrBlock: '10.9.0.0/16'})
    const ids = itemsOf(unmade(other, 'AWS::EC2::VPC', 'vpc-new').Vpcs).map(({VpcId}) => VpcId)
    expect(ids).toEqual(itemsOf(healthy.Vpcs).map(({VpcId}) => VpcId))
  })

  it('uses the DHCP options of the plan, and the default ones once the association is removed', () => {
    const servers = {DomainNameServers: ['10.0.0.2', '192.0.2.53']}
    const association = {VpcId: VPC, DhcpOptionsId: 'dopt-new'}
    const after = applyResources(healthy, [
      planned('AWS::EC2::DHCPOptions', 'dopt-new', undefined, servers),
      planned('AWS::EC2::VPCDHCPOptionsAssociation', 'x', undefined, association),
    ])
    expect(find(after.Vpcs, 'VpcId', VPC)?.DhcpOptionsId).toBe('dopt-new')
    expect(find(after.DhcpOptions, 'DhcpOptionsId', 'dopt-new')).toEqual({
      DhcpOptionsId: 'dopt-new',
      DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.0.2'}, {Value: '192.0.2.53'}]}],
    })
    const gone = applyResources(after, [
      planned('AWS::EC2::DHCPOptions', 'dopt-new', servers),
      planned('AWS::EC2::VPCDHCPOptionsAssociation', 'x', association),
    ])
    expect(find(gone.Vpcs, 'VpcId', VPC)?.DhcpOptionsId).toBe('default')
    expect(find(gone.DhcpOptions, 'DhcpOptionsId', 'dopt-new')).toBeUndefined()
  })

  it('keeps the default options, which cannot be deleted', () => {
    const named: Account = {...healthy, DhcpOptions: [{DhcpOptionsId: 'default', DhcpConfigurations: []}]}
    expect(unmade(named, 'AWS::EC2::DHCPOptions', 'default').DhcpOptions).toEqual(named.DhcpOptions)
  })
})

describe('a route', () => {
  const TABLE = itemsOf(healthy.RouteTables)[0]!.RouteTableId
  const routesOf = (account: Account) =>
    itemsOf(find(account.RouteTables, 'RouteTableId', TABLE)!.Routes as readonly Record<string, unknown>[])
  const route = (properties: Properties) => ({RouteTableId: TABLE, ...properties})

  it.each([
    ['NatGatewayId', 'NatGatewayId'],
    ['GatewayId', 'GatewayId'],
    ['TransitGatewayId', 'TransitGatewayId'],
    ['VpcPeeringConnectionId', 'VpcPeeringConnectionId'],
    ['EgressOnlyInternetGatewayId', 'EgressOnlyInternetGatewayId'],
    ['NetworkInterfaceId', 'NetworkInterfaceId'],
    ['InstanceId', 'InstanceId'],
    ['VpcEndpointId', 'GatewayId'],
  ])('to %s has the field %s of the API', (property, field) => {
    const after = made(
      healthy,
      'AWS::EC2::Route',
      'r',
      route({DestinationCidrBlock: '192.0.2.0/24', [property]: 'x-1'}),
    )
    expect(routesOf(after).at(-1)).toEqual({
      DestinationCidrBlock: '192.0.2.0/24',
      [field]: 'x-1',
      Origin: 'CreateRoute',
      State: 'active',
    })
  })

  it('takes the place of the one to the same destination, and is removed alone', () => {
    const to = (target: string) => route({DestinationIpv6CidrBlock: '::/0', GatewayId: target})
    const first = made(healthy, 'AWS::EC2::Route', 'r', to('igw-1'))
    const second = made(first, 'AWS::EC2::Route', 'r', to('igw-2'))
    expect(routesOf(second)).toHaveLength(routesOf(healthy).length + 1)
    expect(routesOf(second).at(-1)).toMatchObject({GatewayId: 'igw-2'})
    expect(routesOf(unmade(second, 'AWS::EC2::Route', 'r', to('igw-2')))).toEqual(routesOf(healthy))
  })

  it('that a table lists replaces the earlier ones, but neither the local nor a propagated one', () => {
    const own = {DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'}
    const propagated = {DestinationCidrBlock: '10.7.0.0/16', GatewayId: 'vgw-1', Origin: 'EnableVgwRoutePropagation'}
    const old = {DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', Origin: 'CreateRoute'}
    const RouteTables = itemsOf(healthy.RouteTables).map((table) =>
      table.RouteTableId === TABLE ? {...table, Routes: [own, propagated, old]} : table,
    ) as Account['RouteTables']
    const after = made({...healthy, RouteTables}, 'AWS::EC2::RouteTable', TABLE, {
      VpcId: VPC,
      Routes: [{DestinationCidrBlock: '192.0.2.0/24', NatGatewayId: 'nat-2'}],
    })
    expect(routesOf(after).map(({DestinationCidrBlock}) => DestinationCidrBlock)).toEqual([
      '10.0.0.0/16',
      '10.7.0.0/16',
      '192.0.2.0/24',
    ])
  })
})

describe('a transit gateway', () => {
  const TABLE = itemsOf(behindTransitGateway.TransitGatewayRouteTables)[0]!.TransitGatewayRouteTableId!
  const tableOf = (account: Account) =>
    find(account.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', TABLE) as unknown as {
      readonly Routes: readonly Record<string, unknown>[] & {readonly unreadable?: string}
      readonly Associations: readonly {readonly TransitGatewayAttachmentId?: string}[]
    }

  it.each([
    [true, 'blackhole'],
    [false, 'active'],
  ])('has a static route whose Blackhole is %s: %s', (Blackhole, State) => {
    const properties = {
      TransitGatewayRouteTableId: TABLE,
      DestinationCidrBlock: '192.0.2.0/24',
      TransitGatewayAttachmentId: id('tgw-attach', 1),
      Blackhole,
    }
    const after = made(behindTransitGateway, 'AWS::EC2::TransitGatewayRoute', 'r', properties)
    expect(tableOf(after).Routes.at(-1)).toMatchObject({DestinationCidrBlock: '192.0.2.0/24', Type: 'static', State})
    expect(tableOf(unmade(after, 'AWS::EC2::TransitGatewayRoute', 'r', properties)).Routes).toEqual(
      tableOf(behindTransitGateway).Routes,
    )
  })

  const attached = (options: object, plannedOptions: object = {}) => {
    const TransitGateways = itemsOf(behindTransitGateway.TransitGateways).map((one) => ({
      ...one,
      Options: {AssociationDefaultRouteTableId: TABLE, PropagationDefaultRouteTableId: TABLE, ...options},
    })) as Account['TransitGateways']
    const after = made(
      {...behindTransitGateway, TransitGateways},
      'AWS::EC2::TransitGatewayAttachment',
      'tgw-attach-new',
      {
        TransitGatewayId: TGW,
        VpcId: SPOKE,
        SubnetIds: [id('subnet', 1)],
        ...plannedOptions,
      },
    )
    const {Associations, Routes} = tableOf(after)
    return {
      isAssociated: Associations.some(
        ({TransitGatewayAttachmentId}) => TransitGatewayAttachmentId === 'tgw-attach-new',
      ),
      isPropagated: !isUnreadable(Routes) && JSON.stringify(Routes).includes('tgw-attach-new'),
    }
  }

  it('associates and propagates a new attachment only where its defaults say so', () => {
    const enable = {DefaultRouteTableAssociation: 'enable', DefaultRouteTablePropagation: 'enable'}
    expect(attached(enable)).toEqual({isAssociated: true, isPropagated: true})
    expect(attached({...enable, DefaultRouteTableAssociation: 'disable'})).toEqual({
      isAssociated: false,
      isPropagated: true,
    })
    expect(attached({...enable, DefaultRouteTablePropagation: 'disable'})).toEqual({
      isAssociated: true,
      isPropagated: false,
    })
  })
})

describe('a role', () => {
  const role = itemsOf(healthy.Roles)[0] as unknown as {
    readonly Arn: string
    readonly RoleName: string
    readonly AttachedManagedPolicies: readonly {readonly PolicyArn: string}[]
  }
  const policiesOf = (account: Account) =>
    (find(account.Roles, 'Arn', role.Arn) as typeof role | undefined)?.AttachedManagedPolicies.map(
      ({PolicyArn}) => PolicyArn,
    )
  const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

  it('has each managed policy of the plan once, and those that the plan never had', () => {
    const given = role.AttachedManagedPolicies.map(({PolicyArn}) => PolicyArn)
    const after = applyResources(healthy, [
      planned(
        'AWS::IAM::Role',
        role.RoleName,
        {RoleName: role.RoleName, ManagedPolicyArns: []},
        {RoleName: role.RoleName, ManagedPolicyArns: [...given, readOnly]},
      ),
    ])
    expect(policiesOf(after)?.toSorted()).toEqual([...given, readOnly].toSorted())
  })

  it('that changes is no longer the one that was simulated', () => {
    const result = {EvalActionName: 'ssm:UpdateInstanceInformation', EvalDecision: 'implicitDeny' as const}
    const simulated = {
      ...healthy,
      PolicySimulations: [{PolicySourceArn: role.Arn, EvaluationResults: [result]}],
    } as unknown as Account
    const given = {RoleName: role.RoleName, PolicyArn: readOnly}
    for (const after of [
      made(simulated, 'ssm-doctor::RolePolicyAttachment', 'x', given),
      made(simulated, 'AWS::IAM::Role', role.RoleName, {RoleName: role.RoleName, ManagedPolicyArns: [readOnly]}),
    ])
      expect(JSON.stringify(after.PolicySimulations)).not.toContain('implicitDeny')
  })

  it('has the permissions boundary of the plan', () => {
    const boundary = 'arn:aws:iam::111122223333:policy/limit'
    const after = made(healthy, 'AWS::IAM::Role', role.RoleName, {
      RoleName: role.RoleName,
      PermissionsBoundary: boundary,
    })
    expect(find(after.Roles, 'Arn', role.Arn)).toMatchObject({
      PermissionsBoundary: {PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary},
    })
    expect(
      find(made(healthy, 'AWS::IAM::Role', role.RoleName, {RoleName: role.RoleName}).Roles, 'Arn', role.Arn),
    ).not.toHaveProperty('PermissionsBoundary')
  })
})

describe('a security group', () => {
  const ingressOf = (rules: readonly Properties[]) => {
    const after = made(healthy, 'AWS::EC2::SecurityGroup', 'sg-new', {VpcId: VPC, SecurityGroupIngress: rules})
    return find(after.SecurityGroups, 'GroupId', 'sg-new')?.IpPermissions.map(({IpProtocol, FromPort, ToPort}) => [
      IpProtocol,
      FromPort,
      ToPort,
    ])
  }

  it('has a rule for everything where the protocol is -1, by number, by name or left out', () => {
    const everything = [['-1', undefined, undefined]]
    for (const IpProtocol of ['-1', 'all', 'ALL', undefined])
      expect(ingressOf([{IpProtocol, CidrIp: '10.0.0.0/8', FromPort: 1, ToPort: 2}])).toEqual(everything)
    expect(ingressOf([{IpProtocol: '6', CidrIp: '10.0.0.0/8', FromPort: 443, ToPort: '444'}])).toEqual([
      ['tcp', 443, 444],
    ])
  })
})

describe('a rule of a security group that is a resource of its own', () => {
  const permissionsOf = (account: Account) =>
    find(account.SecurityGroups, 'GroupId', 'sg-new')?.IpPermissions.map(({FromPort, IpRanges}) => [
      FromPort,
      IpRanges?.map(({CidrIp}) => CidrIp),
    ])
  const rule = (port: number) => ({
    GroupId: 'sg-new',
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIp: '10.0.0.0/8',
  })

  it('is added beside one of another port, and removed alone', () => {
    const group = made(healthy, 'AWS::EC2::SecurityGroup', 'sg-new', {VpcId: VPC, SecurityGroupIngress: [rule(22)]})
    const both = made(group, 'AWS::EC2::SecurityGroupIngress', 'r', rule(443))
    expect(permissionsOf(both)).toEqual([
      [22, ['10.0.0.0/8']],
      [443, ['10.0.0.0/8']],
    ])
    expect(permissionsOf(unmade(both, 'AWS::EC2::SecurityGroupIngress', 'r', rule(22)))).toEqual([
      [443, ['10.0.0.0/8']],
    ])
  })
})

describe('a part of an endpoint', () => {
  const endpoint = itemsOf(healthy.VpcEndpoints).find(({SubnetIds}) => SubnetIds.length > 0)!
  const VpcEndpointId = endpoint.VpcEndpointId
  const endpointOf = (account: Account) => find(account.VpcEndpoints, 'VpcEndpointId', VpcEndpointId)
  const [SubnetId = ''] = endpoint.SubnetIds

  it('is removed from it alone', () => {
    const after = unmade(healthy, 'ssm-doctor::EndpointSubnet', 'x', {VpcEndpointId, SubnetId})
    expect(endpointOf(after)?.SubnetIds).toEqual(endpoint.SubnetIds.filter((one) => one !== SubnetId))
    expect(itemsOf(after.VpcEndpoints)).toHaveLength(itemsOf(healthy.VpcEndpoints).length)
  })

  it('is a subnet, whose interface is deleted with it', () => {
    const there = itemsOf(healthy.NetworkInterfaces).find(
      (one) => one.SubnetId === SubnetId && endpoint.NetworkInterfaceIds.includes(one.NetworkInterfaceId),
    )!.NetworkInterfaceId
    const moved = {VpcEndpointId, SubnetIds: endpoint.SubnetIds.filter((one) => one !== SubnetId)}
    for (const after of [
      unmade(healthy, 'ssm-doctor::EndpointSubnet', 'x', {VpcEndpointId, SubnetId}),
      made(healthy, 'AWS::EC2::VPCEndpoint', VpcEndpointId, moved),
    ]) {
      expect(endpointOf(after)?.NetworkInterfaceIds).toEqual(endpoint.NetworkInterfaceIds.filter((id) => id !== there))
      expect(find(after.NetworkInterfaces, 'NetworkInterfaceId', there)).toBeUndefined()
    }
  })

  it('is its policy, without which the default one applies', () => {
    const Statement = [{Effect: 'Deny', Principal: '*', Action: '*', Resource: '*'}]
    const after = made(healthy, 'ssm-doctor::EndpointPolicy', 'x', {VpcEndpointId, PolicyDocument: {Statement}})
    expect(endpointOf(after)?.PolicyDocument).toEqual({Statement})
    expect(endpointOf(unmade(after, 'ssm-doctor::EndpointPolicy', 'x', {VpcEndpointId}))).not.toHaveProperty(
      'PolicyDocument',
    )
  })
})

describe('a part of an interface that is not the primary one', () => {
  const [instance] = itemsOf(healthy.Instances)
  const second = {NetworkInterfaceId: 'eni-2', Groups: [{GroupId: 'sg-2'}], Attachment: {DeviceIndex: 1}}
  const two = {
    ...healthy,
    Instances: [{...instance!, NetworkInterfaces: [...instance!.NetworkInterfaces, second]}],
  } as Account
  const interfacesOf = (account: Account) => itemsOf(account.Instances)[0]!.NetworkInterfaces
  const NetworkInterfaceId = 'eni-2'

  it('is a group that the primary interface does not get', () => {
    const added = {NetworkInterfaceId, SecurityGroupId: 'sg-9'}
    const after = made(two, 'ssm-doctor::InterfaceGroup', 'x', added)
    expect(interfacesOf(after)[1]?.Groups).toEqual([{GroupId: 'sg-2'}, {GroupId: 'sg-9'}])
    expect(interfacesOf(after)[0]).toEqual(interfacesOf(two)[0])
    expect(itemsOf(after.Instances)[0]?.SecurityGroups).toEqual(instance!.SecurityGroups)
    expect(interfacesOf(unmade(after, 'ssm-doctor::InterfaceGroup', 'x', added))[1]?.Groups).toEqual([
      {GroupId: 'sg-2'},
    ])
  })

  it('is a public address that the instance does not get', () => {
    const after = made(two, 'ssm-doctor::PublicAddress', 'x', {NetworkInterfaceId})
    expect(interfacesOf(after)[1]?.Association?.PublicIp).toBeDefined()
    expect(interfacesOf(after)[0]).toEqual(interfacesOf(two)[0])
    expect(itemsOf(after.Instances)[0]?.PublicIpAddress).toEqual(instance!.PublicIpAddress)
  })
})

describe('a peering connection', () => {
  const pending = {
    ...healthy,
    VpcPeeringConnections: [{VpcPeeringConnectionId: 'pcx-1', Status: {Code: 'pending-acceptance' as const}}],
  } as unknown as Account

  it.each([
    [true, 'active'],
    [false, 'pending-acceptance'],
  ])('whose accepter sets auto_accept to %s is %s', (AutoAccept, Code) => {
    const properties = {VpcPeeringConnectionId: 'pcx-1', AutoAccept}
    const after = made(pending, 'ssm-doctor::PeeringAcceptance', 'x', properties)
    expect(itemsOf(after.VpcPeeringConnections)).toMatchObject([{Status: {Code}}])
  })
})

describe('an association of a transit gateway that moves', () => {
  it('leaves the route table that it was in', () => {
    const [from, to] = itemsOf(behindTransitGateway.TransitGatewayRouteTables).map(
      ({TransitGatewayRouteTableId}) => TransitGatewayRouteTableId,
    )
    const target = to ?? 'tgw-rtb-other'
    const attachment = {TransitGatewayAttachmentId: id('tgw-attach', 1)}
    const after = applyResources(behindTransitGateway, [
      planned(
        'AWS::EC2::TransitGatewayRouteTableAssociation',
        'x',
        {...attachment, TransitGatewayRouteTableId: from},
        {...attachment, TransitGatewayRouteTableId: target},
      ),
    ])
    const left = find(after.TransitGatewayRouteTables, 'TransitGatewayRouteTableId', from)
    expect(JSON.stringify(left?.Associations)).not.toContain(attachment.TransitGatewayAttachmentId)
  })
})

describe('a private hosted zone', () => {
  it('is one with a VPC', () => {
    const zone = {Name: 'example.com', VPCs: [{VPCId: VPC}]}
    expect(
      find(made(healthy, 'AWS::Route53::HostedZone', 'Z1', zone).HostedZones, 'Id', '/hostedzone/Z1'),
    ).toMatchObject({
      Name: 'example.com.',
      VPCs: [{VPCId: VPC, VPCRegion: healthy.Region}],
    })
    expect(made(healthy, 'AWS::Route53::HostedZone', 'Z1', {Name: 'example.com'}).HostedZones).toEqual(
      healthy.HostedZones,
    )
  })
})

describe('a new instance', () => {
  it('without groups has the default group of its VPC, and no other', () => {
    const group = itemsOf(healthy.SecurityGroups)[0]!
    const SecurityGroups = [
      ...itemsOf(healthy.SecurityGroups),
      {...group, GroupId: 'sg-default', GroupName: 'default', VpcId: VPC},
      {...group, GroupId: 'sg-elsewhere', GroupName: 'default', VpcId: 'vpc-other'},
    ]
    const after = made({...healthy, SecurityGroups}, 'AWS::EC2::Instance', 'i-new', {SubnetId: SUBNET})
    expect(find(after.Instances, 'InstanceId', 'i-new')?.SecurityGroups).toEqual([{GroupId: 'sg-default'}])
  })
})

it('what is known only after apply is unread, and the rest stays', () => {
  const doubtful = made(healthy, 'AWS::EC2::DHCPOptions', 'dopt-new', {DomainNameServers: UNKNOWN})
  expect(isUnreadable(doubtful.DhcpOptions)).toBe(true)
  expect(without(doubtful, 'DhcpOptions')).toEqual(without(healthy, 'DhcpOptions'))
})

it('an entry of a prefix list that is known only after apply may be in any of them', () => {
  const account = {...healthy, ManagedPrefixLists: [{PrefixListId: 'pl-1', Entries: []}]} as unknown as Account
  const added = (PrefixListId: unknown) =>
    made(account, 'ssm-doctor::PrefixListEntry', 'x', {PrefixListId, Cidr: '10.0.0.0/8'}).ManagedPrefixLists
  expect(added('pl-1')).toMatchObject([{Entries: [{Cidr: '10.0.0.0/8'}]}])
  expect(isUnreadable(added(UNKNOWN))).toBe(true)
})

describe('a rule for a group of another account', () => {
  const https = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443}
  const inbound = (peer: Properties) => {
    const after = made(healthy, 'AWS::EC2::SecurityGroupIngress', 'x', {GroupId: WEB_GROUP, ...https, ...peer})
    return find(after.SecurityGroups, 'GroupId', WEB_GROUP)?.IpPermissions.at(-1)
  }
  it.each<[format: string, peer: Properties]>([
    ['Terraform', {SourceSecurityGroupId: '111122223333/sg-0a'}],
    ['CloudFormation', {SourceSecurityGroupId: 'sg-0a', SourceSecurityGroupOwnerId: '111122223333'}],
  ])('is read as %s writes it', (_, peer) => {
    expect(inbound(peer)).toEqual({...https, UserIdGroupPairs: [{GroupId: 'sg-0a', UserId: '111122223333'}]})
  })
})
