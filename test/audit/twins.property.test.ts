import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {auditAccount} from '../../src/audit/audit.ts'
import {
  type Account,
  type Instance,
  type ItemOf,
  itemsOf,
  type Kind,
  type NetworkAcl,
  type Reading,
} from '../../src/model/account.ts'
import {withItem, withNew} from '../../src/model/edits.ts'
import {find} from '../../src/model/lists.ts'
import {runs} from '../oracle/runs.ts'
import {allow, aRole} from '../support/healthy.ts'
import {entry, INSTANCE, id, OPEN_ACL, rule} from '../support/network.ts'
import {breakages, healthy} from '../support/network-breakages.ts'

const auditOf = (account: Account, share: boolean) =>
  auditAccount(account, account.Instances, {ownerTag: 'Owner', chosen: () => true, share})

const TWIN = id('i', 99)
const GROUP = id('sg', 99)
const SUBNET = id('subnet', 99)
const PROFILE = 'arn:aws:iam::111122223333:instance-profile/twin'
const ROLE = 'arn:aws:iam::111122223333:role/twin'

/** A second item of a kind for the instance. */
function copied<K extends Kind>(account: Account, kind: K, field: keyof ItemOf<K> & string, change: object): Account {
  const item = (itemsOf(account[kind] as Reading<ItemOf<K>>) as readonly ItemOf<K>[]).find(
    (one) => one[field] === INSTANCE,
  )
  return item ? withNew(account, kind, {...item, ...change} as ItemOf<K>) : account
}

/** The instance a second time, with its own id, address and interface, and the same facts from all services. */
function withTwin(account: Account): Account {
  const first = find(account.Instances, 'InstanceId', INSTANCE)
  if (!first) return account
  const address = (text: string | undefined) => text?.replace(/\d+$/, (last) => String(Number(last) + 1))
  const twin: Instance = {
    ...first,
    InstanceId: TWIN,
    PrivateIpAddress: address(first.PrivateIpAddress),
    NetworkInterfaces: first.NetworkInterfaces.map((eni) => ({
      ...eni,
      NetworkInterfaceId: id('eni', 99),
      PrivateIpAddress: address(eni.PrivateIpAddress),
      PrivateIpAddresses: eni.PrivateIpAddresses?.map((one) => ({
        ...one,
        PrivateIpAddress: address(one.PrivateIpAddress),
      })),
    })),
  }
  const copies = [
    (one: Account) => copied(one, 'InstanceInformationList', 'InstanceId', {InstanceId: TWIN}),
    (one: Account) => copied(one, 'InstanceStatuses', 'InstanceId', {InstanceId: TWIN}),
    (one: Account) => copied(one, 'InstanceImageMetadata', 'InstanceId', {InstanceId: TWIN}),
    (one: Account) => copied(one, 'ConnectionStatuses', 'Target', {Target: TWIN}),
  ]
  return copies.reduce((sum, copy) => copy(sum), withNew(account, 'Instances', twin))
}

const twinWith =
  (change: (twin: Instance) => Partial<Instance>) =>
  (account: Account): Account =>
    withItem(account, 'Instances', 'InstanceId', TWIN, (twin) => ({...twin, ...change(twin)}))

const inGroup = twinWith(({NetworkInterfaces}) => ({
  SecurityGroups: [{GroupId: GROUP}],
  NetworkInterfaces: NetworkInterfaces.map((eni) => ({...eni, Groups: [{GroupId: GROUP}]})),
}))

/** A group of its own, like the first group of the instance. */
const ownGroup = (change: object) => (account: Account) => {
  const [group] = find(account.Instances, 'InstanceId', INSTANCE)?.SecurityGroups ?? []
  const like = find(account.SecurityGroups, 'GroupId', group?.GroupId)
  return like ? inGroup(withNew(account, 'SecurityGroups', {...like, ...change, GroupId: GROUP})) : account
}

/** A subnet of its own in the same block, with the same route table, and the same network ACL or its own. */
const ownSubnet = (Entries?: NetworkAcl['Entries']) => (account: Account) => {
  const home = find(account.Instances, 'InstanceId', INSTANCE)?.SubnetId
  const like = find(account.Subnets, 'SubnetId', home)
  if (!like) return account
  const join = <T extends {readonly SubnetId?: string | undefined}>(all: readonly T[]): readonly T[] =>
    all.flatMap((one) => (one.SubnetId === home ? [one, {...one, SubnetId: SUBNET}] : [one]))
  const [acl] = itemsOf(account.NetworkAcls)
  const withAcl =
    acl && Entries
      ? withNew(account, 'NetworkAcls', {
          ...acl,
          NetworkAclId: id('acl', 99),
          Associations: [{SubnetId: SUBNET, NetworkAclId: id('acl', 99)}],
          Entries,
        })
      : {
          ...account,
          NetworkAcls: itemsOf(account.NetworkAcls).map((one) => ({...one, Associations: join(one.Associations)})),
        }
  const RouteTables = itemsOf(account.RouteTables).map((one) => ({...one, Associations: join(one.Associations)}))
  const twin = twinWith(({NetworkInterfaces}) => ({
    SubnetId: SUBNET,
    NetworkInterfaces: NetworkInterfaces.map((eni) => ({...eni, SubnetId: SUBNET})),
  }))
  return twin(withNew({...withAcl, RouteTables}, 'Subnets', {...like, SubnetId: SUBNET}))
}

