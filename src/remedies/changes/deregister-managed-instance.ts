import {withItems} from '../../model/joins.ts'
import type {Remedy, Step} from '../core/remedy.ts'

/** Removes a hybrid registration, here and on the host, so that the agent uses the identity of the EC2 instance. */
export const deregisterManagedInstance = (nodeId: string, onHost: readonly Step[]): Remedy => ({
  title: `Deregister the hybrid node ${nodeId} and clear its registration on the host`,
  steps: [{service: 'ssm', operation: 'DeregisterManagedInstance', input: {InstanceId: nodeId}}, ...onHost],
  docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-deregister-hybrid-nodes.html',
  effect: `Targets, associations and inventory of ${nodeId} are lost; the host registers again with its EC2 instance id.`,
  apply: (account) =>
    withItems(account, 'InstanceInformationList', (nodes) => nodes.filter(({InstanceId}) => InstanceId !== nodeId)),
})
