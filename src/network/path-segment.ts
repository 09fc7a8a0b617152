import type {Kind} from '../model/account.ts'
import {joined, NO_SEGMENT, only, type PathSegment} from './context.ts'
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

const hopsOf = ({request, reply}: PathSegment): readonly Hop[] => [...request, ...reply]

/** The verdict of a segment in both directions. */
export const segmentVerdict = (segment: PathSegment): Verdict => verdictOf(hopsOf(segment))

export const isBlocked = (segment: PathSegment): boolean => segmentVerdict(segment) === 'blocked'

/**
 * Open connections outlive a change of the security groups, so a node may be online that nothing else blocks.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
export const isBlockedByGroupsAlone = (segment: PathSegment): boolean =>
  hopsOf(segment).every(({at, verdict}) => verdict !== 'blocked' || at === 'security-group')

/** The segment with each of its hops changed. */
export const withHops = (segment: PathSegment, change: (hop: Hop) => Hop): PathSegment => ({
  ...segment,
  request: segment.request.map(change),
  reply: segment.reply.map(change),
})

/** The fault of the hop, if any, is at most likely. */
export const asLikely = (hop: Hop): Hop => (hop.fault ? {...hop, fault: {...hop.fault, likely: true}} : hop)

/**
 * What blocks the segment is at most likely, because the traffic may take another path that is open; the sentence says
 * which.
 */
export const unlessOnOtherPath = (segment: PathSegment, otherPath: string): PathSegment =>
  withHops(segment, (hop) =>
    hop.fault && hop.verdict === 'blocked' ? asLikely({...hop, because: `${hop.because} ${otherPath}`}) : hop,
  )

/**
 * Several paths of which a connection takes one: if some are blocked and others are not, their causes break
 * a share of the connections.
 */
export function merged(segments: readonly PathSegment[]): PathSegment {
  if (segments.length <= 1) return segments[0] ?? NO_SEGMENT
  const allBlocked = segments.every(isBlocked)
  const taken = allBlocked ? segments : segments.map((segment) => withHops(segment, asPartly))
  return {
    request: unique(taken.flatMap(({request}) => request)),
    reply: unique(taken.flatMap(({reply}) => reply)),
    via: segments.find(({via}) => via !== null)?.via ?? null,
  }
}

/**
 * Several possible paths of which the traffic takes one, and it is not known which: if their verdicts differ, what blocks
 * one of them does not certainly block the traffic.
 */
export function oneOf(
  [main = NO_SEGMENT, ...others]: readonly PathSegment[],
  unknownHop: (unread: Kind | undefined) => Hop,
): PathSegment {
  if (others.every((segment) => segmentVerdict(segment) === segmentVerdict(main))) return merged([main, ...others])
  const unread = others.flatMap(hopsOf).find((one) => one.unread)?.unread
  return joined(withHops(main, asUnknown), only(unknownHop(unread)))
}

const asUnknown = ({fault, ...rest}: Hop): Hop =>
  rest.verdict === 'blocked' ? {...rest, verdict: 'unknown'} : fault ? {...rest, fault} : rest

const asPartly = (hop: Hop): Hop => (hop.verdict === 'blocked' ? {...hop, verdict: 'partly'} : hop)

const ORDER: Readonly<Record<Verdict, number>> = {blocked: 0, partly: 1, unknown: 2, open: 3}

/** One hop for each resource, with its worst verdict. */
function unique(hops: readonly Hop[]): readonly Hop[] {
  const worst = new Map<string, Hop>()
  for (const hop of hops) {
    const key = `${hop.at} ${hop.resource} ${hop.leg} ${hop.direction} ${hop.fault?.cause ?? ''}`
    const known = worst.get(key)
    if (!known || ORDER[hop.verdict] < ORDER[known.verdict]) worst.set(key, hop)
  }
  return [...worst.values()]
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
  const uncertain =
    (hops: readonly Hop[]) =>
    (hop: Hop): Hop => {
      if (hop.verdict !== 'blocked' || stands(hops, hop)) return hop
      const {fault: _, ...rest} = hop
      return {...rest, verdict: 'unknown', ...(unread && {unread})}
    }
  const request = guess.request.filter((hop) => !isAdviceOnName(hop)).map(uncertain(other.request))
  return {...guess, request, reply: guess.reply.map(uncertain(other.reply))}
}
