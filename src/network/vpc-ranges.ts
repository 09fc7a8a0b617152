import {find} from '../model/joins.ts'
import {cidrRanges} from './address.ts'
import type {Flow} from './context.ts'
import type {Ranges} from './ranges.ts'

/** The addresses of the VPC that the flow starts in. */
export function vpcRanges({readings, subnet, family}: Flow): Ranges {
  const vpc = find(readings.Vpcs, 'VpcId', subnet.VpcId)
  return family === 4
    ? cidrRanges(4, [vpc?.CidrBlock, ...(vpc?.CidrBlockAssociationSet ?? []).map(({CidrBlock}) => CidrBlock)])
    : cidrRanges(
        6,
        (vpc?.Ipv6CidrBlockAssociationSet ?? []).map(({Ipv6CidrBlock}) => Ipv6CidrBlock),
      )
}
