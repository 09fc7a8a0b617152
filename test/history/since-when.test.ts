import {describe, expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {planFor} from '../../src/diagnosis/plan/plan.ts'
import {type HistoryLookups, lookupsFor} from '../../src/history/lookups.ts'
import {sinceWhen} from '../../src/history/since-when.ts'
import type {Account, InstanceProfile, VpcEndpoint} from '../../src/model/account.ts'
import {find} from '../../src/model/joins.ts'
import {
  aGroup,
  aNode,
  anInstance,
  aRole,
  CORE,
  ENDPOINT_GROUP,
  healthy,
  OWNER,
  PROFILE,
  WEB,
  WEB_GROUP,
} from '../support/healthy.ts'
import {event, withEvents} from './events.ts'

const list = <T>(reading: readonly T[] | object): readonly T[] => (Array.isArray(reading) ? reading : [])

const unregistered = {InstanceInformationList: [], ConnectionStatuses: [], SessionPreferences: []}

/** The web security group lost its outbound rule, and the node is not registered. */
const closed: Account = {
  ...healthy,
  InstanceInformationList: [],
  ConnectionStatuses: [],
  SecurityGroups: list(healthy.SecurityGroups).map((group) =>
    (group as {GroupId: string}).GroupId === WEB_GROUP ? aGroup(WEB_GROUP, {IpPermissionsEgress: []}) : group,
  ) as Account['SecurityGroups'],
}

const ALL = {
  ipProtocol: '-1',
  groups: {},
  ipRanges: {items: [{cidrIp: '0.0.0.0/0'}]},
  ipv6Ranges: {},
  prefixListIds: {},
}
const revoked = (at: string, more = {}) =>
  event('RevokeSecurityGroupEgress', at, {groupId: WEB_GROUP, ipPermissions: {items: [ALL]}}, more)

function historyOf(account: Account) {
  const instance = find(account.Instances, 'InstanceId', WEB)
  if (!instance) throw new Error('no instance')
  return sinceWhen(account, instance, diagnose(account, instance)).sinceWhen
}
const withRevealed = (account: Account) => {
  const instance = find(account.Instances, 'InstanceId', WEB)!
  const diagnosis = diagnose(account, instance)
  return sinceWhen(account, instance, diagnosis, planFor(account, instance, diagnosis).revealed).sinceWhen
}
const rootOf = (account: Account) => historyOf(account).causes[0]

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
    const account: Account = {...healthy, ...unregistered, Roles: [aRole({AttachedManagedPolicies: []})]}
    const iam = {service: 'iam', response: null}
    const events = [
      event('UpdateAccessKey', '18:00', {userName: 'web', accessKeyId: 'AKIA0'}, iam),
      event('DetachUserPolicy', '17:00', {userName: 'web', policyArn: CORE}, iam),
      event('PutGroupPolicy', '16:00', {groupName: 'web', policyName: 'x'}, iam),
      event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam),
    ]
    expect(rootOf(withEvents(account, ...events))).toMatchObject({
      certainty: 'proven',
      event: {name: 'DetachRolePolicy'},
    })
    expect(rootOf(withEvents(account, ...events.slice(0, 3)))).toMatchObject({answer: 'unchanged', event: null})
  })

  it('is not a call on another instance with the same instance profile', () => {
    const account: Account = {
      ...healthy,
      ...unregistered,
      InstanceProfiles: list<InstanceProfile>(healthy.InstanceProfiles).map((one) => ({...one, Roles: []})),
    }
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
    expect(rootOf(withEvents(account, replaced))).toMatchObject({
      cause: 'iam.profile-empty',
      answer: 'unchanged',
      event: null,
    })
  })

  it('is not a role of another instance profile', () => {
    const account: Account = {
      ...healthy,
      ...unregistered,
      InstanceProfiles: list<InstanceProfile>(healthy.InstanceProfiles).map((one) => ({...one, Roles: []})),
    }
    const removed = (instanceProfileName: string, at: string) =>
      event('RemoveRoleFromInstanceProfile', at, {instanceProfileName, roleName: 'web'}, {service: 'iam'})
    expect(rootOf(withEvents(account, removed('other', '18:00')))).toMatchObject({answer: 'unchanged', event: null})
    expect(rootOf(withEvents(account, removed('other', '18:00'), removed('web', '14:02')))).toMatchObject({
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

it('is the call before which the cause was not there, although another that is fixed since was in its place', () => {
  const account: Account = {...healthy, ...unregistered, Roles: [aRole({AttachedManagedPolicies: []})]}
  const iam = {service: 'iam', response: null}
  const trusted = (service: string, at: string) => {
    const policyDocument = JSON.stringify({
      Statement: [{Effect: 'Allow', Principal: {Service: service}, Action: 'sts:AssumeRole'}],
    })
    return event('UpdateAssumeRolePolicy', at, {roleName: 'web', policyDocument}, iam)
  }
  const events = [
    trusted('ec2.amazonaws.com', '08:00'),
    trusted('lambda.amazonaws.com', '12:00'),
    trusted('rds.amazonaws.com', '13:00'),
    event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam),
    trusted('ec2.amazonaws.com', '17:00'),
  ]
  expect(rootOf(withEvents(account, ...events))).toMatchObject({
    cause: 'iam.no-registration-permission',
    answer: 'changed',
    until: '2026-11-19T14:02:00.000Z',
    event: {name: 'DetachRolePolicy'},
  })
  expect(rootOf(withEvents(account, ...events.slice(1)))).toMatchObject({
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
  const account: Account = {...healthy, ...unregistered, Roles: [aRole({AttachedManagedPolicies: []})]}
  const iam = {service: 'iam', response: null}
  const attached = {roleName: 'web', policyArn: CORE}
  const trusted = (service: string, at: string) => {
    const policyDocument = JSON.stringify({
      Statement: [{Effect: 'Allow', Principal: {Service: service}, Action: 'sts:AssumeRole'}],
    })
    return event('UpdateAssumeRolePolicy', at, {roleName: 'web', policyDocument}, iam)
  }
  const events = [
    trusted('ec2.amazonaws.com', '08:00'),
    event('DetachRolePolicy', '10:00', attached, iam),
    trusted('lambda.amazonaws.com', '11:00'),
    event('AttachRolePolicy', '12:00', attached, iam),
    event('DetachRolePolicy', '14:02', attached, iam),
    trusted('ec2.amazonaws.com', '17:00'),
  ]
  expect(rootOf(withEvents(account, ...events))).toMatchObject({
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
  const account: Account = {
    ...healthy,
    ...unregistered,
    InstanceProfiles: list<InstanceProfile>(healthy.InstanceProfiles).map((one) => ({...one, Roles: []})),
  }
  const disassociated = event('DisassociateIamInstanceProfile', '18:00', {}, {response: null})
  const removed = event('RemoveRoleFromInstanceProfile', '14:02', {instanceProfileName: 'web'}, {service: 'iam'})
  const of = (...events: Parameters<typeof withEvents>[1][]) => rootOf(withEvents(account, ...events))
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
  const account: Account = {...healthy, ...unregistered, Roles: [aRole({AttachedManagedPolicies: []})]}
  const iam = {service: 'iam', response: null}
  const unread = `arn:aws:iam::${OWNER}:policy/not-read`
  const events = [
    event('DetachRolePolicy', '15:00', {roleName: 'web', policyArn: unread}, iam),
    event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam),
    event('AttachRolePolicy', '12:00', {roleName: 'web', policyArn: unread}, iam),
  ]
  expect(rootOf(withEvents(account, ...events))).toMatchObject({
    cause: 'iam.no-registration-permission',
    answer: 'changed',
    certainty: 'likely',
    until: '2026-11-19T14:02:00.000Z',
    event: {name: 'DetachRolePolicy'},
    notes: ['Whether it was so before DetachRolePolicy of 2026-11-19 15:00 UTC cannot be determined.'],
  })
})

describe('a cause that shows once others are fixed', () => {
  /** The profile has lost its role, and the role its policy. */
  const account: Account = {
    ...healthy,
    ...unregistered,
    InstanceProfiles: list<InstanceProfile>(healthy.InstanceProfiles).map((one) => ({...one, Roles: []})),
    Roles: [aRole({AttachedManagedPolicies: []})],
  }
  const iam = {service: 'iam', response: null}
  const removed = event('RemoveRoleFromInstanceProfile', '16:00', {instanceProfileName: 'web', roleName: 'web'}, iam)
  const detached = event('DetachRolePolicy', '14:02', {roleName: 'web', policyArn: CORE}, iam)
  const causesOf = (...events: Parameters<typeof withEvents>[1][]) =>
    withRevealed(withEvents(account, ...events)).causes.filter(({cause}) => cause.startsWith('iam.'))

  it('has its own history, on the model in which they are fixed', () => {
    expect(historyOf(withEvents(account, removed, detached)).causes.map(({cause}) => cause)).toEqual([
      'iam.profile-empty',
      's3.unreachable',
    ])
    expect(causesOf(removed, detached)).toMatchObject([
      {cause: 'iam.profile-empty', event: {name: 'RemoveRoleFromInstanceProfile'}, notes: []},
      {
        cause: 'iam.no-registration-permission',
        answer: 'changed',
        certainty: 'proven',
        until: '2026-11-19T14:02:00.000Z',
        event: {name: 'DetachRolePolicy'},
        notes: ['This cause shows once those before it are fixed.'],
      },
    ])
  })

  it('is not the work of the call that brought about the first', () => {
    expect(causesOf(removed)).toMatchObject([
      {cause: 'iam.profile-empty', answer: 'changed'},
      {cause: 'iam.no-registration-permission', answer: 'unchanged', event: null},
    ])
  })

  it('is looked up as well, by the resources of the model in which it shows', () => {
    const dark: Account = {
      ...healthy,
      ...unregistered,
      VpcEndpoints: list<VpcEndpoint>(healthy.VpcEndpoints).map((one) => ({...one, PrivateDnsEnabled: false})),
      HostedZones: [],
      SecurityGroups: [aGroup(WEB_GROUP), aGroup(ENDPOINT_GROUP)],
    }
    const instance = find(dark.Instances, 'InstanceId', WEB)!
    const diagnosis = diagnose(dark, instance)
    const {revealed} = planFor(dark, instance, diagnosis)
    const named = (lookups: HistoryLookups) => lookups.events.map(({value}) => value)
    expect(named(lookupsFor(dark, instance, diagnosis))).not.toContain(ENDPOINT_GROUP)
    expect(named(lookupsFor(dark, instance, diagnosis, revealed))).toContain(ENDPOINT_GROUP)
  })
})

describe('the last ping', () => {
  const lost = (LastPingDateTime: string): Account => ({
    ...closed,
    InstanceInformationList: [aNode({PingStatus: 'ConnectionLost', LastPingDateTime})],
  })

  it('rules out a later change', () => {
    expect(rootOf(withEvents(lost('2026-11-19T10:00:00.000Z'), revoked('14:02')))).toMatchObject({
      lastPing: 'too-late',
      notes: [
        'This came 4 hours after the last ping (2026-11-19 10:00 UTC), so it cannot be the cause of the lost connection. It has to be fixed all the same.',
      ],
    })
  })

  it('matches a change before the next one was due', () => {
    expect(rootOf(withEvents(lost('2026-11-19T14:00:00.000Z'), revoked('14:02')))).toMatchObject({
      lastPing: 'fits',
      notes: [],
    })
  })

  it('may be later than a change of a security group, which tracked connections outlive', () => {
    expect(rootOf(withEvents(lost('2026-11-19T18:00:00.000Z'), revoked('14:02')))).toMatchObject({
      lastPing: 'outlived',
      notes: [
        'The node pinged for 3 hours after this change: connections that were open then are tracked and outlive it.',
      ],
    })
  })
})

describe('the group of an endpoint', () => {
  const account: Account = {
    ...healthy,
    InstanceInformationList: [],
    ConnectionStatuses: [],
    SecurityGroups: [aGroup(WEB_GROUP), aGroup(ENDPOINT_GROUP)],
  }

  it('was closed by the call that removed its rule, and its undo is known', () => {
    const rule = {ipProtocol: 'tcp', fromPort: 443, toPort: 443, groups: {items: [{groupId: WEB_GROUP}]}}
    const events = withEvents(
      account,
      event('RevokeSecurityGroupIngress', '14:02', {groupId: ENDPOINT_GROUP, ipPermissions: {items: [rule]}}),
    )
    expect(rootOf(events)).toMatchObject({cause: 'endpoint.sg-blocks', answer: 'changed', certainty: 'proven'})
  })
})
