import type {Instance} from '../model/account.ts'
import {isHybrid} from '../model/hybrid.ts'
import type {Check} from './check.ts'
import {associationPermissions} from './identity/association-permissions.ts'
import {hostManagement} from './identity/host-management.ts'
import {hybridActivation} from './identity/hybrid-activation.ts'
import {instanceProfile} from './identity/instance-profile.ts'
import {rolePermissions} from './identity/role-permissions.ts'
import {roleTrust} from './identity/role-trust.ts'
import {sessionPreferences} from './identity/session-preferences.ts'
import {blockPublicAccess} from './network/block-public-access.ts'
import {encryptionControls} from './network/encryption-controls.ts'
import {endpoint} from './network/endpoint.ts'
import {endpointGroup} from './network/endpoint-group.ts'
import {endpointPolicy} from './network/endpoint-policy.ts'
import type {NetworkCheck} from './network/hops.ts'
import {internetGateway} from './network/internet-gateway.ts'
import {names} from './network/names.ts'
import {natGateway} from './network/nat-gateway.ts'
import {natInstance} from './network/nat-instance.ts'
import {networkAcl} from './network/network-acl.ts'
import {onwardNetwork} from './network/onward-network.ts'
import {peering} from './network/peering.ts'
import {route} from './network/route.ts'
import {s3} from './network/s3.ts'
import {securityGroup} from './network/security-group.ts'
import {transitGateway} from './network/transit-gateway.ts'
import {agent} from './node/agent.ts'
import {controlContainer} from './node/control-container.ts'
import {inspector} from './node/inspector.ts'
import {instanceState} from './node/instance-state.ts'
import {machine} from './node/machine.ts'
import {machineNetwork} from './node/machine-network.ts'
import {metadataService} from './node/metadata-service.ts'
import {operatingSystem} from './node/operating-system.ts'
import {registration} from './node/registration.ts'
import {statusChecks} from './node/status-checks.ts'
import {target} from './node/target.ts'

/** From the name of a destination to the last gateway. */
const ON_THE_PATH: readonly NetworkCheck[] = [
  names,
  securityGroup,
  networkAcl,
  route,
  internetGateway,
  blockPublicAccess,
  natGateway,
  natInstance,
  transitGateway,
  peering,
  onwardNetwork,
]
const AT_THE_ENDPOINT: readonly NetworkCheck[] = [endpoint, endpointGroup]

/** The checks of a path to any destination. */
export const networkChecks: readonly NetworkCheck[] = [...ON_THE_PATH, ...AT_THE_ENDPOINT]

/** Every check, in the order in which an engineer would rule causes out. */
export const checks: readonly Check[] = [
  target,
  instanceState,
  statusChecks,
  registration,
  metadataService,
  hybridActivation,
  instanceProfile,
  roleTrust,
  rolePermissions,
  hostManagement,
  associationPermissions,
  controlContainer,
  machineNetwork,
  ...ON_THE_PATH,
  encryptionControls,
  ...AT_THE_ENDPOINT,
  endpointPolicy,
  s3,
  sessionPreferences,
  operatingSystem,
  agent,
  machine,
  inspector,
]

export const instanceChecks: readonly Check[] = checks.filter(({subject}) => subject !== 'hybrid')
const OF_HYBRID_NODES = checks.filter(({subject}) => subject !== undefined)

export const checksFor = (instance: Instance): readonly Check[] =>
  isHybrid(instance) ? OF_HYBRID_NODES : instanceChecks
