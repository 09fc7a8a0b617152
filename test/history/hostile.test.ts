import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {findingKey} from '../../src/diagnosis/cause-key.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {examination} from '../../src/diagnosis/examine.ts'
import {changesIn} from '../../src/history/event.ts'
import {parametersOf} from '../../src/history/parameters.ts'
import {sinceWhen} from '../../src/history/since-when.ts'
import type {Account, CloudTrailEvent, ConfigurationItem} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {htmlReports} from '../../src/render/html/instance-page.ts'
import {briefReport} from '../../src/render/text/brief.ts'
import {textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {aGroup, CORE, healthy, OWNER, PROFILE, REGION, ROLE, SUBNET, VPC, WEB, WEB_GROUP} from '../support/healthy.ts'
import {event} from './events.ts'
import {REVERTED} from './reverted.ts'

const closed: Account = {
  ...healthy,
  InstanceInformationList: [],
  ConnectionStatuses: [],
  SecurityGroups: [
    aGroup(WEB_GROUP, {IpPermissionsEgress: []}),
    ...(healthy.SecurityGroups as readonly never[]).slice(1),
  ],
  VpcAttributes: [{VpcId: VPC, EnableDnsSupport: {Value: false}, EnableDnsHostnames: {Value: true}}],
}

function examined(account: Account) {
  const instance = find(account.Instances, 'InstanceId', WEB)
  if (!instance) throw new Error('no instance')
  const history = sinceWhen(account, instance, diagnose(account, instance))
  const undo = (finding: {cause: string; resource: string}) => [history.undo.get(findingKey(finding)) ?? []].flat()
  return {...examination(account, WEB, {undo}).report, sinceWhen: history.sinceWhen}
}

/** Ids that exist, text, numbers, and shapes that CloudTrail has elsewhere. */
const IDS = [
  WEB,
  WEB_GROUP,
  VPC,
  SUBNET,
  ROLE,
  'web',
  CORE,
  PROFILE,
  'acl-0aaaaaaaaaaaaaa01',
  'rtb-0aaaaaaaaaaaaaa01',
  '0.0.0.0/0',
  '-1',
  'true',
]
const leaf = fc.oneof(fc.constantFrom(...IDS), fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
const NAMES = [
  ...[
    'groupId',
    'ipPermissions',
    'items',
    'ipRanges',
    'cidrIp',
    'networkAclId',
    'ruleNumber',
    'egress',
    'associationId',
  ],
  ...[
    'routeTableId',
    'destinationCidrBlock',
    'natGatewayId',
    'roleName',
    'policyArn',
    'policyDocument',
    'vpcId',
    'vpcEndpointId',
  ],
  ...[
    'enableDnsSupport',
    'value',
    'instanceId',
    'groupSet',
    'content',
    'tag',
    'ModifyVpcEndpointRequest',
    'removeSubnetId',
    '__proto__',
  ],
  ...[
    'securityGroupRuleSet',
    'newAssociationId',
    'subnetId',
    'instancesSet',
    'internetGatewayBlockMode',
    'constructor',
    'settingId',
  ],
]
const parameters = fc.letrec((tie) => ({
  value: fc.oneof({maxDepth: 5}, leaf, fc.array(tie('value'), {maxLength: 3}), tie('object')),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), {maxKeys: 6}),
})).object

const anEvent = fc
  .record({
    name: fc.constantFrom(...REVERTED, 'RunInstances', 'CreateRole', 'constructor', 'toString', '__proto__'),
    request: fc.option(parameters),
    response: fc.option(parameters),
    minute: fc.integer({min: 10, max: 59}),
    identity: fc.option(parameters),
  })
  .map(({name, request, response, minute, identity}) =>
    event(name, `14:${minute}`, request, {response, userIdentity: identity, resources: [{ARN: WEB_GROUP}, {ARN: VPC}]}),
  )

