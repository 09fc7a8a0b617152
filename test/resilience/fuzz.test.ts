import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {parseJson} from '../../src/account-file/json-text.ts'
import {parseAccounts} from '../../src/account-file/parse-accounts.ts'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {itemsOf} from '../../src/model/account.ts'
import {textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {isUsageError} from '../../src/util/usage-error.ts'
import {healthy, healthyBehindNat} from '../support/healthy.ts'

const example = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'))
const absent = (account: object) => ({...account, InstanceInformationList: [], ConnectionStatuses: []})

/** Small files that are examined fast, and large ones; with their share of the mutations. */
const FILES: readonly (readonly [string, object, number])[] = [
  ['online behind endpoints', healthy, 5],
  ['absent behind endpoints', absent(healthy), 5],
  ['online behind a NAT gateway', healthyBehindNat, 5],
  ['absent behind a NAT gateway', absent(healthyBehindNat), 4],
  ['with a faulty role and ACL', example('role-and-acl'), 1],
  ['with endpoints beside a NAT gateway', example('endpoints-shadow-nat'), 1],
]

/** Mulberry32: the same mutations in every run; the nightly run sets its own seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

type Node = {[key: string]: unknown} | unknown[]
interface Spot {
  readonly holder: Node
  readonly key: string
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

function spotsIn(node: Node): Spot[] {
  const spots: Spot[] = []
  const open: Node[] = [node]
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const [key, value] of Object.entries(next)) {
      spots.push({holder: next, key})
      if (isNode(value)) open.push(value)
    }
  return spots
}

const JUNK: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 65536, 2 ** 53, 1e308],
  ...['', '*', '-1', 'tcp', '443', '0.0.0.0/0', '10.0.0.0/33', '::/0', '999.1.1.1', 'local', 'something-new'],
  ...['2026-13-45T99:99:99Z', '9999-12-31T23:59:59.999Z', '%7B%22a%22', '{"Version":', '\u001b[2J', '\ud800', '\u202e'],
  ...['__proto__', 'constructor', `${'a'.repeat(5000)}!`, 'vpce-0', 'arn:aws:iam::1:role/x'],
  ...[[], {}, [null], [[]], {unreadable: 'no'}, {unreadable: 'no', known: []}],
  JSON.parse('{"__proto__": {"polluted": true}}'),
  JSON.parse('[[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]]'),
]

type Mutation = (spots: readonly Spot[], pick: (below: number) => number) => void

const at = ({holder, key}: Spot): unknown => Reflect.get(holder, key)
const put = ({holder, key}: Spot, value: unknown): void => {
  Object.defineProperty(holder, key, {value, writable: true, enumerable: true, configurable: true})
}
const chosen = (spots: readonly Spot[], pick: (below: number) => number): Spot => spots[pick(spots.length)] as Spot

/** The damage that a file can have: each of these, anywhere. */
const MUTATIONS: readonly Mutation[] = [
  (spots, pick) => put(chosen(spots, pick), structuredClone(JUNK[pick(JUNK.length)])),
  (spots, pick) => {
    const {holder, key} = chosen(spots, pick)
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else Reflect.deleteProperty(holder, key)
  },
  (spots, pick) => put(chosen(spots, pick), structuredClone(at(chosen(spots, pick)))),
  (spots, pick) => {
    const spot = chosen(spots, pick)
    if (Array.isArray(spot.holder)) spot.holder.push(structuredClone(at(spot)))
    else put({holder: spot.holder, key: `${spot.key}x`}, at(spot))
  },
  (spots, pick) => {
    const spot = chosen(spots, pick)
    put(spot, [at(spot)])
  },
  (spots, pick) => {
    const texts = spots.filter((spot) => typeof at(spot) === 'string')
    put(chosen(texts, pick), at(chosen(texts, pick)))
  },
  (spots, pick) => {
    const spot = chosen(spots, pick)
    const value = at(spot)
    put(spot, typeof value === 'number' ? String(value) : typeof value === 'string' ? Number(value) || 7 : {a: value})
  },
]

/** Bytes that were lost, doubled or changed. */
function damaged(text: string, pick: (below: number) => number): string {
  const from = pick(text.length)
  const to = Math.min(text.length, from + pick(30))
  const between = ['', text.slice(from, to).repeat(2), '"', '}', ']', ',', '\\', '\u0000', '0', '\ufeff'][pick(10)]
  return `${text.slice(0, from)}${between}${text.slice(to)}`
}

function mutated(text: string, pick: (below: number) => number): () => unknown {
  if (pick(4) === 0) {
    const other = damaged(text, pick)
    return () => parseJson('a', other)
  }
  const json: Node = JSON.parse(text)
  for (let left = 1 + pick(3); left > 0; left--) MUTATIONS[pick(MUTATIONS.length)]?.(spotsIn(json), pick)
  return () => json
}

/** The outcome: a report, or one sentence. Anything else is thrown. */
function outcomeOf(read: () => unknown, isWhole: boolean): 'report' | 'sentence' {
  try {
    const [account] = parseAccounts([{name: 'a', json: read()}], {
      region: 'eu-west-1',
      now: '2026-11-23T00:00:00Z',
    }).accounts
    const [instance] = account ? itemsOf(account.Instances) : []
    if (!account) throw new Error('neither an account nor a complaint')
    if (!isWhole && instance) diagnose(account, instance)
    else {
      const report = examine(account, instance?.InstanceId ?? 'i-0')
      const text = textReport(report, {terminal: PIPE, verbose: true})
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for it
      if (/[\u001b\u202e]/.test(text)) throw new Error('not fit to print')
    }
    return 'report'
  } catch (error) {
    if (!isUsageError(error) || error.message.includes('\n')) throw error
    return 'sentence'
  }
}

/** Every nth one is also planned and printed, which takes longest; in the nightly run all. */
const PLANNED = process.env.FUZZ ? 1 : 10
const MUTANTS = Number(process.env.FUZZ ?? 21_000)
const SEED = Number(process.env.PROPERTY_SEED ?? 20_261_125)

describe('a damaged account file', () => {
  it.each(FILES)('%s gives a report or one sentence, whatever the damage', (_, file, share) => {
    const text = JSON.stringify({Format: 'ssm-doctor/account/1', ...file})
    const ends = {report: 0, sentence: 0}
    const crashes: string[] = []
    for (let n = 0; n < (MUTANTS * share) / 21; n++) {
      const seed = SEED + n * 31 + text.length * 1_000_003
      try {
        ends[outcomeOf(mutated(text, randomFrom(seed)), n % PLANNED === 0)]++
      } catch (error) {
        crashes.push(`seed ${seed}: ${error instanceof Error ? error.stack?.split('\n').slice(0, 4).join(' ') : error}`)
      }
    }
    expect(crashes.slice(0, 5)).toEqual([])
    expect(ends.report).toBeGreaterThan(50)
    expect(ends.sentence).toBeGreaterThan(50)
    expect('polluted' in {}).toBe(false)
  })
})
