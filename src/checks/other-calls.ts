import {mayCall, type RoleRef} from '../iam/role.ts'
import {usedBy} from '../iam/role-usage.ts'
import {type Context, isUnreadable, type Readings} from '../model/account.ts'
import {isNameOfService} from '../model/ids.ts'
import {find} from '../model/lists.ts'
import {isThroughEndpoints, type Path} from '../network/path.ts'
import {createSiblingEndpoint} from '../remedies/changes/endpoints.ts'
import {grantActions} from '../remedies/changes/roles.ts'
import type {Finding} from './check.ts'
import {reasonsOf, remediesOfDenial} from './permission-findings.ts'

type RoleFacts = Parameters<typeof mayCall>[0] & Parameters<typeof usedBy>[0] & Parameters<typeof grantActions>[0]
interface Needed {
  readonly network: Parameters<typeof mayCall>[3]
  /** The managed policy that allows the calls. */
  readonly policy: string
  /** The rest of the sentence. */
  readonly so: string
}

type OtherCalls = Pick<Finding, 'resource' | 'message' | 'evidence' | 'distinction' | 'actions' | 'remedies'>

/**
 * Calls to other services than those of the agent. The managed policy, or the single actions, are proposed where nothing
 * denies the calls.
 */
export function deniedCalls(
  facts: RoleFacts,
  caller: RoleRef,
  actions: readonly string[],
  {network, policy, so}: Needed,
): OtherCalls | undefined {
  const {role} = caller
  const denied = actions
    .map((action) => ({action, decision: mayCall(facts, caller, action, network, '*')}))
    .filter(({decision}) => decision.decision === 'denied')
  if (denied.length === 0) return undefined
  const missing = denied.map(({action}) => action)
  return {
    resource: role.Arn,
    message: `Role ${role.RoleName} is not authorized to call ${missing.join(', ')}${so}`,
    evidence: denied.map(({decision}) => ({fact: decision.because, source: 'iam:GetRole and its policies'})),
    distinction: reasonsOf(denied),
    actions: missing,
    remedies: remediesOfDenial(facts, role, denied, () =>
      grantActions(facts, role, policy, missing, usedBy(facts, role.Arn)),
    ),
  }
}

/**
 * The services for which a network has no endpoint that reaches Systems Manager through endpoints only: it is assumed
 * to have no route to the internet.
 */
export function missingEndpoints(
  {ServiceNames, VpcEndpoints, Region}: Context & Pick<Readings, 'ServiceNames' | 'VpcEndpoints'>,
  paths: readonly Path[],
  services: readonly string[],
): (Pick<Finding, 'resource' | 'evidence' | 'remedies'> & {readonly names: readonly string[]}) | undefined {
  if (!isThroughEndpoints(paths) || isUnreadable(ServiceNames) || isUnreadable(VpcEndpoints)) return undefined
  const via = paths.find(({service}) => service === 'ssm')?.via
  const sibling = find(VpcEndpoints, 'VpcEndpointId', via)
  if (sibling === undefined) return undefined
  const {VpcId} = sibling
  const names = services
    .flatMap((service) => ServiceNames.find((name) => isNameOfService(name, service, Region)) ?? [])
    .filter((name) => !VpcEndpoints.some((endpoint) => endpoint.ServiceName === name && endpoint.VpcId === VpcId))
  const [first] = names
  if (first === undefined) return undefined
  return {
    names,
    resource: VpcId,
    evidence: names.map((name) => ({fact: `No endpoint for ${name} in ${VpcId}`, source: 'ec2:DescribeVpcEndpoints'})),
    remedies: [createSiblingEndpoint(sibling, first)],
  }
}
