import {IDENTITY_KINDS, identityOf} from '../../iam/identity.ts'
import {networkContextTo} from '../../iam/network-context.ts'
import type {Credentials} from '../../iam/policy/context.ts'
import {type Facts, type Instance, itemsOf, type Role, type VpcEndpoint} from '../../model/account.ts'
import {isNameOfService} from '../../model/ids.ts'
import {hostOf} from '../../model/partition.ts'
import type {Path} from '../../network/path.ts'
import {WALK_KINDS} from '../../network/readings.ts'
import {pathTo} from '../../network/walk.ts'
import {networkRemedies} from '../../remedies/network/network-remedies.ts'
import type {Finding} from '../check.ts'
import {deniedCalls, missingEndpoints} from '../identity/other-calls.ts'
import {faultsOnlyOf, onPathTo} from '../network/hops.ts'

export const TELEMETRY_KINDS = [...IDENTITY_KINDS, ...WALK_KINDS] as const
type TelemetryFacts = Facts<never, (typeof TELEMETRY_KINDS)[number]>

/** https://docs.aws.amazon.com/inspector/latest/user/scanning-ec2.html */
const SERVICE = 'inspector2-telemetry'
const ACTIONS = ['StartSession', 'StopSession', 'SendTelemetry', 'NotifyHeartbeat'].map((name) => `${SERVICE}:${name}`)

/** What Inspector's own scanner needs besides Systems Manager: a path to its service, and permissions. */
export function telemetry(
  facts: TelemetryFacts,
  instance: Instance,
  paths: readonly Path[],
  hasScanned = false,
): readonly Finding[] {
  const path = pathTo(facts, instance, {service: SERVICE, host: hostOf(SERVICE, facts), port: 443})
  const {role, credentials} = identityOf(facts, instance, paths)
  return [
    ...(itemsOf(facts.VpcEndpoints).some((endpoint) => isTelemetryOf(endpoint, instance))
      ? unreachable(facts, instance, paths, path)
      : missingEndpoint(facts, instance, paths)),
    ...(role && (credentials === 'profile' || credentials === 'host-management')
      ? permission(facts, instance, path, role, credentials).map((found) => (hasScanned ? observed(found) : found))
      : []),
  ]
}

/** A scan that succeeded was authorized: the permission was taken away since, or is given by something that was not read. */
const observed = (found: Finding): Finding => ({
  ...found,
  certainty: 'likely',
  evidence: [...found.evidence, {fact: 'the last scan was successful', source: 'inspector2:ListCoverage'}],
})

function permission(
  facts: TelemetryFacts,
  instance: Instance,
  path: Path,
  role: Role,
  credentials: Credentials,
): readonly Finding[] {
  const denied = deniedCalls(facts, {role, credentials, instance}, ACTIONS, {
    network: networkContextTo(facts, instance, [path], SERVICE),
    policy: 'AmazonInspector2ManagedTelemetryPolicy',
    so: `, which Amazon Inspector's scanner on ${instance.InstanceId} needs.`,
  })
  return denied ? [{cause: 'inspector.telemetry-permission', ...denied}] : []
}

/** An endpoint of the VPC owns the name, or would. What also keeps the agent from Systems Manager has its own check. */
function unreachable(
  facts: TelemetryFacts,
  instance: Instance,
  paths: readonly Path[],
  path: Path,
): readonly Finding[] {
  const hops = faultsOnlyOf(path, paths)
  const [hop] = hops
  if (path.verdict === 'open' || path.verdict === 'unknown' || hop === undefined) return []
  return [
    {
      cause: 'inspector.telemetry-endpoint',
      certainty: 'likely',
      resource: hop.fault?.resource ?? hop.resource,
      message: `Amazon Inspector's scanner on ${instance.InstanceId} cannot send to ${path.host}. ${hop.because}`,
      evidence: onPathTo(path.host, hops),
      get remedies() {
        return networkRemedies(facts, instance, hops, [SERVICE])
      },
    },
  ]
}

function missingEndpoint(facts: TelemetryFacts, instance: Instance, paths: readonly Path[]): readonly Finding[] {
  const isOffered = itemsOf(facts.ServiceNames).some((name) => isNameOfService(name, SERVICE, facts.Region))
  const missing = isOffered ? missingEndpoints(facts, instance, paths, [SERVICE]) : undefined
  if (missing === undefined) return []
  const {names, ...rest} = missing
  const message = `Amazon Inspector's scanner on ${instance.InstanceId} sends to ${names[0]}, for which VPC ${rest.resource} has no endpoint.`
  return [{cause: 'inspector.telemetry-endpoint', certainty: 'likely', ...rest, message}]
}

const isTelemetryOf = ({ServiceName, VpcId}: VpcEndpoint, instance: Instance): boolean =>
  VpcId === instance.VpcId && ServiceName.endsWith(`.${SERVICE}`)
