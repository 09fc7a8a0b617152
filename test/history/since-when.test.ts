import {describe, expect, it} from 'vitest'
import type {Account, VpcEndpoint} from '../../src/model/account.ts'
import {hostRole, noProfile} from '../checks/identity/identity-accounts.ts'
import {anInstance, aRole, CORE, healthy, OWNER, PROFILE, WEB, WEB_GROUP} from '../support/healthy.ts'
import {event, withEvents} from './events.ts'
import {
  ALL,
  closed,
  historyOf,
  list,
  revoked,
  rootOf,
  unregistered,
  withoutPolicies,
  withoutRole,
} from './since-when-account.ts'

describe('when it broke', () => {
  it('is the time of the call without which the path is open', () => {
    expect(rootOf(withEvents(closed, revoked('14:02')))).toMatchObject({
      cause: 'sg.no-egress-443',
      resource: WEB_GROUP,
      answer: 'changed',
      certainty: 'proven',
      proof: 'event',
      until: '2026-11-19T14:02:00.000Z',
      message:
        'Open until 2026-11-19 14:02 UTC; closed by RevokeSecurityGroupEgress of role deploy (session ci-42) with Terraform.',
      event: {name: 'RevokeSecurityGroupEgress', principal: {name: 'deploy'}, source: {kind: 'terraform'}},
    })
  })

  it('is not a call that failed, or one that only reads', () => {
    const failed = revoked('15:00', {errorCode: 'Client.UnauthorizedOperation'})
    const read = event(
      'DescribeSecurityGroups',
      '16:00',
      {securityGroupSet: {items: [{groupId: WEB_GROUP}]}},
      {readOnly: true},
    )
    expect(rootOf(withEvents(closed, read, failed, revoked('14:02')))).toMatchObject({
      until: '2026-11-19T14:02:00.000Z',
    })
  })

  it('is not a call on what was stopped already, nor one before the last start', () => {
    const stopped: Account = {
      ...healthy,
      ...unregistered,
      Instances: [anInstance({State: {Code: 80, Name: 'stopped'}})],
    }
    const call = (name: string, at: string, previous: string) => {
      const items = [{instanceId: WEB, previousState: {name: previous}}]
      return event(name, at, {instancesSet: {items: [{instanceId: WEB}]}}, {response: {instancesSet: {items}}})
    }
    const [stop, again] = [call('StopInstances', '14:02', 'running'), call('StopInstances', '19:00', 'stopped')]
    expect(rootOf(withEvents(stopped, stop, again))).toMatchObject({
      certainty: 'proven',
      until: '2026-11-19T14:02:00.000Z',
    })
    const start = call('StartInstances', '16:00', 'stopped')
    expect(rootOf(withEvents(stopped, stop, start, again))).toMatchObject({
      answer: 'last-changed',
      message: expect.stringMatching(/^No call stopped it since StartInstances of role deploy .*: it was shut down on/),
    })
    expect(rootOf(withEvents(stopped, stop, call('StartInstances', '14:01', 'stopped')))).toMatchObject({
      until: '2026-11-19T14:02:00.000Z',
    })
    expect(rootOf(withEvents(stopped, stop, call('StartInstances', '14:03', 'running')))).toMatchObject({
      until: '2026-11-19T14:02:00.000Z',
    })
  })

  it('is not a call that revoked only rules that the group did not have', () => {
    const nothing = revoked('15:02', {response: {_return: true, unknownIpPermissionSet: {items: [ALL]}}})
    expect(rootOf(withEvents(closed, nothing, revoked('14:02')))).toMatchObject({
      certainty: 'proven',
      until: '2026-11-19T14:02:00.000Z',
    })
  })

  it('reverts several changes newest first, whatever their order in the input', () => {
    const ssh = {...ALL, ipProtocol: 'tcp', fromPort: 22, toPort: 22}
    const later = event('RevokeSecurityGroupEgress', '17:00', {groupId: WEB_GROUP, ipPermissions: {items: [ssh]}})
    const earlier = event('AuthorizeSecurityGroupEgress', '09:00', {groupId: WEB_GROUP, ipPermissions: {items: [ALL]}})
    for (const events of [
      [later, revoked('14:02'), earlier],
      [earlier, revoked('14:02'), later],
    ])
      expect(rootOf(withEvents(closed, ...events))).toMatchObject({
        answer: 'changed',
        event: {name: 'RevokeSecurityGroupEgress'},
        until: '2026-11-19T14:02:00.000Z',
      })
  })

  it('is only the last change if the earlier state is unknown', () => {
    const account = withEvents(
      closed,
      event('RevokeSecurityGroupEgress', '14:02', null, {response: null, resources: [{ARN: WEB_GROUP}]}),
    )
    expect(rootOf(account)).toMatchObject({answer: 'last-changed', proof: null})
    expect(rootOf(account)?.message).toMatch(/^Last changed by RevokeSecurityGroupEgress of role deploy/)
  })

  it('is not the creation of the resource if a call since then could not be reverted', () => {
    const created = event('CreateSecurityGroup', '08:00', {vpcId: 'vpc-1'}, {response: {groupId: WEB_GROUP}})
    const unknown = event('RevokeSecurityGroupEgress', '14:02', null, {response: null, resources: [{ARN: WEB_GROUP}]})
    expect(rootOf(withEvents(closed, created, unknown))).toMatchObject({
      answer: 'last-changed',
      event: {name: 'RevokeSecurityGroupEgress'},
    })
  })

  it('is the creation of the resource if every change since then is reverted', () => {
    const created = event(
      'CreateSecurityGroup',
      '08:00',
      {groupName: 'web', vpcId: 'vpc-1'},
      {response: {groupId: WEB_GROUP}},
    )
    expect(rootOf(withEvents(closed, created))).toMatchObject({
      answer: 'created',
      event: {name: 'CreateSecurityGroup'},
      message: `So since ${WEB_GROUP} was created: CreateSecurityGroup of role deploy (session ci-42) with Terraform at 2026-11-19 08:00 UTC.`,
    })
  })

  it('is not a call that only names the resource', () => {
    const other = event('AuthorizeSecurityGroupIngress', '18:00', {
      groupId: 'sg-0ffffffffffffff01',
      ipPermissions: {items: [{ipProtocol: '-1', groups: {items: [{groupId: WEB_GROUP}]}}]},
    })
    const launch = event(
      'RunInstances',
      '18:01',
      {groupSet: {items: [{groupId: WEB_GROUP}]}},
      {response: {instancesSet: {items: []}}},
    )
    const balancer = event(
      'SetSecurityGroups',
      '18:02',
      {securityGroups: [WEB_GROUP]},
      {service: 'elasticloadbalancing'},
    )
    expect(rootOf(withEvents(closed, other, launch, balancer, revoked('14:02')))).toMatchObject({
      answer: 'changed',
      certainty: 'proven',
      event: {name: 'RevokeSecurityGroupEgress'},
    })
  })

  it('is not a call on an IAM user or group that has the name of the role', () => {
    const iam = {service: 'iam', response: null}
    const events = [
      event('UpdateAccessKey', '18:00', {userName: 'web', accessKeyId: 'AKIA0'}, iam),
      event('DetachUserPolicy', '17:00', {userName: 'web', policyArn: CORE}, iam),
      event('PutGroupPolicy', '16:00', {groupName: 'web', policyName: 'x'}, iam),
      event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam),
    ]
    expect(rootOf(withEvents(withoutPolicies, ...events))).toMatchObject({
      certainty: 'proven',
      event: {name: 'DetachRolePolicy'},
    })
    expect(rootOf(withEvents(withoutPolicies, ...events.slice(0, 3)))).toMatchObject({answer: 'unchanged', event: null})
  })

  it('is not a call on another instance with the same instance profile', () => {
    const replaced = event(
      'ReplaceIamInstanceProfileAssociation',
      '18:00',
      {},
      {
        response: {
          iamInstanceProfileAssociation: {
            associationId: 'iip-assoc-0b',
            instanceId: 'i-0ffffffffffffff01',
            iamInstanceProfile: {arn: PROFILE},
          },
        },
      },
    )
    expect(rootOf(withEvents(withoutRole, replaced))).toMatchObject({
      cause: 'iam.profile-empty',
      answer: 'unchanged',
      event: null,
    })
  })

  it('is not a role of another instance profile', () => {
    const removed = (instanceProfileName: string, at: string) =>
      event('RemoveRoleFromInstanceProfile', at, {instanceProfileName, roleName: 'web'}, {service: 'iam'})
    expect(rootOf(withEvents(withoutRole, removed('other', '18:00')))).toMatchObject({answer: 'unchanged', event: null})
    expect(rootOf(withEvents(withoutRole, removed('other', '18:00'), removed('web', '14:02')))).toMatchObject({
      certainty: 'proven',
      until: '2026-11-19T14:02:00.000Z',
    })
  })

  it('is not an endpoint of another VPC', () => {
    const account: Account = {
      ...healthy,
      ...unregistered,
      VpcEndpoints: list(healthy.VpcEndpoints).filter((one) => !/\.ssm$/.test((one as VpcEndpoint).ServiceName)),
    } as Account
    const other = event(
      'CreateVpcEndpoint',
      '18:00',
      {CreateVpcEndpointRequest: {VpcId: 'vpc-0ffffffffffffff01', ServiceName: 'com.amazonaws.eu-west-1.ssm'}},
      {response: {CreateVpcEndpointResponse: {vpcEndpoint: {vpcEndpointId: 'vpce-0ffffffffffffff01'}}}},
    )
    expect(rootOf(withEvents(account, other))).toMatchObject({
      cause: 'endpoint.ssm-missing',
      answer: 'unchanged',
      event: null,
    })
  })

  it('is only likely if a later call could not be reverted', () => {
    const later = event('ModifyInstanceAttribute', '18:00', {
      instanceId: WEB,
      groupSet: {items: [{groupId: WEB_GROUP}]},
    })
    expect(rootOf(withEvents(closed, later, revoked('14:02')))).toMatchObject({
      answer: 'changed',
      certainty: 'likely',
      message: expect.stringMatching(/^Probably open until 2026-11-19 14:02 UTC; probably closed by Revoke/),
      notes: ['ModifyInstanceAttribute of 2026-11-19 18:00 UTC could not be undone on the model.'],
    })
  })

  it('is before the oldest recorded change if none of them is responsible', () => {
    const ssh = {...ALL, ipProtocol: 'tcp', fromPort: 22, toPort: 22}
    const later = event('RevokeSecurityGroupEgress', '17:00', {groupId: WEB_GROUP, ipPermissions: {items: [ssh]}})
    expect(rootOf(withEvents(closed, later))).toMatchObject({
      answer: 'unchanged',
      message: expect.stringContaining('it was so before 2026-11-19 17:00 UTC.'),
    })
  })

  it('of a missing instance profile may be the time when host management was disabled', () => {
    const settingId = '/ssm/managed-instance/default-ec2-instance-management-role'
    const settingValue = 'service-role/Default'
    const enabled = event('UpdateServiceSetting', '2026-10-01T00:00:00Z', {settingId, settingValue}, {service: 'ssm'})
    const disabled = event('ResetServiceSetting', '14:02', {settingId}, {service: 'ssm'})
    const account = {...healthy, ...unregistered, Instances: [noProfile()], Roles: [aRole(), hostRole()]}
    expect(rootOf(withEvents(account, enabled, disabled))).toMatchObject({
      cause: 'iam.no-profile',
      answer: 'changed',
      until: '2026-11-19T14:02:00.000Z',
    })
    expect(rootOf(withEvents(account, disabled))).toMatchObject({answer: 'last-changed'})
    const roleArn = `arn:aws:iam::${OWNER}:role/${settingValue}`
    const inOneCall = (call: string, at: string, request: object, response: object) =>
      event(`${call}DefaultHostManagementConfiguration`, at, request, {service: 'ssm', response})
    const registered = inOneCall('Register', '09:00', {permissionModel: 'SELF_MANAGED', roleArn}, {roleArn})
    const deregistered = inOneCall('Deregister', '14:02', {}, {})
    expect(rootOf(withEvents(account, registered, deregistered))).toMatchObject({
      answer: 'changed',
      until: '2026-11-19T14:02:00.000Z',
    })
  })

  it('ignores events of another account or Region', () => {
    const events = [revoked('14:02', {recipientAccountId: '999999999999'}), revoked('14:03', {awsRegion: 'us-east-2'})]
    expect(rootOf(withEvents(closed, ...events))).toMatchObject({answer: 'unchanged', event: null})
    expect(historyOf(withEvents(closed, ...events)).notes).toEqual(['Left out: 2 events of another account or Region.'])
  })

  it('is not a call that was made after the account was read', () => {
    const later = revoked('2026-11-20T12:30:00Z')
    expect(rootOf(withEvents(closed, later))).toMatchObject({answer: 'unchanged'})
    expect(historyOf(withEvents(closed, later)).notes).toEqual(['Left out: 1 event after the account was read.'])
  })

  it('names the account that records the changes of a resource that another account owns', () => {
    const shared: Account = {
      ...closed,
      SecurityGroups: list(closed.SecurityGroups).map((group) => ({
        ...(group as object),
        OwnerId: '444455556666',
      })) as never,
    }
    expect(rootOf(withEvents(shared))?.notes).toEqual([
      `${WEB_GROUP} belongs to account 444455556666, where CloudTrail records its changes.`,
    ])
  })

  it('is unknown if CloudTrail was not queried', () => {
    expect(rootOf(closed)?.message).toBe('Unknown: CloudTrail was not read (not asked for).')
  })

  it('is unknown if AWS denied the call, with the permission that it needs', () => {
    const unreadable = 'AccessDeniedException: not authorized (needs cloudtrail:LookupEvents)'
    const account: Account = {...closed, CloudTrailEvents: {unreadable, error: 'AccessDeniedException'}}
    expect(rootOf(account)?.message).toBe(`Unknown: CloudTrail was not read (${unreadable}).`)
    expect(historyOf(account).notes).toEqual([`CloudTrail could not be read in full: ${unreadable}.`])
  })

  it('reports if a limit excluded events', () => {
    const unreadable = `only the newest 200 events of ${WEB_GROUP} were read`
    const account: Account = {...closed, CloudTrailEvents: {unreadable, known: [revoked('14:02')]}}
    expect(rootOf(account)).toMatchObject({answer: 'changed'})
    expect(historyOf(account).notes).toEqual([`CloudTrail could not be read in full: ${unreadable}.`])
  })

  it('is queried for proven causes only', () => {
    const {causes} = historyOf(withEvents(healthy, revoked('14:02')))
    expect(causes.map(({cause}) => cause)).not.toContain('sg.no-egress-443')
    expect(causes.map(({answer}) => answer)).not.toContain('changed')
  })
})
