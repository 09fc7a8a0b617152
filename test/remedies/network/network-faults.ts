import type {NetworkFault} from './fault-accounts.ts'
import {faultsOfFilters} from './faults-of-filters.ts'
import {faultsOfNames} from './faults-of-names.ts'
import {faultsOfRoutes} from './faults-of-routes.ts'

export const networkFaults: readonly NetworkFault[] = [...faultsOfNames, ...faultsOfFilters, ...faultsOfRoutes]
