import {expect, it} from 'vitest'
import type {Account} from '../../src/model/account.ts'
import {anInstance, aRole, CORE, healthy, OWNER, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {behindNat, natTables} from './broken-accounts.ts'
import {event, withEvents} from './events.ts'
import {closed, historyOf, revoked, rootOf, unregistered, withoutPolicies, withoutRole} from './since-when-account.ts'

const iam = {service: 'iam', response: null}
const trusted = (service: string, at: string) => {
  const policyDocument = JSON.stringify({
    Statement: [{Effect: 'Allow', Principal: {Service: service}, Action: 'sts:AssumeRole'}],
  })
  return event('UpdateAssumeRolePolicy', at, {roleName: 'web', policyDocument}, iam)
}

it('is the call before which the cause was not there, although another that is fixed since was in its place', () => {
  const events = [
    trusted('ec2.amazonaws.com', '08:00'),
    trusted('lambda.amazonaws.com', '12:00'),
    trusted('rds.amazonaws.com', '13:00'),
    event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam),
    trusted('ec2.amazonaws.com', '17:00'),
  ]
  expect(rootOf(withEvents(withoutPolicies, ...events))).toMatchObject({
    cause: 'iam.no-registration-permission',
    answer: 'changed',
    until: '2026-11-19T14:02:00.000Z',
    event: {name: 'DetachRolePolicy'},
  })
  expect(rootOf(withEvents(withoutPolicies, ...events.slice(1)))).toMatchObject({
    answer: 'last-changed',
    event: {name: 'DetachRolePolicy'},
  })
})

it('is the call without which the cause does not exist, although another cause does all along', () => {
  const account: Account = {...closed, Roles: [aRole({AttachedManagedPolicies: []})]}
  const {causes} = historyOf(withEvents(account, revoked('14:02')))
  expect(causes.map(({cause}) => cause)).toContain('iam.no-registration-permission')
  expect(causes.find(({cause}) => cause === 'sg.no-egress-443')).toMatchObject({
    certainty: 'proven',
    event: {name: 'RevokeSecurityGroupEgress'},
  })
})

it('is the newest call that brought the cause about, although an older one did so too', () => {
  const attached = {roleName: 'web', policyArn: CORE}
  const events = [
    trusted('ec2.amazonaws.com', '08:00'),
    event('DetachRolePolicy', '10:00', attached, iam),
    trusted('lambda.amazonaws.com', '11:00'),
    event('AttachRolePolicy', '12:00', attached, iam),
    event('DetachRolePolicy', '14:02', attached, iam),
    trusted('ec2.amazonaws.com', '17:00'),
  ]
  expect(rootOf(withEvents(withoutPolicies, ...events))).toMatchObject({
    certainty: 'proven',
    until: '2026-11-19T14:02:00.000Z',
    event: {name: 'DetachRolePolicy'},
  })
})

it('is the stop of an instance, although other causes show once it runs', () => {
  const stopped: Account = {...closed, Instances: [anInstance({State: {Code: 80, Name: 'stopped'}})]}
  const stop = event('StopInstances', '14:02', {instancesSet: {items: [{instanceId: WEB}]}, force: false})
  expect(rootOf(withEvents(stopped, stop))).toMatchObject({
    cause: 'instance.not-running',
    answer: 'changed',
    certainty: 'proven',
    event: {name: 'StopInstances'},
  })
})

it('is not a change before the instance was created', () => {
  const unknown = event('ModifyInstanceAttribute', '18:00', {
    instanceId: WEB,
    groupSet: {items: [{groupId: WEB_GROUP}]},
  })
  const launched = event('RunInstances', '17:00', {}, {response: {instancesSet: {items: [{instanceId: WEB}]}}})
  expect(rootOf(withEvents(closed, unknown, launched, revoked('14:02')))).toMatchObject({
    answer: 'last-changed',
    event: {name: 'ModifyInstanceAttribute'},
  })
})

it('is rather a change of the resource than a later one that may have been of another', () => {
  const disassociated = event('DisassociateIamInstanceProfile', '18:00', {}, {response: null})
  const removed = event('RemoveRoleFromInstanceProfile', '14:02', {instanceProfileName: 'web'}, {service: 'iam'})
  const of = (...events: Parameters<typeof withEvents>[1][]) => rootOf(withEvents(withoutRole, ...events))
  expect(of(disassociated)).toMatchObject({
    answer: 'last-changed',
    message: expect.stringMatching(/^Possibly last changed by DisassociateIamInstanceProfile/),
  })
  expect(of(disassociated, removed)).toMatchObject({
    answer: 'last-changed',
    message: expect.stringMatching(/^Last changed by RemoveRoleFromInstanceProfile/),
  })
})

