import fc from 'fast-check'
import {type Account, itemsOf} from '../../src/model/account.ts'
import type {Hop} from '../../src/network/path.ts'
import {walk} from '../../src/network/walk.ts'
import {isObject} from '../../src/util/json.ts'
import {accountOf, differencesOf, HEALTHY, INSTANCE, type Plan} from './arbitrary.ts'
import {judge} from './judge.ts'
import {runs} from './runs.ts'

/** Every path of the walk that disagrees with the packets. */
export function disagreementsIn(account: Account): readonly string[] {
  const instance = itemsOf(account.Instances).find(({InstanceId}) => InstanceId === INSTANCE)
  if (!instance) return ['no instance']
  return walk(account, instance).flatMap(({host, port, verdict, hops}) => {
    const {allowed, resolved, examples} = judge(account, instance, host, port)
    if (allowed.includes(verdict) || (verdict !== 'open' && givesUp(hops))) return []
    const said = hops.filter((hop) => hop.verdict !== 'open').map(({because, direction}) => `${direction}: ${because}`)
    return [
      `${host} is ${verdict}, packets say ${allowed.join(' or ')} (${resolved})`,
      ...said,
      JSON.stringify(examples),
    ]
  })
}

/**
 * The walk follows a path into one hub, not from hub to hub, and it does not pass to the next rule what a rule that
 * splits the internet leaves of it. Nor does it report that an online node has no path. In these cases it reports
 * unknown, and never an open path.
 */
const givesUp = (hops: readonly Hop[]): boolean =>
  hops.some(({because, verdict}) => verdict === 'unknown' && GIVES_UP.test(because))

const GIVES_UP = /does not trace|is among them/

/** Resets to the healthy value whatever the disagreement does not need, one thing after the other. */
function smallest(one: Plan, disagrees: (one: Plan) => boolean): Plan {
  let small = one
  for (const path of pathsOf(one)) {
    const smaller = reset(small, HEALTHY, path)
    if (disagrees(smaller)) small = smaller
  }
  return small
}

const pathsOf = (one: Plan): readonly (readonly string[])[] =>
  Object.entries(one).flatMap(([key, value]) => [
    [key],
    ...(isObject(value) ? Object.keys(value).map((name) => [key, name]) : []),
  ])

function reset<T>(faulty: T, healthy: T, [key = '', ...rest]: readonly string[]): T {
  if (!isObject(faulty) || !isObject(healthy)) return faulty
  const value = rest.length > 0 ? reset(faulty[key], healthy[key], rest) : healthy[key]
  return {...faulty, [key]: value}
}

const seedOf = (part: number): number => Number(fc.readConfigureGlobal().seed) + part

/** Each part is a test of its own, with its own random plans, so that one that hangs is noticed in a minute. */
export const PARTS = [1, 2, 3, 4, 5] as const

/** Generates plans until the walk and the packets disagree, and returns the smallest plan on which they do. */
export function compare(networks: fc.Arbitrary<Plan>, usual: number, part: number): string | undefined {
  const disagrees = (one: Plan) => disagreementsIn(accountOf(one)).length > 0
  const property = fc.property(networks, (one) => !disagrees(one))
  const found = fc.check(property, {numRuns: runs(usual), endOnFailure: true, seed: seedOf(part)})
  if (!found.failed) return undefined
  if (!found.counterexample) return `seed ${found.seed} was interrupted`
  const one = smallest(found.counterexample[0], disagrees)
  const where = `seed ${found.seed}, path ${found.counterexamplePath}`
  return [where, JSON.stringify(differencesOf(one)), ...disagreementsIn(accountOf(one))].join('\n')
}
