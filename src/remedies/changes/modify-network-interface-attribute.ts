import type {Instance} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'

/**
 * Allows an interface to accept packets of others.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html
 */
export const switchOffSourceDestCheck = ({InstanceId}: Instance, NetworkInterfaceId: string): Change => ({
  steps: [setting(NetworkInterfaceId, false)],
  undo: [setting(NetworkInterfaceId, true)],
  apply: (account) =>
    withItem(
      withItem(account, 'Instances', 'InstanceId', InstanceId, (instance) => ({
        ...instance,
        SourceDestCheck: false,
        NetworkInterfaces: instance.NetworkInterfaces.map((eni) =>
          eni.NetworkInterfaceId === NetworkInterfaceId ? {...eni, SourceDestCheck: false} : eni,
        ),
      })),
      'NetworkInterfaces',
      'NetworkInterfaceId',
      NetworkInterfaceId,
      (eni) => ({...eni, SourceDestCheck: false}),
    ),
})

const setting = (NetworkInterfaceId: string, Value: boolean) => ({
  service: 'ec2' as const,
  operation: 'ModifyNetworkInterfaceAttribute',
  input: {NetworkInterfaceId, SourceDestCheck: {Value}},
})
