import {withItem, withItems} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {answer} from '../core/remedy.ts'

export type ExclusionMode = 'allow-egress' | 'allow-bidirectional'

/** What the subnet's effective mode is once it is excluded. */
const MODES = {'allow-egress': 'block-ingress', 'allow-bidirectional': 'off'} as const

/** https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html */
export function createBlockPublicAccessExclusion(
  resource: {readonly SubnetId: string} | {readonly VpcId: string},
  mode: ExclusionMode,
): Change {
  const BlockPublicAccessStates = {InternetGatewayBlockMode: MODES[mode]}
  return {
    steps: [
      {
        service: 'ec2',
        operation: 'CreateVpcBlockPublicAccessExclusion',
        input: {...resource, InternetGatewayExclusionMode: mode},
        save: {as: 'EXCLUSION', query: 'VpcBlockPublicAccessExclusion.ExclusionId'},
      },
    ],
    undo: [
      {service: 'ec2', operation: 'DeleteVpcBlockPublicAccessExclusion', input: {ExclusionId: answer('EXCLUSION')}},
    ],
    apply: (account) => {
      if ('SubnetId' in resource)
        return withItem(account, 'Subnets', 'SubnetId', resource.SubnetId, (subnet) => ({
          ...subnet,
          BlockPublicAccessStates,
        }))
      const vpc = withItem(account, 'Vpcs', 'VpcId', resource.VpcId, (item) => ({...item, BlockPublicAccessStates}))
      return withItems(vpc, 'Subnets', (subnets) =>
        subnets.map((subnet) => (subnet.VpcId === resource.VpcId ? {...subnet, BlockPublicAccessStates} : subnet)),
      )
    },
  }
}
