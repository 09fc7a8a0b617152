import {failedPart} from '../audit/audit.ts'
import {auditOf} from '../audit/total.ts'
import {isThrottling, whyNot} from '../collect/client/errors.ts'
import type {CallCount} from '../collect/client/instrument.ts'
import {type Fleet, fleetInAws} from '../fleet/account-regions.ts'
import {choiceFor} from '../fleet/choice.ts'
import type {Unit} from '../fleet/expected.ts'
import {AUDIT, jobOf} from '../fleet/modes.ts'
import {type Resume, runFleet} from '../fleet/run.ts'
import {roleArnIn} from '../model/arn.ts'
import {UNKNOWN_REGION} from '../model/ids.ts'
import {partitionOf} from '../model/partition.ts'
import {isObject, parsedJson, stringIn} from '../util/json.ts'
import {plain} from '../util/plain-text.ts'
import {redactSecrets} from '../util/redact-secrets.ts'
import {type Store, storeIn} from './aws.ts'
import {isOn, PARAMETERS, textFrom, textOr} from './environment.ts'
import {type Failure, failureIn, runNameIn, unitIn} from './events.ts'
import {findingsTo} from './findings.ts'
import {keysOf, nameIn, type Run, runAt, unitsAt} from './run-store.ts'

/** One item of the list; `failure` if examining it failed and only that is to be stored. */
interface UnitEvent {
  readonly run: string
  readonly unit: Unit
  readonly failure?: {readonly Error?: string; readonly Cause?: string}
}

/** What Lambda passes to a function about its invocation. */
export interface Context {
  readonly getRemainingTimeInMillis: () => number
}

interface UnitResult {
  readonly account: string
  readonly examined: number
  readonly failed: number
}

/** Accounts and Regions that are read at a time within the unit. */
const CONCURRENCY = 4

/** Enough to examine what was read and to write it, before Lambda ends the function. */
const LAST_MINUTE = 60_000

/** How long the functions may take. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const DOES_NOT_FIT =
  'It does not fit into the 15 minutes and the memory of a function; audit this account in a container (docs/deploy.md).'

/** Errors that the state machine retries. */
const throttled = (why: string) => Object.assign(new Error(why), {name: 'Throttled'})
const unfinished = (why: string) => Object.assign(new Error(why), {name: 'Unfinished'})

/** Examines an account with its Regions. Each Region is stored as soon as it is examined, and is not examined again. */
export async function unit(event: UnitEvent, context: Context): Promise<UnitResult> {
  const store = storeIn(textFrom('BUCKET'))
  const name = runNameIn(event)
  const one = unitIn(event)
  const failure = failureIn(event)
  const run = await runAt(store, name)
  const names = await store.keysUnder(keysOf(name).parts(one.account))
  const kept = new Set(names.map(nameIn))
  return failure
    ? await recordFailure(store, {run: name, unit: one}, kept, reasonOf(failure))
    : await examineUnit(store, run, one, kept, context)
}

async function examineUnit(
  store: Store,
  run: Run,
  unit: Unit,
  kept: Set<string>,
  context: Context,
): Promise<UnitResult> {
  const before = kept.size
  const deadline = deadlineIn(context.getRemainingTimeInMillis() - LAST_MINUTE)
  const errors: unknown[] = []
  const count: CallCount = {calls: 0, throttled: 0}
  try {
    const fleet = await fleetOf(store, run, unit, deadline.signal, count)
    const units = fleet.units.filter(({name}) => !kept.has(name))
    const {parts} = await runFleet(
      {...fleet, units},
      {
        task: jobOf(AUDIT, {...run.settings, chosen: choiceFor(run.settings)}),
        resume: resumeIn(store, run, unit, kept),
        concurrency: CONCURRENCY,
        progress: {say: () => {}, end: () => {}},
        count,
        failed: (error) => errors.push(error),
      },
    )
    const failures = parts.flatMap(({scopes}) => scopes.filter(({failed}) => failed !== null))
    for (const {region, failed} of failures) await storeFailure(store, run.run, unit.account, region, failed ?? '')
    console.info(JSON.stringify({account: unit.account, ...count, examined: kept.size, failed: failures.length}))
    if (errors.some(isThrottled)) throw throttled(failures[0]?.failed ?? 'AWS throttled the calls.')
    return {account: unit.account, examined: kept.size, failed: failures.length}
  } catch (error) {
    if (!deadline.signal.aborted) throw error
    if (kept.size > before) throw unfinished(`${kept.size - before} Regions were examined in this attempt.`)
    return await recordFailure(store, {run: run.run, unit}, kept, DOES_NOT_FIT)
  } finally {
    deadline.clear()
  }
}

