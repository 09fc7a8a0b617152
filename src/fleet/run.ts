import {failedPart} from '../audit/audit.ts'
import type {Audit, AuditPart} from '../audit/report.ts'
import {whyNot} from '../collect/client/errors.ts'
import type {CallCount} from '../collect/client/instrument.ts'
import type {AccountRegion, ConnectionResult, Fleet} from './account-regions.ts'

/** The result of each account and Region, and of all of them together. */
export interface Job {
  readonly part: (connection: ConnectionResult) => AuditPart
  readonly total: (parts: readonly AuditPart[], readAt: string) => Audit
}

/** Where each finished account and Region is stored, as a separate audit. */
export interface Resume {
  readonly done: (unit: string) => Promise<Audit | undefined>
  readonly store: (unit: string, audit: () => Audit) => Promise<void>
}

export const NO_RESUME: Resume = {done: async () => undefined, store: async () => {}}

export interface RunOptions {
  readonly task: Job
  readonly resume: Resume
  readonly concurrency: number
  readonly progress: {readonly say: (what: string) => void; readonly end: () => void}
  readonly count: CallCount
  /** Receives what was read before it leaves memory. */
  readonly onExamined?: (connected: ConnectionResult) => void
  /** Receives the error of an account and Region that could not be read. */
  readonly failed?: (error: unknown) => void
}

export interface JobResult {
  readonly parts: readonly AuditPart[]
  /** How many of them an earlier run had finished. */
  readonly kept: number
}

/**
 * Every account and Region, a few at a time, each released from memory once it is examined. One that fails is reported
 * and does not stop the others.
 */
export async function runFleet({units, unreachable}: Fleet, options: RunOptions): Promise<JobResult> {
  const parts: AuditPart[] = new Array(units.length)
  let kept = 0
  const started = Date.now()
  let done = 0
  const waiting = [...units.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, unit] = next
      options.progress.say(progressLine({done, all: units.length, started}, parts, options.count, unit))
      const before = await storedPart(unit, options)
      parts[at] = before ?? (await partOf(unit, options))
      if (before) kept += 1
      done += 1
    }
  }
  try {
    await Promise.all(Array.from({length: Math.min(options.concurrency, units.length)}, work))
  } finally {
    options.progress.end()
  }
  const failed = unreachable.map(({account, region, why}) => failedPart({account, region, readAt: null}, why))
  return {parts: [...parts, ...failed], kept}
}

/** The result of an earlier run, unless the account file was read again since. */
async function storedPart({name, readAt}: AccountRegion, {resume}: RunOptions): Promise<AuditPart | undefined> {
  const kept = await resume.done(name)
  return kept && (readAt === undefined || kept.readAt === readAt) ? kept : undefined
}

async function partOf(unit: AccountRegion, {task, resume, onExamined, failed}: RunOptions): Promise<AuditPart> {
  let connection: ConnectionResult
  try {
    connection = await unit.read()
  } catch (error) {
    failed?.(error)
    return failedPart({account: unit.account, region: unit.region, readAt: null}, whyNot(error))
  }
  onExamined?.(connection)
  const part = task.part(connection)
  if (part.scopes.every(({failed}) => failed === null))
    await resume.store(unit.name, () => task.total([part], connection.account.ReadAt))
  return part
}

function progressLine(
  {done, all, started}: {readonly done: number; readonly all: number; readonly started: number},
  parts: readonly (AuditPart | undefined)[],
  {calls, throttled}: CallCount,
  {name}: AccountRegion,
): string {
  const instances = parts.reduce((sum, part) => sum + (part?.instances.length ?? 0), 0)
  const left = done === 0 ? '' : `, about ${Math.ceil((((Date.now() - started) / done) * (all - done)) / 1000)} s left`
  const callCount = calls > 0 ? `, ${calls} calls, ${throttled} throttled` : ''
  return `${done} of ${all} accounts and Regions, ${instances} instances${callCount}${left}: ${name}`
}
