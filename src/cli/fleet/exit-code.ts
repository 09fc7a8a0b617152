import {isBroken} from '../../audit/changes.ts'
import type {Audit} from '../../audit/report.ts'
import {uncoveredBy} from '../../inspector/total.ts'
import {EXIT, exitCodeOf} from '../output/exit-code.ts'
import type {FailOn} from './flags.ts'

const WORSE: Readonly<Record<FailOn, readonly string[]>> = {
  blocks: ['blocks'],
  degrades: ['blocks', 'degrades'],
  advises: ['blocks', 'degrades', 'advises'],
  new: [],
}

export const isFailOn = (text: string): text is FailOn => Object.hasOwn(WORSE, text)

const isNew = ({changes}: Audit): boolean =>
  (changes?.instances ?? []).some(({change}) => change === 'newly-broken' || change === 'changed-cause')

/** 1 where Inspector leaves an instance unscanned; with `failOn` only where such causes are why. */
export function inspectionExitCode(
  audit: Audit,
  failOn: FailOn | undefined,
  missing: readonly string[] = [],
  allowEmpty = false,
): number {
  const {instances, scopes} = audit
  if (scopes.length > 0 && scopes.every(({failed}) => failed !== null)) return EXIT.usage
  if (instances.length === 0 && !allowEmpty) return 3
  const worse = failOn === undefined ? undefined : WORSE[failOn]
  const isHit =
    failOn === 'new'
      ? isNew(audit)
      : instances.some(
          (one) =>
            (uncoveredBy(one) !== null && (!worse || one.causes.some(({severity}) => worse.includes(severity)))) ||
            (failOn === 'advises' && ADVISED.has(one.inspector?.coverage)),
        )
  const isOff = instances.some(({inspector}) => inspector?.coverage === 'disabled')
  if (isHit || (isOff && (failOn === undefined || failOn === 'advises'))) return 1
  const isOpen = instances.some(({inspector}) => inspector?.coverage === 'unknown')
  return isOpen || missing.length > 0 || scopes.some(({failed}) => failed !== null) ? 3 : 0
}

const ADVISED: ReadonlySet<string | undefined> = new Set(['excluded', 'unsupported'])

/** As for one instance; with `failOn` only such causes make it 1. What could not be examined, or found, leaves it undecided. */
export function auditExitCode(
  audit: Audit,
  failOn: FailOn | undefined,
  missing: readonly string[] = [],
  allowEmpty = false,
): number {
  const {instances, scopes} = audit
  if (scopes.length > 0 && instances.length === 0 && scopes.every(({failed}) => failed !== null)) return EXIT.usage
  const suppressed = new Set(audit.suppressed.map(({instance}) => instance))
  const counted = instances.filter((one) => one.rootCause !== null || !suppressed.has(one.id))
  if (instances.length === 0 && !allowEmpty) return 3
  const incomplete = missing.length > 0 || scopes.some(({failed}) => failed !== null)
  if (failOn === undefined) {
    const code = exitCodeOf(counted)
    return code === 0 && incomplete ? 3 : code
  }
  const isHit =
    failOn === 'new'
      ? isNew(audit)
      : counted.some(({causes}) => causes.some(({severity}) => WORSE[failOn].includes(severity)))
  if (isHit) return 1
  return incomplete || counted.some((one) => one.verdict === 'undecided' && !isBroken(one)) ? 3 : 0
}
