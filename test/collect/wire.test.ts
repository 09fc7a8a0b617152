import {describe, expect, it, onTestFinished} from 'vitest'
import {type Aws, connect} from '../../src/collect/client/aws.ts'
import {whyNot} from '../../src/collect/client/errors.ts'
import {counted} from '../../src/collect/client/instrument.ts'
import {collect} from '../../src/collect/collect.ts'
import {readNodes} from '../../src/collect/readings/nodes.ts'
import {readManagedPrefixLists} from '../../src/collect/readings/vpc.ts'
import {regionOfInstance} from '../../src/collect/regions.ts'
import {collectRegion} from '../../src/collect/whole-region.ts'
import {type Account, isNotAsked, isUnreadable, itemsOf, type Kind} from '../../src/model/account.ts'
import {clientsOf} from '../support/clients-of.ts'
import {breakOff, type Call, fakeAws, type Refusal, refuse} from '../support/fake-aws.ts'
import {aGroup, aNode, anInstance, healthy, healthyBehindNat, OWNER, REGION, WEB} from '../support/healthy.ts'
import {credentials} from '../support/pretend.ts'
import {serve} from '../support/serve.ts'
import type {Fields} from '../support/wire.ts'

const without = (operation: string, refusal: Refusal) => (call: Call) =>
  call.operation === operation ? refusal : undefined

const unreadableIn = (account: Account): string[] =>
  Object.entries(account).flatMap(([kind, reading]) =>
    isUnreadable(reading) && !isNotAsked(reading as never) ? [kind] : [],
  )

