import {isUnreadable, type Subnet} from '../account/account.ts'
import {routeTableOf} from '../account/joins.ts'
import {type Entry, type Flow, hop} from './flow.ts'
import {returnThroughTransitGateway} from './gateways/transit-routes.ts'
import type {Hop, Leg} from './path.ts'
import {sizeOf} from './ranges.ts'
import {portionsOf, targetOf} from './route-table.ts'

/** Whether what stands in `subnet` can send its reply back the way the request came. */
export function returning(flow: Flow, subnet: Subnet, leg: Leg, entry: Entry): readonly Hop[] {
  const more = {leg, direction: 'reply'} as const
  const table = routeTableOf(flow.readings, subnet)
  if (table === undefined || isUnreadable(table) || isUnreadable(table.Routes)) {
    const because = `The route table of subnet ${subnet.SubnetId}, which routes the reply, could not be read.`
    return [hop('route', subnet.SubnetId, 'unknown', because, {...more, unread: 'RouteTables'})]
  }
  const {RouteTableId: id, Routes} = table
  const main = [...portionsOf(flow.readings, Routes, flow.family, flow.source)].sort(
    (a, b) => sizeOf(b.addresses) - sizeOf(a.addresses),
  )[0]
  const target = main?.route && targetOf(main.route)
  if (target === expected(entry) && main?.route?.State !== 'blackhole') {
    const because = `Route table ${id} of subnet ${subnet.SubnetId} sends the reply back through ${target}.`
    const way = hop('route', id, 'open', because, more)
    return entry.by === 'transit-gateway' ? [way, ...returnThroughTransitGateway(flow, entry)] : [way]
  }
  if (target?.startsWith('vpce-') && main?.route?.State !== 'blackhole') {
    const because = `Route table ${id} sends the reply through ${target}; what is inspected there cannot be read.`
    return [hop('route', id, 'unknown', because, {...more, fault: {cause: 'gwlb.inspection', resource: target}})]
  }
  const because = `Route table ${id} of subnet ${subnet.SubnetId} ${target ? `sends the reply to ${target}` : 'has no route for the reply'}, and the request came through ${expected(entry)}, so the reply does not come back.`
  const fault = {
    cause: entry.by === 'local' ? 'route.more-specific-hijack' : 'route.no-return',
    detail: {routeTableId: id, expected: expected(entry), cidr: vpcCidr(flow), ...(target && {target})},
  }
  return [hop('route', id, 'blocked', because, {...more, fault})]
}

const expected = (entry: Entry): string => (entry.by === 'local' ? 'local' : entry.id)

const vpcCidr = ({readings, subnet}: Flow): string =>
  (isUnreadable(readings.Vpcs) ? undefined : readings.Vpcs.find(({VpcId}) => VpcId === subnet.VpcId)?.CidrBlock) ??
  subnet.CidrBlock ??
  ''
