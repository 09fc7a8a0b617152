import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {withRoutesAlive} from '../plans/routes-of-table.ts'

const ACTIVE = {Code: 'active', Message: 'Active'} as const

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html */
export const acceptPeering = (VpcPeeringConnectionId: string): Change => ({
  steps: [{service: 'ec2', operation: 'AcceptVpcPeeringConnection', input: {VpcPeeringConnectionId}}],
  undo: [{service: 'ec2', operation: 'DeleteVpcPeeringConnection', input: {VpcPeeringConnectionId}}],
  apply: (account) =>
    withRoutesAlive(
      withItem(account, 'VpcPeeringConnections', 'VpcPeeringConnectionId', VpcPeeringConnectionId, (peering) => ({
        ...peering,
        Status: ACTIVE,
      })),
      VpcPeeringConnectionId,
    ),
})
