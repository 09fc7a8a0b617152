import {itemsOf, type Readings} from '../model/account.ts'
import {describedBy, KINDS} from '../model/kinds.ts'
import {isObject, type JsonObject} from '../util/json.ts'
import {zoneRegionOf} from './places.ts'

/** What a file does not state and its items show. */

/** The parts of every ARN: arn, partition, service and, of what is not global, the Region. */
function* arnsIn(readings: Readings): Generator<readonly string[]> {
  for (const kind of KINDS) {
    const {arn: field, global} = describedBy(kind)
    if (field === undefined) continue
    for (const item of itemsOf<unknown>(readings[kind])) {
      const arn = isObject(item) ? item[field] : undefined
      if (typeof arn === 'string' && arn.startsWith('arn:')) yield arn.split(':', global ? 3 : 4)
    }
  }
}

export function regionIn(readings: Readings): string | undefined {
  for (const [, , , region] of arnsIn(readings)) if (region) return region
  for (const kind of ['Subnets', 'Instances', 'NetworkInterfaces'] as const)
    for (const item of itemsOf<unknown>(readings[kind])) {
      const region = zoneRegionOf(kind, item)
      if (region !== undefined) return region
    }
  return undefined
}

export function partitionIn(readings: Readings, callerArn: string | undefined): string | undefined {
  const own = callerArn?.startsWith('arn:') ? callerArn.split(':', 2)[1] : undefined
  if (own) return own
  for (const [, partition] of arnsIn(readings)) if (partition) return partition
  return undefined
}

/** When something happened; not when something is due, which may be in the future. */
const TIMESTAMP_FIELDS = new Set([
  ...['LaunchTime', 'AttachTime', 'UsageOperationUpdateTime', 'ImpairedSince', 'Timestamp', 'LastPingDateTime'],
  ...['RegistrationDate', 'LastAssociationExecutionDate', 'LastSuccessfulAssociationExecutionDate', 'ExecutionDate'],
  ...['LastModifiedDate', 'CreateDate', 'UpdateDate', 'LastUsedDate', 'CreateTime', 'DeleteTime', 'CreationTime'],
  ...['CreationTimestamp', 'LastUpdateTimestamp', 'lastScannedAt'],
])
const OPAQUE = new Set(['AssumeRolePolicyDocument', 'PolicyDocument', 'Document', 'Tags', 'TagSet'])

/** The newest time in the items: the account was read at that time or later. */
export function newestTimeIn(readings: Readings): string | undefined {
  let newest: string | undefined
  const open: unknown[] = Object.values(readings)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) for (const item of next) open.push(item ?? 0)
    else if (isObject(next)) look(next)
  }
  return newest

  function look(item: JsonObject) {
    for (const [key, value] of Object.entries(item)) {
      if (typeof value === 'string') {
        if (TIMESTAMP_FIELDS.has(key) && (newest === undefined || value > newest)) newest = value
      } else if (typeof value === 'object' && value !== null && !OPAQUE.has(key)) open.push(value)
    }
  }
}
