import fc from 'fast-check'
import {expect, it} from 'vitest'
import {checks} from '../../../src/checks/index.ts'
import {type Account, itemsOf, type Kind} from '../../../src/model/account.ts'
import {WALK_KINDS} from '../../../src/network/readings.ts'
import {walk} from '../../../src/network/walk.ts'
import {network} from '../../oracle/arbitrary.ts'
import {breakages, healthy} from '../../support/network-breakages.ts'

const accounts: readonly Account[] = [
  ...[...healthy, ...breakages].map(({account}) => account),
  ...fc.sample(network, {numRuns: 40, seed: 11}),
]
const judging = checks.filter((check) => 'judge' in check)

/** The kinds for which a check was unknown when they could not be read, over all these networks. */
function kindsThatMatter(): ReadonlyMap<string, ReadonlySet<Kind>> {
  const found = new Map(judging.map(({id}) => [id, new Set<Kind>()]))
  for (const account of accounts)
    for (const kind of WALK_KINDS) {
      const instance = itemsOf(account.Instances)[0]!
      const without = {...account, [kind]: {unreadable: 'AccessDenied'}}
      const paths = walk(without, instance)
      for (const {id, run} of judging)
        for (const note of run(without as never, instance, paths, []))
          if ('unknown' in note && note.kind !== undefined) found.get(id)?.add(note.kind)
    }
  return found
}
const matter = kindsThatMatter()

it.each(judging)('$id says which kinds decide it', ({id, decidedBy = []}) => {
  expect(decidedBy).toEqual(expect.arrayContaining([...(matter.get(id) ?? [])]))
})

it('explain names fewer kinds for a hop than the path may need', () => {
  for (const {decidedBy = []} of judging) expect(decidedBy.length).toBeLessThan(10)
})
