import * as ec2 from '@aws-sdk/client-ec2'
import * as iam from '@aws-sdk/client-iam'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, isUnreadable, itemsOf} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {policyFor} from '../../src/model/permissions.ts'
import {allow, REGION} from '../support/healthy.ts'
import {hasMoto, startMoto} from '../support/moto.ts'
import {credentials} from '../support/pretend.ts'

/** AWS's own policy, in moto's version. */
const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
const SERVICES = ['ssm', 'ssmmessages', 'ec2messages'] as const
const PROMISED = policyFor(KINDS, 'aws', 'instance').Statement.flatMap(({Action}) => Action)

let moto: Awaited<ReturnType<typeof startMoto>>
const net = () => new ec2.EC2Client({endpoint: moto.endpoint, region: REGION, credentials})
const who = () => new iam.IAMClient({endpoint: moto.endpoint, region: REGION, credentials})

interface Built {
  readonly id: string
  readonly endpoints: string
}

/** An instance in a subnet without egress, with the three endpoints, whose security group allows the VPC. */
async function build(): Promise<Built> {
  const trust = JSON.stringify(allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}))
  await who().send(new iam.CreateRoleCommand({RoleName: 'web', AssumeRolePolicyDocument: trust}))
  await who().send(new iam.AttachRolePolicyCommand({RoleName: 'web', PolicyArn: CORE}))
  await who().send(new iam.CreateInstanceProfileCommand({InstanceProfileName: 'web'}))
  await who().send(new iam.AddRoleToInstanceProfileCommand({InstanceProfileName: 'web', RoleName: 'web'}))
  const {Vpc} = await net().send(new ec2.CreateVpcCommand({CidrBlock: '10.0.0.0/16'}))
  const VpcId = Vpc?.VpcId
  await net().send(new ec2.ModifyVpcAttributeCommand({VpcId, EnableDnsHostnames: {Value: true}}))
  const {Subnet} = await net().send(new ec2.CreateSubnetCommand({VpcId, CidrBlock: '10.0.1.0/24'}))
  const group = async (GroupName: string) =>
    (await net().send(new ec2.CreateSecurityGroupCommand({VpcId, GroupName, Description: GroupName}))).GroupId ?? ''
  const [own, endpoints] = [await group('web'), await group('endpoints')]
  await authorize(endpoints)
  for (const service of SERVICES)
    await net().send(
      new ec2.CreateVpcEndpointCommand({
        VpcId,
        VpcEndpointType: 'Interface',
        ServiceName: `com.amazonaws.${REGION}.${service}`,
        SubnetIds: [Subnet?.SubnetId ?? ''],
        SecurityGroupIds: [endpoints],
        PrivateDnsEnabled: true,
      }),
    )
  const {Instances} = await net().send(
    new ec2.RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: Subnet?.SubnetId,
      SecurityGroupIds: [own],
      IamInstanceProfile: {Name: 'web'},
    }),
  )
  return {id: Instances?.[0]?.InstanceId ?? '', endpoints}
}

const rule = {IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: '10.0.0.0/16'}]}
const authorize = (GroupId: string) =>
  net().send(new ec2.AuthorizeSecurityGroupIngressCommand({GroupId, IpPermissions: [rule]}))
const shutOut = (GroupId: string) =>
  net().send(new ec2.RevokeSecurityGroupIngressCommand({GroupId, IpPermissions: [rule]}))

/** From here on moto checks who calls and what that caller is authorized for. https://docs.getmoto.org/en/latest/docs/iam.html */
const withEnforcement = async (is: boolean) =>
  fetch(`${moto.endpoint}/moto-api/reset-auth`, {method: 'POST', body: is ? '0' : 'inf'})

async function eyesOf(UserName: string, Action: readonly string[]) {
  await who().send(new iam.CreateUserCommand({UserName}))
  const PolicyDocument = JSON.stringify(allow([...Action]))
  await who().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'reads', PolicyDocument}))
  const {AccessKey} = await who().send(new iam.CreateAccessKeyCommand({UserName}))
  const {AccessKeyId = '', SecretAccessKey = ''} = AccessKey ?? {}
  const keys = async () => ({accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey})
  return connect({region: REGION}, {credentials: keys, endpoint: moto.endpoint, maxAttempts: 1})
}

/**
 * Where moto differs from AWS: the interface of an endpoint gets an address from anywhere instead of its subnet, and the
 * VPC's default group instead of the endpoint's; an instance names its profile by the id of the association.
 */
function asAwsWould(account: Account, endpoints: string): Account {
  const [profile] = itemsOf(account.InstanceProfiles)
  const Id = profile && 'InstanceProfileId' in profile ? profile.InstanceProfileId : undefined
  return {
    ...account,
    Instances: itemsOf(account.Instances).map((one) => ({
      ...one,
      ...(one.IamInstanceProfile && {IamInstanceProfile: {Arn: one.IamInstanceProfile.Arn, Id}}),
    })),
    ...(!isUnreadable(account.NetworkInterfaces) && {
      NetworkInterfaces: account.NetworkInterfaces.map((one, at) => {
        const PrivateIpAddress = `10.0.1.${200 + at}`
        return {
          ...one,
          Groups: [{GroupId: endpoints}],
          PrivateIpAddress,
          PrivateIpAddresses: [{Primary: true, PrivateIpAddress}],
        }
      }),
    }),
  }
}

