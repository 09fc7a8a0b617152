import type {Context, Instance, Readings} from '../account/account.ts'
import type {Hop} from '../network/path.ts'
import type {WALK_KINDS} from '../network/readings.ts'
import type {Remedy} from './remedy.ts'

export type NetworkFacts = Context & Pick<Readings, (typeof WALK_KINDS)[number]>

/**
 * What mends the fault that these hops share: the recommended change first, then the alternatives.
 * The hops are all those of one cause on one resource, on the ways to `services`.
 */
export const networkRemedies = (
  _facts: NetworkFacts,
  _instance: Instance,
  _hops: readonly Hop[],
  _services: readonly string[],
): readonly Remedy[] => []
