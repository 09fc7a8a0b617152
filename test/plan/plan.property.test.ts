import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Account, type IpPermission, isUnreadable, itemsOf, type Route} from '../../src/model/account.ts'
import {comparePlan} from '../../src/plan/compare.ts'
import {outcomeOf, withoutObservations} from '../../src/plan/outcome.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import type {PlannedResource, Properties} from '../../src/plan/resource.ts'
import {accountOf, HEALTHY, network} from '../oracle/arbitrary.ts'
import {runs} from '../oracle/runs.ts'
import {healthy} from '../support/healthy.ts'

/** One item of the network, as a resource of a plan, and the network without it, built independently. */
interface Line {
  readonly type: string
  readonly id: string
  readonly properties: Properties
  readonly without: Account
}

const TARGETS = [
  'GatewayId',
  'NatGatewayId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'EgressOnlyInternetGatewayId',
]

function routesOf(account: Account): readonly Line[] {
  return itemsOf(account.RouteTables).flatMap(({RouteTableId, Routes}) =>
    isUnreadable(Routes)
      ? []
      : Routes.filter(isPlanned).map((route) => ({
          type: 'AWS::EC2::Route',
          id: 'route',
          properties: {RouteTableId, ...route},
          without: {
            ...account,
            RouteTables: itemsOf(account.RouteTables).map((table) =>
              table.RouteTableId === RouteTableId ? {...table, Routes: Routes.filter((one) => one !== route)} : table,
            ),
          },
        })),
  )
}

/** A route that a plan can express completely: with a named target, and not a blackhole. */
const isPlanned = (route: Route): boolean =>
  route.State === 'active' &&
  route.GatewayId !== 'local' &&
  !route.GatewayId?.startsWith('vpce-') &&
  TARGETS.some((target) => target in route) &&
  Object.keys(route).every((key) => TARGETS.includes(key) || /^Destination|^State$|^Origin$/.test(key))

function entriesOf(account: Account): readonly Line[] {
  return itemsOf(account.NetworkAcls).flatMap(({NetworkAclId, Entries}) =>
    isUnreadable(Entries)
      ? []
      : Entries.filter(({RuleNumber}) => RuleNumber < 32_767).map((entry) => ({
          type: 'AWS::EC2::NetworkAclEntry',
          id: 'entry',
          properties: {NetworkAclId, ...entry},
          without: {
            ...account,
            NetworkAcls: itemsOf(account.NetworkAcls).map((acl) =>
              acl.NetworkAclId === NetworkAclId ? {...acl, Entries: Entries.filter((one) => one !== entry)} : acl,
            ),
          },
        })),
  )
}

const PEERS = ['IpRanges', 'Ipv6Ranges', 'PrefixListIds', 'UserIdGroupPairs'] as const

/** A rule with one peer: plans contain no others. */
const isSingle = (rule: IpPermission): boolean => PEERS.flatMap((list) => rule[list] ?? []).length === 1

function rulesOf(account: Account): readonly Line[] {
  return itemsOf(account.SecurityGroups).flatMap((group) =>
    (['IpPermissions', 'IpPermissionsEgress'] as const).flatMap((list) =>
      group[list].filter(isSingle).map((rule) => {
        const peer = list === 'IpPermissions' ? 'Source' : 'Destination'
        const [pair] = rule.UserIdGroupPairs ?? []
        const [listed] = rule.PrefixListIds ?? []
        return {
          type: `AWS::EC2::SecurityGroup${list === 'IpPermissions' ? 'Ingress' : 'Egress'}`,
          id: 'rule',
          properties: {
            GroupId: group.GroupId,
            IpProtocol: rule.IpProtocol,
            FromPort: rule.FromPort,
            ToPort: rule.ToPort,
            CidrIp: rule.IpRanges?.[0]?.CidrIp,
            CidrIpv6: rule.Ipv6Ranges?.[0]?.CidrIpv6,
            [`${peer}SecurityGroupId`]: pair?.GroupId,
            [`${peer}PrefixListId`]: listed?.PrefixListId,
          },
          without: {
            ...account,
            SecurityGroups: itemsOf(account.SecurityGroups).map((one) =>
              one === group ? {...one, [list]: one[list].filter((other) => other !== rule)} : one,
            ),
          },
        }
      }),
    ),
  )
}

const linesOf = (account: Account): readonly Line[] => [
  ...routesOf(account),
  ...entriesOf(account),
  ...rulesOf(account),
]

const planned = ({type, id, properties}: Line, action: 'create' | 'delete'): PlannedResource => ({
  address: 'line',
  type,
  id,
  action,
  attributes: [],
  ...(action === 'delete' ? {before: properties} : {after: properties}),
})

const source = {file: 'plan.json', language: 'terraform'} as const
const RANK = {managed: 0, degraded: 1, 'at-risk': 1, undecided: 2, unmanaged: 3} as const

const outcomes = (account: Account) =>
  itemsOf(account.Instances).map((instance) => {
    const {verdict, causes} = outcomeOf(account, instance)
    return {verdict, causes: causes.map(({id, resource}) => `${id} ${resource}`).sort()}
  })

/** The network at random, around an instance with the role of the healthy one. */
const around = (account: Account): Account =>
  withoutObservations({
    ...account,
    InstanceProfiles: healthy.InstanceProfiles,
    Roles: healthy.Roles,
    Policies: healthy.Policies,
    Instances: itemsOf(account.Instances).map((one) => ({
      ...one,
      IamInstanceProfile: itemsOf(healthy.Instances)[0]!.IamInstanceProfile!,
    })),
  })
const quiet = network.map(around)
const oneLine = quiet.chain((account) => {
  const lines = linesOf(account)
  return lines.length === 0 ? fc.constant(undefined) : fc.constantFrom(...lines).map((line) => ({account, line}))
})

describe('any network', () => {
  it('keeps every verdict under a plan without changes', () => {
    fc.assert(
      fc.property(quiet, (account) => {
        const report = comparePlan(account, {resources: [], ignored: []}, source)
        expect(report.instances).toEqual([])
      }),
      {numRuns: runs(100)},
    )
  })

  it('is unchanged after an item is removed and added again', () => {
    fc.assert(
      fc.property(oneLine, (chosen) => {
        if (!chosen) return
        const {account, line} = chosen
        const gone = applyResources(account, [planned(line, 'delete')])
        expect(outcomes(applyResources(gone, [planned(line, 'create')]))).toEqual(outcomes(account))
      }),
      {numRuns: runs(300)},
    )
  })

  it('without an item has the verdict that the plan predicts for its removal, and what gets worse is reported', () => {
    const worse = new Set<string>()
    const check = (account: Account) => {
      const were = outcomes(account)
      for (const line of linesOf(account)) {
        const resource = planned(line, 'delete')
        const will = outcomes(line.without)
        expect(outcomes(applyResources(account, [resource]))).toEqual(will)
        const count = will.filter(({verdict}, at) => RANK[verdict] > RANK[were[at]!.verdict]).length
        if (count === 0) continue
        worse.add(line.type)
        const {totals} = comparePlan(account, {resources: [resource], ignored: []}, source)
        expect(totals.lost + totals.degraded + totals.unknown).toBeGreaterThanOrEqual(count)
      }
    }
    check(around(accountOf(HEALTHY)))
    fc.assert(
      fc.property(quiet, (account) => {
        fc.pre(outcomes(account)[0]?.verdict !== 'unmanaged')
        check(account)
      }),
      {numRuns: runs(20), maxSkipsPerRun: 1000},
    )
    expect(worse.size).toBeGreaterThan(2)
  })
})
