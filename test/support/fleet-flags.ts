import type {FleetFlags} from '../../src/cli/fleet/flags.ts'

/** The flags of a command line without flags. */
export const flags = (change: Partial<FleetFlags> = {}): FleetFlags => ({
  concurrency: 4,
  'owner-tag': 'Owner',
  format: 'table',
  remedy: 'cli',
  ...change,
})
