import {describe, expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {sinceWhen} from '../../src/history/since-when.ts'
import type {Account, CloudTrailEvent, ConfigurationItem} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {
  aGroup,
  aRole,
  CORE,
  ENDPOINT_GROUP,
  healthy,
  OWNER,
  REGION,
  ROLE,
  VPC,
  WEB,
  WEB_GROUP,
} from '../support/healthy.ts'
import {natTables} from './broken-accounts.ts'
import {event} from './events.ts'

/** A configuration as AWS Config writes it. */
const item = (resourceType: string, resourceId: string, at: string, configuration: object): ConfigurationItem =>
  ({
    version: '1.3',
    accountId: OWNER,
    awsRegion: REGION,
    resourceType,
    resourceId,
    configurationItemStatus: 'OK',
    configurationItemCaptureTime: `2026-11-19T${at}:00.000Z`,
    configuration: JSON.stringify(configuration),
  }) as ConfigurationItem

const group = (at: string, ipPermissionsEgress: readonly object[]) =>
  item('AWS::EC2::SecurityGroup', WEB_GROUP, at, {
    description: 'web',
    groupName: 'web',
    groupId: WEB_GROUP,
    ownerId: OWNER,
    vpcId: VPC,
    tags: [],
    ipPermissions: [],
    ipPermissionsEgress,
  })
const ALL = {
  ipProtocol: '-1',
  ipv6Ranges: [],
  prefixListIds: [],
  userIdGroupPairs: [],
  ipv4Ranges: [{cidrIp: '0.0.0.0/0'}],
  ipRanges: ['0.0.0.0/0'],
}

const base: Account = {...healthy, InstanceInformationList: [], ConnectionStatuses: [], SessionPreferences: []}
const closed: Account = {
  ...base,
  SecurityGroups: [
    aGroup(WEB_GROUP, {IpPermissionsEgress: []}),
    aGroup(ENDPOINT_GROUP, {
      IpPermissions: [{IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{GroupId: WEB_GROUP}]}],
    }),
  ],
}

const [TABLE, NAT, INTERFACE] = ['rtb-0aaaaaaaaaaaaaa01', 'nat-0aaaaaaaaaaaaaa01', 'eni-0bbbbbbbbbbbbbb01']
const LOCAL = {destinationCidrBlock: '10.0.0.0/16', gatewayId: 'local', origin: 'CreateRouteTable', state: 'active'}

/** The main route table, with a default route to this target. */
const routes = (at: string, target: object) =>
  item('AWS::EC2::RouteTable', TABLE, at, {
    routeTableId: TABLE,
    vpcId: VPC,
    ownerId: OWNER,
    associations: [{main: true, routeTableAssociationId: 'rtbassoc-0aaaaaaaaaaaaaa1', routeTableId: TABLE}],
    routes: [LOCAL, {destinationCidrBlock: '0.0.0.0/0', origin: 'CreateRoute', state: 'active', ...target}],
  })

const blackholed = natTables({
  DestinationCidrBlock: '0.0.0.0/0',
  NetworkInterfaceId: INTERFACE,
  Origin: 'CreateRoute',
  State: 'blackhole',
})

function historyOf(
  account: Account,
  ConfigurationItems: readonly ConfigurationItem[],
  ...CloudTrailEvents: readonly CloudTrailEvent[]
) {
  const past = {...account, ConfigurationItems, CloudTrailEvents}
  const instance = find(past.Instances, 'InstanceId', WEB)
  if (!instance) throw new Error('no instance')
  return sinceWhen(past, instance, diagnose(past, instance))
}

