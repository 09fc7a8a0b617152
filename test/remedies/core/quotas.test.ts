import {describe, expect, it} from 'vitest'
import type {Account} from '../../../src/model/account.ts'
import {permission} from '../../../src/model/group-rules.ts'
import {createInterfaceEndpoint} from '../../../src/remedies/changes/endpoints.ts'
import {allowEntry, authorize, createNetworkAclEntry} from '../../../src/remedies/changes/filters.ts'
import {remedyOf} from '../../../src/remedies/core/change.ts'
import type {NetworkFacts} from '../../../src/remedies/core/network-facts.ts'
import {withinQuotas} from '../../../src/remedies/core/quotas.ts'
import {behindEndpoints, endpoint, id, VPC} from '../../support/network.ts'

const rules = (count: number) =>
  Array.from({length: count}, (_, i) => ({
    RuleNumber: i + 1,
    Egress: true,
    RuleAction: 'allow',
    Protocol: '6',
    CidrBlock: '192.0.2.0/24',
  }))
const aclWith = (count: number): NetworkFacts =>
  ({NetworkAcls: [{NetworkAclId: 'acl-1', Entries: rules(count)}], SecurityGroups: []}) as unknown as Account
const groupWith = (count: number, lists: readonly object[] = []): NetworkFacts =>
  ({
    NetworkAcls: [],
    ManagedPrefixLists: [{PrefixListId: 'pl-1', MaxEntries: 30}],
    SecurityGroups: [
      {
        GroupId: 'sg-1',
        IpPermissions: [],
        IpPermissionsEgress: [
          {
            IpProtocol: 'tcp',
            IpRanges: Array.from({length: count}, (_, i) => ({CidrIp: `192.0.2.${i}/32`})),
            PrefixListIds: lists,
          },
        ],
      },
    ],
  }) as unknown as Account

const rule = (cidr = '0.0.0.0/0') =>
  remedyOf(
    'Allow it',
    createNetworkAclEntry('acl-1', allowEntry(500, {egress: true, protocol: 'tcp', cidr, from: 443, to: 443})),
    {
      effect: 'One subnet.',
    },
  )
const egress = remedyOf('Allow it', authorize('Egress', 'sg-1', [permission('tcp', 443, {cidrs: ['10.0.0.0/16']})]))

describe('rules of a network ACL', () => {
  it('are added up to the quota', () => {
    const remedy = rule()
    expect(withinQuotas(aclWith(19), remedy)).toBe(remedy)
  })

  it('above the default quota are not verified, with a notice in the step', () => {
    const {apply, steps, effect} = withinQuotas(aclWith(20), rule())
    expect(apply).toBeUndefined()
    expect(steps).toHaveLength(1)
    expect(effect).toBe(
      'One subnet. Network ACL acl-1 then has 21 outbound IPv4 rules: the quota is 20 and can be raised to at most 40. Otherwise replace or widen a rule that is there.',
    )
  })

  it('above the highest quota are not added at all', () => {
    expect(withinQuotas(aclWith(40), rule())).toMatchObject({
      title:
        'Replace or widen a rule of network ACL acl-1: it has 40 outbound IPv4 rules, and the quota is 20 and can be raised to at most 40. Needed: Allow it',
      steps: [],
    })
  })

  it('of the other family are counted separately', () => {
    const remedy = rule('::/0')
    expect(withinQuotas(aclWith(40), remedy)).toBe(remedy)
  })
})

describe('rules of a security group', () => {
  it('are added up to the quota', () => {
    expect(withinQuotas(groupWith(59), egress)).toBe(egress)
  })

  it('above the default quota are not verified', () => {
    const {apply, effect} = withinQuotas(groupWith(60), egress)
    expect(apply).toBeUndefined()
    expect(effect).toBe(
      'Security group sg-1 then has 61 outbound IPv4 rules: the quota is 60 and can be raised. Otherwise replace or widen a rule that is there.',
    )
  })

  it('with a prefix list count as its maximum number of entries', () => {
    expect(withinQuotas(groupWith(31, [{PrefixListId: 'pl-1'}]), egress).apply).toBeUndefined()
    expect(withinQuotas(groupWith(29, [{PrefixListId: 'pl-1'}]), egress)).toBe(egress)
  })
})

describe('interface endpoints of a VPC', () => {
  const facts = (count: number): NetworkFacts => ({
    ...behindEndpoints,
    VpcEndpoints: Array.from({length: count}, (_, at) => endpoint(at + 1, `service${at}`, [2])),
  })
  const creation = (account: NetworkFacts) =>
    remedyOf(
      'Create it',
      createInterfaceEndpoint(account, {vpcId: VPC, service: 'ssm', subnetIds: [id('subnet', 2)], groups: []}),
    )

  it('are created up to the quota', () => {
    const remedy = creation(facts(49))
    expect(withinQuotas(facts(49), remedy)).toBe(remedy)
  })

  it('above it are not verified', () => {
    const {apply, effect} = withinQuotas(facts(50), creation(facts(50)))
    expect(apply).toBeUndefined()
    expect(effect).toBe(`VPC ${VPC} then has 51 interface endpoints: the quota is 50 and can be raised.`)
  })
})
