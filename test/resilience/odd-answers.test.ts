import {describe, expect, it} from 'vitest'
import {type Aws, connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {readNodes} from '../../src/collect/readings/nodes.ts'
import {readVpcEndpoints} from '../../src/collect/readings/vpc.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import type {Account} from '../../src/model/account.ts'
import {jsonReports} from '../../src/render/formats/json.ts'
import {textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {fakeAws} from '../support/fake-aws.ts'
import {INSTANCE, REGION} from '../support/network.ts'
import {credentials, withoutSockets} from '../support/pretend.ts'
import type {Value} from '../support/wire.ts'
import {ACCOUNTS} from './accounts.ts'
import {cachedClients} from './examined.ts'
import {type Fault, MORE} from './faults.ts'
import {changedAt, fieldsIn} from './fields.ts'
import {liesIn} from './less-decided.ts'

const read = (aws: Aws): Promise<Account> => collect(aws, [INSTANCE], {inspector: true})

type Change = (value: Value, gone: symbol) => Value

async function patient(account: Account) {
  const eyes = await cachedClients(account)
  const whole = await eyes.during([], MORE, read)
  const answers = new Map(eyes.answers)
  return {
    eyes,
    whole: whole.report,
    /** Every field of every response, as action and path. */
    fields: [...answers].flatMap(([action, some]) =>
      [...new Set(some.flatMap((answer) => fieldsIn(answer)))].map((way) => ({action, way})),
    ),
    with: async (action: string, way: string, change: Change) =>
      (await eyes.during([action], {name: way, change: (_, answer) => changedAt(answer, way, change)}, read)).report,
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const UNFIT = /[\u001b\u202e]|\bundefined\b|\[object|\bNaN\b/

/** What no output may contain, in texts and in formats for programs. */
const unfitIn = (report: Report): readonly string[] =>
  [textReport(report, {terminal: PIPE, verbose: true}), jsonReports([report])].flatMap((text) => UNFIT.exec(text) ?? [])

const PATIENTS = await Promise.all(Object.values(ACCOUNTS).map(patient))

/** Text where a number stood, a number where text stood, a list where nothing of the kind can be. */
const CHANGES: Readonly<Record<string, Change>> = {
  'is left out': (_, gone) => gone,
  'holds another word': (value) => (typeof value === 'string' ? 'something-new' : value),
  'holds a number as text or text as a number': (value) =>
    typeof value === 'number' ? String(value) : typeof value === 'string' ? 7 : value,
  'holds escapes and markup': (value) =>
    typeof value === 'string' ? `${value}\u001b[2J\u202e<img src=x onerror=alert(1)>\${a}\`id\`` : value,
}

describe('a field of an answer', () => {
  it('that is unknown changes nothing', async () => {
    for (const {eyes, whole} of PATIENTS) expect((await eyes.during([...eyes.asked], MORE, read)).report).toEqual(whole)
  })

  it.each(Object.keys(CHANGES))('that %s, whichever it is, gives a report', async (how) => {
    const seen = new Set<string>()
    for (const one of PATIENTS)
      for (const {action, way} of one.fields) {
        if (seen.has(`${action} ${way}`)) continue
        seen.add(`${action} ${way}`)
        const report = await one.with(action, way, CHANGES[how] as Change)
        expect({action, way, unfit: unfitIn(report)}).toEqual({action, way, unfit: []})
      }
    expect(seen.size).toBeGreaterThan(350)
  })
})

/** An item that is null in every list of JSON. */
const withNull = (value: unknown): unknown => {
  if (Array.isArray(value)) return [null, ...value.map(withNull)]
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withNull(one)]))
}

it('an empty item in the lists of any JSON leaves less known, and ends no run', async () => {
  const spoiled: string[] = []
  const fault: Fault = {
    name: 'null in lists',
    spoil: ({service, operation}, reply) => {
      if (!reply.type.includes('json')) return reply
      spoiled.push(`${service}:${operation}`)
      return {...reply, body: JSON.stringify(withNull(JSON.parse(reply.body)))}
    },
  }
  for (const {eyes, whole} of PATIENTS)
    for (const action of eyes.asked)
      expect(liesIn(whole, (await eyes.during([action], fault, read)).report)).toEqual([])
  expect(new Set(spoiled).size).toBeGreaterThan(9)
})

/** The enum values that decide, and the lists that decide if they are empty. */
const DECIDING: readonly (readonly [string, string])[] = [
  ['ec2:DescribeInternetGateways', 'InternetGateways[].Attachments[].State'],
  ['ec2:DescribeNatGateways', 'NatGateways[].State'],
  ['ec2:DescribeNetworkAcls', 'NetworkAcls[].Entries[].RuleAction'],
  ['ec2:DescribeVpcEndpoints', 'VpcEndpoints[].State'],
  ['ec2:DescribeVpcEndpoints', 'VpcEndpoints[].VpcEndpointType'],
  ['ec2:DescribeTransitGatewayVpcAttachments', 'TransitGatewayVpcAttachments[].State'],
  ['ec2:GetTransitGatewayRouteTableAssociations', 'Associations[].State'],
  ['ssm:DescribeInstanceInformation', 'InstanceInformationList[].PingStatus'],
  ['ssm:GetConnectionStatus', 'Status'],
]
const NEVER_LEFT_OUT: readonly (readonly [string, string])[] = [
  ...DECIDING,
  ['ec2:DescribeInternetGateways', 'InternetGateways[].Attachments'],
  ['ec2:DescribeNetworkAcls', 'NetworkAcls[].Entries'],
  ['ec2:DescribeRouteTables', 'RouteTables[].Routes'],
  ['ec2:DescribeSecurityGroups', 'SecurityGroups[].IpPermissions'],
  ['ec2:DescribeSecurityGroups', 'SecurityGroups[].IpPermissionsEgress'],
  ['ec2:DescribeVpcAttribute', 'EnableDnsSupport.Value'],
  ['ec2:DescribeVpcEndpoints', 'VpcEndpoints[].PrivateDnsEnabled'],
  ['ec2:DescribeDhcpOptions', 'DhcpOptions[].DhcpConfigurations'],
  ['ec2:DescribeInstances', 'Reservations[].Instances'],
  ['ec2:DescribeInstances', 'Reservations[].Instances[].IamInstanceProfile.Arn'],
  ['ec2:DescribeInstances', 'Reservations[].Instances[].NetworkInterfaces[].Groups[].GroupId'],
  ['ec2:DescribeInternetGateways', 'InternetGateways[].Attachments[].VpcId'],
  ['ec2:DescribeManagedPrefixLists', 'PrefixLists[].PrefixListName'],
  ['ec2:DescribeNetworkAcls', 'NetworkAcls[].Entries[].CidrBlock'],
  ['ec2:DescribeNetworkInterfaces', 'NetworkInterfaces[].Groups[].GroupId'],
  ['ec2:DescribeRouteTables', 'RouteTables[].Routes[].DestinationCidrBlock'],
  ['ec2:DescribeSecurityGroups', 'SecurityGroups[].IpPermissions[].IpRanges'],
  ['ec2:DescribeSecurityGroups', 'SecurityGroups[].IpPermissions[].IpRanges[].CidrIp'],
  ['ec2:DescribeSecurityGroups', 'SecurityGroups[].IpPermissionsEgress[].IpRanges[].CidrIp'],
  ['ec2:DescribeTransitGatewayRouteTables', 'TransitGatewayRouteTables[].TransitGatewayId'],
  ['ec2:DescribeTransitGatewayVpcAttachments', 'TransitGatewayVpcAttachments[].SubnetIds'],
  ['ec2:DescribeTransitGatewayVpcAttachments', 'TransitGatewayVpcAttachments[].TransitGatewayId'],
  ['ec2:DescribeTransitGatewayVpcAttachments', 'TransitGatewayVpcAttachments[].VpcId'],
  ['ec2:GetManagedPrefixListEntries', 'Entries[].Cidr'],
  ['ec2:GetTransitGatewayRouteTableAssociations', 'Associations[].TransitGatewayAttachmentId'],
  ['ec2:SearchTransitGatewayRoutes', 'Routes[].DestinationCidrBlock'],
  ['route53:ListResourceRecordSets', 'ResourceRecordSets[].AliasTarget'],
  ['iam:GetInstanceProfile', 'InstanceProfile.Roles'],
  ['iam:GetRole', 'Role.AssumeRolePolicyDocument'],
  ['iam:GetRolePolicy', 'PolicyDocument'],
  ['iam:GetPolicyVersion', 'PolicyVersion.Document'],
  ['iam:GetPolicyVersion', 'PolicyVersion.IsDefaultVersion'],
]

async function liesWith(action: string, way: string, change: Change): Promise<readonly string[]> {
  const affected = PATIENTS.filter(({fields}) => fields.some((one) => one.action === action && one.way === way))
  expect(affected.length).toBeGreaterThan(0)
  const lies = await Promise.all(affected.map(async (one) => liesIn(one.whole, await one.with(action, way, change))))
  return lies.flat().filter((lie) => lie !== 'verified')
}

describe('an unknown value of a deciding field decides nothing', () => {
  it.each(DECIDING)('%s: another value in %s', async (action, way) => {
    expect(await liesWith(action, way, () => 'something-new')).toEqual([])
  })

  it.each(NEVER_LEFT_OUT)('%s without %s', async (action, way) => {
    expect(await liesWith(action, way, (_, gone) => gone)).toEqual([])
  })
})

/** A response as it comes over the wire. */
const answering = (type: string, body: string) =>
  connect(
    {region: REGION},
    {
      credentials,
      requestHandler: withoutSockets(
        fakeAws(
          () => ({}),
          () => ({status: 200, type, body}),
        ),
      ),
      maxAttempts: 1,
    },
  )
const xml = (set: string) =>
  answering(
    'text/xml',
    `<DescribeVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${set}</DescribeVpcEndpointsResponse>`,
  )

describe('a list on the wire', () => {
  it('of EC2 that is empty is included, and means none', async () => {
    for (const set of [
      '<vpcEndpointSet/>',
      '<vpcEndpointSet></vpcEndpointSet>',
      '<vpcEndpointSet>\n  </vpcEndpointSet>',
    ])
      expect(await readVpcEndpoints(await xml(set), 'everywhere')).toEqual([])
  })
  it('of EC2 that is omitted was not returned', async () => {
    expect(await readVpcEndpoints(await xml('<requestId>1</requestId>'), 'everywhere')).toEqual({
      unreadable: 'IncompleteAnswer: the answer holds no list',
      error: 'IncompleteAnswer',
      action: 'ec2:DescribeVpcEndpoints',
      message: 'the answer holds no list',
    })
  })
  it('of EC2 may be omitted from a page that is not the last', async () => {
    let page = 0
    const pages = ['<nextToken>a</nextToken>', '<vpcEndpointSet/>']
    const fake = fakeAws(
      () => ({}),
      () => ({
        status: 200,
        type: 'text/xml',
        body: `<DescribeVpcEndpointsResponse>${pages[page++] ?? ''}</DescribeVpcEndpointsResponse>`,
      }),
    )
    const aws = await connect({region: REGION}, {credentials, requestHandler: withoutSockets(fake), maxAttempts: 1})
    expect(await readVpcEndpoints(aws, 'everywhere')).toEqual([])
  })
  it('of JSON that is empty is included, and one that is null or omitted was not returned', async () => {
    const json = async (body: string) => readNodes(await answering('application/x-amz-json-1.1', body), undefined)
    expect(await json('{"InstanceInformationList":[]}')).toEqual([])
    for (const body of ['{"InstanceInformationList":null}', '{}'])
      expect(await json(body)).toMatchObject({unreadable: 'IncompleteAnswer: the answer holds no list'})
  })
})
