/** The most severe first. */
export const SEVERITIES = ['blocks', 'degrades', 'undecided', 'advises', 'symptom'] as const

/**
 * `blocks`: the node cannot register or send heartbeats. `degrades`: it registers, but sessions, commands, patching
 * or inventory do not work. `undecided`: AWS's API cannot show it. `advises`: works today, worth changing.
 * `symptom`: an observation, never a cause.
 */
export type Severity = (typeof SEVERITIES)[number]

/** The position of a severity in the order of a report: 0 is the most severe. */
export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity)

/** What keeps the node from registering or from what a managed node does. */
export const isImpairing = ({severity}: {readonly severity: Severity}): boolean =>
  severity === 'blocks' || severity === 'degrades'

/** What impairs the node, or may: the causes that an audit groups, and among which the root cause is. */
export const isAffecting = (one: {readonly severity: Severity}): boolean =>
  isImpairing(one) || one.severity === 'undecided'
