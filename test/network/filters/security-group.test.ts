import {describe, expect, it} from 'vitest'
import type {Account, IpPermission, ManagedPrefixList} from '../../../src/model/account.ts'
import {cidrRanges} from '../../../src/network/address.ts'
import {allowedPeers, type GroupQuestion} from '../../../src/network/filters/security-group.ts'
import {behindNat, eni, group, HUB, id, VPC} from '../../support/network.ts'

const SG = id('sg', 1)
const FRIENDS = id('sg', 2)
const LIST = 'pl-0123456789abcdef0'
const UNREAD = {unreadable: 'UnauthorizedOperation'} as const

const all = (change: IpPermission = {}): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{CidrIp: '10.1.0.0/16'}],
  ...change,
})

const ask = (rules: readonly IpPermission[], question: Partial<GroupQuestion> = {}, account: Partial<Account> = {}) =>
  allowedPeers(
    {...behindNat, SecurityGroups: [group(1, rules, [])], NetworkInterfaces: [], Instances: [], ...account},
    {groups: [SG], direction: 'ingress', family: 4, port: 443, refers: () => true, ...question},
  )

const v4 = (...cidrs: readonly string[]) => cidrRanges(4, cidrs)
const passes = (rule: IpPermission, question?: Partial<GroupQuestion>) => ask([rule], question).ranges.length > 0

describe('a rule of a security group', () => {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
  it.each([
    ['its own port', all(), true],
    ['the first and the last port of its range', all({FromPort: 443, ToPort: 443}), true],
    ['no port below its range', all({FromPort: 444, ToPort: 500}), false],
    ['no port above its range', all({FromPort: 1, ToPort: 442}), false],
    ['every port, if it names none', {IpProtocol: 'tcp', IpRanges: [{CidrIp: '10.1.0.0/16'}]}, true],
    ['the protocol by its number', all({IpProtocol: '6'}), true],
    ['the protocol in capitals', all({IpProtocol: 'TCP'}), true],
    ['no other protocol', all({IpProtocol: 'udp'}), false],
    ['no other protocol by its number', all({IpProtocol: '17'}), false],
    ['all protocols on all ports, whatever ports it names', all({IpProtocol: '-1', FromPort: 22, ToPort: 22}), true],
  ] as const)('is for %s', (_, rule, passing) => expect(passes(rule)).toBe(passing))

  it.each([
    ['udp', true],
    ['17', true],
    ['tcp', false],
    ['6', false],
  ] as const)('for %s allows UDP: %s', (IpProtocol, passing) =>
    expect(passes(all({IpProtocol, FromPort: 53, ToPort: 53}), {protocol: 'udp', port: 53})).toBe(passing),
  )

  it('has blocks of each family, and only for that family', () => {
    const both = all({Ipv6Ranges: [{CidrIpv6: '2001:db8::/64'}]})
    expect(ask([both]).ranges).toEqual(v4('10.1.0.0/16'))
    expect(ask([both], {family: 6}).ranges).toEqual(cidrRanges(6, ['2001:db8::/64']))
  })
})

describe('the groups of an interface', () => {
  it('add up', () => {
    const SecurityGroups = [group(1, [all()], []), group(2, [all({IpRanges: [{CidrIp: '10.2.0.0/16'}]})], [])]
    expect(ask([], {groups: [SG, FRIENDS]}, {SecurityGroups})).toEqual({
      ranges: v4('10.1.0.0/16', '10.2.0.0/16'),
      unknown: [],
      prefixListsOnly: false,
    })
  })

  it('have separate rules for each direction', () => {
    const SecurityGroups = [group(1, [all()], [all({IpRanges: [{CidrIp: '10.9.0.0/16'}]})])]
    expect(ask([], {direction: 'egress'}, {SecurityGroups}).ranges).toEqual(v4('10.9.0.0/16'))
    expect(ask([], {direction: 'ingress'}, {SecurityGroups}).ranges).toEqual(v4('10.1.0.0/16'))
  })

  it('are unknown if one of them could not be read', () => {
    expect(ask([all()], {groups: [SG, FRIENDS]})).toMatchObject({
      ranges: v4('10.1.0.0/16'),
      unknown: [{kind: 'SecurityGroups', because: `security group ${FRIENDS} could not be read`}],
    })
  })

  it('allow nothing without rules', () => {
    expect(ask([])).toEqual({ranges: [], unknown: [], prefixListsOnly: false})
  })
})

