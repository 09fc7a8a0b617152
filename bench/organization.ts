/**
 * An organization on Lambda, in one process, with an AWS that answers at once: what the functions ask, and what it costs.
 * npx rolldown bench/organization.ts --platform node --dir /tmp/organization
 * node /tmp/organization/organization.js model [accounts] [Regions] [instances in all]
 * node /tmp/organization/organization.js units [accounts] [Regions] [instances of each Region]
 * node --max-old-space-size=9000 /tmp/organization/organization.js merge [accounts] [instances of each]
 */
import {parseAccounts} from '../src/account-file/parse-accounts.ts'
import type {Unit} from '../src/fleet/expected.ts'
import {list} from '../src/lambda/list.ts'
import {merge} from '../src/lambda/merge.ts'
import {unit} from '../src/lambda/unit.ts'
import type {Account} from '../src/model/account.ts'
import {BUCKET, lambdaAws} from '../test/support/lambda.ts'
import {fleetAccount} from './fleet-account.ts'

const ALL_REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1'],
  ...['ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2'],
]
const AT_ONCE = 20
const STARTED = '2026-11-28T09:00:00.000Z'
const idOf = (n: number): string => String(100_000_000_000 + n)
const CONTEXT = {getRemainingTimeInMillis: () => 900_000}

const [, , task = 'units', ...rest] = process.argv
const numbers = rest.map(Number)

/** The same account in every Region, under the account's id; ids of instances differ. */
function accountsOf(instances: number) {
  const text = JSON.stringify(fleetAccount({instances, region: 'eu-west-1'}))
  const made = new Map<string, Account>()
  return (id: string, region: string): Account => {
    const key = `${id} ${region}`
    const known = made.get(key)
    if (known) return known
    const json = text
      .replaceAll('111122223333', id)
      .replaceAll('eu-west-1', region)
      .replaceAll(/\bi-0{4}/g, `i-${id.slice(-4)}`)
    const account = parseAccounts([{name: 'fleet', json: JSON.parse(json)}]).accounts[0]
    if (account === undefined) throw new Error('no account')
    made.set(key, account)
    if (made.size > 2 * AT_ONCE * 4) made.delete(made.keys().next().value ?? '')
    return account
  }
}

async function withAws(accounts: number, regions: readonly string[], account: (id: string, region: string) => Account) {
  const calls = new Map<string, number>()
  const aws = await lambdaAws({
    accounts: Array.from({length: accounts}, (_, n) => idOf(n)),
    regions,
    account,
    unless: (_, {service, operation}) => {
      const key = `${service}:${operation}`
      calls.set(key, (calls.get(key) ?? 0) + 1)
      return undefined
    },
  })
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAbench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_REGION: 'eu-west-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    BUCKET,
    TOPIC: 'arn:aws:sns:eu-west-1:111122223333:topic',
    ROLE_NAME: 'ssm-doctor-audit',
    ACCOUNTS: 'organization',
    REGIONS: 'all',
    FAIL_ON: 'never',
  })
  console.info = () => undefined
  return {aws, calls}
}

