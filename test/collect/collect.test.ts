import {describe, expect, it} from 'vitest'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import {
  type Account,
  isUnreadable,
  itemsOf,
  NO_HISTORY,
  notAsked,
  type ResourceRecordSet,
  type Unreadable,
} from '../../src/model/account.ts'
import {clientsOf} from '../support/clients-of.ts'
import {refuse} from '../support/fake-aws.ts'
import {
  allow,
  aNode,
  anInstance,
  aRole,
  aRouteTable,
  healthy,
  healthyBehindNat,
  OWNER,
  REGION,
  ROLE,
  VPC,
  WEB,
} from '../support/healthy.ts'
import {inRounds} from '../support/pretend.ts'
import {type Serving, serve} from '../support/serve.ts'

async function collected(account: Account, serving: Serving = {}) {
  const fake = serve(account, serving)
  const found = await collect(await clientsOf(fake), [WEB])
  return {found: {...found, ReadAt: account.ReadAt}, calls: fake.calls}
}

/** The image of an online node shows nothing more than the node, and is not read. */
const asRead = (account: Account): Account => ({
  ...account,
  InstanceImageMetadata: itemsOf(account.InstanceImageMetadata).filter(
    ({InstanceId}) => !itemsOf(account.InstanceInformationList).some((node) => node.InstanceId === InstanceId),
  ),
})

describe('collect', () => {
  it.each([
    ['endpoints', healthy],
    ['a NAT gateway', healthyBehindNat],
  ])('returns the account that is served: an instance behind %s', async (_, account) => {
    expect((await collected(account)).found).toEqual(asRead(account))
  })

  it('reads the image of an instance that is not an online node', async () => {
    const absent = {...healthy, InstanceInformationList: []}
    expect((await collected(absent)).found.InstanceImageMetadata).toEqual(healthy.InstanceImageMetadata)
  })

  it('reads every page', async () => {
    const {found} = await collected(healthy, {pageSize: 1})
    expect(found).toEqual(asRead(healthy))
  })
})

describe('an internet gateway that a route names', () => {
  it.each([
    ['is attached to no VPC', []],
    ['is attached to another VPC', [{VpcId: 'vpc-0bbbbbbbbbbbbbb01', State: 'available' as const}]],
  ])('is read even if it %s', async (_, Attachments) => {
    const gateways = itemsOf(healthyBehindNat.InternetGateways).map((gateway) => ({...gateway, Attachments}))
    expect(gateways).toHaveLength(1)
    const account = {...healthyBehindNat, InternetGateways: gateways}
    expect((await collected(account)).found.InternetGateways).toEqual(gateways)
  })
})

describe('the calls', () => {
  it.each([
    ['endpoints', healthy, 31],
    ['a NAT gateway', healthyBehindNat, 31],
    // The console output of an unregistered node is also read.
    ['endpoints, unregistered', {...healthy, InstanceInformationList: []}, 32],
    ['a NAT gateway, unregistered', {...healthyBehindNat, InstanceInformationList: []}, 32],
  ] as const)('take at most five rounds behind %s, and no unnecessary calls', async (_, account, most) => {
    const fake = serve(account)
    const {aws, rounds, during} = await inRounds(fake)
    await during(collect(aws, [WEB]))
    expect(rounds.length).toBeLessThanOrEqual(5)
    expect(fake.calls.length).toBeLessThanOrEqual(most)
  })
})

