import type {Instance} from '../model/account.ts'
import {isHybrid} from '../model/hybrid.ts'
import {agent} from './agent.ts'
import {associationPermissions} from './association-permissions.ts'
import {blockPublicAccess} from './block-public-access.ts'
import type {Check} from './check.ts'
import {controlContainer} from './control-container.ts'
import {encryptionControls} from './encryption-controls.ts'
import {endpoint} from './endpoint.ts'
import {endpointGroup} from './endpoint-group.ts'
import {endpointPolicy} from './endpoint-policy.ts'
import type {NetworkCheck} from './hops.ts'
import {hostManagement} from './host-management.ts'
import {hybridActivation} from './hybrid-activation.ts'
import {inspector} from './inspector.ts'
import {instanceProfile} from './instance-profile.ts'
import {instanceState} from './instance-state.ts'
import {internetGateway} from './internet-gateway.ts'
import {machine} from './machine.ts'
import {machineNetwork} from './machine-network.ts'
import {metadataService} from './metadata-service.ts'
import {names} from './names.ts'
import {natGateway} from './nat-gateway.ts'
import {natInstance} from './nat-instance.ts'
import {networkAcl} from './network-acl.ts'
import {onwardNetwork} from './onward-network.ts'
import {operatingSystem} from './operating-system.ts'
import {peering} from './peering.ts'
import {registration} from './registration.ts'
import {rolePermissions} from './role-permissions.ts'
import {roleTrust} from './role-trust.ts'
import {route} from './route.ts'
import {s3} from './s3.ts'
import {securityGroup} from './security-group.ts'
import {sessionPreferences} from './session-preferences.ts'
import {statusChecks} from './status-checks.ts'
import {target} from './target.ts'
import {transitGateway} from './transit-gateway.ts'

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
