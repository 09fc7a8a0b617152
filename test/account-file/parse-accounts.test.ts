import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type AccountOptions, parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {isUsageError} from '../../src/util/usage-error.ts'
import {fileWith, fullAccountFile} from './full-account-file.ts'

const parsed = (json: unknown, options?: AccountOptions) => parseAccounts([{name: 'a.json', json}], options)

function account(json: unknown, options?: AccountOptions): Account {
  const [first] = parsed(json, options).accounts
  if (first === undefined) throw new Error('no account')
  return first
}

function complaint(json: unknown): string {
  try {
    parsed(json)
  } catch (error) {
    if (isUsageError(error)) return error.message
    throw error
  }
  return 'no complaint'
}

const [instance] = fullAccountFile.Instances
const [endpoint] = fullAccountFile.VpcEndpoints
const [role] = fullAccountFile.Roles
const [nic] = fullAccountFile.Instances[0]?.NetworkInterfaces ?? []

describe('a canonical file', () => {
  it('is used as it is, object for object', () => {
    const {Format, SessionPreferences, ...rest} = fullAccountFile
    const read = account(fullAccountFile)
    expect(read).toEqual({...rest, SessionPreferences: [SessionPreferences]})
    expect(read.Instances).toBe(fullAccountFile.Instances)
    expect(read.Subnets).toBe(fullAccountFile.Subnets)
  })

  it('is not changed by reading', () => {
    const before = JSON.stringify(fileWith({VpcEndpoints: [{...endpoint, State: 'Available', Groups: null}]}))
    const json = JSON.parse(before)
    parsed(json)
    expect(JSON.stringify(json)).toBe(before)
  })
})

describe('what a file leaves out', () => {
  it('is unreadable, for a kind', () => {
    expect(account(fileWith({NatGateways: undefined})).NatGateways).toEqual({unreadable: 'not in the account file'})
  })

  it('was not requested, for a kind that is requested only in special cases', () => {
    const kinds = [
      'ConsoleOutputs',
      'ConnectionStatuses',
      'InstanceAssociations',
      'PolicySimulations',
      'CoveredResources',
      'Policies',
    ] as const
    const read = account(fileWith(Object.fromEntries(kinds.map((kind) => [kind, undefined]))))
    expect(kinds.map((kind) => read[kind])).toEqual([[], [], [], [], [], []])
  })

  it('is marked as not requested if its absence could hide a cause', () => {
    const kinds = [
      'ActivationList',
      'Organization',
      'ProfileAssociations',
      'ProfileResourceAssociations',
      'CloudTrailEvents',
      'ConfigurationItems',
    ] as const
    const read = account(fileWith(Object.fromEntries(kinds.map((kind) => [kind, undefined]))))
    for (const kind of kinds) expect(read[kind]).toEqual({unreadable: 'not asked for', error: 'NotAsked'})
  })

  it('is an empty list where AWS leaves out empty lists', () => {
    const {SecurityGroups, NetworkInterfaces, Tags, ...bare} = instance ?? {}
    expect(account(fileWith({Instances: [bare]})).Instances).toEqual([
      {...bare, SecurityGroups: [], NetworkInterfaces: [], Tags: []},
    ])
  })

  it('is not an empty list where AWS always returns items: policies, roles, documents, entries', () => {
    const {RolePolicyList, AttachedManagedPolicies, ...bareRole} = role ?? {}
    const read = account(
      fileWith({
        Roles: [bareRole],
        InstanceProfiles: [{Arn: 'arn:p', InstanceProfileName: 'p'}],
        Policies: [{Arn: 'arn:q'}],
        VpcAttributes: [{VpcId: 'vpc-1', EnableDnsSupport: {Value: true}}],
        ManagedPrefixLists: [{PrefixListId: 'pl-1'}],
        HostedZones: [{Id: 'Z1', Name: 'a.'}],
        RouteTables: [{RouteTableId: 'rtb-1', VpcId: 'vpc-1', Associations: []}],
        NetworkAcls: [{NetworkAclId: 'acl-1', Associations: []}],
      }),
    )
    const unread = {unreadable: expect.any(String)}
    expect(read.Roles).toEqual([{Arn: 'arn:aws:iam::111122223333:role/storefront', ...unread}])
    expect(read.InstanceProfiles).toEqual([{Arn: 'arn:p', ...unread}])
    expect(read.Policies).toEqual([{Arn: 'arn:q', ...unread}])
    expect(read.VpcAttributes).toEqual([{VpcId: 'vpc-1', ...unread}])
    expect(read.ManagedPrefixLists).toEqual([{PrefixListId: 'pl-1', Entries: unread}])
    expect(read.RouteTables).toMatchObject([{Routes: unread}])
    expect(read.NetworkAcls).toMatchObject([{Entries: unread}])
    expect(read.HostedZones).toEqual([{Id: 'Z1', Name: 'a.', ResourceRecordSets: unread}])
  })

  it.each([
    ['SecurityGroups', 'IpPermissionsEgress', {GroupId: 'sg-1', IpPermissions: []}],
    ['SecurityGroups', 'IpPermissions', {GroupId: 'sg-1', IpPermissionsEgress: []}],
    ['InternetGateways', 'Attachments', {InternetGatewayId: 'igw-1'}],
    ['EgressOnlyInternetGateways', 'Attachments', {EgressOnlyInternetGatewayId: 'eigw-1'}],
    ['RouteTables', 'Associations', {RouteTableId: 'rtb-1', VpcId: 'vpc-1', Routes: []}],
    ['NetworkAcls', 'Associations', {NetworkAclId: 'acl-1', Entries: []}],
  ] as const)('is not an empty list in %s, which AWS always prints with %s', (kind, field, item) => {
    const whole = {...item, [field]: []}
    const reading = account(fileWith({[kind]: [whole, item]}))[kind]
    expect(reading).toMatchObject({unreadable: expect.stringContaining(`${kind}[1].${field} is missing`)})
    expect(itemsOf<object>(reading)).toMatchObject([whole])
  })

  it('does not treat rules without their VPCs as rules of no VPC', () => {
    const rule = {Id: 'r', DomainName: '.', RuleType: 'FORWARD'}
    expect(account(fileWith({ResolverRules: [rule]})).ResolverRules).toMatchObject({
      unreadable: expect.stringContaining('VPCs'),
    })
  })

  it('is found in ARNs, then in the options: Region and Partition', () => {
    const ServiceSettings = [{SettingId: 's', ARN: 'arn:aws-cn:ssm:cn-north-1:111122223333:servicesetting/s'}]
    const without = {Region: undefined, Partition: undefined, Caller: undefined}
    expect(account(fileWith({...without, ServiceSettings}), {region: 'eu-west-1'})).toMatchObject({
      Region: 'cn-north-1',
      Partition: 'aws-cn',
    })
    const bare = {ReadAt: '2026-11-20T12:00:00.000Z', Vpcs: []}
    expect(account(bare, {region: 'us-gov-west-1'})).toMatchObject({Region: 'us-gov-west-1', Partition: 'aws-us-gov'})
    expect(complaint(bare)).toBe('a.json: Region is missing and cannot be inferred from an ARN; add --region.')
  })

  it('is the newest past time, with a notice: ReadAt', () => {
    const Roles = [{...role, AssumeRolePolicyDocument: {Statement: {LaunchTime: '2030-01-01T00:00:00.000Z'}}}]
    const {accounts, notes} = parsed(fileWith({ReadAt: undefined, Roles}))
    expect(accounts[0]?.ReadAt).toBe('2026-11-20T11:58:00.000Z')
    expect(notes).toEqual([
      'a.json has no ReadAt; ages are computed up to the newest time in it, 2026-11-20T11:58:00.000Z.',
    ])
  })

  it('is no Caller if none is named', () => {
    expect('Caller' in account(fileWith({Caller: undefined}))).toBe(false)
  })
})