describe('the organization', () => {
  const ORGANIZATION = {
    Id: 'o-a1b2c3d4e5',
    Arn: 'arn:aws:organizations::444455556666:organization/o-a1b2c3d4e5',
    MasterAccountId: '444455556666',
    MasterAccountEmail: 'owner@example.com',
  }
  const Condition = {StringEquals: {'aws:PrincipalOrgID': 'o-a1b2c3d4e5'}}
  const perimeter: Account = {
    ...healthy,
    InstanceInformationList: [],
    VpcEndpoints: itemsOf(healthy.VpcEndpoints).map((one) => ({
      ...one,
      PolicyDocument: allow('*', {Principal: '*', Resource: '*', Condition}),
    })),
    Organization: [ORGANIZATION],
  }
  const asked = ({calls}: Awaited<ReturnType<typeof collected>>) =>
    calls.flatMap(({service, operation}) => (service === 'organizations' ? [operation] : []))

  it('is read once where an endpoint policy compares its id, without the mail address of its owner', async () => {
    const read = await collected(perimeter)
    expect(asked(read)).toEqual(['DescribeOrganization'])
    const {MasterAccountEmail: _, ...rest} = ORGANIZATION
    expect(read.found.Organization).toEqual([rest])
  })

  it.each([
    ['a policy', {RolePolicyList: [{PolicyName: 'p', PolicyDocument: allow('ssm:*', {Resource: '*', Condition})}]}],
    ['the trust policy', {AssumeRolePolicyDocument: allow('sts:AssumeRole', {Principal: {Service: '*'}, Condition})}],
  ])('is read where %s of the role compares its id', async (_, change) => {
    expect(asked(await collected({...healthy, Roles: [aRole(change)]}))).toEqual(['DescribeOrganization'])
  })

  it('is not read without such a condition', async () => {
    const read = await collected({...healthy, Organization: [ORGANIZATION]})
    expect(asked(read)).toEqual([])
    expect(read.found.Organization).toEqual(notAsked())
  })

  it('is none if AWS says that the account is in none', async () => {
    expect((await collected({...perimeter, Organization: []})).found.Organization).toEqual([])
  })

  it('takes one call and at most one round more', async () => {
    const fake = serve(perimeter)
    const {aws, rounds, during} = await inRounds(fake)
    await during(collect(aws, [WEB]))
    expect(rounds.length).toBeLessThanOrEqual(6)
    expect(fake.calls.length).toBeLessThanOrEqual(33)
  })

  it('decides for an offline node what its conditions compare; a refusal names the permission', async () => {
    const verdictOf = async (account: Account, serving: Serving = {}) =>
      examine((await collected(account, serving)).found, WEB)
    const {causes} = await verdictOf({...perimeter, Organization: [{Id: 'o-z9y8x7w6v5'}]})
    expect(causes[0]?.id).toBe('endpoint.policy-denies')
    const refused = await verdictOf(perimeter, {
      unless: ({service}) => (service === 'organizations' ? refuse('AccessDeniedException') : undefined),
    })
    expect(refused.unreadable).toMatchObject([{kind: 'Organization', permission: 'organizations:DescribeOrganization'}])
    expect((await verdictOf(perimeter)).unreadable).toEqual([])
  })
})

