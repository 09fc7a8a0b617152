import {expect, it} from 'vitest'
import {healthyBehindNat, VPC} from '../support/healthy.ts'
import {applied, ref, report} from './odd-plan.ts'
import {planOf} from './plans.ts'

const TABLE = 'rtb-0aaaaaaaaaaaaaa01'
const ZONAL = 'nat-0aaaaaaaaaaaaaa01'
const route = {id: 'r-1', route_table_id: TABLE, destination_cidr_block: '0.0.0.0/0'}

const replacement = planOf(
  {address: 'aws_nat_gateway.zonal', actions: ['delete'], before: {id: ZONAL}},
  {
    address: 'aws_nat_gateway.regional',
    actions: ['create'],
    after: {availability_mode: 'regional', vpc_id: VPC},
    unknown: {id: true},
  },
  {
    address: 'aws_route.internet',
    actions: ['update'],
    before: {...route, nat_gateway_id: ZONAL},
    after: route,
    unknown: {nat_gateway_id: true},
    expressions: {nat_gateway_id: ref('aws_nat_gateway.regional.id', 'aws_nat_gateway.regional')},
  },
)

// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
it('a regional NAT gateway that replaces a zonal one needs no subnet: AWS creates its route table', () => {
  const {NatGateways} = applied(replacement, healthyBehindNat)
  expect(NatGateways).toMatchObject([{AvailabilityMode: 'regional', VpcId: VPC, State: 'available'}])
  expect(report(replacement, healthyBehindNat).instances).toMatchObject([{after: 'degraded', causes: []}])
})

it('a regional NAT gateway in a VPC without an internet gateway is undetermined', () => {
  expect(applied(replacement, {...healthyBehindNat, InternetGateways: []}).NatGateways).toHaveProperty('unreadable')
})
