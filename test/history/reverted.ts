import {ADDRESSES} from '../../src/history/revert/addresses.ts'
import {ENDPOINTS} from '../../src/history/revert/endpoints.ts'
import {INSTANCE_PROFILES} from '../../src/history/revert/instance-profiles.ts'
import {INSTANCES} from '../../src/history/revert/instances.ts'
import {NETWORK_ACLS} from '../../src/history/revert/network-acls.ts'
import {ROLES} from '../../src/history/revert/roles.ts'
import {ROUTES} from '../../src/history/revert/routes.ts'
import {SECURITY_GROUPS} from '../../src/history/revert/security-groups.ts'
import {VPCS} from '../../src/history/revert/vpcs.ts'

/** Every call that is reverted. */
export const REVERTED = [
  ADDRESSES,
  ENDPOINTS,
  INSTANCES,
  INSTANCE_PROFILES,
  NETWORK_ACLS,
  ROLES,
  ROUTES,
  SECURITY_GROUPS,
  VPCS,
].flatMap(Object.keys)