describe('what is further along the path is read if something refers to it', () => {
  const operations = async (account: Account) => (await collected(account)).calls.map(({operation}) => operation)

  it('prefix lists that a route names', async () => {
    const pl = {
      DestinationPrefixListId: 'pl-0aaaaaaaaaaaaaa1',
      GatewayId: 'vpce-0aaaaaaaaaaaaaa09',
      State: 'active' as const,
    }
    const account: Account = {
      ...healthy,
      RouteTables: [aRouteTable({Routes: [pl]})],
      ManagedPrefixLists: [
        {
          PrefixListId: 'pl-0aaaaaaaaaaaaaa1',
          PrefixListName: `com.amazonaws.${REGION}.s3`,
          Entries: [{Cidr: '198.51.100.0/24'}],
        },
      ],
    }
    expect(await operations(healthy)).not.toContain('DescribeManagedPrefixLists')
    expect((await collected(account)).found).toEqual(asRead(account))
  })

  it('the hub behind a transit gateway', async () => {
    const {found, calls} = await collected(spokeAndHub)
    expect(found).toEqual(asRead(spokeAndHub))
    expect(calls.filter(({operation}) => operation === 'DescribeTransitGateways')).toHaveLength(1)
  })

  it('the policy table and the NAT of its attachments, which another call returns', async () => {
    const [first, ...others] = list(spokeAndHub.TransitGatewayVpcAttachments)
    const more = {Association: {TransitGatewayPolicyTableId: 'tgw-ptb-0aaaaaaaaaaaaaa1'}, NatGatewaySupport: 'enabled'}
    const account = {...spokeAndHub, TransitGatewayVpcAttachments: [{...first!, ...more}, ...others]}
    expect((await collected(account)).found).toEqual(asRead(account))
  })

  it('the other VPC of a peering', async () => {
    const account: Account = {
      ...twoVpcs,
      RouteTables: [
        aRouteTable({
          Routes: [
            {DestinationCidrBlock: '10.8.0.0/16', VpcPeeringConnectionId: 'pcx-0aaaaaaaaaaaaaa01', State: 'active'},
          ],
        }),
      ],
      VpcPeeringConnections: [
        {
          VpcPeeringConnectionId: 'pcx-0aaaaaaaaaaaaaa01',
          Status: {Code: 'active'},
          RequesterVpcInfo: {VpcId: VPC, Region: REGION, OwnerId: OWNER},
          AccepterVpcInfo: {VpcId: HUB, Region: REGION, OwnerId: OWNER},
        },
      ],
    }
    expect((await collected(account)).found).toEqual(asRead(account))
  })

  it("what a Route 53 Profile adds, read as if it were the VPC's own", async () => {
    const {Owner: _, ...zone} = zoneFor('ssm', 'vpce-0aaaaaaaaaaaaaa09')
    const account: Account = {
      ...spokeAndHub,
      RouteTables: [aRouteTable()],
      HostedZones: [{...zone, VPCs: []}],
      ProfileAssociations: [{Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: VPC, Status: 'COMPLETE'}],
      ProfileResourceAssociations: [
        {Id: 'rpr-1', ProfileId: 'rp-1', ResourceArn: `arn:aws:route53:::${zone.Id.slice(1)}`, Status: 'COMPLETE'},
      ],
    }
    const {found, calls} = await collected(account)
    expect(found.HostedZones).toEqual(account.HostedZones)
    expect(found.ProfileResourceAssociations).toEqual(account.ProfileResourceAssociations)
    expect(calls.find(({operation}) => operation === 'ListProfileAssociations')).toMatchObject({
      service: 'route53profiles',
      region: REGION,
      input: {ResourceId: VPC},
    })
  })

  it.each([
    ['of the VPC', []],
    ['of a Route 53 Profile', ['Z1', 'Z2', 'Z3']],
    ['of the VPC, to one of its Route 53 Profile', ['Z2', 'Z3']],
    ['of a Route 53 Profile, to one of the VPC', ['Z1']],
  ])('the records of a private zone that a CNAME redirects the name of a service to: %s', async (_, shared) => {
    const cname = (Name: string, Value: string) => ({Name, Type: 'CNAME', ResourceRecords: [{Value}]})
    const zone = (Id: string, Name: string, ...ResourceRecordSets: readonly ResourceRecordSet[]) => ({
      ...{Id: `/hostedzone/${Id}`, Name, ResourceRecordSets},
      VPCs: shared.includes(Id) ? [] : [{VPCId: VPC, VPCRegion: REGION}],
    })
    const account: Account = {
      ...healthy,
      HostedZones: [
        zone('Z1', 'amazonaws.com.', cname(`ssm.${REGION}.amazonaws.com.`, 'ssm.endpoints.example.com.')),
        zone('Z2', 'example.com.', cname('ssm.endpoints.example.com.', 'proxy.example.net.')),
        zone('Z3', 'example.org.', cname('www.example.org.', 'example.net.')),
      ],
      ProfileAssociations: [{Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: VPC}],
      ProfileResourceAssociations: shared.map((id) => ({
        ...{Id: `rpr-${id}`, ProfileId: 'rp-1', ResourceArn: `arn:aws:route53:::hostedzone/${id}`},
      })),
    }
    const {found} = await collected(account)
    const recordsOf = (at: Account) =>
      new Map(itemsOf(at.HostedZones).map(({Id, ResourceRecordSets}) => [Id, ResourceRecordSets]))
    expect(recordsOf(found)).toEqual(recordsOf(account).set('/hostedzone/Z3', []))
  })

  it('the records of a private zone of another account, which no permission of the caller allows', async () => {
    const owned = (OwningAccount: string): Account => ({
      ...healthy,
      HostedZones: [
        {
          ...{Id: '/hostedzone/Z1', Name: `ssm.${REGION}.amazonaws.com.`, Owner: {OwningAccount}},
          ...{VPCs: [{VPCId: VPC, VPCRegion: REGION}], ResourceRecordSets: []},
        },
      ],
      VpcEndpoints: [],
    })
    const unless: Serving['unless'] = ({operation}) =>
      operation === 'ListResourceRecordSets' ? refuse('AccessDenied') : undefined
    const reportOn = async (account: Account) => examine((await collected(account, {unless})).found, WEB)
    const of = ({causes, unreadable}: Report) => ({
      isPermissionMissing: causes.some(({id}) => id === 'target.access-denied'),
      permission: unreadable.find(({kind}) => kind === 'HostedZones')?.permission,
    })
    const foreign = await reportOn(owned('444455556666'))
    expect(of(foreign)).toEqual({isPermissionMissing: false, permission: null})
    expect(JSON.stringify(foreign)).toContain(
      'its records are visible only to account 444455556666, which owns it; add its account file',
    )
    expect(of(await reportOn(owned(OWNER)))).toEqual({
      isPermissionMissing: true,
      permission: 'route53:ListResourceRecordSets',
    })
  })

  it("a private zone once that is the VPC's own and of its Route 53 Profile", async () => {
    const zone = zoneFor('ssm', 'vpce-0aaaaaaaaaaaaaa09')
    const resource = {Id: 'rpr-1', ProfileId: 'rp-1', ResourceArn: `arn:aws:route53:::${zone.Id.slice(1)}`}
    const {found, calls} = await collected({
      ...spokeAndHub,
      HostedZones: [zone],
      ProfileAssociations: [{Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: VPC}],
      ProfileResourceAssociations: [resource],
    })
    expect(found.HostedZones).toHaveLength(1)
    expect(calls.filter(({operation}) => operation === 'ListResourceRecordSets')).toHaveLength(1)
  })

  it('the VPC of an endpoint that a Route 53 Profile adds', async () => {
    const endpoints = list(spokeAndHub.VpcEndpoints)
    const {found} = await collected({
      ...spokeAndHub,
      RouteTables: [aRouteTable()],
      ProfileAssociations: [{Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: VPC}],
      ProfileResourceAssociations: [
        {
          Id: 'rpr-1',
          ProfileId: 'rp-1',
          ResourceArn: `arn:aws:ec2:${REGION}:${OWNER}:vpc-endpoint/vpce-0aaaaaaaaaaaaaa09`,
        },
      ],
    })
    expect(found.VpcEndpoints).toEqual(endpoints)
  })

  it('the VPC of an endpoint that only a private zone names', async () => {
    const {found} = await collected({
      ...spokeAndHub,
      RouteTables: [aRouteTable()],
      HostedZones: [zoneFor('ssm', 'vpce-0aaaaaaaaaaaaaa09')],
    })
    expect(found.Vpcs).toEqual(spokeAndHub.Vpcs)
  })

  it('the interface whose address is in a private zone', async () => {
    const zone = {
      ...zoneFor('ssm', ''),
      ResourceRecordSets: [{Name: `ssm.${REGION}.amazonaws.com.`, Type: 'A', ResourceRecords: [{Value: '10.0.1.21'}]}],
    }
    const account: Account = {...healthy, HostedZones: [zone]}
    const behindNat: Account = {
      ...healthyBehindNat,
      HostedZones: [zone],
      NetworkInterfaces: list(healthy.NetworkInterfaces).slice(0, 1),
    }
    expect((await collected(account)).found).toEqual(asRead(account))
    expect((await collected(behindNat)).found).toEqual(asRead(behindNat))
  })

  it('the interface of a custom DNS server', async () => {
    const account: Account = {
      ...healthyBehindNat,
      DhcpOptions: list(healthyBehindNat.DhcpOptions).map((one) => ({
        ...one,
        DhcpConfigurations: [
          {Key: 'domain-name-servers', Values: [{Value: '10.0.1.21'}, {Value: 'AmazonProvidedDNS'}]},
        ],
      })),
      NetworkInterfaces: list(healthy.NetworkInterfaces).slice(0, 1),
    }
    expect((await collected(account)).found).toEqual(asRead(account))
  })

  it('the instance that is the target of a route', async () => {
    const nat = anInstance({InstanceId: 'i-0aaaaaaaaaaaaaa0f', State: {Code: 80, Name: 'stopped'}})
    const route = {DestinationCidrBlock: '0.0.0.0/0', InstanceId: nat.InstanceId, State: 'blackhole' as const}
    const account: Account = {...healthy, Instances: [anInstance(), nat], RouteTables: [aRouteTable({Routes: [route]})]}
    expect((await collected(account)).found.Instances).toEqual(account.Instances)
  })

  it('forwarding rules and DNS Firewall, without the rules that every VPC has', async () => {
    const account: Account = {
      ...healthy,
      ResolverRules: [
        {
          Id: 'rslvr-rr-1',
          DomainName: 'amazonaws.com.',
          RuleType: 'FORWARD',
          TargetIps: [{Ip: '10.0.9.9', Port: 53}],
          VPCIds: [VPC],
        },
      ],
      FirewallRuleGroupAssociations: [
        {
          Id: 'rslvr-frgassoc-1',
          FirewallRuleGroupId: 'rslvr-frg-1',
          VpcId: VPC,
          Priority: 101,
          FirewallRules: [
            {
              Priority: 1,
              Action: 'BLOCK',
              FirewallDomainListId: 'rslvr-fdl-1',
              Domains: ['*.amazonaws.com.'],
            },
          ],
        },
      ],
    }
    const auto = {Id: 'rslvr-autodefined-rr-internet-resolver', DomainName: '.', RuleType: 'RECURSIVE', VPCIds: [VPC]}
    const served = await collected({
      ...account,
      ResolverRules: [...(account.ResolverRules as readonly (typeof auto)[]), auto],
    })
    expect(served.found).toEqual(asRead(account))
  })

  it('the role of host management', async () => {
    const lent = aRole({
      RoleName: 'lent',
      RoleId: 'AROALENT',
      Path: '/service-role/',
      Arn: `arn:aws:iam::${OWNER}:role/service-role/lent`,
    })
    const account: Account = {
      ...healthy,
      ServiceSettings: [
        {SettingId: '/ssm/managed-instance/default-ec2-instance-management-role', SettingValue: 'service-role/lent'},
      ],
      Roles: [aRole(), lent],
    }
    expect((await collected(account)).found).toEqual(asRead(account))
  })

  it('inline policies and a boundary, decoded', async () => {
    const boundary = `arn:aws:iam::${OWNER}:policy/edge`
    const account: Account = {
      ...healthy,
      Roles: [
        aRole({
          PermissionsBoundary: {PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary},
          RolePolicyList: [{PolicyName: 'buckets', PolicyDocument: allow('s3:GetObject')}],
        }),
      ],
      Policies: [
        ...(healthy.Policies as Extract<Account['Policies'], readonly unknown[]>),
        {
          PolicyName: 'edge',
          Arn: boundary,
          DefaultVersionId: 'v1',
          PolicyVersionList: [{VersionId: 'v1', IsDefaultVersion: true, Document: allow('*')}],
        },
      ],
    }
    expect((await collected(account)).found).toEqual(asRead(account))
  })
})

