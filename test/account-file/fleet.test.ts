import {describe, expect, it} from 'vitest'
import {viewFor} from '../../src/account-file/fleet.ts'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import type {Account} from '../../src/model/account.ts'
import {fileWith} from './full-account-file.ts'

const SPOKE = '111122223333'
const HUB = '444455556666'
const read = (changes: {readonly [key: string]: unknown}): Account =>
  parseAccounts([{name: 'a', json: fileWith(changes)}]).accounts[0] as Account

const bare = {Instances: [], Vpcs: [], Subnets: [], RouteTables: [], TransitGateways: []}
const spoke = (changes = {}) => read({...bare, Caller: {Account: SPOKE}, ReadAt: '2026-11-20T12:00:00Z', ...changes})
const hub = (changes = {}) => read({...bare, Caller: {Account: HUB}, ReadAt: '2026-11-20T10:00:00Z', ...changes})
const gateway = (OwnerId: string, State: string) => ({TransitGatewayId: 'tgw-1', OwnerId, State})
const instance = (InstanceId: string, ImageId: string) => ({
  InstanceId,
  ImageId,
  State: {Name: 'running'},
  SecurityGroups: [],
  NetworkInterfaces: [],
  Tags: [],
})

describe('the view of one account in a fleet', () => {
  it('is the account itself when it is alone', () => {
    const home = spoke()
    expect(viewFor([home], home)).toBe(home)
  })

  it('has the hub VPC of another account', () => {
    const home = spoke({Vpcs: [{VpcId: 'vpc-spoke'}]})
    const view = viewFor([home, hub({Vpcs: [{VpcId: 'vpc-hub'}]})], home)
    expect(view.Vpcs).toEqual([{VpcId: 'vpc-spoke'}, {VpcId: 'vpc-hub'}])
    expect(view.AlsoSeenBy).toEqual([HUB])
  })

  it("keeps the account's own context, identity and settings", () => {
    const home = spoke({Roles: [], ServiceSettings: []})
    const view = viewFor([home, hub()], home)
    for (const key of ['ReadAt', 'Region', 'Caller', 'Roles', 'Policies', 'ServiceSettings'] as const)
      expect(view[key]).toBe(home[key])
    expect(view.HostedZones).toEqual(home.HostedZones)
  })

  it("the owner's view wins, even when it is older; else the later one", () => {
    const home = spoke({TransitGateways: [gateway(HUB, 'seen by the spoke')]})
    const other = hub({TransitGateways: [gateway(HUB, 'seen by the hub')]})
    expect(viewFor([home, other], home).TransitGateways).toMatchObject([{State: 'seen by the hub'}])
    const third = '777788889999'
    const one = hub({TransitGateways: [gateway(third, 'earlier')]})
    const two = spoke({TransitGateways: [gateway(third, 'later')]})
    expect(viewFor([one, two], one).TransitGateways).toMatchObject([{State: 'later'}])
  })

  it('an instance is as in the file that lists it', () => {
    const home = hub({Instances: [instance('i-1', 'ami-home')]})
    const later = spoke({Instances: [instance('i-1', 'ami-later'), instance('i-2', 'ami-2')]})
    const {Instances} = viewFor([home, later], home)
    expect(Instances).toMatchObject([{ImageId: 'ami-home'}, {InstanceId: 'i-2'}])
  })

  it('what the account itself could not read stays unreadable, with what other files contain', () => {
    const home = spoke({Subnets: {unreadable: 'UnauthorizedOperation'}})
    const subnet = {SubnetId: 'subnet-1', VpcId: 'vpc-1'}
    expect(viewFor([home, hub({Subnets: [subnet]})], home).Subnets).toEqual({
      unreadable: 'UnauthorizedOperation',
      known: [subnet],
    })
    expect(viewFor([home, hub()], home).Subnets).toEqual({
      unreadable: 'UnauthorizedOperation',
      error: 'UnauthorizedOperation',
    })
  })

  it('what could not be read in another Region or partition does not count', () => {
    const home = spoke()
    const seen = (changes: object) => viewFor([home, hub(changes)], home)
    expect(seen({RouteTables: {unreadable: 'no'}}).AlsoSeenBy).toEqual([])
    expect(seen({Region: 'eu-west-1'}).AlsoSeenBy).toEqual([])
    expect(seen({Partition: 'aws-cn', Vpcs: [{VpcId: 'vpc-cn'}]})).toMatchObject({AlsoSeenBy: [], Vpcs: []})
  })

  it('is created once, and its lists once for all accounts', () => {
    const fleet = [spoke({Vpcs: [{VpcId: 'vpc-1'}]}), hub({Vpcs: [{VpcId: 'vpc-2'}]})] as const
    const [one, two] = fleet
    expect(viewFor(fleet, one)).toBe(viewFor(fleet, one))
    expect(viewFor(fleet, one).Vpcs).toBe(viewFor(fleet, two).Vpcs)
  })
})

