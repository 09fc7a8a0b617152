import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import {type Account, isUnreadable, itemsOf, type Kind} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {runs} from '../oracle/runs.ts'
import {breakages} from '../support/network-breakages.ts'
import {accountAtRandom} from '../support/random-accounts.ts'
import {ACCOUNTS} from './accounts.ts'
import {asSeen, idOf, liesIn} from './less-decided.ts'

/** All items with FULL, which the nightly run sets; otherwise one of each kind of each account. */
const FULL = process.env.MATRIX === 'full'
const all: readonly (readonly [string, Account])[] = [
  ...Object.entries(ACCOUNTS),
  ...breakages.map(({name, account}) => [name, account] as const),
]

const withoutOne = (
  account: Account,
  kind: Kind,
  at: number,
  reading: (rest: readonly unknown[]) => unknown,
): Account => ({
  ...account,
  [kind]: reading(itemsOf<unknown>(account[kind]).filter((_, n) => n !== at)),
})

const placesIn = (account: Account, kind: Kind, from: number): readonly number[] => {
  const {length} = itemsOf<unknown>(account[kind])
  return FULL ? Array.from({length}, (_, at) => at) : length === 0 ? [] : [from % length]
}

/**
 * What counts even if something was not read: that an endpoint stands in one zone; that nothing but the agent is left,
 * as likely, while status checks are not known, or as possible; that a missing profile is likely while host management is
 * not known; which table a subnet without a way uses; what a ping would contradict, as likely, while it is not known whether there is one; and that all is fixed
 * when sessions or S3 are not known. That an open channel would contradict a path is likely where it is not known, and so is what fixes it.
 */
const COUNTS: Readonly<Partial<Record<Kind, RegExp>>> = {
  ServiceSettings: /^(?:iam\.no-\S+ of \S+ ?\S*, likely|instance-profile: |role-permissions: |verified$)/,
  InstanceStatuses: /^os\.agent-not-running of \S+, likely$/,
  InstanceInformationList:
    /, likely$|^(?:ssm|ssmmessages|s3|ec2messages): unknown → (?:blocked|partly)$|^\S+: pass → fail$/,
  ConnectionStatuses: /^ssmmessages: unknown → blocked$|^verified$/,
  PolicySimulations: /^role-permissions: fail → pass$/,
}
const countsAlways = (lie: string) =>
  /^endpoint\.single-az |^route\.main-table-surprise |^os\.agent-not-running of \S+, possible$/.test(lie)

const REFUSED = {unreadable: 'UnauthorizedOperation: no', error: 'UnauthorizedOperation', action: 'ec2:Describe'}

/** What is said with more certainty, or otherwise, once an item of a kind is missing. */
const liesWithout = (account: Account, whole: Report, kind: Kind, at: number): readonly string[] =>
  liesIn(
    whole,
    asSeen(
      examine(
        withoutOne(account, kind, at, (known) => ({...REFUSED, known})),
        idOf(account),
      ),
    ),
  )
    .filter((lie) => !countsAlways(lie) && !COUNTS[kind]?.test(lie))
    .map((lie) => `${kind} ${at}: ${lie}`)

const OF_PATHS = /^\S+ \d+: (?:(?:ssm|ssmmessages|ec2messages|s3): |verified$)/

describe('an item that is missing from a partly read list', () => {
  it.each(all.map(([name, account], n) => [name, account, n] as const))(
    'makes no finding more certain: %s',
    (_, account, n) => {
      const whole = examine(account, idOf(account))
      const lies = KINDS.filter((kind) => kind !== 'Instances' && !isUnreadable(account[kind])).flatMap((kind, k) =>
        placesIn(account, kind, n + k).flatMap((at) => liesWithout(account, whole, kind, at)),
      )
      expect(lies).toEqual([])
    },
  )

  it('makes no path more certain: an account at random', () => {
    fc.assert(
      fc.property(accountAtRandom, fc.nat(), (account, n) => {
        const whole = examine(account, idOf(account))
        // A name that a zone answers for hides what stands behind it, which shows once the zone is not seen.
        fc.pre(!whole.causes.some(({id, severity}) => severity === 'blocks' && id.startsWith('dns.')))
        const kinds = KINDS.filter((kind) => kind !== 'Instances' && itemsOf<unknown>(account[kind]).length > 0)
        const kind = kinds[n % kinds.length]!
        const [at = 0] = placesIn({...account, [kind]: itemsOf<unknown>(account[kind])}, kind, n)
        // A fault that another hides shows once the other is not seen: what counts is what becomes of the paths.
        expect(liesWithout(account, whole, kind, at).filter((lie) => OF_PATHS.test(lie))).toEqual([])
      }),
      {numRuns: runs(150)},
    )
  })
})

describe('a kind that was not read', () => {
  it('makes no answer more certain, and turns none around: an account at random', () => {
    const hidden = /^(?:iam\.s3-managed-buckets|nat\.single-az-loss) /
    fc.assert(
      fc.property(accountAtRandom, fc.constantFrom(...KINDS), (account, kind) => {
        const whole = examine(account, idOf(account))
        // What stands behind a name that does not resolve shows once that is not seen.
        fc.pre(!whole.causes.some(({id}) => id.startsWith('dns.') && id !== 'dns.private-dns-off'))
        const known = kind === 'Instances' ? {known: itemsOf(account.Instances).slice(0, 1)} : {}
        const part = asSeen(examine({...account, [kind]: {...REFUSED, ...known}}, idOf(account)))
        const lies = liesIn(whole, part).filter((lie) => !countsAlways(lie) && !COUNTS[kind]?.test(lie))
        expect(lies.filter((lie) => !hidden.test(lie)).map((lie) => `${kind}: ${lie}`)).toEqual([])
      }),
      {numRuns: runs(200)},
    )
  })
})

/** Resources of the owner of a shared VPC that a participant does not see. */
const OF_THE_OWNER = [
  'NatGateways',
  'InternetGateways',
  'EgressOnlyInternetGateways',
  'VpcEndpoints',
  'NetworkInterfaces',
  'VpcPeeringConnections',
] as const satisfies readonly Kind[]

describe('a resource of the owner of a shared VPC that a participant does not see', () => {
  it.each(all.map(([name, {AlsoSeenBy: _, ...account}]) => [name, account as Account] as const))(
    'makes nothing proven: %s',
    (_, account) => {
      const shared: Account = {...account, Caller: {Account: '444455556666'}}
      const own = new Set(itemsOf(account.Instances)[0]?.NetworkInterfaces.map((one) => one.NetworkInterfaceId))
      const whole = examine(shared, idOf(shared))
      const proven = new Set(
        whole.causes.filter(({certainty}) => certainty === 'proven').map(({id, resource}) => `${id} ${resource}`),
      )
      const invented = OF_THE_OWNER.flatMap((kind) =>
        itemsOf<{readonly NetworkInterfaceId?: string}>(shared[kind] as never).flatMap(({NetworkInterfaceId}, at) => {
          if (kind === 'NetworkInterfaces' && own.has(NetworkInterfaceId)) return []
          const part = asSeen(
            examine(
              withoutOne(shared, kind, at, (rest) => rest),
              idOf(shared),
            ),
          )
          return part.causes
            .filter(({severity, certainty}) => ['blocks', 'degrades'].includes(severity) && certainty === 'proven')
            .map(({id, resource}) => `${id} ${resource}`)
            .filter((cause) => !proven.has(cause))
        }),
      )
      expect(invented).toEqual([])
    },
  )
})
