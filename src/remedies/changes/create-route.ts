import type {Change} from '../core/change.ts'
import {destinationInput, hasDestination, type RouteTarget, routeTo, withRoutes} from '../plans/routes-of-table.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const createRoute = (RouteTableId: string, destination: string, target: RouteTarget): Change => {
  const where = {RouteTableId, ...destinationInput(destination)}
  return {
    steps: [{service: 'ec2', operation: 'CreateRoute', input: {...where, [target.field]: target.input}}],
    undo: [{service: 'ec2', operation: 'DeleteRoute', input: where}],
    apply: (account) =>
      withRoutes(account, RouteTableId, (routes) => [
        ...routes.filter((route) => !hasDestination(route, destination)),
        routeTo(destination, target),
      ]),
  }
}