describe('an unregistered node', () => {
  const absent: Account = {...healthy, InstanceInformationList: [], ConnectionStatuses: []}

  it('has its session preferences read, which apply once it is managed', async () => {
    expect((await collected(absent)).found.SessionPreferences).toEqual(healthy.SessionPreferences)
  })

  it('has its console output read, and its role simulated with the policies of the organization', async () => {
    const account: Account = {
      ...absent,
      ConsoleOutputs: [
        {InstanceId: WEB, Output: 'SSM Agent unable to acquire credentials', Timestamp: '2026-11-20T11:00:00.000Z'},
      ],
      PolicySimulations: [
        {
          PolicySourceArn: ROLE,
          EvaluationResults: [
            {
              EvalActionName: 'ssm:UpdateInstanceInformation',
              EvalResourceName: '*',
              EvalDecision: 'implicitDeny',
              OrganizationsDecisionDetail: {AllowedByOrganizations: false},
              MatchedStatements: [],
              MissingContextValues: [],
            },
          ],
        },
      ],
    }
    const {found, calls} = await collected(account)
    expect(found).toEqual(asRead(account))
    const [simulated] = calls.filter(({operation}) => operation === 'SimulatePrincipalPolicy')
    // A policy of the organization that denies other Regions would deny a call without one.
    expect(simulated?.input.ContextEntries).toEqual([
      {ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: [REGION]},
    ])
  })

  it('is not simulated if its own policies allow nothing', async () => {
    const {calls} = await collected({...absent, Roles: [aRole({AttachedManagedPolicies: []})], Policies: []})
    expect(calls.map(({operation}) => operation)).not.toContain('SimulatePrincipalPolicy')
  })

  it('whose agent runs may be registered manually under another id', async () => {
    const hybrid = aNode({InstanceId: 'mi-0aaaaaaaaaaaaaa01', ResourceType: 'ManagedInstance'})
    const other = aNode({InstanceId: 'mi-0aaaaaaaaaaaaaa02', ResourceType: 'ManagedInstance', IPAddress: '192.0.2.1'})
    const ConsoleOutputs = [{InstanceId: WEB, Output: '2026/11/20 11:00:00Z: Amazon SSM Agent v3.3.2746.0 is running'}]
    const account: Account = {...absent, InstanceInformationList: [hybrid, other]}
    expect((await collected({...account, ConsoleOutputs})).found.InstanceInformationList).toEqual([hybrid])
    expect((await collected(account)).found.InstanceInformationList).toEqual([])
  })

  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedResourceVisibility.html
  it('is found also if a service operates it and the account hides such instances', async () => {
    const hides: Serving = {
      change: ({operation, input}, answer) =>
        operation === 'DescribeInstances' && input.IncludeManagedResources !== true
          ? {...answer, Reservations: []}
          : answer,
    }
    const Operator = {Managed: true, Principal: 'eks.amazonaws.com'}
    const {found} = await collected({...absent, Instances: [anInstance({Operator})]}, hides)
    expect(found.Instances).toMatchObject([{InstanceId: WEB, Operator}])
  })

  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  it('is not called missing if the hidden instances could not be read, but by an EC2 that hides none', async () => {
    const without = async (code: string) => {
      const unless: Serving['unless'] = ({operation, input}) =>
        operation === 'DescribeInstances' && input.IncludeManagedResources === true ? refuse(code) : undefined
      return (await collected({...absent, Instances: []}, {unless})).found.Instances
    }
    expect(await without('InvalidParameterValue')).toMatchObject({error: 'InvalidParameterValue'})
    expect(await without('UnknownParameter')).toEqual([])
  })

  it('and an instance that does not exist return only empty lists', async () => {
    const fake = serve({...absent, Instances: [], InstanceStatuses: [], InstanceImageMetadata: []})
    const found = await collect(await clientsOf(fake), [WEB])
    expect(
      Object.entries({...found, CloudTrailEvents: [], ConfigurationItems: []}).filter(([, part]) => isUnreadable(part)),
    ).toEqual([
      ['ActivationList', notAsked()],
      ['Organization', notAsked()],
    ])
    expect(found).toMatchObject({Instances: [], Vpcs: [], Roles: [], ...NO_HISTORY})
  })
})

