import {describe, expect, it} from 'vitest'
import {findingKey} from '../../src/diagnosis/cause-key.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {examination} from '../../src/diagnosis/examine.ts'
import {sinceWhen} from '../../src/history/since-when.ts'
import type {Account, CloudTrailEvent} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {commandLine} from '../../src/remedies/core/command-line.ts'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {faultsOfCall} from '../support/call-schemas.ts'
import {faultsOfSettings, faultsOfTemplate} from '../support/cloudformation.ts'
import {aGroup, ENDPOINT_GROUP, healthy, REGION, WEB, WEB_GROUP} from '../support/healthy.ts'
import {isCall} from '../support/remedies-of.ts'
import {ROWS} from './broken.ts'
import {event} from './events.ts'

const GONE = {InstanceInformationList: [], ConnectionStatuses: []}

function undoneIn(account: Account, CloudTrailEvents: readonly CloudTrailEvent[]) {
  const past = {...account, CloudTrailEvents}
  const instance = find(past.Instances, 'InstanceId', WEB)
  if (!instance) throw new Error('no instance')
  const {undo} = sinceWhen(past, instance, diagnose(past, instance))
  const {report} = examination(past, WEB, {undo: (finding) => [undo.get(findingKey(finding)) ?? []].flat()})
  return {undo: [...undo.values()], report}
}

const UNDONE = ROWS.map((row) => ({...row, ...undoneIn(row.account, row.events)}))
const steps = UNDONE.flatMap(({undo}) => undo.flatMap((one) => [...one.steps, ...(one.undo ?? [])]))

describe('the undo of the change that broke it', () => {
  it('is known for most of them', () => {
    expect(UNDONE.filter(({undo}) => undo.length > 0).length).toBeGreaterThan(24)
  })

  it('consists of calls that the SDK knows, with each of their parameters', () => {
    expect([...new Set(steps.filter(isCall).flatMap(faultsOfCall))]).toEqual([])
  })

  it('keeps the type and the code of an ICMP entry, which AWS requires', () => {
    const [ping] = UNDONE.find(({name}) => name === 'an entry that was replaced by one for ping')?.undo ?? []
    expect(ping?.steps).toMatchObject([{operation: 'ReplaceNetworkAclEntry', input: {Protocol: '-1'}}])
    expect(ping?.undo).toMatchObject([{input: {Protocol: '1', IcmpTypeCode: {Type: 8, Code: -1}}}])
  })

  it('can be printed for both shells', () => {
    for (const step of steps)
      for (const shell of ['sh', 'powershell'] as const)
        expect(commandLine(step, shell, {region: REGION})).not.toMatch(/is not printed/)
  })

  it('is known to the resource schemas of CloudFormation, with each property and its type', () => {
    const texts = UNDONE.flatMap(({undo}) =>
      undo.map((one) => snippet(one.steps, 'cloudformation', {region: REGION, step: 1})),
    )
    expect(texts.flatMap((text) => [...faultsOfTemplate(text), ...faultsOfSettings(text)])).toEqual([])
  })

  it.each(UNDONE.filter(({undo}) => undo.length > 0))(
    'of $name, is offered only if it fixes the cause on the model',
    ({report, undo}) => {
      const titles = new Set(undo.map(({title}) => title))
      const offered = report.checklist.flatMap(({alternatives}) => alternatives.filter(({title}) => titles.has(title)))
      for (const {verified} of offered) expect(verified).toBe(true)
    },
  )

  it('of a setting is not known if a later call changed the same resource', () => {
    const {account, events} = ROWS.find(({by}) => by === 'ReplaceRoute')!
    const later = event('CreateRoute', '16:00', {
      routeTableId: 'rtb-0aaaaaaaaaaaaaa01',
      destinationCidrBlock: '172.16.0.0/12',
      transitGatewayId: 'tgw-0bbbbbbbbbbbbbb01',
    })
    expect(undoneIn(account, events).undo.length).toBe(1)
    expect(undoneIn(account, [later, ...events]).undo).toEqual([])
  })

  it('is an alternative in the checklist, named for the call', () => {
    const detached = UNDONE.find(({by}) => by === 'UpdateAssumeRolePolicy')
    const titles = detached?.report.checklist.flatMap(({title, alternatives}) => [
      title,
      ...alternatives.map((one) => one.title),
    ])
    expect(titles).toContain('Undo UpdateAssumeRolePolicy of 2026-11-19 14:02 UTC on role web')
  })

  it('is mentioned in a fix that makes the same calls', () => {
    const account: Account = {...healthy, ...GONE, SecurityGroups: [aGroup(WEB_GROUP), aGroup(ENDPOINT_GROUP)]}
    const rule = {ipProtocol: 'tcp', fromPort: 443, toPort: 443, ipRanges: {items: [{cidrIp: '10.0.0.0/16'}]}}
    const revoked = event('RevokeSecurityGroupIngress', '14:02', {
      groupId: ENDPOINT_GROUP,
      ipPermissions: {items: [rule]},
    })
    const {report} = undoneIn(account, [revoked])
    expect(report.checklist[0]?.alternatives.map(({title}) => title)).toContain(
      `Allow inbound TCP 443 from 10.0.0.0/16 in security group ${ENDPOINT_GROUP} (Undo RevokeSecurityGroupIngress of 2026-11-19 14:02 UTC on ${ENDPOINT_GROUP})`,
    )
  })
})
