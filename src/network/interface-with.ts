import type {NetworkInterface} from '../model/account.ts'
import {allWith} from '../model/lists.ts'
import {byFamily, type Family} from './address.ts'
import {networksIn} from './connected-vpcs.ts'
import {vpcRanges} from './context.ts'
import {addressesOf} from './interfaces.ts'
import {overlaps} from './ranges.ts'
import type {WalkReadings} from './readings.ts'

/**
 * The network interface that an address stands for in a VPC: one of its own, which the local route leads to, if a block
 * of the VPC contains the address; otherwise one of a connected VPC before any other, because blocks of VPCs may overlap.
 * One with the address as its primary one comes first.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html#route-table-routes
 */
export function interfaceWith(readings: WalkReadings, vpcId: string, address: string): NetworkInterface | undefined {
  const all = [
    ...allWith(readings.NetworkInterfaces, 'PrivateIpAddress', address),
    ...allWith(readings.NetworkInterfaces, addressesOf, address),
  ]
  const own = all.find(({VpcId}) => VpcId === vpcId)
  if (own || isWithin(readings, vpcId, address)) return own
  const {of} = networksIn(readings)
  return all.find(({VpcId}) => of(VpcId) === of(vpcId)) ?? all[0]
}

const FAMILIES: readonly Family[] = [4, 6]

const isWithin = (readings: WalkReadings, vpcId: string, address: string): boolean =>
  FAMILIES.some((family) =>
    overlaps(vpcRanges({readings, family, subnet: {VpcId: vpcId}}), byFamily([address])[family]),
  )
