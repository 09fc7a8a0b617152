import type {VpcEndpoint} from '../../model/account.ts'
import {withNew} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'

/** An interface endpoint for another service, with the subnets and groups of one that works. */
export function createSiblingEndpoint(sibling: VpcEndpoint, ServiceName: string): Remedy {
  const {VpcId, SubnetIds, Groups} = sibling
  return {
    title: `Create an endpoint for ${ServiceName} like ${sibling.VpcEndpointId}`,
    steps: [
      {
        service: 'ec2',
        operation: 'CreateVpcEndpoint',
        input: {
          VpcEndpointType: 'Interface',
          ServiceName,
          VpcId,
          SubnetIds,
          SecurityGroupIds: Groups.flatMap(({GroupId}) => (GroupId === undefined ? [] : [GroupId])),
          PrivateDnsEnabled: true,
        },
      },
    ],
    docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    cost: 'An interface endpoint is billed for each hour and Availability Zone, and for the data it processes.',
    effect: `All of VPC ${VpcId} resolves the name of the service to the endpoint.`,
    apply: (account) =>
      withNew(account, 'VpcEndpoints', {
        ...sibling,
        VpcEndpointId: 'vpce-00000000000000001',
        ServiceName,
        PrivateDnsEnabled: true,
      }),
  }
}
