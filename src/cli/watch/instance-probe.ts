import type {Aws} from '../../collect/client/aws.ts'
import {collect} from '../../collect/collect.ts'
import {readAccountStatuses, readCoveredResources} from '../../collect/readings/inspector.ts'
import {readConnectionStatuses, readNodes} from '../../collect/readings/nodes.ts'
import type {ExamineOptions} from '../../diagnosis/examine-options.ts'
import {registrationOf} from '../../diagnosis/registration.ts'
import type {Report} from '../../diagnosis/report.ts'
import {type Account, isUnreadable, itemsOf} from '../../model/account.ts'
import {subjectOf} from '../../model/hybrid.ts'
import type {Scan} from '../../render/text/watch.ts'
import type {Observation} from '../../watch/watch.ts'
import {examineInstance} from '../run/examination.ts'
import {otherRegionOf} from '../run/examine-all.ts'

/** How Amazon Inspector scans the instance; undefined if that cannot be read, or Inspector does not scan EC2 here. */
type Coverage = Scan | 'unlisted'

/** Reads one instance from AWS. */
export interface InstanceProbe {
  readonly examine: () => Promise<Observation>
  /** The one or two calls that show whether the registration of the node has changed. */
  readonly poll: () => Promise<Report['registration']>
  readonly coverage: () => Promise<Coverage | undefined>
}

export function probeFor(aws: Aws, id: string, options: ExamineOptions, now: () => number): InstanceProbe {
  let account: Account | undefined
  return {
    examine: async () => {
      account = await collect(aws, [id])
      const instance = subjectOf(account, id)
      const elsewhere = await otherRegionOf(aws, account, id)
      const launched = Date.parse(String(instance?.LaunchTime))
      return {
        ...examineInstance(account, id, elsewhere === undefined ? options : {...options, elsewhere}),
        at: now(),
        ...(!Number.isNaN(launched) && {launched}),
      }
    },
    poll: () => registrationNow(aws, id, account),
    coverage: () => coverageOf(aws, id),
  }
}

/** One call, and a second one for a node that is listed. */
async function registrationNow(aws: Aws, id: string, account: Account | undefined): Promise<Report['registration']> {
  const InstanceInformationList = await readNodes(aws, [id])
  const isListed = itemsOf(InstanceInformationList).length > 0
  const ConnectionStatuses = isListed ? await readConnectionStatuses(aws, [id]) : []
  const instance = account && subjectOf(account, id)
  return account && instance
    ? registrationOf({...account, InstanceInformationList, ConnectionStatuses}, instance)
    : {status: 'unknown', lastPing: null, agentVersion: null, connected: null}
}

async function coverageOf(aws: Aws, id: string): Promise<Coverage | undefined> {
  const [rows, accounts] = await Promise.all([readCoveredResources(aws, [id]), readAccountStatuses(aws)])
  if (isUnreadable(rows)) return undefined
  const [row] = rows.filter(({resourceId, scanType}) => resourceId === id && scanType !== 'NETWORK')
  if (row) {
    const {statusCode = null, reason = null} = row.scanStatus ?? {}
    return {status: statusCode, reason, scanMode: row.scanMode ?? null}
  }
  return itemsOf(accounts).some(({resourceState}) => resourceState?.ec2?.status === 'ENABLED') ? 'unlisted' : undefined
}
