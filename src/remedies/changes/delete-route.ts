import type {Route} from '../../model/account.ts'
import {targetOf} from '../../network/routing/route-table.ts'
import type {Change} from '../core/change.ts'
import {destinationInput, hasDestination, targetNamed, withRoutes} from '../plans/routes-of-table.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html */
export const deleteRoute = (RouteTableId: string, destination: string, former: Route): Change => {
  const where = {RouteTableId, ...destinationInput(destination)}
  const target = former.State === 'blackhole' ? undefined : targetNamed(targetOf(former))
  return {
    steps: [{service: 'ec2', operation: 'DeleteRoute', input: where}],
    undo: target ? [{service: 'ec2', operation: 'CreateRoute', input: {...where, [target.field]: target.input}}] : [],
    apply: (account) =>
      withRoutes(account, RouteTableId, (routes) => routes.filter((route) => !hasDestination(route, destination))),
  }
}
