import {type Flow, hop} from '../context.ts'
import type {Hop} from '../path.ts'
import {type ReadRouteTable, targetOf, unreadRoutes} from './route-table.ts'

/** Routes of prefix lists that could not be read, to other targets than the one that is known: they may match the traffic. */
export const unreadListHops = (
  {readings}: Pick<Flow, 'readings'>,
  {RouteTableId, Routes}: ReadRouteTable,
  position: Pick<Hop, 'leg'> & Partial<Pick<Hop, 'direction'>>,
  known?: string,
): readonly Hop[] =>
  unreadRoutes(readings, Routes, known).map((route) => {
    const because = `Route table ${RouteTableId} routes prefix list ${route.DestinationPrefixListId}, whose entries could not be read, to ${targetOf(route)}.`
    return hop('route', RouteTableId, 'unknown', because, {...position, unread: 'ManagedPrefixLists'})
  })
