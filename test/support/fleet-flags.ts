import type {FleetFlags} from '../../src/cli/fleet/flags.ts'

/** What a person who types no flag has typed. */
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