/** A profile of its own that holds this role. */
const ownRole = (change: object) => (account: Account) => {
  const role = {...aRole({Arn: ROLE, RoleName: 'twin'}), ...change}
  const profile = {
    Arn: PROFILE,
    InstanceProfileId: 'AIPATWIN',
    InstanceProfileName: 'twin',
    Roles: [{Arn: ROLE, RoleName: 'twin'}],
  }
  return twinWith(() => ({IamInstanceProfile: {Arn: PROFILE, Id: 'AIPATWIN'}}))(
    withNew(withNew(account, 'Roles', role), 'InstanceProfiles', profile as unknown as ItemOf<'InstanceProfiles'>),
  )
}

const denies = (Action: string) => ({
  RolePolicyList: [
    {PolicyName: 'no', PolicyDocument: {...allow(Action), Statement: [{Effect: 'Deny', Action, Resource: '*'}]}},
  ],
})

const node = (change: Partial<ItemOf<'InstanceInformationList'>>) => (account: Account) =>
  withNew(
    {
      ...account,
      InstanceInformationList: itemsOf(account.InstanceInformationList).filter(({InstanceId}) => InstanceId !== TWIN),
    },
    'InstanceInformationList',
    {InstanceId: TWIN, PingStatus: 'Online', LastPingDateTime: account.ReadAt, AgentVersion: '3.3.2746.0', ...change},
  )

const isIn = (state: 'stopped' | 'pending') => twinWith(() => ({State: {Name: state}}))

/** What the twin has for itself: each is close to what the instance has. */
const DIFFERENCES: readonly (readonly [name: string, make: (account: Account) => Account])[] = [
  ['a tag', twinWith(({Tags}) => ({Tags: [...Tags, {Key: 'Owner', Value: 'twin'}]}))],
  [
    'a public address',
    twinWith(({NetworkInterfaces: all}) => ({
      NetworkInterfaces: all.map((eni) => ({...eni, Association: {PublicIp: '203.0.113.9'}})),
    })),
  ],
  [
    'no public address',
    twinWith(({NetworkInterfaces: all}) => ({NetworkInterfaces: all.map(({Association: _, ...eni}) => eni)})),
  ],
  ['a group with the same rules', ownGroup({})],
  ['a group that allows nothing out', ownGroup({IpPermissionsEgress: []})],
  ['a group that allows HTTPS out', ownGroup({IpPermissionsEgress: [rule(443, {cidr: '0.0.0.0/0'})]})],
  ['a subnet with the same network ACL', ownSubnet()],
  ['a subnet with its own network ACL', ownSubnet(OPEN_ACL)],
  ['a subnet whose network ACL denies replies', ownSubnet(OPEN_ACL.filter(({Egress}) => Egress))],
  [
    'a subnet whose network ACL allows HTTPS',
    ownSubnet([entry(90, true, 'allow', '0.0.0.0/0', [443, 443]), ...OPEN_ACL]),
  ],
  ['a profile of its own with an equal role', ownRole({})],
  ['a role without permissions', ownRole({AttachedManagedPolicies: []})],
  ['a role that denies messages', ownRole(denies('ssmmessages:*'))],
  ['no profile', twinWith(() => ({IamInstanceProfile: undefined}))],
  ['a node of an old agent', node({AgentVersion: '2.3.0.0'})],
  ['a node that is online', node({})],
  ['a node that lost its connection', node({PingStatus: 'ConnectionLost'})],
  [
    'a channel that is closed',
    (account) => withNew(account, 'ConnectionStatuses', {Target: TWIN, Status: 'notconnected'}),
  ],
  [
    'an association of its profile in transition',
    (account) =>
      withNew(account, 'IamInstanceProfileAssociations', {
        AssociationId: 'iip-99',
        InstanceId: TWIN,
        State: 'associating',
        IamInstanceProfile: {Arn: PROFILE},
      }),
  ],
  ['the state stopped', isIn('stopped')],
  ['the state pending', isIn('pending')],
]

const BASES = [...healthy, ...breakages].filter(({account}) => find(account.Instances, 'InstanceId', INSTANCE))

const inBothOrders = (account: Account): readonly Account[] => [
  account,
  {...account, Instances: itemsOf(account.Instances).toReversed()},
]

describe('an instance and its twin are audited together as each would be alone', () => {
  it.each(DIFFERENCES)('if the twin has %s', (_, differ) => {
    fc.assert(
      fc.property(fc.constantFrom(...BASES), ({account}) => {
        for (const one of inBothOrders(differ(withTwin(account))))
          expect(auditOf(one, true)).toEqual(auditOf(one, false))
      }),
      {numRuns: runs(10)},
    )
  })

  it.each(BASES)('if the twin comes first, and is stopped, online or in another group: $name', ({account}) => {
    for (const differ of [isIn('stopped'), node({}), ownGroup({})]) {
      const one = differ(withTwin(account))
      const reversed = {...one, Instances: itemsOf(one.Instances).toReversed()}
      expect(auditOf(reversed, true)).toEqual(auditOf(reversed, false))
    }
  })

  it('if the twin differs in several ways', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...BASES),
        fc.subarray([...DIFFERENCES], {minLength: 2, maxLength: 3}),
        ({account}, some) => {
          const different = some.reduce((sum, [, differ]) => differ(sum), withTwin(account))
          for (const one of inBothOrders(different)) expect(auditOf(one, true)).toEqual(auditOf(one, false))
        },
      ),
      {numRuns: runs(80)},
    )
  })
})
