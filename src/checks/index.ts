import {agent} from './agent.ts'
import type {Check} from './check.ts'
import {instanceState} from './instance-state.ts'
import {metadataService} from './metadata-service.ts'
import {operatingSystem} from './operating-system.ts'
import {registration} from './registration.ts'
import {statusChecks} from './status-checks.ts'

/** Every check, in the order a person would rule causes out. */
export const checks: readonly Check[] = [
  instanceState,
  statusChecks,
  registration,
  metadataService,
  operatingSystem,
  agent,
]
