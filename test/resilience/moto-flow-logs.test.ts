import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as ec2 from '@aws-sdk/client-ec2'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {flowLogInFiles} from '../../src/cli/input/flow-log-files.ts'
import {connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {readFlowLogs} from '../../src/collect/flow-logs.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import type {FlowLog} from '../../src/flow-logs/flow-log.ts'
import {type Account, type Instance, itemsOf} from '../../src/model/account.ts'
import {lineOf, statusLine} from '../support/flow-lines.ts'
import {aFolder} from '../support/folder.ts'
import {REGION} from '../support/healthy.ts'
import {hasMoto, startMoto} from '../support/moto.ts'
import {credentials} from '../support/pretend.ts'

const ROLE = 'arn:aws:iam::123456789012:role/flow-logs'
const NOW = Math.floor(Date.now() / 1000)

let moto: Awaited<ReturnType<typeof startMoto>>
const at = () => ({endpoint: moto.endpoint, region: REGION, credentials})
const net = () => new ec2.EC2Client(at())
const watch = () => new logs.CloudWatchLogsClient(at())

interface Built {
  readonly account: Account
  readonly instance: Instance
  readonly eni: string
  readonly address: string
}

/** An instance behind an internet gateway whose security group allows no outbound traffic. */
async function build(): Promise<Built> {
  const {Vpc} = await net().send(new ec2.CreateVpcCommand({CidrBlock: '10.0.0.0/16'}))
  const VpcId = Vpc?.VpcId
  const {Subnet} = await net().send(new ec2.CreateSubnetCommand({VpcId, CidrBlock: '10.0.1.0/24'}))
  const {GroupId = ''} = await net().send(
    new ec2.CreateSecurityGroupCommand({VpcId, GroupName: 'web', Description: 'web'}),
  )
  const all = [{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}]
  await net().send(new ec2.RevokeSecurityGroupEgressCommand({GroupId, IpPermissions: all}))
  const {Instances} = await net().send(
    new ec2.RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: Subnet?.SubnetId,
      SecurityGroupIds: [GroupId],
    }),
  )
  const id = Instances?.[0]?.InstanceId ?? ''
  const account = await collect(await live(), [id])
  const instance = itemsOf(account.Instances).find(({InstanceId}) => InstanceId === id)
  const [first] = instance?.NetworkInterfaces ?? []
  if (!instance || !first?.NetworkInterfaceId || !first.PrivateIpAddress) throw new Error('moto started no instance')
  return {account, instance, eni: first.NetworkInterfaceId, address: first.PrivateIpAddress}
}

const live = () => connect({region: REGION}, {credentials, endpoint: moto.endpoint, maxAttempts: 1})

const logTo = (group: string, resource: string, more: Partial<ec2.CreateFlowLogsCommandInput> = {}) =>
  net().send(
    new ec2.CreateFlowLogsCommand({
      ResourceIds: [resource],
      ResourceType: resource.startsWith('vpc-')
        ? 'VPC'
        : resource.startsWith('subnet-')
          ? 'Subnet'
          : 'NetworkInterface',
      TrafficType: 'ALL',
      LogGroupName: group,
      DeliverLogsPermissionArn: ROLE,
      MaxAggregationInterval: 60,
      ...more,
    }),
  )

async function write(group: string, stream: string, lines: readonly string[]): Promise<void> {
  await watch()
    .send(new logs.CreateLogGroupCommand({logGroupName: group}))
    .catch(() => undefined)
  await watch().send(new logs.CreateLogStreamCommand({logGroupName: group, logStreamName: stream}))
  const logEvents = lines.map((message, place) => ({message, timestamp: (NOW - 1200 + place) * 1000}))
  await watch().send(new logs.PutLogEventsCommand({logGroupName: group, logStreamName: stream, logEvents}))
}

const shownIn = ({account, instance}: Built, flowLog: FlowLog) =>
  examine(account, instance.InstanceId, {flowLog}).flowLogs

