import type {Account, Instance} from '../../../src/model/account.ts'
import {find} from '../../../src/model/lists.ts'
import type {Hop, Path} from '../../../src/network/path.ts'
import {walk} from '../../../src/network/walk.ts'
import type {Remedy} from '../../../src/remedies/core/remedy.ts'
import {networkRemedies} from '../../../src/remedies/network/network-remedies.ts'
import {WEB} from './account.ts'

const web = (account: Account): Instance => {
  const instance = find(account.Instances, 'InstanceId', WEB)
  if (!instance) throw new Error('The instance no longer exists.')
  return instance
}

export const pathsOf = (account: Account): readonly Path[] => walk(account, web(account))

interface FaultWithRemedies {
  readonly cause: string
  readonly resource: string
  readonly remedies: readonly Remedy[]
}

/** Every fault of the walk with its remedies, grouped as the checks group them. */
export function faultsWithRemedies(account: Account): readonly FaultWithRemedies[] {
  const groups = new Map<string, {hops: Set<Hop>; services: Set<string>}>()
  for (const {service, hops} of pathsOf(account))
    for (const hop of hops) {
      if (!hop.fault) continue
      const key = `${hop.fault.cause} ${hop.fault.resource ?? hop.resource}`
      const known = groups.get(key) ?? {hops: new Set(), services: new Set()}
      known.hops.add(hop)
      known.services.add(service)
      groups.set(key, known)
    }
  return [...groups].map(([key, {hops, services}]) => {
    const [cause = '', resource = ''] = key.split(' ')
    return {cause, resource, remedies: networkRemedies(account, web(account), [...hops], [...services])}
  })
}

export const causesOf = (account: Account): readonly string[] => [
  ...new Set(
    pathsOf(account).flatMap(({hops}) => hops.flatMap(({fault}) => (fault && !fault.advice ? [fault.cause] : []))),
  ),
]

/** The remedies of every fault of one cause, in the order of each fault. */
export const remediesFor = (account: Account, cause: string): readonly (readonly Remedy[])[] =>
  faultsWithRemedies(account)
    .filter((fault) => fault.cause === cause)
    .map(({remedies}) => remedies)

/** Those that AWS's API can do. */
export const apiRemediesFor = (account: Account, cause: string): readonly (readonly Remedy[])[] =>
  remediesFor(account, cause).map((remedies) => remedies.filter(({apply}) => apply !== undefined))

/** The account after the nth fix of every fault of the cause has been applied; the last one if there are fewer. */
export function withRemedies(account: Account, cause: string, nth = 0): Account {
  return apiRemediesFor(account, cause).reduce((changed, remedies) => {
    const {apply} = remedies[Math.min(nth, remedies.length - 1)] ?? {}
    if (!apply) throw new Error(`Remedy ${nth} of ${cause} cannot be applied.`)
    return apply(changed)
  }, account)
}

export const verdicts = (account: Account): Readonly<Record<string, string>> =>
  Object.fromEntries(pathsOf(account).map(({service, verdict}) => [service, verdict]))
