import {isBroken} from '../../audit/changes.ts'
import type {Audit, AuditedInstance} from '../../audit/report.ts'
import {uncoveredBy} from '../../inspector/total.ts'
import {EXIT, exitCodeOf} from '../output/exit-code.ts'
import type {FailOn} from './flags.ts'

const AT_LEAST: Readonly<Record<FailOn, readonly string[]>> = {
  blocks: ['blocks'],
  degrades: ['blocks', 'degrades'],
  advises: ['blocks', 'degrades', 'advises'],
  new: [],
}

export const isFailOn = (text: string): text is FailOn => Object.hasOwn(AT_LEAST, text)

/** What the exit code depends on in addition to the audit. */
export interface ExitOptions {
  readonly failOn?: FailOn | undefined
  /** Instances that were named and not found. */
  readonly missing?: readonly string[]
  readonly allowEmpty?: boolean | undefined
}

interface Outcome {
  readonly isFailed: boolean
  readonly isUndecided: boolean
}

/** 2 if nothing could be examined; what could not be examined, or found, leaves the rest undetermined. */
function codeOf({instances, scopes}: Audit, {missing = [], allowEmpty}: ExitOptions, outcome: Outcome): number {
  const failed = scopes.filter((scope) => scope.failed !== null).length
  if (instances.length === 0 && failed > 0 && failed === scopes.length) return EXIT.usage
  if (instances.length === 0 && !allowEmpty) return 3
  if (outcome.isFailed) return 1
  return outcome.isUndecided || missing.length > 0 || failed > 0 ? 3 : 0
}

const hasNew = ({changes}: Audit): boolean =>
  (changes?.instances ?? []).some(({change}) => change === 'newly-broken' || change === 'changed-cause')

const hasCause = ({causes}: AuditedInstance, failOn: FailOn): boolean =>
  causes.some(({severity}) => AT_LEAST[failOn].includes(severity))

/** 1 if Inspector does not scan an instance; with `failOn` only because of such causes. */
export function inspectionExitCode(audit: Audit, options: ExitOptions = {}): number {
  const {failOn} = options
  const {instances} = audit
  const isUnscanned = (one: AuditedInstance) =>
    (uncoveredBy(one) !== null && (failOn === undefined || hasCause(one, failOn))) ||
    (failOn === 'advises' && ADVISED.has(one.inspector?.coverage))
  const isDisabled = instances.some(({inspector}) => inspector?.coverage === 'disabled')
  return codeOf(audit, options, {
    isFailed:
      (failOn === 'new' ? hasNew(audit) : instances.some(isUnscanned)) ||
      (isDisabled && (failOn === undefined || failOn === 'advises')),
    isUndecided: instances.some(({inspector}) => inspector?.coverage === 'unknown'),
  })
}

const ADVISED: ReadonlySet<string | undefined> = new Set(['excluded', 'unsupported'])

/** As for one instance; with `failOn` 1 only for such causes. */
export function auditExitCode(audit: Audit, options: ExitOptions = {}): number {
  const {failOn} = options
  const suppressed = new Set(audit.suppressed.map(({instance}) => instance))
  const counted = audit.instances.filter((one) => one.rootCause !== null || !suppressed.has(one.id))
  if (failOn === undefined) {
    const code = exitCodeOf(counted)
    return codeOf(audit, options, {isFailed: code === 1, isUndecided: code === 3})
  }
  return codeOf(audit, options, {
    isFailed: failOn === 'new' ? hasNew(audit) : counted.some((one) => hasCause(one, failOn)),
    isUndecided: counted.some((one) => one.verdict === 'undecided' && !isBroken(one)),
  })
}