describe('what AWS writes in several ways', () => {
  it('documents are objects, JSON text or URL-encoded JSON', () => {
    const document = {Version: '2012-10-17', Statement: []}
    const given = [document, JSON.stringify(document), encodeURIComponent(JSON.stringify(document))]
    const read = given.map(
      (PolicyDocument) => account(fileWith({VpcEndpoints: [{...endpoint, PolicyDocument}]})).VpcEndpoints,
    )
    for (const endpoints of read) expect(endpoints).toMatchObject([{PolicyDocument: document}])
  })

  it('states and types of endpoints have one spelling', () => {
    const spelt = {...endpoint, State: 'PendingAcceptance', VpcEndpointType: 'interface'}
    expect(account(fileWith({VpcEndpoints: [spelt]})).VpcEndpoints).toMatchObject([
      {State: 'pendingAcceptance', VpcEndpointType: 'Interface'},
    ])
  })

  it.each(['Resource', 'ServiceNetwork', 'Tunnel', 'OfAnotherKind'])(
    'an endpoint of type %s has no service, and hides no other endpoint',
    (VpcEndpointType) => {
      const other = {...endpoint, VpcEndpointId: 'vpce-00000000000000009', VpcEndpointType, ServiceName: undefined}
      expect(account(fileWith({VpcEndpoints: [endpoint, other]})).VpcEndpoints).toMatchObject([
        {VpcEndpointType: 'Interface', ServiceName: endpoint?.ServiceName},
        {VpcEndpointType, ServiceName: ''},
      ])
    },
  )

  it('an empty association does not exist', () => {
    const interfaces = [
      {...nic, Association: {}, PrivateIpAddresses: [{PrivateIpAddress: '10.0.1.10', Association: {}}]},
    ]
    const read = account(fileWith({Instances: [{...instance, NetworkInterfaces: interfaces}]})).Instances
    const {Association, ...rest} = nic ?? {}
    expect(read).toEqual([
      {...instance, NetworkInterfaces: [{...rest, PrivateIpAddresses: [{PrivateIpAddress: '10.0.1.10'}]}]},
    ])
  })

  it('groups are those of the primary interface', () => {
    const Groups = [{GroupId: 'sg-2', GroupName: 'other'}]
    const read = account(fileWith({Instances: [{...instance, NetworkInterfaces: [{...nic, Groups}]}]})).Instances
    expect(read).toMatchObject([{SecurityGroups: Groups}])
  })

  it('times are ISO text, from offsets and from seconds', () => {
    const one = (LaunchTime: unknown) => account(fileWith({Instances: [{...instance, LaunchTime}]})).Instances
    expect(one('2026-11-18T09:00:00+01:00')).toMatchObject([{LaunchTime: '2026-11-18T08:00:00.000Z'}])
    expect(one(1795593600.5)).toMatchObject([{LaunchTime: '2026-11-25T08:00:00.500Z'}])
  })

  it('a null field is an absent one', () => {
    const [read] = account(fileWith({Instances: [{...instance, PublicIpAddress: null}]})).Instances as readonly object[]
    expect('PublicIpAddress' in (read ?? {})).toBe(false)
  })

  it('session preferences are a document, its text, a response, none, or the reason why they are unreadable', () => {
    const preferences = {inputs: {kmsKeyId: 'alias/session'}}
    const one = (SessionPreferences: unknown) => account(fileWith({SessionPreferences})).SessionPreferences
    expect(one(preferences)).toEqual([preferences])
    expect(one(JSON.stringify(preferences))).toEqual([preferences])
    expect(one({Name: 'SSM-SessionManagerRunShell', Content: JSON.stringify(preferences)})).toEqual([preferences])
    expect(one({inputs: {s3EncryptionEnabled: 'true'}})).toEqual([{inputs: {s3EncryptionEnabled: 'true'}}])
    expect(one(null)).toEqual([])
    expect(one({unreadable: 'no'})).toEqual({unreadable: 'no'})
    expect(() => one({unreadable: 5})).toThrow('SessionPreferences.unreadable: expected text, found 5')
    expect(one('inputs:\n  kmsKeyId: x')).toMatchObject({unreadable: expect.stringContaining('not valid JSON')})
    expect(one(undefined)).toEqual({unreadable: 'not in the account file'})
  })

  it('secrets are removed from console output', () => {
    const ConsoleOutputs = [{InstanceId: 'i-1', Output: 'DB_PASSWORD=hunter2 booted'}]
    expect(account(fileWith({ConsoleOutputs})).ConsoleOutputs).toEqual([
      {InstanceId: 'i-1', Output: 'DB_PASSWORD=[redacted] booted'},
    ])
  })

  it('ids that are repeated count once, and the readable and the later one counts', () => {
    const Roles = [role, {Arn: 'arn:aws:iam::111122223333:role/storefront', unreadable: 'no'}]
    const Vpcs = [
      {VpcId: 'vpc-1', State: 'pending'},
      {VpcId: 'vpc-1', State: 'available'},
    ]
    const read = account(fileWith({Roles, Vpcs}))
    expect(read.Roles).toEqual([role])
    expect(read.Vpcs).toEqual([{VpcId: 'vpc-1', State: 'available'}])
  })
})

