import {isConnected, nodeOf} from '../agent/node.ts'
import {type Account, type Instance, isUnreadable} from '../model/account.ts'
import type {Report} from './report.ts'

export type Registration = Report['registration']

/** The checks of the instance, its identity and permissions that must be decided to conclude that a node would register. */
export const NEEDED_TO_REGISTER: ReadonlySet<string> = new Set([
  'instance-state',
  'hybrid-activation',
  'instance-profile',
  'role-trust',
  'role-permissions',
  'host-management',
])

/** Checks of a machine that runs, which say nothing about an instance that is launched or changed later. */
export const OF_RUNNING_MACHINE: ReadonlySet<string> = new Set([
  'status-checks',
  'registration',
  'operating-system',
  'inspector',
])

/** The current registration of the node. Stopped and terminated nodes are never listed. */
export function registrationOf(account: Account, instance: Instance): Registration {
  const node = nodeOf(account, instance)
  const connected = isConnected(account, instance) ?? null
  if (!node) {
    const status = isUnreadable(account.InstanceInformationList) ? 'unknown' : 'absent'
    return {status, lastPing: null, agentVersion: null, connected}
  }
  return {
    status: node.PingStatus === 'Online' ? 'online' : node.PingStatus ? 'connection-lost' : 'unknown',
    lastPing: node.LastPingDateTime ?? null,
    agentVersion: node.AgentVersion ?? null,
    connected,
  }
}