it('is only likely if the state before a later call cannot be determined', () => {
  const iam = {service: 'iam', response: null}
  const unread = `arn:aws:iam::${OWNER}:policy/not-read`
  const events = [
    event('DetachRolePolicy', '15:00', {roleName: 'web', policyArn: unread}, iam),
    event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam),
    event('AttachRolePolicy', '12:00', {roleName: 'web', policyArn: unread}, iam),
  ]
  expect(rootOf(withEvents(withoutPolicies, ...events))).toMatchObject({
    cause: 'iam.no-registration-permission',
    answer: 'changed',
    certainty: 'likely',
    until: '2026-11-19T14:02:00.000Z',
    event: {name: 'DetachRolePolicy'},
    notes: ['Whether it was so before DetachRolePolicy of 2026-11-19 15:00 UTC cannot be determined.'],
  })
})

const ZONE = 'Z0123456789EXAMPLE'
const shadowed: Account = {
  ...healthy,
  ...unregistered,
  HostedZones: [
    {
      Id: `/hostedzone/${ZONE}`,
      Name: 'ssm.eu-west-1.amazonaws.com.',
      VPCs: [{VPCId: VPC, VPCRegion: 'eu-west-1'}],
      ResourceRecordSets: [],
    },
  ],
}

it('is the call that created a private zone with the VPC, unless its records changed since', () => {
  const request = {name: 'ssm.eu-west-1.amazonaws.com', vPC: {vPCRegion: 'eu-west-1', vPCId: VPC}}
  const response = {hostedZone: {id: `/hostedzone/${ZONE}`, name: 'ssm.eu-west-1.amazonaws.com.'}, vPC: request.vPC}
  const created = event('CreateHostedZone', '14:02', request, {service: 'route53', response})
  expect(rootOf(withEvents(shadowed, created))).toMatchObject({
    cause: 'dns.phz-shadow',
    answer: 'created',
    message: expect.stringMatching(new RegExp(`^So since /hostedzone/${ZONE} was created: CreateHostedZone of role`)),
  })
  const changed = event('ChangeResourceRecordSets', '16:00', {hostedZoneId: ZONE}, {service: 'route53'})
  expect(rootOf(withEvents(shadowed, created, changed))).toMatchObject({
    answer: 'last-changed',
    event: {name: 'ChangeResourceRecordSets'},
  })
})

it('is possibly a call of Route 53 Resolver, which is not undone on the model', () => {
  const group = 'rslvr-frg-0aaaaaaaaaaaaaa1'
  const account: Account = {
    ...healthy,
    ...unregistered,
    FirewallRuleGroupAssociations: [
      {
        Id: 'rslvr-frgassoc-0aaaaaaaaaaaaaa1',
        FirewallRuleGroupId: group,
        VpcId: VPC,
        Priority: 101,
        FirewallRules: [
          {
            Name: 'no',
            Priority: 10,
            Action: 'BLOCK',
            FirewallDomainListId: 'rslvr-fdl-1',
            Domains: ['*.amazonaws.com.'],
          },
        ],
      },
    ],
  }
  for (const name of ['AssociateFirewallRuleGroup', 'CreateFirewallRule', 'UpdateFirewallRule'])
    expect(
      rootOf(
        withEvents(
          account,
          event(name, '14:02', {firewallRuleGroupId: group, vpcId: VPC}, {service: 'route53resolver'}),
        ),
      ),
    ).toMatchObject({cause: 'dns.firewall-block', answer: 'last-changed', event: {name}})
})

it('is not a call that concerns another resource, if one on this explains the cause', () => {
  const route = {routeTableId: 'rtb-0aaaaaaaaaaaaaa01', destinationCidrBlock: '0.0.0.0/0'}
  const events = [
    event('CreateRoute', '09:00', {...route, natGatewayId: 'nat-0aaaaaaaaaaaaaa01'}),
    event('DeleteRoute', '14:02', route),
    event('DeleteVpcEndpoints', '16:00', {DeleteVpcEndpointsRequest: {VpcEndpointId: {tag: 1, content: 'vpce-0b'}}}),
  ]
  const account: Account = {...behindNat, RouteTables: natTables().RouteTables}
  expect(rootOf(withEvents(account, ...events))).toMatchObject({
    cause: 'route.none',
    certainty: 'proven',
    event: {name: 'DeleteRoute'},
  })
})
