import type {Route} from '../../model/account.ts'
import {targetOf} from '../../network/routing/route-table.ts'
import type {Change} from '../core/change.ts'
import type {Step} from '../core/remedy.ts'
import type {NetworkFacts} from '../plans/fault-context.ts'
import {
  destinationInput,
  hasDestination,
  type RouteTarget,
  routesOf,
  routeTo,
  targetNamed,
  withRoutes,
} from '../plans/routes-of-table.ts'
import {createRoute} from './create-route.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export const replaceExistingRoute = (
  RouteTableId: string,
  destination: string,
  target: RouteTarget,
  former?: Route,
): Change => ({
  steps: [replacement(RouteTableId, destination, target)],
  undo: back(RouteTableId, destination, former),
  apply: (account) =>
    withRoutes(account, RouteTableId, (routes) =>
      routes.map((route) => (hasDestination(route, destination) ? routeTo(destination, target) : route)),
    ),
})

const replacement = (RouteTableId: string, destination: string, {field, input}: RouteTarget): Step => ({
  service: 'ec2',
  operation: 'ReplaceRoute',
  input: {RouteTableId, ...destinationInput(destination), [field]: input},
})

/** A deleted target cannot be restored. */
function back(tableId: string, destination: string, former: Route | undefined): readonly Step[] {
  const target = former && former.State !== 'blackhole' ? targetNamed(targetOf(former)) : undefined
  return target ? [replacement(tableId, destination, target)] : []
}

/** Routes the destination to the target, whether the table has a route for it or not. */
export function replaceRoute(facts: NetworkFacts, tableId: string, destination: string, target: RouteTarget): Change {
  const former = routesOf(facts, tableId).find((route) => hasDestination(route, destination))
  return former ? replaceExistingRoute(tableId, destination, target, former) : createRoute(tableId, destination, target)
}

/** A replaced `local` route is restored. https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html */
export const restoreLocalRoute = (RouteTableId: string, destination: string, former: Route): Change => ({
  steps: [
    {
      service: 'ec2',
      operation: 'ReplaceRoute',
      input: {RouteTableId, ...destinationInput(destination), LocalTarget: true},
    },
  ],
  undo: back(RouteTableId, destination, former),
  apply: (account) =>
    withRoutes(account, RouteTableId, (routes) =>
      routes.map((route) =>
        hasDestination(route, destination)
          ? {...destinationInput(destination), GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active'}
          : route,
      ),
    ),
})