/** Kinds whose calls moto does not implement, for any caller. */
const gapsIn = (account: Account): readonly string[] =>
  Object.entries(account)
    .filter(([, reading]) => isUnreadable(reading) || (Array.isArray(reading) && reading.some(isUnreadable)))
    .map(([kind]) => kind)

describe.skipIf(!hasMoto())('behind endpoints in moto', () => {
  let built: Built
  const live = async () => connect({region: REGION}, {credentials, endpoint: moto.endpoint, maxAttempts: 1})

  beforeAll(async () => {
    moto = await startMoto()
    built = await build()
  })
  afterAll(() => moto?.stop())

  const seen = async () => examine(asAwsWould(await collect(await live(), [built.id]), built.endpoints), built.id)

  it('the path goes through each of them, and only what moto does not implement stays unknown', async () => {
    const {paths, causes, unreadable} = await seen()
    for (const service of SERVICES) {
      const path = paths.find((one) => one.service === service)
      expect(path?.via).toMatch(/^vpce-/)
      expect(path?.hops.filter(({verdict}) => verdict === 'blocked')).toEqual([])
      // moto has no call that lists the DNS Firewall of a VPC.
      expect(path?.hops.filter(({verdict}) => verdict === 'unknown').map(({at}) => at)).toEqual(['name'])
    }
    expect(causes.filter(({severity}) => severity === 'blocks')).toEqual([])
    expect(unreadable.map(({kind}) => kind)).toContain('FirewallRuleGroupAssociations')
  })

  it('an endpoint security group without inbound rules is found live, and found fixed', async () => {
    await shutOut(built.endpoints)
    const shut = await seen()
    await authorize(built.endpoints)
    const open = await seen()
    expect(shut.causes.map(({id}) => id)).toContain('endpoint.sg-blocks')
    expect(open.causes.map(({id}) => id)).not.toContain('endpoint.sg-blocks')
  })

  it('an instance whose group allows no outbound traffic is found live', async () => {
    const [instance] = itemsOf((await collect(await live(), [built.id])).Instances)
    const GroupId = instance?.SecurityGroups[0]?.GroupId
    const IpPermissions = [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}]
    await net().send(new ec2.RevokeSecurityGroupEgressCommand({GroupId, IpPermissions}))
    const shut = await seen()
    await net().send(new ec2.AuthorizeSecurityGroupEgressCommand({GroupId, IpPermissions}))
    expect(shut.causes).toContainEqual(expect.objectContaining({id: 'sg.no-egress-443', resource: GroupId}))
  })

  it('a role without the policy is found live, by its documents in moto', async () => {
    await who().send(new iam.DetachRolePolicyCommand({RoleName: 'web', PolicyArn: CORE}))
    const bare = await seen()
    await who().send(new iam.AttachRolePolicyCommand({RoleName: 'web', PolicyArn: CORE}))
    const whole = await seen()
    const ofTheRole = ({causes}: typeof bare) =>
      causes.filter(({check, severity}) => check === 'role-permissions' && severity === 'blocks')
    expect(ofTheRole(bare)).not.toEqual([])
    expect(ofTheRole(whole)).toEqual([])
  })

  it('a user with the printed policy sees everything that an administrator sees', async () => {
    const whole = await collect(await live(), [built.id])
    const eyes = await eyesOf('reader', PROMISED)
    await withEnforcement(true)
    const limited = await collect(eyes, [built.id])
    await withEnforcement(false)
    expect(gapsIn(limited)).toEqual(gapsIn(whole))
    expect(itemsOf(limited.VpcEndpoints)).toEqual(itemsOf(whole.VpcEndpoints))
    expect(limited.Roles).toEqual(whole.Roles)
  })

  it.each([
    ['ec2:DescribeVpcEndpoints', 'VpcEndpoints'],
    ['iam:GetRole', 'Roles'],
    ['ec2:DescribeSecurityGroups', 'SecurityGroups'],
  ])('without %s the rest is visible, and what is missing is named', async (missing, kind) => {
    const eyes = await eyesOf(
      `without-${missing.replace(':', '-')}`,
      PROMISED.filter((action) => action !== missing),
    )
    await withEnforcement(true)
    const account = await collect(eyes, [built.id])
    await withEnforcement(false)
    expect(gapsIn(account)).toContain(kind)
    const {unreadable} = examine(asAwsWould(account, built.endpoints), built.id)
    expect(unreadable).toContainEqual(expect.objectContaining({kind, permission: missing}))
  })
})
