import {describe, expect, it} from 'vitest'
import {auditAccount} from '../../src/audit/audit.ts'
import {unreadKind} from '../../src/diagnosis/unread-kind.ts'
import {type Account, type Unreadable, zoneOfOtherOwner} from '../../src/model/account.ts'
import {healthy} from '../support/healthy.ts'

const DENIED: Unreadable = {
  unreadable: 'AccessDenied: No. (needs iam:GetAccountAuthorizationDetails)',
  error: 'AccessDenied',
  action: 'iam:GetAccountAuthorizationDetails',
  message: 'No.',
}
const THROTTLED: Unreadable = {
  unreadable: 'Throttling: Rate exceeded (run it again)',
  error: 'Throttling',
  action: 'iam:GetAccountAuthorizationDetails',
  message: 'Rate exceeded',
}

describe('the permission that a report names for what was not read', () => {
  it('is that of the denied call', () => {
    expect(unreadKind({...healthy, InstanceProfiles: DENIED}, 'InstanceProfiles').permission).toBe(
      'iam:GetAccountAuthorizationDetails',
    )
  })

  it('is that of the call for a list inside an item, where only the reason was written', () => {
    const Domains: Unreadable = {unreadable: 'AccessDenied'}
    const FirewallRuleGroupAssociations = [
      {
        Id: 'rslvr-frgassoc-1',
        FirewallRuleGroupId: 'rslvr-frg-1',
        VpcId: 'vpc-1',
        Priority: 1,
        FirewallRules: [{Priority: 1, Action: 'BLOCK', Domains}],
      },
    ]
    const account: Account = {...healthy, FirewallRuleGroupAssociations}
    expect(unreadKind(account, 'FirewallRuleGroupAssociations').permission).toBe('route53resolver:ListFirewallDomains')
  })

  it('is none if the call was throttled', () => {
    expect(unreadKind({...healthy, InstanceProfiles: THROTTLED}, 'InstanceProfiles').permission).toBeNull()
  })

  it('is none if the list was read and another account owns what it lacks', () => {
    expect(unreadKind({...healthy, TransitGateways: []}, 'TransitGateways').permission).toBeNull()
  })

  it('is that of the call by id if the list was read and a Route 53 Profile names what it lacks', () => {
    expect(unreadKind({...healthy, HostedZones: []}, 'HostedZones').permission).toBe('route53:GetHostedZone')
    expect(unreadKind({...healthy, ResolverRules: []}, 'ResolverRules').permission).toBe(
      'route53resolver:GetResolverRule',
    )
  })

  it('is none for the records of a private zone of another account, unless those of an own zone were denied too', () => {
    const zone = (Id: string, ResourceRecordSets: Unreadable) => ({Id, Name: 'amazonaws.com.', ResourceRecordSets})
    const foreign = zone('/hostedzone/Z1', zoneOfOtherOwner('account 444455556666'))
    expect(unreadKind({...healthy, HostedZones: [foreign]}, 'HostedZones')).toMatchObject({
      reason: 'the zone belongs to account 444455556666',
      permission: null,
    })
    const own = zone('/hostedzone/Z2', {...DENIED, action: 'route53:ListResourceRecordSets'})
    expect(unreadKind({...healthy, HostedZones: [foreign, own]}, 'HostedZones').permission).toBe(
      'route53:ListResourceRecordSets',
    )
  })

  it.each([
    [DENIED, 'iam:GetAccountAuthorizationDetails'],
    [THROTTLED, null],
  ])('is the same in an audit: %o', (why, permission) => {
    const account: Account = {...healthy, InstanceInformationList: [], InstanceProfiles: why, Roles: why, Policies: why}
    const {unreadable} = auditAccount(account, account.Instances, {ownerTag: 'Owner', chosen: () => true})
    expect(unreadable).toContainEqual(
      expect.objectContaining({kind: 'InstanceProfiles', reason: why.unreadable, permission}),
    )
  })
})
