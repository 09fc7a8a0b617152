import {mayCall, type RoleRef} from '../../iam/role.ts'
import {usedBy} from '../../iam/role-usage.ts'
import type {Instance} from '../../model/account.ts'
import {allWith, find} from '../../model/lists.ts'
import {endpointHostOf} from '../../model/partition.ts'
import {serves} from '../../network/endpoints/endpoint.ts'
import type {Path} from '../../network/path.ts'
import {pathTo} from '../../network/walk.ts'
import {createSiblingEndpoints, serviceNameOf} from '../../remedies/changes/endpoints.ts'
import {grantActions} from '../../remedies/changes/roles.ts'
import type {NetworkFacts} from '../../remedies/core/network-facts.ts'
import {remediesOfDenial} from '../../remedies/iam/denied-calls.ts'
import {inList} from '../../util/list-in-words.ts'
import type {Finding} from '../check.ts'
import {reasonsOf} from './permission-findings.ts'

type RoleFacts = Parameters<typeof mayCall>[0] &
  Parameters<typeof remediesOfDenial>[0] &
  Parameters<typeof grantActions>[0]
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
    .map((action) => ({action, decision: mayCall(facts, caller, action, network, '*'), network}))
    .filter(({decision}) => decision.decision === 'denied')
  if (denied.length === 0) return undefined
  const missing = denied.map(({action}) => action)
  return {
    resource: role.Arn,
    message: `Role ${role.RoleName} is not authorized to call ${inList(missing, 'or')}${so}`,
    evidence: denied.map(({decision}) => ({fact: decision.because, source: 'iam:GetRole and its policies'})),
    distinction: reasonsOf(denied),
    actions: missing,
    remedies: remediesOfDenial(facts, role, denied, () =>
      grantActions(facts, role, policy, missing, usedBy(facts, role.Arn)),
    ),
  }
}

/**
 * The PrivateLink services that the instance cannot reach: it reaches Systems Manager through endpoints of a VPC that has
 * none for them, and there is no path to their public names either.
 */
export function missingEndpoints(
  facts: NetworkFacts,
  instance: Instance,
  paths: readonly Path[],
  services: readonly string[],
): (Pick<Finding, 'resource' | 'evidence' | 'remedies'> & {readonly names: readonly string[]}) | undefined {
  const via = paths.find(({service}) => service === 'ssm')?.via
  const sibling = find(facts.VpcEndpoints, 'VpcEndpointId', via)
  if (sibling === undefined) return undefined
  const {VpcId} = sibling
  const present = allWith(facts.VpcEndpoints, 'VpcId', VpcId)
  const missing = services.filter(
    (service) =>
      !present.some((endpoint) => serves(endpoint, service, facts.Region)) &&
      pathTo(facts, instance, {service, host: endpointHostOf(service, facts), port: 443}).verdict === 'blocked',
  )
  if (missing.length === 0) return undefined
  const names = missing.map((service) => serviceNameOf(facts, service))
  return {
    names,
    resource: VpcId,
    evidence: names.map((name) => ({fact: `No endpoint for ${name} in ${VpcId}`, source: 'ec2:DescribeVpcEndpoints'})),
    remedies: [createSiblingEndpoints(facts, sibling, missing)],
  }
}
