import {type Certainty, type Finding, MORE_CERTAIN} from '../../checks/check.ts'
import {isFaultOf} from '../../checks/network/hops.ts'
import type {Hop} from '../../network/path.ts'
import {uniqueBy} from '../../util/group-by.ts'
import type {FlowComparison} from './comparison.ts'

const HOUR = 3600

/**
 * What the log shows is evidence for the finding: it raises the certainty if nothing else on the path could explain it,
 * and lowers what it contradicts within the hour before the account was read, or after it. An older record only shows
 * that the fault is newer. Addresses that other destinations share neither prove nor refute.
 */
export function applyFlowLog<F extends Finding>(finding: F, comparisons: readonly FlowComparison[], readAt: string): F {
  const isAbout = (hops: readonly Hop[]) => hops.some((hop) => isFaultOf(hop, finding))
  const confirming = comparisons.filter(({confirmed}) => isAbout(confirmed))
  const contradicting = comparisons.filter(({contradicted}) => isAbout(contradicted))
  if (confirming.length + contradicting.length === 0) return finding
  const known = new Set(finding.evidence.map(({fact}) => fact))
  const proving = confirming.filter(
    ({isShared, confirmed, undetermined}) =>
      !isShared && [...confirmed, ...undetermined].every((hop) => isFaultOf(hop, finding)),
  )
  const shown = [...confirming, ...contradicting].flatMap(({evidence}) => evidence).filter(({fact}) => !known.has(fact))
  const distinct = uniqueBy(shown, ({fact}) => fact)
  return {
    ...finding,
    certainty: certaintyWith(finding.certainty ?? 'proven', proving.length > 0, contradicting, readAt),
    evidence: [...finding.evidence, ...distinct],
  }
}

function certaintyWith(
  certainty: Certainty,
  isConfirmed: boolean,
  contradicting: readonly FlowComparison[],
  readAt: string,
): Certainty {
  const read = Date.parse(readAt) / 1000
  const recent = contradicting.filter(({result: {at}}) => at !== undefined && read - at < HOUR)
  if (recent.some(({isShared}) => !isShared)) return 'possible'
  if (recent.length > 0) return certainty === 'proven' ? 'likely' : certainty
  return isConfirmed ? MORE_CERTAIN[certainty] : certainty
}
