import {isNotAsked, isUnreadable, type Kind, type ProfileResourceAssociation} from '../../model/account.ts'
import {allWith} from '../../model/lists.ts'
import {lastPart} from '../../util/last-part.ts'
import {memo, remembered} from '../../util/memo.ts'
import type {WalkReadings} from '../readings.ts'

/**
 * What a Route 53 Profile adds to a VPC, by the ids of the resources. A VPC has one Profile at most.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html
 */
export interface Profile {
  readonly id: string | undefined
  readonly zones: readonly string[]
  readonly rules: readonly string[]
  readonly firewallGroups: readonly {readonly id: string; readonly priority: number}[]
  readonly endpoints: readonly string[]
  /** The kind that could not be read, so what the Profile adds is unknown. */
  readonly unread?: Kind
  /** Profiles were not requested: names that seem to be missing may be in one. */
  readonly isNotAsked: boolean
}

const NONE = {id: undefined, zones: [], rules: [], firewallGroups: [], endpoints: []} as const

/** Associations in these states change no answer. */
const INACTIVE = new Set(['DELETED', 'FAILED'])

const isActive = ({Status}: {readonly Status?: string}): boolean => !INACTIVE.has(Status?.toUpperCase() ?? '')

type Associations = Pick<WalkReadings, 'ProfileAssociations' | 'ProfileResourceAssociations'>

export const profileOf = (readings: Associations, vpcId: string): Profile =>
  byVpc(readings.ProfileAssociations)(readings.ProfileResourceAssociations)(vpcId)

const byVpc = memo((associations: WalkReadings['ProfileAssociations']) =>
  memo((resources: WalkReadings['ProfileResourceAssociations']) =>
    remembered((vpcId: string) => read(associations, resources, vpcId)),
  ),
)

function read(
  associations: WalkReadings['ProfileAssociations'],
  resources: WalkReadings['ProfileResourceAssociations'],
  vpcId: string,
): Profile {
  const association = allWith(associations, 'ResourceId', vpcId).find(isActive)
  if (!association) {
    const isMissing = isNotAsked(associations)
    return {
      ...NONE,
      isNotAsked: isMissing,
      ...(isUnreadable(associations) && !isMissing && {unread: 'ProfileAssociations' as const}),
    }
  }
  const own = allWith(resources, 'ProfileId', association.ProfileId).filter(isActive)
  const idsOf = (type: string) =>
    own.flatMap(({ResourceArn}) => (isOfType(ResourceArn, type) ? lastPart(ResourceArn) : []))
  return {
    id: association.ProfileId,
    zones: idsOf('hostedzone'),
    rules: idsOf('resolver-rule'),
    firewallGroups: own.flatMap((one) =>
      isOfType(one.ResourceArn, 'firewall-rule-group')
        ? {id: lastPart(one.ResourceArn), priority: priorityOf(one)}
        : [],
    ),
    endpoints: idsOf('vpc-endpoint'),
    ...(isUnreadable(resources) && {unread: 'ProfileResourceAssociations' as const}),
    isNotAsked: false,
  }
}

const isOfType = (arn: string, type: string): boolean => arn.split(':').at(-1)?.startsWith(`${type}/`) ?? false

/** `{"priority":102}`, for DNS Firewall rule groups. */
function priorityOf({ResourceProperties = '{}'}: ProfileResourceAssociation): number {
  const priority = /"priority"\s*:\s*"?(\d+)/.exec(ResourceProperties)?.[1]
  return priority === undefined ? Number.POSITIVE_INFINITY : Number(priority)
}
