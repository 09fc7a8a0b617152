import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, isUnreadable, itemsOf, type Kind, type Reading} from '../../src/model/account.ts'
import {runs} from '../oracle/runs.ts'
import {breakages} from '../support/network-breakages.ts'
import {accountAtRandom} from '../support/random-accounts.ts'
import {accounts} from '../support/remedies-of.ts'
import {ACCOUNTS} from './accounts.ts'
import {idOf} from './less-decided.ts'

const all: readonly (readonly [string, Account])[] = [
  ...Object.entries(ACCOUNTS),
  ...breakages.map(({name, account}) => [name, account] as const),
  ...accounts.map(({name, account}) => [name, account] as const),
]

/** What a network consists of, and the instances in it. */
const NETWORK = [
  ...(['Vpcs', 'VpcAttributes', 'Subnets', 'RouteTables', 'NetworkAcls', 'SecurityGroups'] as const),
  ...(['NetworkInterfaces', 'InternetGateways', 'EgressOnlyInternetGateways', 'NatGateways', 'VpcEndpoints'] as const),
  ...(['VpcPeeringConnections', 'TransitGateways', 'TransitGatewayVpcAttachments'] as const),
  ...(['TransitGatewayRouteTables', 'HostedZones', 'ResolverRules', 'FirewallRuleGroupAssociations'] as const),
  ...(['ProfileAssociations', 'ProfileResourceAssociations', 'Instances', 'InstanceStatuses'] as const),
] as const satisfies readonly Kind[]

/** The ids of everything but prefix lists and DHCP options, which all networks may use. */
const PREFIXES = 'vpc|subnet|eni|sg|rtb|acl|igw|eigw|nat|vpce|pcx|tgw|tgw-rtb|tgw-attach|i|rslvr-\\w+|rp|rpassoc'
const IDS = new RegExp(`(?<![\\w-])((?:${PREFIXES})-)(?=\\w)|(?<=["/])(Z)(?=[A-Z0-9]+")`, 'g')

/** Another network with the same addresses, and no connection with the first; its instances have no role in common. */
const copied = <T>(items: readonly T[]): readonly T[] =>
  JSON.parse(
    JSON.stringify(items, (key, value) => (key === 'IamInstanceProfile' ? undefined : value)).replace(IDS, '$1$2c'),
  )

function withCopy(account: Account, isFirst: boolean): Account {
  const both = (reading: Reading<unknown>) => {
    const items = itemsOf(reading)
    const joined = isFirst ? [...copied(items), ...items] : [...items, ...copied(items)]
    return isUnreadable(reading) ? {...reading, known: joined} : joined
  }
  return {...account, ...Object.fromEntries(NETWORK.map((kind) => [kind, both(account[kind] as Reading<unknown>)]))}
}

function reportOf(account: Account, id: string) {
  const {verdict, verified, causes, paths, checklist} = examine(account, id)
  return {verdict, verified, causes, paths, checklist}
}

describe('a network with the same addresses that is not connected changes nothing', () => {
  it.each(all)('%s', (_, account) => {
    const report = reportOf(account, idOf(account))
    for (const isFirst of [true, false]) expect(reportOf(withCopy(account, isFirst), idOf(account))).toEqual(report)
  })

  it('an account at random', () => {
    fc.assert(
      fc.property(accountAtRandom, fc.boolean(), (account, isFirst) => {
        expect(reportOf(withCopy(account, isFirst), idOf(account))).toEqual(reportOf(account, idOf(account)))
      }),
      {numRuns: runs(100)},
    )
  })
})
