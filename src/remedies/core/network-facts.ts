import type {Account, Context, Readings} from '../../model/account.ts'
import type {WALK_KINDS} from '../../network/readings.ts'

export type NetworkFacts = Context & Pick<Readings, (typeof WALK_KINDS)[number]>

/**
 * The account on which a change can be tried: neither a walk nor a change of the network reads what is not in the
 * facts.
 */
export const asAccount = (facts: NetworkFacts): Account => facts as Account