describe('a damaged file is reported in one sentence', () => {
  it.each<readonly [unknown, string]>([
    [fileWith({Instances: [instance, null]}), 'a.json: Instances[1]: expected an object, found null'],
    [fileWith({Instances: {}}), 'a.json: Instances: expected a list, found an object'],
    [fileWith({Instances: [{...instance, InstanceId: 7}]}), 'a.json: Instances[0].InstanceId: expected text, found 7'],
    [
      fileWith({Instances: [{...instance, NetworkInterfaces: [{...nic, Groups: 'sg-1'}]}]}),
      'a.json: Instances[0].NetworkInterfaces[0].Groups: expected a list, found "sg-1"',
    ],
    [
      fileWith({NetworkAcls: [{NetworkAclId: 'a', Entries: [{RuleNumber: '1'}]}]}),
      'a.json: NetworkAcls[0].Entries[0].RuleNumber: expected a number, found "1"',
    ],
    [fileWith({ReadAt: 1_764_000_000_000}), 'a.json: ReadAt: expected an ISO 8601 time, found 1764000000000'],
    [fileWith({ReadAt: 'yesterday'}), 'a.json: ReadAt: expected an ISO 8601 time, found "yesterday"'],
    [
      fileWith({Format: 'ssm-doctor/account/2'}),
      'a.json: Format: expected "ssm-doctor/account/1", found "ssm-doctor/account/2"',
    ],
    [fileWith({Vpcs: {unreadable: 3}}), 'a.json: Vpcs.unreadable: expected text, found 3'],
    [fileWith({Vpcs: {unreadable: 'x', known: [3]}}), 'a.json: Vpcs.known[0]: expected an object, found 3'],
    [
      fileWith({ManagedPrefixLists: [{PrefixListId: 'p', MaxEntries: Number.POSITIVE_INFINITY}]}),
      'a.json: ManagedPrefixLists[0].MaxEntries: expected a number, found Infinity',
    ],
    [[fullAccountFile], 'a.json: expected an object, found a list'],
    [{}, 'a.json: expected an account file or a response of the AWS CLI; it has no recognized keys.'],
    [
      {schema: 'ssm-doctor/report/1', verdict: 'managed'},
      'a.json: expected an account file or a response of the AWS CLI; it is a report of ssm-doctor. Account files are written by ssm-doctor snapshot.',
    ],
    [fileWith({Region: '\u001b[31mred'}), 'no complaint'],
    [fileWith({Vpcs: '\u001b[31m\u202ered'}), String.raw`a.json: Vpcs: expected a list, found "\u001b[31m\u202ered"`],
  ])('%#', (json, message) => {
    expect(complaint(json)).toBe(message)
  })

  it('whatever the JSON is: an account or one sentence', () => {
    const keys = fc.constantFrom(
      ...Object.keys(fullAccountFile),
      '__proto__',
      'Reservations',
      'Role',
      'Entries',
      'NextToken',
    )
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue({maxDepth: 5})), (json) => {
        complaint(JSON.parse(JSON.stringify(json)))
      }),
      {numRuns: 500},
    )
  })

  it('whatever is changed in a good file: an account or one sentence', () => {
    const text = JSON.stringify(fullAccountFile)
    const spots = [...text.matchAll(/(?<=[[:,])(?:"[^"]*"|\d+|true|false|\{\}|\[\])(?=[\],}])/g)]
    const junk = fc.oneof(
      fc.constantFrom('null', '[null]', '{"__proto__":{"a":1}}', '{"unreadable":1}', '"1"', '-1e400', '[[[]]]'),
      fc.json({maxDepth: 2}),
    )
    fc.assert(
      fc.property(fc.constantFrom(...spots), junk, (spot, value) => {
        const changed = text.slice(0, spot.index) + value + text.slice(spot.index + spot[0].length)
        complaint(JSON.parse(changed))
      }),
      {numRuns: 2000},
    )
  })

  it('endless nesting does not overflow the stack', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    for (const kind of ['SessionPreferences', 'Vpcs', 'Caller', 'Reservations'])
      expect(complaint(JSON.parse(`{"Format": "ssm-doctor/account/1", "${kind}": ${deep}}`))).toMatch(/^a\.json: /)
  })

  it('prototypes stay as they are', () => {
    account(
      JSON.parse(
        JSON.stringify(fullAccountFile).replace(
          '{"InstanceId"',
          '{"__proto__":{"polluted":true},"constructor":1,"InstanceId"',
        ),
      ),
    )
    expect('polluted' in {}).toBe(false)
  })
})

