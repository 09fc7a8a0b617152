import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import {type Account, isUnreadable, itemsOf} from '../../src/model/account.ts'
import {allow, REGION} from '../support/healthy.ts'
import {hasAwsCli, hasMoto, startMoto} from '../support/moto.ts'
import {credentials} from '../support/pretend.ts'
import {ran} from '../support/programs.ts'

const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
const EVERYWHERE = '0.0.0.0/0'
const trustOf = (Service: string) => JSON.stringify(allow('sts:AssumeRole', {Principal: {Service}}))

let moto: Awaited<ReturnType<typeof startMoto>>
const net = () => new ec2.EC2Client({endpoint: moto.endpoint, region: REGION, credentials})
const who = () => new iam.IAMClient({endpoint: moto.endpoint, region: REGION, credentials})

/** A role, a private subnet behind a NAT gateway in a public one, and an instance in it. */
async function build() {
  await who().send(new iam.CreateRoleCommand({RoleName: 'web', AssumeRolePolicyDocument: trustOf('ec2.amazonaws.com')}))
  await who().send(new iam.AttachRolePolicyCommand({RoleName: 'web', PolicyArn: CORE}))
  await who().send(new iam.CreateInstanceProfileCommand({InstanceProfileName: 'web'}))
  await who().send(new iam.AddRoleToInstanceProfileCommand({InstanceProfileName: 'web', RoleName: 'web'}))

  const {Vpc} = await net().send(new ec2.CreateVpcCommand({CidrBlock: '10.0.0.0/16'}))
  const VpcId = Vpc!.VpcId!
  await net().send(new ec2.ModifyVpcAttributeCommand({VpcId, EnableDnsHostnames: {Value: true}}))
  const subnet = async (CidrBlock: string) =>
    (await net().send(new ec2.CreateSubnetCommand({VpcId, CidrBlock}))).Subnet!.SubnetId!
  const [home, edge] = [await subnet('10.0.1.0/24'), await subnet('10.0.9.0/24')]
  const {InternetGateway} = await net().send(new ec2.CreateInternetGatewayCommand({}))
  const igw = InternetGateway!.InternetGatewayId!
  await net().send(new ec2.AttachInternetGatewayCommand({VpcId, InternetGatewayId: igw}))
  const {AllocationId} = await net().send(new ec2.AllocateAddressCommand({Domain: 'vpc'}))
  const {NatGateway} = await net().send(new ec2.CreateNatGatewayCommand({SubnetId: edge, AllocationId}))
  const nat = NatGateway!.NatGatewayId!
  const tableOf = async (SubnetId: string, target: object) => {
    const {RouteTable} = await net().send(new ec2.CreateRouteTableCommand({VpcId}))
    const RouteTableId = RouteTable!.RouteTableId!
    await net().send(new ec2.AssociateRouteTableCommand({RouteTableId, SubnetId}))
    await net().send(new ec2.CreateRouteCommand({RouteTableId, DestinationCidrBlock: EVERYWHERE, ...target}))
    return RouteTableId
  }
  const table = await tableOf(home, {NatGatewayId: nat})
  const edgeTable = await tableOf(edge, {GatewayId: igw})
  const groupNamed = async (GroupName: string) =>
    (await net().send(new ec2.CreateSecurityGroupCommand({VpcId, GroupName, Description: GroupName}))).GroupId!
  const group = await groupNamed('web')
  const {Instances} = await net().send(
    new ec2.RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: home,
      SecurityGroupIds: [group],
      IamInstanceProfile: {Name: 'web'},
    }),
  )
  const Filters = [{Name: 'vpc-id', Values: [VpcId]}]
  const {NetworkAcls} = await net().send(new ec2.DescribeNetworkAclsCommand({Filters}))
  const acl = NetworkAcls![0]!.NetworkAclId!
  return {VpcId, home, edge, igw, nat, table, edgeTable, group, acl, groupNamed, id: Instances![0]!.InstanceId!}
}
type World = Awaited<ReturnType<typeof build>>

