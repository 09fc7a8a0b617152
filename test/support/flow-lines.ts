import type {FlowLog} from '../../src/flow-logs/flow-log.ts'
import {type FlowLogContent, readFlowLog} from '../../src/flow-logs/reading.ts'

/** One line of a flow log in the default format. */
export interface Line {
  readonly eni: string
  readonly from: readonly [address: string, port: number]
  readonly to: readonly [address: string, port: number]
  readonly action: 'ACCEPT' | 'REJECT'
  /** Unix seconds of the start of the interval. */
  readonly at: number
}

const OWNER = '111122223333'

export const lineOf = ({eni, from, to, action, at}: Line): string =>
  `2 ${OWNER} ${eni} ${from[0]} ${to[0]} ${from[1]} ${to[1]} 6 3 180 ${at} ${at + 58} ${action} OK`

export const statusLine = (eni: string, at: number, status: 'NODATA' | 'SKIPDATA' = 'NODATA'): string =>
  `2 ${OWNER} ${eni} - - - - - - - ${at} ${at + 58} - ${status}`

/** Of these lines, what `--flow-logs` reads of a log that records all traffic. */
export function flowLogOf(lines: readonly string[], more: Partial<FlowLog> = {}): FlowLog {
  const {records}: FlowLogContent = readFlowLog(lines.join('\n'), () => true)
  return {names: ['vpc.log'], records, traffic: 'all', notes: [], ...more}
}
