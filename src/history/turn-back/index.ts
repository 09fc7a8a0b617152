import type {ChangeEvent} from '../event.ts'
import {NOTHING, type Reversal, type TurnBack, type TurnContext} from './context.ts'
import {ENDPOINTS} from './endpoints.ts'
import {INSTANCES} from './instances.ts'
import {NETWORK_ACLS} from './network-acls.ts'
import {ROLES} from './roles.ts'
import {ROUTES} from './routes.ts'
import {SECURITY_GROUPS} from './security-groups.ts'
import {VPCS} from './vpcs.ts'

/** How each call that CloudTrail records is turned back, from its own parameters and those of earlier calls. */
const TURN_BACK: ReadonlyMap<string, TurnBack> = new Map(
  [SECURITY_GROUPS, NETWORK_ACLS, ROUTES, ROLES, INSTANCES, ENDPOINTS, VPCS].flatMap((rules) => Object.entries(rules)),
)

export const TURNED_BACK: readonly string[] = [...TURN_BACK.keys()]

/** Calls that change nothing on which the state of a node depends. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...['CreateTags', 'DeleteTags', 'TagRole', 'UntagRole', 'TagInstanceProfile', 'UntagInstanceProfile', 'TagPolicy'],
  ...['UntagPolicy', 'AddTagsToResource', 'RemoveTagsFromResource', 'TagResource', 'UntagResource'],
  ...['UpdateSecurityGroupRuleDescriptionsEgress', 'UpdateSecurityGroupRuleDescriptionsIngress', 'UpdateRole'],
  ...['UpdateRoleDescription', 'StartInstances', 'RebootInstances', 'MonitorInstances', 'UnmonitorInstances'],
  ...['CreateImage', 'CreateSnapshot', 'CreateSnapshots', 'AttachVolume', 'DetachVolume', 'SendSSHPublicKey'],
  ...['StartSession', 'ResumeSession', 'TerminateSession', 'SendCommand', 'UpdateInstanceInformation', 'AssumeRole'],
  ...['ModifyInstanceCreditSpecification', 'ModifySubnetAttribute', 'CreateFlowLogs', 'DeleteFlowLogs'],
  ...['DeletePolicyVersion', 'ModifyInstanceEventStartTime', 'ModifyInstanceMaintenanceOptions'],
])

/** Undefined where the call is not known, or what was there before it is not. */
export function turnBack(context: TurnContext): Reversal | undefined {
  const {name} = context.event
  return NEUTRAL.has(name) ? NOTHING : TURN_BACK.get(name)?.(context)
}

/** Calls that make the thing: before them it had no state at all. */
const CREATIONS: ReadonlySet<string> = new Set([
  ...['RunInstances', 'CreateSecurityGroup', 'CreateNetworkAcl', 'CreateRouteTable', 'CreateVpc', 'CreateSubnet'],
  ...['CreateRole', 'CreateInstanceProfile', 'CreateVpcEndpoint', 'CreateNatGateway', 'CreatePolicy'],
])

export const creates = (event: ChangeEvent, id: string): boolean => CREATIONS.has(event.name) && event.mentions.has(id)
