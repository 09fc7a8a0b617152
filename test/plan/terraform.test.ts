import {describe, expect, it} from 'vitest'
import {itemsOf} from '../../src/model/account.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {planExitCode} from '../../src/plan/exit-code.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {healthy, healthyBehindNat, WEB, WEB_GROUP} from '../support/healthy.ts'
import {planOf} from './plans.ts'

const SOURCE = {file: 'plan.json', language: 'terraform'} as const
const report = (json: unknown, account = healthy) => comparePlan(account, terraformPlan('plan.json', json), SOURCE)

const EGRESS = [{protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0']}]
const group = {id: WEB_GROUP, name: 'web', vpc_id: 'vpc-0aaaaaaaaaaaaaa01', egress: EGRESS}

describe('a change of a security group that exists', () => {
  const closed = planOf({
    address: 'aws_security_group.web',
    actions: ['update'],
    before: group,
    after: {...group, egress: []},
  })

  it('names the instance that becomes unmanaged, and the responsible attribute', () => {
    const {instances, totals} = report(closed)
    expect(totals).toMatchObject({lost: 1, unchanged: 0})
    expect(instances).toMatchObject([
      {
        id: WEB,
        before: 'degraded',
        after: 'unmanaged',
        change: 'lost',
        causes: [{id: 'sg.no-egress-443', by: [{address: 'aws_security_group.web', attributes: ['egress']}]}],
      },
    ])
  })

  it('exits with 1', () => expect(planExitCode(report(closed))).toBe(1))

  it('is uncertain if a rule is known only after apply', () => {
    const unsure = planOf({
      address: 'aws_security_group.web',
      actions: ['update'],
      before: group,
      after: {...group, egress: [{protocol: 'tcp', from_port: 443, to_port: 443}]},
      unknown: {egress: [{cidr_blocks: [true]}]},
      expressions: {egress: [{cidr_blocks: {references: ['local.ranges']}}]},
    })
    expect(report(unsure)).toMatchObject({totals: {unknown: 1}, instances: [{after: 'undecided'}]})
    expect(planExitCode(report(unsure))).toBe(3)
  })
})

describe('a plan without changes', () => {
  it('changes no verdict', () => {
    const same = planOf({address: 'aws_security_group.web', actions: ['no-op'], before: group, after: group})
    expect(report(same)).toMatchObject({totals: {unchanged: 1}, instances: []})
    expect(report(planOf())).toMatchObject({totals: {unchanged: 1}, instances: []})
    expect(planExitCode(report(planOf()))).toBe(0)
  })
})

describe('a route that is deleted', () => {
  const [table] = itemsOf(healthyBehindNat.RouteTables).filter(({Routes}) => JSON.stringify(Routes).includes('nat-'))
  const nat = JSON.stringify(table).match(/nat-[0-9a-f]+/)![0]
  const route = {
    id: 'r-1',
    route_table_id: table!.RouteTableId,
    destination_cidr_block: '0.0.0.0/0',
    nat_gateway_id: nat,
  }

  it('is reported to disconnect the instance', () => {
    const gone = planOf({address: 'aws_route.out', actions: ['delete'], before: route})
    expect(report(gone, healthyBehindNat).instances).toMatchObject([
      {
        change: 'lost',
        causes: expect.arrayContaining([
          expect.objectContaining({severity: 'blocks', by: [{address: 'aws_route.out', attributes: []}]}),
        ]),
      },
    ])
  })

  it('is replaced by the same route under another address', () => {
    const moved = planOf(
      {address: 'aws_route.out', actions: ['delete'], before: route},
      {address: 'aws_route.internet', actions: ['create'], after: {...route, id: undefined}},
    )
    expect(report(moved, healthyBehindNat).totals).toMatchObject({lost: 0, unchanged: 1})
  })
})

describe('a main route table association that is deleted', () => {
  const tables = itemsOf(healthyBehindNat.RouteTables)
  const through = tables.find(({Routes}) => JSON.stringify(Routes).includes('nat-'))!
  const empty = {...through, RouteTableId: 'rtb-0eeeeeeeeeeeeeee1', Associations: [], Routes: []}
  const main = [{Main: true, RouteTableId: through.RouteTableId, AssociationState: {State: 'associated' as const}}]
  const [acl] = itemsOf(healthyBehindNat.NetworkAcls)
  const ofNat = {NetworkAclId: acl!.NetworkAclId, SubnetId: 'subnet-0aaaaaaaaaaaaaa2'}
  const account = {
    ...healthyBehindNat,
    NetworkAcls: [{...acl!, Associations: [...acl!.Associations, ofNat]}],
    RouteTables: tables.map((one) => (one === through ? {...one, Associations: main} : one)).concat(empty),
  }
  const gone = (original?: string) =>
    planOf({
      address: 'aws_main_route_table_association.a',
      actions: ['delete'],
      before: {vpc_id: through.VpcId, route_table_id: through.RouteTableId, original_route_table_id: original},
    })

  it('makes the original table the main one again', () => {
    expect(report(gone(empty.RouteTableId), account).totals).toMatchObject({lost: 1})
  })

  it('does so if the VPC is known only after the plan is applied, for a route table has one VPC', () => {
    const unknown = planOf({
      address: 'aws_main_route_table_association.a',
      actions: ['create'],
      after: {route_table_id: empty.RouteTableId},
      unknown: {vpc_id: true},
    })
    expect(report(unknown, account).totals).toMatchObject({lost: 1})
  })

  it('leaves the instance undetermined if that table is not known', () => {
    expect(report(gone(), account).totals).toMatchObject({unknown: 1})
  })
})

describe('what is not a plan', () => {
  it.each([
    ['a list', [], /expected a JSON object/],
    ['a state', {version: 4}, /format_version is missing/],
    ['what terraform show prints of a state', {format_version: '1.0', values: {root_module: {}}}, /it is of a state/],
    ['a damaged one', {format_version: '1.2', resource_changes: [{address: 'a'}]}, /resource_changes\[0\]/],
    ['a plan with text instead of changes', {format_version: '1.2', resource_changes: 'x'}, /is not a list/],
  ])('%s is rejected in one sentence', (_, json, sentence) => {
    expect(() => terraformPlan('plan.json', json)).toThrow(sentence)
  })

  it('keeps unmodeled kinds by name', () => {
    const {ignored} = report(planOf({address: 'aws_networkfirewall_firewall.x', actions: ['create'], after: {}}))
    expect(ignored).toEqual([
      {address: 'aws_networkfirewall_firewall.x', type: 'aws_networkfirewall_firewall', relevant: true},
    ])
  })
})