describe.skipIf(!hasMoto())('flow logs in moto', () => {
  let built: Built
  let lines: readonly string[]

  beforeAll(async () => {
    moto = await startMoto()
    built = await build()
    const {eni, address} = built
    lines = [
      lineOf({eni, from: [address, 40_000], to: ['52.94.1.1', 443], action: 'REJECT', at: NOW - 1200}),
      lineOf({eni, from: [address, 40_000], to: ['10.0.1.9', 80], action: 'ACCEPT', at: NOW - 1200}),
      statusLine(eni, NOW - 1100),
    ]
  })
  afterAll(() => moto?.stop())

  it('that do not exist are reported as missing', async () => {
    const found = await readFlowLogs(await live(), built.account, built.instance)
    expect(found.notes).toEqual([`No flow log covers ${built.eni}, its subnet or its VPC.`])
    expect(shownIn(built, found)?.services[0]).toMatchObject({shown: 'undecided', why: 'no-records'})
  })

  it('in CloudWatch Logs are found by the VPC and read from the stream of the interface', async () => {
    await write('/vpc/flow', `${built.eni}-all`, lines)
    await write('/vpc/flow', 'eni-0ff-all', [lines[0]?.replaceAll(built.eni, 'eni-0ff') ?? ''])
    await logTo('/vpc/flow', built.instance.VpcId ?? '')
    const found = await readFlowLogs(await live(), built.account, built.instance)
    expect(found).toMatchObject({names: ['log group /vpc/flow'], traffic: 'all', interval: 60})
    expect(found.records).toHaveLength(3)
    const flows = shownIn(built, found)
    expect(flows?.services[0]).toMatchObject({service: 'ssm', shown: 'request-rejected', agreement: 'agrees'})
    expect(flows?.sources).toMatchObject([{resource: built.instance.VpcId, isRead: true}])
  })

  it('are read no further than the limit, with the time reached', async () => {
    const found = await readFlowLogs(await live(), built.account, built.instance, undefined, {
      pages: 0,
      interfaces: 0,
      milliseconds: 1000,
    })
    expect(found.records).toEqual([])
    expect(found.sources?.[0]?.problem).toContain('use a later --since')
  })

  it('in Amazon S3 are named with the prefix to download, and read from the folder', async () => {
    await fetch(`${moto.endpoint}/flow-bucket`, {method: 'PUT', headers: {host: 's3.amazonaws.com'}})
    await logTo('', built.instance.SubnetId ?? '', {
      LogGroupName: undefined,
      LogDestinationType: 's3',
      LogDestination: 'arn:aws:s3:::flow-bucket',
      DeliverLogsPermissionArn: undefined,
    })
    const found = await readFlowLogs(await live(), built.account, built.instance)
    const source = found.sources?.find(({resource}) => resource === built.instance.SubnetId)
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
    expect(source).toMatchObject({
      isRead: false,
      download: {operands: [`s3://flow-bucket/AWSLogs/123456789012/vpcflowlogs/${REGION}/${day}/`, 'flow-logs/']},
    })
    const folder = aFolder()
    const header =
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
    await mkdir(join(folder, 'day'))
    await writeFile(join(folder, 'day', 'one.log.gz'), gzipSync(`${header}\n${lines.join('\n')}\n`))
    const read = await flowLogInFiles([folder], built.account, built.instance)
    expect(shownIn(built, read)?.services[0]).toMatchObject({shown: 'request-rejected', agreement: 'agrees'})
  })

  it('are read from a saved answer of FilterLogEvents too', async () => {
    const {events} = await watch().send(new logs.FilterLogEventsCommand({logGroupName: '/vpc/flow'}))
    const file = join(aFolder(), 'answer.json')
    await writeFile(file, JSON.stringify({events}))
    const read = await flowLogInFiles([file], built.account, built.instance)
    expect(read.traffic).toBe('all')
    expect(shownIn(built, read)?.services[0]).toMatchObject({shown: 'request-rejected', agreement: 'agrees'})
  })

  it('of one kind of traffic, in a custom format, are reported as such', async () => {
    const format = ['interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'start', 'end', 'action']
    await write('/eni/reject', `${built.eni}-reject`, [
      `${built.eni} ${built.address} 52.94.1.1 40000 443 ${NOW - 1200} ${NOW - 1150} REJECT`,
    ])
    const ids = await net().send(new ec2.DescribeFlowLogsCommand({}))
    await net().send(
      new ec2.DeleteFlowLogsCommand({FlowLogIds: ids.FlowLogs?.flatMap(({FlowLogId}) => FlowLogId ?? [])}),
    )
    await logTo('/eni/reject', built.eni, {
      TrafficType: 'REJECT',
      LogFormat: format.map((field) => `\${${field}}`).join(' '),
    })
    const found = await readFlowLogs(await live(), built.account, built.instance)
    expect(found.traffic).toBe('reject')
    expect(shownIn(built, found)).toMatchObject({traffic: 'reject'})
    expect(shownIn(built, found)?.services[0]).toMatchObject({shown: 'request-rejected', agreement: 'agrees'})
  })

  it('whose log group is missing name the error', async () => {
    await logTo('/gone', built.eni, {TrafficType: 'ALL'})
    const found = await readFlowLogs(await live(), built.account, built.instance)
    const gone = found.sources?.find(({destination}) => destination === 'log group /gone')
    expect(gone?.problem).toContain('ResourceNotFoundException')
    expect(gone?.problem).toContain('delivery fails')
  })
})
