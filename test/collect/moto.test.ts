import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, isUnreadable, itemsOf} from '../../src/model/account.ts'
import {allow, REGION} from '../support/healthy.ts'
import {hasMoto, startMoto} from '../support/moto.ts'
import {credentials} from '../support/pretend.ts'

const trust = JSON.stringify(allow('sts:AssumeRole', {Principal: {Service: 'ec2.amazonaws.com'}}))

/** A VPC with a path to the internet and one instance whose role is authorized for the agent's calls. */
async function build(endpoint: string): Promise<string> {
  const config = {endpoint, region: REGION, credentials}
  const ec2 = new EC2Client(config)
  const iam = new IAMClient(config)
  await iam.send(new CreateRoleCommand({RoleName: 'web', AssumeRolePolicyDocument: trust}))
  const PolicyDocument = JSON.stringify(allow(['ssm:*', 'ssmmessages:*']))
  const {Policy} = await iam.send(new CreatePolicyCommand({PolicyName: 'agent', PolicyDocument}))
  await iam.send(new AttachRolePolicyCommand({RoleName: 'web', PolicyArn: Policy?.Arn}))
  await iam.send(new CreateInstanceProfileCommand({InstanceProfileName: 'web'}))
  await iam.send(new AddRoleToInstanceProfileCommand({InstanceProfileName: 'web', RoleName: 'web'}))

  const {Vpc} = await ec2.send(new CreateVpcCommand({CidrBlock: '10.0.0.0/16'}))
  const VpcId = Vpc?.VpcId
  const {Subnet} = await ec2.send(new CreateSubnetCommand({VpcId, CidrBlock: '10.0.1.0/24'}))
  const {InternetGateway} = await ec2.send(new CreateInternetGatewayCommand({}))
  const GatewayId = InternetGateway?.InternetGatewayId
  await ec2.send(new AttachInternetGatewayCommand({VpcId, InternetGatewayId: GatewayId}))
  const Filters = [{Name: 'vpc-id', Values: [VpcId ?? '']}]
  const {RouteTables} = await ec2.send(new DescribeRouteTablesCommand({Filters}))
  const [main] = RouteTables ?? []
  await ec2.send(
    new CreateRouteCommand({RouteTableId: main?.RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId}),
  )
  const {Instances} = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: Subnet?.SubnetId,
      IamInstanceProfile: {Name: 'web'},
    }),
  )
  return Instances?.[0]?.InstanceId ?? ''
}

describe.skipIf(!hasMoto())('an instance in moto', () => {
  let moto: Awaited<ReturnType<typeof startMoto>> | undefined
  let account: Account
  let id = ''

  beforeAll(async () => {
    moto = await startMoto()
    const {endpoint} = moto
    id = await build(endpoint)
    account = await collect(await connect({region: REGION}, {credentials, endpoint, maxAttempts: 1}), [id])
  })
  afterAll(() => moto?.stop())

  it('is collected with its network', () => {
    expect(account.Instances).toMatchObject([{InstanceId: id, State: {Name: 'running'}}])
    const [instance] = itemsOf(account.Instances)
    expect(account.Vpcs).toMatchObject([{VpcId: instance?.VpcId, CidrBlock: '10.0.0.0/16'}])
    expect(account.Subnets).toMatchObject([{SubnetId: instance?.SubnetId}])
    expect(account.SecurityGroups).toMatchObject([{VpcId: instance?.VpcId}])
    expect(itemsOf(account.RouteTables).flatMap(({Routes}) => itemsOf(Routes))).toContainEqual(
      expect.objectContaining({DestinationCidrBlock: '0.0.0.0/0', GatewayId: expect.stringMatching(/^igw-/)}),
    )
  })

  it('is collected with its role, the documents decoded', () => {
    expect(account.InstanceProfiles).toMatchObject([{InstanceProfileName: 'web', Roles: [{RoleName: 'web'}]}])
    expect(account.Roles).toMatchObject([{RoleName: 'web', AssumeRolePolicyDocument: {Statement: [{Effect: 'Allow'}]}}])
    expect(account.Policies).toMatchObject([
      {PolicyName: 'agent', PolicyVersionList: [{Document: {Version: '2012-10-17'}}]},
    ])
  })

  it('leaves unread what moto does not implement, without a failure or a crash', () => {
    expect(account.InstanceInformationList).toMatchObject({error: 'UnreadableAnswer'})
    const gaps = Object.entries(account).filter(([, reading]) => isUnreadable(reading))
    expect(gaps.map(([kind]) => kind)).not.toContain('Instances')
    for (const [, reading] of gaps) expect(reading).toMatchObject({unreadable: expect.not.stringContaining('\n')})
  })

  it('is examined: the path is evaluated, and what was not read stays unknown', () => {
    const {verdict, registration, paths, causes, unreadable} = examine(account, id)
    expect({verdict, status: registration.status}).toEqual({verdict: 'undecided', status: 'unknown'})
    expect(paths.find(({service}) => service === 'ssm')).toMatchObject({via: expect.stringMatching(/^igw-/)})
    expect(causes.filter(({check}) => check === 'registration')).toEqual([])
    expect(unreadable).toContainEqual(expect.objectContaining({kind: 'InstanceInformationList', permission: null}))
  })
})