describe('any events', () => {
  it('give a report, and never a crash', () => {
    fc.assert(
      fc.property(fc.array(anEvent, {maxLength: 5}), (CloudTrailEvents) => {
        const report = examined({...closed, CloudTrailEvents})
        expect(report.sinceWhen.causes.length).toBeGreaterThan(0)
        expect(textReport(report, {terminal: PIPE}).length).toBeGreaterThan(0)
      }),
      {numRuns: 150},
    )
  })

  it('may be text that is not an event', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (CloudTrailEvent) => {
        const {events} = changesIn([{CloudTrailEvent} as CloudTrailEvent, {}], {Region: REGION, ReadAt: healthy.ReadAt})
        expect(events).toEqual([])
      }),
    )
  })

  it('may have parameters with any nesting', () => {
    const text = `${'{"items":['.repeat(5000)}${']}'.repeat(5000)}`
    const deep: unknown = JSON.parse(text)
    expect(parametersOf({ipPermissions: deep})).toBeDefined()
    const CloudTrailEvents = [
      {
        EventId: 'e',
        EventName: 'RevokeSecurityGroupEgress',
        EventTime: '2026-11-19T14:02:00.000Z',
        CloudTrailEvent: `{"eventName":"RevokeSecurityGroupEgress","eventTime":"2026-11-19T14:02:00Z","requestParameters":{"groupId":"${WEB_GROUP}","ipPermissions":${text}}}`,
      },
    ] as unknown as readonly CloudTrailEvent[]
    expect(
      examined({...closed, VpcAttributes: healthy.VpcAttributes, CloudTrailEvents}).sinceWhen.causes[0],
    ).toMatchObject({answer: 'last-changed'})
  })

  it('and any recorded configuration', () => {
    const item = fc.record({
      resourceType: fc.constantFrom(
        'AWS::EC2::SecurityGroup',
        'AWS::EC2::VPC',
        'AWS::EC2::Instance',
        'AWS::IAM::Role',
        'constructor',
      ),
      resourceId: fc.constantFrom(WEB_GROUP, VPC, WEB, 'AROAEXAMPLEWEB'),
      arn: fc.constantFrom(ROLE, WEB_GROUP),
      configurationItemCaptureTime: fc.constant('2026-11-19T09:00:00.000Z'),
      configuration: fc.oneof(
        parameters.map((value) => JSON.stringify({...(value as object), groupId: WEB_GROUP})),
        fc.string(),
      ),
    })
    fc.assert(
      fc.property(fc.array(item, {maxLength: 4}), (items) => {
        const account = {
          ...closed,
          ConfigurationItems: items as unknown as readonly ConfigurationItem[],
          CloudTrailEvents: [],
        }
        expect(examined(account).sinceWhen.causes.length).toBeGreaterThan(0)
      }),
      {numRuns: 150},
    )
  })
})

describe('hostile names', () => {
  const CONTROLS = ['\u001b', '\u0007', '\u202e']
  const ESCAPE = '\u001b[31mred\u001b]0;title\u0007\u202e<script>alert(1)</script>\n::error::x'
  const hostile = event(
    'RevokeSecurityGroupEgress',
    '14:02',
    {groupId: WEB_GROUP, ipPermissions: {items: [{ipProtocol: '-1', ipRanges: {items: [{cidrIp: '0.0.0.0/0'}]}}]}},
    {
      userAgent: `${ESCAPE} $(reboot)`,
      eventID: ESCAPE,
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${OWNER}:assumed-role/${ESCAPE}/s`,
        sessionContext: {sessionIssuer: {userName: ESCAPE}},
      },
    },
  )
  const report = examined({...closed, VpcAttributes: healthy.VpcAttributes, CloudTrailEvents: [hostile]})

  it('are inert in text', () => {
    expect(report.sinceWhen.causes[0]).toMatchObject({answer: 'changed'})
    for (const text of [textReport(report, {terminal: PIPE}), briefReport(report, PIPE)]) {
      for (const control of CONTROLS) expect(text).not.toContain(control)
      expect(text.split('\n').some((line) => line.startsWith('::error'))).toBe(false)
    }
  })

  it('are inert in HTML', () => {
    const page = htmlReports([report])
    expect(page).toContain('When it broke')
    expect(page).not.toContain('<script>alert')
    for (const control of CONTROLS) expect(page).not.toContain(control)
  })

  it('are never in a command', () => {
    const commands = report.checklist.flatMap(({commands: own, alternatives}) => [
      ...own,
      ...alternatives.flatMap((one) => one.commands),
    ])
    expect(commands.join('\n')).not.toMatch(/reboot|script|red/)
  })

  it('of resources that are not ids are shown but never put into a command', () => {
    const evil = event('RevokeSecurityGroupEgress', '14:02', {
      groupId: WEB_GROUP,
      ipPermissions: {
        items: [{ipProtocol: '-1', ipRanges: {items: [{cidrIp: '0.0.0.0/0'}, {cidrIp: "$(touch /tmp/x)'"}]}}],
      },
    })
    const {checklist} = examined({...closed, VpcAttributes: healthy.VpcAttributes, CloudTrailEvents: [evil]})
    const all = checklist.flatMap(({commands, alternatives}) => [
      ...commands,
      ...alternatives.flatMap((one) => one.commands),
    ])
    for (const command of all.filter((one) => one.includes('touch'))) expect(command).toMatch(/'[^']*\$\(touch/)
  })
})
