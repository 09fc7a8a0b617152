import {allWith} from '../../model/lists.ts'
import {isInAvailabilityZone} from '../../network/endpoints/zone.ts'
import {inList} from '../../util/list-in-words.ts'
import {contactOwner} from '../core/change.ts'
import type {Remedy} from '../core/remedy.ts'
import type {FaultContext} from './fault-context.ts'
import {hasRoomFor} from './subnet-families.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html'

/** What comes first in a VPC whose subnets have no free address for what would fix the fault. */
export function freeAddresses({facts, vpcId, services}: FaultContext): readonly Remedy[] {
  const subnets = allWith(facts.Subnets, 'VpcId', vpcId).filter(isInAvailabilityZone)
  if (subnets.length === 0 || subnets.some((subnet) => hasRoomFor(services.length, subnet))) return []
  const ids = inList(subnets.map(({SubnetId}) => SubnetId))
  const title = `Free IPv4 addresses in ${ids}, or create a subnet: a new endpoint or NAT gateway takes an address of its subnet, and too few are free`
  return [contactOwner(title, DOCS)]
}