/** The credentials of a role come from STS, whose error is the cause of ours. */
const isThrottled = (error: unknown): boolean =>
  isThrottling(error) || (error instanceof Error && error.cause !== undefined && isThrottled(error.cause))

function deadlineIn(milliseconds: number) {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), Math.max(0, milliseconds))
  return {signal: controller.signal, clear: () => clearTimeout(timer)}
}

const roleArnOf = (account: string): string =>
  roleArnIn(partitionOf(process.env.AWS_REGION ?? ''), account, textFrom('ROLE_NAME'))

/** The account's Regions; an account that cannot be reached is a separate failure. */
async function fleetOf(
  store: Store,
  {run, settings}: Run,
  {account, regions}: Unit,
  signal: AbortSignal,
  count: CallCount,
): Promise<Fleet> {
  try {
    return await fleetInAws(
      {
        accounts: {listed: [roleArnOf(account)], source: 'the list of units'},
        regions: regions ?? 'all',
        excludedRegions: settings.excludedRegions,
        names: PARAMETERS,
        externalId: textOr('EXTERNAL_ID'),
        signal,
      },
      {
        count,
        resolved: async (_, found) => {
          if (regions === null)
            await store.write(keysOf(run).regionsOf(account), JSON.stringify([{account, regions: found}]))
        },
      },
    )
  } catch (error) {
    if (isThrottled(error)) throw throttled(whyNot(error))
    return {units: [], notes: [], unreachable: [{account, region: UNKNOWN_REGION, why: whyNot(error)}]}
  }
}

/** Stores each part as soon as it is complete. */
function resumeIn(store: Store, run: Run, {account}: Unit, kept: Set<string>): Resume {
  const report = isOn('SECURITY_HUB')
    ? findingsTo(store, run, {roleArn: roleArnOf(account), externalId: textOr('EXTERNAL_ID')})
    : async () => {}
  return {
    done: async () => undefined,
    store: async (name, auditOfPart) => {
      const audit = auditOfPart()
      await report(name, audit)
      await store.write(keysOf(run.run).part(name), JSON.stringify(audit))
      kept.add(name)
    },
  }
}

/** A part with the reason why it is missing. */
async function storeFailure(store: Store, run: string, account: string, region: string, why: string): Promise<void> {
  const part = auditOf([failedPart({account, region, readAt: null}, why)], new Date().toISOString())
  await store.write(keysOf(run).failure(`${account}.${region}`), JSON.stringify(part))
}

/** For each Region of the unit that is neither examined nor has its own reason. */
async function recordFailure(
  store: Store,
  {run, unit: {account, regions}}: Pick<UnitEvent, 'run' | 'unit'>,
  kept: ReadonlySet<string>,
  why: string,
): Promise<UnitResult> {
  const keys = keysOf(run)
  const [[found], failures] = await Promise.all([
    unitsAt(store, keys.regionsOf(account)),
    store.keysUnder(keys.failures(account)),
  ])
  const accounted = new Set([...kept, ...failures.map(nameIn)])
  const expected = regions ?? found?.regions ?? [UNKNOWN_REGION]
  const missing = expected.filter((region) => !accounted.has(`${account}.${region}`))
  for (const region of missing) await storeFailure(store, run, account, region, why)
  return {account, examined: kept.size, failed: missing.length}
}

/** The errors of Lambda and Step Functions for a function that took too long or too much memory. */
const TOO_LARGE: ReadonlySet<string | undefined> = new Set([
  ...['Sandbox.Timedout', 'States.Timeout', 'States.HeartbeatTimeout', 'Unfinished'],
  ...['Runtime.ExitError', 'Runtime.OutOfMemory', 'Lambda.Unknown'],
])

function reasonOf({name, cause}: Failure): string {
  if (TOO_LARGE.has(name)) return `${DOES_NOT_FIT} (${name})`
  const [first = ''] = messageIn(cause).split('\n', 1)
  return first === '' ? name : `${name}: ${plain(redactSecrets(first)).slice(0, LONGEST)}`
}

const LONGEST = 500

/** A function's error is JSON, that of a service is text. */
function messageIn(cause: string): string {
  const json = parsedJson(cause)
  return isObject(json) ? (stringIn(json, 'errorMessage') ?? '') : cause
}
