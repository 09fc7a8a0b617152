import type {Evidence} from '../../checks/check.ts'
import type {Shown, Why} from '../../flow-logs/evaluate.ts'
import type {FlowLog, FlowLogSource} from '../../flow-logs/flow-log.ts'
import {endOf, isoOf, startOf, type Traffic} from '../../flow-logs/record.ts'
import type {Instance} from '../../model/account.ts'
import {primaryInterfaceOf} from '../../model/instance.ts'
import {cliCommandLine} from '../../remedies/core/command-line.ts'
import type {Agreement, FlowComparison} from './comparison.ts'

/** What flow logs show for one service. */
export interface ReportedFlow {
  readonly service: string
  readonly host: string
  readonly port: number
  readonly shown: Shown
  /** Why it is undetermined. */
  readonly why?: Why
  /** The evaluated end of the connection. */
  readonly at: string | null
  /** What the interface of the endpoint shows. */
  readonly endpoint?: {readonly interface: string; readonly shown: Shown}
  /** Whether other services have the same addresses. */
  readonly shared: boolean
  readonly agreement: Agreement
  readonly message: string
  readonly evidence: readonly Evidence[]
}

/** A flow log of the account, with the AWS CLI command that downloads it if ssm-doctor does not read it. */
type ReportedSource = Omit<FlowLogSource, 'download'> & {readonly command?: string}

export interface ReportedFlowLogs {
  readonly interface: string | null
  /** Files, or log groups. */
  readonly read: readonly string[]
  readonly records: number
  readonly from: string | null
  readonly to: string | null
  readonly traffic: Traffic | 'unknown'
  readonly notes: readonly string[]
  /** The flow logs that were found in the account. */
  readonly sources?: readonly ReportedSource[]
  readonly services: readonly ReportedFlow[]
}

export function reportedFlowLogs(
  instance: Instance,
  {names, records, traffic, notes, sources}: FlowLog,
  comparisons: readonly FlowComparison[],
): ReportedFlowLogs {
  const id = primaryInterfaceOf(instance)?.NetworkInterfaceId ?? null
  const own = records.filter(({interfaceId}) => interfaceId === id)
  return {
    interface: id,
    read: names,
    records: own.length,
    from: own.length === 0 ? null : isoOf(startOf(own)),
    to: own.length === 0 ? null : isoOf(endOf(own)),
    traffic: traffic ?? 'unknown',
    notes,
    ...(sources && {sources: sources.map(reportedSource)}),
    services: comparisons.map(reportedFlow),
  }
}

function reportedSource({download, ...source}: FlowLogSource): ReportedSource {
  const command = download && cliCommandLine(download)
  return command === undefined ? source : {...source, command}
}

const reportedFlow = (comparison: FlowComparison): ReportedFlow => {
  const {path, result, atEndpoint, isShared, agreement, message, evidence} = comparison
  return {
    service: path.service,
    host: path.host,
    port: path.port,
    shown: result.shown,
    ...(result.why !== undefined && {why: result.why}),
    at: result.at === undefined ? null : isoOf(result.at),
    ...(atEndpoint && {endpoint: {interface: atEndpoint.interfaceId, shown: atEndpoint.shown}}),
    shared: isShared,
    agreement,
    message,
    evidence,
  }
}