const line = (...cells: readonly (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`)
const rounded = (n: number): string => Math.round(n).toLocaleString('en-US')
const dollars = (n: number): string => `$${n.toFixed(2)}`

interface Size {
  readonly accounts: number
  readonly regions: number
  /** Of each Region. */
  readonly vpcs: number
  readonly instances: number
}

/** Calls of an account: the role and who it is, its Regions and its roles, once; the rest in each Region. */
function callsOf({regions, vpcs, instances}: Size): number {
  const pages = (size: number) => Math.max(1, Math.ceil(instances / size)) - 1
  const perRegion = 26 + 4 * vpcs + 5 * pages(1000) + pages(50)
  return 4 + regions * perRegion
}

/** List prices of us-east-1: https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/step-functions/pricing/, https://aws.amazon.com/s3/pricing/ */
const PRICE = {gbSecond: 0.0000133334, transition: 0.025 / 1000, put: 0.005 / 1000, get: 0.0004 / 1000, gbMonth: 0.023}

/** Assumed of AWS: a call takes a tenth of a second; a Region needs ten one after the other, besides its pages. */
const LATENCY = 0.1
const ROUNDS = 10
/** Measured: seconds of a processor. */
const CPU = {region: 0.07, instance: 0.0001, start: 1}
const REGIONS_AT_ONCE = 4

function model(accounts = 1000, regions = 17, all = 1_000_000): void {
  const size = {accounts, regions, vpcs: 1, instances: all / accounts / regions}
  const {instances} = size
  const waits = (regions / REGIONS_AT_ONCE) * LATENCY * (ROUNDS + Math.ceil(instances / 50))
  const unitSeconds = CPU.start + waits + regions * (CPU.region + instances * CPU.instance)
  const mergeSeconds = 20 + all / 15_000
  const put = accounts * (regions + 1) + 12
  const get = accounts * (regions + 2) + 10
  const listed = accounts + 3 * Math.ceil((accounts * regions) / 1000) + 10
  const transitions = 2 * accounts + 8
  const gb = (all * 900) / 1e9
  line('what', 'per account', 'in all', 'dollars a run')
  line('---', '---:', '---:', '---:')
  line('calls of AWS', rounded(callsOf(size)), rounded(callsOf(size) * accounts), '')
  line(
    'unit, seconds at 1,769 MB',
    unitSeconds.toFixed(1),
    rounded(unitSeconds * accounts),
    dollars(unitSeconds * accounts * 1.769 * PRICE.gbSecond),
  )
  line('merge, seconds at 8 GB', '', rounded(mergeSeconds), dollars(mergeSeconds * 8 * PRICE.gbSecond))
  line('state transitions', 2, rounded(transitions), dollars(transitions * PRICE.transition))
  line('S3 PUT and LIST', regions + 2, rounded(put + listed), dollars((put + listed) * PRICE.put))
  line('S3 GET', regions + 2, rounded(get), dollars(get * PRICE.get))
  line('kept, GB (dollars a month for 57 weeks)', '', gb.toFixed(1), dollars(gb * 57 * PRICE.gbMonth))
  line('minutes, 20 at a time', '', ((unitSeconds * accounts) / 20 / 60 + mergeSeconds / 60).toFixed(0), '')
}

async function units(accounts = 200, regions = 1, instances = 10): Promise<void> {
  const account = accountsOf(instances)
  const {aws, calls} = await withAws(accounts, ALL_REGIONS.slice(0, regions), account)
  const started = performance.now()
  const {run, todo} = await list({startedAt: STARTED})
  const waiting = aws.json<readonly Unit[]>(todo.Key).values()
  const cpu = process.cpuUsage()
  const work = async () => {
    for (const one of waiting) await unit({run, unit: one}, CONTEXT)
  }
  await Promise.all(Array.from({length: AT_ONCE}, work))
  const {user, system} = process.cpuUsage(cpu)
  const {instances: examined, notExamined} = await merge({run})
  const asked = (service: string, method?: string) =>
    aws.asked.filter((one) => one.service === service && (method === undefined || one.method === method)).length
  line(
    'accounts',
    'Regions',
    'instances',
    'not examined',
    'calls an account',
    'S3 PUT',
    'S3 GET and LIST',
    'CPU s a unit (with the pretend AWS)',
    's in all',
  )
  line(
    ...[accounts, regions, examined, notExamined],
    // Who the caller is, is among the calls of STS.
    rounded(
      ([...calls].reduce((sum, [name, n]) => sum + (name.startsWith('sts:') ? 0 : n), 0) + asked('sts')) / accounts,
    ),
    rounded(callsOf({accounts, regions, vpcs: vpcsIn(account), instances})),
    ...[asked('s3', 'PUT'), asked('s3', 'GET')],
    ((user + system) / 1e6 / accounts).toFixed(2),
    ((performance.now() - started) / 1000).toFixed(0),
  )
  process.stdout.write('\n')
  line('API', 'calls an account')
  for (const [name, n] of [...calls].sort(([a], [b]) => (a < b ? -1 : 1))) line(name, (n / accounts).toFixed(1))
  line('sts', (asked('sts') / accounts).toFixed(1))
  aws.close()
}

const vpcsIn = (account: (id: string, region: string) => Account): number =>
  [account(idOf(0), ALL_REGIONS[0] ?? '').Vpcs].flat().length

/** The parts of one account, under the id of each. */
async function mergeOnly(accounts = 1000, instances = 1000): Promise<void> {
  const {aws} = await withAws(accounts, ['eu-west-1'], accountsOf(instances))
  const {run} = await list({startedAt: STARTED})
  await unit({run, unit: {account: idOf(0), regions: ['eu-west-1']}}, CONTEXT)
  const text = aws.objects.get(`runs/${run}/parts/${idOf(0)}.eu-west-1.json`) ?? ''
  let bytes = 0
  for (let n = 0; n < accounts; n++) {
    const part = text.replaceAll(idOf(0), idOf(n)).replaceAll('i-0000', `i-${idOf(n).slice(-4)}`)
    bytes += part.length
    aws.objects.set(`runs/${run}/parts/${idOf(n)}.eu-west-1.json`, part)
  }
  const started = performance.now()
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 100)
  const {instances: examined} = await merge({run})
  clearInterval(watch)
  const sizeOf = (file: string) => ((aws.objects.get(`runs/${run}/report/${file}`)?.length ?? 0) / 1e6).toFixed(0)
  line(
    'accounts',
    'instances',
    'parts MB',
    's',
    'peak GB (with the parts in memory)',
    'audit.json MB',
    'audit.csv MB',
    'audit.html MB',
  )
  line(
    ...[accounts, examined, (bytes / 1e6).toFixed(0), ((performance.now() - started) / 1000).toFixed(0)],
    (Math.max(peak, process.memoryUsage().rss) / 1e9).toFixed(1),
    ...['audit.json', 'audit.csv', 'audit.html'].map(sizeOf),
  )
  aws.close()
}

await {units, merge: mergeOnly, model}[task as 'units'](...numbers)
