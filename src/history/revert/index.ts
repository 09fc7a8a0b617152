import {entryOf} from '../../util/entry-of.ts'
import type {ChangeEvent} from '../event.ts'
import {namesOf} from '../subjects.ts'
import {ADDRESSES} from './addresses.ts'
import {NOTHING, type Reversal, type Revert, type RevertContext} from './context.ts'
import {ENDPOINTS} from './endpoints.ts'
import {INSTANCE_PROFILES} from './instance-profiles.ts'
import {INSTANCES} from './instances.ts'
import {NETWORK_ACLS} from './network-acls.ts'
import {ROLES} from './roles.ts'
import {ROUTES} from './routes.ts'
import {SECURITY_GROUPS} from './security-groups.ts'
import {VPCS} from './vpcs.ts'

/** How each call that CloudTrail records is reverted, from its own parameters and those of earlier calls. */
const REVERT: ReadonlyMap<string, Revert> = new Map(
  [SECURITY_GROUPS, NETWORK_ACLS, ROUTES, ROLES, INSTANCES, INSTANCE_PROFILES, ADDRESSES, ENDPOINTS, VPCS].flatMap(
    (rules) => Object.entries(rules),
  ),
)

/** Calls that change nothing on which the state of a node depends. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...['CreateTags', 'DeleteTags', 'TagRole', 'UntagRole', 'TagInstanceProfile', 'UntagInstanceProfile', 'TagPolicy'],
  ...['UntagPolicy', 'AddTagsToResource', 'RemoveTagsFromResource', 'TagResource', 'UntagResource'],
  ...['UpdateSecurityGroupRuleDescriptionsEgress', 'UpdateSecurityGroupRuleDescriptionsIngress', 'UpdateRole'],
  ...['UpdateRoleDescription', 'StartInstances', 'RebootInstances', 'MonitorInstances', 'UnmonitorInstances'],
  ...['CreateImage', 'CreateSnapshot', 'CreateSnapshots', 'AttachVolume', 'DetachVolume', 'SendSSHPublicKey'],
  ...['StartSession', 'ResumeSession', 'TerminateSession', 'SendCommand', 'UpdateInstanceInformation', 'AssumeRole'],
  ...['ModifyInstanceCreditSpecification', 'CreateFlowLogs', 'DeleteFlowLogs'],
  ...['DeletePolicyVersion', 'ModifyInstanceEventStartTime', 'ModifyInstanceMaintenanceOptions'],
])

/**
 * Services whose calls change what a cause is found on; a load balancer that names a group does not change the group.
 */
const SERVICES: ReadonlySet<string> = new Set(
  ['ec2', 'iam', 'route53', 'route53profiles', 'route53resolver', 'ssm'].map((service) => `${service}.amazonaws.com`),
)

/** Creating another resource does not change this one, unless it is a part of it: a rule of a group, or a route. */
const MAKES = /^(?:Allocate|Copy|Create|Import|Run)(?!\w*(?:Reference|Route|Rule)$)/

export const isNeutral = ({name, service}: ChangeEvent): boolean =>
  NEUTRAL.has(name) || (service !== '' && !SERVICES.has(service)) || (MAKES.test(name) && !REVERT.has(name))

/** Undefined if the call, or the state before it, is unknown. */
export const revert = (context: RevertContext): Reversal | undefined =>
  REVERT.get(context.event.name)?.(context) ?? (isNeutral(context.event) ? NOTHING : undefined)

/** Calls that create a resource, and the pattern of its id: before them it had no state at all. */
const CREATIONS: Readonly<Record<string, RegExp>> = {
  RunInstances: /^(?:i|eni)-/,
  CreateSecurityGroup: /^sg-/,
  CreateNetworkAcl: /^acl-/,
  CreateRouteTable: /^rtb-/,
  CreateVpc: /^vpc-/,
  CreateSubnet: /^subnet-/,
  CreateVpcEndpoint: /^vpce-/,
  CreateNatGateway: /^nat-/,
  CreateHostedZone: /^(?:\/hostedzone\/)?Z/,
  CreateRole: /^arn:[^:]+:iam::\d+:role\//,
  CreateInstanceProfile: /^arn:[^:]+:iam::\d+:instance-profile\//,
  CreatePolicy: /^arn:[^:]+:iam::\d+:policy\//,
}

export const creates = ({name, mentions}: ChangeEvent, id: string): boolean =>
  entryOf(CREATIONS, name)?.test(id) === true && namesOf(id).some((one) => mentions.has(one))