/** Private DNS names instead of the NAT gateway: endpoints that allow all inbound traffic. */
async function withEndpoints({VpcId, home, table, groupNamed}: World): Promise<string> {
  const GroupId = await groupNamed('endpoints')
  await net().send(
    new ec2.AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '10.0.0.0/16'}]}],
    }),
  )
  const common = {VpcId, SubnetIds: [home], SecurityGroupIds: [GroupId], PrivateDnsEnabled: true}
  for (const service of ['ssm', 'ssmmessages', 'ec2messages'])
    await net().send(
      new ec2.CreateVpcEndpointCommand({
        ...common,
        VpcEndpointType: 'Interface',
        ServiceName: `com.amazonaws.${REGION}.${service}`,
      }),
    )
  await net().send(new ec2.DeleteRouteCommand({RouteTableId: table, DestinationCidrBlock: EVERYWHERE}))
  return GroupId
}

/**
 * Where moto differs from AWS, corrected before the examination:
 * - it implements none of DescribeInstanceInformation, GetServiceSetting and Route 53 Resolver DNS Firewall, so it would
 *   be unknown whether host management is enabled or names are filtered;
 * - the instance has its profile under another id than GetInstanceProfile returns, as if it had been created again;
 * - the interfaces of endpoints get addresses outside of their subnets, and only the VPC's default group.
 * It also requires a Region of an IAM client, which AWS does not.
 */
function asAwsSays(account: Account): Account {
  const profiles = itemsOf(account.InstanceProfiles)
  const subnets = itemsOf(account.Subnets)
  const endpointOf = (id: string) =>
    itemsOf(account.VpcEndpoints).find(({NetworkInterfaceIds}) => NetworkInterfaceIds?.includes(id))
  return {
    ...account,
    InstanceInformationList: [],
    ServiceSettings: [{SettingId: '/ssm/managed-instance/default-ec2-instance-management-role', SettingValue: '$None'}],
    FirewallRuleGroupAssociations: [],
    Instances: itemsOf(account.Instances).map((instance) => {
      const held = profiles.find(({Arn}) => Arn === instance.IamInstanceProfile?.Arn)
      return held && !isUnreadable(held)
        ? {...instance, IamInstanceProfile: {Arn: held.Arn, Id: held.InstanceProfileId}}
        : instance
    }),
    NetworkInterfaces: itemsOf(account.NetworkInterfaces).map((one, at) => {
      const endpoint = endpointOf(one.NetworkInterfaceId)
      const home = subnets.find(({SubnetId}) => SubnetId === one.SubnetId)
      const inside = home?.CidrBlock?.replace(/0\/\d+$/, String(100 + at))
      if (!endpoint || inside === undefined) return one
      const PrivateIpAddresses = [{Primary: true, PrivateIpAddress: inside}]
      return {...one, PrivateIpAddress: inside, PrivateIpAddresses, Groups: endpoint.Groups ?? []}
    }),
  }
}

async function look(id: string): Promise<Report> {
  const aws = await connect({region: REGION}, {credentials, endpoint: moto.endpoint, maxAttempts: 1})
  return examine(asAwsSays(await collect(aws, [id])), id, {includeFallback: false})
}

/** A real shell and the real AWS CLI, which is configured for another Region: each command must say its own. */
async function typed(lines: readonly string[]): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_PAGER: '',
  }
  const {code, stderr} = await ran('sh', ['-e', '-c', lines.join('\n')], {env})
  if (code !== 0) throw new Error(`${lines.join('\n')}\n${stderr}`)
}

const hurting = ({causes}: Report) =>
  causes.filter(({severity}) => severity === 'blocks' || severity === 'degrades').map(({id}) => id)
const verdictTo = ({paths}: Report, service: string) => paths.find((path) => path.service === service)?.verdict

const denied = {RuleAction: 'deny', Protocol: '6', PortRange: {From: 443, To: 443}, CidrBlock: EVERYWHERE} as const
const everything = [{IpProtocol: '-1', IpRanges: [{CidrIp: EVERYWHERE}]}]

