import {unreadableAnswer} from '../../account-file/schema.ts'
import {isUnreadable, itemsOf, type Reading, type Unreadable, whyUnreadable} from '../../model/account.ts'
import {ENDPOINT_STATES, ENDPOINT_TYPES} from '../../model/endpoints.ts'
import {isObject} from '../../util/json.ts'
import {visible} from '../../util/usage-error.ts'

/**
 * The enum values that matter, by list and field. AWS adds values:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html One that is not listed may mean anything,
 * so an item with it is unknown.
 */
const ENUMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  NatGateways: {State: ['available', 'deleted', 'deleting', 'failed', 'pending']},
  VpcEndpoints: {State: ENDPOINT_STATES, VpcEndpointType: ENDPOINT_TYPES},
  /** For an internet gateway AWS returns available, although its reference lists attached. */
  InternetGateways: {'Attachments.State': ['attached', 'attaching', 'available', 'detached', 'detaching']},
  TransitGatewayVpcAttachments: {
    State: [
      ...['available', 'deleted', 'deleting', 'failed', 'failing', 'initiating', 'initiatingRequest', 'modifying'],
      ...['pending', 'pendingAcceptance', 'rejected', 'rejecting', 'rollingBack'],
    ],
  },
  /** Of the route tables of transit gateways. */
  Associations: {State: ['associated', 'associating', 'disassociated', 'disassociating']},
  VpcPeeringConnections: {
    'Status.Code': [
      ...['active', 'deleted', 'deleting', 'expired', 'failed', 'initiating-request', 'pending-acceptance'],
      ...['provisioning', 'rejected'],
    ],
  },
  NetworkAcls: {'Entries.RuleAction': ['allow', 'deny']},
  InstanceInformationList: {PingStatus: ['ConnectionLost', 'Inactive', 'Online']},
  ConnectionStatuses: {Status: ['connected', 'notconnected']},
}

const valuesAt = (item: unknown, [field, ...rest]: readonly string[]): readonly unknown[] => {
  if (Array.isArray(item)) return item.flatMap((one) => valuesAt(one, field === undefined ? [] : [field, ...rest]))
  if (field === undefined) return [item]
  return valuesAt(isObject(item) ? item[field] : undefined, rest)
}

const normalized = (value: string): string => value.replace(/[^a-z]/gi, '').toLowerCase()

/** The documentation of the service has both ConnectionLost and Connection Lost. */
const isSame = (value: string, other: string): boolean => value === other || normalized(value) === normalized(other)

/** The message about the first unknown value in the item. */
function unknownValueIn(
  item: unknown,
  allowedValues: Readonly<Record<string, readonly string[]>>,
): Unreadable | undefined {
  for (const [field, known] of Object.entries(allowedValues)) {
    const odd = valuesAt(item, field.split('.')).filter((value) => !known.some((word) => isSame(word, String(value))))
    if (odd.length === 0) continue
    return odd[0] === undefined
      ? unreadableAnswer(`the answer holds no ${field}`)
      : unreadableAnswer(`this version does not know the ${field} "${visible(String(odd[0]))}"`, 'UnknownWord')
  }
  return undefined
}

/** The items of a reading without those that have unknown values; if there are any, the reading is marked as partial. */
export function validateEnums<T>(list: string, reading: Reading<T>): Reading<T> {
  const allowedValues = ENUMS[list]
  if (allowedValues === undefined) return reading
  const items = itemsOf(reading)
  const odd = items.map((item) => unknownValueIn(item, allowedValues))
  const why = isUnreadable(reading) ? whyUnreadable(reading) : odd.find((one) => one !== undefined)
  if (why === undefined) return items
  const known = items.filter((_, at) => odd[at] === undefined)
  return isUnreadable(reading) && known.length === 0 ? why : {...why, known}
}
