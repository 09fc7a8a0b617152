import {type Instance, isUnreadable, type Route, type Subnet} from '../../model/account.ts'
import {isStateKnown, primaryInterfaceOf} from '../../model/instance.ts'
import {find} from '../../model/lists.ts'
import type {Flow} from '../context.ts'
import {instanceWithInterface} from '../interfaces.ts'
import {isShared} from '../ownership.ts'

export type Eni = Instance['NetworkInterfaces'][number]

/** The known instance that a route targets, and the interface. */
export function forwarderOf(
  {readings}: Flow,
  {InstanceId, NetworkInterfaceId}: Route,
): {instance: Instance; eni: Eni} | undefined {
  const byEni = (instance: Instance) =>
    instance.NetworkInterfaces.find((eni) => eni.NetworkInterfaceId === NetworkInterfaceId)
  const instance =
    find(readings.Instances, 'InstanceId', InstanceId) ?? instanceWithInterface(readings, NetworkInterfaceId)
  const eni = instance && (byEni(instance) ?? primaryInterfaceOf(instance))
  if (!instance) return undefined
  const fromInstance: Eni = {
    NetworkInterfaceId: NetworkInterfaceId ?? '',
    Groups: instance.SecurityGroups,
    SubnetId: instance.SubnetId ?? '',
  }
  return {instance, eni: eni ?? fromInstance}
}

/**
 * Whether the instance or interface that the route targets may forward what is not its own, as far as can be seen: it
 * does not if it checks source and destination, or does not run. What is not visible may.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
 */
export function mayForward(flow: Flow, from: Subnet, route: Route): boolean {
  const {InstanceId, NetworkInterfaceId, State} = route
  if ((InstanceId ?? NetworkInterfaceId) === undefined || State === 'blackhole') return false
  const {readings} = flow
  const eni = find(readings.NetworkInterfaces, 'NetworkInterfaceId', NetworkInterfaceId)
  const {instance, eni: attached} = forwarderOf(flow, route) ?? {}
  const checks = eni?.SourceDestCheck ?? attached?.SourceDestCheck ?? instance?.SourceDestCheck
  const runs = instance === undefined || !isStateKnown(instance) || instance.State.Name === 'running'
  if (checks !== undefined) return !checks && runs
  return isUnreadable(readings.NetworkInterfaces) || isShared(readings, from)
}