describe.skipIf(!hasMoto() || !hasAwsCli())('what is broken in moto, fixed with the printed commands', () => {
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(() => moto.stop())
  beforeEach(() => moto.reset())

  interface Fault {
    readonly name: string
    readonly breaks: (world: World) => Promise<unknown>
    readonly causes: readonly string[]
    /** The path to ssm before. */
    readonly way: 'blocked' | 'open'
  }
  const faults: readonly Fault[] = [
    {
      name: 'no egress, an ACL that denies, a role without a policy',
      way: 'blocked',
      causes: ['sg.no-egress-443', 'nacl.egress-443', 'iam.no-registration-permission'],
      breaks: async ({group, acl}) => {
        await net().send(new ec2.RevokeSecurityGroupEgressCommand({GroupId: group, IpPermissions: everything}))
        const entry = {NetworkAclId: acl, RuleNumber: 50, Egress: true, ...denied}
        await net().send(new ec2.CreateNetworkAclEntryCommand(entry))
        await who().send(new iam.DetachRolePolicyCommand({RoleName: 'web', PolicyArn: CORE}))
      },
    },
    {
      name: 'a deleted NAT gateway, a public subnet without its route, a role of another service',
      way: 'blocked',
      causes: ['nat.not-available', 'iam.trust-missing-ec2'],
      breaks: async ({nat, edgeTable}) => {
        await net().send(new ec2.DeleteNatGatewayCommand({NatGatewayId: nat}))
        await net().send(new ec2.DeleteRouteCommand({RouteTableId: edgeTable, DestinationCidrBlock: EVERYWHERE}))
        const PolicyDocument = trustOf('rds.amazonaws.com')
        await who().send(new iam.UpdateAssumeRolePolicyCommand({RoleName: 'web', PolicyDocument}))
      },
    },
    {
      name: 'no route at all',
      way: 'blocked',
      causes: ['route.none', 's3.unreachable'],
      breaks: ({table}) =>
        net().send(new ec2.DeleteRouteCommand({RouteTableId: table, DestinationCidrBlock: EVERYWHERE})),
    },
    {
      name: 'endpoints whose group allows no inbound traffic, in a VPC without names of hosts',
      way: 'blocked',
      causes: ['dns.hostnames-off'],
      breaks: async (world) => {
        const GroupId = await withEndpoints(world)
        const IpPermissions = [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '10.0.0.0/16'}]}]
        await net().send(new ec2.RevokeSecurityGroupIngressCommand({GroupId, IpPermissions}))
        await net().send(new ec2.ModifyVpcAttributeCommand({VpcId: world.VpcId, EnableDnsHostnames: {Value: false}}))
      },
    },
    {
      name: 'a detached internet gateway, a metadata service that is off',
      way: 'blocked',
      causes: ['igw.detached', 'imds.disabled'],
      breaks: async ({id, igw, VpcId}) => {
        await net().send(new ec2.DetachInternetGatewayCommand({InternetGatewayId: igw, VpcId}))
        await net().send(new ec2.ModifyInstanceMetadataOptionsCommand({InstanceId: id, HttpEndpoint: 'disabled'}))
      },
    },
  ]

  it.each(faults)('$name', async ({breaks, causes, way}) => {
    const world = await build()
    expect(verdictTo(await look(world.id), 'ssm')).toBe('open')

    await breaks(world)
    const before = await look(world.id)
    expect(hurting(before)).toEqual(expect.arrayContaining([...causes]))
    expect(verdictTo(before, 'ssm')).toBe(way)
    // moto does not simulate policies, which is requested where the role allows the agent to register.
    const isSimulated = before.unreadable.some(({kind}) => kind === 'PolicySimulations')
    expect(isSimulated).toBe(!causes.some((cause) => cause === 'iam.no-registration-permission'))
    expect(before.verified).toBe(isSimulated ? null : true)

    for (const {commands} of before.checklist) await typed(commands)
    const after = await look(world.id)
    expect({way: verdictTo(after, 'ssm'), left: hurting(after)}).toEqual({way: 'open', left: []})
  })
})