describe('names that a hub account owns', () => {
  const zone = (changes: object) => ({Id: '/hostedzone/Z1', Name: 'ssm.us-east-1.amazonaws.com.', ...changes})
  const refused = {unreadable: 'AccessDenied: route53:ListResourceRecordSets'}
  const record = {Name: 'ssm.us-east-1.amazonaws.com.', Type: 'A', ResourceRecords: [{Value: '10.9.0.5'}]}
  const [spokeVpc, hubVpc] = [{VPCId: 'vpc-spoke'}, {VPCId: 'vpc-hub'}]

  it("a zone has the records of its owner's file and the VPCs of both", () => {
    const home = spoke({HostedZones: [zone({VPCs: [spokeVpc], ResourceRecordSets: refused})]})
    const other = hub({HostedZones: [zone({VPCs: [hubVpc], ResourceRecordSets: [record]})]})
    expect(viewFor([home, other], home).HostedZones).toMatchObject([
      {VPCs: [spokeVpc, hubVpc], ResourceRecordSets: [record]},
    ])
  })

  it("a zone that the account's own file lists without VPCs stays associated with its VPC, and one of another file does not", () => {
    const bare = spoke({HostedZones: [zone({ResourceRecordSets: refused})]})
    const foreign = hub({HostedZones: [zone({Id: '/hostedzone/Z2', ResourceRecordSets: [record]})]})
    const [only, ...others] = viewFor([bare, foreign], bare).HostedZones as readonly {VPCs?: unknown}[]
    expect(others).toEqual([])
    expect(only).toMatchObject({Id: '/hostedzone/Z1', ResourceRecordSets: refused})
    expect(only?.VPCs).toBeUndefined()
  })

  it('zones that the account could not list stay unreadable, with those that the hub associates', () => {
    const home = spoke({HostedZones: {unreadable: 'AccessDenied'}})
    const other = hub({HostedZones: [zone({VPCs: [spokeVpc], ResourceRecordSets: [record]})]})
    expect(viewFor([home, other], home).HostedZones).toMatchObject({
      unreadable: 'AccessDenied',
      known: [{VPCs: [spokeVpc]}],
    })
  })

  it('a Resolver rule is associated with the VPCs of both files', () => {
    const rule = (VPCIds: readonly string[]) => ({
      Id: 'rslvr-rr-1',
      DomainName: 'amazonaws.com.',
      RuleType: 'FORWARD',
      VPCIds,
    })
    const home = spoke({ResolverRules: [rule(['vpc-spoke'])]})
    const other = hub({ReadAt: '2026-11-21T10:00:00Z', ResolverRules: [rule(['vpc-hub'])]})
    expect(viewFor([home, other], home).ResolverRules).toMatchObject([{VPCIds: ['vpc-hub', 'vpc-spoke']}])
  })

  it("a Profile's resources are known when a file of the fleet lists them", () => {
    const association = {Id: 'rpassoc-1', ProfileId: 'rp-1', ResourceId: 'vpc-spoke', Status: 'COMPLETE'}
    const resource = {Id: 'rpr-1', ProfileId: 'rp-1', ResourceArn: 'arn:aws:route53:::hostedzone/Z1'}
    const home = spoke({
      Vpcs: [{VpcId: 'vpc-spoke'}],
      ProfileAssociations: [association],
      ProfileResourceAssociations: {unreadable: 'AccessDeniedException'},
    })
    const other = hub({ProfileAssociations: [], ProfileResourceAssociations: [resource]})
    expect(viewFor([home, other], home).ProfileResourceAssociations).toMatchObject([resource])
    const without = hub({ProfileAssociations: [], ProfileResourceAssociations: []})
    expect(viewFor([home, without], home).ProfileResourceAssociations).toMatchObject({
      unreadable: 'AccessDeniedException',
    })
  })
})
