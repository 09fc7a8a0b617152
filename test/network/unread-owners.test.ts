import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Account, HostedZone, Kind} from '../../src/model/account.ts'
import {withItem, withItems} from '../../src/model/edits.ts'
import {walk} from '../../src/network/walk.ts'
import {
  acl,
  behindEndpoints,
  behindNat,
  behindTransitGateway,
  entry,
  group,
  INSTANCE,
  id,
  instance,
  local,
  online,
  REGION,
  rule,
  table,
  to,
  VPC,
} from '../support/network.ts'
import {causesOf, verdictOf} from './examined.ts'

const REFUSED = {unreadable: 'UnauthorizedOperation: no', error: 'UnauthorizedOperation', action: 'ec2:Describe'}
const without = (account: Account, kind: Kind): Account => ({...account, [kind]: REFUSED})
const namesOf = (account: Account) => examine(account, INSTANCE).causes.map(({id: cause}) => cause)

const IN_VPC = '10.0.0.0/16'
const withoutSsmEndpoint: Account = {
  ...behindEndpoints,
  VpcEndpoints: (behindEndpoints.VpcEndpoints as readonly {readonly ServiceName: string}[]).filter(
    ({ServiceName}) => !ServiceName.endsWith('.ssm'),
  ) as never,
}

describe('a route table that was not read', () => {
  it('leaves open whether a group that allows the VPC must allow public addresses', () => {
    const narrow = withItem(withoutSsmEndpoint, 'SecurityGroups', 'GroupId', id('sg', 1), (one) => ({
      ...one,
      IpPermissionsEgress: [rule(443, {cidr: IN_VPC}), rule(443, {list: 'pl-6da54004'})],
    }))
    expect(namesOf(narrow)).toContain('endpoint.ssm-missing')
    expect(namesOf(narrow)).not.toContain('sg.no-egress-443')
    expect(namesOf(without(narrow, 'RouteTables'))).not.toContain('sg.no-egress-443')
    const shut = {...narrow, SecurityGroups: [group(1, [], []), group(2, [], [])]}
    expect(causesOf(without(shut, 'RouteTables'))).toContain('blocks sg.no-egress-443 proven')
  })
  it('and whether a network ACL that allows the VPC must', () => {
    const entries = [entry(100, false, 'allow', IN_VPC), entry(100, true, 'allow', IN_VPC)]
    const narrow = {...withoutSsmEndpoint, NetworkAcls: [acl(1, VPC, [1], entries), acl(2, VPC, [2])]}
    expect(namesOf(without(narrow, 'RouteTables'))).not.toContain('nacl.egress-443')
    const shut = {...narrow, NetworkAcls: [acl(1, VPC, [1], []), acl(2, VPC, [2])]}
    expect(namesOf(without(shut, 'RouteTables'))).toContain('nacl.egress-443')
  })
})

describe('DNS attributes of the VPC that were not read', () => {
  const besidesNat: Account = {
    ...behindNat,
    Subnets: [...(behindNat.Subnets as never[]), ...(behindEndpoints.Subnets as never[])],
    VpcEndpoints: behindEndpoints.VpcEndpoints,
    NetworkInterfaces: behindEndpoints.NetworkInterfaces,
    SecurityGroups: [group(1, [], [rule('all', {cidr: '0.0.0.0/0'})]), group(2, [], [])],
  }
  it('leave open whether the endpoint or the NAT gateway is used', () => {
    expect(namesOf(besidesNat)).toContain('endpoint.sg-blocks')
    const unread = without(besidesNat, 'VpcAttributes')
    expect(namesOf(unread)).not.toContain('endpoint.sg-blocks')
    expect(namesOf(unread)).not.toContain('endpoint.shadows-internet')
    expect(verdictOf(unread)).toBe('unknown')
  })
})

describe('a private zone without a record for the name', () => {
  const zone = (Name: string, ResourceRecordSets: HostedZone['ResourceRecordSets'] = []): HostedZone => ({
    Id: `/hostedzone/Z${Name.length}`,
    Name,
    VPCs: [{VPCId: VPC, VPCRegion: REGION}],
    ResourceRecordSets,
  })
  const shadowed: Account = {...behindNat, HostedZones: [zone('amazonaws.com.')]}

  it('is a cause if everything that may answer instead was read', () => {
    expect(causesOf(shadowed)).toContain('blocks dns.phz-shadow proven')
  })
  it.each(['VpcEndpoints', 'ResolverRules', 'ProfileAssociations', 'VpcAttributes'] as const)(
    'is none for certain without %s',
    (kind) => {
      expect(causesOf(without(shadowed, kind))).toContain('undecided dns.phz-shadow proven')
      expect(verdictOf(without(shadowed, kind))).toBe('unknown')
    },
  )
  it('nor if a zone of a longer name may exist', () => {
    const partly = {...shadowed, HostedZones: {...REFUSED, known: [zone('amazonaws.com.')]}}
    expect(causesOf(partly)).toContain('undecided dns.phz-shadow proven')
  })
  it('is one without endpoints if it has the very name, which no endpoint can have as well', () => {
    const exact = {...behindNat, HostedZones: [zone(`ssm.${REGION}.amazonaws.com.`)]}
    expect(causesOf(without(exact, 'VpcEndpoints'))).toContain('blocks dns.phz-shadow proven')
  })
})