describe('work', () => {
  it('each of 300,000 items is visited once', () => {
    let looks = 0
    const items = Array.from({length: 300_000}, (_, at) => ({
      get VpcId() {
        looks++
        return `vpc-${at}`
      },
    }))
    expect(account(fileWith({Vpcs: items})).Vpcs).toHaveLength(300_000)
    expect(looks / items.length).toBeLessThanOrEqual(3)
  })
})

it('a fault far down a long list is reported as in the first item', () => {
  const faultAt = (at: number, fault: object) => {
    const Instances = Array.from({length: 500}, (_, n) => ({
      InstanceId: `i-${n}`,
      State: {Name: 'running'},
      Tags: [{Key: 'Name', Value: `${n}`}],
      ...(n === at && fault),
    }))
    try {
      parseAccounts([{name: 'a', json: {Region: 'eu-west-1', ReadAt: '2026-11-20T12:00:00.000Z', Instances}}])
    } catch (error) {
      return (error as Error).message.replace(`[${at}]`, '[n]')
    }
    return 'read'
  }
  const faults = [{Tags: 'x'}, {State: 5}, {Tags: [{Key: 1}]}, {InstanceId: 7}, {PlatformDetails: []}, {VpcId: null}]
  expect(faults.map((fault) => faultAt(490, fault))).toEqual(faults.map((fault) => faultAt(0, fault)))
  expect(faultAt(490, {Tags: 'x'})).toMatch(/Instances\[n\]\.Tags: expected a list/)
})
