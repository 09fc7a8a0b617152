import type {Subnet} from '../../model/account.ts'

/** `eu-west-1a` or `us-gov-west-1b`, and not `us-east-1-bos-1a` or `us-east-1-wl1-bos-wlz-1`. */
const AVAILABILITY_ZONE = /^[a-z]+(?:-[a-z]+)+-\d+[a-z]$/

/**
 * Interface endpoints and transit gateway attachments accept subnets of Availability Zones only: none of a Local Zone,
 * a Wavelength Zone or an Outpost. https://docs.aws.amazon.com/vpc/latest/userguide/Extend_VPCs.html
 */
export const isInAvailabilityZone = ({AvailabilityZone, OutpostArn}: Subnet): boolean =>
  OutpostArn === undefined && (AvailabilityZone === undefined || AVAILABILITY_ZONE.test(AvailabilityZone))

/**
 * The network border group of a subnet that is not that of the Region: the name of a Local Zone without its letter.
 * https://docs.aws.amazon.com/local-zones/latest/ug/available-local-zones.html
 */
export const ownBorderGroupOf = ({AvailabilityZone}: Pick<Subnet, 'AvailabilityZone'>): string | undefined =>
  AvailabilityZone === undefined || AVAILABILITY_ZONE.test(AvailabilityZone)
    ? undefined
    : AvailabilityZone.replace(/[a-z]$/, '')