describe('a rule that names a prefix list', () => {
  const listed = all({IpRanges: [], PrefixListIds: [{PrefixListId: LIST}]})
  const list = (change: Partial<ManagedPrefixList> = {}): Partial<Account> => ({
    ManagedPrefixLists: [{PrefixListId: LIST, PrefixListName: 'offices', Entries: [{Cidr: '10.3.0.0/16'}], ...change}],
  })

  it('allows its entries', () => {
    expect(ask([listed], {outsideAwsLists: true}, list())).toEqual({
      ranges: v4('10.3.0.0/16'),
      unknown: [],
      prefixListsOnly: true,
    })
  })

  it('is unknown if the list or its entries could not be read, or the list does not exist', () => {
    const unknown = [{kind: 'ManagedPrefixLists', because: `the entries of prefix list ${LIST} could not be read`}]
    expect(ask([listed], {}, {ManagedPrefixLists: UNREAD})).toMatchObject({ranges: [], unknown})
    expect(ask([listed], {}, {ManagedPrefixLists: []})).toMatchObject({ranges: [], unknown})
    expect(ask([listed], {}, list({Entries: UNREAD}))).toMatchObject({ranges: [], unknown})
  })

  it('of AWS does not allow a service that is in none of its lists', () => {
    for (const aws of [{OwnerId: 'AWS'}, {PrefixListName: 'com.amazonaws.eu-west-1.s3'}]) {
      expect(ask([listed], {outsideAwsLists: true}, list(aws)).ranges).toEqual([])
      expect(ask([listed], {}, list(aws)).ranges).toEqual(v4('10.3.0.0/16'))
    }
  })

  it('adds up with the rules that name others, each list by its own entries and family', () => {
    const ids = ['pl-0aaaaaaaaaaaaaaa1', 'pl-0aaaaaaaaaaaaaaa2', 'pl-0aaaaaaaaaaaaaaa3']
    const cidrs = [['10.3.0.0/16', '2001:db8::/32'], ['10.4.0.0/16'], ['10.9.0.0/16', '2001:db8:1::/48']]
    const ManagedPrefixLists = ids.map((PrefixListId, at) => ({
      PrefixListId,
      Entries: (cidrs[at] ?? []).map((Cidr) => ({Cidr})),
    }))
    const naming = (...at: readonly number[]) =>
      at.map((n) => all({IpRanges: [], PrefixListIds: [{PrefixListId: ids[n] ?? ''}]}))
    const allowed = (rules: readonly IpPermission[], family: 4 | 6 = 4) =>
      ask(rules, {family}, {ManagedPrefixLists}).ranges
    expect(allowed(naming(0, 1))).toEqual(v4('10.3.0.0/16', '10.4.0.0/16'))
    expect(allowed(naming(0, 2))).toEqual(v4('10.3.0.0/16', '10.9.0.0/16'))
    expect(allowed(naming(0, 1, 2, 1, 0))).toEqual(v4('10.3.0.0/16', '10.4.0.0/16', '10.9.0.0/16'))
    expect(allowed(naming(0, 1), 6)).toEqual(cidrRanges(6, ['2001:db8::/32']))
    expect(allowed([...naming(0, 1), all()])).toEqual(v4('10.1.0.0/16', '10.3.0.0/16', '10.4.0.0/16'))
    expect(allowed(naming(0))).toEqual(v4('10.3.0.0/16'))
  })

  it('is added up once with the others, however many groups and rules name them', () => {
    const ids = Array.from({length: 60}, (_, at) => `pl-0${String(at).padStart(16, '0')}`)
    const ManagedPrefixLists = ids.map((PrefixListId, n) => ({
      PrefixListId,
      Entries: Array.from({length: 1000}, (_, at) => ({Cidr: `${11 + (at % 90)}.${at >> 3}.${n}.${at & 254}/32`})),
    }))
    const rules = ids.map((PrefixListId) => all({IpRanges: [], PrefixListIds: [{PrefixListId}]}))
    const SecurityGroups = Array.from({length: 16}, (_, at) => group(at + 1, rules, []))
    const groups = SecurityGroups.map(({GroupId}) => GroupId)
    const asked = () => ask([], {groups}, {SecurityGroups, ManagedPrefixLists}).ranges
    expect(asked().length).toBeGreaterThan(10_000)
    expect(asked()).toBe(asked())
  })

  it('names only lists if it names nothing else, and every rule does', () => {
    const only = (...rules: readonly IpPermission[]) => ask(rules, {}, list()).prefixListsOnly
    expect(only(listed)).toBe(true)
    expect(only(listed, all())).toBe(false)
    expect(only(all({PrefixListIds: [{PrefixListId: LIST}]}))).toBe(false)
    expect(only({...listed, Ipv6Ranges: [{CidrIpv6: '::/0'}]})).toBe(false)
    expect(only({...listed, UserIdGroupPairs: [{GroupId: SG}]})).toBe(false)
    expect(only({IpProtocol: '-1'})).toBe(false)
  })
})

// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing
describe('a rule that names a group', () => {
  const referring = all({IpRanges: [], UserIdGroupPairs: [{GroupId: FRIENDS}]})
  const NetworkInterfaces = [
    eni(1, 1, '10.0.1.10', [FRIENDS]),
    {...eni(2, 1, '10.0.1.11', [FRIENDS]), Ipv6Addresses: [{Ipv6Address: '2001:db8::11'}]},
    eni(3, 5, '10.8.1.10', [FRIENDS], HUB),
    eni(4, 1, '10.0.1.12', [SG]),
  ]

  it('allows the private addresses of every interface that uses it', () => {
    expect(ask([referring], {}, {NetworkInterfaces}).ranges).toEqual(v4('10.0.1.10', '10.0.1.11', '10.8.1.10'))
    expect(ask([referring], {family: 6}, {NetworkInterfaces}).ranges).toEqual(cidrRanges(6, ['2001:db8::11']))
  })

  it('allows members only in VPCs that support references', () => {
    expect(ask([referring], {refers: (vpcId) => vpcId === VPC}, {NetworkInterfaces}).ranges).toEqual(
      v4('10.0.1.10', '10.0.1.11'),
    )
  })

  it('is unknown if the interfaces could not be read, and still counts those of the instances', () => {
    const {unknown} = ask([referring], {}, {NetworkInterfaces: UNREAD})
    expect(unknown).toEqual([{kind: 'NetworkInterfaces', because: `the members of group ${FRIENDS} could not be read`}])
    const own = all({IpRanges: [], UserIdGroupPairs: [{GroupId: SG}]})
    expect(ask([own], {}, {NetworkInterfaces: [], Instances: behindNat.Instances}).ranges).toEqual(v4('10.0.1.10'))
  })
})
