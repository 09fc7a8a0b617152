import type {VpcEndpoint} from '../../model/account.ts'
import {withItems} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'

/** It cannot be restored; its replacement is a new one. */
export const deleteVpcEndpoint = ({VpcEndpointId, NetworkInterfaceIds}: VpcEndpoint): Change => ({
  steps: [{service: 'ec2', operation: 'DeleteVpcEndpoints', input: {VpcEndpointIds: [VpcEndpointId]}}],
  undo: [],
  apply: (account) =>
    withItems(
      withItems(account, 'VpcEndpoints', (endpoints) =>
        endpoints.filter((endpoint) => endpoint.VpcEndpointId !== VpcEndpointId),
      ),
      'NetworkInterfaces',
      (items) => items.filter(({NetworkInterfaceId}) => !NetworkInterfaceIds.includes(NetworkInterfaceId)),
    ),
})
