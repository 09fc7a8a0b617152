import type {Instance} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {hostOf} from '../../model/partition.ts'
import type {Hop, Path} from '../../network/path.ts'
import {isStop} from '../../network/path-segment.ts'
import {pathTo, walk} from '../../network/walk.ts'
import type {Change} from './change.ts'
import {asAccount, type NetworkFacts} from './network-facts.ts'

export function pathAfter(
  facts: NetworkFacts,
  instance: Instance,
  service: string,
  {apply}: Pick<Change, 'apply'>,
): Path {
  const after = apply(asAccount(facts))
  return pathTo(after, instance, {service, host: hostOf(service, facts), port: 443})
}

const isFault = (hop: Hop): boolean => hop.fault !== undefined && isStop(hop)

/** How many of the services are not reached after the change. */
export const blockedAfter = (
  facts: NetworkFacts,
  instance: Instance,
  change: Change,
  services: readonly string[],
): number => {
  const after = change.apply(asAccount(facts))
  const paths = walk(after, find(after.Instances, 'InstanceId', instance.InstanceId) ?? instance)
  return paths.filter(({service, hops}) => services.includes(service) && hops.some(isFault)).length
}