const HUB = 'vpc-0aaaaaaaaaaaaaa08'
const GATEWAY = 'tgw-0aaaaaaaaaaaaaa01'
const list = <T>(reading: readonly T[] | Unreadable): readonly T[] => (isUnreadable(reading) ? [] : reading)

const twoVpcs: Account = {
  ...healthy,
  Vpcs: [...list(healthy.Vpcs), {VpcId: HUB, CidrBlock: '10.8.0.0/16', OwnerId: OWNER, DhcpOptionsId: 'default'}],
  VpcAttributes: [
    ...list(healthy.VpcAttributes),
    {VpcId: HUB, EnableDnsSupport: {Value: true}, EnableDnsHostnames: {Value: false}},
  ],
  Subnets: [
    ...list(healthy.Subnets),
    {SubnetId: 'subnet-0aaaaaaaaaaaaaa8', VpcId: HUB, CidrBlock: '10.8.1.0/24', OwnerId: OWNER},
  ],
}

const zoneFor = (service: string, endpoint: string) => ({
  Id: '/hostedzone/Z1',
  Name: `${service}.${REGION}.amazonaws.com.`,
  Owner: {OwningAccount: OWNER},
  VPCs: [{VPCId: VPC, VPCRegion: REGION}],
  ResourceRecordSets: [
    {
      Name: `${service}.${REGION}.amazonaws.com.`,
      Type: 'A',
      AliasTarget: {
        DNSName: `${endpoint}-abcd.${service}.${REGION}.vpce.amazonaws.com.`,
        HostedZoneId: 'Z38GZ743OKFT7T',
      },
    },
  ],
})

