import type {Aws} from '../../collect/aws.ts'
import type {FlowLog} from '../../flow-logs/flow-log.ts'
import {fieldsOf, isTransitGatewayFormat, missingFields} from '../../flow-logs/parse-record.ts'
import type {Account} from '../../model/account.ts'
import {find} from '../../model/joins.ts'
import {usageError} from '../../util/usage-error.ts'
import type {FlowLogFlags} from './flags.ts'

/** The flow log of an instance's interface, from files or from AWS; undefined if the instance does not exist. */
export async function flowLogFor(
  flags: FlowLogFlags,
  account: Account,
  id: string,
  aws: Aws | undefined,
): Promise<FlowLog | undefined> {
  const {'flow-logs': sources = [], 'flow-log-format': format, since} = flags
  const instance = find(account.Instances, 'InstanceId', id)
  const isLive = sources.includes('live')
  if (isLive && sources.length > 1) throw usageError('--flow-logs takes files or "live", not both.')
  if (isLive && aws === undefined)
    throw usageError(
      '--flow-logs live reads from AWS and cannot be used with --account; give the files of the flow log.',
    )
  if (instance === undefined) return undefined
  const from = since === undefined ? undefined : startOf(since, account.ReadAt)
  if (isLive && aws !== undefined)
    return (await import('../../collect/flow-logs.ts')).readFlowLogs(aws, account, instance, from)
  const {flowLogInFiles} = await import('./flow-log-files.ts')
  return flowLogInFiles(sources, account, instance, {from, format: format === undefined ? undefined : formatIn(format)})
}

function formatIn(format: string): readonly string[] {
  const fields = fieldsOf(format)
  const missing = missingFields(fields)
  if (isTransitGatewayFormat(fields))
    throw usageError(
      '--flow-log-format is that of a transit gateway, whose log does not show the interface of an instance.',
    )
  if (missing.length > 0)
    throw usageError(
      `--flow-log-format lacks ${missing.join(', ')}; give the format as DescribeFlowLogs prints it: '\${version} \${interface-id} …'`,
    )
  return fields
}

const UNITS: Readonly<Record<string, number>> = {m: 60, h: 3600, d: 86_400}

/** Unix seconds of `90m`, `2h` or `3d` before the account was read, or of an ISO 8601 time. */
export function startOf(since: string, readAt: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(since) ?? []
  const seconds =
    count === undefined ? Date.parse(since) / 1000 : Date.parse(readAt) / 1000 - Number(count) * (UNITS[unit] ?? 0)
  if (Number.isNaN(seconds) || (count === undefined && !/^\d{4}-\d\d-\d\d/.test(since)))
    throw usageError(`--since takes 90m, 2h, 3d or an ISO 8601 time such as 2026-11-19T14:00:00Z, not "${since}".`)
  return seconds
}
