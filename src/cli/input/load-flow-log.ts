import type {Aws} from '../../collect/aws.ts'
import type {FlowLog} from '../../flow-logs/flow-log.ts'
import type {Account} from '../../model/account.ts'
import type {FlowLogFlags} from './flags.ts'

/** Code that reads flow logs is loaded only when they are asked for. */
export async function loadFlowLog(
  flags: FlowLogFlags,
  account: Account,
  id: string,
  aws?: Aws,
): Promise<FlowLog | undefined> {
  if (flags['flow-logs'] === undefined) return undefined
  const {flowLogFor} = await import('./flow-logs.ts')
  return flowLogFor(flags, account, id, aws)
}
