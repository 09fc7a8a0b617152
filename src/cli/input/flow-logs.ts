import type {Aws} from '../../collect/client/aws.ts'
import type {FlowLog} from '../../flow-logs/flow-log.ts'
import {fieldsOf, isTransitGatewayFormat, missingFields} from '../../flow-logs/parse-record.ts'
import type {Account, Instance} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {usageError} from '../../util/usage-error.ts'
import type {FlowLogFlags} from './flags.ts'

/** Reads the flow log of an instance's interface; undefined if none is asked for, or the instance does not exist. */
export type FlowLogReader = (account: Account, id: string, aws?: Aws) => Promise<FlowLog | undefined>

/** The reader of files or of AWS. A flag that is wrong, and a file that does not exist, is an error before either is read. */
export async function readerFor(
  flags: FlowLogFlags & {readonly account?: readonly string[] | undefined},
): Promise<FlowLogReader> {
  const {'flow-logs': sources = [], 'flow-log-format': format, since} = flags
  const startFor = (readAt: string) => (since === undefined ? undefined : startOf(since, readAt))
  startFor(new Date().toISOString())
  const read = sources.includes('live')
    ? liveReader(sources, flags.account)
    : await fileReader(sources, format === undefined ? undefined : formatIn(format))
  return async (account, id, aws) => {
    const instance = find(account.Instances, 'InstanceId', id)
    return instance && read(account, instance, startFor(account.ReadAt), aws)
  }
}

type Read = (account: Account, instance: Instance, from: number | undefined, aws?: Aws) => Promise<FlowLog>

function liveReader({length}: readonly string[], account: readonly string[] | undefined): Read {
  if (length > 1) throw usageError('--flow-logs takes files or "live", not both.')
  if (account !== undefined)
    throw usageError(
      '--flow-logs live reads from AWS and cannot be used with --account; give the files of the flow log.',
    )
  return async (of, instance, from, aws) =>
    (await import('../../collect/flow-logs.ts')).readFlowLogs(aws!, of, instance, from)
}

async function fileReader(sources: readonly string[], format: readonly string[] | undefined): Promise<Read> {
  const {flowLogFiles, flowLogInFiles} = await import('./flow-log-files.ts')
  for (const source of sources) await flowLogFiles(source)
  return (account, instance, from) => flowLogInFiles(sources, account, instance, {from, format})
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
