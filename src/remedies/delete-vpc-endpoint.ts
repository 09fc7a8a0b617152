import type {VpcEndpoint} from '../account/account.ts'
import {withItems} from '../account/joins.ts'
import type {Change} from './change.ts'

/** It cannot be had back; what takes its place is a new one. */
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