const attachment = (VpcId: string, at: number, SubnetId: string) => ({
  TransitGatewayAttachmentId: `tgw-attach-0aaaaaaaaaaaaaa0${at}`,
  TransitGatewayId: GATEWAY,
  VpcId,
  State: 'available' as const,
  SubnetIds: [SubnetId],
})

const spokeAndHub: Account = {
  ...twoVpcs,
  RouteTables: [
    aRouteTable({Routes: [{DestinationCidrBlock: '10.8.0.0/16', TransitGatewayId: GATEWAY, State: 'active'}]}),
  ],
  VpcEndpoints: [
    ...list(healthy.VpcEndpoints),
    ...list(healthy.VpcEndpoints)
      .slice(0, 1)
      .map((one) => ({
        ...one,
        VpcEndpointId: 'vpce-0aaaaaaaaaaaaaa09',
        VpcId: HUB,
        NetworkInterfaceIds: [],
        SubnetIds: [],
        Groups: [],
      })),
  ],
  HostedZones: [zoneFor('ssm', 'vpce-0aaaaaaaaaaaaaa09')],
  TransitGateways: [{TransitGatewayId: GATEWAY, OwnerId: OWNER}],
  TransitGatewayVpcAttachments: [
    attachment(VPC, 1, 'subnet-0aaaaaaaaaaaaaa1'),
    attachment(HUB, 2, 'subnet-0aaaaaaaaaaaaaa8'),
  ],
  TransitGatewayRouteTables: [
    {
      TransitGatewayRouteTableId: 'tgw-rtb-0aaaaaaaaaaaaaa1',
      TransitGatewayId: GATEWAY,
      Associations: [
        {
          TransitGatewayAttachmentId: 'tgw-attach-0aaaaaaaaaaaaaa01',
          ResourceId: VPC,
          ResourceType: 'vpc',
          State: 'associated',
        },
      ],
      Routes: [
        {
          DestinationCidrBlock: '10.8.0.0/16',
          TransitGatewayAttachments: [
            {TransitGatewayAttachmentId: 'tgw-attach-0aaaaaaaaaaaaaa02', ResourceId: HUB, ResourceType: 'vpc'},
          ],
        },
      ],
    },
  ],
}
