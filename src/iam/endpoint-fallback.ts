import type {Account, Instance, VpcEndpoint} from '../model/account.ts'
import {accountOf} from '../model/arn.ts'
import {allWith} from '../model/lists.ts'
import {serves} from '../network/endpoints/endpoint.ts'
import {NODE_ACTIONS, REGISTRATION, resourceOf} from './capabilities.ts'
import {restrictionOf} from './endpoint-restriction.ts'
import {contextOf, nodeContextOf, type OrganizationFacts} from './policy/context.ts'
import {evaluateEndpoint} from './policy/evaluate.ts'
import {callerOf, type RoleRef} from './role.ts'

/** The roles that an agent may register with: that of its profile, and that of host management. */
interface Choice {
  readonly instance: Instance
  readonly profile: RoleRef['role']
  readonly host: RoleRef['role']
}

/**
 * Whether the policy of the endpoint for Systems Manager sends the agent to host management: it denies the registration
 * to the role of the profile, with the same error as other policies, and allows that of host management.
 * https://github.com/aws/amazon-ssm-agent/blob/1c217c89b42de51d4f4063363d8ec1f2eef56055/common/identity/credentialproviders/ec2roleprovider/ec2_role_provider.go
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function fallsBackAt(
  facts: OrganizationFacts,
  endpoint: VpcEndpoint,
  {instance, profile, host}: Choice,
): boolean {
  const source = restrictionOf(endpoint)
  if (source === undefined) return false
  const decisionFor = (role: RoleRef['role'], credentials: RoleRef['credentials'], action: string, asNode = false) => {
    const account = accountOf(role.Arn)
    const context = contextOf({facts, instance, role, credentials, network: {endpoint}, action})
    const resource = resourceOf(action, facts, account, instance.InstanceId)
    return asNode
      ? evaluateEndpoint(source, {action, resource, caller: 'node', context: nodeContextOf(context, account)}).decision
      : evaluateEndpoint(source, {action, resource, caller: callerOf(role, credentials, instance), context}).decision
  }
  return (
    REGISTRATION.actions.some((action) => decisionFor(profile, 'profile', action) === 'denied') &&
    REGISTRATION.actions.every((action) => decisionFor(host, 'host-management', action) === 'allowed') &&
    NODE_ACTIONS.every((action) => decisionFor(host, 'host-management', action, true) === 'allowed')
  )
}

/** The endpoint for Systems Manager that a node most likely uses if it uses this one for another service. */
export const systemsManagerEndpointBeside = (
  {VpcEndpoints, Region}: Pick<Account, 'VpcEndpoints' | 'Region'>,
  endpoint: VpcEndpoint,
): VpcEndpoint | undefined =>
  serves(endpoint, 'ssm', Region)
    ? endpoint
    : allWith(VpcEndpoints, 'VpcId', endpoint.VpcId).find((other) => serves(other, 'ssm', Region))