describe('a denied call', () => {
  it.each<[string, string, Kind]>([
    ['DescribeInstanceStatus', 'ec2:DescribeInstanceStatus', 'InstanceStatuses'],
    [
      'DescribeIamInstanceProfileAssociations',
      'ec2:DescribeIamInstanceProfileAssociations',
      'IamInstanceProfileAssociations',
    ],
    ['DescribeInstanceInformation', 'ssm:DescribeInstanceInformation', 'InstanceInformationList'],
    ['GetServiceSetting', 'ssm:GetServiceSetting', 'ServiceSettings'],
    ['GetDocument', 'ssm:GetDocument', 'SessionPreferences'],
    ['DescribeSubnets', 'ec2:DescribeSubnets', 'Subnets'],
    ['DescribeRouteTables', 'ec2:DescribeRouteTables', 'RouteTables'],
    ['DescribeNetworkAcls', 'ec2:DescribeNetworkAcls', 'NetworkAcls'],
    ['DescribeSecurityGroups', 'ec2:DescribeSecurityGroups', 'SecurityGroups'],
    ['DescribeInternetGateways', 'ec2:DescribeInternetGateways', 'InternetGateways'],
    ['DescribeNatGateways', 'ec2:DescribeNatGateways', 'NatGateways'],
    ['DescribeDhcpOptions', 'ec2:DescribeDhcpOptions', 'DhcpOptions'],
    ['DescribeNetworkInterfaces', 'ec2:DescribeNetworkInterfaces', 'NetworkInterfaces'],
    ['ListHostedZonesByVPC', 'route53:ListHostedZonesByVPC', 'HostedZones'],
    ['ListResolverRuleAssociations', 'route53resolver:ListResolverRuleAssociations', 'ResolverRules'],
    [
      'ListFirewallRuleGroupAssociations',
      'route53resolver:ListFirewallRuleGroupAssociations',
      'FirewallRuleGroupAssociations',
    ],
  ])('%s makes its kind unreadable, with the action, and no other kind', async (operation, action, kind) => {
    const unless = without(operation, refuse('AccessDenied', 'You may not.', 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(found[kind]).toEqual({
      unreadable: `AccessDenied: You may not. (needs ${action})`,
      error: 'AccessDenied',
      action,
      message: 'You may not.',
    })
    expect(unreadableIn(found)).toEqual([kind])
  })

  it('DescribeInstanceImageMetadata, for an instance that is not a node, makes its kind unreadable', async () => {
    const unless = without('DescribeInstanceImageMetadata', refuse('AccessDenied', 'You may not.', 403))
    const absent = {...healthy, InstanceInformationList: []}
    const found = await collect(await clientsOf(serve(absent, {unless})), [WEB])
    expect(found.InstanceImageMetadata).toMatchObject({
      error: 'AccessDenied',
      action: 'ec2:DescribeInstanceImageMetadata',
    })
  })

  it('for Route 53 Profiles also leaves what they add unread', async () => {
    const unless = without('ListProfileAssociations', refuse('AccessDenied', 'You may not.', 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(found.ProfileAssociations).toEqual({
      unreadable: 'AccessDenied: You may not. (needs route53profiles:ListProfileAssociations)',
      error: 'AccessDenied',
      action: 'route53profiles:ListProfileAssociations',
      message: 'You may not.',
    })
    expect(unreadableIn(found).sort()).toEqual(['ProfileAssociations', 'ProfileResourceAssociations'])
  })

  it('for endpoints also leaves their interfaces unread, because nothing names them', async () => {
    const unless = without('DescribeVpcEndpoints', refuse('UnauthorizedOperation', 'You may not.', 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(unreadableIn(found).sort()).toEqual(['NetworkInterfaces', 'VpcEndpoints'])
  })

  it.each([
    ['GetRole', 'Roles'],
    ['ListAttachedRolePolicies', 'Roles'],
    ['ListRolePolicies', 'Roles'],
    ['GetPolicy', 'Policies'],
    ['GetPolicyVersion', 'Policies'],
    ['GetInstanceProfile', 'InstanceProfiles'],
    ['DescribeVpcAttribute', 'VpcAttributes'],
    ['GetConnectionStatus', 'ConnectionStatuses'],
  ] as const)('%s makes one item unreadable', async (operation, kind) => {
    const unless = without(operation, refuse('AccessDenied', 'You may not.', 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(found[kind]).toMatchObject([{unreadable: expect.stringMatching(new RegExp(`needs \\w+:${operation}`))}])
    expect(unreadableIn(found)).toEqual([])
  })

  it('for instances does not affect the rest', async () => {
    const unless = without('DescribeInstances', refuse('UnauthorizedOperation', 'You may not.', 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(unreadableIn(found)).toEqual(['Instances'])
    expect(found.InstanceInformationList).toEqual(healthy.InstanceInformationList)
  })

  it('is shown without the encoded message of EC2', async () => {
    const text = `You may not. Encoded authorization failure message: ${'Ab1-_'.repeat(500)}`
    const unless = without('DescribeInstances', refuse('UnauthorizedOperation', text, 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(found.Instances).toMatchObject({
      unreadable: 'UnauthorizedOperation: You may not. (needs ec2:DescribeInstances)',
    })
  })

  it('for everything does not crash', async () => {
    const unless = ({service}: Call) => (service === 'sts' ? undefined : refuse('AccessDenied', 'You may not.', 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(unreadableIn(found)).toContain('Instances')
  })

  it('for the caller identity leaves the owner unknown', async () => {
    const unless = without('GetCallerIdentity', refuse('AccessDenied', 'You may not.', 403))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(found).not.toHaveProperty('Caller')
    expect(unreadableIn(found)).toEqual([])
  })
})

describe('an error of AWS that means that something does not exist', () => {
  it.each([
    ['GetDocument', 'InvalidDocument', 'SessionPreferences'],
    ['GetServiceSetting', 'ServiceSettingNotFound', 'ServiceSettings'],
    ['GetInstanceProfile', 'NoSuchEntity', 'InstanceProfiles'],
    ['GetRole', 'NoSuchEntity', 'Roles'],
    ['DescribeInstanceInformation', 'InvalidInstanceId', 'InstanceInformationList'],
    ['DescribeInstanceStatus', 'InvalidInstanceID.NotFound', 'InstanceStatuses'],
  ] as const)('%s returns %s if there is none', async (operation, code, kind) => {
    const found = await collect(await clientsOf(serve(healthy, {unless: without(operation, refuse(code))})), [WEB])
    expect(found[kind]).toEqual([])
  })
})

describe('a call that goes wrong', () => {
  it('is tried again when AWS is busy', async () => {
    let refused = 0
    const unless = ({operation}: Call) =>
      operation === 'DescribeVpcs' && refused++ === 0 ? refuse('InternalError', 'Try again.', 500) : undefined
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(refused).toBe(2)
    expect(found.Vpcs).toEqual(healthy.Vpcs)
  })

  it.each(['reset', 'nonsense'] as const)(
    'with a %s leaves its kind unreadable and no permission to ask for',
    async (how) => {
      const found = await collect(
        await clientsOf(serve(healthy, {unless: without('DescribeNatGateways', breakOff(how))})),
        [WEB],
      )
      expect(unreadableIn(found)).toEqual(['NatGateways'])
      expect(found.NatGateways).toMatchObject({unreadable: expect.not.stringMatching(/needs|\n/)})
    },
  )

  it('without a response ends at the timeout', async () => {
    const fake = serve(healthy, {unless: without('DescribeNatGateways', breakOff('silence'))})
    onTestFinished(fake.close)
    const impatient = {requestTimeout: 1000, throwOnRequestTimeout: true}
    const overrides = {credentials, endpoint: await fake.listen(), requestHandler: impatient, maxAttempts: 1}
    const found = await collect(await connect({region: REGION}, overrides), [WEB])
    expect(found.NatGateways).toMatchObject({error: 'TimeoutError', message: 'no answer in 1 s (1 attempt)'})
  })

  it('ends immediately when the run is canceled, also between two attempts', async () => {
    const ctrlC = new AbortController()
    const unless = ({operation}: Call) => {
      if (operation !== 'DescribeVpcs') return undefined
      setImmediate(() => ctrlC.abort())
      return refuse('RequestLimitExceeded', 'Slow down.', 503)
    }
    const fake = serve(healthy, {unless})
    await expect(collect(await clientsOf(fake, ctrlC.signal), [WEB])).rejects.toMatchObject({name: 'AbortError'})
    expect(fake.calls.filter(({operation}) => operation === 'DescribeVpcs')).toHaveLength(1)
  })
})

describe('an error that is not of AWS', () => {
  it('but of our own code during a call ends the run', async () => {
    const broken = () => Promise.reject(new TypeError('a bug'))
    const pace = {acquire: broken, answered: () => {}, throttled: () => {}}
    const aws = counted(await clientsOf(serve(healthy)), {calls: 0, throttled: 0}, () => pace)
    const error = await readManagedPrefixLists(aws, ['pl-0aaaaaaaaaaaaaa01']).catch((thrown) => thrown)
    expect(error.message).toBe('a bug')
    expect(() => whyNot(error)).toThrow('a bug')
  })

  it('ends the run, and is left without a handler by no call that fails with it', async () => {
    const unhandled: unknown[] = []
    const listener = (error: unknown) => unhandled.push(error)
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', listener)
    const aws = await clientsOf(serve(healthy))
    const broken: Aws = {...aws, client: () => ({send: async () => Promise.reject(new TypeError('a bug'))}) as never}
    await expect(readManagedPrefixLists(broken, ['pl-0aaaaaaaaaaaaaa01'])).rejects.toThrow('a bug')
    await new Promise((next) => setImmediate(next))
    process.removeAllListeners('unhandledRejection')
    for (const one of before) process.on('unhandledRejection', one)
    expect(unhandled).toEqual([])
  })
})

describe('normalized responses', () => {
  it('have no empty associations and secrets, and the groups of the interface', async () => {
    const [only] = anInstance().NetworkInterfaces
    const returned = anInstance({
      SecurityGroups: [{GroupId: 'sg-0aaaaaaaaaaaaaaff', GroupName: 'stale'}],
      NetworkInterfaces: only ? [{...only, Association: {}}] : [],
    })
    const fake = serve({...healthy, Instances: [returned]})
    expect((await collect(await clientsOf(fake), [WEB])).Instances).toEqual(healthy.Instances)
  })

  it('have console output without passwords', async () => {
    const account: Account = {
      ...healthy,
      InstanceInformationList: [aNode({PingStatus: 'ConnectionLost'})],
      ConsoleOutputs: [{InstanceId: WEB, Output: 'boot\npassword=hunter22\nready'}],
    }
    const found = await collect(await clientsOf(serve(account)), [WEB])
    expect(found.ConsoleOutputs).toMatchObject([{InstanceId: WEB, Output: 'boot\npassword=[redacted]\nready'}])
  })

  it('have the last console output of an instance without the latest', async () => {
    const unless = ({operation, input}: Call) =>
      operation === 'GetConsoleOutput' && input.Latest ? refuse('UnsupportedOperation') : undefined
    const account: Account = {
      ...healthy,
      InstanceInformationList: [],
      ConsoleOutputs: [{InstanceId: WEB, Output: 'boot'}],
    }
    const found = await collect(await clientsOf(serve(account, {unless})), [WEB])
    expect(found.ConsoleOutputs).toEqual(account.ConsoleOutputs)
  })
})

describe('a whole Region', () => {
  const asRead = (account: Account): Account => ({...account, ConnectionStatuses: []})
  const withOptions = (account: Account): Account => ({
    ...account,
    VpcBlockPublicAccessOptions: [{AwsRegion: REGION, State: 'default-state', InternetGatewayBlockMode: 'off'}],
  })

  it.each([
    ['endpoints', withOptions(healthy)],
    ['a NAT gateway', withOptions(healthyBehindNat)],
  ])('returns the account that is served, behind %s', async (_, account) => {
    const found = await collectRegion(await clientsOf(serve(account, {pageSize: 2})))
    expect({...found, ReadAt: account.ReadAt}).toEqual(asRead(account))
  })

  it('is listed in the order of ids, in whatever order AWS returns it', async () => {
    const ids = ['i-0aaaaaaaaaaaaaa03', WEB, 'i-0aaaaaaaaaaaaaa02']
    const account = {...healthy, Instances: ids.map((InstanceId) => anInstance({InstanceId}))}
    const found = await collectRegion(await clientsOf(serve(account)))
    expect(itemsOf(found.Instances).map(({InstanceId}) => InstanceId)).toEqual(ids.toSorted())
  })

  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedResourceVisibility.html
  it('has the instances that Inspector lists, although the account hides those that a service operates', async () => {
    const hidden = anInstance({
      InstanceId: 'i-0aaaaaaaaaaaaaa02',
      Operator: {Managed: true, Principal: 'eks.amazonaws.com'},
    })
    const rows = [WEB, hidden.InstanceId, 'i-0aaaaaaaaaaaaaa03'].map((resourceId) => ({
      resourceId,
      accountId: OWNER,
      resourceType: 'AWS_EC2_INSTANCE' as const,
      scanType: 'PACKAGE' as const,
    }))
    const hides = ({operation, input}: Call, answer: Fields): Fields =>
      operation === 'DescribeInstances' && input.IncludeManagedResources !== true
        ? {Reservations: [{Instances: [anInstance()]}]}
        : answer
    const fake = serve({...healthy, Instances: [anInstance(), hidden], CoveredResources: rows}, {change: hides})
    const found = await collectRegion(await clientsOf(fake), {inspector: true})
    expect(itemsOf(found.Instances).map(({InstanceId}) => InstanceId)).toEqual([WEB, hidden.InstanceId])
  })

  it('costs as many calls for forty instances as for one', async () => {
    const many = Array.from({length: 40}, (_, at) => anInstance({InstanceId: `i-0aaaaaaaaaaaaa${100 + at}`}))
    const one = serve(healthy)
    const forty = serve({...healthy, Instances: many, SecurityGroups: [aGroup('sg-0aaaaaaaaaaaaaa01')]})
    await collectRegion(await clientsOf(one))
    await collectRegion(await clientsOf(forty))
    expect(forty.calls.length).toBe(one.calls.length)
  })
})

describe('an item that AWS returns again, because the list changed between two pages', () => {
  const again = (call: Call, answer: Fields): Fields => {
    const node = (PingStatus: string) => ({...itemsOf(healthy.InstanceInformationList)[0], PingStatus})
    if (call.operation === 'DescribeInstances') {
      const [reservation] = Object.values(answer).flat()
      return {Reservations: [reservation, reservation]}
    }
    return call.operation === 'DescribeInstanceInformation'
      ? {InstanceInformationList: [node('ConnectionLost'), node('Online')]}
      : answer
  }

  it('is read once, as it was last', async () => {
    const found = await collectRegion(await clientsOf(serve(healthy, {change: again})))
    expect(itemsOf(found.Instances)).toHaveLength(1)
    expect(found.InstanceInformationList).toMatchObject([{InstanceId: WEB, PingStatus: 'Online'}])
  })
})

describe('an instance that is not here', () => {
  it('is searched for in the other Regions', async () => {
    const unless = ({operation, region}: Call) =>
      operation === 'DescribeInstances' && region !== 'us-east-1' ? ({Reservations: []} as never) : undefined
    expect(await regionOfInstance(await clientsOf(serve(healthy, {unless})), WEB)).toBe('us-east-1')
  })

  it('is found there although the account hides it, because a service operates it', async () => {
    const unless = ({operation, region, input}: Call) =>
      operation === 'DescribeInstances' && (region !== 'us-east-1' || input.IncludeManagedResources !== true)
        ? ({Reservations: []} as never)
        : undefined
    expect(await regionOfInstance(await clientsOf(serve(healthy, {unless})), WEB)).toBe('us-east-1')
  })

  it('is not found if no Region has it', async () => {
    expect(await regionOfInstance(await clientsOf(serve({...healthy, Instances: []})), WEB)).toBeUndefined()
  })
})

describe('an id that Systems Manager calls invalid', () => {
  it('does not keep the other instances of the call from being managed nodes', async () => {
    const ids = Array.from({length: 7}, (_, at) => `i-0aaaaaaaaaaaaaa0${at}`)
    const [stranger] = ids
    const fake = fakeAws((call) => {
      const asked = JSON.stringify(call.input)
      if (stranger !== undefined && asked.includes(stranger)) return refuse('InvalidInstanceId', 'not valid', 400)
      return {
        InstanceInformationList: ids
          .filter((id) => asked.includes(id))
          .map((InstanceId) => ({InstanceId, PingStatus: 'Online'})),
      }
    })
    const nodes = await readNodes(await clientsOf(fake), ids)
    expect(itemsOf(nodes).map(({InstanceId}) => InstanceId)).toEqual(ids.slice(1))
  })

  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
  it.each([
    ['one in two of fifty', 50, (at: number) => at % 2 === 1],
    ['the last of a hundred', 100, (at: number) => at < 99],
    ['all of fifty', 50, () => false],
  ])('is found among others by asking again, in a bounded number of calls: %s', async (_, count, isManaged) => {
    const ids = Array.from({length: count}, (_, at) => `i-0aaaaaaaaaaaa${String(at).padStart(4, '0')}`)
    const managed = ids.filter((_, at) => isManaged(at))
    const fake = fakeAws(({input}) => {
      const [{Values = []} = {}] = (input.Filters ?? []) as {Values?: readonly string[]}[]
      if (!Values.every((id) => managed.includes(id))) return refuse('InvalidInstanceId', 'not valid', 400)
      return {InstanceInformationList: Values.map((InstanceId) => ({InstanceId, PingStatus: 'Online'}))}
    })
    const nodes = await readNodes(await clientsOf(fake), ids)
    expect(itemsOf(nodes).map(({InstanceId}) => InstanceId)).toEqual(managed)
    expect(fake.calls.length).toBeLessThan(2 * count)
  })

  it('is no managed node; any other error leaves unknown which of the instances are', async () => {
    const ids = ['i-0aaaaaaaaaaaaaa01', 'i-0aaaaaaaaaaaaaa02']
    const fake = fakeAws(({input}) =>
      JSON.stringify(input).includes(ids.join('","'))
        ? refuse('InvalidInstanceId', 'not valid', 400)
        : refuse('AccessDeniedException', 'denied', 400),
    )
    expect(await readNodes(await clientsOf(fake), ids)).toMatchObject({error: 'AccessDeniedException'})
  })
})

describe('a page from a proxy instead of a response', () => {
  it('names the proxy', async () => {
    const unless = without('DescribeNatGateways', breakOff('nonsense'))
    const found = await collect(await clientsOf(serve(healthy, {unless})), [WEB])
    expect(found.NatGateways).toMatchObject({
      error: 'UnreadableAnswer',
      message: 'the response is not from AWS; a proxy may have answered instead',
    })
  })
})