describe('Resolver rules that were not read', () => {
  it('may send the name elsewhere than to the endpoint that owns it', () => {
    const shut = withItem(behindEndpoints, 'SecurityGroups', 'GroupId', id('sg', 2), (one) => ({
      ...one,
      IpPermissions: [],
    }))
    expect(causesOf(shut)).toContain('blocks endpoint.sg-blocks proven')
    expect(causesOf(without(shut, 'ResolverRules'))).toContain('blocks endpoint.sg-blocks likely')
  })
})

describe('attachments of a transit gateway that were not read', () => {
  it('leave open whether the reply passes the network ACL of the subnet', () => {
    const entries = [entry(100, true, 'allow')]
    const inward = withItem(behindTransitGateway, 'NetworkAcls', 'NetworkAclId', id('acl', 1), (one) => ({
      ...one,
      Entries: entries,
    }))
    expect(namesOf(inward)).toContain('nacl.ingress-ephemeral')
    expect(namesOf(without(inward, 'TransitGatewayVpcAttachments'))).not.toContain('nacl.ingress-ephemeral')
  })
})

describe('custom DNS servers that neither the group nor the network ACL lets through', () => {
  it('are two causes', () => {
    const custom = withItems(behindNat, 'DhcpOptions', (options) =>
      options.map((one) => ({
        ...one,
        DhcpConfigurations: [{Key: 'domain-name-servers', Values: [{Value: '10.0.9.53'}]}],
      })),
    )
    const shut: Account = {
      ...custom,
      NetworkAcls: [acl(1, VPC, [1], [entry(90, true, 'deny', '10.0.9.53/32'), entry(100, true, 'allow')])],
      SecurityGroups: [group(1, [], [rule(443, {cidr: '0.0.0.0/0'})])],
    }
    expect(namesOf(shut)).toEqual(expect.arrayContaining(['dns.custom-servers', 'sg.custom-dns-blocked']))
  })
})

describe('whether the control channel is connected, if it was not read', () => {
  it('leaves undecided what an open channel would contradict', () => {
    const second = withItems(behindEndpoints, 'VpcEndpoints', (endpoints) =>
      endpoints.map((one) => (one.ServiceName.endsWith('.ssmmessages') ? {...one, State: 'failed' as never} : one)),
    )
    const account = online(second)
    const verdict = (Status: 'connected' | 'notconnected') =>
      examine({...account, ConnectionStatuses: [{Target: INSTANCE, Status}]}, INSTANCE).verdict
    expect(verdict('connected')).toBe('managed')
    expect(verdict('notconnected')).toBe('degraded')
    expect(examine(without(account, 'ConnectionStatuses'), INSTANCE).verdict).toBe('undecided')
  })
})

describe('a share of connections that fails, if it was not read whether the node pings', () => {
  it('is likely at most', () => {
    const half = withItem(behindEndpoints, 'NetworkAcls', 'NetworkAclId', id('acl', 1), (one) => ({
      ...one,
      Entries: [entry(100, true, 'allow'), entry(100, false, 'allow', '0.0.0.0/0', [32768, 40000])],
    }))
    expect(causesOf(half)).toContain('degrades nacl.partial-ephemeral proven')
    expect(causesOf(without(half, 'InstanceInformationList'))).toContain('degrades nacl.partial-ephemeral likely')
  })
})

it('a route of some public addresses to an instance that was not read leaves the path open for that reason', () => {
  const split = withItems(behindNat, 'RouteTables', (tables) =>
    tables.map((one) =>
      one.RouteTableId === id('rtb', 1)
        ? table(
            1,
            VPC,
            [1],
            [local(IN_VPC), to('0.0.0.0/0', {GatewayId: id('igw', 1)}), to('52.0.0.0/8', {InstanceId: id('i', 77)})],
          )
        : one,
    ),
  )
  const unread = {...split, Instances: {...REFUSED, known: split.Instances as never}}
  expect(walk(unread, instance())[0]?.hops).toContainEqual(expect.objectContaining({at: 'route', unread: 'Instances'}))
})
