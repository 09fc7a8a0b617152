import type {FleetFlags} from '../../src/cli/fleet/flags.ts'

/** The flags of a command line without flags. */
export const flags = (change: Partial<FleetFlags> = {}): FleetFlags => ({
  'all-regions': false,
  organization: false,
  concurrency: 4,
  'include-stopped': false,
  'owner-tag': 'Owner',
  format: 'table',
  json: false,
  'no-color': true,
  ...change,
})
