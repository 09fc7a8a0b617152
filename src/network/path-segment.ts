import {NO_SEGMENT, type PathSegment} from './context.ts'
import type {Hop, Verdict} from './path.ts'

/** The verdict of the hops of one path. A hop that only advises never blocks it. */
export function verdictOf(hops: readonly Hop[]): Verdict {
  const verdicts = new Set(hops.map(({verdict}) => verdict))
  if (verdicts.has('blocked')) return 'blocked'
  if (verdicts.has('unknown')) return 'unknown'
  return verdicts.has('partly') ? 'partly' : 'open'
}

/** Whether the hop blocks some or all connections. */
export const isStop = ({verdict}: Hop): boolean => verdict === 'blocked' || verdict === 'partly'

const hopsOf = ({request, reply}: PathSegment) => [...request, ...reply]

/**
 * Several paths of which a connection takes one: if some are blocked and others are not, their causes break
 * a share of the connections.
 */
export function merged(segments: readonly PathSegment[]): PathSegment {
  if (segments.length <= 1) return segments[0] ?? NO_SEGMENT
  const verdicts = segments.map((segment) => verdictOf(hopsOf(segment)))
  const allBlocked = verdicts.every((verdict) => verdict === 'blocked')
  const taken = allBlocked
    ? segments
    : segments.map((segment) => ({
        ...segment,
        request: segment.request.map(toUnknown),
        reply: segment.reply.map(toUnknown),
      }))
  return {
    request: unique(taken.flatMap(({request}) => request)),
    reply: unique(taken.flatMap(({reply}) => reply)),
    via: segments.find(({via}) => via !== null)?.via ?? null,
  }
}

const toUnknown = (hop: Hop): Hop => (hop.verdict === 'blocked' ? {...hop, verdict: 'partly'} : hop)

const ORDER: Readonly<Record<Verdict, number>> = {blocked: 0, partly: 1, unknown: 2, open: 3}

/** One hop for each resource, with its worst verdict. */
function unique(hops: readonly Hop[]): readonly Hop[] {
  const seen = new Map<string, Hop>()
  for (const hop of hops) {
    const key = `${hop.at} ${hop.resource} ${hop.leg} ${hop.direction} ${hop.fault?.cause ?? ''}`
    const known = seen.get(key)
    if (!known || ORDER[hop.verdict] < ORDER[known.verdict]) seen.set(key, hop)
  }
  return [...seen.values()]
}

/** What the other owner of the name would do means nothing where the owner is a guess. */
const isAdviceOnName = ({at, fault}: Hop): boolean => at === 'name' && fault?.advice === true

/** If the path is a guess, only what blocks every possible path is certain; what was not read of another may decide. */
export function combined(guess: PathSegment, other: PathSegment): PathSegment {
  const stands = (hops: readonly Hop[], {at, resource, direction}: Hop) =>
    hops.some(
      (hop) => hop.verdict === 'blocked' && hop.at === at && hop.resource === resource && hop.direction === direction,
    )
  const unread = hopsOf(other).find((hop) => hop.unread !== undefined)?.unread
  const soften =
    (hops: readonly Hop[]) =>
    (hop: Hop): Hop => {
      if (hop.verdict !== 'blocked' || stands(hops, hop)) return hop
      const {fault: _, ...rest} = hop
      return {...rest, verdict: 'unknown', ...(unread && {unread})}
    }
  const request = guess.request.filter((hop) => !isAdviceOnName(hop)).map(soften(other.request))
  return {...guess, request, reply: guess.reply.map(soften(other.reply))}
}
