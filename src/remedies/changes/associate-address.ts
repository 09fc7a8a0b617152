import type {Instance, InstanceNetworkInterface} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {answer} from '../core/remedy.ts'

/** The address that AWS will assign is not known; a documentation address is used instead. */
const PublicIp = '203.0.113.1'

/** An Elastic IP address for an interface. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html */
export const associateAddress = ({InstanceId}: Instance, NetworkInterfaceId: string): Change => ({
  steps: [
    {
      service: 'ec2',
      operation: 'AllocateAddress',
      input: {Domain: 'vpc'},
      save: {as: 'ADDRESS', query: 'AllocationId'},
    },
    {
      service: 'ec2',
      operation: 'AssociateAddress',
      input: {AllocationId: answer('ADDRESS'), NetworkInterfaceId},
      save: {as: 'ADDRESS_ASSOCIATION', query: 'AssociationId'},
    },
  ],
  undo: [
    {service: 'ec2', operation: 'DisassociateAddress', input: {AssociationId: answer('ADDRESS_ASSOCIATION')}},
    {service: 'ec2', operation: 'ReleaseAddress', input: {AllocationId: answer('ADDRESS')}},
  ],
  apply: (account) =>
    withItem(account, 'Instances', 'InstanceId', InstanceId, (instance) => ({
      ...instance,
      PublicIpAddress: PublicIp,
      NetworkInterfaces: instance.NetworkInterfaces.map((eni) =>
        eni.NetworkInterfaceId === NetworkInterfaceId ? withAddress(eni) : eni,
      ),
    })),
})

const withAddress = (eni: InstanceNetworkInterface): InstanceNetworkInterface => ({...eni, Association: {PublicIp}})
