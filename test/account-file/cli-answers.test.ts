import {describe, expect, it} from 'vitest'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import type {Account} from '../../src/model/account.ts'

const read = (...answers: readonly unknown[]) =>
  parseAccounts(
    answers.map((json, at) => ({name: `${at}.json`, json})),
    {region: 'us-east-1', now: '2026-11-20T12:00:00.000Z'},
  )

function account(...answers: readonly unknown[]): Account {
  const {accounts} = read(...answers)
  expect(accounts).toHaveLength(1)
  return accounts[0] as Account
}

const caller = {UserId: 'AIDAEXAMPLE', Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/jane'}
const roleArn = 'arn:aws:iam::111122223333:role/web'
const document = {Version: '2012-10-17', Statement: []}

describe('answers of the AWS CLI', () => {
  it('make one account, with its caller', () => {
    const Vpcs = [{VpcId: 'vpc-1'}]
    expect(account(caller, {Vpcs})).toMatchObject({Caller: caller, Partition: 'aws', Region: 'us-east-1', Vpcs})
  })

  it('reservations are flattened with their owner, and lists of one key are joined', () => {
    const instance = (InstanceId: string) => ({
      InstanceId,
      State: {Name: 'running'},
      SecurityGroups: [],
      NetworkInterfaces: [],
      Tags: [],
    })
    const [one, two, three] = ['i-1', 'i-2', 'i-3'].map(instance)
    const answers = [
      {Reservations: [{OwnerId: 'x', Instances: [one]}, {Instances: [two]}]},
      {Reservations: [{Instances: [three]}]},
    ]
    expect(account(...answers).Instances).toEqual([{...one, OwnerId: 'x'}, two, three])
  })

  it('get-account-authorization-details gives roles and policies', () => {
    const Role = {Arn: roleArn, RoleName: 'web', RolePolicyList: [], AttachedManagedPolicies: []}
    const Policy = {
      Arn: 'arn:aws:iam::111122223333:policy/p',
      PolicyVersionList: [{VersionId: 'v1', Document: document}],
    }
    expect(account({RoleDetailList: [Role], Policies: [Policy], UserDetailList: []})).toMatchObject({
      Roles: [Role],
      Policies: [Policy],
    })
  })

  it('get-role is a role once its policies are there too, and else is not known', () => {
    const Role = {Arn: roleArn, RoleName: 'web', AssumeRolePolicyDocument: document}
    const AttachedPolicies = [{PolicyName: 'p', PolicyArn: 'arn:p'}]
    const inline = {RoleName: 'web', PolicyName: 'q', PolicyDocument: document}
    expect(account({Role}).Roles).toEqual([
      {Arn: roleArn, unreadable: expect.stringContaining('list-attached-role-policies')},
    ])
    expect(account({Role}, {AttachedPolicies}, {PolicyNames: ['q']}).Roles).toMatchObject([
      {unreadable: expect.any(String)},
    ])
    expect(account({Role}, {AttachedPolicies}, {PolicyNames: ['q']}, inline).Roles).toEqual([
      {
        ...Role,
        AttachedManagedPolicies: AttachedPolicies,
        RolePolicyList: [{PolicyName: 'q', PolicyDocument: document}],
      },
    ])
  })

  it('get-policy and get-policy-version are one policy', () => {
    const Policy = {Arn: 'arn:p', DefaultVersionId: 'v2'}
    const PolicyVersion = {VersionId: 'v2', IsDefaultVersion: true, Document: JSON.stringify(document)}
    expect(account({Policy}, {PolicyVersion}).Policies).toEqual([
      {...Policy, PolicyVersionList: [{...PolicyVersion, Document: document}]},
    ])
    expect(account({Policy}, {PolicyVersion: {...PolicyVersion, VersionId: 'v1'}}).Policies).toMatchObject([
      {unreadable: expect.any(String)},
    ])
  })

  it('single answers are their collection', () => {
    const InstanceProfile = {Arn: 'arn:i', InstanceProfileName: 'i', Roles: []}
    const ServiceSetting = {SettingId: 's', SettingValue: '$None'}
    const VpcBlockPublicAccessOptions = {InternetGatewayBlockMode: 'off'}
    expect(account({InstanceProfile}, {ServiceSetting}, {VpcBlockPublicAccessOptions})).toMatchObject({
      InstanceProfiles: [InstanceProfile],
      ServiceSettings: [ServiceSetting],
      VpcBlockPublicAccessOptions: [VpcBlockPublicAccessOptions],
    })
  })

  it('describe-vpc-attribute is merged by VPC', () => {
    const support = {VpcId: 'vpc-1', EnableDnsSupport: {Value: true}}
    const hostnames = {VpcId: 'vpc-1', EnableDnsHostnames: {Value: false}}
    expect(account(support, hostnames).VpcAttributes).toEqual([{...support, ...hostnames}])
    expect(account(support).VpcAttributes).toEqual([
      {VpcId: 'vpc-1', unreadable: 'EnableDnsHostnames is not in the account file'},
    ])
  })

  it('get-console-output is decoded when it is base64, and kept when the CLI has decoded it', () => {
    const text = '[    5.1] amazon-ssm-agent started\r\n'
    const answer = (Output: string) =>
      account({InstanceId: 'i-1', Timestamp: '2026-11-20T12:00:00+00:00', Output}).ConsoleOutputs
    const expected = [{InstanceId: 'i-1', Timestamp: '2026-11-20T12:00:00.000Z', Output: text}]
    expect(answer(Buffer.from(text).toString('base64'))).toEqual(expected)
    expect(answer(text)).toEqual(expected)
  })

  it('prefix lists have entries from either command', () => {
    const list = {PrefixListId: 'pl-1', PrefixListName: 'com.amazonaws.us-east-1.s3'}
    const entries = [{Cidr: '3.5.0.0/19'}]
    expect(account({PrefixLists: [{...list, Cidrs: ['3.5.0.0/19']}]}).ManagedPrefixLists).toEqual([
      {...list, Entries: entries},
    ])
    expect(account({PrefixLists: [list]}, {Entries: entries}).ManagedPrefixLists).toEqual([{...list, Entries: entries}])
    expect(account({PrefixLists: [list]}).ManagedPrefixLists).toEqual([
      {...list, Entries: {unreadable: expect.any(String)}},
    ])
    expect(
      account({PrefixLists: [{...list, OwnerId: 'AWS'}]}, {PrefixLists: [{...list, Cidrs: ['3.5.0.0/19']}]})
        .ManagedPrefixLists,
    ).toEqual([{...list, OwnerId: 'AWS', Entries: entries}])
  })

  it('private zones get the record sets whose SOA has their name; public zones are omitted', () => {
    const HostedZoneSummaries = [{HostedZoneId: 'Z1', Name: 'a.example.', Owner: {OwningAccount: '1'}}]
    const ResourceRecordSets = [
      {Name: 'a.example.', Type: 'SOA'},
      {Name: 'b.a.example.', Type: 'A'},
    ]
    expect(account({HostedZoneSummaries}, {ResourceRecordSets}).HostedZones).toEqual([
      {Id: 'Z1', Name: 'a.example.', Owner: {OwningAccount: '1'}, ResourceRecordSets},
    ])
    const VPCs = [{VPCId: 'vpc-1'}]
    const zone = {Id: '/hostedzone/Z2', Name: 'c.', Config: {PrivateZone: true}}
    expect(account({HostedZone: zone, VPCs}).HostedZones).toMatchObject([{...zone, VPCs}])
    expect(account({HostedZones: [{...zone, Config: {PrivateZone: false}}]}).HostedZones).toEqual([])
  })

  it('transit gateway attachments get their policy table and NAT from the call for attachments of all types', () => {
    const own = {TransitGatewayAttachmentId: 'tgw-attach-1', SubnetIds: ['subnet-1']}
    const option = {NatGatewaySupport: 'enabled', Association: {TransitGatewayPolicyTableId: 'tgw-ptb-1'}}
    const all = [
      {TransitGatewayAttachmentId: 'tgw-attach-1', ResourceType: 'vpc', ...option},
      {TransitGatewayAttachmentId: 'tgw-attach-2', ResourceType: 'vpn'},
    ]
    for (const files of [
      [{TransitGatewayVpcAttachments: [own]}, {TransitGatewayAttachments: all}],
      [{TransitGatewayAttachments: all}, {TransitGatewayVpcAttachments: [own]}],
    ])
      expect(account(...files).TransitGatewayVpcAttachments).toMatchObject([{...own, ...option}])
    expect(account({TransitGatewayAttachments: all}).TransitGatewayVpcAttachments).toEqual([
      {TransitGatewayAttachmentId: 'tgw-attach-1', unreadable: 'its subnets are not in the account file'},
    ])
  })

  it('transit gateway route tables get their associations and routes', () => {
    const table = {TransitGatewayRouteTableId: 'tgw-rtb-1', TransitGatewayId: 'tgw-1'}
    const Associations = [{TransitGatewayAttachmentId: 'tgw-attach-1', State: 'associated'}]
    const Routes = [{DestinationCidrBlock: '0.0.0.0/0', State: 'active'}]
    const tables = {TransitGatewayRouteTables: [table]}
    expect(account(tables, {Associations}, {Routes}).TransitGatewayRouteTables).toEqual([
      {...table, Associations, Routes},
    ])
    const unread = {unreadable: 'not in the account file'}
    expect(account(tables).TransitGatewayRouteTables).toEqual([{...table, Associations: unread, Routes: unread}])
  })

  it('Resolver rules get their VPCs, firewall associations their rules and domains', () => {
    const ResolverRule = {Id: 'r', DomainName: 'a.', RuleType: 'FORWARD'}
    const ResolverRuleAssociations = [
      {ResolverRuleId: 'r', VPCId: 'vpc-1'},
      {ResolverRuleId: 'other', VPCId: 'vpc-2'},
    ]
    expect(account({ResolverRule}, {ResolverRuleAssociations}).ResolverRules).toEqual([
      {...ResolverRule, VPCIds: ['vpc-1']},
    ])
    const association = {Id: 'a', FirewallRuleGroupId: 'g', VpcId: 'vpc-1', Priority: 1}
    const rule = {FirewallRuleGroupId: 'g', Priority: 1, Action: 'BLOCK'}
    const answers = [{FirewallRuleGroupAssociations: [association]}, {FirewallRules: [rule]}, {Domains: ['a.']}]
    expect(account(...answers).FirewallRuleGroupAssociations).toEqual([
      {...association, FirewallRules: [{...rule, Domains: ['a.']}]},
    ])
  })

  it('simulations belong to the only role in the account', () => {
    const EvaluationResults = [{EvalActionName: 'ssm:UpdateInstanceInformation', EvalDecision: 'allowed'}]
    const Role = {Arn: roleArn, RoleName: 'web', RolePolicyList: [], AttachedManagedPolicies: []}
    expect(account({Role}, {EvaluationResults}).PolicySimulations).toEqual([
      {PolicySourceArn: roleArn, EvaluationResults},
    ])
    const {accounts, notes} = read({Roles: [Role, {...Role, Arn: `${roleArn}2`}]}, {EvaluationResults})
    expect(accounts[0]?.PolicySimulations).toEqual([])
    expect(notes).toContain(
      'The answers with EvaluationResults do not name the Roles they belong to; pass them for one only.',
    )
  })

  it('Systems Manager and Inspector answers find their kinds', () => {
    const status = {InstanceId: 'i-1', AssociationId: 'a', Status: 'Success'}
    const found = account(
      {Target: 'i-1', Status: 'connected'},
      {InstanceAssociationStatusInfos: [status]},
      {Name: 'SSM-SessionManagerRunShell', Content: '{"inputs":{}}', DocumentFormat: 'JSON'},
      {coveredResources: [{resourceId: 'i-1', lastScannedAt: '2026-11-20T10:00:00+00:00'}]},
      {accounts: [{accountId: '111122223333'}], failedAccounts: []},
      {Organization: {Id: 'o-a1b2c3d4e5', FeatureSet: 'ALL', MasterAccountId: '444455556666'}},
    )
    expect(found).toMatchObject({
      ConnectionStatuses: [{Target: 'i-1', Status: 'connected'}],
      InstanceAssociations: [status],
      SessionPreferences: [{inputs: {}}],
      CoveredResources: [{resourceId: 'i-1', lastScannedAt: '2026-11-20T10:00:00.000Z'}],
      AccountStatuses: [{accountId: '111122223333'}],
      Organization: [{Id: 'o-a1b2c3d4e5', MasterAccountId: '444455556666'}],
    })
  })

  it('one page of several is incomplete', () => {
    const Vpcs = [{VpcId: 'vpc-1'}]
    expect(account({Vpcs, NextToken: 'more'}).Vpcs).toEqual({
      unreadable: '0.json is one page of a paginated response',
      known: Vpcs,
    })
    expect(account({Vpcs, NextToken: null}).Vpcs).toEqual(Vpcs)
  })

  it('a wrong type is reported with its path', () => {
    expect(() => read({Reservations: [{Instances: [{InstanceId: 3}]}]})).toThrow(
      '0.json: Reservations[0].Instances[0].InstanceId: expected text, found 3',
    )
  })
})

describe('several files', () => {
  const file = (Account: string) => ({
    Format: 'ssm-doctor/account/1',
    Region: 'us-east-1',
    Caller: {Account},
    ReadAt: '2026-11-20T12:00:00Z',
  })

  it('account files are a fleet', () => {
    const {accounts} = read(file('111122223333'), file('444455556666'))
    expect(accounts.map(({Caller}) => Caller?.Account)).toEqual(['111122223333', '444455556666'])
  })

  it('answers next to one account file complete it', () => {
    const Vpcs = [{VpcId: 'vpc-1'}]
    expect(account({...file('111122223333'), Vpcs: {unreadable: 'no'}}, {Vpcs})).toMatchObject({
      Caller: {Account: '111122223333'},
      Vpcs,
    })
  })

  const named = (...files: readonly (readonly [string, unknown])[]) =>
    parseAccounts(
      files.map(([name, json]) => ({name, json})),
      {now: '2026-11-20T12:00:00.000Z'},
    ).accounts
  const subnet = (n: number, zone: string) => ({
    Subnets: [{SubnetId: `subnet-${n}`, VpcId: `vpc-${n}`, AvailabilityZone: zone}],
  })
  const reservation = (n: number, OwnerId: string) => ({
    Reservations: [{OwnerId, Instances: [{InstanceId: `i-${n}`, State: {Name: 'running'}}]}],
  })

  it('answers of two Regions are two accounts where each Region has a folder, and are refused otherwise', () => {
    const folders = named(
      ['a/subnets.json', subnet(1, 'eu-west-1a')],
      ['a/vpcs.json', {Vpcs: [{VpcId: 'vpc-1'}]}],
      ['b/subnets.json', subnet(2, 'us-west-2-lax-1a')],
      ['b/vpcs.json', {Vpcs: [{VpcId: 'vpc-2'}]}],
    )
    expect(folders.map(({Region, Vpcs}) => [Region, Vpcs])).toEqual([
      ['eu-west-1', [{VpcId: 'vpc-1'}]],
      ['us-west-2', [{VpcId: 'vpc-2'}]],
    ])
    expect(() => named(['a/1.json', subnet(1, 'eu-west-1a')], ['a/2.json', subnet(2, 'us-east-1b')])).toThrow(
      'a/1.json: these answers come from several Regions (eu-west-1, us-east-1); put those of each Region into a separate folder',
    )
    expect(() =>
      named(['a/0.json', {Vpcs: []}], ['a/1.json', subnet(1, 'eu-west-1a')], ['a/2.json', subnet(2, 'us-east-1b')]),
    ).toThrow('a/1.json: these answers come from several Regions')
    expect(() =>
      named(['a/1.json', subnet(1, 'eu-west-1a')], ['b/2.json', subnet(2, 'us-east-1b')], ['c.json', {Vpcs: []}]),
    ).toThrow('several Regions')
  })

  it('identity that was read once belongs to both Regions of its account', () => {
    const Role = {Arn: roleArn, RoleName: 'web', RolePolicyList: [], AttachedManagedPolicies: []}
    const both = named(
      ['roles.json', {RoleDetailList: [Role]}],
      ['a/1.json', subnet(1, 'eu-west-1a')],
      ['a/2.json', reservation(1, '111122223333')],
      ['b/1.json', subnet(2, 'us-east-1a')],
      ['b/2.json', reservation(2, '111122223333')],
    )
    expect(both.map(({Region, Roles, Caller}) => [Region, Roles, Caller])).toEqual([
      ['eu-west-1', [Role], {Account: '111122223333'}],
      ['us-east-1', [Role], {Account: '111122223333'}],
    ])
  })

  it('reservations of two owners in one folder are refused, and the one owner is the caller', () => {
    const zoned = subnet(1, 'eu-west-1a')
    expect(() =>
      named(['1.json', zoned], ['2.json', reservation(1, '111122223333')], ['3.json', reservation(2, '444455556666')]),
    ).toThrow('several accounts (111122223333, 444455556666)')
    expect(named(['1.json', zoned], ['2.json', reservation(1, '111122223333')])).toMatchObject([
      {Region: 'eu-west-1', Caller: {Account: '111122223333'}},
    ])
  })

  it('answers of two accounts, or next to two account files, cannot be distinguished', () => {
    expect(() => read(caller, {...caller, Account: '444455556666'})).toThrow('several accounts')
    expect(() => read(file('1'), file('2'), {Vpcs: []})).toThrow('2.json: cannot determine which of the account files')
  })

  it('a file without account data is ignored, and named', () => {
    expect(read({Vpcs: []}, {name: 'package'}).notes).toContain('1.json contains no account data and was ignored.')
  })
})

describe('an empty file', () => {
  it('is ignored, with a notice, next to other answers', () => {
    const {accounts, notes} = parseAccounts(
      [{name: 'account/refused.json'}, {name: 'account/vpcs.json', json: {Vpcs: [{VpcId: 'vpc-1'}]}}],
      {region: 'eu-west-1', now: '2026-11-20T12:00:00.000Z'},
    )
    expect(accounts).toMatchObject([{Vpcs: [{VpcId: 'vpc-1'}], Subnets: {unreadable: 'not in the account file'}}])
    expect(notes[0]).toMatch(/^account\/refused.json is empty, as the AWS CLI leaves it when a call fails/)
  })

  it('alone is not an account', () => {
    expect(() => parseAccounts([{name: 'a.json'}])).toThrow(
      'a.json: expected an account file or a response of the AWS CLI; it is empty.',
    )
  })
})

describe('answers that name the resource they belong to', () => {
  it('give the entries of several prefix lists, the routes of several tables and the domains of several lists', () => {
    const whole = account(
      {PrefixLists: [{PrefixListId: 'pl-1'}, {PrefixListId: 'pl-2'}]},
      {ManagedPrefixLists: [{PrefixListId: 'pl-1', Entries: [{Cidr: '10.0.0.0/8'}]}]},
      {ManagedPrefixLists: [{PrefixListId: 'pl-2', Entries: []}]},
      {
        TransitGatewayRouteTables: [
          {TransitGatewayRouteTableId: 'tgw-rtb-1'},
          {TransitGatewayRouteTableId: 'tgw-rtb-2'},
        ],
      },
      {TransitGatewayRouteTables: [{TransitGatewayRouteTableId: 'tgw-rtb-2', Routes: [{State: 'active'}]}]},
    )
    expect(whole.ManagedPrefixLists).toMatchObject([
      {PrefixListId: 'pl-1', Entries: [{Cidr: '10.0.0.0/8'}]},
      {PrefixListId: 'pl-2', Entries: []},
    ])
    expect(whole.TransitGatewayRouteTables).toMatchObject([
      {TransitGatewayRouteTableId: 'tgw-rtb-1', Routes: {unreadable: 'not in the account file'}},
      {TransitGatewayRouteTableId: 'tgw-rtb-2', Routes: [{State: 'active'}]},
    ])
  })
})