describe('what AWS Config recorded goes into the model', () => {
  it('and is proof, with the call in CloudTrail at that time', () => {
    const revoked = event('RevokeSecurityGroupEgress', '14:02', {groupId: WEB_GROUP, ipPermissions: {}})
    const {causes} = historyOf(closed, [group('14:05', []), group('09:00', [ALL])], revoked).sinceWhen
    expect(causes[0]).toMatchObject({
      cause: 'sg.no-egress-443',
      answer: 'changed',
      proof: 'config',
      certainty: 'proven',
      until: '2026-11-19T14:02:00.000Z',
      message:
        'Open until 2026-11-19 14:02 UTC; closed by RevokeSecurityGroupEgress of role deploy (session ci-42) with Terraform.',
    })
  })

  it('and gives the time between two recordings if no call is known', () => {
    const {causes} = historyOf(closed, [group('14:05', []), group('09:00', [ALL])]).sinceWhen
    expect(causes[0]).toMatchObject({proof: 'config', event: null, until: '2026-11-19T14:05:00.000Z'})
    expect(causes[0]?.message).toBe(
      'Open at 2026-11-19 09:00 UTC and closed by 2026-11-19 14:05 UTC, as AWS Config recorded; no event of CloudTrail shows which call did it.',
    )
  })

  it('and identifies the responsible one of several calls in that time', () => {
    const revoked = (at: string, rule: object) =>
      event(
        'RevokeSecurityGroupEgress',
        at,
        {groupId: WEB_GROUP, ipPermissions: {items: [rule]}},
        {
          userIdentity: {type: 'IAMUser', userName: at},
        },
      )
    const peers = {ipRanges: {items: [{cidrIp: '0.0.0.0/0'}]}}
    const [all, ssh] = [
      {ipProtocol: '-1', ...peers},
      {ipProtocol: 'tcp', fromPort: 22, toPort: 22, ...peers},
    ]
    const recordings = [group('14:05', []), group('09:00', [ALL])]
    const of = (...events: readonly CloudTrailEvent[]) => historyOf(closed, recordings, ...events).sinceWhen.causes[0]
    expect(of(revoked('13:00', ssh), revoked('12:00', all), revoked('11:00', ssh))).toMatchObject({
      proof: 'config',
      certainty: 'proven',
      until: '2026-11-19T12:00:00.000Z',
      event: {principal: {name: '12:00'}},
    })
    expect(of(revoked('13:00', ssh), revoked('11:00', {}))).toMatchObject({proof: 'config', event: null})
    expect(of(revoked('13:00', {}), revoked('11:00', all))).toMatchObject({proof: 'config', event: null})
    expect(of(revoked('13:00', ssh))).toMatchObject({proof: 'config', event: null, until: '2026-11-19T14:05:00.000Z'})
  })

  it('and names a call of the time between two recordings, including the later moment', () => {
    const recordings = [group('14:05', []), group('09:00', [ALL])]
    const revoked = (at: string) => event('RevokeSecurityGroupEgress', at, {groupId: WEB_GROUP, ipPermissions: {}})
    const of = (at: string) => historyOf(closed, recordings, revoked(at)).sinceWhen.causes[0]
    expect(of('09:00')).toMatchObject({proof: 'config', event: null})
    expect(of('09:01')).toMatchObject({event: {name: 'RevokeSecurityGroupEgress'}})
    expect(of('14:05')).toMatchObject({event: {name: 'RevokeSecurityGroupEgress'}})
    expect(of('14:06')).toMatchObject({proof: 'config', event: null, until: '2026-11-19T14:05:00.000Z'})
  })

  it('and does not confuse the call with one that changes only tags or descriptions', () => {
    const revoked = event('RevokeSecurityGroupEgress', '14:02', {groupId: WEB_GROUP, ipPermissions: {}})
    const others = [
      event('CreateTags', '14:03', {resourcesSet: {items: [{resourceId: WEB_GROUP}]}}),
      event('UpdateSecurityGroupRuleDescriptionsEgress', '14:04', {groupId: WEB_GROUP}),
    ]
    const {causes} = historyOf(closed, [group('14:05', []), group('09:00', [ALL])], revoked, ...others).sinceWhen
    expect(causes[0]).toMatchObject({proof: 'config', event: {name: 'RevokeSecurityGroupEgress'}})
  })

  it('and undoes a setting only if no later call changed the same resource', () => {
    const replaced = event('ReplaceRoute', '14:02', {
      routeTableId: TABLE,
      destinationCidrBlock: '0.0.0.0/0',
      networkInterfaceId: INTERFACE,
    })
    const recordings = [
      routes('14:05', {networkInterfaceId: INTERFACE, state: 'blackhole'}),
      routes('09:00', {natGatewayId: NAT}),
    ]
    const undone = (...later: readonly CloudTrailEvent[]) =>
      [...historyOf(blackholed, recordings, replaced, ...later).undo.values()].flatMap(({steps}) => steps)
    const back = [
      {
        service: 'ec2',
        operation: 'ReplaceRoute',
        input: {RouteTableId: TABLE, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: NAT},
      },
    ]
    const named = {networkInterfaceId: INTERFACE, description: {value: 'web'}}
    expect(undone()).toEqual(back)
    expect(undone(event('ModifyNetworkInterfaceAttribute', '16:00', named))).toEqual(back)
    expect(undone(event('ReplaceRoute', '16:00', {routeTableId: TABLE}))).toEqual([])
  })

  it('and shows what the oldest of several calls in that time replaced', () => {
    const replaced = event('ReplaceRoute', '12:00', {
      routeTableId: TABLE,
      destinationCidrBlock: '0.0.0.0/0',
      networkInterfaceId: INTERFACE,
    })
    const added = event('CreateRoute', '13:00', {
      routeTableId: TABLE,
      destinationCidrBlock: '172.16.0.0/12',
      transitGatewayId: 'tgw-0bbbbbbbbbbbbbb01',
    })
    const recordings = [
      routes('14:05', {networkInterfaceId: INTERFACE, state: 'blackhole'}),
      routes('09:00', {natGatewayId: NAT}),
    ]
    const {causes} = historyOf(blackholed, recordings, replaced, added).sinceWhen
    expect(causes[0]).toMatchObject({proof: 'config', certainty: 'proven', event: {name: 'ReplaceRoute'}})
  })

  it('unless the cause cannot be determined in it, or another one was in its place', () => {
    const [now, before] = [{networkInterfaceId: INTERFACE, state: 'blackhole'}, {natGatewayId: NAT}]
    const none = {destinationCidrBlock: '192.0.2.0/24', natGatewayId: NAT}
    for (const between of [none, {networkInterfaceId: 'eni-0bbbbbbbbbbbbbb02'}]) {
      const recordings = [routes('14:05', now), routes('12:00', between), routes('09:00', before)]
      const {causes} = historyOf(blackholed, recordings).sinceWhen
      expect(causes[0]).toMatchObject({cause: 'route.blackhole', answer: 'unchanged', proof: null})
    }
  })

  it('and shows nothing if no recording differs', () => {
    const {causes} = historyOf(closed, [group('14:05', []), group('09:00', [])]).sinceWhen
    expect(causes[0]).toMatchObject({answer: 'unchanged', proof: null})
  })

  it('and makes a call that deletes something undoable', () => {
    const account: Account = {...base, Roles: [aRole({AttachedManagedPolicies: []})]}
    const role = {
      ...{path: '/', roleName: 'web', roleId: 'AROAEXAMPLEWEB', arn: ROLE, createDate: '2026-10-01T00:00:00.000Z'},
      assumeRolePolicyDocument: encodeURIComponent(
        JSON.stringify({
          Statement: [{Effect: 'Allow', Action: 'sts:AssumeRole', Principal: {Service: 'ec2.amazonaws.com'}}],
        }),
      ),
      instanceProfileList: [],
      rolePolicyList: [],
      attachedManagedPolicies: [{policyArn: CORE, policyName: 'AmazonSSMManagedInstanceCore'}],
      permissionsBoundary: null,
    }
    const recorded = [
      item('AWS::IAM::Role', 'AROAEXAMPLEWEB', '14:05', {...role, attachedManagedPolicies: []}),
      item('AWS::IAM::Role', 'AROAEXAMPLEWEB', '09:00', role),
    ].map((one) => ({...one, arn: ROLE}))
    const detached = event(
      'DetachRolePolicy',
      '14:02',
      {roleName: 'web', policyArn: CORE},
      {service: 'iam', response: null},
    )
    const {
      sinceWhen: {causes},
      undo,
    } = historyOf(account, recorded, detached)
    expect(causes[0]).toMatchObject({
      cause: 'iam.no-registration-permission',
      proof: 'config',
      event: {name: 'DetachRolePolicy'},
    })
    expect([...undo.values()][0]?.steps).toEqual([
      {service: 'iam', operation: 'AttachRolePolicy', input: {RoleName: 'web', PolicyArn: CORE}},
    ])
  })

  it('unless it was recorded after the account was read', () => {
    const later = {...group('09:00', [ALL]), configurationItemCaptureTime: '2026-11-20T12:30:00.000Z'}
    expect(historyOf(closed, [later]).sinceWhen.causes[0]).toMatchObject({answer: 'unchanged'})
  })

  it('unless it was deleted, is not JSON, or is of another type', () => {
    const bad = [
      {...group('09:00', [ALL]), configuration: '{"groupId":'},
      {...group('09:01', [ALL]), configurationItemStatus: 'ResourceDeleted'},
      {...group('09:02', [ALL]), resourceType: 'constructor'},
      {...group('09:03', [ALL]), configuration: '[]'},
    ] as unknown as readonly ConfigurationItem[]
    for (const one of bad)
      expect(historyOf(closed, [one]).sinceWhen.causes[0]).toMatchObject({answer: 'unchanged', proof: null})
  })
})
