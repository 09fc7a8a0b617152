import type {Account, Instance} from '../../model/account.ts'
import {find, withItem} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'

export const startInstance = ({InstanceId}: Instance): Remedy => ({
  title: `Start instance ${InstanceId}`,
  steps: [{service: 'ec2', operation: 'StartInstances', input: {InstanceIds: [InstanceId]}}],
  docs: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html',
  cost: 'The instance is billed again while it runs.',
  undo: [{service: 'ec2', operation: 'StopInstances', input: {InstanceIds: [InstanceId]}}],
  apply: (account) => started(account, InstanceId),
})

export const started = (account: Account, instanceId: string): Account =>
  withItem(account, 'Instances', 'InstanceId', instanceId, (instance) =>
    withPublicAddress(account, {...instance, State: {Code: 16, Name: 'running'}, LaunchTime: account.ReadAt}),
  )

/**
 * A started instance gets a new public address if its subnet assigns one; a stopped instance shows none. The address
 * that AWS will choose is not known, so a documentation address is used instead.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
 */
function withPublicAddress(account: Account, instance: Instance): Instance {
  const [only, ...others] = instance.NetworkInterfaces
  if (!only || others.length > 0 || only.Association?.PublicIp) return instance
  if (!find(account.Subnets, 'SubnetId', only.SubnetId)?.MapPublicIpOnLaunch) return instance
  const Association = {PublicIp: '203.0.113.1', IpOwnerId: 'amazon'}
  return {...instance, PublicIpAddress: Association.PublicIp, NetworkInterfaces: [{...only, Association}]}
}
